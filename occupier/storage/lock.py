"""One holder: a lock of the operating system, which a kill -9 frees and a paused process keeps."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from occupier.domain.errors import DatabaseError, HeldElsewhere


def lock_path(database: Path) -> Path:
    """Return the file that is locked: beside the database, never the database itself."""
    return database.with_name(database.name + ".lock")


@contextmanager
def holding(database: Path) -> Iterator[None]:
    """Hold the database for as long as the block runs.

    Raises:
        HeldElsewhere: another occupier holds it.
        DatabaseError: the lock's file cannot be made.
    """
    with _locked(database, fcntl.LOCK_EX):
        yield


@contextmanager
def _locked(database: Path, kind: int) -> Iterator[None]:
    try:
        handle = os.open(lock_path(database), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DatabaseError(
            "The lock {path} cannot be opened: {cause}. Its folder must be there, and yours to write in.",
            path=str(lock_path(database)),
            cause=error.strerror,
        ) from error
    try:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HeldElsewhere(
                "Another occupier is running on {path}: it does the work. See occupier status.",
                path=str(database),
            ) from None
        yield
    finally:
        os.close(handle)


def is_held(database: Path) -> bool:
    """Say whether an occupier is running on this database."""
    if not lock_path(database).exists():
        return False
    try:
        # shared: two who ask at once do not take each other for a daemon
        with _locked(database, fcntl.LOCK_SH):
            return False
    except HeldElsewhere:
        return True
