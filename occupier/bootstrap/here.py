"""Here: the files and keys that the settings name, for the check to look at."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from occupier.domain.errors import DatabaseError, Sentence
from occupier.settings import Settings
from occupier.storage import lock, migrate
from occupier.storage.probing import probe
from occupier.storage.store import SqlStore

if TYPE_CHECKING:
    from occupier.services.eve.checks.evidence import DatabaseFound, Keys


@dataclass(frozen=True)
class Here:
    """The files and keys that these settings name, for the check to look at."""

    settings: Settings
    store: SqlStore | None = None

    def settings_file(self) -> Path | None:
        """Return the settings' file."""
        return self.settings.path

    def folder(self) -> Path:
        """Return the folder of the database."""
        return self.settings.database.parent

    def database(self) -> DatabaseFound:
        """Look at the database, without writing to it."""
        from occupier.services.eve.checks.evidence import DatabaseFound

        path = self.settings.database
        try:
            if migrate.standing(path) is migrate.Standing.MISSING:
                return DatabaseFound(path, is_there=False, problem=_no_room(path.parent))
            probe(path)
            return DatabaseFound(path, is_held=lock.is_held(path), beat=self._beat())
        except DatabaseError as error:
            return DatabaseFound(path, problem=error.sentence)

    def keys(self) -> Keys:
        """Look for every secret that the settings name."""
        from occupier.services.eve.checks.evidence import Keys

        settings, accounts = self.settings, [a.name for a in self.settings.setup.accounts]
        return Keys(
            missing={name: settings.missing(name) for name in accounts},
            exposed={name: settings.notes(name) for name in accounts},
            notify=len(settings.notify),
            notify_problems=settings.notify_missing(),
        )

    def _beat(self) -> datetime | None:
        from occupier.services.review.reviewing import HEARTBEAT

        if self.store is None:
            return None
        with self.store.reading() as tx:
            beat = tx.runtime.get(HEARTBEAT)
        return datetime.fromisoformat(beat) if beat else None


def _no_room(folder: Path) -> Sentence | None:
    if os.access(folder, os.W_OK | os.X_OK):
        return None
    text = "The database cannot be made in {folder}: make that folder, or let this user write in it."
    return Sentence(text, {"folder": str(folder)})
