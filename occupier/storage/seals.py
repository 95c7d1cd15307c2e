"""The plans that were voted: one row for each strike, and every seal an event."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.sqlite import insert

from occupier.domain.kept import FREED, HELD, KNOWN, SEALED
from occupier.domain.voted import Seal
from occupier.storage.events import SqlEvents
from occupier.storage.schema import seals


class SqlSeals:
    """Seals; the claim reads them in its own statement."""

    def __init__(self, connection: Connection, events: SqlEvents) -> None:
        self._db = connection
        self._events = events

    def of(self, strike_id: int) -> Seal | None:
        """Return the seal of a strike; None if its plan was never sealed."""
        row = self._db.execute(select(seals).where(seals.c.strike_id == strike_id)).first()
        return None if row is None else _seal(row)

    def all(self) -> dict[int, Seal]:
        """Return every seal, by the strike's id."""
        return {row.strike_id: _seal(row) for row in self._db.execute(select(seals))}

    def put(self, strike_id: int, seal: Seal) -> None:
        """Seal a strike's plan, or seal it again, and write the event."""
        held, identities = self._held(strike_id), dict(seal.identities)
        values: dict[str, Any] = {"fingerprint": seal.fingerprint, "sealed_at": seal.sealed_at, "held_since": None}
        values |= {"parts": _text(seal.parts), "identities": _text(identities)}
        put = insert(seals).values(strike_id=strike_id, **values)
        self._db.execute(put.on_conflict_do_update(index_elements=["strike_id"], set_=values))
        told = {"fingerprint": seal.fingerprint, "identities": identities}
        self._events.add(SEALED, told, strike_id=strike_id)
        if held:
            self._events.add(FREED, {"by": "sealed"}, strike_id=strike_id)

    def know(self, strike_id: int, identities: Mapping[str, str]) -> None:
        """Note whose accounts are, that was not known when the plan was sealed, and write the event."""
        seal = self.of(strike_id)
        if seal is None:
            return
        known = dict(identities) | dict(seal.identities)
        self._change(strike_id, identities=_text(known))
        self._events.add(KNOWN, {"identities": known}, strike_id=strike_id)

    def hold(self, strike_id: int, at: datetime, found: str, what: Sequence[str]) -> None:
        """Note since when another plan would run, its fingerprint and what differs in it, and write the event."""
        if not self._held(strike_id):
            self._change(strike_id, held_since=at)
            self._events.add(HELD, {"found": found, "what": list(what)}, strike_id=strike_id)

    def free(self, strike_id: int) -> None:
        """Note that what would run is what was voted again, and write the event."""
        if self._held(strike_id):
            self._change(strike_id, held_since=None)
            self._events.add(FREED, {"by": "same"}, strike_id=strike_id)

    def _held(self, strike_id: int) -> bool:
        seal = self.of(strike_id)
        return seal is not None and seal.held_since is not None

    def _change(self, strike_id: int, **values: Any) -> None:
        self._db.execute(seals.update().where(seals.c.strike_id == strike_id).values(**values))


def _text(values: Mapping[str, str]) -> str:
    return json.dumps(dict(values), ensure_ascii=False, sort_keys=True)


def _seal(row: Row[Any]) -> Seal:
    return Seal(row.fingerprint, row.sealed_at, json.loads(row.parts), json.loads(row.identities), row.held_since)
