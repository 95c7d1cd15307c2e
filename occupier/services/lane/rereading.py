"""Read again: what waits for another reading, since its post could not be read, or what was read does not settle it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from occupier.domain.action import WAITING, Action, State
from occupier.domain.errors import NetworkError
from occupier.domain.limits import Limits
from occupier.domain.outcome import READING_KINDS
from occupier.domain.ports import Change, Notice, Notices, Observation, Pause, Store, Target, Transaction
from occupier.domain.reconcile import looks_due
from occupier.domain.settling import is_absent
from occupier.domain.setup import Account, Setup

Counting = Callable[[Sequence[Observation], datetime, timedelta], list[datetime]]
"""Which readings count against an action, as `absences` in `domain/settling.py` says it of a timeline."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the readings since a call come to: how many, how many of them count, and whether these are enough.

    `due` is when to look next (aware) where they are not.
    """

    readings: int
    counted: int
    enough: bool
    due: datetime


def weigh(tx: Transaction, account: Account, action: Action, counting: Counting, limits: Limits) -> Weighed:
    """Weigh what was read since the call about an uncertain action."""
    deadline = action.deadline or action.decided_at
    seen = tx.actions.observations(action.id, action.claimed_at or action.decided_at)
    counted = counting(seen, deadline, account.settle_after)
    # none, where our clock was set back since the claim: what was read before it does not count
    last = max((o.at for o in seen), default=tx.now)
    due = looks_due(deadline, account.settle_after, limits.between_reads, len(counted), last)
    return Weighed(len(seen), len(counted), is_absent(counted, limits.between_reads), due)


def look_at(tx: Transaction, action: Action, due: datetime) -> None:
    """Leave an action as uncertain as it is, and have it looked for at an instant (aware)."""
    tx.actions.change(action, Change(State.UNCERTAIN, action.reason or "unclear", due_at=due), "looking")


class Rereading:
    """Puts off what is done to one post that could not be read. `again`: where the network does not say when to ask."""

    def __init__(self, store: Store, notices: Notices, setup: Callable[[], Setup], again: timedelta) -> None:
        self._store = store
        self._notices = notices
        self._setup = setup
        self._again = again

    def before(self, target: Target, action: Action, error: NetworkError) -> None:
        """Let an action wait that was to be claimed; what undoes is given up at last. Raises DatabaseError."""
        stops = error.kind in READING_KINDS
        with self._store.writing() as tx:
            current = tx.actions.get(action.id)
            if current.state not in WAITING:
                return
            if stops:
                tx.pauses.add(Pause(target.id, "lane", str(error.kind), tx.now))
            if current.undoes and tx.now - current.decided_at > self._setup().limits.look_for:
                tx.actions.change(current, Change(State.FAILED, "unread"), "failed")
            else:
                change = Change(current.state, "unread", due_at=self._due(tx, error))
                tx.actions.change(current, change, "looking")
        self._notices.tell(Notice("unread", error.sentence, serious=stops))

    def after(self, action: Action, error: NetworkError) -> None:
        """Look later for what became of an uncertain action. Raises DatabaseError."""
        with self._store.writing() as tx:
            look_at(tx, action, self._due(tx, error))

    def _due(self, tx: Transaction, error: NetworkError) -> datetime:
        return max(tx.now + self._again, error.not_before or tx.now)
