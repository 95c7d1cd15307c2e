"""Accounts in the journal, as the networks know them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, select

from occupier.domain.action import TRANSITIONS, State
from occupier.domain.ledger import ACCOUNT
from occupier.domain.ports import Target
from occupier.storage.events import SqlEvents
from occupier.storage.schema import actions, pauses, targets


class SqlTargets:
    """Accounts as the networks know them."""

    def __init__(self, connection: Connection, events: SqlEvents) -> None:
        self._db = connection
        self._events = events

    def ensure(self, name: str, platform: str, host: str, remote_id: str | None) -> Target:
        """Return the target that an account is, known by its identity or, before that, by its name."""
        c = targets.c
        same = select(targets).where(c.kind == "account", c.platform == platform, c.host == host)
        row = None
        if remote_id is not None:
            row = self._db.execute(same.where(c.remote_id == remote_id)).first()
        if row is None:
            by_name = same.where(c.name == name)
            if remote_id is not None:
                by_name = by_name.where(c.remote_id.is_(None))
            row = self._db.execute(by_name.order_by(c.verified_at.desc(), c.id.desc())).first()
        if row is None:
            self._make(name, platform, host, remote_id)
            return self.ensure(name, platform, host, remote_id)
        if row.name != name:
            self._db.execute(targets.update().where(c.id == row.id).values(name=name))
            self._tell(row.id)
        return _target(row, name=name)

    def _make(self, name: str, platform: str, host: str, remote_id: str | None) -> None:
        made = targets.insert().values(name=name, platform=platform, host=host, remote_id=remote_id)
        self._tell(self._db.execute(made.returning(targets.c.id)).scalar_one())

    def _tell(self, target_id: int) -> None:
        row = self._db.execute(select(targets).where(targets.c.id == target_id)).one()
        if row.remote_id is not None:  # before its network has confirmed it, nothing is posted under its name
            self._events.add(ACCOUNT, told_of_target(row), target_id=target_id)

    def verified(self, target_id: int, remote_id: str, limits: Mapping[str, int], at: datetime) -> Target:
        """Note an account's identity; one that was known under another name takes over what waited for it.

        The same name with another identity is another target: the history stays with the old one.
        """
        c = targets.c
        asked = self._db.execute(select(targets).where(c.id == target_id)).one()
        known = self._db.execute(
            select(targets).where(
                c.kind == asked.kind,
                c.platform == asked.platform,
                c.host == asked.host,
                c.remote_id == remote_id,
            )
        ).first()
        owner = known.id if known else target_id
        if known is None and asked.remote_id is not None:
            self._make(asked.name, asked.platform, asked.host, remote_id)
            return self.verified(target_id, remote_id, limits, at)
        values: dict[str, Any] = {"remote_id": remote_id, "name": asked.name, "verified_at": at}
        if limits:
            values["limits"] = json.dumps(dict(limits))
        self._db.execute(targets.update().where(c.id == owner).values(**values))
        row = self._db.execute(select(targets).where(c.id == owner)).one()
        if told_of_target(row) != told_of_target(known or asked):
            self._tell(owner)
        if owner != target_id and asked.remote_id is None:
            self._hand_over(target_id, owner)
        return _target(row)

    def _hand_over(self, waiting: int, owner: int) -> None:
        c, theirs = actions.c, actions.alias()
        taken = exists().where(theirs.c.target_id == owner, theirs.c.subject == c.subject, theirs.c.slot == c.slot)
        mine = actions.update().where(c.target_id == waiting)
        moved = self._db.execute(mine.where(~taken).values(target_id=owner)).rowcount
        # a stop asked for before the account was known is a stop of this account
        stopped = self._db.execute(
            pauses.update().where(pauses.c.target_id == waiting).values(target_id=owner)
        ).rowcount
        if moved or stopped:
            self._events.add("handed_over", {"from": waiting, "actions": moved, "pauses": stopped}, target_id=owner)
        self._leave_doubles(waiting)

    def _leave_doubles(self, waiting: int) -> None:
        c = actions.c
        ends = [state.value for state, following in TRANSITIONS.items() if State.LEFT in following]
        doubles = self._db.execute(select(c.id, c.state).where(c.target_id == waiting, c.state.in_(ends))).all()
        for double in doubles:
            left = {"state": State.LEFT.value, "reason": "same_account"}
            self._db.execute(actions.update().where(c.id == double.id).values(**left))
            told = {"from": double.state, "to": State.LEFT.value, "reason": "same_account"}
            self._events.add("left", told, action_id=double.id, target_id=waiting)

    def all(self) -> list[Target]:
        """Return every target."""
        return [_target(row) for row in self._db.execute(select(targets).order_by(targets.c.id))]


def told_of_target(row: Row[Any]) -> dict[str, str]:
    """Return what the event of an account tells: what a row of the log is shown under."""
    told = {"name": row.name, "platform": row.platform, "host": row.host, "remote_id": row.remote_id}
    return {name: value for name, value in told.items() if value is not None}


def _target(row: Row[Any], name: str | None = None) -> Target:
    return Target(
        id=row.id,
        name=name or row.name,
        platform=row.platform,
        host=row.host,
        remote_id=row.remote_id,
        limits=json.loads(row.limits),
        verified_at=row.verified_at,
    )
