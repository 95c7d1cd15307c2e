"""Polls: feeds are asked side by side, on threads of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from occupier.bootstrap import House
from occupier.daemon.jobs import Jobs
from occupier.domain.setup import FeedSource

POLLERS = 50
"""Feeds that are asked at the same time, at most."""


class Polls:
    """Asks each feed when its hour has come. `found`: told that a poll has written actions."""

    def __init__(self, house: House, jobs: Jobs, stop: threading.Event, found: Callable[[], None]) -> None:
        self._house = house
        self._jobs = jobs
        self._stop = stop
        self._found = found
        self._pollers = ThreadPoolExecutor(POLLERS, thread_name_prefix="poll")
        self._polling: set[str] = set()
        self._asked_at = datetime.min.replace(tzinfo=UTC)
        self.next_at: datetime | None = None
        """When the next feed is due; None: nobody knows, so that it must be looked up."""

    def is_due(self, now: datetime) -> bool:
        """Say whether it must be looked up which feeds to ask."""
        # asked earlier than now only: a clock that was set back makes every hour a new question
        return self.next_at is None or not self._asked_at <= now < self.next_at

    def hand_out(self) -> None:
        """Have the feeds asked that are due, and that nobody is asking."""
        self._asked_at = self._house.clock.now()
        busy = set(self._polling)
        ready, next_at = self._house.watching.due()
        # a poll that ends meanwhile moves its feed's hour, unseen here: look again at the next tick
        self.next_at = None if busy or ready else next_at
        for source in ready:
            if source.name not in self._polling and not self._stop.is_set():
                self._polling.add(source.name)
                self._pollers.submit(self.poll, source)

    def forget(self) -> None:
        """Look up anew which feeds are due: the settings have changed."""
        self.next_at = None

    def poll(self, source: FeedSource) -> None:
        """Ask one feed."""
        name = f"poll:{source.name}"
        try:
            with self._jobs.guarded(name):
                if self._house.watching.poll(source).actions:
                    self._found()
        finally:
            self._jobs.forget_stuck(name)
            self._polling.discard(source.name)

    def ask_all(self) -> None:
        """Ask every feed once, due or not, and note what was found."""
        for _ in self._pollers.map(self.poll, self._house.live.setup().feeds):
            pass
        self._house.watching.write_notes()

    def end(self, *, wait: bool = False) -> None:
        """Ask no more feeds; `wait` for those that are being asked."""
        self._pollers.shutdown(wait=wait, cancel_futures=not wait)
