"""Displace: the claims of a deletion that makes room for a strike post, and of what gives the usual post back.

No usual post is taken away before everything would let the strike post follow at once: its text is written, the strike
lasts long enough, and pauses, plan, ceilings and budget allow of both calls. The deletion's claim pays for both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from occupier.domain.action import WAITING, Action, Payload, State, given_back_for, replaced_by
from occupier.domain.decision import RELEASED, TAKES_PLACE, Due, Miss, Substitute
from occupier.domain.errors import TemplateError
from occupier.domain.limits import Ceilings
from occupier.domain.ports import Blocked, Change, Claim, Claimed, Notice, Notices, Store, Target, Transaction
from occupier.domain.settling import tried_enough
from occupier.domain.setup import Account, Setup
from occupier.domain.snapshot import Snapshot
from occupier.domain.strike import Strike
from occupier.services.lane.replacing import NOT_NEEDED, Replacing, before_of
from occupier.services.lane.terms import Step, Terms
from occupier.services.watch.drafting import Draft, Drafting


class Displacing:
    """Takes a deletion of the usual post as far as its claim, or says why it is not claimed."""

    def __init__(
        self,
        store: Store,
        drafting: Drafting,
        replacing: Replacing,
        terms: Terms,
        notices: Notices,
        setup: Callable[[], Setup],
    ) -> None:
        self._store = store
        self._drafting = drafting
        self._replacing = replacing
        self._terms = terms
        self._notices = notices
        self._setup = setup

    def prepare(
        self, tx: Transaction, account: Account, target: Target, deletion: Action, seen: Snapshot | None = None
    ) -> Claimed | Blocked | Step | None:
        """Claim a deletion, or say what stands in its way; None: only that the usual post was not read (`seen`)."""
        announcement = tx.actions.get(replaced_by(deletion.slot))
        strike = tx.strikes.of(deletion)
        if announcement.state not in WAITING or not account.deletes_usual:
            return _leave(tx, deletion, Change(State.LEFT, NOT_NEEDED))
        decision = self._terms.decide(tx, account, announcement, strike)
        if not isinstance(decision, Substitute):
            return _leave(tx, deletion, _instead(decision))
        if deletion.reason != RELEASED and tried_enough(tx.actions.attempts(deletion.id)):
            return _leave(tx, deletion, Change(State.FAILED, "attempts"))
        try:
            draft = self._drafting.for_action(tx, self._setup(), account, target, announcement, strike)
        except TemplateError as error:
            self._notices.tell(Notice("template", error.sentence, serious=True))
            tx.actions.change(announcement, Change(State.FAILED, "template"), "failed")
            return Step(again=True)
        return self._with_draft(tx, account, target, (deletion, announcement), draft, strike, seen)

    def _with_draft(
        self,
        tx: Transaction,
        account: Account,
        target: Target,
        both: tuple[Action, Action],
        draft: Draft,
        strike: Strike | None,
        seen: Snapshot | None,
    ) -> Claimed | Blocked | None:
        deletion, announcement = both
        gone = Payload(seen.text) if seen else Payload("")
        first = self._terms.claim(tx, account, target, deletion, gone)
        then = self._terms.claim(tx, account, target, announcement, draft.payload, draft.pool_index)
        cost = first.cost_microusd + then.cost_microusd
        first, then = (self._terms.planned(tx, self._roomy(wanted, cost), strike) for wanted in (first, then))
        blocked = self._terms.blocked_with_reading(tx, account, then)
        if blocked is not None or seen is None:
            return blocked
        tx.actions.keep(deletion, seen)
        claimed = tx.actions.claim(first)
        if isinstance(claimed, Claimed):
            # from here on nothing can be wrong with the text that follows
            reason = RELEASED if announcement.reason == RELEASED else TAKES_PLACE
            frozen = Change(announcement.state, reason, payload=draft.payload, pool_index=draft.pool_index)
            tx.actions.change(announcement, frozen, "frozen")
        return claimed

    def _roomy(self, wanted: Claim, cost: int) -> Claim:
        """Return a claim that is granted only where there is time, room and money for two calls in a row."""
        ceilings = wanted.ceilings
        two = Ceilings(ceilings.per_hour - 1, ceilings.per_day - 1, ceilings.spacing)
        return replace(wanted, cost_microusd=cost, ceilings=two, guard=wanted.guard + 2 * wanted.call)

    def read_first(self, account: Account, target: Target, deletion: Action) -> Claimed | Blocked | Step:
        """Read the usual post, then ask everything once more. Raises DatabaseError."""
        seen = self._replacing.look(account, target, deletion)
        if seen is None:
            return Step(again=True)
        with self._store.writing() as tx:
            current = tx.actions.get(deletion.id)
            if current.state not in WAITING:
                return Step(again=True)
            if current.payload is not None and current.payload != Payload(seen.text):
                return _leave(tx, current, Change(State.LEFT, "edited"))
            return self.prepare(tx, account, target, current, seen) or Step(again=True)

    def giving_back(self, tx: Transaction, account: Account, target: Target, action: Action) -> Claim | Step:
        """Return what the claim of what gives back asks for; a network that is out of order is tried for a day."""
        deletion = tx.actions.get(given_back_for(action.slot))
        late = tx.now - action.decided_at > self._setup().limits.look_for
        if late and action.reason != RELEASED and tried_enough(tx.actions.attempts(action.id)):
            return _leave(tx, action, Change(State.FAILED, "attempts"))
        return self._terms.claim(tx, account, target, action, Payload(before_of(deletion).text))


def _leave(tx: Transaction, action: Action, change: Change) -> Step:
    tx.actions.change(action, change, change.state.value)
    return Step(again=True)


def _instead(decision: Due) -> Change:
    if isinstance(decision, Miss):
        return Change(State.MISSED, decision.reason)
    return Change(State.LEFT, decision.reason)
