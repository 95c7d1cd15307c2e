"""Identify: whose token is it? Nothing is posted on an account before its network has said who it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from occupier.domain.errors import NetworkError, Sentence
from occupier.domain.outcome import LANE_KINDS
from occupier.domain.ports import Clock, Identity, Network, Notice, Notices, Pause, Store, Target, Transaction
from occupier.domain.setup import Account, Setup

AGAIN = timedelta(seconds=60)
"""Between two attempts, while a network does not answer."""


@dataclass(frozen=True, slots=True)
class Known:
    """A lane's target, or when to ask again."""

    target: Target | None
    at: datetime | None = None


class Identifying:
    """Verifies each account once per run, and keeps its lane closed until then."""

    def __init__(
        self,
        store: Store,
        networks: Mapping[str, Network],
        clock: Clock,
        notices: Notices,
        setup: Callable[[], Setup],
    ) -> None:
        self._store = store
        self._networks = networks
        self._clock = clock
        self._notices = notices
        self._setup = setup
        self._known: dict[str, Target] = {}
        self._ask_at: dict[str, datetime] = {}
        self._told: set[str] = set()

    def target(self, account: Account) -> Known:
        """Return the account's verified target; until the network answers, None. Raises DatabaseError."""
        if account.name in self._known:
            return Known(self._known[account.name])
        now, ask_at = self._clock.now(), self._ask_at.get(account.name)
        if ask_at is not None and now < ask_at:
            return Known(None, ask_at)
        try:
            network = self._networks[account.name]
            identity, limits = network.verify(), network.read_limits()
        except NetworkError as error:
            return self._unknown(account, error)
        return self._verified(account, identity, limits)

    def known(self, account: Account) -> Target | None:
        """Return the account's target if it was verified already; asks nobody."""
        return self._known.get(account.name)

    def forget(self, name: str) -> None:
        """Ask again at the next occasion: after a resume, or when the settings changed."""
        self._known.pop(name, None)
        self._ask_at.pop(name, None)
        self._told.discard(name)

    def _verified(self, account: Account, identity: Identity, limits: Mapping[str, int]) -> Known:
        with self._store.writing() as tx:
            waiting = self._ensure(tx, account)
            target = tx.targets.verified(waiting.id, identity.remote_id, limits, tx.now)
            double = self._double(account, target)
            if double:
                tx.pauses.add(Pause(target.id, "lane", "same_account", tx.now))
            elif any(p.target_id == target.id and p.reason == "same_account" for p in tx.pauses.all()):
                tx.pauses.lift(target.id, ["lane"])
        if double and account.name in self._told:
            return self._later(account)
        if double:
            self._told.add(account.name)
            text = (
                "The accounts {one} and {two} of the settings are one and the same account: remove one of them; nothing"
                " is posted there until then."
            )
            self._notices.tell(Notice("same_account", Sentence(text, {"one": double, "two": account.name}), True))
            return self._later(account)
        self._known[account.name] = target
        return Known(target)

    def _double(self, account: Account, target: Target) -> str | None:
        # an account that was renamed in the settings is still known under its old name, and is no other
        others = (a.name for a in self._setup().accounts if a.name != account.name and a.name in self._known)
        same = (name for name in others if self._known[name].id == target.id)
        return next(same, None)

    def _unknown(self, account: Account, error: NetworkError) -> Known:
        with self._store.writing() as tx:
            target = self._ensure(tx, account)
            if error.kind in LANE_KINDS:
                tx.pauses.add(Pause(target.id, "lane", str(error.kind), tx.now))
        if account.name not in self._told:
            self._told.add(account.name)
            self._notices.tell(Notice("identity", error.sentence, serious=True))
        return self._later(account)

    def _later(self, account: Account) -> Known:
        at = self._clock.now() + AGAIN
        self._ask_at[account.name] = at
        return Known(None, at)

    def _ensure(self, tx: Transaction, account: Account) -> Target:
        return tx.targets.ensure(account.name, account.platform, account.host, account.remote_id)
