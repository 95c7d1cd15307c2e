"""The file under the journal: the one that was opened, and sound, or nothing is asked of it."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from occupier.domain.errors import DatabaseError

_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PRIMARY = 0xFF
"""SQLite's extended codes keep the primary one in their low byte."""


class Footing:
    """Looks at the file before every transaction, which costs one call to the system.

    SQLite holds on to the file that it opened: what it writes after that file was removed or replaced is lost with it,
    and posts would go out that no journal knows of.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: tuple[int, int] | None = None
        self._size = 0
        self._damaged = False

    def require(self) -> None:
        """Raise DatabaseError unless this is the file that was there at first, and no damage was ever found in it."""
        if not self._damaged:
            self._look()
        if self._damaged:
            raise DatabaseError(
                "The database {path} is damaged: nothing more is written to it and nothing is posted. Stop occupier;"
                " occupier db check then says what can be saved.",
                path=str(self._path),
            )

    def _look(self) -> None:
        # read before looking: several threads look at once, and meanwhile the file may grow
        known, size = self._file, self._size
        try:
            found = os.stat(self._path)
        except OSError as error:
            text = "The database {path} is out of reach ({cause}): nothing is posted until it is back."
            raise DatabaseError(text, path=str(self._path), cause=error.strerror) from error
        file = (found.st_dev, found.st_ino)
        if known not in (None, file):
            text = (
                "The database {path} was replaced by another file while occupier runs: nothing is posted any more. Put"
                " the first one back, or stop occupier and type occupier db restore."
            )
            raise DatabaseError(text, path=str(self._path))
        # only the destruction of a register makes it smaller, and then the file itself says by how much
        self._damaged = self._damaged or (found.st_size < size and not _is_whole(self._path, found.st_size))
        self._file, self._size = file, found.st_size

    def note(self, error: BaseException | None) -> None:
        """Remember an error of SQLite's that means damage: a damaged file is not written to."""
        self._damaged = self._damaged or is_damage(error)


def _is_whole(path: Path, size: int) -> bool:
    """Say whether a file is as long as its header says (SQLite, "Database File Format", 1.3)."""
    with path.open("rb") as file:
        header = file.read(32)
    page = int.from_bytes(header[16:18], "big")
    pages = int.from_bytes(header[28:32], "big")
    return header.startswith(b"SQLite format 3\0") and pages * (65536 if page == 1 else page) == size


def is_damage(error: BaseException | None) -> bool:
    """Say whether an error of SQLite's means that the file itself is damaged."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & _PRIMARY in _DAMAGE
