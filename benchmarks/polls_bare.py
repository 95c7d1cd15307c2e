"""The same requests by a bare loop of the same HTTP client: nothing is parsed, bounded, judged or stored."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

from urllib3 import PoolManager

from benchmarks.newsstand import address
from benchmarks.stopwatch import timed


def main(port: int, count: int, rounds: int) -> None:
    """Measure, with one thread and with fifty."""
    client = PoolManager(num_pools=128, maxsize=8)
    urls = [address(port, "a", n) for n in range(count)]
    etags = {url: client.request("GET", url).headers["ETag"] for url in urls}

    def ask(url: str) -> None:
        assert client.request("GET", url, headers={"If-None-Match": etags[url]}).status == 304

    for _ in range(rounds):
        with timed("one thread"):
            for url in urls:
                ask(url)
        with ThreadPoolExecutor(50) as pool, timed("fifty threads"):
            list(pool.map(ask, urls))


if __name__ == "__main__":
    main(*(int(n) for n in sys.argv[1:4]))
