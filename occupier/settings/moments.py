"""The zone, and the instants of strikes."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo, available_timezones

from occupier.domain.errors import SettingsError, TimeError
from occupier.domain.times import parse_instant
from occupier.settings.nearest import nearest
from occupier.settings.shown import shown, tamed
from occupier.settings.value import Value

_YEARS = range(2000, 3000)


def read_zone(value: Value) -> ZoneInfo:
    """Read an IANA name; the nearest one is proposed."""
    name = value.text()
    try:
        return ZoneInfo(name)
    except (LookupError, OSError, ValueError):  # unknown; a folder such as "Europe"; a path such as "../x"
        raise SettingsError(
            "{path}: there is no time zone “{value}”; write for example {nearest}.",
            path=value.path,
            value=shown(name),
            nearest=nearest_zone(name),
        ) from None


def nearest_zone(name: str) -> str:
    """Return the zone that was most likely meant; Europe/Paris if none is alike."""
    return zone_like(name) or "Europe/Paris"


def zone_like(name: str) -> str | None:
    """Return the zone whose name, or whose city alone, is most like this one; None where none is."""
    zones = available_timezones()
    cities = {zone.rpartition("/")[2]: zone for zone in sorted(zones)}
    city = nearest(name.rpartition("/")[2], cities, cutoff=0.8)
    return nearest(name, zones, cutoff=0.8) or (cities[city] if city else None)


def read_day(value: Value) -> date:
    """Read a date without an hour, quoted or not. Raises SettingsError."""
    raw = value.raw
    said = raw.isoformat() if isinstance(raw, date) else value.text()
    try:
        day = date.fromisoformat(said)
    except ValueError:
        day = None
    if day is None or day.year not in _YEARS:
        text = "{path}: “{value}” is no day; write 2021-01-24."
        raise SettingsError(text, path=value.path, value=shown(said))
    return day


def read_instant(value: Value, zone: ZoneInfo) -> datetime:
    """Read a fixed date and hour, quoted or not; give it in UTC.

    Raises:
        SettingsError: also for `now` and `+8h`, which would mean another instant at every reading.
    """
    raw = value.raw
    said = raw.isoformat() if isinstance(raw, date) else value.text()
    if said == "now" or said.startswith("+"):
        raise SettingsError(
            "{path}: “{value}” would move each time the settings are read; write 2020-01-24T09:00.",
            path=value.path,
            value=shown(said),
        )
    try:
        instant = parse_instant(said, zone, value.context.now)
    except TimeError as error:
        raise SettingsError("{path}: {problem}", path=value.path, problem=tamed(error.sentence)) from None
    except OverflowError:
        instant = None
    if instant is None or instant.year not in _YEARS:
        raise SettingsError("{path}: the year of “{value}” is not believable; check it.", path=value.path, value=said)
    return instant
