"""Looking at the database before it is needed, without changing a byte of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from occupier.domain.errors import DatabaseError
from occupier.storage.migrate import require_current, require_sound

_WAIT = 1.0
"""Seconds: whoever writes at this moment can."""


def probe(path: Path) -> None:
    """Look whether the database is of this version, whole, and yours to write in; raises DatabaseError."""
    require_current(path)
    require_sound(path)
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, timeout=_WAIT)) as db:
            db.isolation_level = None
            db.execute("BEGIN IMMEDIATE")
            db.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            return
        raise DatabaseError(
            "The database {path} cannot be written to ({cause}): give this user the right to write there.",
            path=str(path),
            cause=str(error),
        ) from error
