"""A database made, or brought to this version."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, event
from sqlalchemy.pool import NullPool

from occupier.domain.errors import DatabaseError
from occupier.storage.engine import database_url, enter_wal
from occupier.storage.migrate.copies import copy
from occupier.storage.migrate.revisions import Standing, alembic_config, refuse_newer, standing
from occupier.storage.migrate.soundness import require_sound

if TYPE_CHECKING:
    from alembic.config import Config


def create_if_missing(path: Path) -> None:
    """Make a new database where there is none; an existing one is left as it is, and must be sound.

    Whoever makes a database is about to write: what is damaged is better found by looking than by writing.
    """
    if standing(path) is Standing.MISSING:
        run_migrations(path)
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
    refuse_newer(path, stands)
    if stands is Standing.CURRENT:
        return None
    saved = copy(path, now) if stands is Standing.OLDER else None
    run_migrations(path)
    return saved


def run_migrations(path: Path) -> None:
    """Run what a database lacks, in one transaction; raises DatabaseError, and then it is as it was."""
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
            yield alembic_config(connection)
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise sqlite3.IntegrityError(f"{len(broken)} rows lost what they refer to")
    except DBAPIError as error:
        raise DatabaseError(
            "The database {path} cannot be made or upgraded: {cause}.", path=str(path), cause=str(error.orig)
        ) from error
    finally:
        engine.dispose()
