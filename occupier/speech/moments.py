"""Instants and durations in words, in a named zone and in the language in force."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from occupier.speech.almanac import ALMANACS
from occupier.speech.languages import gettext, language

_LAST_MINUTE = time(23, 59)
_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def moment(at: datetime, zone: ZoneInfo, now: datetime | None = None) -> str:
    """Say an instant (aware) in full: “vendredi 24 janvier 2020 à 19h00, heure de Paris”.

    With `now` (aware), how far away it is follows: “…, dans 5 h 12”. Where the local hour happens twice, the
    offset says which.
    """
    local = at.astimezone(zone)
    return _in_full(local, _place(local, zone)) + _distance(at, now)


def end_moment(at: datetime, zone: ZoneInfo, now: datetime | None = None) -> str:
    """Say the end of a period in full, as `moment` does; 00:00 becomes 23h59 of the day before."""
    local = at.astimezone(zone)
    return _in_full(before_midnight(local), _place(local, zone)) + _distance(at, now)


def period(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """Say a period in full: “du vendredi 24 janvier 2020 à 9h00 au vendredi 24 janvier 2020 à 19h00, heure de Paris”.

    Where the offset of one of them must be said, each has its own place.
    """
    one, two = start.astimezone(zone), end.astimezone(zone)
    place = _place(two, zone)
    said = _day_and_hour(one) if _place(one, zone) == place else _in_full(one, _place(one, zone))
    return gettext("from {start} to {end}, {place}").format(
        start=said, end=_day_and_hour(before_midnight(two)), place=place
    )


def moment_in_post(at: datetime, zone: ZoneInfo, language: str) -> str:
    """Say an instant as a post does: “vendredi 24 janvier à 19h”; 00:00 becomes 23h59 of the day before."""
    said, almanac = before_midnight(at.astimezone(zone)), ALMANACS[language]
    return almanac.joined(almanac.day(said.date()), almanac.hour_in_post(said.time()))


def full_day(day: date) -> str:
    """Say a day in full: “vendredi 24 janvier 2020”."""
    return f"{ALMANACS[language()].day(day)} {day.year}"


def short_time(at: datetime, zone: ZoneInfo) -> str:
    """Say only the hour: “11h42”, “11:42”."""
    return ALMANACS[language()].short_hour(at.astimezone(zone).time())


def duration(length: timedelta) -> str:
    """Say a duration by its largest unit and the one below: “5 h 12”, “2 jours 4 h”, “3 min”, “45 s”."""
    seconds = max(0, int(length.total_seconds()))
    parts: dict[str, int] = {}
    for unit, size in _UNITS:
        parts[unit], seconds = divmod(seconds, size)
    first = next((i for i, (unit, _) in enumerate(_UNITS) if parts[unit]), len(_UNITS) - 1)
    # Seconds beside minutes would only flicker on a screen.
    shown = [unit for unit, _ in _UNITS[first : first + 2] if parts[unit] and (unit != "second" or first == 3)]
    return ALMANACS[language()].wait({unit: parts[unit] for unit in shown or ["second"]})


def countdown(at: datetime, now: datetime) -> str:
    """Say how far an instant is: “dans 5 h 12”, “il y a 3 min”, “maintenant”; both aware."""
    almanac, away = ALMANACS[language()], at - now
    if abs(away) < timedelta(seconds=1):
        return almanac.now()
    return almanac.ahead(duration(away)) if away > timedelta(0) else almanac.ago(duration(-away))


def before_midnight(local: datetime) -> datetime:
    """Return 23:59 of the day before where the local hour is 00:00: “midnight” is read as either end of a day."""
    if (local.hour, local.minute) != (0, 0):
        return local
    return datetime.combine(local.date() - timedelta(days=1), _LAST_MINUTE)


def _in_full(said: datetime, place: str) -> str:
    return f"{_day_and_hour(said)}, {place}"


def _day_and_hour(said: datetime) -> str:
    almanac = ALMANACS[language()]
    return almanac.joined(f"{almanac.day(said.date())} {said.year}", almanac.hour(said.time()))


def _place(local: datetime, zone: ZoneInfo) -> str:
    city = zone_city(zone)
    words = ALMANACS[language()].place(city)
    other = local.replace(fold=1 - local.fold)
    happens_twice = other.utcoffset() != local.utcoffset()
    return f"{words} (UTC{local.strftime('%z')[:3]}:{local.strftime('%z')[3:5]})" if happens_twice else words


def zone_city(zone: ZoneInfo) -> str:
    """Return the city of an IANA zone: “Port of Spain” of America/Port_of_Spain; UTC for any name of UTC."""
    key = zone.key or "UTC"
    if key.removeprefix("Etc/") in {"UTC", "GMT", "UCT", "Universal", "Zulu", "Greenwich"}:
        return "UTC"
    return key.rsplit("/", 1)[-1].replace("_", " ")


def _distance(at: datetime, now: datetime | None) -> str:
    return f", {countdown(at, now)}" if now else ""
