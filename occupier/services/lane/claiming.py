"""Claim: everything that is asked before a call, in the transaction in which the journal grants it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from occupier.domain.action import Action, Purpose, State, Verb
from occupier.domain.decision import BY_RULE, RELEASED, Hold, Leave, Ordinary, Substitute
from occupier.domain.errors import TemplateError
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
from occupier.services.kiosk import handing
from occupier.services.lane.displacing import Displacing
from occupier.services.lane.editing import Editing
from occupier.services.lane.first_posts import FirstPosts
from occupier.services.lane.guarding import Guarding, View
from occupier.services.lane.replacing import Replacing, first_owed
from occupier.services.lane.revisiting import Revisiting
from occupier.services.lane.sealing import Sealing
from occupier.services.lane.terms import Step, Terms
from occupier.services.watch.drafting import Drafting


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
        replacing: Replacing,
        sealing: Sealing,
        first_posts: FirstPosts,
        notices: Notices,
        setup: Callable[[], Setup],
    ) -> None:
        self._store = store
        self._drafting = drafting
        self._revisiting = revisiting
        self._editing = editing
        self._guarding = guarding
        self._replacing = replacing
        self._sealing = sealing
        self._first_posts = first_posts
        self._notices = notices
        self._setup = setup
        self._terms = Terms(networks, sealing, first_posts, setup)
        self._displacing = Displacing(store, drafting, replacing, self._terms, notices, setup)

    def due(self, tx: Transaction, target: Target, only: int | None) -> Action | None:
        """Return the oldest action of an account that is due and may be claimed; `only` this one.

        What is owed for a post that was taken away leaves before anything else: its room was kept for it.
        """
        if only is None:
            self._replacing.settle(tx, target)
            owed = first_owed(tx, target)
            if owed is not None:
                return owed if owed.due_at <= tx.now else tx.actions.next_undoing(target.id, tx.now)
        # what waits for a yes, or for a seal, keeps nothing else waiting
        closed = self._first_posts.closed(tx, target) | self._sealing.closed(tx, self._setup())
        return tx.actions.due(target.id, tx.now, only, closed)

    def prepare(
        self, tx: Transaction, account: Account, target: Target, action: Action
    ) -> Claimed | Blocked | Step | None:
        """Claim an action, or say what stands in its way; None: only that something must be read first."""
        if action.purpose is Purpose.REPLACE:
            return self._displacing.prepare(tx, account, target, action)
        if action.purpose is Purpose.GIVE_BACK:
            return self._give_back(tx, account, target, action)
        prepare = self._prepare_undoing if action.undoes else self._prepare_post
        return prepare(tx, account, target, action)

    def read_first(self, account: Account, target: Target, action: Action) -> Claimed | Blocked | Step:
        """Read what must be read before this action is claimed, then ask everything once more. Raises DatabaseError."""
        if action.purpose is Purpose.REPLACE:
            return self._displacing.read_first(account, target, action)
        is_asked = action.undoes and action.purpose is not Purpose.GIVE_BACK
        claim = self._claim_undoing if is_asked else self._look_first
        return claim(account, target, action)

    # --- what is posted -----------------------------------------------------------------------------------------------

    def _prepare_post(
        self, tx: Transaction, account: Account, target: Target, action: Action, seen: View | Snapshot | None = None
    ) -> Claimed | Blocked | Step | None:
        """Claim a post, or say what stands in its way; None: only that its account was not read (`seen`).

        What edits a post is claimed from a reading of that post.
        """
        setup = self._setup()
        strike = tx.strikes.of(action)
        if action.purpose is Purpose.GIVE_BACK:
            return self._give_back(tx, account, target, action, seen)
        decision = self._terms.decide(tx, account, action, strike)
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
        wanted = self._terms.claim(tx, account, target, action, draft.payload, draft.pool_index)
        # in the transaction of the claim, from the settings that the text was made of: no other plan slips through
        wanted = self._terms.planned(tx, wanted, strike)
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
                return self._terms.blocked_with_reading(tx, account, wanted)
            return tx.actions.claim(replace(wanted, payload=seen.onto(wanted.payload)))
        view = seen if isinstance(seen, View) else None
        if view is not None or self._guarding.must_look(tx, account, target, action):
            view = view or self._guarding.fresh(tx, target, action)
            if view is None and self._guarding.waits(tx, account, action):
                return Step(again=True)
            if view is None:
                return self._terms.blocked_with_reading(tx, account, wanted)
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

    def _set_aside(self, tx: Transaction, action: Action, decision: Hold | Leave) -> Step:
        state = State.HELD if isinstance(decision, Hold) else State.LEFT
        tx.actions.change(action, Change(state, decision.reason), state.value)
        return Step(again=True)

    def _give_up(self, tx: Transaction, action: Action, reason: str) -> Step:
        tx.actions.change(action, Change(State.FAILED, reason), "failed")
        return Step(again=True)

    def _give_back(
        self, tx: Transaction, account: Account, target: Target, action: Action, seen: View | Snapshot | None = None
    ) -> Claimed | Blocked | Step | None:
        wanted = self._displacing.giving_back(tx, account, target, action)
        return wanted if isinstance(wanted, Step) else self._granted(tx, account, target, action, wanted, seen)

    # --- what is undone -----------------------------------------------------------------------------------------------

    def _prepare_undoing(
        self, tx: Transaction, account: Account, target: Target, action: Action
    ) -> Blocked | Step | None:
        """Say what stands in the way before the post is read again, which counts and may cost; None if nothing does."""
        if action.reason != RELEASED and tried_enough(tx.actions.attempts(action.id)):
            return self._give_up(tx, action, "attempts")
        payload = (self._editing if action.verb is Verb.EDIT else self._revisiting).payload(tx, action)
        wanted = self._terms.claim(tx, account, target, action, payload)
        return self._terms.blocked_with_reading(tx, account, wanted)

    def _claim_undoing(self, account: Account, target: Target, action: Action) -> Claimed | Blocked | Step:
        edits = action.verb is Verb.EDIT
        looked = (self._editing.look if edits else self._revisiting.revisit)(account, target, action)
        if looked is None:
            return Step(again=True)
        with self._store.writing() as tx:
            payload = (self._editing if edits else self._revisiting).payload(tx, action)
            return tx.actions.claim(self._terms.claim(tx, account, target, action, payload))
