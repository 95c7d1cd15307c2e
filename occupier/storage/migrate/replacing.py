"""A saved database put in the place of the present one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from occupier.domain.errors import DatabaseError
from occupier.storage.footing import is_damage
from occupier.storage.migrate.copies import ENDS, back_up, copy, free_name, remove
from occupier.storage.migrate.revisions import Standing, refuse_newer, standing
from occupier.storage.migrate.running import run_migrations
from occupier.storage.migrate.soundness import check


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
    refuse_newer(saved, stands)
    if stands is Standing.MISSING or check(saved):
        raise DatabaseError("{path} is not a sound database of occupier's: nothing was changed.", path=str(saved))
    made = path.with_name(f"{path.name}.restoring")
    remove(made)  # what an earlier attempt that was killed left there
    try:
        back_up(saved, made)
        run_migrations(made)
        prepare(made)
        return _put_in_place(path, made, saved, now)
    finally:
        remove(made)


def _put_in_place(path: Path, made: Path, saved: Path, now: datetime) -> Path | None:
    kept = None
    if path.exists():
        try:
            kept = copy(path, now, spare=saved)
        except DatabaseError as error:
            if not is_damage(error.__cause__):
                raise
            # no database any more, so that SQLite can neither copy it nor write into it
            kept = free_name(path, now)
            for end in ENDS:
                with suppress(FileNotFoundError):
                    Path(f"{path}{end}").rename(f"{kept}{end}")
    back_up(made, path)
    return kept
