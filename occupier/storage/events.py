"""The chained record: each event's hash covers the one before, so that nothing can be changed unnoticed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from occupier.domain.ports import Event
from occupier.storage.schema import events, utc_text

GENESIS = "0" * 64
"""What the first event follows."""


def event_hash(event: Event) -> str:
    """Return the SHA-256 of the event's canonical form, which contains the hash before it.

    Canonical: JSON with sorted keys, no blanks, UTF-8; `at` in UTC to the microsecond.
    """
    value = {
        "seq": event.seq,
        "at": utc_text(event.at),
        "kind": event.kind,
        "action_id": event.action_id,
        "strike_id": event.strike_id,
        "target_id": event.target_id,
        "data": event.data,
        "prev_hash": event.prev_hash,
    }
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


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
        plain = json.loads(json.dumps(data, default=_plain))
        event = Event(seq + 1, self._now, kind, plain, action_id, strike_id, target_id, prev)
        digest = event_hash(event)
        self._db.execute(
            events.insert().values(
                seq=event.seq,
                at=event.at,
                kind=kind,
                action_id=action_id,
                strike_id=strike_id,
                target_id=target_id,
                data=json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
                prev_hash=prev,
                hash=digest,
            )
        )
        self._last = (event.seq, digest)

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
        return [
            Event(
                r.seq,
                r.at,
                r.kind,
                json.loads(r.data),
                r.action_id,
                r.strike_id,
                r.target_id,
                r.prev_hash,
                r.hash,
            )
            for r in rows
        ]


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return utc_text(value)
    raise TypeError(f"an event cannot hold {type(value).__name__}")
