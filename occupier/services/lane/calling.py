"""Call: the one call of a claim, made only if nothing has come in its way since."""

from __future__ import annotations

from collections.abc import Callable

from occupier.domain.action import Action
from occupier.domain.errors import DatabaseError, Sentence
from occupier.domain.outcome import Outcome, Uncertain
from occupier.domain.ports import Claimed, Clock, Network, Notice, Notices, Order, Store
from occupier.domain.setup import Account, Setup
from occupier.services.lane.sealing import Sealing


class Calling:
    """Holds the gate that is asked just before the first byte."""

    def __init__(
        self, store: Store, sealing: Sealing, clock: Clock, notices: Notices, setup: Callable[[], Setup]
    ) -> None:
        self._store = store
        self._sealing = sealing
        self._clock = clock
        self._notices = notices
        self._setup = setup

    def make(self, account: Account, network: Network, claimed: Claimed) -> Outcome:
        """Make the call; never raises for what a network, or its adapter, does."""
        payload = claimed.action.payload
        assert payload is not None  # a claim always freezes one
        order = Order(
            verb=claimed.action.verb,
            payload=payload,
            idempotency_key=claimed.action.idempotency_key,
            seconds=self._setup().limits.call.total_seconds(),
            may_begin=self._gate(claimed),
            post_id=claimed.action.post_id,
        )
        try:
            return network.apply(order)
        except Exception as error:  # a bug in an adapter must not lose the track of a post
            values = {"account": account.name, "error": type(error).__name__}
            text = "Something unexpected happened while posting on {account} ({error}): it is being checked."
            self._notices.tell(Notice("bug", Sentence(text, values), serious=True))
            return Uncertain("unexpected", excerpt=type(error).__name__)

    def _gate(self, claimed: Claimed) -> Callable[[], bool]:
        limits = self._setup().limits
        started = self._clock.monotonic()

        def may_begin() -> bool:
            now = self._clock.now()
            # both clocks: a wall clock that jumps back must not make an old claim young again
            age = max((now - claimed.at).total_seconds(), self._clock.monotonic() - started)
            in_time = claimed.strike_ends_at is None or now < claimed.strike_ends_at - limits.guard
            # set back to before the claim, it may even be before the strike: nothing is known of that hour
            fresh = claimed.at <= now and in_time and age <= limits.claim_age.total_seconds()
            return fresh and self._still_wanted(claimed.action)

        return may_begin

    def _still_wanted(self, action: Action) -> bool:
        """Ask whether a person ended the strike, anything stopped the account or the plan changed since the claim."""
        try:
            with self._store.reading() as tx:
                stopped = any(p.stops(action.target_id) for p in tx.pauses.all())
                strike = tx.strikes.of(action)
                is_bound = action.purpose.is_bound
                agrees = not is_bound or strike is None or self._sealing.agrees(tx, strike)
        except DatabaseError:  # nobody can tell, and nothing has left yet
            return False
        ended = is_bound and (strike is None or strike.closed_at is not None)
        return agrees and not (stopped or ended)
