"""Terms: what is decided about an action whose hour has come, and what its claim asks of the journal."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from occupier.domain.action import Action, Payload, Purpose
from occupier.domain.decision import Due, Rulebook, decide_again, decide_due, decide_silent
from occupier.domain.limits import UNBOUNDED, Ceilings
from occupier.domain.ports import Blocked, Claim, Network, Target, Transaction
from occupier.domain.settling import surely_unsent
from occupier.domain.setup import Account, Setup
from occupier.domain.strike import Strike
from occupier.services.lane import replacing
from occupier.services.lane.first_posts import FirstPosts
from occupier.services.lane.sealing import Sealing
from occupier.services.lane.spending import day_start, resumed_at

RHYTHM = timedelta(days=14)
"""How far back the feeds' busiest hour is looked for."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one step of a lane did: whether to go on at once, else when to look again (None: nothing waits)."""

    again: bool = False
    at: datetime | None = None
    blocked: str | None = None
    """Why a claim was not granted, where one was asked for."""


class Terms:
    """Asks the rules, and writes down what a claim is to hold."""

    def __init__(
        self, networks: Mapping[str, Network], sealing: Sealing, first_posts: FirstPosts, setup: Callable[[], Setup]
    ) -> None:
        self._networks = networks
        self._sealing = sealing
        self._first_posts = first_posts
        self._setup = setup

    def decide(self, tx: Transaction, account: Account, action: Action, strike: Strike | None) -> Due:
        """Decide about an action that is due, as the settings and the hour are now."""
        setup = self._setup()
        article = tx.articles.get(action.article_id or 0)
        book = Rulebook((), setup.rules, setup.freshness)
        guard = account.guard(setup.limits.guard)
        if replacing.is_owed(tx, action):
            # the usual post is gone: rules and a yes were asked before that
            return decide_silent(decide_due(action, article, strike, book, guard, tx.now), account)
        has_yes = self._first_posts.has_yes(tx, account, action)
        decision = decide_due(action, article, strike, book, guard, tx.now, has_yes=has_yes)
        sealed = action.strike_id is not None and tx.seals.of(action.strike_id) is not None
        # it may have been decided about while the rules were others than those that were voted
        decision = decide_again(action, decision, article, setup.rules) if sealed else decision
        return decide_silent(decision, account)

    def claim(
        self,
        tx: Transaction,
        account: Account,
        target: Target,
        action: Action,
        payload: Payload,
        pool_index: int | None = None,
    ) -> Claim:
        """Return what the claim of an action asks for, with this text."""
        setup = self._setup()
        return Claim(
            action_id=action.id,
            payload=payload,
            purpose=action.purpose,
            strike_id=action.strike_id,
            pool_index=pool_index,
            token=secrets.token_hex(16),
            guard=account.guard(setup.limits.guard),
            call=setup.limits.call,
            ceilings=self._ceilings(tx, account, action),
            cost_microusd=0 if _is_paid_for(tx, action) else self._networks[account.name].cost(payload, action.verb),
            budget_microusd=account.budget_microusd,
            budget_since=max(day_start(tx.now, setup), resumed_at(tx, target.id)),
        )

    def _ceilings(self, tx: Transaction, account: Account, action: Action) -> Ceilings:
        if account.is_feed:  # nothing is posted there: the tool that reads it has a pace of its own
            return UNBOUNDED
        ceilings = self._setup().ceilings(tx.articles.busiest_hour(tx.now - RHYTHM))
        # what was taken away is replaced at once: nothing is kept apart from its own deletion
        owed = action.purpose is Purpose.GIVE_BACK or replacing.is_owed(tx, action)
        return replace(ceilings, spacing=timedelta(0)) if owed else ceilings

    def planned(self, tx: Transaction, wanted: Claim, strike: Strike | None) -> Claim:
        """Return a claim with the fingerprint of what would run now, from the settings that its text was made of."""
        return replace(wanted, plan=self._sealing.plan(tx, self._setup(), strike) if strike is not None else None)

    def blocked_with_reading(self, tx: Transaction, account: Account, wanted: Claim) -> Blocked | None:
        """Say what stands in the way before an account is read, which counts and may cost; None if nothing does."""
        read = self._networks[account.name].capabilities.read_microusd
        return tx.actions.blocked(replace(wanted, cost_microusd=wanted.cost_microusd + read))


def _is_paid_for(tx: Transaction, action: Action) -> bool:
    """Say whether the deletion that made room for an action has paid for it: what came of it once is paid again."""
    made = replacing.room_for(tx, action)
    return bool(made) and all(surely_unsent(tx.actions.attempts(action_id)) for action_id in made)
