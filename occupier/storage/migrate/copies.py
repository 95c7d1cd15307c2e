"""Copies of a database, what is still in its WAL included."""

from __future__ import annotations

import glob
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from occupier.domain.errors import DatabaseError
from occupier.storage.migrate.soundness import opened

COPIES_KEPT = 3
ENDS = ("", "-wal", "-shm", "-journal")
"""Of the names of the files that make up one database."""


def copy(path: Path, now: datetime, *, spare: Path | None = None) -> Path:
    """Copy the database as it stands, what is still in its WAL included; keep the last three copies.

    Args:
        path: the database.
        now: names the copy (aware).
        spare: a copy that is needed yet, neither replaced nor removed.

    Raises:
        DatabaseError: it cannot be copied; what was begun is removed.
    """
    target = free_name(path, now)
    try:
        back_up(path, target)
    except DatabaseError:
        target.unlink(missing_ok=True)
        raise
    # by name: a clock that was set back makes the newest copy look like the oldest
    needed = {target.resolve(), spare.resolve() if spare else None}
    for old in sorted(path.parent.glob(f"{glob.escape(path.name)}.*.bak"))[:-COPIES_KEPT]:
        if old.resolve() not in needed:
            old.unlink(missing_ok=True)
    return target


def free_name(path: Path, now: datetime) -> Path:
    """Return a name for a copy, after an instant (aware), that no file has."""
    names = (f"{path.name}.{now.astimezone(UTC) + timedelta(seconds=n):%Y%m%dT%H%M%SZ}.bak" for n in count())
    return next(target for name in names if not (target := path.with_name(name)).exists())


def back_up(source: Path, target: Path) -> None:
    """Write one database over another; raises DatabaseError."""
    # SQLite's own backup: copying the file alone would lose what is in the WAL
    try:
        target.touch(0o600)
        with closing(opened(source, "rw")) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
        target.chmod(0o600)
    except (sqlite3.Error, OSError) as error:
        raise DatabaseError(
            "The database {path} cannot be copied to {target}: {cause}.",
            path=str(source),
            target=str(target),
            cause=str(error),
        ) from error


def remove(path: Path) -> None:
    """Remove a database with the files that go with it."""
    for end in ENDS:
        Path(f"{path}{end}").unlink(missing_ok=True)
