"""One SQLite file, safely: WAL, a durable commit, foreign keys, and writers that queue."""

from __future__ import annotations

import sqlite3
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
    for pragma in (
        f"busy_timeout = {busy_ms}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "recursive_triggers = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("occupier_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
