"""Whether SQLite itself finds a file to be whole."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from occupier.domain.errors import DatabaseError
from occupier.storage.footing import is_damage


def check(path: Path) -> list[str]:
    """Return what SQLite finds wrong with the file: nothing for a sound one."""
    try:
        with closing(opened(path, "ro")) as db:
            found = [row[0] for row in db.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
            broken = [f"{row[0]} {row[1]} -> {row[2]}" for row in db.execute("PRAGMA foreign_key_check")]
            return found + broken
    except sqlite3.Error as error:
        return [str(error)]


def require_sound(path: Path) -> None:
    """Look through the whole file, without a write; raises DatabaseError at the first damage."""
    try:
        with closing(opened(path, "ro")) as db:
            found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        if not is_damage(error):
            raise unreadable(path, error) from error
        found = str(error)
    if found != "ok":
        raise DatabaseError(
            "The database {path} is damaged ({cause}): occupier does not begin, and has written nothing. occupier db"
            " check says what can be saved.",
            path=str(path),
            cause=found,
        )


def unreadable(path: Path, error: sqlite3.Error) -> DatabaseError:
    """Return what is said of a file that SQLite cannot read."""
    text = "The database {path} cannot be read: {cause}. occupier db check says what can be saved."
    return DatabaseError(text, path=str(path), cause=str(error))


def opened(path: Path, mode: str) -> sqlite3.Connection:
    """Open a file with SQLite's own driver: `ro`, or `rw`, which makes no empty file of a lost one."""
    return sqlite3.connect(f"file:{_quoted(path)}?mode={mode}", uri=True)


def _quoted(path: Path) -> str:
    return str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
