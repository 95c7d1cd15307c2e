"""Feeds that had nothing new, noted together: most polls end here, and a commit for each would cost the most."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from occupier.domain.ports import FeedState, Fetched, Store
from occupier.domain.setup import FeedSource
from occupier.services.watch.gaps import tell_gap

LONGEST_NOT_BEFORE = timedelta(hours=24)
"""What a server asks us to wait is respected up to this."""


@dataclass(frozen=True, slots=True)
class _Reading:
    source: FeedSource
    before: FeedState
    fetched: Fetched
    at: datetime


class Unchanged:
    """Remembers that feeds were read, until it is written. A note that dies with its process costs one more poll."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[_Reading] = []

    def note(self, source: FeedSource, before: FeedState, fetched: Fetched, at: datetime) -> None:
        """Remember that a feed had the document of before. Safe to call from several threads."""
        self._waiting.append(_Reading(source, before, fetched, at))

    def write(self) -> None:
        """Write what was noted so far, in one transaction. Raises DatabaseError: then it is still to be written."""
        # others may note meanwhile, at the end
        readings = tuple(self._waiting)
        if not readings:
            return
        with self._store.noting() as tx:
            for reading in readings:
                tell_gap(tx, reading.source, reading.before, reading.at)
            tx.feeds.save_same([_after(reading) for reading in readings])
        del self._waiting[: len(readings)]


def _after(reading: _Reading) -> FeedState:
    """Return the feed's state; a server that sent the same bytes again may call them another version."""
    fetched, state, at = reading.fetched, reading.before, reading.at
    if fetched.body is not None:
        state = replace(state, etag=fetched.etag, modified=fetched.modified)
    return replace(state, last_ok_at=at, next_at=next_poll(reading.source, fetched.not_before, at), failures=0)


def next_poll(source: FeedSource, not_before: datetime | None, now: datetime) -> datetime:
    """Return when to ask a feed again that answered: after its interval, or later if its server wishes so."""
    return max(now + source.interval, bounded(not_before, now))


def bounded(not_before: datetime | None, now: datetime) -> datetime:
    """Return the hour that a server asks us to wait for, believed up to a day; now if it asks for none."""
    return min(not_before, now + LONGEST_NOT_BEFORE) if not_before else now
