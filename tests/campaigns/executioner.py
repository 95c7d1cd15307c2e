"""A hand that kills its own process with SIGKILL at a named point of a daemon's or a command's way."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from occupier.bootstrap import House
from occupier.domain.outcome import Outcome
from occupier.domain.ports import Order, Transaction

STEPS: Mapping[str, tuple[str, str]] = {
    "poll": ("articles", "add"),
    "claim": ("actions", "claim"),
    "settle": ("actions", "settle"),
    "observe": ("actions", "observe"),
    "take_over": ("actions", "take_over"),
    "let_go": ("actions", "let_go"),
    "ask": ("actions", "add"),
    "read": ("kiosk", "note"),
    "shelf": ("actions", "read"),
}
"""What a transaction does, by the journal's part and method that do it."""
DURING = 0.003
"""Seconds after its first byte, in which a call on loopback is under way."""


class Executioner:
    """Kills its own process the first time that a point is reached."""

    def __init__(self, point: str) -> None:
        self._point = point

    def at(self, point: str, delay: float = 0) -> None:
        """Die here, or `delay` seconds from here, if this is the place."""
        if point == self._point and delay:
            threading.Timer(delay, os.kill, (os.getpid(), signal.SIGKILL)).start()
        elif point == self._point:
            os.kill(os.getpid(), signal.SIGKILL)

    def surround(self, house: House) -> None:
        """Put the points around the store's commits and the networks' calls."""
        self.watch(house.store)
        connect = house.connect

        def connected() -> None:
            connect()
            for name, network in house.networks.items():
                make_deadly(network, name, self)

        object.__setattr__(house, "connect", connected)

    def watch(self, store: Any) -> None:
        """Put the points around a store's commits."""
        real = store.writing

        @contextmanager
        def writing() -> Iterator[Transaction]:
            steps: list[str] = []
            with real() as tx:
                for step, (part, name) in STEPS.items():
                    owner = getattr(tx, part)
                    setattr(owner, name, _noting(getattr(owner, name), steps, step))
                yield tx
                for step in steps:
                    self.at(f"{step}:before")
            for step in steps:
                self.at(f"{step}:after")

        object.__setattr__(store, "writing", writing)

    def around(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        """Put points before, in and after a call that is no network's."""

        def called(*args: Any, **kwargs: Any) -> Any:
            self.at(f"{name}:before")
            self.at(f"{name}:during", DURING / 3)
            result = method(*args, **kwargs)
            self.at(f"{name}:after")
            return result

        return called


def _noting(method: Any, steps: list[str], step: str) -> Any:
    def noted(*args: Any, **kwargs: Any) -> Any:
        if step not in steps:
            steps.append(step)
        return method(*args, **kwargs)

    return noted


def make_deadly(network: Any, name: str, executioner: Executioner) -> None:
    """Make a network's calls the last thing that a process may do; a point names the account or the verb."""
    apply = network.apply

    def at(order: Order, when: str, delay: float = 0) -> None:
        executioner.at(f"call:{when}:{name}", delay)
        executioner.at(f"call:{when}:{order.verb.value}", delay)

    def deadly(order: Order) -> Outcome:
        at(order, "before")

        def may_begin() -> bool:
            allowed = order.may_begin()
            at(order, "gate")
            at(order, "during", DURING)
            return allowed

        outcome: Outcome = apply(replace(order, may_begin=may_begin))
        at(order, "after")
        return outcome

    network.apply = deadly
    for reading in ("recent", "snapshot"):
        if hasattr(network, reading):
            setattr(network, reading, executioner.around(reading, getattr(network, reading)))
