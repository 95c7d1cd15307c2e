"""The strike book, the pauses and the notes between a running daemon and the commands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select
from sqlalchemy.dialects.sqlite import insert

from occupier.domain.action import Action
from occupier.domain.errors import StrikeError, UnknownName
from occupier.domain.ports import Pause
from occupier.domain.strike import Strike
from occupier.storage.events import SqlEvents
from occupier.storage.rows import messages_text, new_id, strike_of
from occupier.storage.schema import pauses, runtime, strike_scope, strikes


class SqlStrikes:
    """The strike book. A name is used once, for ever; a closed strike never reopens."""

    def __init__(self, connection: Connection, events: SqlEvents) -> None:
        self._db = connection
        self._events = events

    def all(self) -> list[Strike]:
        """Return every strike ever declared, in order of start."""
        return self._in_order(select(strikes))

    def open(self) -> list[Strike]:
        """Return those that are not closed."""
        return self._in_order(select(strikes).where(strikes.c.closed_at.is_(None)))

    def _in_order(self, query: Select[Any]) -> list[Strike]:
        rows = self._db.execute(query.order_by(strikes.c.starts_at, strikes.c.id)).all()
        return [self._whole(row) for row in rows]

    def get(self, name: str) -> Strike:
        """Return one by name; raises UnknownName."""
        row = self._db.execute(select(strikes).where(strikes.c.name == name)).first()
        if row is None:
            raise UnknownName("There is no strike “{name}”: see occupier strike list.", name=name)
        return self._whole(row)

    def by_id(self, strike_id: int) -> Strike:
        """Return one by id."""
        return self._whole(self._db.execute(select(strikes).where(strikes.c.id == strike_id)).one())

    def of(self, action: Action) -> Strike | None:
        """Return the strike that an action stands under; None where it stands under none."""
        return self.by_id(action.strike_id) if action.strike_id is not None else None

    def _whole(self, row: Row[Any]) -> Strike:
        scope = self._db.execute(select(strike_scope).where(strike_scope.c.strike_id == row.id))
        return strike_of(row, [(r.kind, r.ref) for r in scope])

    def add(self, strike: Strike) -> Strike:
        """Write a new one and its event; raises StrikeError if the name was ever used."""
        if self._db.execute(select(strikes.c.id).where(strikes.c.name == strike.name)).first():
            raise StrikeError(
                "The name “{name}” was used already, and a strike's name is used once: choose another, or renew it with"
                " occupier strike renew {name}.",
                name=strike.name,
            )
        values = _values(strike) | {"name": strike.name, "source": strike.source.value}
        values |= {"declared_at": strike.declared_at, "renews": strike.renews}
        values["first_start"] = strike.first_start or strike.starts_at
        strike_id = new_id(self._db.execute(strikes.insert().values(**values)))
        self._write_scope(strike_id, strike)
        self._tell("strike_declared", strike_id, strike)
        return self.by_id(strike_id)

    def change(self, strike: Strike) -> None:
        """Write changed dates and texts of one that is not over, and its event."""
        still_open = (strikes.c.id == strike.id) & strikes.c.closed_at.is_(None)
        values = _values(strike)
        if strike.renews is None:  # the days of a renewed one are counted from its first period
            values["first_start"] = strike.starts_at
        changed = self._db.execute(strikes.update().where(still_open).values(**values))
        if changed.rowcount == 1:
            self._db.execute(strike_scope.delete().where(strike_scope.c.strike_id == strike.id))
            self._write_scope(strike.id, strike)
            self._tell("strike_changed", strike.id, strike)

    def close(self, strike_id: int, at: datetime, reason: str) -> None:
        """Close one for ever, and write its event; nothing happens if it is closed."""
        still_open = (strikes.c.id == strike_id) & strikes.c.closed_at.is_(None)
        if self._db.execute(strikes.update().where(still_open).values(closed_at=at)).rowcount == 1:
            self._events.add("strike_closed", {"closed_at": at, "reason": reason}, strike_id=strike_id)

    def _write_scope(self, strike_id: int, strike: Strike) -> None:
        pairs = [("target", a) for a in sorted(strike.accounts)] + [("feed", f) for f in sorted(strike.feeds)]
        if pairs:
            rows = [{"strike_id": strike_id, "kind": kind, "ref": ref} for kind, ref in pairs]
            self._db.execute(strike_scope.insert(), rows)

    def _tell(self, kind: str, strike_id: int, strike: Strike) -> None:
        self._events.add(kind, told_of(strike), strike_id=strike_id)


def told_of(strike: Strike) -> dict[str, Any]:
    """Return what the event of a strike tells."""
    scope = {"name": strike.name, "accounts": sorted(strike.accounts), "feeds": sorted(strike.feeds)}
    return {name: value for name, value in (_values(strike) | scope).items() if value is not None}


def _values(strike: Strike) -> dict[str, Any]:
    return {
        "starts_at": strike.starts_at,
        "ends_at": strike.ends_at,
        "mandate": strike.mandate,
        "who": strike.who,
        "reason": strike.reason,
        "url": strike.url,
        "agreed": strike.agreed,
        "link": strike.link.value,
        "messages": messages_text(strike.messages),
        "destroy_on": strike.destroy_on.isoformat() if strike.destroy_on else None,
    }


class SqlPauses:
    """Stops, which every claim obeys."""

    def __init__(self, connection: Connection, events: SqlEvents) -> None:
        self._db = connection
        self._events = events

    def all(self) -> list[Pause]:
        """Return the pauses in force."""
        rows = self._db.execute(select(pauses).order_by(pauses.c.id))
        return [Pause(r.target_id, r.by, r.reason, r.since) for r in rows]

    def add(self, pause: Pause) -> bool:
        """Pause, and write the event; False if the same stop by the same cause stands already."""
        same = (pauses.c.by == pause.by) & (pauses.c.target_id.is_not_distinct_from(pause.target_id))
        if self._db.execute(select(pauses.c.id).where(same)).first():
            return False
        self._db.execute(
            pauses.insert().values(target_id=pause.target_id, by=pause.by, reason=pause.reason, since=pause.since)
        )
        self._events.add("paused", {"by": pause.by, "reason": pause.reason}, target_id=pause.target_id)
        return True

    def lift(self, target_id: int | None, by: Sequence[str]) -> int:
        """Lift the pauses of a target (or of all) made by these causes; return how many."""
        same = pauses.c.by.in_(list(by)) & pauses.c.target_id.is_not_distinct_from(target_id)
        lifted = self._db.execute(pauses.delete().where(same)).rowcount
        if lifted:
            self._events.add("resumed", {"by": list(by)}, target_id=target_id)
        return lifted


class SqlRuntime:
    """What a running daemon tells the commands, and they it."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, key: str) -> str | None:
        """Return a value."""
        return self._db.execute(select(runtime.c.value).where(runtime.c.key == key)).scalar()

    def set(self, key: str, value: str | None) -> None:
        """Write a value; None removes it."""
        if value is None:
            self._db.execute(runtime.delete().where(runtime.c.key == key))
            return
        put = insert(runtime).values(key=key, value=value)
        self._db.execute(put.on_conflict_do_update(index_elements=["key"], set_={"value": value}))

    def all(self, prefix: str = "") -> dict[str, str]:
        """Return the values whose keys begin so."""
        rows = self._db.execute(select(runtime).where(runtime.c.key.startswith(prefix, autoescape=True)))
        return {row.key: row.value for row in rows}
