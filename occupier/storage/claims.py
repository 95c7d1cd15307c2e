"""Claim: the one statement that lets a call be made, with every condition in it.

Pauses, ceilings, spacing, budget, the strike's own hours: no other code can pass them, since nothing is sent without a
claimed row and a row is claimed here only.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Integer,
    Select,
    String,
    Update,
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    true,
)

from occupier.domain.action import WAITING, State
from occupier.domain.ports import Blocked, Claim, Claimed
from occupier.storage.events import SqlEvents
from occupier.storage.rows import action_of
from occupier.storage.schema import UtcTime, actions, attempts, metric_reads, observations, pauses, seals, strikes

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def claim(db: Connection, events: SqlEvents, now: datetime, asked: Claim, pause_file: Path) -> Claimed | Blocked:
    """Commit to one call, if every condition holds at `now`; else say which one does not.

    Must run inside a writing transaction whose clock was read after it began.
    """
    if pause_file.exists():
        return Blocked("paused")
    row = db.execute(select(actions).where(actions.c.id == asked.action_id)).one()
    deadline, n = now + asked.call, row.attempts + 1
    given = _given(asked, row.target_id, row.verb, now)
    kind = (asked.purpose.is_bound, asked.budget_microusd is not None)
    taken = {"claimed_at": now, "deadline": deadline, "attempts": n, **_taken(asked)}
    if db.execute(_grant(*kind), given | taken).rowcount != 1:
        # one that did not stand in the way a moment ago does not now: the transaction sees one state
        return _why_not(db, _conditions(*kind), given, asked, row.target_id, now) or Blocked("changed")
    begun = {"action_id": asked.action_id, "n": n, "token": asked.token, "started_at": now}
    db.execute(attempts.insert().values(**begun, cost_microusd=asked.cost_microusd))
    data = {"n": n, "deadline": deadline, "payload_hash": asked.payload.hash, "text": asked.payload.text,
            "link": asked.payload.link, "from": row.state, "cost_microusd": asked.cost_microusd}  # fmt: skip
    events.add("claimed", data, action_id=asked.action_id, strike_id=asked.strike_id, target_id=row.target_id)
    action = action_of(db.execute(select(actions).where(actions.c.id == asked.action_id)).one())
    ends = db.execute(select(strikes.c.ends_at).where(strikes.c.id == asked.strike_id)).scalar()
    return Claimed(action, now, deadline, ends if asked.purpose.is_bound else None)


def blocked(db: Connection, now: datetime, asked: Claim, pause_file: Path) -> Blocked | None:
    """Say what stands in the way of a claim at `now`, without making it; None if it would be granted."""
    if pause_file.exists():
        return Blocked("paused")
    row = db.execute(select(actions.c.target_id, actions.c.verb).where(actions.c.id == asked.action_id)).one()
    kind = (asked.purpose.is_bound, asked.budget_microusd is not None)
    given = _given(asked, row.target_id, row.verb, now)
    return _why_not(db, _conditions(*kind), given, asked, row.target_id, now)


def _taken(asked: Claim) -> dict[str, Any]:
    """Return what a claim writes of what was asked for: its bytes are frozen."""
    return {
        "state": State.SENDING.value,
        "reason": "claimed",
        "claim_token": asked.token,
        "strike_id": asked.strike_id,
        "payload": asked.payload.to_json(),
        "payload_hash": asked.payload.hash,
        "pool_index": asked.pool_index,
    }


def _given(asked: Claim, target_id: int, verb: str, now: datetime) -> dict[str, Any]:
    """Return what the conditions are about; their names are no columns' names."""
    return {
        "the_action": asked.action_id,
        "the_target": target_id,
        "the_verb": verb,
        "the_purpose": asked.purpose.value,
        "the_strike": asked.strike_id,
        "the_hash": asked.payload.hash,
        "the_plan": asked.plan,
        "now": now,
        "guarded": now + asked.guard,
        "spaced": now - asked.ceilings.spacing,
        "hour_ago": now - HOUR,
        "day_ago": now - DAY,
        "per_hour": asked.ceilings.per_hour,
        "per_day": asked.ceilings.per_day,
        "price": asked.cost_microusd,
        "budget": asked.budget_microusd,
        "budget_since": asked.budget_since,
    }


# built once for each kind: to build the statement takes longer than to run it, and every post waits for it


@cache
def _grant(is_bound: bool, has_budget: bool) -> Update:
    return actions.update().where(and_(*_conditions(is_bound, has_budget).values()))


@cache
def _conditions(is_bound: bool, has_budget: bool) -> Mapping[str, ColumnElement[bool]]:
    c, now, target = actions.c, bindparam("now", type_=UtcTime), bindparam("the_target", type_=Integer)
    strike = bindparam("the_strike", type_=Integer)
    return {
        "changed": and_(
            c.id == bindparam("the_action"),
            c.state.in_([s.value for s in WAITING]),
            c.purpose == bindparam("the_purpose"),
            c.due_at <= now,
            or_(c.payload_hash.is_(None), c.payload_hash == bindparam("the_hash")),
            or_(c.strike_id.is_(None), c.strike_id == strike),
        ),
        "strike": _strike_in_force(strike, now) if is_bound else true(),
        "plan": ~_sealed_otherwise(strike) if is_bound else true(),
        "paused": ~exists().where(or_(pauses.c.target_id.is_(None), pauses.c.target_id == target)),
        "spacing": ~exists(_claims(target, "spaced").where(attempts.c.started_at <= now)),
        "throttled": ~exists(_waits(target, bindparam("the_verb"), bindparam("day_ago", type_=UtcTime), now)),
        "hour": _count(target, "hour_ago") < bindparam("per_hour"),
        "day": _count(target, "day_ago") < bindparam("per_day"),
        "budget": _within_budget(target) if has_budget else true(),
    }


def _strike_in_force(strike: BindParameter[Any], now: BindParameter[Any]) -> ColumnElement[bool]:
    c = strikes.c
    return exists().where(
        c.id == strike, c.closed_at.is_(None), c.starts_at <= now, c.ends_at > bindparam("guarded", type_=UtcTime)
    )


def _sealed_otherwise(strike: BindParameter[Any]) -> ColumnElement[bool]:
    plan = bindparam("the_plan", type_=String)
    return exists().where(seals.c.strike_id == strike, seals.c.fingerprint.is_distinct_from(plan))


def _waits(
    target: int | BindParameter[Any], verb: str | BindParameter[Any], since: Any, now: datetime | BindParameter[Any]
) -> Select[Any]:
    # networks count deletions apart: many of them must not hold up a post
    same = actions.alias("same")
    asked_to_wait = claims_since(target, since).with_only_columns(attempts.c.not_before)
    asked_to_wait = asked_to_wait.join(same, same.c.id == attempts.c.action_id).where(same.c.verb == verb)
    return asked_to_wait.where(attempts.c.not_before > now)


def _claims(target: BindParameter[Any], since: str) -> Select[Any]:
    return claims_since(target, bindparam(since, type_=UtcTime)).with_only_columns(literal(1))


def _count(target: BindParameter[Any], since: str) -> ColumnElement[int]:
    return _claims(target, since).with_only_columns(func.count()).scalar_subquery()


def _within_budget(target: BindParameter[Any]) -> ColumnElement[bool]:
    since = bindparam("budget_since", type_=UtcTime)
    return spent(target, since) + bindparam("price", type_=Integer) <= bindparam("budget", type_=Integer)


def claims_since(target_id: int | BindParameter[Any], since: datetime | BindParameter[Any]) -> Select[Any]:
    """Select the attempts of a target that began after an instant; those ahead of a clock that jumped back count."""
    mine = actions.alias("claimed")
    return (
        select(attempts)
        .join(mine, mine.c.id == attempts.c.action_id)
        # more than a bare column: SQLite would go through all that was ever posted, and not through the last day
        .where(mine.c.target_id + 0 == target_id, attempts.c.started_at > since)
    )


def spent(target_id: int | BindParameter[Any], since: datetime | BindParameter[Any]) -> ColumnElement[int]:
    """Return what writes and reads of a target cost since an instant, in millionths of a US dollar."""
    writes = claims_since(target_id, since).with_only_columns(func.coalesce(func.sum(attempts.c.cost_microusd), 0))
    return writes.scalar_subquery() + spent_reading(target_id, since)


def spent_reading(target_id: int | BindParameter[Any], since: datetime | BindParameter[Any]) -> ColumnElement[int]:
    """Return what reads of a target cost since an instant, in millionths of a US dollar."""
    mine = actions.alias("paid")
    reads = (
        select(func.coalesce(func.sum(observations.c.cost_microusd), 0))
        .join(mine, mine.c.id == observations.c.action_id)
        .where(text("observations.cost_microusd > 0"), observations.c.at > since, mine.c.target_id + 0 == target_id)
    )
    measured = select(func.coalesce(func.sum(metric_reads.c.cost_microusd), 0)).where(
        metric_reads.c.target_id == target_id, metric_reads.c.at > since
    )
    return reads.scalar_subquery() + measured.scalar_subquery()


def _why_not(
    db: Connection,
    conditions: Mapping[str, ColumnElement[bool]],
    given: Mapping[str, Any],
    asked: Claim,
    target_id: int,
    now: datetime,
) -> Blocked | None:
    mine = select(literal(1)).select_from(actions).where(actions.c.id == asked.action_id)
    failures = (n for n, condition in conditions.items() if db.execute(mine.where(condition), given).first() is None)
    failing = next(failures, None)
    if failing is None:
        return None
    if failing == "throttled":
        waits = _waits(target_id, given["the_verb"], now - DAY, now).order_by(attempts.c.not_before.desc()).limit(1)
        return Blocked(failing, db.execute(waits).scalar())
    windows = {"spacing": asked.ceilings.spacing, "hour": HOUR, "day": DAY}
    if failing not in windows:
        return Blocked(failing)
    starts = claims_since(target_id, now - windows[failing]).with_only_columns(attempts.c.started_at)
    starts = starts.order_by(attempts.c.started_at.desc())
    ceiling = {"spacing": 1, "hour": asked.ceilings.per_hour, "day": asked.ceilings.per_day}[failing]
    blocking = db.execute(starts.offset(max(0, ceiling - 1)).limit(1)).scalar()
    return Blocked("spacing" if failing == "spacing" else "ceiling", (blocking or now) + windows[failing])
