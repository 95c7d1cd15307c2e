"""Actions: the outbox in which every post is first written down."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, literal_column, or_, select, text
from sqlalchemy.dialects.sqlite import insert

from occupier.domain.action import (
    ANNOUNCE,
    TRANSITIONS,
    WAITING,
    Action,
    Attempt,
    GoneBy,
    Payload,
    Purpose,
    State,
    Verb,
    article_subject,
    give_back_slot,
    replace_slot,
    restore_slot,
    retract_slot,
)
from occupier.domain.agreement import text_hash
from occupier.domain.errors import UnknownName
from occupier.domain.outcome import Handed, Outcome, Receipt, Refused, Retryable
from occupier.domain.ports import Blocked, Change, Claim, Claimed, NewAction, Observation
from occupier.domain.reconcile import RemotePost
from occupier.domain.snapshot import Snapshot
from occupier.storage import claims
from occupier.storage.events import SqlEvents
from occupier.storage.rows import action_of
from occupier.storage.schema import OWED, POSTED, REPLACING, actions, attempts, observations

_BOUND = [purpose.value for purpose in Purpose if purpose.is_bound]


class SqlActions:
    """Decide, claim, settle, review: the rows of every action."""

    def __init__(self, connection: Connection, events: SqlEvents, now: datetime, pause_file: Path) -> None:
        self._db = connection
        self._events = events
        self._now = now
        self._pause_file = pause_file

    def add(self, new: NewAction) -> Action | None:
        """Write an action and its event; None if there is one already."""
        subject = new.subject or article_subject(new.article_id)
        values = {
            "target_id": new.target_id,
            "verb": new.verb.value,
            "subject": subject,
            "slot": new.slot,
            "purpose": new.purpose.value,
            "article_id": new.article_id,
            "strike_id": new.strike_id,
            "state": new.state.value,
            "reason": new.reason,
            "due_at": new.due_at,
            "ordinary_text": new.ordinary_text,
            "before": new.before,
            "decided_at": new.decided_at,
        }
        # the place taken once for all is the table's own word, not that of a look beforehand
        taken = insert(actions).on_conflict_do_nothing(index_elements=["target_id", "subject", "slot"])
        row = self._db.execute(taken.returning(actions), values).first()
        if row is None:
            return None
        action = action_of(row)
        data = {
            "state": new.state.value,
            "reason": new.reason,
            "purpose": new.purpose.value,
            "subject": subject,
            # the record covers these without repeating them
            "usual_hash": text_hash(new.ordinary_text),
            "before_hash": text_hash(new.before),
            "article_hash": new.article_hash,
        }
        self._tell("decided", action, {name: value for name, value in data.items() if value is not None})
        return action

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

    def claim(self, claim: Claim) -> Claimed | Blocked:
        """Commit to one call: checks every condition at this transaction's own reading of the clock."""
        return claims.claim(self._db, self._events, self._now, claim, self._pause_file)

    def blocked(self, claim: Claim) -> Blocked | None:
        """Say what stands in the way of a claim, without making it; None if it would be granted."""
        return claims.blocked(self._db, self._now, claim, self._pause_file)

    def settle(self, action: Action, change: Change, outcome: Outcome) -> bool:
        """Write what became of the call, under the claim's token; False if the claim is no longer ours."""
        c = actions.c
        mine = (c.id == action.id) & (c.claim_token == action.claim_token) & (c.state == State.SENDING.value)
        if not self._move(action, change, State.SENDING, mine):
            return False
        values = attempt_values(outcome) | {"ended_at": self._now}
        if isinstance(outcome, Retryable | Refused):
            values["cost_microusd"] = 0  # surely unsent costs nothing
        self._db.execute(attempts.update().where(attempts.c.token == action.claim_token).values(**values))
        told = {k: v for k, v in values.items() if v is not None and k != "ended_at"}
        self._tell("settled", action, _changed(State.SENDING, change) | told)
        return True

    def change(self, action: Action, change: Change, kind: str) -> bool:
        """Move an action that no call is about; False if it is no longer in the state that was read."""
        c = actions.c
        same = (c.id == action.id) & (c.state == action.state.value)
        # the same state may be that of a later claim
        same &= c.claim_token.is_not_distinct_from(action.claim_token)
        if not self._move(action, change, action.state, same):
            return False
        if change.state is not action.state or change.reason != action.reason or change.payload is not None:
            self._tell(kind, action, _changed(action.state, change))
        return True

    def _move(self, action: Action, change: Change, was: State, where: ColumnElement[bool]) -> bool:
        if change.state is not was and change.state not in TRANSITIONS[was]:
            raise AssertionError(f"{was} never becomes {change.state}")
        if (was, change.state) == (State.MISSED, State.SENT):
            where &= actions.c.handed_at.is_not(None)  # only what somebody was handed may have been posted all the same
        values: dict[str, Any] = {"state": change.state.value, "reason": change.reason}
        if change.due_at is not None:
            values["due_at"] = change.due_at
        if change.state is State.SENT:
            values |= {
                "remote_id": change.remote_id,
                "remote_url": change.remote_url,
                "proof": change.proof.value if change.proof else None,
                "sent_at": change.sent_at or self._now,
            }
        if change.state is State.HANDED:
            values["handed_at"] = self._now
        if change.thaw:
            values |= {"payload": None, "payload_hash": None}
        if change.payload is not None:
            frozen = {"payload": change.payload.to_json(), "payload_hash": change.payload.hash}
            values |= frozen | {"pool_index": change.pool_index}
        return self._db.execute(actions.update().where(where).values(**values)).rowcount == 1

    def _tell(self, kind: str, action: Action, data: Mapping[str, object]) -> None:
        self._events.add(kind, data, action_id=action.id, strike_id=action.strike_id, target_id=action.target_id)

    def take_over(self, action: Action, post_id: str, before: Snapshot | None, payload: Payload | None) -> bool:
        """Have an announcement made by editing a post that is there; False if it no longer waits."""
        values = {"verb": Verb.EDIT.value, "remote_id": post_id, "before": before.to_json() if before else None}
        return self._reroute(action, "taken_over", values, payload)

    def let_go(self, action: Action, payload: Payload | None) -> bool:
        """Have an announcement made by a post of its own again; False if it no longer waits."""
        values = {"verb": Verb.PUBLISH.value, "remote_id": None, "before": None}
        return self._reroute(action, "let_go", values, payload)

    def _reroute(self, action: Action, kind: str, values: Mapping[str, str | None], payload: Payload | None) -> bool:
        c = actions.c
        same = (c.id == action.id) & (c.state == action.state.value) & c.state.in_([s.value for s in WAITING])
        frozen = payload.hash if payload else None
        written = {**values, "payload": payload.to_json() if payload else None, "payload_hash": frozen}
        if self._db.execute(actions.update().where(same).values(**written)).rowcount != 1:
            return False
        told = {
            "remote_id": values["remote_id"],
            "before_hash": text_hash(values["before"]),
            "payload_hash": frozen,
            "text": payload.text if payload else None,
        }
        self._tell(kind, action, {name: value for name, value in told.items() if value is not None})
        return True

    def keep(self, action: Action, before: Snapshot) -> bool:
        """Write down, as it is, the post that an action takes away or took the place of; False if that is known."""
        if action.before == before.to_json():
            return False
        self._db.execute(actions.update().where(actions.c.id == action.id).values(before=before.to_json()))
        self._tell("kept", action, {"before_hash": text_hash(before.to_json())})
        return True

    def replacements(self, action: Action) -> list[Action]:
        """Return the actions that were to take the usual post away for this announcement, first to last."""
        c, slot = actions.c, replace_slot(action.id)
        mine = (c.slot == slot) | c.slot.startswith(f"{slot}:", autoescape=True)
        about = (c.target_id == action.target_id, c.article_id == action.article_id, text(REPLACING))
        return [action_of(row) for row in self._db.execute(select(actions).where(*about, mine).order_by(c.id))]

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

    def observe(self, observation: Observation) -> None:
        """Write what a reading of the timeline found."""
        values = {name: getattr(observation, name) for name in Observation.__slots__ if name != "post"}
        self._db.execute(observations.insert().values(**values))
        action = self.get(observation.action_id)
        data = {"verdict": observation.verdict, "complete": observation.complete,
                "remote_id": observation.found_remote_id, **_others(observation.post)}  # fmt: skip
        self._tell("announced_elsewhere" if observation.verdict == "elsewhere" else "observed", action, data)

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
        c = actions.c
        mine = (c.slot == slot) | c.slot.startswith(f"{slot}:", autoescape=True)
        target = select(c.target_id).where(c.id == action_id).scalar_subquery()
        query = select(actions).where(c.target_id == target, c.purpose == purpose.value, mine)
        return [action_of(row) for row in self._db.execute(query.order_by(c.id))]

    def edited(self, strike_id: int) -> list[Action]:
        """Return the announcements of a strike that edited a post that was there, or may have, oldest first."""
        c = actions.c
        left = (State.SENDING.value, State.SENT.value, State.UNCERTAIN.value)
        query = select(actions).where(c.strike_id == strike_id, c.verb == Verb.EDIT.value, c.slot == ANNOUNCE)
        return [action_of(row) for row in self._db.execute(query.where(c.state.in_(left)).order_by(c.id))]

    def gone(self, action: Action, by: GoneBy, at: datetime) -> bool:
        """Note that an action's post is no longer there, and write the event; False if that is known."""
        c = actions.c
        unknown = (c.id == action.id) & c.gone_at.is_(None)
        if self._db.execute(actions.update().where(unknown).values(gone_at=at, gone_by=by.value)).rowcount != 1:
            return False
        self._tell("gone", action, {"by": by.value, "at": at, "remote_id": action.remote_id})
        return True

    def read(self, ids: Collection[int], by: str) -> list[Action]:
        """Note that a tool was seen to read what it was handed, for the first time; return what it had not read."""
        c = actions.c
        unread = c.id.in_(list(ids)) & (c.state == State.HANDED.value) & c.read_at.is_(None)
        rows = self._db.execute(actions.update().where(unread).values(read_at=self._now).returning(actions)).all()
        found = sorted((action_of(row) for row in rows), key=lambda action: action.id)
        for action in found:
            self._tell("read", action, {"by": by})
        return found

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


def _others(post: RemotePost | None) -> dict[str, object]:
    if post is None:
        return {}
    return {"url": post.url, "application": post.application, "posted_at": post.created_at}


def _changed(was: State, change: Change) -> dict[str, object]:
    data: dict[str, object] = {"from": was.value, "to": change.state.value, "reason": change.reason}
    for name in ("due_at", "remote_id", "remote_url", "sent_at"):
        if getattr(change, name) is not None:
            data[name] = getattr(change, name)
    if change.payload is not None:
        frozen = change.payload
        data |= {"payload_hash": frozen.hash, "text": frozen.text, "link": frozen.link}
    if change.proof:
        data["proof"] = change.proof.value
    return data


def outcome_word(outcome: Outcome) -> str:
    """Return the stable word of an outcome: receipt, handed, retryable, refused:<kind>, uncertain or crashed."""
    if isinstance(outcome, Receipt):
        return "receipt"
    if isinstance(outcome, Handed):
        return "handed"
    if isinstance(outcome, Refused):
        return f"refused:{outcome.kind.value}"
    if isinstance(outcome, Retryable):
        return "retryable"
    # our own end in the middle of a call says nothing about the network: it is not counted against the lane
    return "crashed" if outcome.reason == "crashed" else "uncertain"


def attempt_values(outcome: Outcome) -> dict[str, Any]:
    """Return the columns of an attempt that an outcome fills."""
    values: dict[str, Any] = {"outcome": outcome_word(outcome)}
    if not isinstance(outcome, Receipt | Handed):
        values |= {"http_status": outcome.http_status, "excerpt": outcome.excerpt}
    if isinstance(outcome, Retryable):
        values["not_before"] = outcome.not_before
    return values
