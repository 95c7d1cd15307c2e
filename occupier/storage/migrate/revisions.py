"""How a database stands to this code, by the revision that is written in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from occupier.domain.errors import DatabaseError
from occupier.storage.migrate.soundness import opened, unreadable

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0001"
"""The revision of this code; a test holds it against the migrations."""


class Standing(StrEnum):
    """How a database stands to this code."""

    MISSING = "missing"
    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"


def revision(path: Path) -> str | None:
    """Return the database's revision, None for an empty file; raises DatabaseError if it is no database."""
    try:
        with closing(opened(path, "ro")) as db:
            tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if "alembic_version" not in tables:
                if tables:
                    raise DatabaseError("{path} is a database, but not one of occupier's.", path=str(path))
                return None
            row = db.execute("SELECT version_num FROM alembic_version").fetchone()
            return row[0] if row else None
    except sqlite3.Error as error:
        raise unreadable(path, error) from error


def standing(path: Path) -> Standing:
    """Compare a database with this code."""
    if not path.exists():
        return Standing.MISSING
    found = revision(path)
    if found is None:
        return Standing.MISSING
    if found == HEAD:
        return Standing.CURRENT
    return Standing.OLDER if found in _known_revisions() else Standing.NEWER


def require_current(path: Path) -> None:
    """Raise DatabaseError unless the database exists and is of this version."""
    stands = standing(path)
    if stands is Standing.MISSING:
        raise DatabaseError(
            "There is no database at {path} yet: occupier run or occupier strike declare makes it.",
            path=str(path),
        )
    refuse_newer(path, stands)
    if stands is Standing.OLDER:
        raise DatabaseError(
            "The database {path} was made by an older occupier: stop the daemon, then type occupier db upgrade.",
            path=str(path),
        )


def refuse_newer(path: Path, stands: Standing) -> None:
    """Raise DatabaseError of a database that a newer occupier made."""
    if stands is Standing.NEWER:
        raise DatabaseError(
            "The database {path} was made by a newer occupier than this one: install that version again.",
            path=str(path),
        )


def _known_revisions() -> set[str]:
    from alembic.script import ScriptDirectory

    return {script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()}


def alembic_config(connection: object = None) -> Config:
    """Return what Alembic is told: where the migrations are, and the connection on which they run."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def migrations_folder() -> Path:
    """Return where the migrations are: inside the installed package, else beside it in a checkout.

    An editable install leaves no current copy inside the package, so the checkout goes first when there is one.
    """
    package = Path(str(files("occupier")))
    beside = package.parent / "migrations"
    return beside if (beside / "env.py").exists() else package / "migrations"
