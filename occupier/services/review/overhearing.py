"""Overhear: posts by others, seen on an account during a strike, that announce an article of it all the same.

The usual tool that nobody paused, a colleague: shown, told, never adopted, never taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from occupier.domain.action import Purpose
from occupier.domain.errors import NetworkError
from occupier.domain.ports import (
    Clock,
    MetricRead,
    Network,
    Notices,
    Store,
    Target,
    Transaction,
)
from occupier.domain.reconcile import RemotePost
from occupier.domain.setup import Account, Setup
from occupier.domain.strike import Strike
from occupier.services.lane import others
from occupier.services.lane.outcomes import elsewhere
from occupier.services.lane.spending import day_start

EVERY, EVERY_BILLED = timedelta(minutes=5), timedelta(minutes=20)
"""Between two readings of an account; where each post that is read is billed, the second."""
HEAR_ON, SEEN = timedelta(hours=1), timedelta(minutes=2)
"""How long after its end a strike is still listened to, until a reading that began this much later shows all of it."""
SHARE = 4
"""The quarter of a day's budget: what posts may need is never spent on listening."""
OVERLAP, OVERLAP_BILLED = EVERY + timedelta(minutes=2), timedelta(minutes=2)
"""What a timeline may show late, or its clock lag behind ours; where it costs nothing, each post is read twice, since
networks answer from old copies too."""


class Overhearing:
    """Reads timelines from time to time. It remembers only since when: a restart reads a little again."""

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
        self._asked_at: dict[str, datetime] = {}
        self._heard_until: dict[str, datetime] = {}

    def listen(self, account: Account, target: Target) -> int:
        """Read what is new on an account, if it is time; return how many posts of others were news.

        Raises DatabaseError; a network that cannot be read is asked again later.
        """
        now, price = self._clock.now(), self._networks[account.name].capabilities.read_microusd
        last = self._asked_at.get(account.name)
        if last is not None and timedelta(0) <= now - last < (EVERY_BILLED if price else EVERY):
            return 0
        with self._store.reading() as tx:
            strike = self._strike(tx, account)
            if strike is None or not self._may_read(tx, account, target, price):
                return 0
        self._asked_at[account.name] = now
        since = max(strike.acts_from, self._heard_until.get(account.name, strike.acts_from))
        try:
            read = self._networks[account.name].recent(since - (OVERLAP_BILLED if price else OVERLAP))
        except NetworkError:
            return 0
        if read.complete:
            self._heard_until[account.name] = now
        if price:
            with self._store.noting() as tx:
                tx.metrics.note(MetricRead(strike.id, target.id, Purpose.STRIKE, len(read.posts), read.cost_microusd))
        return self._take(account, target, strike, read.posts)

    def _strike(self, tx: Transaction, account: Account) -> Strike | None:
        feeds = account.feeds or frozenset(feed.name for feed in self._setup().feeds)
        heard = (s for s in tx.strikes.all() if s.covers(account.name, feeds) and self._is_heard(s, account, tx.now))
        return next(heard, None)

    def _is_heard(self, strike: Strike, account: Account, now: datetime) -> bool:
        if strike.in_force(now):
            return True
        is_just_over = strike.is_over(now) and now - strike.ended_at <= HEAR_ON and strike.destroyed_at is None
        return is_just_over and self._heard_until.get(account.name, strike.acts_from) < strike.ended_at + SEEN

    def _may_read(self, tx: Transaction, account: Account, target: Target, price: int) -> bool:
        if account.test or any(p.stops(target.id) for p in tx.pauses.all()):
            return False
        if not price or account.budget_microusd is None:
            return True
        return tx.actions.spent(target.id, day_start(tx.now, self._setup())) < account.budget_microusd // SHARE

    def _take(self, account: Account, target: Target, strike: Strike, posts: tuple[RemotePost, ...]) -> int:
        with self._store.reading() as tx:
            taken = tx.actions.remote_ids(target.id, 0)
            in_it = [p for p in posts if p.id not in taken and p.created_at < strike.ended_at]
            news = list(others.beside_ours(tx, account, strike, in_it))
        for action, post in news:
            with self._store.writing() as tx:
                first = others.note_overheard(tx, action, post)
            # of the first one a person is told; the others stand in the log, and on the page
            self._notices.tell(elsewhere(account, action, post, serious=first))
        return len(news)
