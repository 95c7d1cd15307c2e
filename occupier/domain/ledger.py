"""The chained record: its canonical form, and whether records follow one another unchanged. See docs/log.md."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from occupier.domain.errors import Sentence

GENESIS = "0" * 64
"""What the first record follows."""
BLANK = "blank"
"""The kind of a record whose words were destroyed: it keeps its number, and its two hashes."""
DESTROYED = "destroyed"
"""The kind of the record that says which records were made blank, and by that makes it lawful."""
ACCOUNT = "account"
"""The kind of the record that says under which name, network and number an account is known from then on."""
SHORTEST_HEAD = 8
"""Characters of a noted head that are enough to find it by."""
_EVERY = 5000
"""Records between two words of progress."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the chain, each field exactly as it is stored: texts, and whole numbers or None."""

    seq: int
    at: str
    kind: str
    action_id: int | None
    strike_id: int | None
    target_id: int | None
    data: str
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """Where the record can no longer be trusted: at which event, of which row of the log, and what is wrong there."""

    what: Sentence
    seq: int | None = None
    action_id: int | None = None


@dataclass(frozen=True, slots=True)
class Destruction:
    """What was lawfully destroyed of one strike: how many rows of the log, how many records, by which record."""

    strike_id: int
    name: str
    at: str
    rows: int
    records: int
    seq: int


@dataclass(frozen=True, slots=True)
class Followed:
    """What following the chain found. `head` is the hash of its last record, None where there is none."""

    records: int = 0
    head: str | None = None
    broken: Break | None = None
    destructions: tuple[Destruction, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerHead:
    """The end of the chained record: whoever has noted it can tell whether anything before it was changed."""

    seq: int
    at: datetime
    hash: str


def canonical(record: Record) -> str:
    """Return the text whose SHA-256 a record's hash is: JSON, keys in order, no blanks; `data` as it is stored."""
    ids = (json.dumps(value) for value in (record.action_id, record.seq, record.strike_id, record.target_id))
    action_id, seq, strike_id, target_id = ids
    at, kind, prev = (json.dumps(text, ensure_ascii=False) for text in (record.at, record.kind, record.prev_hash))
    return (
        f'{{"action_id":{action_id},"at":{at},"data":{record.data},"kind":{kind},"prev_hash":{prev},"seq":{seq},'
        f'"strike_id":{strike_id},"target_id":{target_id}}}'
    )


def record_hash(record: Record) -> str:
    """Return the SHA-256, in hexadecimal, of the record's canonical form, which contains the hash before it."""
    return hashlib.sha256(canonical(record).encode("utf-8", "surrogateescape")).hexdigest()


def blank_data(strike_id: int) -> str:
    """Return what a blank record says: with which strike's register it was destroyed."""
    return json.dumps({"strike": strike_id}, separators=(",", ":"))


@dataclass(slots=True)
class Tally:
    """The blank records of one strike so far: their number and a digest over them."""

    first: int = 0
    count: int = 0
    at: str = ""
    uniform: bool = True
    _digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def take(self, seq: int, record_hash: str, at: str) -> None:
        """Count one more, in the order of the chain."""
        self.uniform = self.uniform and at == (self.at or at)
        self.first, self.at = self.first or seq, at
        self.count += 1
        self._digest.update(f"{seq} {record_hash}\n".encode())

    def digest(self) -> str:
        """Return the SHA-256 over a line of number and hash for each."""
        return self._digest.hexdigest()


def follow(
    records: Iterable[Record], head: str | None = None, told: Callable[[int], object] = lambda _count: None
) -> Followed:
    """Follow the chain from its first record to its last, or to the first that does not fit.

    Args:
        records: in the order of their numbers; read one at a time.
        head: a head noted earlier, or its first characters (8 at least): it must be on the way.
        told: called now and then with the number of records followed.
    """
    walk, is_met = _Walk(), head is None
    for record in records:
        broken = walk.take(record)
        if broken is not None:
            return walk.found(broken)
        is_met = is_met or record.hash.startswith(head or "")
        if walk.count % _EVERY == 0:
            told(walk.count)
    return walk.found(walk.left_over() or (None if is_met else _lost(head or "", walk.count)))


class _Walk:
    def __init__(self) -> None:
        self.count = 0
        self._last = GENESIS
        self._blank: dict[int, Tally] = {}
        self._destructions: list[Destruction] = []

    def found(self, broken: Break | None) -> Followed:
        head = self._last if self.count else None
        return Followed(self.count, head, broken, tuple(self._destructions))

    def take(self, record: Record) -> Break | None:
        what = self._wrong(record)
        if what is not None:
            return Break(what, record.seq, record.action_id)
        self.count, self._last = record.seq, record.hash
        return None

    def _wrong(self, record: Record) -> Sentence | None:
        expected = self.count + 1
        if record.seq > expected:
            values = {"first": expected, "last": record.seq - 1}
            return Sentence("the records {first} to {last} are missing", values)
        if record.seq < expected:
            return Sentence("it stands out of its order")
        if record.prev_hash != self._last:
            return Sentence("it does not follow the record before it: one of the two is not what was written")
        if record.kind == BLANK:
            return self._take_blank(record)
        if record_hash(record) != record.hash:
            return Sentence("it was changed after it was written")
        return self._take_destruction(record) if record.kind == DESTROYED else None

    def _take_blank(self, record: Record) -> Sentence | None:
        strike_id = _strike_of_blank(record)
        if strike_id is None:
            return Sentence("it was made blank, and not in the way that is lawful")
        self._blank.setdefault(strike_id, Tally()).take(record.seq, record.hash, record.at)
        return None

    def _take_destruction(self, record: Record) -> Sentence | None:
        said = json.loads(record.data)
        done = Destruction(record.strike_id or 0, said["strike"], record.at, said["rows"], said["records"], record.seq)
        tally = self._blank.pop(done.strike_id, Tally(at=record.at))
        if (tally.count, tally.digest(), tally.at) != (done.records, said["digest"], record.at) or not tally.uniform:
            values = {"name": done.name, "said": done.records, "found": tally.count}
            text = "it says that {said} records of “{name}” were destroyed, and these are not the {found} blank ones"
            return Sentence(text, values)
        self._destructions.append(done)
        return None

    def left_over(self) -> Break | None:
        if not self._blank:
            return None
        first = min(tally.first for tally in self._blank.values())
        return Break(Sentence("it is blank, and no destruction of a register says so"), first)


def _strike_of_blank(record: Record) -> int | None:
    try:
        strike_id = json.loads(record.data)["strike"]
    except (ValueError, KeyError, TypeError):
        return None
    bare = (record.action_id, record.strike_id, record.target_id) == (None, None, None)
    # `True` is a whole number to Python
    return strike_id if bare and type(strike_id) is int and record.data == blank_data(strike_id) else None


def _lost(head: str, count: int) -> Break:
    text = "the head that you noted, {head}, is not among its hashes: records at its end were removed, or rewritten"
    return Break(Sentence(text, {"head": head}), count or None)
