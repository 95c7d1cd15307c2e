"""Signals: SIGTERM and Ctrl-C stop, SIGHUP reads the settings again."""

from __future__ import annotations

import signal
import time
from types import FrameType

ONE_STROKE = 0.5
"""Seconds within which two Ctrl-C are one: what started us, and has the same terminal, may hand its own on to us."""


class Signals:
    """What the process was told. Plain flags: an event's lock may be held by the very thread that is interrupted."""

    def __init__(self) -> None:
        self.stop = False
        self.reload = False
        self.interrupted = False
        """Whether it was Ctrl-C that stopped it."""
        self._interrupted_at = 0.0

    def listen(self) -> None:
        """SIGTERM and a first Ctrl-C stop, SIGHUP reloads; a second Ctrl-C does not wait. Only in the main thread."""
        signal.signal(signal.SIGTERM, self._on_stop)
        signal.signal(signal.SIGINT, self._on_interrupt)
        signal.signal(signal.SIGHUP, self._on_hangup)

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stop = True

    def _on_interrupt(self, _number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if self.interrupted and now - self._interrupted_at > ONE_STROKE:
            raise KeyboardInterrupt
        self.stop = self.interrupted = True
        self._interrupted_at = now

    def _on_hangup(self, _number: int, _frame: FrameType | None) -> None:
        self.reload = True
