"""Times as people type them, made into instants without guessing."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from occupier.domain.errors import TimeError

QUARTER = timedelta(minutes=15)
_DURATION = re.compile(r"(\d{1,6})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_duration(text: str) -> timedelta:
    """Read `90s`, `5m`, `2h` or `1d`.

    Raises:
        TimeError: on anything else.
    """
    match = _DURATION.fullmatch(text.strip())
    if not match:
        raise TimeError("“{text}” is not a duration: write 90s, 5m, 2h or 1d.", text=text)
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def parse_instant(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Read `2020-01-24T09:00` (a `T` or a blank, in `zone` unless an offset follows), `now` or `+8h`; give it in UTC.

    Raises:
        TimeError: a date without an hour, a local time that does not exist or exists twice, or no time at all.
    """
    text = text.strip()
    if text == "now":
        return now.astimezone(UTC)
    if text.startswith("+"):
        return now.astimezone(UTC) + parse_duration(text[1:])
    if _is_date(text):
        raise TimeError(
            "“{text}” has no hour, so it would mean midnight as that day begins: add one, for example {text}T19:00.",
            text=text,
        )
    try:
        parsed = datetime.fromisoformat(text)
        return parsed.astimezone(UTC) if parsed.tzinfo else _localized(parsed, zone, text)
    except (ValueError, OverflowError):
        raise TimeError(
            "“{text}” is not a time: write for example {example}, with an offset if you need one, or now, or +8h. The"
            " menu (type occupier alone) understands “tomorrow 9:00”.",
            text=text,
            example=_tomorrow(zone, now),
        ) from None


def _tomorrow(zone: ZoneInfo, now: datetime) -> str:
    return f"{now.astimezone(zone).date() + timedelta(days=1)}T09:00"


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _localized(local: datetime, zone: ZoneInfo, text: str) -> datetime:
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    exists = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local
    one, two = (local.strftime("%Y-%m-%dT%H:%M") + _offset(moment) for moment in (first, second))
    values = {"text": text, "zone": zone.key, "one": one, "two": two}
    if exists:
        raise TimeError(
            "{text} happens twice in {zone}, when the clocks go back: type {one} for the first or {two} for the"
            " second.",
            **values,
        )
    raise TimeError(
        "{text} does not exist in {zone}, when the clocks go forward: type {one} or {two}, whichever you mean.",
        **values,
    )


def _offset(moment: datetime) -> str:
    offset = moment.strftime("%z")
    return f"{offset[:3]}:{offset[3:5]}"


def utc_text(at: datetime) -> str:
    """Return `2020-01-24T08:00:00.000000Z`: one width for every year, so that texts sort as instants do."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def to_quarter(at: datetime) -> datetime:
    """Round an instant to the nearest quarter of an hour: in a team of two, an exact time is a name."""
    quarter = QUARTER.total_seconds()
    return datetime.fromtimestamp(round(at.timestamp() / quarter) * quarter, UTC)


def quarter_before(at: datetime) -> datetime:
    """Return the quarter of an hour at or before an instant (aware)."""
    return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)


def quarter_after(at: datetime) -> datetime:
    """Return the quarter of an hour at or after an instant (aware)."""
    before = quarter_before(at)
    return before if before == at else before + QUARTER
