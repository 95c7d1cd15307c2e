from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from occupier.domain.ledger import GENESIS
from occupier.domain.ports import Event
from occupier.storage.engine import WRITES, make_engine
from tests.chain import event_hash
from tests.fakes import START
from tests.storage.journal import Journal


def chain(journal: Journal) -> list[Event]:
    with journal.store.reading() as tx:
        return tx.events.since(0)


def is_whole(events: list[Event]) -> bool:
    follows = [GENESIS, *(e.hash for e in events)]
    numbered = [e.seq for e in events] == list(range(1, len(events) + 1))
    return numbered and all(
        e.prev_hash == before and event_hash(e) == e.hash for e, before in zip(events, follows, strict=False)
    )


def test_every_event_follows_the_one_before(journal: Journal) -> None:
    with journal.writing() as tx:
        tx.events.add("one", {"é": 1, "at": START}, action_id=3)
        tx.events.add("two", {"nested": {"a": [1, None, True]}}, strike_id=1, target_id=2)
    events = chain(journal)
    assert is_whole(events)
    assert [e.kind for e in events] == ["one", "two"]
    assert events[0].data == {"é": 1, "at": "2026-11-20T12:00:00.000000Z"}
    assert (events[0].action_id, events[1].strike_id, events[1].target_id) == (3, 1, 2)
    with journal.store.reading() as tx:
        assert tx.events.since(1) == events[1:]


def test_a_changed_event_breaks_the_chain(journal: Journal) -> None:
    with journal.writing() as tx:
        for n in range(3):
            tx.events.add("n", {"n": n})
    events = chain(journal)
    assert not is_whole([events[0], replace(events[1], data={"n": 9}), events[2]])
    assert not is_whole([events[0], events[2]])


def test_the_hash_is_fixed_for_ever() -> None:
    event = Event(1, datetime(2020, 1, 24, 8, tzinfo=UTC), "k", {"é": 1}, 1, None, 2, GENESIS)
    canonical = (
        '{"action_id":1,"at":"2020-01-24T08:00:00.000000Z","data":{"é":1},"kind":"k",'
        f'"prev_hash":"{GENESIS}","seq":1,"strike_id":null,"target_id":2}}'
    )
    assert event_hash(event) == hashlib.sha256(canonical.encode()).hexdigest()


def test_what_an_event_cannot_hold_is_a_mistake(journal: Journal) -> None:
    with pytest.raises(TypeError, match="cannot hold set"), journal.writing() as tx:
        tx.events.add("x", {"a": {1}})
    assert chain(journal) == []


def test_an_event_goes_with_the_transaction_of_what_it_tells(journal: Journal) -> None:
    with suppress(ZeroDivisionError), journal.writing() as tx:
        tx.events.add("x", {})
        tx.events.add("y", {"impossible": 1 / len(chain(journal))})
    assert chain(journal) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET kind = 'y'",
        "DELETE FROM events",
        "INSERT OR REPLACE INTO events SELECT * FROM events",
        "REPLACE INTO events (seq, at, kind, data, prev_hash, hash) VALUES (1, '', '', '', '', '')",
        "INSERT INTO events SELECT * FROM events WHERE true ON CONFLICT (seq) DO UPDATE SET kind = 'y'",
    ],
)
def test_nothing_rewrites_an_event(journal: Journal, statement: str) -> None:
    with journal.writing() as tx:
        tx.events.add("x", {})
    before = chain(journal)
    engine = make_engine(journal.path)
    with (
        pytest.raises(DBAPIError, match="append-only"),
        engine.connect().execution_options(**WRITES) as db,
        db.begin(),
    ):
        db.execute(text(statement))
    engine.dispose()
    assert chain(journal) == before


def test_not_even_from_outside_by_update_or_delete(journal: Journal) -> None:
    with journal.writing() as tx:
        tx.events.add("x", {})
    with closing(sqlite3.connect(journal.path)) as db:
        for statement in ("UPDATE events SET data = '{}'", "DELETE FROM events"):
            with pytest.raises(sqlite3.DatabaseError, match="append-only"):
                db.execute(statement)


def test_what_is_stored_can_be_checked_without_this_code(journal: Journal) -> None:
    with journal.writing() as tx:
        tx.events.add("x", {"titre": "Œuvre"})
    with closing(sqlite3.connect(journal.path)) as db:
        (data,) = db.execute("SELECT data FROM events").fetchone()
    assert json.loads(data) == {"titre": "Œuvre"}
    assert data == '{"titre":"Œuvre"}'
