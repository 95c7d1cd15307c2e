"""Post: claim, send, settle. One lane per account, one call at a time inside it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from occupier.domain.action import Action, State, Verb
from occupier.domain.errors import DatabaseError
from occupier.domain.limits import STRIKES_IN_A_ROW
from occupier.domain.outcome import Handed, Outcome, Receipt, Retryable
from occupier.domain.ports import Blocked, Change, Claimed, Clock, Network, Notices, Pause, Store, Target, Transaction
from occupier.domain.settling import Settlement, settlement
from occupier.domain.setup import Account, Setup
from occupier.services.lane.calling import Calling
from occupier.services.lane.claiming import Claiming
from occupier.services.lane.editing import Editing
from occupier.services.lane.first_posts import FirstPosts
from occupier.services.lane.guarding import Guarding
from occupier.services.lane.outcomes import outcome_notices, stopped
from occupier.services.lane.replacing import Replacing, first_owed, is_behind
from occupier.services.lane.revisiting import Revisiting
from occupier.services.lane.sealing import Sealing
from occupier.services.lane.terms import Step
from occupier.services.watch.drafting import Drafting

THROTTLED = "throttled"
"""The reason of a call that the network asks to make later."""
ASK_AGAIN = timedelta(seconds=5)
"""How long to wait before asking again where nothing says when."""
_HANDED = Settlement(Change(State.HANDED, "handed"))


class Posting:
    """Works the outbox off, account by account."""

    def __init__(
        self,
        store: Store,
        networks: Mapping[str, Network],
        drafting: Drafting,
        revisiting: Revisiting,
        sealing: Sealing,
        first_posts: FirstPosts,
        clock: Clock,
        notices: Notices,
        setup: Callable[[], Setup],
        rest: Callable[[float], object],
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._networks = networks
        self._revisiting = revisiting
        self._clock = clock
        self._notices = notices
        self._setup = setup
        self._rest = rest
        self._jitter = jitter
        self._calling = Calling(store, sealing, clock, notices, setup)
        self._editing = Editing(store, networks, notices, setup)
        self._guarding = Guarding(store, networks, clock, notices, setup)
        replacing = Replacing(store, networks, sealing, notices, setup)
        looking = revisiting, self._editing, self._guarding, replacing
        self._claiming = Claiming(store, networks, drafting, *looking, sealing, first_posts, notices, setup)

    def look_again(self, account: Account, target: Target) -> None:
        """Let go what is held since the account could not be read, once it can. Raises DatabaseError."""
        self._guarding.look_again(account, target)

    def next_at(self, target: Target) -> datetime | None:
        """Return when this account has something to send or to look for, past or to come. Raises DatabaseError."""
        with self._store.reading() as tx:
            return tx.now if is_behind(tx, target) else tx.actions.next_at(target.id)

    def step(self, account: Account, target: Target, only: int | None = None) -> Step:
        """Take the oldest action that is due on an account one step further; `only` this one. Raises DatabaseError."""
        network = self._networks[account.name]  # a reload may take it away meanwhile: this call ends as it began
        with self._store.writing() as tx:
            action = self._claiming.due(tx, target, only)
            if action is None:
                owed = first_owed(tx, target)
                return Step(at=owed.due_at if owed else None)
            claimed = self._claiming.prepare(tx, account, target, action)
            title = _title(tx, action)
            handed = isinstance(claimed, Claimed) and network.capabilities.without_call
            if isinstance(claimed, Claimed) and handed:
                # no call, so no moment at which its fate is unknown: it is handed in the claim's own transaction
                tx.actions.settle(claimed.action, _HANDED.change, Handed())
        if isinstance(claimed, Claimed) and handed:
            if account.is_feed:  # what people are to post by hand is told with the way to do it
                self._tell(account, claimed.action, _HANDED, title)
            return Step(again=True)
        if claimed is None:
            claimed = self._claiming.read_first(account, target, action)
        if isinstance(claimed, Step):
            return claimed
        if isinstance(claimed, Blocked):
            return self._blocked(account, target, claimed)
        self._send(account, network, target, claimed, title)
        return Step(again=True)

    def _blocked(self, account: Account, target: Target, blocked: Blocked) -> Step:
        if blocked.reason == "budget":
            self._stop(account, target, "budget")
        return Step(at=blocked.until or self._clock.now() + ASK_AGAIN, blocked=blocked.reason)

    def _send(self, account: Account, network: Network, target: Target, claimed: Claimed, title: str) -> None:
        outcome = self._calling.make(account, network, claimed)
        give_up_at = self._clock.monotonic() + self._setup().limits.grace.total_seconds()
        while True:
            try:
                settled = self._settle(target, claimed, outcome)
                break
            except DatabaseError:
                # the post may be out: what became of it is written as soon as the database can be used again
                if self._clock.monotonic() > give_up_at:
                    raise
                self._rest(1.0)
        self._tell(account, claimed.action, settled, title)

    def _tell(self, account: Account, action: Action, settled: Settlement, title: str) -> None:
        for notice in outcome_notices(account, action, settled, title):
            self._notices.tell(notice)

    def _settle(self, target: Target, claimed: Claimed, outcome: Outcome) -> Settlement:
        action, limits = claimed.action, self._setup().limits
        with self._store.writing() as tx:
            taken = isinstance(outcome, Receipt) and outcome.id in tx.actions.remote_ids(target.id, action.id)
            taken &= action.verb is Verb.PUBLISH  # what is taken away belongs to the one who posted it
            recent = tx.actions.last_outcomes(target.id, STRIKES_IN_A_ROW)
            settled = settlement(outcome, action, taken, recent, limits, tx.now, self._jitter())
            if isinstance(outcome, Retryable) and outcome.reason == THROTTLED and outcome.not_before is None:
                # "later" without an hour is meant for the whole lane too
                outcome = replace(outcome, not_before=settled.change.due_at)
            if tx.actions.settle(action, settled.change, outcome):
                self._revisiting.note(tx, action, settled.change)
                self._editing.note(tx, action, settled.change)
                if settled.stop:
                    tx.pauses.add(Pause(target.id, "lane", settled.stop, tx.now))
        return settled

    def _stop(self, account: Account, target: Target, reason: str) -> None:
        with self._store.writing() as tx:
            tx.pauses.add(Pause(target.id, "lane", reason, tx.now))
        self._notices.tell(stopped(account, reason))


def _title(tx: Transaction, action: Action) -> str:
    return tx.articles.get(action.article_id).title if action.article_id is not None else "–"
