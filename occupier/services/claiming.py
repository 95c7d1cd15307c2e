"""Claim: everything that is asked before a call, in the transaction in which the journal grants it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from occupier.domain.action import Action, Payload, State, Verb
from occupier.domain.decision import (
    BY_RULE,
    RELEASED,
    Due,
    Hold,
    Leave,
    Ordinary,
    Rulebook,
    Substitute,
    decide_again,
    decide_due,
    decide_silent,
)
from occupier.domain.errors import TemplateError
from occupier.domain.limits import UNBOUNDED
from occupier.domain.ports import (
    Blocked,
    Change,
    Claim,
    Claimed,
    Network,
    Notice,
    Notices,
    Store,
    Target,
    Transaction,
)
from occupier.domain.settling import given_up, tried_enough
from occupier.domain.setup import Account, Setup
from occupier.domain.snapshot import Snapshot
from occupier.domain.strike import Strike
from occupier.services import handing
from occupier.services.drafting import Drafting
from occupier.services.editing import Editing
from occupier.services.first_posts import FirstPosts
from occupier.services.guarding import Guarding, View
from occupier.services.revisiting import Revisiting
from occupier.services.sealing import Sealing
from occupier.services.spending import day_start, resumed_at

RHYTHM = timedelta(days=14)
"""How far back the feeds' busiest hour is looked for."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one step of a lane did: whether to go on at once, else when to look again (None: nothing waits)."""

    again: bool = False
    at: datetime | None = None
    blocked: str | None = None
    """Why a claim was not granted, where one was asked for."""


class Claiming:
    """Takes an action that is due as far as its claim, or says why it is not claimed."""

    def __init__(
        self,
        store: Store,
        networks: Mapping[str, Network],
        drafting: Drafting,
        revisiting: Revisiting,
        editing: Editing,
        guarding: Guarding,
        sealing: Sealing,
        first_posts: FirstPosts,
        notices: Notices,
        setup: Callable[[], Setup],
    ) -> None:
        self._store = store
        self._networks = networks
        self._drafting = drafting
        self._revisiting = revisiting
        self._editing = editing
        self._guarding = guarding
        self._sealing = sealing
        self._first_posts = first_posts
        self._notices = notices
        self._setup = setup

    def due(self, tx: Transaction, target: Target, only: int | None) -> Action | None:
        """Return the oldest action of an account that is due and may be claimed; `only` this one."""
        # what waits for a yes, or for a seal, keeps nothing else waiting
        closed = self._first_posts.closed(tx, target) | self._sealing.closed(tx, self._setup())
        return tx.actions.due(target.id, tx.now, only, closed)

    def prepare(
        self, tx: Transaction, account: Account, target: Target, action: Action
    ) -> Claimed | Blocked | Step | None:
        """Claim an action, or say what stands in its way; None: only that something must be read first."""
        prepare = self._prepare_undoing if action.undoes else self._prepare_post
        return prepare(tx, account, target, action)

    def read_first(self, account: Account, target: Target, action: Action) -> Claimed | Blocked | Step:
        """Read what must be read before this action is claimed, then ask everything once more. Raises DatabaseError."""
        claim = self._claim_undoing if action.undoes else self._look_first
        return claim(account, target, action)

    # --- what is posted -----------------------------------------------------------------------------------------------

    def _prepare_post(
        self, tx: Transaction, account: Account, target: Target, action: Action, seen: View | Snapshot | None = None
    ) -> Claimed | Blocked | Step | None:
        """Claim a post, or say what stands in its way; None: only that its account was not read (`seen`).

        What edits a post is claimed from a reading of that post.
        """
        setup = self._setup()
        strike = tx.strikes.by_id(action.strike_id) if action.strike_id else None
        decision = self._decide(tx, account, action, strike, setup)
        if isinstance(decision, Leave) or (isinstance(decision, Hold) and decision.reason == BY_RULE):
            return self._set_aside(tx, action, decision)
        if not isinstance(decision, Substitute | Ordinary | Hold):
            tx.actions.change(action, Change(State.MISSED, decision.reason), "missed")
            return Step(again=True)
        if action.reason != RELEASED and given_up(tx.actions.attempts(action.id)):
            return self._give_up(tx, action, "attempts")
        try:
            draft = self._drafting.for_action(tx, setup, account, target, action, strike)
        except TemplateError as error:
            self._notices.tell(Notice("template", error.sentence, serious=True))
            return self._give_up(tx, action, "template")
        if account.is_feed and (waits := handing.until_read(tx, account, target)):
            return Step(at=waits, blocked="unread")
        if isinstance(decision, Hold) and strike is not None:
            self._first_posts.hold(tx, account, action, strike, draft)
            return Step(again=True)
        wanted = self._claim(tx, setup, account, target, action, draft.payload, draft.pool_index)
        # in the transaction of the claim, from the settings that the text was made of: no other plan slips through
        wanted = replace(wanted, plan=self._sealing.plan(tx, setup, strike) if strike is not None else None)
        return self._granted(tx, account, target, action, wanted, seen)

    def _granted(
        self,
        tx: Transaction,
        account: Account,
        target: Target,
        action: Action,
        wanted: Claim,
        seen: View | Snapshot | None,
    ) -> Claimed | Blocked | Step | None:
        """Claim a post of which what must be looked at was seen; None: only that is missing."""
        if action.verb is Verb.EDIT:
            if not isinstance(seen, Snapshot):
                return self._blocked_with_reading(tx, account, wanted)
            return tx.actions.claim(replace(wanted, payload=seen.onto(wanted.payload)))
        view = seen if isinstance(seen, View) else None
        if view is not None or self._guarding.must_look(tx, account, target, action):
            view = view or self._guarding.fresh(tx, target, action)
            if view is None and self._guarding.waits(tx, account, action):
                return Step(again=True)
            if view is None:
                return self._blocked_with_reading(tx, account, wanted)
            if self._guarding.sets_aside(tx, account, target, action, wanted.payload, view):
                return Step(again=True)
        return tx.actions.claim(wanted)

    def _look_first(self, account: Account, target: Target, action: Action) -> Claimed | Blocked | Step:
        """Read the account, or the post that is to be edited, then ask everything once more."""
        looking = self._editing if action.verb is Verb.EDIT else self._guarding
        seen = looking.look(account, target, action)
        if seen is None:
            return Step(again=True)
        with self._store.writing() as tx:
            current = self.due(tx, target, action.id)
            prepared = self._prepare_post(tx, account, target, current, seen) if current is not None else None
            return prepared or Step(again=True)

    def _decide(self, tx: Transaction, account: Account, action: Action, strike: Strike | None, setup: Setup) -> Due:
        article = tx.articles.get(action.article_id or 0)
        book = Rulebook((), setup.rules, setup.freshness)
        has_yes = self._first_posts.has_yes(tx, account, action)
        decision = decide_due(action, article, strike, book, account.guard(setup.limits.guard), tx.now, has_yes=has_yes)
        sealed = action.strike_id is not None and tx.seals.of(action.strike_id) is not None
        # it may have been decided about while the rules were others than those that were voted
        decision = decide_again(action, decision, article, setup.rules) if sealed else decision
        return decide_silent(decision, account)

    def _set_aside(self, tx: Transaction, action: Action, decision: Hold | Leave) -> Step:
        state = State.HELD if isinstance(decision, Hold) else State.LEFT
        tx.actions.change(action, Change(state, decision.reason), state.value)
        return Step(again=True)

    def _give_up(self, tx: Transaction, action: Action, reason: str) -> Step:
        tx.actions.change(action, Change(State.FAILED, reason), "failed")
        return Step(again=True)

    # --- what is undone -----------------------------------------------------------------------------------------------

    def _prepare_undoing(
        self, tx: Transaction, account: Account, target: Target, action: Action
    ) -> Blocked | Step | None:
        """Say what stands in the way before the post is read again, which counts and may cost; None if nothing does."""
        if action.reason != RELEASED and tried_enough(tx.actions.attempts(action.id)):
            return self._give_up(tx, action, "attempts")
        payload = (self._editing if action.verb is Verb.EDIT else self._revisiting).payload(tx, action)
        wanted = self._claim(tx, self._setup(), account, target, action, payload, None)
        return self._blocked_with_reading(tx, account, wanted)

    def _claim_undoing(self, account: Account, target: Target, action: Action) -> Claimed | Blocked | Step:
        edits = action.verb is Verb.EDIT
        looked = (self._editing.look if edits else self._revisiting.revisit)(account, target, action)
        if looked is None:
            return Step(again=True)
        with self._store.writing() as tx:
            payload = (self._editing if edits else self._revisiting).payload(tx, action)
            return tx.actions.claim(self._claim(tx, self._setup(), account, target, action, payload, None))

    # --- both ---------------------------------------------------------------------------------------------------------

    def _blocked_with_reading(self, tx: Transaction, account: Account, wanted: Claim) -> Blocked | None:
        """Say what stands in the way before an account is read, which counts and may cost; None if nothing does."""
        read = self._networks[account.name].capabilities.read_microusd
        return tx.actions.blocked(replace(wanted, cost_microusd=wanted.cost_microusd + read))

    def _claim(
        self,
        tx: Transaction,
        setup: Setup,
        account: Account,
        target: Target,
        action: Action,
        payload: Payload,
        pool_index: int | None,
    ) -> Claim:
        return Claim(
            action_id=action.id,
            payload=payload,
            purpose=action.purpose,
            strike_id=action.strike_id,
            pool_index=pool_index,
            token=secrets.token_hex(16),
            guard=account.guard(setup.limits.guard),
            call=setup.limits.call,
            # on a strike feed nothing is posted: the tool that reads it has a pace of its own
            ceilings=UNBOUNDED if account.is_feed else setup.ceilings(tx.articles.busiest_hour(tx.now - RHYTHM)),
            cost_microusd=self._networks[account.name].cost(payload, action.verb),
            budget_microusd=account.budget_microusd,
            budget_since=max(day_start(tx.now, setup), resumed_at(tx, target.id)),
        )
