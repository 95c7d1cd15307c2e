"""The database's own life: created, upgraded, copied, restored, checked."""

from __future__ import annotations

import glob
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, event
from sqlalchemy.pool import NullPool

from occupier.domain.errors import DatabaseError
from occupier.storage.engine import database_url, enter_wal
from occupier.storage.footing import is_damage

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0001"
"""The revision of this code; a test holds it against the migrations."""
COPIES_KEPT = 3
ENDS = ("", "-wal", "-shm", "-journal")
"""Of the names of the files that make up one database."""


class Standing(StrEnum):
    """How a database stands to this code."""

    MISSING = "missing"
    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"


def migrations_folder() -> Path:
    """Return where the migrations are: inside the installed package, else beside it in a checkout.

    An editable install leaves no current copy inside the package, so the checkout goes first when there is one.
    """
    package = Path(str(files("occupier")))
    beside = package.parent / "migrations"
    return beside if (beside / "env.py").exists() else package / "migrations"


def revision(path: Path) -> str | None:
    """Return the database's revision, None for an empty file; raises DatabaseError if it is no database."""
    try:
        with closing(_open(path, "ro")) as db:
            tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if "alembic_version" not in tables:
                if tables:
                    raise DatabaseError("{path} is a database, but not one of occupier's.", path=str(path))
                return None
            row = db.execute("SELECT version_num FROM alembic_version").fetchone()
            return row[0] if row else None
    except sqlite3.Error as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: sqlite3.Error) -> DatabaseError:
    text = "The database {path} cannot be read: {cause}. occupier db check says what can be saved."
    return DatabaseError(text, path=str(path), cause=str(error))


def _quoted(path: Path) -> str:
    return str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


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
    _refuse_newer(path, stands)
    if stands is Standing.OLDER:
        raise DatabaseError(
            "The database {path} was made by an older occupier: stop the daemon, then type occupier db upgrade.",
            path=str(path),
        )


def _refuse_newer(path: Path, stands: Standing) -> None:
    if stands is Standing.NEWER:
        raise DatabaseError(
            "The database {path} was made by a newer occupier than this one: install that version again.",
            path=str(path),
        )


def create_if_missing(path: Path) -> None:
    """Make a new database where there is none; an existing one is left as it is, and must be sound.

    Whoever makes a database is about to write: what is damaged is better found by looking than by writing.
    """
    if standing(path) is Standing.MISSING:
        _run_migrations(path)
    else:
        require_sound(path)


def upgrade(path: Path, now: datetime) -> Path | None:
    """Bring the database to this version, after a copy; the caller holds the lock.

    Returns:
        The copy made before, or None if there was nothing to change.

    Raises:
        DatabaseError: a newer database, or one that cannot be migrated; it is then as it was.
    """
    stands = standing(path)
    _refuse_newer(path, stands)
    if stands is Standing.CURRENT:
        return None
    saved = copy(path, now) if stands is Standing.OLDER else None
    _run_migrations(path)
    return saved


def copy(path: Path, now: datetime, *, spare: Path | None = None) -> Path:
    """Copy the database as it stands, what is still in its WAL included; keep the last three copies.

    Args:
        path: the database.
        now: names the copy (aware).
        spare: a copy that is needed yet, neither replaced nor removed.

    Raises:
        DatabaseError: it cannot be copied; what was begun is removed.
    """
    target = _free_name(path, now)
    try:
        _back_up(path, target)
    except DatabaseError:
        target.unlink(missing_ok=True)
        raise
    # by name: a clock that was set back makes the newest copy look like the oldest
    needed = {target.resolve(), spare.resolve() if spare else None}
    for old in sorted(path.parent.glob(f"{glob.escape(path.name)}.*.bak"))[:-COPIES_KEPT]:
        if old.resolve() not in needed:
            old.unlink(missing_ok=True)
    return target


def _free_name(path: Path, now: datetime) -> Path:
    names = (f"{path.name}.{now.astimezone(UTC) + timedelta(seconds=n):%Y%m%dT%H%M%SZ}.bak" for n in count())
    return next(target for name in names if not (target := path.with_name(name)).exists())


def _back_up(source: Path, target: Path) -> None:
    # SQLite's own backup: copying the file alone would lose what is in the WAL; `rw` makes no empty file of a lost one
    try:
        target.touch(0o600)
        with closing(_open(source, "rw")) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
        target.chmod(0o600)
    except (sqlite3.Error, OSError) as error:
        raise DatabaseError(
            "The database {path} cannot be copied to {target}: {cause}.",
            path=str(source),
            target=str(target),
            cause=str(error),
        ) from error


def _open(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{_quoted(path)}?mode={mode}", uri=True)


def replace_by(path: Path, saved: Path, now: datetime, prepare: Callable[[Path], None]) -> Path | None:
    """Put a saved database in the place of the present one, which is kept; the caller holds the lock.

    Args:
        path: the database.
        saved: the copy to restore; it is left as it is.
        now: names what is kept (aware).
        prepare: makes the restored database harmless, before it is in its place: a process that is killed here must
            not leave one that would post again what the copy knows nothing of.

    Returns:
        Where the present one is kept, None if there was none.

    Raises:
        DatabaseError: the copy is not sound, or cannot be put there; the present one is then as it was.
    """
    if not saved.exists():
        raise DatabaseError("There is no file {path} to restore.", path=str(saved))
    stands = standing(saved)
    _refuse_newer(saved, stands)
    if stands is Standing.MISSING or check(saved):
        raise DatabaseError("{path} is not a sound database of occupier's: nothing was changed.", path=str(saved))
    made = path.with_name(f"{path.name}.restoring")
    _remove(made)  # what an earlier attempt that was killed left there
    try:
        _back_up(saved, made)
        _run_migrations(made)
        prepare(made)
        return _put_in_place(path, made, saved, now)
    finally:
        _remove(made)


def _put_in_place(path: Path, made: Path, saved: Path, now: datetime) -> Path | None:
    kept = None
    if path.exists():
        try:
            kept = copy(path, now, spare=saved)
        except DatabaseError as error:
            if not is_damage(error.__cause__):
                raise
            # no database any more, so that SQLite can neither copy it nor write into it
            kept = _free_name(path, now)
            for end in ENDS:
                with suppress(FileNotFoundError):
                    Path(f"{path}{end}").rename(f"{kept}{end}")
    _back_up(made, path)
    return kept


def _remove(path: Path) -> None:
    for end in ENDS:
        Path(f"{path}{end}").unlink(missing_ok=True)


def check(path: Path) -> list[str]:
    """Return what SQLite finds wrong with the file: nothing for a sound one."""
    try:
        with closing(_open(path, "ro")) as db:
            found = [row[0] for row in db.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
            broken = [f"{row[0]} {row[1]} -> {row[2]}" for row in db.execute("PRAGMA foreign_key_check")]
            return found + broken
    except sqlite3.Error as error:
        return [str(error)]


def require_sound(path: Path) -> None:
    """Look through the whole file, without a write; raises DatabaseError at the first damage."""
    try:
        with closing(_open(path, "ro")) as db:
            found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        if not is_damage(error):
            raise _unreadable(path, error) from error
        found = str(error)
    if found != "ok":
        raise DatabaseError(
            "The database {path} is damaged ({cause}): occupier does not begin, and has written nothing. occupier db"
            " check says what can be saved.",
            path=str(path),
            cause=found,
        )


def _run_migrations(path: Path) -> None:
    from alembic import command

    try:
        with _migrating(path) as config:
            command.upgrade(config, "head")
        path.chmod(0o600)
    except (sqlite3.Error, OSError) as error:
        raise DatabaseError(
            "The database {path} cannot be made or upgraded: {cause}.", path=str(path), cause=str(error)
        ) from error


@contextmanager
def _migrating(path: Path) -> Iterator[Config]:
    """Migrate on an engine of its own, foreign keys off: rebuilding a table would erase its children."""
    from sqlalchemy.exc import DBAPIError

    engine = create_engine(database_url(path), poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def _plain(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        # before there is anything in it: two processes that begin together must not meet at the change
        enter_wal(connection)

    @event.listens_for(engine, "begin")
    def _at_once(connection: object) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # type: ignore[attr-defined]

    try:
        with engine.begin() as connection:
            yield _config(connection)
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise sqlite3.IntegrityError(f"{len(broken)} rows lost what they refer to")
    except DBAPIError as error:
        raise DatabaseError(
            "The database {path} cannot be made or upgraded: {cause}.", path=str(path), cause=str(error.orig)
        ) from error
    finally:
        engine.dispose()


def _config(connection: object = None) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _known_revisions() -> set[str]:
    from alembic.script import ScriptDirectory

    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
