"""Dates as HTTP writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_PLAUSIBLE = range(1900, 3000)
"""Years. Near the ends of what a datetime holds, no wait can be added to one any more."""


def http_date(value: str | None) -> datetime | None:
    """Return an HTTP-date (RFC 9110, 5.6.7), aware in UTC, or None if it is none or of an absurd year."""
    try:
        date = parsedate_to_datetime(value or "")
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    if date.year not in _PLAUSIBLE:
        return None
    return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
