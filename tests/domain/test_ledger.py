"""The chain: whatever is done to it is found, wherever it is done."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docs.verify import verify
from occupier.domain.ledger import (
    BLANK,
    DESTROYED,
    GENESIS,
    Followed,
    Record,
    Tally,
    blank_data,
    canonical,
    follow,
    record_hash,
)

LONG, MANY = 10_000, 500
PLACE = st.integers(0, MANY - 1)
OFTEN = settings(max_examples=60, deadline=None)
TEXTS = ("at", "kind", "data", "prev_hash", "hash")
NUMBERS = ("seq", "action_id", "strike_id", "target_id")


def chained(unchained: Sequence[Record]) -> tuple[Record, ...]:
    records: list[Record] = []
    for seq, record in enumerate(unchained, start=1):
        follows = replace(record, seq=seq, prev_hash=records[-1].hash if records else GENESIS)
        records.append(replace(follows, hash=record_hash(follows)))
    return tuple(records)


def plain(n: int) -> Record:
    data = json.dumps({"n": n, "titre": f"Été n° {n}"}, ensure_ascii=False, separators=(",", ":"))
    return Record(0, f"2020-01-24T08:00:{n % 60:02}.000000Z", "settled", n % 97 or None, 1, n % 3 + 1, data, "", "")


@cache
def chain(length: int = MANY) -> tuple[Record, ...]:
    return chained([plain(n) for n in range(length)])


def rows(records: Sequence[Record]) -> list[tuple[object, ...]]:
    """Return the records as the independent verifier reads them."""
    return [tuple(getattr(record, f.name) for f in fields(Record)) for record in records]


def is_found(changed: Sequence[Record], *, by_hand: bool = True) -> Followed:
    """Follow a changed chain, with the head that was noted while it was whole; say what was found."""
    found = follow(changed, chain()[-1].hash)
    assert found.broken is not None
    if by_hand:
        assert verify(rows(changed), chain()[-1].hash)
    return found


def test_a_whole_chain_is_followed_to_its_head() -> None:
    told: list[int] = []
    whole = chain(LONG)
    assert follow(whole, whole[4000].hash[:12], told.append) == Followed(LONG, whole[-1].hash)
    assert told == [5000, 10_000]
    assert follow(()) == Followed()


@OFTEN
@given(PLACE, st.sampled_from(TEXTS), st.integers(0), st.integers(1, 255))
def test_every_changed_byte_of_a_text_is_found(place: int, name: str, at: int, mask: int) -> None:
    raw = bytearray(getattr(chain()[place], name).encode())
    raw[at % len(raw)] ^= mask
    text: Any = raw.decode("utf-8", "surrogateescape")
    changed = replace(chain()[place], **{name: text})
    found = is_found([*chain()[:place], changed, *chain()[place + 1 :]], by_hand=name != "data")
    assert found.broken is not None
    assert found.broken.seq in (place + 1, place + 2, MANY)


@OFTEN
@given(PLACE, st.sampled_from(NUMBERS), st.none() | st.integers(-(2**63), 2**63 - 1))
def test_every_changed_number_is_found(place: int, name: str, number: int | None) -> None:
    before = getattr(chain()[place], name)
    value: Any = number if number != before and not (name == "seq" and number is None) else (before or 0) + 1
    changed = replace(chain()[place], **{name: value})
    is_found([*chain()[:place], changed, *chain()[place + 1 :]])


@OFTEN
@given(PLACE)
def test_every_removal_is_found(place: int) -> None:
    found = is_found([*chain()[:place], *chain()[place + 1 :]])
    assert found.broken is not None
    assert found.broken.seq == (place + 2 if place < MANY - 1 else MANY - 1)


@OFTEN
@given(PLACE, PLACE)
def test_every_swap_is_found(one: int, other: int) -> None:
    swapped = list(chain())
    other = other if other != one else (one + 1) % MANY
    swapped[one], swapped[other] = swapped[other], swapped[one]
    is_found(swapped)
    # numbered anew, so that only the hashes tell
    is_found([replace(record, seq=n) for n, record in enumerate(swapped, start=1)])


@OFTEN
@given(PLACE, PLACE, st.booleans())
def test_every_insertion_is_found(place: int, of: int, forged: bool) -> None:
    put_in = chain()[of]
    if forged:  # it follows the one before it; only the one after it betrays it
        before = chain()[place - 1].hash if place else GENESIS
        put_in = replace(put_in, seq=place + 1, prev_hash=before)
        put_in = replace(put_in, hash=record_hash(put_in))
    if put_in == chain()[place]:
        return
    is_found([*chain()[:place], put_in, *chain()[place:]])


@OFTEN
@given(st.integers(0, MANY - 1))
def test_a_shorter_chain_is_found_against_a_head_that_was_noted(kept: int) -> None:
    assert follow(chain()[:kept]).broken is None
    is_found(chain()[:kept])


def test_each_byte_of_one_record_counts() -> None:
    one, two, three = chain()[:3]
    for name in TEXTS:
        raw = getattr(two, name).encode()
        for at in range(len(raw)):
            other: Any = bytes([*raw[:at], raw[at] ^ 1, *raw[at + 1 :]]).decode("utf-8", "surrogateescape")
            assert follow([one, replace(two, **{name: other}), three]).broken is not None, (name, at)


def test_what_is_canonical_is_json_with_sorted_keys_and_no_blanks() -> None:
    record = replace(chain()[7], kind='a "kind"\\')
    value = {f.name: getattr(record, f.name) for f in fields(Record) if f.name != "hash"}
    value["data"] = json.loads(record.data)
    assert canonical(record) == json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


# --- destruction ------------------------------------------------------------------------------------------------------

AT = "2021-01-24T08:00:00.000000Z"


def destroyed(gone: set[int], length: int = 12) -> list[Record]:
    """Make a chain in which these records of strike 1 were destroyed, with the record that says so at its end."""
    tally, records = Tally(), list(chained([plain(n) for n in range(length)]))
    for seq in sorted(gone):
        was = records[seq - 1]
        tally.take(seq, was.hash, AT)
        records[seq - 1] = Record(seq, AT, BLANK, None, None, None, blank_data(1), was.prev_hash, was.hash)
    said = {"strike": "greve", "rows": 2, "records": tally.count, "digest": tally.digest()}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    last = Record(length + 1, AT, DESTROYED, None, 1, None, text, records[-1].hash, "")
    return [*records, replace(last, hash=record_hash(last))]


@settings(max_examples=50, deadline=None)
@given(st.sets(st.integers(1, 12)))
def test_a_lawful_destruction_leaves_the_chain_whole_and_says_how_much_is_gone(gone: set[int]) -> None:
    records = destroyed(gone)
    found = follow(records)
    assert found.broken is None
    assert [(d.name, d.rows, d.records, d.seq) for d in found.destructions] == [("greve", 2, len(gone), 13)]
    assert verify(rows(records)) is None


@pytest.mark.parametrize("seq", [1, 5, 12])
def test_a_record_made_blank_without_a_destruction_is_found(seq: int) -> None:
    for records in (destroyed({3, 4}), destroyed({3, 4})[:-1]):
        was = records[seq - 1]
        records[seq - 1] = Record(seq, AT, BLANK, None, None, None, blank_data(1), was.prev_hash, was.hash)
        assert follow(records).broken is not None
        assert verify(rows(records))


@pytest.mark.parametrize(
    "change", [{"at": "2021-01-25"}, {"data": '{"strike":2}'}, {"data": '{"strike":true}'}, {"data": "x"},
               {"data": '{"strike": 1}'}, {"action_id": 1}, {"strike_id": 1}, {"target_id": 1}, {"hash": "0" * 64},
               {"prev_hash": "0" * 64}, {"kind": "settled"}, {"seq": 9}]
)  # fmt: skip
def test_a_blank_record_cannot_be_changed_either(change: dict[str, object]) -> None:
    records = destroyed({3, 4})
    records[3] = replace(records[3], **change)  # type: ignore[arg-type]
    assert follow(records).broken is not None


def test_two_destructions_do_not_answer_for_each_other() -> None:
    records = destroyed({3, 4})
    records[5] = Record(6, AT, BLANK, None, None, None, blank_data(2), records[5].prev_hash, records[5].hash)
    found = follow(records)
    assert found.broken is not None
    assert found.broken.seq == 6
