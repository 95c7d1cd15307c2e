"""Gaps in watching, written as they end, and read for a period with those that go on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from occupier.domain.gaps import Gap, longest_unwatched, oldest_first
from occupier.domain.ports import FeedState, Transaction
from occupier.domain.setup import FeedSource


def tell_gap(tx: Transaction, source: FeedSource, before: FeedState, at: datetime) -> None:
    """Write the event that a feed went unwatched until `at`, if it did, or that it was read for the first time."""
    if before.last_ok_at is None:
        tx.events.add("watched", {"feed": source.name, "from": at})
    elif at - before.last_ok_at > longest_unwatched(source.interval):
        tx.events.add("gap", {"feed": source.name, "from": before.last_ok_at, "to": at})


def gaps(tx: Transaction, sources: Iterable[FeedSource], since: datetime, until: datetime) -> list[Gap]:
    """Return from when to when these feeds went unwatched in a period, oldest first.

    Args:
        tx: a transaction; its `now` says what still goes on.
        sources: the feeds, with their intervals.
        since: the beginning of the period (aware).
        until: its end; what lies after now is nobody's gap yet.
    """
    wanted = {source.name: source for source in sources}
    until = min(until, tx.now)
    found = [gap for gap in tx.feeds.gaps(since, until) if gap.feed in wanted]
    states = {state.name: state for state in tx.feeds.all()}
    for name, source in wanted.items():
        ongoing = _ongoing(source, states.get(name), since, tx.now)
        if ongoing is not None and ongoing.touches(since, until):
            found.append(ongoing)
    return oldest_first(found)


def _ongoing(source: FeedSource, state: FeedState | None, since: datetime, now: datetime) -> Gap | None:
    last = state.last_ok_at if state else None
    if last is None:
        return Gap(source.name, since)
    return Gap(source.name, last) if now - last > longest_unwatched(source.interval) else None
