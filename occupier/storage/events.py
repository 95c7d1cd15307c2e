"""The chained record: each event's hash covers the one before, so that nothing can be changed unnoticed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from occupier.domain.ledger import GENESIS, Record, record_hash
from occupier.domain.ports import Event
from occupier.domain.times import utc_text
from occupier.storage.schema import events


class SqlEvents:
    """Events in the transaction of what they tell."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._db = connection
        self._now = now
        self._last: tuple[int, str] | None = None

    def add(
        self,
        kind: str,
        data: Mapping[str, object],
        *,
        action_id: int | None = None,
        strike_id: int | None = None,
        target_id: int | None = None,
    ) -> None:
        """Append one event, chained to the one before."""
        seq, prev = self._end()
        text = event_text(data)
        record = Record(seq + 1, utc_text(self._now), kind, action_id, strike_id, target_id, text, prev, "")
        digest = record_hash(record)
        self._db.execute(
            events.insert().values(
                seq=record.seq,
                at=self._now,
                kind=kind,
                action_id=action_id,
                strike_id=strike_id,
                target_id=target_id,
                data=text,
                prev_hash=prev,
                hash=digest,
            )
        )
        self._last = (record.seq, digest)

    def _end(self) -> tuple[int, str]:
        """Return the chain's end; this transaction's own is known, since nobody else writes meanwhile."""
        if self._last is None:
            found = select(events.c.seq, events.c.hash).order_by(events.c.seq.desc()).limit(1)
            last = self._db.execute(found).first()
            self._last = (last.seq, last.hash) if last else (0, GENESIS)
        return self._last

    def since(self, seq: int) -> list[Event]:
        """Return the events after that one."""
        rows = self._db.execute(select(events).where(events.c.seq > seq).order_by(events.c.seq))
        return [event_of(row) for row in rows]


def event_of(row: Row[Any]) -> Event:
    """Read an event."""
    data = json.loads(row.data)
    return Event(row.seq, row.at, row.kind, data, row.action_id, row.strike_id, row.target_id, row.prev_hash, row.hash)


def event_text(data: Mapping[str, object]) -> str:
    """Return what an event says as it is stored: JSON with sorted keys and no blanks."""
    return json.dumps(data, default=_plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return utc_text(value)
    raise TypeError(f"an event cannot hold {type(value).__name__}")
