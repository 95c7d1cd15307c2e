"""What is to come by itself: borders of strikes, the evening's summary, the day on which a log is destroyed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from occupier.domain.strike import Strike

SUMMARY_HOUR = time(20)
"""When a day of strike is summed up, in the settings' zone: after most strikes' end, before most people sleep."""


class ComingKind(StrEnum):
    """What is to come. `ENDS` closes the strike too: for ever."""

    BEGINS = "begins"
    ENDS = "ends"
    SUMMARY = "summary"
    DESTRUCTION = "destruction"


@dataclass(frozen=True, slots=True)
class Coming:
    """Something that happens at an instant (aware), to a strike."""

    at: datetime
    kind: ComingKind
    strike: str


def agenda(strikes: Iterable[Strike], zone: ZoneInfo, now: datetime) -> tuple[Coming, ...]:
    """Return what is to come, soonest first: of each strike, the next of each kind."""
    found = [coming for strike in strikes for coming in _of(strike, zone, now) if coming.at > now]
    return tuple(sorted(found, key=lambda coming: (coming.at, coming.kind, coming.strike)))


def _of(strike: Strike, zone: ZoneInfo, now: datetime) -> Iterator[Coming]:
    if strike.destroy_on and not strike.destroyed_at:
        day = datetime.combine(strike.destroy_on, time(), zone)
        yield Coming(day, ComingKind.DESTRUCTION, strike.name)
    if not strike.is_over(now):
        yield Coming(strike.starts_at, ComingKind.BEGINS, strike.name)
        yield Coming(strike.ends_at, ComingKind.ENDS, strike.name)
    summary = _summary(strike, zone, now)
    if summary is not None:
        yield Coming(summary, ComingKind.SUMMARY, strike.name)


def _summary(strike: Strike, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return the next evening of a day on which the strike was or will be in force for a while."""
    first = max(now, strike.starts_at).astimezone(zone).date()
    for day in (first, first + timedelta(days=1)):
        evening, morning = datetime.combine(day, SUMMARY_HOUR, zone), datetime.combine(day, time(), zone)
        if evening > now and strike.starts_at <= evening and strike.ended_at > morning:
            return evening
    return None
