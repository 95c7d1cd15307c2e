"""Claim: the one statement that lets a call be made, with every condition in it.

Pauses, ceilings, spacing, budget, the strike's own hours: no other code can pass them, since nothing is sent without a
claimed row and a row is claimed here only.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, literal, or_, select, true

from occupier.domain.action import WAITING, Purpose, State
from occupier.domain.ports import Blocked, Claim, Claimed
from occupier.storage.events import SqlEvents
from occupier.storage.rows import action_of
from occupier.storage.schema import actions, attempts, observations, pauses, strikes

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def claim(db: Connection, events: SqlEvents, now: datetime, asked: Claim, pause_file: Path) -> Claimed | Blocked:
    """Commit to one call, if every condition holds at `now`; else say which one does not.

    Must run inside a writing transaction whose clock was read after it began.
    """
    if pause_file.exists():
        return Blocked("paused")
    row = db.execute(select(actions).where(actions.c.id == asked.action_id)).one()
    conditions = _conditions(asked, row.target_id, now)
    deadline = now + asked.call
    n = row.attempts + 1
    granted = db.execute(
        actions.update()
        .where(and_(*conditions.values()))
        .values(
            state=State.SENDING.value,
            reason="claimed",
            claim_token=asked.token,
            claimed_at=now,
            deadline=deadline,
            attempts=n,
            strike_id=asked.strike_id,
            payload=asked.payload.to_json(),
            payload_hash=asked.payload.hash,
            pool_index=asked.pool_index,
        )
    )
    if granted.rowcount != 1:
        return _why_not(db, conditions, asked, row.target_id, now)
    db.execute(
        attempts.insert().values(
            action_id=asked.action_id,
            n=n,
            token=asked.token,
            started_at=now,
            cost_microusd=asked.cost_microusd,
        )
    )
    data = {"n": n, "deadline": deadline, "payload_hash": asked.payload.hash, "text": asked.payload.text,
            "link": asked.payload.link, "from": row.state}  # fmt: skip
    events.add("claimed", data, action_id=asked.action_id, strike_id=asked.strike_id, target_id=row.target_id)
    action = action_of(db.execute(select(actions).where(actions.c.id == asked.action_id)).one())
    ends = db.execute(select(strikes.c.ends_at).where(strikes.c.id == asked.strike_id)).scalar()
    return Claimed(action, now, deadline, ends if asked.purpose is Purpose.STRIKE else None)


def _conditions(asked: Claim, target_id: int, now: datetime) -> dict[str, ColumnElement[bool]]:
    c = actions.c
    return {
        "changed": and_(
            c.id == asked.action_id,
            c.state.in_([s.value for s in WAITING]),
            c.purpose == asked.purpose.value,
            c.due_at <= now,
            or_(c.payload_hash.is_(None), c.payload_hash == asked.payload.hash),
            or_(c.strike_id.is_(None), c.strike_id == asked.strike_id),
        ),
        "strike": _strike_in_force(asked, now),
        "paused": ~exists().where(or_(pauses.c.target_id.is_(None), pauses.c.target_id == target_id)),
        "spacing": ~exists(
            claims_since(target_id, now - asked.ceilings.spacing)
            .with_only_columns(literal(1))
            .where(attempts.c.started_at <= now)
        ),
        "throttled": ~exists(
            claims_since(target_id, now - DAY).with_only_columns(literal(1)).where(attempts.c.not_before > now)
        ),
        "hour": _count(target_id, now - HOUR) < asked.ceilings.per_hour,
        "day": _count(target_id, now - DAY) < asked.ceilings.per_day,
        "budget": _within_budget(asked, target_id),
    }


def _strike_in_force(asked: Claim, now: datetime) -> ColumnElement[bool]:
    if asked.purpose is not Purpose.STRIKE:
        return true()
    c = strikes.c
    return exists().where(
        c.id == asked.strike_id, c.closed_at.is_(None), c.starts_at <= now, c.ends_at > now + asked.guard
    )


def claims_since(target_id: int, since: datetime) -> Select[Any]:
    """Select the attempts of a target that began after an instant; those ahead of a clock that jumped back count."""
    mine = actions.alias("claimed")
    return (
        select(attempts)
        .join(mine, mine.c.id == attempts.c.action_id)
        .where(mine.c.target_id == target_id, attempts.c.started_at > since)
    )


def _count(target_id: int, since: datetime) -> ColumnElement[int]:
    return claims_since(target_id, since).with_only_columns(func.count()).scalar_subquery()


def _within_budget(asked: Claim, target_id: int) -> ColumnElement[bool]:
    if asked.budget_microusd is None or asked.budget_since is None:
        return true()
    return spent(target_id, asked.budget_since) + asked.cost_microusd <= asked.budget_microusd


def spent(target_id: int, since: datetime) -> ColumnElement[int]:
    """Return what writes and reads of a target cost since an instant, in millionths of a US dollar."""
    mine = actions.alias("paid")
    writes = claims_since(target_id, since).with_only_columns(func.coalesce(func.sum(attempts.c.cost_microusd), 0))
    reads = (
        select(func.coalesce(func.sum(observations.c.cost_microusd), 0))
        .join(mine, mine.c.id == observations.c.action_id)
        .where(mine.c.target_id == target_id, observations.c.at > since)
    )
    return writes.scalar_subquery() + reads.scalar_subquery()


def _why_not(
    db: Connection, conditions: dict[str, ColumnElement[bool]], asked: Claim, target_id: int, now: datetime
) -> Blocked:
    mine = select(literal(1)).select_from(actions).where(actions.c.id == asked.action_id)
    failing = next(name for name, condition in conditions.items() if db.execute(mine.where(condition)).first() is None)
    if failing == "throttled":
        waits = claims_since(target_id, now - DAY).with_only_columns(func.max(attempts.c.not_before))
        return Blocked(failing, db.execute(waits).scalar())
    windows = {"spacing": asked.ceilings.spacing, "hour": HOUR, "day": DAY}
    if failing not in windows:
        return Blocked(failing)
    starts = claims_since(target_id, now - windows[failing]).with_only_columns(attempts.c.started_at)
    starts = starts.order_by(attempts.c.started_at.desc())
    ceiling = {"spacing": 1, "hour": asked.ceilings.per_hour, "day": asked.ceilings.per_day}[failing]
    blocking = db.execute(starts.offset(max(0, ceiling - 1)).limit(1)).scalar()
    return Blocked("spacing" if failing == "spacing" else "ceiling", (blocking or now) + windows[failing])
