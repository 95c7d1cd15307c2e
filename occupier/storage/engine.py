"""One SQLite file, safely: WAL, a durable commit, foreign keys, and writers that queue."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event

BUSY_MS = 5000
"""How long a writer waits for another process."""
_KEPT_BY_CONNECTION = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})
"""Primary codes of the errors that a connection may go on with after their cause is gone."""
WRITES = {"occupier_writes": True}
"""The execution options of a connection that is going to write."""


def database_url(path: Path) -> URL:
    """Return the address of that file, whatever characters its name has."""
    return URL.create("sqlite", database=str(path))


def make_engine(path: Path, busy_ms: int = BUSY_MS) -> Engine:
    """Return an engine on that file; nothing is opened yet.

    `BEGIN IMMEDIATE` takes the write lock at once: a deferred one fails half of the time under load, whatever the
    busy timeout (SQLite, "Isolation", and measured).
    """
    engine = create_engine(database_url(path), pool_size=5, max_overflow=-1)
    event.listen(engine, "connect", lambda connection, _record: _configure(connection, busy_ms))
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _reopen)
    return engine


def _reopen(context: ExceptionContext) -> None:
    # a file that could not be opened for writing, once, stays read-only for the connection that opened it
    code = getattr(context.original_exception, "sqlite_errorcode", None)
    if code is not None and code & 0xFF in _KEPT_BY_CONNECTION:
        context.is_disconnect = True


def _configure(connection: sqlite3.Connection, busy_ms: int) -> None:
    # the driver's own idea of transactions is switched off: `_begin` says when one starts
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {busy_ms}")
    enter_wal(connection, busy_ms)
    for pragma in ("synchronous = FULL", "foreign_keys = ON", "recursive_triggers = ON"):
        connection.execute(f"PRAGMA {pragma}")


def enter_wal(
    connection: sqlite3.Connection, busy_ms: int = BUSY_MS, wait: Callable[[float], None] = time.sleep
) -> None:
    """Put the file in WAL mode, once for all; raises sqlite3.OperationalError if it stays locked for `busy_ms`.

    Of two connections that make this change together SQLite refuses one at once, whatever its busy timeout (measured).
    """
    end = time.monotonic() + busy_ms / 1000
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= end:
                raise
            wait(0.01)


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("occupier_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
