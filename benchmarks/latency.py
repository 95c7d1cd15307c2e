"""From an article in the feed to its strike posts accepted: ``python -m benchmarks.latency ARTICLES``.

The daemon is the real one, the networks are the sandbox in a process of its own, on loopback. What is waited for on
purpose is left out: the feed is asked as soon as the article is there, and the accounts have no spacing.
"""

from __future__ import annotations

import json
import queue
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import quantiles

from occupier.bootstrap import SystemClock, open_house
from occupier.daemon import Daemon
from occupier.domain.ports import Notice
from tests.campaigns.world import World, networks


class Told:
    """When each post was accepted."""

    def __init__(self) -> None:
        self.sent: queue.SimpleQueue[float] = queue.SimpleQueue()

    def tell(self, notice: Notice) -> None:
        """Note the hour of a post."""
        if notice.kind == "sent":
            self.sent.put(time.perf_counter())


def latencies(articles: int) -> tuple[list[float], float]:
    """Return the seconds that each post took, and the CPU of our process for an article and its three posts."""
    found, cpu = [], 0.0
    with tempfile.TemporaryDirectory() as folder, networks() as net:
        world, told = World(Path(folder), net, 1.0), Told()
        net.publish("Déjà là")
        house = open_house(world.settings(), told, clock=SystemClock(), create=True)
        house.connect()
        source = house.live.setup().feeds[0]
        house.watching.poll(source)
        world.declare("greve", 3600)
        daemon = Daemon(house, world.settings)
        # its own polls would come at their own hours
        house.watching.due = lambda: ([], None)  # type: ignore[method-assign]
        running = threading.Thread(target=daemon.run)
        running.start()
        for n in range(articles + 3):
            if n == 3:  # the first ones import what is imported when first used
                cpu = time.process_time()
            net.publish(f"Article {n}")
            began = time.perf_counter()
            house.watching.poll(source)
            daemon.lanes.wake()
            took = [told.sent.get(timeout=60) - began for _ in house.live.setup().accounts]
            found += took if n >= 3 else []
        cpu = (time.process_time() - cpu) / articles
        daemon.stop.set()
        running.join()
        house.store.close()
    return found, cpu


def main(articles: int) -> None:
    """Print the median and the 99th of a hundred, in seconds."""
    found, cpu = latencies(articles)
    cuts = quantiles(found, n=100)
    print(json.dumps({"p50": cuts[49], "p99": cuts[98], "CPU s for an article": cpu}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
