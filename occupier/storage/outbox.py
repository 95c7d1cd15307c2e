"""Actions: the outbox in which every post is first written down."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection
from sqlalchemy.dialects.sqlite import insert

from occupier.domain.action import TRANSITIONS, WAITING, Action, GoneBy, Payload, State, Verb, article_subject
from occupier.domain.agreement import text_hash
from occupier.domain.outcome import Outcome, Refused, Retryable
from occupier.domain.ports import Blocked, Change, Claim, Claimed, NewAction, Observation
from occupier.domain.reconcile import RemotePost
from occupier.domain.snapshot import Snapshot
from occupier.storage import claims
from occupier.storage.events import SqlEvents
from occupier.storage.lookups import SqlLookups
from occupier.storage.outcomes import attempt_values, told_of_change
from occupier.storage.rows import action_of
from occupier.storage.schema import actions, attempts, observations


class SqlActions(SqlLookups):
    """Decide, claim, settle, review: writes the rows of every action, and the event of each change."""

    def __init__(self, connection: Connection, events: SqlEvents, now: datetime, pause_file: Path) -> None:
        super().__init__(connection)
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
        if not self._move(change, State.SENDING, mine):
            return False
        values = attempt_values(outcome) | {"ended_at": self._now}
        if isinstance(outcome, Retryable | Refused):
            values["cost_microusd"] = 0  # surely unsent costs nothing
        self._db.execute(attempts.update().where(attempts.c.token == action.claim_token).values(**values))
        told = {k: v for k, v in values.items() if v is not None and k != "ended_at"}
        self._tell("settled", action, told_of_change(State.SENDING, change) | told)
        return True

    def change(self, action: Action, change: Change, kind: str) -> bool:
        """Move an action that no call is about; False if it is no longer in the state that was read."""
        c = actions.c
        same = (c.id == action.id) & (c.state == action.state.value)
        # the same state may be that of a later claim
        same &= c.claim_token.is_not_distinct_from(action.claim_token)
        if not self._move(change, action.state, same):
            return False
        if change.state is not action.state or change.reason != action.reason or change.payload is not None:
            self._tell(kind, action, told_of_change(action.state, change))
        return True

    def _move(self, change: Change, was: State, where: ColumnElement[bool]) -> bool:
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

    def observe(self, observation: Observation) -> None:
        """Write what a reading of the timeline found."""
        values = {name: getattr(observation, name) for name in Observation.__slots__ if name != "post"}
        self._db.execute(observations.insert().values(**values))
        action = self.get(observation.action_id)
        data = {"verdict": observation.verdict, "complete": observation.complete,
                "remote_id": observation.found_remote_id, **_others(observation.post)}  # fmt: skip
        self._tell("announced_elsewhere" if observation.verdict == "elsewhere" else "observed", action, data)

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

    def _tell(self, kind: str, action: Action, data: Mapping[str, object]) -> None:
        self._events.add(kind, data, action_id=action.id, strike_id=action.strike_id, target_id=action.target_id)


def _others(post: RemotePost | None) -> dict[str, object]:
    if post is None:
        return {}
    return {"url": post.url, "application": post.application, "posted_at": post.created_at}
