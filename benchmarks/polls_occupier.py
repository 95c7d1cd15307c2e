"""Our polls: ``python -m benchmarks.polls_occupier PORT FEEDS ROUNDS``. First readings, then unchanged ones."""

from __future__ import annotations

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.newsroom import settings_of
from benchmarks.newsstand import address
from benchmarks.stopwatch import timed
from occupier.bootstrap import House, open_house
from occupier.daemon import POLLERS


def poll_all(house: House, pool: ThreadPoolExecutor) -> None:
    """Ask every feed once, as the daemon does when all are due."""
    house.watching.due()
    polled = list(pool.map(house.watching.poll, house.live.setup().feeds))
    assert not any(one.failed for one in polled)


def main(port: int, count: int, rounds: int) -> None:
    """Measure."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(POLLERS) as pool:
        settings = settings_of((address(port, "a", n) for n in range(count + 1)), Path(folder))
        house = open_house(settings, create=True)
        house.watching.poll(house.live.setup().feeds[count])  # whatever is imported at first use
        with timed("first"):
            poll_all(house, pool)
        for _ in range(rounds):
            with timed("unchanged"):
                poll_all(house, pool)
        house.store.close()


if __name__ == "__main__":
    main(*(int(n) for n in sys.argv[1:4]))
