"""Vital signs: does the daemon that holds this journal still work, as a supervisor asks every few seconds?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from occupier.domain.ports import FeedState, Store, Transaction
from occupier.domain.setup import Setup
from occupier.services.review.reviewing import ALIVE_FOR, HEARTBEAT

SCHEDULED_FOR = timedelta(seconds=90)
"""The job that hands out polls runs every 30 s; one that has not succeeded for longer does not work."""
OVERDUE = timedelta(seconds=120)
"""A feed whose hour passed so long ago is in nobody's hands: a call lasts 25 s, and one that fails sets a new hour."""


class Vitals:
    """Looks at what the daemon notes of itself. A feed that is down is no ailment: a restart would not mend it."""

    def __init__(self, store: Store, setup: Callable[[], Setup]) -> None:
        self._store = store
        self._setup = setup

    def ailments(self) -> tuple[str, ...]:
        """Return what is wrong, as stable ids: `heartbeat`, `polls`, `feed:NAME`. Raises DatabaseError."""
        with self._store.reading() as tx:
            return tuple(self._ailments(tx))

    def _ailments(self, tx: Transaction) -> Iterator[str]:
        if not _is_fresh(tx.runtime.get(HEARTBEAT), ALIVE_FOR, tx.now):
            yield "heartbeat"
        if not _is_fresh(tx.runtime.get("job:polls"), SCHEDULED_FOR, tx.now):
            yield "polls"
        watched = {(feed.name, feed.url) for feed in self._setup().feeds}
        yield from (f"feed:{f.name}" for f in tx.feeds.all() if (f.name, f.url) in watched and _is_overdue(f, tx.now))


def _is_fresh(noted: str | None, limit: timedelta, now: datetime) -> bool:
    # a clock that was set back makes what was noted lie ahead
    return noted is not None and abs(now - datetime.fromisoformat(noted)) < limit


def _is_overdue(feed: FeedState, now: datetime) -> bool:
    return feed.next_at is not None and now - feed.next_at > OVERDUE
