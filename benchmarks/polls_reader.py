"""The same polls by the library `reader`, in its own environment, with 50 workers."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import feedparser_sgmllib

# reader brings a copy of feedparser that still asks for this module under its old name
sys.modules["sgmllib"] = feedparser_sgmllib
from reader import make_reader  # type: ignore[import-not-found] # noqa: E402

from benchmarks.newsstand import address  # noqa: E402
from benchmarks.stopwatch import timed  # noqa: E402


def main(port: int, count: int, rounds: int) -> None:
    """Measure."""
    with tempfile.TemporaryDirectory() as folder:
        reader = make_reader(str(Path(folder) / "reader.db"))
        reader.add_feed(address(port, "a", count))
        reader.update_feeds()  # whatever is imported at first use
        for n in range(count):
            reader.add_feed(address(port, "a", n))
        with timed("first"):
            reader.update_feeds(workers=50, new=True)
        assert reader.get_entry_counts().total == 50 * (count + 1)
        for _ in range(rounds):
            with timed("unchanged"):
                reader.update_feeds(workers=50, scheduled=False)
        reader.close()


if __name__ == "__main__":
    main(*(int(n) for n in sys.argv[1:4]))
