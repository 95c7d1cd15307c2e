"""Dates and hours as people type them in a conversation, made into instants. It asks rather than guesses.

A library that guesses (dateparser reads “demain 9h” as nine hours after this time tomorrow, and “31/02 9h” as some hour
of today) would one day begin a strike at a wrong hour. So this is a small grammar: what it does not know it refuses,
what has two meanings it gives back as two, and whoever asks repeats the instant in full.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from occupier.domain.errors import TimeError
from occupier.domain.times import parse_instant
from occupier.speech.almanac import ALMANACS
from occupier.speech.languages import language
from occupier.speech.moments import zone_city
from occupier.speech.typed import MIDNIGHT, Typed, not_understood, plain, read_words

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_FAR = timedelta(days=183)
"""A day without its year that is past by less than this was meant to be past: it is refused, not moved by a year."""
_YEARS = range(2000, 2100)
_AS_IN_SCRIPTS = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d|now$|\+\d")
_HOURS = {"morning": range(12), "afternoon": range(12, 20), "evening": range(17, 25)}


@dataclass(frozen=True, slots=True)
class Border:
    """Which border of a period is asked for: its start, or the end of one that starts at `after` (aware)."""

    after: datetime | None = None

    @property
    def is_end(self) -> bool:
        """Whether it is the end."""
        return self.after is not None


def hear(text: str, zone: ZoneInfo, now: datetime, border: Border = Border()) -> tuple[datetime, ...]:
    """Return the instants (UTC) that a text may mean, soonest first: one where it is clear, several to ask about.

    Args:
        text: “demain 9h”, “24/01 19h”, “Fri 24 Jan 7pm”, what a face says in full, or what scripts write.
        zone: in which hours are meant.
        now: the instant (aware); the past is refused.
        border: an hour alone is of the day of the start; “minuit”, as an end, is the end of its day.

    Raises:
        TimeError: not understood, without an hour, no such day, a weekday that the date is not, or past.
    """
    if plain(text) in ("maintenant", "tout de suite", "now"):
        return (now.astimezone(UTC),)
    if _AS_IN_SCRIPTS.match(text.strip()):
        found = [parse_instant(text, zone, now)]
    else:
        found = sorted(_candidates(text, zone, now, border))
    ahead = tuple(at for at in found if at > now)
    if not found:
        raise not_understood(text)
    if not ahead:
        raise TimeError("“{text}” is past: that was {at}.", text=text.strip(), at=found[-1])
    return ahead


def _candidates(text: str, zone: ZoneInfo, now: datetime, border: Border) -> set[datetime]:
    typed = read_words(_without_place(plain(text), zone), text)
    if typed.hour is None:
        raise TimeError("“{text}” has no hour: write it too, for example 19:00 or 7 pm.", text=text.strip())
    found = {at for day, hour in _meant(typed, text, zone, now, border) for at in _instants(day, hour, zone)}
    if typed.offset is None:
        return found
    return {at for at in found if at.astimezone(zone).utcoffset() == typed.offset.utcoffset(None)}


def _without_place(text: str, zone: ZoneInfo) -> str:
    for almanac in ALMANACS.values():
        text = re.sub(rf"(?<!\w){re.escape(plain(almanac.place(zone_city(zone))))}(?!\w)", "", text)
    return " ".join(text.split())


def _meant(typed: Typed, text: str, zone: ZoneInfo, now: datetime, border: Border) -> Iterator[tuple[date, time]]:
    """Yield days with hours; midnight is 00:00 of the day after it, or of its own where a start may mean that."""
    hour, minute = _hour(typed, text)
    for day in _days(typed, text, now.astimezone(zone).date(), zone, border):
        if hour == MIDNIGHT:
            yield day + _DAY, time()
            if typed.by_name and not border.is_end and typed.part is None:
                yield day, time()
        else:
            yield day, time(hour, minute)
            if border.is_end and (hour, minute) == (0, 0) and typed.twelve is None:
                yield day + _DAY, time()


def _hour(typed: Typed, text: str) -> tuple[int, int]:
    hour, minute = typed.hour or 0, typed.minute
    if typed.twelve:
        if not 1 <= hour <= 12:
            raise not_understood(text)
        hour = hour % 12 + (12 if typed.twelve == "p" else 0)
    if hour > MIDNIGHT or (hour == MIDNIGHT and minute):
        raise TimeError("“{text}”: a day has no such hour.", text=text.strip())
    if typed.part and hour not in _HOURS[typed.part]:
        raise TimeError("“{text}”: that hour does not lie there; write it from 0 to 24, or with pm.", text=text.strip())
    return hour, minute


# --- days -------------------------------------------------------------------------------------------------------------


def _days(typed: Typed, text: str, today: date, zone: ZoneInfo, border: Border) -> list[date]:
    if typed.day is not None:
        return _dated(typed, text, today)
    if typed.month is not None or typed.year is not None:
        raise not_understood(text)
    if typed.ahead is not None:
        return [_agreeing(today + typed.ahead * _DAY, typed, text)]
    if typed.weekday is not None:
        return _named(typed.weekday, today, following=bool(typed.following))
    if typed.following:
        raise not_understood(text)
    if typed.part is not None:
        return [today]
    first = border.after.astimezone(zone).date() if border.after else today
    return _of_an_hour_alone(typed, text, first, zone, border)


def _of_an_hour_alone(typed: Typed, text: str, first: date, zone: ZoneInfo, border: Border) -> list[date]:
    if border.after is None:
        return [first, first + _DAY]
    hour, minute = _hour(typed, text)
    if hour == MIDNIGHT or time(hour, minute) > border.after.astimezone(zone).time():
        return [first]
    return [first + _DAY]


def _named(weekday: int, today: date, *, following: bool) -> list[date]:
    """Return the days that “vendredi” may be: of today's own name, and of “vendredi prochain”, there are two."""
    away = (weekday - today.weekday()) % 7
    day = today + away * _DAY
    if following:
        return [day + _WEEK] if away == 0 else [day, day + _WEEK]
    return [day, day + _WEEK] if away == 0 else [day]


def _dated(typed: Typed, text: str, today: date) -> list[date]:
    if typed.ahead is not None or typed.following or typed.month is None or typed.day is None:
        raise not_understood(text)
    orders = [(typed.day, typed.month)]
    if typed.either_way and language() == "en":
        orders.append((typed.month, typed.day))
    return [_agreeing(_in_year(day, month, typed.year, text, today), typed, text) for day, month in orders]


def _in_year(day: int, month: int, year: int | None, text: str, today: date) -> date:
    try:
        if year is not None:
            if year not in _YEARS:
                raise ValueError
            return date(year, month, day)
        this = date(today.year, month, day)
        return this if today - this < _FAR else date(today.year + 1, month, day)
    except ValueError:
        raise TimeError("“{text}”: there is no such day.", text=text.strip()) from None


def _agreeing(day: date, typed: Typed, text: str) -> date:
    if typed.weekday is not None and day.weekday() != typed.weekday:
        raise TimeError("“{text}”: that day is another one of the week: {day}.", text=text.strip(), day=day)
    return day


def _instants(day: date, hour: time, zone: ZoneInfo) -> set[datetime]:
    """Return the instants of a local time: two where it happens twice, and the two it may be where it never does."""
    local = datetime.combine(day, hour)
    return {local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
