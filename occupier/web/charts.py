"""The day of a strike as inline SVG: its window, every post on its account's line, gaps in watching, now.

Positions are percentages of the width and everything else has its size in pixels, so that letters stay legible on a
phone; colours are the style sheet's, since a strict policy lets no style into the markup.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from occupier.speech import gettext as _
from occupier.speech import short_time

_TOP, _LANE, _BOTTOM = 24, 46, 6
_STEPS = tuple(timedelta(minutes=n) for n in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080))
_MOST_LABELS = 9
_MOST_MARKS = 150
"""More posts than that on one line are drawn as bars: single strokes would be one stain."""
_BINS = 100
_NARROWEST = 0.4
"""Percent of the width that a gap has at least, to be seen at all."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Posts that went out at an instant (aware)."""

    at: datetime
    is_strike: bool
    count: int = 1


@dataclass(frozen=True, slots=True)
class Lane:
    """One account and its posts."""

    name: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """What is drawn; instants are aware, `gaps` pairs of them."""

    starts: datetime
    ends: datetime
    now: datetime
    lanes: tuple[Lane, ...]
    gaps: tuple[tuple[datetime, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class _Scale:
    """From when to when is drawn: the strike, what went out besides, and a little air."""

    first: datetime
    last: datetime

    def __call__(self, at: datetime) -> float:
        return min(100.0, max(0.0, 100 * ((at - self.first) / (self.last - self.first))))


def _scale(day: Day) -> _Scale:
    marks = [mark.at for lane in day.lanes for mark in lane.marks]
    first, last = min([day.starts, *marks]), max([day.ends, *marks])
    air = (last - first) * 0.03
    return _Scale(first - air, last + air)


def timeline(day: Day, zone: ZoneInfo, described_by: str) -> Markup:
    """Draw a day; `described_by` is the id of the element that says it in words."""
    height = _TOP + _LANE * max(1, len(day.lanes)) + _BOTTOM
    drawn = "".join(_drawn(day, zone, height))
    label = escape(_("The day of the strike"))
    return Markup(
        f'<svg class="day" width="100%" height="{height}" role="img" aria-label="{label}"'
        f' aria-describedby="{escape(described_by)}">'
        '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<line class="hatch" x1="0" y1="0" x2="0" y2="6"/></pattern></defs>{drawn}</svg>'
    )


def _drawn(day: Day, zone: ZoneInfo, height: int) -> Iterator[str]:
    deep, x = height - _TOP, _scale(day)
    yield _box("window", x(day.starts), x(day.ends), _TOP, deep)
    for since, until in day.gaps:
        left = x(since)
        yield _box("gap", left, max(x(until), left + _NARROWEST), _TOP, deep)
    yield from _hours(x, zone, height)
    for n, lane in enumerate(day.lanes):
        yield from _lane(x, lane, _TOP + n * _LANE)
    if x.first < day.now < x.last:
        yield f'<line class="now" x1="{x(day.now):.2f}%" x2="{x(day.now):.2f}%" y1="{_TOP - 4}" y2="{height}"/>'


def _box(kind: str, left: float, right: float, top: int, height: int) -> str:
    width = max(0.0, right - left)
    return f'<rect class="{kind}" x="{left:.2f}%" y="{top}" width="{width:.2f}%" height="{height}"/>'


def _hours(scale: _Scale, zone: ZoneInfo, height: int) -> Iterator[str]:
    first, last = scale.first, scale.last
    step = next((s for s in _STEPS if (last - first) / s <= _MOST_LABELS), (last - first) / _MOST_LABELS)
    for n, at in enumerate(_instants(first, last, step, zone)):
        x = scale(at)
        label = short_time(at, zone) if step < timedelta(days=1) else f"{at.astimezone(zone):%d/%m}"
        kind = "hour" if n % 2 == 0 else "hour minor"
        yield f'<line class="{kind}" x1="{x:.2f}%" x2="{x:.2f}%" y1="{_TOP}" y2="{height}"/>'
        if 4 < x < 96:
            yield f'<text class="{kind}" x="{x:.2f}%" y="{_TOP - 9}">{escape(label)}</text>'


def _instants(first: datetime, last: datetime, step: timedelta, zone: ZoneInfo) -> Iterator[datetime]:
    midnight = first.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(first.tzinfo)
    at = midnight + ((first - midnight) // step + 1) * step
    while at < last:
        yield at
        at += step


def _lane(scale: _Scale, lane: Lane, top: int) -> Iterator[str]:
    floor = top + _LANE - 6
    yield f'<text class="lane" x="0" y="{top + 15}">{escape(lane.name)}</text>'
    yield f'<line class="floor" x1="0" x2="100%" y1="{floor}" y2="{floor}"/>'
    if len(lane.marks) > _MOST_MARKS:
        yield from _bars(scale, lane.marks, floor)
        return
    for mark in lane.marks:
        x = scale(mark.at)
        kind = "strike" if mark.is_strike else "usual"
        yield f'<line class="post {kind}" x1="{x:.2f}%" x2="{x:.2f}%" y1="{floor - 17}" y2="{floor}"/>'


def _bars(scale: _Scale, marks: Sequence[Mark], floor: int) -> Iterator[str]:
    counted: Counter[int] = Counter()
    for mark in marks:
        counted[int(scale(mark.at) * _BINS / 100)] += mark.count
    most, width = max(counted.values()), 100 / _BINS
    for bin_, count in sorted(counted.items()):
        tall = max(1.0, 19 * count / most)
        yield (
            f'<rect class="post strike" x="{bin_ * width:.2f}%" y="{floor - tall:.1f}" width="{width * 0.7:.2f}%"'
            f' height="{tall:.1f}"/>'
        )
