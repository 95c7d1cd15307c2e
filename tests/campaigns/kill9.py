"""kill -9, at every named point of the path and at random times, until everything is through.

    python -m tests.campaigns.kill9 --runs 1000 --seed 7

Named points: before and after each commit, before, during and after each call, on each of the three networks.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from occupier.bootstrap import House
from occupier.domain.outcome import Outcome
from occupier.domain.ports import Order, Transaction
from tests.campaigns.world import Tally, World, networks, tally

COMMITS = ("poll", "claim", "settle", "observe")
CALLS = ("before", "gate", "during", "after")
PLATFORMS = ("mastodon", "x", "facebook")
POINTS = (
    [f"{step}:{when}" for step in COMMITS for when in ("before", "after")]
    + [f"call:{when}:{platform}" for when in CALLS for platform in PLATFORMS]
    + ["any"]
)
PATIENCE = 2.5
"""Seconds after which a point that was not reached is replaced by a kill at whatever happens then."""
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
        store, connect = house.store, house.connect
        real = store.writing
        executioner = self

        @contextmanager
        def writing() -> Iterator[Transaction]:
            steps: list[str] = []
            with real() as tx:
                _note(tx, steps)
                yield tx
                for step in steps:
                    executioner.at(f"{step}:before")
            for step in steps:
                executioner.at(f"{step}:after")

        def connected() -> None:
            connect()
            for name, network in list(house.networks.items()):
                house.networks[name] = Deadly(network, name, executioner)

        object.__setattr__(store, "writing", writing)
        object.__setattr__(house, "connect", connected)


def _note(tx: Transaction, steps: list[str]) -> None:
    """Remember which steps of the path a transaction takes."""
    for owner, name, step in (
        (tx.actions, "claim", "claim"),
        (tx.actions, "settle", "settle"),
        (tx.actions, "observe", "observe"),
        (tx.articles, "add", "poll"),
    ):
        setattr(owner, name, _noting(getattr(owner, name), steps, step))


def _noting(method: Any, steps: list[str], step: str) -> Any:
    def noted(*args: Any, **kwargs: Any) -> Any:
        if step not in steps:
            steps.append(step)
        return method(*args, **kwargs)

    return noted


class Deadly:
    """A network whose calls may be the last thing that a process does."""

    def __init__(self, network: Any, name: str, executioner: Executioner) -> None:
        self._network, self._name, self._executioner = network, name, executioner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._network, name)

    def apply(self, order: Order) -> Outcome:
        """Make the call, dying before it, at its first byte, or after its answer."""
        self._executioner.at(f"call:before:{self._name}")

        def may_begin() -> bool:
            allowed = order.may_begin()
            self._executioner.at(f"call:gate:{self._name}")
            self._executioner.at(f"call:during:{self._name}", DURING)
            return allowed

        gated = Order(order.verb, order.payload, order.idempotency_key, order.seconds, may_begin)
        outcome: Outcome = self._network.apply(gated)
        self._executioner.at(f"call:after:{self._name}")
        return outcome


def campaign(runs: int, seed: int, *, factor: float, visible_after: float, ignore_keys: bool, patience: float) -> Tally:
    """Kill a daemon `runs` times while a newsroom publishes; return what was found."""
    chance, result, links = random.Random(seed), Tally(runs=runs), []
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        networks(visible_after=visible_after / factor, ignore_keys=ignore_keys) as net,
    ):
        world = World(Path(folder), net, factor)
        net.publish("Déjà là avant tout")
        _baseline(world)
        world.declare("campagne", 6 * 3600)
        points = [POINTS[n % len(POINTS)] for n in range(runs)]
        chance.shuffle(points)
        for n, point in enumerate(points):
            links.append(net.publish(f"Article {n} de la campagne"))
            pid = world.start(Executioner(point).surround)
            result.reached += world.kill(pid, chance.uniform(0.1, patience) if point == "any" else patience)
        world.settle(3 * len(links), 60 + runs / 5)
        tally(world, links, result)
    result.seconds = round(time.monotonic() - began, 1)
    return result


def _baseline(world: World) -> None:
    """Let a first daemon read the feed as it is."""
    pid, end = world.start(), time.monotonic() + 20
    while time.monotonic() < end:
        house = world.house()
        with house.store.reading() as tx:
            seen = any(feed.baseline_at for feed in tx.feeds.all())
        house.store.close()
        if seen:
            break
        time.sleep(0.05)
    os.kill(pid, signal.SIGTERM)
    os.waitpid(pid, 0)


def main() -> int:
    """Run the campaign and print its table; 1 if anything was doubled, lost or wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--factor", type=float, default=40, help="what the waits of the design are divided by")
    parser.add_argument("--visible-after", type=float, default=30, help="seconds, divided alike")
    parser.add_argument("--honour-keys", action="store_true", help="a Mastodon that honours the Idempotency-Key")
    parser.add_argument("--patience", type=float, default=PATIENCE)
    options = parser.parse_args()
    result = campaign(
        options.runs,
        options.seed,
        factor=options.factor,
        visible_after=options.visible_after,
        ignore_keys=not options.honour_keys,
        patience=options.patience,
    )
    keys = "honoured" if options.honour_keys else "ignored"
    title = f"kill -9 · waits divided by {options.factor:g} · seed {options.seed} · keys {keys}"
    print(result.table(f"{title} · {datetime.now(UTC):%Y-%m-%d}"))
    return 0 if result.clean else 1


if __name__ == "__main__":
    sys.exit(main())
