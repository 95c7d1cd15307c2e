"""Gaps in watching: from when to when nobody looked at a feed. What is complete is complete but for these."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

_SHORTEST = timedelta(minutes=5)
_POLLS_MISSED = 3


@dataclass(frozen=True, slots=True)
class Gap:
    """A feed, by its name, went unwatched in `[since, until)`; `until` None: it still does."""

    feed: str
    since: datetime
    until: datetime | None = None

    def touches(self, since: datetime, until: datetime) -> bool:
        """Say whether some of it lies in the period."""
        return self.since < until and (self.until is None or self.until > since)


def longest_unwatched(interval: timedelta) -> timedelta:
    """Return how long a feed may go unread before that is a gap: three polls missed, and five minutes at least.

    A slow answer or one that failed is none: what appears in a feed stays in it for longer than that.
    """
    return max(interval * _POLLS_MISSED, _SHORTEST)


def oldest_first(gaps: Iterable[Gap]) -> list[Gap]:
    """Return the gaps in the order in which they began, then by feed."""
    return sorted(gaps, key=lambda gap: (gap.since, gap.feed))
