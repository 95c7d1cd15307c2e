"""Incidents: what interrupted a strike, or nearly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class IncidentKind(StrEnum):
    """What interrupted the strike, or nearly."""

    PAUSE = "pause"
    FEED_FAILING = "feed_failing"
    MASS = "mass"
    RESTORED = "restored"
    HANDED_OVER = "handed_over"


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that happened, from–to; the hours of pauses are rounded outwards to a quarter of an hour.

    In a team of two, an exact hour is a name. `by` is who paused (person, file, lane, clock); `until` None: at once
    over, or, of a pause, still in force. `account` None: all of them.
    """

    kind: IncidentKind
    at: datetime
    until: datetime | None = None
    account: str | None = None
    feed: str | None = None
    by: str | None = None
    reason: str | None = None
    count: int = 0


def in_order(incidents: Iterable[Incident]) -> tuple[Incident, ...]:
    """Return incidents as they happened."""
    return tuple(sorted(incidents, key=lambda i: (i.at, i.kind, i.account or "", i.feed or "")))
