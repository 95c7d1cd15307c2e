"""Who publishes what and when: a few articles before the strike, most of them during it, one after its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from occupier.domain.article import canonical_link
from occupier.rehearsal.stories import Story

BEFORE = 2
BESIDES = BEFORE + 1
"""The articles that a programme needs besides those of the strike."""


class Phase(StrEnum):
    """When a story comes out."""

    BASELINE = "baseline"
    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a rehearsal goes; everything in it ends within `lead + strike + tail` of its beginning."""

    lead: timedelta = timedelta(seconds=8)
    strike: timedelta = timedelta(seconds=25)
    tail: timedelta = timedelta(seconds=12)
    """How long, at most, what is under way at the end is waited for."""
    watch: timedelta = timedelta(seconds=2)
    """How long, at least, it is watched that nothing leaves any more."""
    ready: timedelta = timedelta(seconds=60)
    """How long the feeds and the accounts may take to be ready."""


@dataclass(frozen=True, slots=True)
class Programme:
    """The stories by phase; in each, the first one comes out first. The baseline has one for every feed."""

    baseline: tuple[Story, ...]
    before: tuple[Story, ...]
    during: tuple[Story, ...]
    after: tuple[Story, ...]

    @property
    def stories(self) -> tuple[Story, ...]:
        """All that comes out while the feeds are watched."""
        return self.before + self.during + self.after


@dataclass(frozen=True, slots=True)
class Cue:
    """A story and its hour."""

    at: datetime
    phase: Phase
    story: Story


def compose_programme(feeds: Sequence[str], newest: Sequence[Story], spare: Sequence[Story], count: int) -> Programme:
    """Share the stories out: the newest `count` come out during the strike.

    Args:
        feeds: the names of the feeds, each of which needs a baseline.
        newest: the stories, the newest first.
        spare: stories that fill in where the newest are too few for what surrounds the strike.
        count: how many to publish during it, at most.
    """
    during = list(newest[:count])[::-1]
    known = {canonical_link(story.link) for story in newest}
    others = [*newest[count:], *(_in_feed(s, feeds) for s in spare if canonical_link(s.link) not in known)]
    before, after, rest = others[:BEFORE], others[BEFORE:BESIDES], others[BESIDES:]
    baseline = [_baseline(feed, rest) for feed in feeds]
    return Programme(tuple(baseline), tuple(before[::-1]), tuple(during), tuple(after))


def cues(programme: Programme, starts_at: datetime, pace: Pace) -> list[Cue]:
    """Return the stories with their hours around a strike that starts then, the earliest first."""
    begins, ends = starts_at - pace.lead, starts_at + pace.strike
    # an article needs a poll and a post to be seen before the end; the ordinary ones as much before the start
    before = _spread(begins, pace.lead / 2, len(programme.before))
    during = _spread(starts_at + pace.strike / 25, pace.strike - _margin(pace), len(programme.during))
    hours = [
        *zip(before, (Phase.BEFORE,) * BEFORE, programme.before, strict=False),
        *((at, Phase.DURING, story) for at, story in zip(during, programme.during, strict=True)),
        *((ends + pace.watch / 4, Phase.AFTER, story) for story in programme.after),
    ]
    return [Cue(*hour) for hour in hours]


def _margin(pace: Pace) -> timedelta:
    return min(timedelta(seconds=5), pace.strike * 0.6)


def _spread(first: datetime, length: timedelta, count: int) -> list[datetime]:
    return [first + length * n / count for n in range(count)]


def _in_feed(story: Story, feeds: Sequence[str]) -> Story:
    return story if story.feed in feeds else Story(feeds[0], story.title, story.link, story.summary, story.categories)


def _baseline(feed: str, rest: Sequence[Story]) -> Story:
    found = next((story for story in rest if story.feed == feed), rest[-1])
    return Story(feed, found.title, found.link, found.summary, found.categories)
