"""Dates as feeds really write them."""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from time import struct_time
from zoneinfo import ZoneInfo

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
"""Nothing was in a feed before there were feeds: an earlier date was misread."""
LATEST_AHEAD = timedelta(days=1)
"""A date may be ahead of our clock by a wrong zone or an early copy, not by more."""

#: By their first letters, without accents: English and French.
_MONTHS = {
    "jan": 1, "feb": 2, "fev": 2, "mar": 3, "apr": 4, "avr": 4, "may": 5, "mai": 5, "jun": 6, "juin": 6,
    "jul": 7, "juil": 7, "aug": 8, "aou": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
#: Names that mean one thing in a European or American feed. Any other name is not guessed at.
_ZONES = {
    "": 0, "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "met": 1, "mez": 1,
    "cest": 2, "mest": 2, "mesz": 2, "eet": 2, "eest": 3, "msk": 3, "ast": -4, "adt": -3, "est": -5, "edt": -4,
    "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "hst": -10,
}  # fmt: skip
_WRITTEN = re.compile(
    r"""(?:[^\W\d]+\.?,?\s+)?                                   # a day's name
    (?P<day>\d{1,2})(?:er)?[\s-]+(?P<month>[^\W\d]+)\.?[\s-]+(?P<year>\d{4}|\d\d)
    (?:,?\s+(?:a\s+)?(?P<hour>\d{1,2})[:h](?P<minute>\d\d)(?::(?P<second>\d\d))?)?
    \s*(?P<zone>.*)""",
    re.VERBOSE | re.IGNORECASE,
)
_ISO = re.compile(
    r"""(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)
    (?:(?:t|\s+)(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?)?
    \s*(?P<zone>.*)""",
    re.VERBOSE | re.IGNORECASE,
)
_OFFSET = re.compile(r"(?:gmt|utc)?\s*([+-])(\d\d):?(\d\d)?")
_NAMED_ZONE = re.compile(r"\b(?!UTC\b|GMT\b)[A-Z]{3,5}\b")
_LONGEST_DATE = 100


def read_date(written: str, parsed: struct_time | None = None) -> datetime | None:
    """Return the instant that a feed's date means, in UTC, or None if that cannot be told.

    Read here: RFC 822 and RFC 3339 dates, with French or English names and with zone names (`CET`, `CEST`,
    `Europe/Paris`), and seconds since 1970. Without any zone, UTC. An unknown zone gives None, rather than a
    time that is hours wrong. Other forms are taken from `parsed`, the library's reading, in UTC.
    """
    plain = _unaccented(re.sub(r"\s*\([^)]*\)\s*$", "", written[:_LONGEST_DATE].strip()))
    try:
        return _plausible(_understood(plain, parsed))
    except (ValueError, OverflowError, OSError):
        return None


def not_too_late(date: datetime | None, now: datetime) -> datetime | None:
    """Return the date, or None if it is too far in the future to be true."""
    return date if date and date <= now + LATEST_AHEAD else None


def _understood(written: str, parsed: struct_time | None) -> datetime | None:
    if re.fullmatch(r"\d{10}|\d{13}", written):
        return datetime.fromtimestamp(int(written[:10]), UTC)
    match = _ISO.fullmatch(written) or _WRITTEN.fullmatch(written)
    if match:
        return _from_parts(match)
    if parsed is None or written.isdigit() or _NAMED_ZONE.search(written):
        return None
    return datetime.fromtimestamp(calendar.timegm(parsed), UTC)


def _from_parts(parts: re.Match[str]) -> datetime | None:
    month, zone = _month(parts["month"]), _zone(parts["zone"].strip())
    if month is None or zone is None:
        return None
    year = int(parts["year"]) if len(parts["year"]) == 4 else 2000 + int(parts["year"])
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    # A leap second is not a time that Python has.
    return datetime(year, month, int(parts["day"]), hour, minute, min(second, 59), tzinfo=zone).astimezone(UTC)


def _month(written: str) -> int | None:
    if written.isdigit():
        return int(written)
    return _MONTHS.get(written.lower()[:4]) or _MONTHS.get(written.lower()[:3])


def _zone(written: str) -> tzinfo | None:
    offset = _OFFSET.fullmatch(written.lower())
    if offset:
        ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        return timezone(-ahead if offset[1] == "-" else ahead)
    if re.fullmatch(r"[A-Za-z]+(?:/[A-Za-z_]+)+", written):
        return _named(written)
    hours = _ZONES.get(written.lower())
    return None if hours is None else timezone(timedelta(hours=hours))


def _named(zone: str) -> tzinfo | None:
    try:
        return ZoneInfo(zone)
    except (KeyError, OSError):
        return None


def _plausible(date: datetime | None) -> datetime | None:
    return date if date and date >= EARLIEST else None


def _unaccented(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text)
    return "".join(c for c in letters if not unicodedata.combining(c))
