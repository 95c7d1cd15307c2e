"""Watch the clock: while two hosts agree that ours is wrong, nothing is claimed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from occupier.domain.errors import DatabaseError, Sentence
from occupier.domain.ports import Clock, Notice, Notices, Pause, Store
from occupier.domain.setup import Setup

_RECENT = timedelta(hours=1)
_FURTHEST = timedelta(days=1)
"""A host that is further behind than this says more of itself than of us."""
_DOUBTED_FOR = 15 * 60.0
"""Seconds after which a clock of which no host speaks is believed all the same."""


class ClockWatch:
    """Compares our clock with the Date of the hosts that answer."""

    def __init__(self, store: Store, clock: Clock, notices: Notices, setup: Callable[[], Setup]) -> None:
        self._store = store
        self._clock = clock
        self._notices = notices
        self._setup = setup
        self._lock, self._acting = threading.Lock(), threading.Lock()
        self._seen: dict[str, tuple[timedelta, datetime]] = {}
        self._furthest = timedelta(0)
        self._wrong: bool | None = None  # unknown: a pause may stand from before this process
        self._right: tuple[datetime, float] | None = None
        self._doubted: float | None = None

    def now(self) -> datetime:
        """Return what our clock says."""
        return self._clock.now()

    def observe(self, host: str, skew: timedelta | None) -> None:
        """Take one answer's Date less our clock; None where the host gave none."""
        if skew is None:
            return
        with self._lock:
            now = self._clock.now()
            self._seen[host] = (skew, now)
            if abs(skew) <= self._setup().limits.clock_skew:
                self._right = now, self._clock.monotonic()
            self._furthest = min(self._furthest, max(skew, -_FURTHEST))
        # not under the lock that `skew` needs: transactions ask for it
        with self._acting:
            wrong = self._is_wrong()
            if wrong is None or wrong == self._wrong:
                return
            # on the way of a call whose answer matters more: what cannot be written now is at the next answer
            with suppress(DatabaseError):
                self._act(wrong)
                self._wrong = wrong

    def skew(self, host: str) -> timedelta:
        """Return how far the clock of a `host[:port]` is ahead of ours, as last seen; zero if unknown."""
        with self._lock:
            return self._seen.get(urlsplit(f"//{host}").hostname or "", (timedelta(0), None))[0]

    def furthest_behind(self) -> timedelta:
        """Return how far any host's clock was behind ours at worst, as a negative time, since the process began.

        Ours may have been set right since then: what was noted before is still in its wrong hours.
        """
        with self._lock:
            return self._furthest

    def is_believed(self) -> bool:
        """Say whether our clock may end something for ever: close a strike, give up a post as too late.

        Not while hosts say that it is wrong. And not, for a quarter of an hour at most, until a host has said that it
        is right: since the process began, or since it leapt ahead, which the clock of a machine that slept does too.
        """
        if self._wrong:
            return False
        steady = self._clock.monotonic()
        with self._lock:
            if self._right is not None and not self._leapt(*self._right, steady):
                self._doubted = None
                return True
            self._doubted = steady if self._doubted is None else self._doubted
            return steady - self._doubted > _DOUBTED_FOR

    def is_suspect(self) -> bool:
        """Say whether it is not believed although it was right once, or because hosts say that it is wrong."""
        return not self.is_believed() and (self._right is not None or bool(self._wrong))

    def _leapt(self, right_at: datetime, steady_then: float, steady: float) -> bool:
        lead = (self._clock.now() - right_at).total_seconds() - (steady - steady_then)
        return lead > self._setup().limits.clock_skew.total_seconds()

    def _is_wrong(self) -> bool | None:
        """Say whether our clock is wrong; None where nobody knows: one host is no witness, either way."""
        limit, now = self._setup().limits.clock_skew, self._clock.now()
        with self._lock:
            seen = list(self._seen.values())
        # a jump of our own clock makes old sightings lie in the future or far in the past: only recent ones speak
        recent = [skew for skew, at in seen if abs(now - at) <= _RECENT]
        late = [skew for skew in recent if skew > limit]
        early = [skew for skew in recent if skew < -limit]
        right = [skew for skew in recent if abs(skew) <= limit]
        if max(len(late), len(early)) >= 2 and len(right) < 2:
            return True
        return False if right else None

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
