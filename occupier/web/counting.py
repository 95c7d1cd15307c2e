"""What the overview says of a strike: counted once for all who ask, and again only when something has changed."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import timedelta

from occupier.domain.action import Purpose
from occupier.domain.browsing import PostCount
from occupier.domain.ports import Store
from occupier.domain.recount import Recount
from occupier.domain.setup import Setup
from occupier.domain.strike import Strike
from occupier.services.review.recounting import Recounting
from occupier.web.charts import Lane, Mark

PATIENCE = 1.0
"""Seconds that a reader waits for the figures; after that the page says that they are being counted."""
BY_MINUTE = timedelta(days=2)
"""The posts of a longer strike are counted by the hour."""
_RUNNING = 5.0
"""Seconds after which the figures of a strike that runs are old, although nothing was written: time itself counts."""
_DEAR = 0.5
"""Seconds of counting from which on figures may be old by three times as much."""
_KEPT = 20
"""Strikes whose figures are remembered."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A strike's figures, and when its posts went out, account by account."""

    recount: Recount
    lanes: tuple[Lane, ...]


@dataclass(slots=True)
class _Count:
    """One count, under way or done; `seen` is what the journal and the settings were when it began."""

    seen: tuple[object, ...]
    began: float
    result: Future[Counted]
    took: float = 0.0


class Counting:
    """Counts in a thread of its own, so that nobody's request ever hangs on a log of a million posts.

    Args:
        store: the journal.
        recounting: what counts.
        setup: the settings in force.
        patience: seconds to wait for a count.
        steady: a clock that never jumps, in seconds.
    """

    def __init__(
        self,
        store: Store,
        recounting: Recounting,
        setup: Callable[[], Setup],
        patience: float = PATIENCE,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._recounting = recounting
        self._setup = setup
        self._patience = patience
        self._steady = steady
        self._turn = threading.Lock()
        self._counts: OrderedDict[str, _Count] = OrderedDict()

    def of(self, strike: Strike) -> Counted | None:
        """Return the figures of a strike; None while they are still being counted, to be asked for again.

        Raises:
            DatabaseError: the journal cannot be read.
        """
        with self._store.reading() as tx:
            now, seen = tx.now, (tx.recounts.mark(), strike, strike.is_over(tx.now), self._setup())
        with self._turn:
            count = self._counts.get(strike.name)
            if count is None or not self._may_serve(count, seen, is_over=strike.is_over(now)):
                count = self._begin(strike, seen)
        try:
            counted = count.result.result(self._patience)
        except TimeoutError:
            return None
        return replace(counted, recount=replace(counted.recount, at=now))

    def _may_serve(self, count: _Count, seen: tuple[object, ...], *, is_over: bool) -> bool:
        if not count.result.done():  # whoever asks while it goes on gets this one, or none would ever end
            return True
        if count.result.exception() is not None:
            return False
        age = self._steady() - count.began
        # what took long to count may be a little old, or a large strike that runs would be counted without an end
        is_dear = count.took > _DEAR and age < 3 * count.took
        return is_dear or (count.seen == seen and (is_over or age < _RUNNING))

    def _begin(self, strike: Strike, seen: tuple[object, ...]) -> _Count:
        count = self._counts[strike.name] = _Count(seen, self._steady(), Future())
        self._counts.move_to_end(strike.name)
        while len(self._counts) > _KEPT:
            self._counts.popitem(last=False)
        threading.Thread(target=self._count, args=(strike, count), name="counting", daemon=True).start()
        return count

    def _count(self, strike: Strike, count: _Count) -> None:
        try:
            recount = self._recounting.of(strike.name)
            with self._store.reading() as tx:
                by_minute = strike.ends_at - strike.starts_at <= BY_MINUTE
                posts = tx.register.over_time(strike.id, by_minute=by_minute)
            count.took = self._steady() - count.began
            count.result.set_result(Counted(recount, _lanes(recount, posts)))
        except BaseException as error:  # whoever waits for it is told, whatever it is
            count.result.set_exception(error)


def _lanes(recount: Recount, posts: Iterable[PostCount]) -> tuple[Lane, ...]:
    marks = defaultdict[int | None, list[Mark]](list)
    for post in posts:
        is_strike = post.purpose is Purpose.STRIKE
        # counted by the minute or the hour that began before the strike, but it did not go out before
        at = max(post.at, recount.strike.acts_from) if is_strike else post.at
        marks[post.target_id].append(Mark(at, is_strike, post.count))
    return tuple(Lane(account.account, tuple(marks[account.target_id])) for account in recount.accounts)
