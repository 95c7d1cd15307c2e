"""Measure: how many answered, where an account asks for it. Never who; and never in the way of a post."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from occupier.domain.action import GoneBy, Purpose, Verb
from occupier.domain.errors import NetworkError
from occupier.domain.metrics import AGES, BASELINE, TOO_LATE, Figures, Measured
from occupier.domain.ports import Clock, MetricRead, Network, Reading, Store, Target, Transaction
from occupier.domain.reconcile import LookUp, RemotePost
from occupier.domain.setup import Account, Setup
from occupier.domain.snapshot import Snapshot
from occupier.domain.strike import Strike
from occupier.services.lane.spending import day_start, resumed_at
from occupier.services.review.comparing import compared

CALLS_AT_ONCE = 20
"""Readings that one run makes at most: networks count calls, and posts come first."""
WAIT = timedelta(minutes=15)
"""After a network that could not be read, unless it says when to come again."""
PAGES, PAGE = 20, 100
"""Pages of ordinary posts that are read, of 100 posts at most. Where every post is billed: one page of each week."""
SHARE = 2
"""The half of a day's budget: what posts may need is never spent on figures."""
_WEEK = BASELINE / 2


class Measuring:
    """Reads figures when they are due, as far as the budget goes, and compares them."""

    def __init__(self, store: Store, networks: Mapping[str, Network], clock: Clock, setup: Callable[[], Setup]) -> None:
        self._store = store
        self._networks = networks
        self._clock = clock
        self._setup = setup
        self._not_before: dict[str, datetime] = {}

    def measure(self, account: Account, target: Target) -> int:
        """Read what is due on an account; return how many calls were made. Raises DatabaseError."""
        if not account.metrics or self._clock.now() < self._not_before.get(account.name, self._clock.now()):
            return 0
        with self._store.noting() as tx:
            if any(p.stops(target.id) for p in tx.pauses.all()):
                return 0
            tx.metrics.plan(target.id)
            tx.metrics.lapse(target.id)
        calls = 0
        try:
            while calls < CALLS_AT_ONCE and self._read_due(account, target):
                calls += 1
            calls += self._read_usual(account, target)
        except NetworkError as error:
            now = self._clock.now()
            self._not_before[account.name] = max(now + WAIT, error.not_before or now)
        return calls

    # --- strike posts -------------------------------------------------------------------------------------------------

    def _read_due(self, account: Account, target: Target) -> bool:
        able = self._networks[account.name].capabilities
        with self._store.reading() as tx:
            due = tx.metrics.due(target.id, able.at_once)
            if not due or not self._affordable(tx, account, target, len(due) * able.read_microusd):
                return False
        found = self._networks[account.name].look_up(list(dict.fromkeys(r.remote_id for r in due)), figures=True)
        with self._store.noting() as tx:
            self._write(tx, due, found)
        known = found.gone | {post.id for post in found.posts}
        if any(reading.remote_id not in known for reading in due):  # what the network withholds is asked for later
            self._not_before[account.name] = self._clock.now() + WAIT
            return False
        return True

    def _write(self, tx: Transaction, due: list[Reading], found: LookUp) -> None:
        posts = {post.id: post for post in found.posts}
        for reading in due:
            post = posts.get(reading.remote_id)
            if post is not None:
                tx.metrics.answer(reading, _as_strike_post(tx, reading, post.figures or Figures()))
            elif reading.remote_id in found.gone:
                self._note_gone(tx, reading)
        first = due[0]
        tx.metrics.note(MetricRead(first.strike_id, first.target_id, Purpose.STRIKE, len(posts), found.cost_microusd))

    def _note_gone(self, tx: Transaction, reading: Reading) -> None:
        tx.metrics.gone(reading)
        if reading.action_id is not None:
            tx.actions.gone(tx.actions.get(reading.action_id), GoneBy.OTHERS, tx.now)

    # --- ordinary posts -----------------------------------------------------------------------------------------------

    def _read_usual(self, account: Account, target: Target) -> int:
        network, calls = self._networks[account.name], 0
        price = network.capabilities.read_microusd
        for strike in self._to_compare(account, target):
            with self._store.reading() as tx:
                if not self._affordable(tx, account, target, 2 * PAGE * price):
                    return calls
            ends, length, pages = [strike.starts_at], BASELINE, PAGES
            if price:
                ends, length, pages = [strike.starts_at, strike.starts_at - _WEEK], _WEEK, 1
            reads = [network.own_posts(end - length, end, pages) for end in ends]
            posts = [post for read in reads for post in read.posts]
            self._write_usual(strike, target, posts, sum(read.cost_microusd for read in reads))
            calls += len(reads)
        return calls

    def _to_compare(self, account: Account, target: Target) -> list[Strike]:
        """Return the strikes that begin a row of periods, whose posts are read, and whose ordinary posts were not."""
        longest = TOO_LATE * max(AGES.values())
        with self._store.reading() as tx:
            return [
                strike
                for strike in tx.strikes.all()
                if strike.renews is None
                and strike.destroyed_at is None
                and strike.starts_at <= tx.now < strike.ends_at + longest
                and (not strike.accounts or account.name in strike.accounts)
                and not tx.metrics.has_usual(strike.id, target.id)
            ]

    def _write_usual(self, strike: Strike, target: Target, posts: list[RemotePost], cost: int) -> None:
        with self._store.noting() as tx:
            counted = tx.metrics.add_usual(strike.id, target.id, posts)
            tx.metrics.note(MetricRead(strike.id, target.id, Purpose.ORDINARY, counted, cost))

    def _affordable(self, tx: Transaction, account: Account, target: Target, cost: int) -> bool:
        if account.budget_microusd is None or cost == 0:
            return True
        since = max(day_start(tx.now, self._setup()), resumed_at(tx, target.id))
        return tx.actions.spent(target.id, since) + cost <= account.budget_microusd // SHARE

    # --- comparing ----------------------------------------------------------------------------------------------------

    def summary(self, strike_name: str) -> tuple[Measured, ...]:
        """Compare strike posts and ordinary posts, account by account; only those of which something is known.

        Raises:
            UnknownName: no such strike.
        """
        with self._store.reading() as tx:
            return tuple(compared(tx, tx.strikes.get(strike_name)))


def _as_strike_post(tx: Transaction, reading: Reading, figures: Figures) -> Figures:
    """Return what a post was answered as a strike post: of an edited one, what it had before is the usual post's."""
    action = tx.actions.get(reading.action_id) if reading.action_id is not None else None
    if action is None or action.verb is not Verb.EDIT or action.before is None:
        return figures
    return figures.less(Snapshot.from_json(action.before).figures)
