"""Settle: what an outcome makes of an action, and of its lane. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from occupier.domain.action import Action, Attempt, Proof, State, Verb
from occupier.domain.limits import MAX_ATTEMPTS, STRIKES_IN_A_ROW, Limits
from occupier.domain.outcome import LANE_KINDS, Handed, Outcome, Receipt, RefusalKind, Refused, Retryable
from occupier.domain.ports import Change, Observation
from occupier.domain.reconcile import RemotePost
from occupier.domain.setup import WhenUncertain
from occupier.domain.strike import Strike

MOST_STEPS = 3
"""Of the wait before a new attempt, half an hour then: being asked to wait many times must not make it days."""

_FORBIDDEN = {Verb.DELETE: "may_not_delete", Verb.EDIT: "may_not_edit"}
"""Verbs on a post that is there, and the reason where they are not allowed."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """How an action stands after a call; `stop` is the reason for which its lane must stop, if it must."""

    change: Change
    stop: str | None = None


def settlement(
    outcome: Outcome, action: Action, taken: bool, recent: Sequence[str], limits: Limits, now: datetime, jitter: float
) -> Settlement:
    """Say what an outcome makes of an action that was being sent.

    Args:
        outcome: of the call.
        action: as it was claimed; `attempts` counts this one.
        taken: whether the receipt's id already belongs to another action.
        recent: the words of the lane's last outcomes before this one, newest first.
        limits: the waits.
        now: the end of the call (aware).
        jitter: between 0 and 1, spreads the retries.
    """
    if isinstance(outcome, Receipt):
        return _accepted(outcome, taken, now)
    if isinstance(outcome, Handed):
        return Settlement(Change(State.HANDED, "handed"))
    if isinstance(outcome, Retryable):
        return Settlement(Change(State.RETRY, outcome.reason, due_at=_next_try(outcome, action, limits, now, jitter)))
    if isinstance(outcome, Refused):
        refused = _not_changed if action.verb in _FORBIDDEN else _refused
        return refused(outcome, action, recent, now)
    stop = "uncertain_row" if _in_a_row(recent, "uncertain") else None
    return Settlement(Change(State.UNCERTAIN, outcome.reason, due_at=now), stop)


def _accepted(receipt: Receipt, taken: bool, now: datetime) -> Settlement:
    if taken:  # a server that answers with an older post proves nothing about this one
        return Settlement(Change(State.UNCERTAIN, "same_post", due_at=now))
    change = Change(
        State.SENT, "receipt", remote_id=receipt.id, remote_url=receipt.url, proof=Proof.RECEIPT, sent_at=now
    )
    return Settlement(change)


def _refused(outcome: Refused, action: Action, recent: Sequence[str], now: datetime) -> Settlement:
    kind = outcome.kind
    if kind in LANE_KINDS:
        return Settlement(Change(State.RETRY, kind.value, due_at=now), stop=kind.value)
    if kind is RefusalKind.DUPLICATE and action.attempts > 1:
        return Settlement(Change(State.UNCERTAIN, "duplicate", due_at=now))
    row = kind is RefusalKind.UNKNOWN and _in_a_row(recent, "refused:unknown")
    return Settlement(Change(State.REFUSED, kind.value), "refused_row" if row else None)


def _not_changed(outcome: Refused, action: Action, recent: Sequence[str], now: datetime) -> Settlement:
    if outcome.kind is RefusalKind.GONE:  # looked at again, the post tells who took it away
        return Settlement(Change(State.RETRY, outcome.kind.value, due_at=now))
    if outcome.kind is RefusalKind.PERMISSION:
        # a token that may post need not be allowed to delete or to edit this one: that stops no lane
        return Settlement(Change(State.REFUSED, _FORBIDDEN[action.verb]))
    return _refused(outcome, action, recent, now)


def _in_a_row(recent: Sequence[str], word: str) -> bool:
    before = list(recent[: STRIKES_IN_A_ROW - 1])
    return len(before) == STRIKES_IN_A_ROW - 1 and all(found == word for found in before)


def _next_try(outcome: Retryable, action: Action, limits: Limits, now: datetime, jitter: float) -> datetime:
    # five attempts span forty minutes: a line that is down for half an hour must not cost an article
    steps = min(MOST_STEPS, max(0, action.attempts - 1))
    wait: timedelta = limits.retry_base * float(4**steps) * (1 + jitter / 2)
    return max(now + wait, outcome.not_before or now)


def given_up(attempts: Sequence[Attempt]) -> bool:
    """Say whether the attempts that were surely not sent are enough; being asked to wait is no attempt.

    A network that answered, and says that it is to be tried again, asked to wait: Facebook does so with HTTP 400. A
    person who releases it gives it as many again, so only every fifth one ends it.
    """
    unsent = [a for a in attempts if a.outcome == "retryable" and a.http_status is None]
    return bool(unsent) and unsent[-1] == attempts[-1] and len(unsent) % MAX_ATTEMPTS == 0


def tried_enough(attempts: Sequence[Attempt]) -> bool:
    """Say whether a deletion was tried often enough, whatever came of it: being asked to wait is no attempt."""
    tried = [a for a in attempts if a.outcome != "retryable" or a.http_status is None]
    return bool(tried) and tried[-1] == attempts[-1] and len(tried) % MAX_ATTEMPTS == 0


def surely_unsent(attempts: Sequence[Attempt]) -> bool:
    """Say whether no attempt can have left a post behind."""
    return all(a.outcome is not None and a.outcome.startswith(("retryable", "refused")) for a in attempts)


def absences(observations: Sequence[Observation], deadline: datetime, settle_after: timedelta) -> list[datetime]:
    """Return when complete reads, late enough to count, found nothing."""
    return [o.at for o in observations if o.verdict == "absent" and o.complete and o.at >= deadline + settle_after]


def presences(observations: Sequence[Observation], deadline: datetime, settle_after: timedelta) -> list[datetime]:
    """Return when reads, late enough to count, still found what was to be taken away."""
    return [o.at for o in observations if o.verdict in ("present", "edited") and o.at >= deadline + settle_after]


def misses(observations: Sequence[Observation], deadline: datetime, settle_after: timedelta) -> list[datetime]:
    """Return when reads, late enough to count, found a post without what an edit was to make it say."""
    return [o.at for o in observations if o.verdict in ("absent", "edited") and o.at >= deadline + settle_after]


def is_absent(counted: Sequence[datetime], between: timedelta) -> bool:
    """Say whether two reads far enough apart found nothing: only then is a post taken for absent.

    The same holds of a post that was to go: it is taken for still there only when two such reads found it.
    """
    return len(counted) >= 2 and counted[-1] - counted[0] >= between


def found_there(post: RemotePost) -> Change:
    """Return the change of an action whose post was found on the account."""
    return Change(
        State.SENT, "timeline", remote_id=post.id, remote_url=post.url, proof=Proof.TIMELINE, sent_at=post.created_at
    )


def after_absence(action: Action, strike: Strike | None, wanted: WhenUncertain, now: datetime) -> Change | None:
    """Say what becomes of an action whose post is not there; None where a person is asked.

    After the strike's end it is too late for a strike post, whatever the account's wish.
    """
    if action.purpose.is_bound and (strike is None or strike.is_over(now)):
        return Change(State.MISSED, "strike_over")
    if wanted is WhenUncertain.ASK:
        return None
    return Change(State.RETRY, "not_found", due_at=now)
