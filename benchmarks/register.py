"""The log of very many substitutions, a page and the whole: ``python -m benchmarks.register COUNT``."""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from statistics import median

from benchmarks.ledger import EVERY, START, fill
from benchmarks.pages import house_on, pages, writings
from occupier.bootstrap import SystemClock
from occupier.domain.ports import LogQuery
from occupier.storage.store import SqlStore

_BARE = """
SELECT a.*, s.name, t.name, t.platform, r.link, r.title, r.first_seen_at, r.published_at, p.outcome, p.excerpt,
    (SELECT f.name FROM feeds f JOIN article_feeds x ON x.feed_id = f.id WHERE x.article_id = a.article_id LIMIT 1)
FROM actions a JOIN targets t ON t.id = a.target_id LEFT JOIN articles r ON r.id = a.article_id
LEFT JOIN strikes s ON s.id = a.strike_id LEFT JOIN attempts p ON p.action_id = a.id AND p.n = a.attempts ORDER BY a.id
"""


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU that some work takes."""
    began = time.process_time()
    work()
    return time.process_time() - began


def page(store: SqlStore, query: LogQuery) -> float:
    """Return the median of what a page takes."""

    def read() -> None:
        with store.reading() as tx:
            assert len(list(tx.register.records(query))) == query.limit

    return median(seconds(read) for _ in range(21))


def export(store: SqlStore) -> None:
    """Write every record as JSON, to nowhere."""
    with store.reading() as tx, Path(os.devnull).open("w") as out:
        for record in tx.register.records(LogQuery()):
            out.write(json.dumps(record, ensure_ascii=False))


def bare_export(path: Path) -> None:
    """Do the same with sqlite3 and json alone."""
    with closing(sqlite3.connect(path)) as db, Path(os.devnull).open("w") as out:
        db.row_factory = sqlite3.Row
        for row in db.execute(_BARE):
            out.write(json.dumps(dict(row), ensure_ascii=False))


def figures(count: int) -> dict[str, float]:
    """Return seconds; and by how many megabytes the peak of memory grew while everything was exported."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "occupier.db"
        fill(path, count)
        store = SqlStore(path, SystemClock())
        middle = START + EVERY * (count // 2)
        found = {
            "page, account and week": page(
                store, LogQuery(account="x", since=middle, until=middle + timedelta(days=7), limit=50)
            ),
            "page, account and half": page(store, LogQuery(account="x", since=START, until=middle, limit=50)),
            "page, newest": page(store, LogQuery(limit=50)),
        }
        before = _peak()
        found["export"] = seconds(lambda: export(store))
        found["export, megabytes more"] = _peak() - before
        found["export, bare loop"] = seconds(lambda: bare_export(path))
        store.close()
        found |= read(path, count)
    return found


def read(path: Path, count: int) -> dict[str, float]:
    """Return what pages, exports and the account of the strike take; and by how much the peak of memory grew."""
    house = house_on(path)
    try:
        found = pages(house, count)
        before = _peak()
        found |= writings(house)
        found["exports and report, megabytes more"] = _peak() - before
    finally:
        house.store.close()
    return found


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(json.dumps(figures(int(sys.argv[1]))))
