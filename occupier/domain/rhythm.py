"""The rhythm of a feed, from the dates of its entries: is it alive, and how much does it bring?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

_ENOUGH = 5
"""Dated entries without which nothing is said of a rhythm."""
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_A_NIGHT = timedelta(hours=12)
"""How long a newsroom is quiet at most where its feed is too short to have a night in it."""
_AWAKE = _DAY - timedelta(hours=8)
"""How long a day is where its nights are not known."""
_NEVER_STALE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What the dates (aware) of a feed's entries say.

    Attributes:
        newest: the latest date.
        longest: the longest pause between two entries.
        busiest_hour: the most entries within any hour.
        a_day: the most within any day; of a feed that is shorter, what its pace would bring.
    """

    newest: datetime
    longest: timedelta
    busiest_hour: int
    a_day: int
    spans: timedelta

    @property
    def patience(self) -> timedelta:
        """How long after the newest entry nothing is wrong yet: twice its longest pause, a night at least."""
        least = _NEVER_STALE if self.spans >= _DAY else _A_NIGHT
        return max(2 * self.longest, least)

    def is_stale(self, now: datetime) -> bool:
        """Say whether the feed has been quiet for longer than it ever is."""
        return now - self.newest > self.patience


def rhythm_of(dates: Iterable[datetime | None], now: datetime) -> Rhythm | None:
    """Return the rhythm of entries with these dates, in any order; None where too few are known.

    What is dated in the future tells nothing, and neither does what lies apart by more than a month.
    """
    known = sorted(at for at in dates if at is not None and at <= now)
    known = [at for at in known if known[-1] - at <= timedelta(days=31)]
    if len(known) < _ENOUGH:
        return None
    spans = known[-1] - known[0]
    longest = max(later - earlier for earlier, later in pairwise(known))
    return Rhythm(known[-1], longest, most_within(known, _HOUR), _a_day(known, spans), spans)


def most_within(dates: Sequence[datetime], window: timedelta) -> int:
    """Return the most of these instants, in order, that fall into one window of that length."""
    most, start = 0, 0
    for end, at in enumerate(dates):
        while at - dates[start] >= window:
            start += 1
        most = max(most, end - start + 1)
    return most


def _a_day(dates: Sequence[datetime], spans: timedelta) -> int:
    if spans >= _DAY:
        return most_within(dates, _DAY)
    return max(len(dates), round(len(dates) * (_AWAKE / max(spans, _HOUR))))
