"""Interruptions: what a machine that slept, was off or had no line did not watch, told as soon as it watches again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from occupier.domain.errors import Sentence
from occupier.domain.gaps import Gap
from occupier.domain.ports import Event, Notice, Notices, Store
from occupier.domain.setup import Setup
from occupier.domain.strike import Strike


class Interruptions:
    """Tells of each gap in watching once, when it is over; one that touches a strike is serious."""

    def __init__(self, store: Store, notices: Notices, setup: Callable[[], Setup]) -> None:
        self._store = store
        self._notices = notices
        self._setup = setup
        self._seen: int | None = None

    def look(self) -> None:
        """Tell what has ended since the last look; the first one only says from where. Raises DatabaseError."""
        with self._store.reading() as tx:
            head = tx.recounts.head()
            events = tx.events.since(self._seen) if self._seen is not None else []
            strikes = tx.strikes.all() if events else []
        self._seen = head.seq if head else 0
        watched = {feed.name for feed in self._setup().feeds}
        gaps = [gap for gap in map(_gap, _told_as_gaps(events)) if gap.feed in watched]
        if gaps:
            self._notices.tell(_notice(gaps, strikes))


def _told_as_gaps(events: Iterable[Event]) -> Iterable[Event]:
    return (event for event in events if event.kind == "gap")


def _gap(event: Event) -> Gap:
    since, until = (datetime.fromisoformat(str(event.data[key])) for key in ("from", "to"))
    return Gap(str(event.data["feed"]), since, until)


def _notice(gaps: list[Gap], strikes: Iterable[Strike]) -> Notice:
    text = (
        "Nobody watched {feeds} from {since} to {until}: this machine slept or was off, the line was down, or the site"
        " was. What came out meanwhile is posted only if it is still fresh. occupier status shows every such gap."
    )
    values = {
        "feeds": sorted({gap.feed for gap in gaps}),
        "since": min(gap.since for gap in gaps),
        "until": max(gap.until for gap in gaps if gap.until),
    }
    in_strike = any(gap.touches(strike.acts_from, strike.ended_at) for gap in gaps for strike in strikes)
    return Notice("gap", Sentence(text, values), serious=in_strike)
