"""One SQLite file, safely: WAL, a durable commit, foreign keys, and writers that queue."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

BUSY_MS = 5000
"""How long a writer waits for another process."""
WRITES = {"occupier_writes": True}
"""The execution options of a connection that is going to write."""


def make_engine(path: Path) -> Engine:
    """Return an engine on that file; nothing is opened yet.

    `BEGIN IMMEDIATE` takes the write lock at once: a deferred one fails half of the time under load, whatever the
    busy timeout (SQLite, "Isolation", and measured).
    """
    engine = create_engine(f"sqlite:///{path}", pool_size=5, max_overflow=-1)
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _configure(connection: sqlite3.Connection, _record: Any) -> None:
    # the driver's own idea of transactions is switched off: `_begin` says when one starts
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {BUSY_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "recursive_triggers = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("occupier_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
