"""What the outbox is asked: which actions there are, how they stand, and what was tried and seen of each."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, func, literal_column, or_, select, text

from occupier.domain.action import (
    ANNOUNCE,
    WAITING,
    Action,
    Attempt,
    Purpose,
    State,
    Verb,
    article_subject,
    give_back_slot,
    replace_slot,
    restore_slot,
    retract_slot,
)
from occupier.domain.errors import UnknownName
from occupier.domain.ports import Observation
from occupier.storage import claims
from occupier.storage.rows import action_of
from occupier.storage.schema import OWED, POSTED, REPLACING, actions, attempts, observations

_BOUND = [purpose.value for purpose in Purpose if purpose.is_bound]


class SqlLookups:
    """Reads the rows of actions."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, action_id: int) -> Action:
        """Return one action; raises UnknownName."""
        row = self._db.execute(select(actions).where(actions.c.id == action_id)).first()
        if row is None:
            raise UnknownName("There is no record {id} in the log: see occupier log.", id=action_id)
        return action_of(row)

    def due(
        self, target_id: int, now: datetime, only: int | None = None, closed: Collection[int] = ()
    ) -> Action | None:
        """Return the oldest pending or retry action whose hour has come; `only` that one, where one is named.

        Strike posts under the strikes in `closed` are passed over.
        """
        c = actions.c
        query = select(actions).where(
            c.target_id == target_id, c.state.in_([s.value for s in WAITING]), c.due_at <= now
        )
        query = query.where(_has_room()) if only is None else query.where(c.id == only)
        if closed:
            query = query.where(or_(c.purpose.not_in(_BOUND), c.strike_id.not_in(closed)))
        row = self._db.execute(query.order_by(c.due_at, c.id).limit(1)).first()
        return action_of(row) if row else None

    def next_undoing(self, target_id: int, now: datetime) -> Action | None:
        """Return the oldest waiting action that takes something back at a person's word, if its hour has come."""
        c = actions.c
        waits = (c.target_id == target_id, c.state.in_([s.value for s in WAITING]), c.due_at <= now)
        asked = c.purpose.in_([Purpose.RETRACT.value, Purpose.RESTORE.value])
        row = self._db.execute(select(actions).where(*waits, asked).order_by(c.due_at, c.id).limit(1)).first()
        return action_of(row) if row else None

    def next_at(self, target_id: int) -> datetime | None:
        """Return the next hour at which this target has something to send or to look for."""
        c = actions.c
        moving = [s.value for s in (*WAITING, State.UNCERTAIN)]
        soonest = select(c.due_at).where(c.target_id == target_id, c.state.in_(moving), _has_room())
        claimed = select(c.deadline).where(c.target_id == target_id, c.state == State.SENDING.value)
        found = [
            self._db.execute(query.order_by(column).limit(1)).scalar()
            for query, column in ((soonest, c.due_at), (claimed, c.deadline))
        ]
        return min((at for at in found if at), default=None)

    def in_state(self, *states: State, target_id: int | None = None) -> list[Action]:
        """Return the actions in these states, oldest first."""
        query = select(actions).where(actions.c.state.in_([s.value for s in states]))
        if target_id is not None:
            query = query.where(actions.c.target_id == target_id)
        return [action_of(row) for row in self._db.execute(query.order_by(actions.c.id))]

    def count_in_state(self, *states: State) -> int:
        """Return how many actions are in these states."""
        alike = select(func.count()).where(actions.c.state.in_([s.value for s in states]))
        return int(self._db.execute(alike).scalar() or 0)

    def held_for(self, reason: str, target_id: int | None = None) -> list[Action]:
        """Return the actions on hold for this reason, oldest first."""
        c = actions.c
        query = select(actions).where(c.state == State.HELD.value, c.reason == reason)
        if target_id is not None:
            query = query.where(c.target_id == target_id)
        return [action_of(row) for row in self._db.execute(query.order_by(c.id))]

    def handed(self, target_id: int, since: datetime) -> list[Action]:
        """Return what a target was handed and nobody knows the end of, or gave up since then, oldest first."""
        c = actions.c
        given_up = (c.state == State.MISSED.value) & (c.handed_at >= since)
        query = select(actions).where(c.target_id == target_id, or_(c.state == State.HANDED.value, given_up))
        return [action_of(row) for row in self._db.execute(query.order_by(c.handed_at, c.id))]

    def has_begun(self, target_id: int, strike_id: int) -> bool:
        """Say whether a call was ever claimed for a strike post of this strike on the target."""
        c = actions.c
        of_strike = (c.strike_id == strike_id) & (c.target_id == target_id) & (c.purpose == Purpose.STRIKE.value)
        return self._db.execute(select(c.id).where(of_strike, c.attempts > 0).limit(1)).first() is not None

    def last_pool_index(self, target_id: int) -> int | None:
        """Return the place in its pool of the target's last claimed strike post."""
        c = actions.c
        claimed = c.pool_index.is_not(None) & c.claimed_at.is_not(None)
        query = select(c.pool_index).where(c.target_id == target_id, claimed)
        return self._db.execute(query.order_by(c.claimed_at.desc(), c.id.desc()).limit(1)).scalar()

    def replacements(self, action: Action) -> list[Action]:
        """Return the actions that were to take the usual post away for this announcement, first to last."""
        c, mine = actions.c, _is_one_of(replace_slot(action.id))
        about = (c.target_id == action.target_id, c.article_id == action.article_id, text(REPLACING))
        return [action_of(row) for row in self._db.execute(select(actions).where(*about, mine).order_by(c.id))]

    def deleted(self, strike_id: int) -> list[Action]:
        """Return the deletions that took usual posts away in a strike, oldest first."""
        c = actions.c
        query = select(actions).where(c.strike_id == strike_id, text(REPLACING), c.state == State.SENT.value)
        return [action_of(row) for row in self._db.execute(query.order_by(c.id))]

    def owed(self, target_id: int | None = None) -> list[Action]:
        """Return the deletions of usual posts in whose place nothing stands yet, oldest first."""
        c = actions.c
        query = select(actions).where(text(OWED))
        query = query if target_id is None else query.where(c.target_id == target_id)
        return [action_of(row) for row in self._db.execute(query.order_by(c.id))]

    def given_back(self, deletion: Action) -> Action | None:
        """Return the action that posts again what this one took away; None where there is none."""
        c, subject = actions.c, article_subject(deletion.article_id or 0)
        mine = (c.target_id == deletion.target_id, c.subject == subject, c.slot == give_back_slot(deletion.id))
        row = self._db.execute(select(actions).where(*mine)).first()
        return action_of(row) if row else None

    def attempts(self, action_id: int) -> list[Attempt]:
        """Return the attempts of one action, first to last."""
        rows = self._db.execute(select(attempts).where(attempts.c.action_id == action_id).order_by(attempts.c.n))
        return [Attempt(**row._mapping) for row in rows]

    def observations(self, action_id: int, since: datetime) -> list[Observation]:
        """Return the readings about one action since then, first to last."""
        c = observations.c
        rows = self._db.execute(select(observations).where(c.action_id == action_id, c.at >= since).order_by(c.id))
        return [Observation(r.action_id, r.at, r.complete, r.verdict, r.found_remote_id, r.cost_microusd) for r in rows]

    def retractions(self, action_id: int) -> list[Action]:
        """Return the actions that were to take away what this one published, first to last."""
        return self._undoing(action_id, Purpose.RETRACT, retract_slot(action_id))

    def restorations(self, action_id: int) -> list[Action]:
        """Return the actions that were to put back the post that this one edited, first to last."""
        return self._undoing(action_id, Purpose.RESTORE, restore_slot(action_id))

    def _undoing(self, action_id: int, purpose: Purpose, slot: str) -> list[Action]:
        c, mine = actions.c, _is_one_of(slot)
        target = select(c.target_id).where(c.id == action_id).scalar_subquery()
        query = select(actions).where(c.target_id == target, c.purpose == purpose.value, mine)
        return [action_of(row) for row in self._db.execute(query.order_by(c.id))]

    def edited(self, strike_id: int) -> list[Action]:
        """Return the announcements of a strike that edited a post that was there, or may have, oldest first."""
        c = actions.c
        left = (State.SENDING.value, State.SENT.value, State.UNCERTAIN.value)
        query = select(actions).where(c.strike_id == strike_id, c.verb == Verb.EDIT.value, c.slot == ANNOUNCE)
        return [action_of(row) for row in self._db.execute(query.where(c.state.in_(left)).order_by(c.id))]

    def remote_ids(self, target_id: int, besides: int) -> set[str]:
        """Return the ids of this target's posts that belong to other actions than `besides`."""
        c = actions.c
        published = (c.verb == Verb.PUBLISH.value) | ((c.verb == Verb.EDIT.value) & (c.slot == ANNOUNCE))
        query = select(c.remote_id).where(
            c.target_id == target_id, c.id != besides, c.remote_id.is_not(None), published
        )
        return {str(found) for found in self._db.execute(query).scalars()}

    def newest_post(self, target_id: int, since: datetime, until: datetime) -> str | None:
        """Return the id of the target's newest post of `[since, until)` that nobody is known to have taken away."""
        c = actions.c
        query = select(c.remote_id).where(
            text(POSTED), c.target_id == target_id, c.sent_at >= since, c.sent_at < until, c.gone_at.is_(None)
        )
        return self._db.execute(query.order_by(c.sent_at.desc(), c.id.desc()).limit(1)).scalar()

    def last_outcomes(self, target_id: int, count: int) -> list[str]:
        """Return the outcomes of the target's last settled attempts, newest first."""
        query = (
            select(attempts.c.outcome)
            .join(actions, actions.c.id == attempts.c.action_id)
            .where(actions.c.target_id == target_id, attempts.c.outcome.is_not(None))
            .order_by(attempts.c.ended_at.desc(), attempts.c.started_at.desc())
            .limit(count)
        )
        return [str(outcome) for outcome in self._db.execute(query).scalars()]

    def last_sent(self, target_id: int) -> Action | None:
        """Return the target's latest post."""
        c = actions.c
        sent = select(actions).where(text(POSTED), c.target_id == target_id)
        row = self._db.execute(sent.order_by(c.sent_at.desc(), c.id.desc()).limit(1)).first()
        return action_of(row) if row else None

    def spent(self, target_id: int, since: datetime) -> int:
        """Return what writes, uncertain ones too, and reads cost since then, in millionths of a US dollar."""
        return int(self._db.execute(select(claims.spent(target_id, since))).scalar() or 0)

    def spent_reading(self, target_id: int, since: datetime) -> int:
        """Return what reads alone cost since then, in millionths of a US dollar."""
        return int(self._db.execute(select(claims.spent_reading(target_id, since))).scalar() or 0)


def _has_room() -> ColumnElement[bool]:
    """Say that no usual post is being taken away for this announcement at the moment."""
    c, d = actions.c, actions.alias("taking")
    under_way = [s.value for s in (*WAITING, State.SENDING, State.UNCERTAIN)]
    taking = exists().where(
        d.c.purpose == literal_column("'replace'"),
        d.c.target_id == c.target_id,
        d.c.article_id == c.article_id,
        d.c.state.in_(under_way),
    )
    return or_(c.slot != ANNOUNCE, ~taking.correlate(actions))


def _is_one_of(slot: str) -> ColumnElement[bool]:
    """Say that an action is the first of its kind, or one that followed a vain one."""
    c = actions.c
    return (c.slot == slot) | c.slot.startswith(f"{slot}:", autoescape=True)
