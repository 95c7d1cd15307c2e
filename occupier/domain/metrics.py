"""What readers answered: figures of posts, at which ages they are read, and their medians. Pure; no reader is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median


class Age(StrEnum):
    """How old a post is when its figures are read."""

    HOUR = "1h"
    DAY = "24h"
    WEEK = "7d"


AGES: Mapping[Age, timedelta] = {
    Age.HOUR: timedelta(hours=1),
    Age.DAY: timedelta(hours=24),
    Age.WEEK: timedelta(days=7),
}
TOO_LATE = 1.5
"""A reading at more than so many times its age would be another figure: it is left out."""
BASELINE = timedelta(days=14)
"""The ordinary posts of so long before a strike are what its posts are compared with."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one post was answered, as far as its network tells; None where it does not."""

    likes: int | None = None
    reposts: int | None = None
    replies: int | None = None
    views: int | None = None

    def less(self, before: Figures) -> Figures:
        """Return what was added since; a like that was taken back since counts as none."""
        return Figures(*(_less(getattr(self, name), getattr(before, name)) for name in Figures.__slots__))


def _less(now: int | None, before: int | None) -> int | None:
    return now if now is None or before is None else max(0, now - before)


def due_at(posted_at: datetime, age: Age) -> datetime:
    """Return when a post's figures of this age are to be read (aware)."""
    return posted_at + AGES[age]


def reached(old: timedelta) -> Age | None:
    """Return the greatest age that a post has reached; None before the first hour."""
    return max((age for age in AGES if AGES[age] <= old), key=AGES.__getitem__, default=None)


@dataclass(frozen=True, slots=True)
class Medians:
    """The medians of `posts` posts; None where no network told the figure."""

    posts: int = 0
    likes: float | None = None
    reposts: float | None = None
    replies: float | None = None
    views: float | None = None


def medians(figures: Iterable[Figures]) -> Medians:
    """Return the median of each figure, over the posts for which it was told."""
    read = list(figures)
    return Medians(
        len(read),
        _median(f.likes for f in read),
        _median(f.reposts for f in read),
        _median(f.replies for f in read),
        _median(f.views for f in read),
    )


def _median(values: Iterable[int | None]) -> float | None:
    told = [value for value in values if value is not None]
    return float(median(told)) if told else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The strike posts and the ordinary posts of one account, at one age."""

    age: Age
    strike: Medians
    usual: Medians


@dataclass(frozen=True, slots=True)
class Measured:
    """One account under one strike: medians at each age; of readings, how many are to come, were vain or too late."""

    account: str
    platform: str
    ages: tuple[Comparison, ...]
    due: int = 0
    gone: int = 0
    late: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing was read of strike posts yet."""
        return all(compared.strike.posts == 0 for compared in self.ages)
