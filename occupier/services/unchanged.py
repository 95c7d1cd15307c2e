"""Feeds that had nothing new, noted together: most polls end here, and a durable commit each would cost the most."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from occupier.domain.article import watched_with_gap
from occupier.domain.ports import FeedState, Fetched, Store, Transaction
from occupier.domain.setup import FeedSource, Setup

LONGEST_NOT_BEFORE = timedelta(hours=24)
"""What a server asks us to wait is respected up to this."""


@dataclass(eq=False)
class _Reading:
    source: FeedSource
    before: FeedState
    fetched: Fetched
    noted: bool = False


class Unchanged:
    """Writes that feeds were read; the polls that end while one transaction is written share the next."""

    def __init__(self, store: Store, setup: Callable[[], Setup]) -> None:
        self._store = store
        self._setup = setup
        self._turn = threading.Lock()
        self._waiting: list[_Reading] = []

    def note(self, source: FeedSource, before: FeedState, fetched: Fetched) -> None:
        """Write that a feed had the document of before; durable when it returns. Raises DatabaseError."""
        mine = _Reading(source, before, fetched)
        self._waiting.append(mine)
        with self._turn:
            # whoever had the turn before may have written ours along, or have failed to
            if not mine.noted:
                waiting, self._waiting = self._waiting, []
                self._write(tuple(dict.fromkeys((mine, *waiting))))

    def _write(self, readings: tuple[_Reading, ...]) -> None:
        with self._store.noting() as tx:
            for reading in readings:
                tell_gap(tx, reading.source, reading.before, self._setup().freshness)
            tx.feeds.save_same([_after(reading, tx.now) for reading in readings])
        for reading in readings:
            reading.noted = True


def _after(reading: _Reading, now: datetime) -> FeedState:
    """Return the feed's state; a server that sent the same bytes again may call them another version."""
    fetched, state = reading.fetched, reading.before
    if fetched.body is not None:
        state = replace(state, etag=fetched.etag, modified=fetched.modified)
    return replace(state, last_ok_at=now, next_at=next_poll(reading.source, fetched.not_before, now), failures=0)


def tell_gap(tx: Transaction, source: FeedSource, before: FeedState, freshness: timedelta) -> None:
    """Write the event that a feed went unwatched for long, if it did."""
    if watched_with_gap(before.last_ok_at, tx.now, freshness):
        tx.events.add("gap", {"feed": source.name, "from": before.last_ok_at, "to": tx.now})


def next_poll(source: FeedSource, not_before: datetime | None, now: datetime) -> datetime:
    """Return when to ask a feed again that answered: after its interval, or later if its server wishes so."""
    return max(now + source.interval, bounded(not_before, now))


def bounded(not_before: datetime | None, now: datetime) -> datetime:
    """Return the hour that a server asks us to wait for, believed up to a day; now if it asks for none."""
    return min(not_before, now + LONGEST_NOT_BEFORE) if not_before else now
