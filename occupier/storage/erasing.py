"""Bytes really gone: what a destruction left in the file, in its WAL and in the copies beside it."""

from __future__ import annotations

import glob
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from occupier.domain.errors import DatabaseError
from occupier.storage.engine import BUSY_MS


def scrub(path: Path, busy_ms: int = BUSY_MS) -> None:
    """Write the database anew without its old bytes, and empty its WAL; the caller holds the lock.

    Whoever else reads it is waited for, `busy_ms` at most.

    `secure_delete` alone would leave what older versions of a row left in the slack of a page (SQLite, "PRAGMA
    secure_delete"); VACUUM copies only what is there, and the checkpoint cuts the WAL to nothing.

    Raises:
        DatabaseError: somebody else reads the database, so that its WAL cannot be emptied; or it cannot be written.
    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute(f"PRAGMA busy_timeout = {busy_ms}")
            db.execute("PRAGMA secure_delete = ON")
            db.execute("VACUUM")
            busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.Error as error:
        raise DatabaseError(
            "The old bytes in {path} could not be erased: {cause}. Type the same command again.",
            path=str(path),
            cause=str(error),
        ) from error
    if busy:
        raise DatabaseError(
            "The old bytes beside {path} could not be erased: something else is reading it. End it, and type the same"
            " command again.",
            path=str(path),
        )


def copies(path: Path) -> Iterator[Path]:
    """Yield the copies that occupier made of a database, those of its dry runs too, which are no less of it."""
    dry = path.with_name(f"{path.name}.dry-run")
    for base in (path, dry):
        yield from sorted(path.parent.glob(f"{glob.escape(base.name)}.*.bak"))
        yield from (made for made in [base.with_name(f"{base.name}.restoring")] if made.exists())
    if dry.exists():
        yield dry
