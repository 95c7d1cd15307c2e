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
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.campaigns.executioner import Executioner
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
