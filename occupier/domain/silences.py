"""A silence of a feed that was watched for days: whether it is one that the feed never kept at these hours."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

KNOWN_FOR = timedelta(days=14)
"""How far back the rhythm is read: two of each day of the week."""
SHORTEST_SILENCE = timedelta(minutes=30)
"""Nobody is told of less."""
_DAY = timedelta(days=1)
_WEEK = 7
_USUAL_AT_LEAST = 2


def silent_since(seen: Sequence[datetime], now: datetime) -> datetime | None:
    """Return since when a feed is silent against its own rhythm; None while its silence is a usual one.

    At the same hours of each day known (fourteen at most) it showed at least two articles: so nights and quiet feeds
    are never called silent. Of less than a week nobody knows yet what a Sunday is like: then the silence must also be
    twice as long as any before it.

    Args:
        seen: when its articles appeared (aware), oldest first.
        now: the instant (aware).
    """
    if not seen or now - seen[-1] < SHORTEST_SILENCE:
        return None
    last = seen[-1]
    counts = [count for day in range(1, KNOWN_FOR.days + 1) if (count := _on(seen, last, now, day * _DAY)) is not None]
    if not counts or min(counts) < _USUAL_AT_LEAST:
        return None
    if len(counts) < _WEEK and now - last <= 2 * longest_silence(seen):
        return None
    return last


def longest_silence(seen: Sequence[datetime]) -> timedelta:
    """Return the longest time between two articles that appeared one after the other."""
    return max((later - earlier for earlier, later in pairwise(seen)), default=timedelta(0))


def _on(seen: Sequence[datetime], since: datetime, until: datetime, before: timedelta) -> int | None:
    """Count the articles of the same hours, some days before; None where the feed was not known yet."""
    if seen[0] > since - before:
        return None
    return bisect_right(seen, until - before) - bisect_right(seen, since - before)
