"""A flight: one call, from looking up the host to the last byte, with one deadline for everything.

What is *surely unsent* is decided by `Flight.begun` alone, which is set just before the first byte of a
request: whatever went wrong earlier (host unknown, refused, TLS, too late) sent nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

CALL_SECONDS = 25.0
"""A call ends by then, all included."""
CONNECT_SECONDS = 5.0
"""The host is found, reached and (https) has shown its certificate by then."""


class Stage(StrEnum):
    """How far a flight came; before `BEGUN`, its value is the reason why nothing was sent."""

    CONNECT = "connect"
    DNS = "dns"
    TLS = "tls"
    LATE = "late"
    BEGUN = "begun"


class TooLate(Exception):
    """The first byte may not be sent any more; nothing was sent."""


class DeadlineReached(TimeoutError):
    """The flight's time is over."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `body` is decoded, and None when it did not come whole. Header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)
    url: str = field(default="", repr=False)


def _always() -> bool:
    return True


@dataclass(eq=False)
class Flight:
    """One call. The connections of `occupier.wire.connection` find it by themselves (`current`).

    Attributes:
        seconds: for the whole call, from its making.
        connect: for the part before the first byte.
        may_begin: asked just before the first byte of every request; False ends the flight unsent.
        monotonic: the clock of the deadline, in seconds.
        begun: whether a byte of a request may have left.
        stage: how far it came.
        answer: the last answer, as soon as its status and headers are there.
        skew: the other's Date less our clock, where it gave one.
    """

    seconds: float = CALL_SECONDS
    connect: float = CONNECT_SECONDS
    may_begin: Callable[[], bool] = field(default=_always, repr=False)
    monotonic: Callable[[], float] = field(default=time.monotonic, repr=False)
    begun: bool = False
    stage: Stage = Stage.CONNECT
    answer: Answer | None = None
    skew: timedelta | None = None

    def __post_init__(self) -> None:
        now = self.monotonic()
        self._deadline = now + self.seconds
        self._connect_deadline = now + min(self.connect, self.seconds)
        self._dialling = True

    @property
    def over(self) -> bool:
        """Whether the time of the whole call is up."""
        return self.monotonic() >= self._deadline

    def left(self) -> float:
        """Return the seconds left for the next wait; raises DeadlineReached when there are none."""
        end = self._connect_deadline if self._dialling else self._deadline
        left = end - self.monotonic()
        if left <= 0:
            raise DeadlineReached("the call took too long")
        return left

    def connecting(self) -> None:
        """Give another connection its time to connect, within the whole (a redirect, a second page)."""
        self._dialling = True
        self._connect_deadline = min(self.monotonic() + self.connect, self._deadline)

    def reached(self, stage: Stage) -> None:
        """Note how far it came; once begun, for ever begun."""
        if not self.begun:
            self.stage = stage

    def begin(self) -> None:
        """Ask whether the first byte may go, and note that it goes; raises TooLate."""
        if self.over or not self.may_begin():
            self.reached(Stage.LATE)
            raise TooLate("too late to begin")
        self.stage, self.begun, self._dialling = Stage.BEGUN, True, False


_current: ContextVar[Flight | None] = ContextVar("flight", default=None)


def current() -> Flight | None:
    """Return the flight that this call belongs to."""
    return _current.get()


@contextmanager
def flight(
    seconds: float = CALL_SECONDS,
    connect: float = CONNECT_SECONDS,
    may_begin: Callable[[], bool] = _always,
    monotonic: Callable[[], float] = time.monotonic,
) -> Iterator[Flight]:
    """Open a flight: every request, and every reading of a body, inside belongs to it."""
    opened = Flight(seconds, connect, may_begin, monotonic)
    token = _current.set(opened)
    try:
        yield opened
    finally:
        _current.reset(token)


@contextmanager
def joined() -> Iterator[Flight]:
    """Join the flight that is under way, or open one with the default times."""
    under_way = _current.get()
    if under_way is not None:
        yield under_way
        return
    with flight() as opened:
        yield opened
