"""What can still be read of a damaged database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

TABLES = ("strikes", "articles", "actions", "attempts", "events")
"""What a log is made of."""


def readable_rows(database: Path) -> dict[str, int]:
    """Return how many rows of each table can be read before the damage stops the reading; never raises."""
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as db:
            return {table: _count(db, table) for table in TABLES}
    except sqlite3.Error:
        return dict.fromkeys(TABLES, 0)


def _count(db: sqlite3.Connection, table: str) -> int:
    # row by row: COUNT would read an index and call rows readable that are not
    return sum(1 for _ in _rows(db, table))


def _rows(db: sqlite3.Connection, table: str) -> Iterator[object]:
    try:
        yield from db.execute(f"SELECT * FROM {table} NOT INDEXED")
    except sqlite3.Error:
        return
