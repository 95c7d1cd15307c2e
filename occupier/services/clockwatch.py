"""Watch the clock: while two hosts agree that ours is wrong, nothing is claimed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from occupier.domain.errors import Sentence
from occupier.domain.ports import Clock, Notice, Notices, Pause, Store
from occupier.domain.setup import Setup

_RECENT = timedelta(hours=1)


class ClockWatch:
    """Compares our clock with the Date of the hosts that answer."""

    def __init__(self, store: Store, clock: Clock, notices: Notices, setup: Callable[[], Setup]) -> None:
        self._store = store
        self._clock = clock
        self._notices = notices
        self._setup = setup
        self._lock = threading.Lock()
        self._seen: dict[str, tuple[timedelta, datetime]] = {}
        self._wrong: bool | None = None  # unknown: a pause may stand from before this process

    def observe(self, host: str, skew: timedelta | None) -> None:
        """Take one answer's Date less our clock; None where the host gave none."""
        if skew is None:
            return
        with self._lock:
            self._seen[host] = (skew, self._clock.now())
            wrong = self._is_wrong()
            if wrong == self._wrong:
                return
            self._wrong = wrong
        self._act(wrong)

    def skew(self, host: str) -> timedelta:
        """Return how far a host's clock is ahead of ours, as last seen; zero if unknown."""
        with self._lock:
            return self._seen.get(host, (timedelta(0), None))[0]

    def _is_wrong(self) -> bool:
        limit, now = self._setup().limits.clock_skew, self._clock.now()
        # a jump of our own clock makes old sightings lie in the future or far in the past: only recent ones speak
        recent = [skew for skew, at in self._seen.values() if abs(now - at) <= _RECENT]
        late = [skew for skew in recent if skew > limit]
        early = [skew for skew in recent if skew < -limit]
        right = [skew for skew in recent if abs(skew) <= limit]
        return max(len(late), len(early)) >= 2 and len(right) < 2

    def _act(self, wrong: bool) -> None:
        with self._store.writing() as tx:
            if wrong:
                changed = tx.pauses.add(Pause(None, "clock", "clock", tx.now))
            else:
                changed = tx.pauses.lift(None, ["clock"]) > 0
        if not changed:
            return
        text = (
            "This machine's clock is wrong by more than two minutes, as two servers say: nothing is posted until it"
            " is right."
            if wrong
            else "This machine's clock is right again: posting goes on."
        )
        self._notices.tell(Notice("clock", Sentence(text), serious=wrong))
