"""What is being done, said only when it takes long enough to wonder."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

from occupier.domain.errors import Sentence
from occupier.speech import say

AFTER = 1.0
"""Seconds of silence."""


class Alarm(Protocol):
    """What rings once, unless it is cancelled."""

    def start(self) -> None:
        """Begin to wait."""

    def cancel(self) -> None:
        """Do not ring any more."""


def _timer(seconds: float, ring: Callable[[], None]) -> Alarm:
    timer = threading.Timer(seconds, ring)
    timer.daemon = True
    return timer


class Progress:
    """Use it as a context; after a second, the step under way is said, and then each one as it begins."""

    def __init__(
        self, tell: Callable[[str], None], alarm: Callable[[float, Callable[[], None]], Alarm] = _timer
    ) -> None:
        self._tell = tell
        self._lock = threading.Lock()
        self._step: Sentence | None = None
        self._is_long = False
        self._alarm = alarm(AFTER, self._ring)

    def __enter__(self) -> Self:
        self._alarm.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._alarm.cancel()

    def step(self, sentence: Sentence) -> None:
        """Begin a step."""
        with self._lock:
            self._step = sentence
            if self._is_long:
                self._tell(say(sentence))

    def _ring(self) -> None:
        with self._lock:
            self._is_long = True
            if self._step is not None:
                self._tell(say(self._step))
