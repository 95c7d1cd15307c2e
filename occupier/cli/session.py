"""One command line: its settings, its clock, and where it speaks."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from occupier.cli.folding import folded
from occupier.speech import install

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from occupier.bootstrap import House
    from occupier.domain.errors import SettingsError
    from occupier.domain.ports import Clock
    from occupier.domain.setup import Setup
    from occupier.settings import Settings
    from occupier.storage.store import SqlStore


class ReaderGone(Exception):
    """Whoever read our output has closed it. click would end the process at the system's own error."""


class Session:
    """What a command needs; everything heavy is loaded when it is asked for."""

    def __init__(
        self,
        environ: Mapping[str, str] | None = None,
        clock: Clock | None = None,
        rest: Callable[[float], object] = time.sleep,
    ) -> None:
        self.environ = os.environ if environ is None else environ
        self.rest = rest
        self.settings_option: str | None = None
        self.debug = self.environ.get("OCCUPIER_DEBUG", "") not in ("", "0")
        self.as_json = False
        self.owes_document = False
        """Whether a program still waits for an object on standard output."""
        self.zone: ZoneInfo | None = None
        self.given_clock = clock
        self._house: House | None = None
        self._opened: list[SqlStore] = []

    @cached_property
    def clock(self) -> Clock:
        """The system's, unless another one was given."""
        if self.given_clock is not None:
            return self.given_clock
        from occupier.bootstrap import SystemClock

        return SystemClock()

    def now(self) -> datetime:
        """Read the clock."""
        return self.clock.now()

    @cached_property
    def settings(self) -> Settings:
        """The settings, read once; from here on their language is spoken. Raises SettingsError."""
        return self.read_settings()

    def read_settings(self) -> Settings:
        """Read the settings as they are in the file now. Raises SettingsError."""
        from occupier.settings import load, settings_path

        settings = load(settings_path(self.settings_option, self.environ), self.environ, self.now())
        self.zone = settings.setup.zone
        install(settings.setup.language)
        return settings

    def make_do(self) -> SettingsError | None:
        """Have what stops things not wait for settings to be mended; return what is wrong with them, if anything.

        Raises SettingsError where no database is found either: with the way to stop that needs none.
        """
        from occupier.domain.errors import SettingsError
        from occupier.settings.bare import bare_settings
        from occupier.storage.migrate import Standing, standing

        try:
            self.zone = self.settings.setup.zone
        except SettingsError as error:
            bare = bare_settings(self.settings_option, self.environ)
            if standing(bare.database) is Standing.MISSING:
                raise SettingsError(
                    "Nothing was stopped: neither settings nor a database are found ({path}). Go to the folder of the"
                    " settings and type it again, or make an empty file named PAUSE beside the database: that stops"
                    " everything. To find that folder: find / -name occupier.db 2>/dev/null",
                    path=str(bare.database),
                ) from error
            self.settings, self.zone = bare, bare.setup.zone
            install(bare.setup.language)
            return error
        return None

    @property
    def setup(self) -> Setup:
        """What the services read of the settings."""
        return self.settings.setup

    def house(self, *, create: bool = False) -> House:
        """Open the journal, once. Raises SettingsError, DatabaseError."""
        from occupier.bootstrap import open_house, prepare_process

        if self._house is None:
            prepare_process()
            self._house = open_house(self.settings, clock=self.clock, create=create)
            self._opened.append(self._house.store)
        return self._house

    @property
    def has_journal(self) -> bool:
        """Whether there is a database yet. Raises SettingsError, DatabaseError."""
        from occupier.storage.migrate import Standing, standing

        return standing(self.settings.database) is not Standing.MISSING

    def store(self) -> SqlStore:
        """Open the journal to read it, without the services. Raises SettingsError, DatabaseError."""
        from occupier.storage.migrate import require_current
        from occupier.storage.store import SqlStore

        require_current(self.settings.database)
        store = SqlStore(self.settings.database, self.clock)
        self._opened.append(store)
        return store

    def close(self) -> None:
        """Close what was opened."""
        while self._opened:
            self._opened.pop().close()

    def say(self, text: str = "") -> None:
        """Print a line for people: on standard output, or beside it where that is for a program."""
        stream = sys.stderr if self.as_json else sys.stdout
        print(folded(text, stream), file=stream)

    def tell(self, text: str) -> None:
        """Print a line on standard error: progress, and what went wrong."""
        print(folded(text, sys.stderr), file=sys.stderr, flush=True)

    def show_json(self, document: Mapping[str, Any]) -> None:
        """Print the one document, with its version."""
        import json

        self.owes_document = False
        print(json.dumps({"version": 1, **document}, ensure_ascii=False, indent=2))
