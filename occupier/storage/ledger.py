"""The record as it is stored, byte for byte, for whoever checks it; and its lawful destruction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from occupier.domain.agreement import History, Row
from occupier.domain.ledger import Record
from occupier.domain.ports import Emptied, StrikeTold
from occupier.domain.strike import Strike
from occupier.domain.times import utc_text
from occupier.storage.control import SqlStrikes, told_of
from occupier.storage.destruction import empty
from occupier.storage.events import SqlEvents, event_text
from occupier.storage.schema import seals, strikes, targets
from occupier.storage.targets import told_of_target

_EVENT = "seq, at, kind, action_id, strike_id, target_id, data, prev_hash, hash"
_HISTORIES = (
    "SELECT actions.*, actions.id AS action_id, title, link, published_at, first_seen_at FROM actions"
    " LEFT JOIN articles ON articles.id = actions.article_id ORDER BY actions.id",
    f"SELECT {_EVENT} FROM events WHERE action_id IS NOT NULL ORDER BY action_id, seq",
    "SELECT * FROM attempts ORDER BY action_id, n",
    "SELECT * FROM observations ORDER BY action_id, id",
)


class SqlLedger:
    """Reads the record and what it is about."""

    def __init__(self, connection: Connection, events: SqlEvents, now: datetime) -> None:
        self._db = connection
        self._events = events
        self._now = now

    def records(self) -> Iterator[Record]:
        """Yield every record, in order, at constant memory."""
        with self._bytes() as db:
            for row in db.execute(f"SELECT {_EVENT} FROM events ORDER BY seq"):
                yield _record(tuple(row))

    def histories(self) -> Iterator[History]:
        """Yield every row of the log with all there is about it, oldest first, at constant memory."""
        with self._bytes() as db:
            groups = [_Groups(_rows(db, query)) for query in _HISTORIES]
            while ids := [group.id for group in groups if group.id is not None]:
                action_id = min(ids)
                found, told, tried, seen = (group.take(action_id) for group in groups)
                records = tuple(_record(tuple(row.values())) for row in told)
                yield History(action_id, found[0] if found else None, records, tuple(tried), tuple(seen))

    def accounts(self) -> dict[int, str]:
        """Return what is known of each target, in the words of the event that would tell it."""
        return {row.id: event_text(told_of_target(row)) for row in self._db.execute(select(targets))}

    def strikes(self) -> list[StrikeTold]:
        """Return what the strike book says, in the words of the event that would tell it. Raises ValueError."""
        found = SqlStrikes(self._db, self._events).all()
        closed = {row.id: row.closed_at for row in self._db.execute(select(strikes.c.id, strikes.c.closed_at))}
        sealed = {row.strike_id: row.fingerprint for row in self._db.execute(select(seals))}
        return [
            StrikeTold(
                s.id, s.name, event_text(told_of(s)), _text(closed[s.id]), s.destroyed_at is not None, sealed.get(s.id)
            )
            for s in found
        ]

    def empty(self, strike: Strike) -> Emptied:
        """Destroy a strike's register, and write the event of it."""
        return empty(self._db, self._events, strike, self._now)

    @contextmanager
    def _bytes(self) -> Iterator[sqlite3.Connection]:
        """Give the driver's connection, which reads texts that are no UTF-8 any more too: a damaged byte is a find."""
        db = self._db.connection.driver_connection
        assert isinstance(db, sqlite3.Connection)
        before, db.text_factory = db.text_factory, _lenient
        try:
            yield db
        finally:
            db.text_factory = before


def _lenient(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _record(values: tuple[Any, ...]) -> Record:
    # a cell that became a blob must be found changed, not end the reading
    plain: list[Any] = [value if isinstance(value, int | str | None) else repr(value) for value in values]
    return Record(*plain)


def _text(at: datetime | None) -> str | None:
    return utc_text(at) if at else None


def _rows(db: sqlite3.Connection, query: str) -> Iterator[dict[str, Any]]:
    cursor = db.cursor()
    cursor.row_factory = sqlite3.Row
    for row in cursor.execute(query):
        yield dict(row)


class _Groups:
    """Rows in the order of their actions, taken action by action."""

    def __init__(self, rows: Iterator[dict[str, Any]]) -> None:
        self._groups = groupby(rows, key=lambda row: row["action_id"])
        self.id: int | None = None
        self._ahead: list[Row] = []
        self._advance()

    def take(self, action_id: int) -> list[Row]:
        """Return the rows of that action, none if the next ones are of a later one."""
        if self.id != action_id:
            return []
        taken = self._ahead
        self._advance()
        return taken

    def _advance(self) -> None:
        key, rows = next(self._groups, (None, iter(())))
        self.id, self._ahead = key, list(rows)
