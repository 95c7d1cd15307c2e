"""Reload: new settings are taken whole, or the old ones are kept."""

from __future__ import annotations

from collections.abc import Callable

from occupier.bootstrap import House
from occupier.daemon.jobs import Jobs
from occupier.daemon.lanes import Lanes
from occupier.daemon.polls import Polls
from occupier.domain.errors import OccupierError, Sentence, SettingsError
from occupier.domain.ports import Notice
from occupier.settings import Settings

RELOAD, RELOADED = "reload", "reloaded"
"""The journal's notes by which `occupier reload` asks and is answered."""


class Reloading:
    """Reads the settings again, and has everything follow them."""

    def __init__(self, house: House, read: Callable[[], Settings], jobs: Jobs, lanes: Lanes, polls: Polls) -> None:
        self._house = house
        self._read = read
        self._jobs = jobs
        self._lanes = lanes
        self._polls = polls

    def answer(self) -> None:
        """Reload if a command asks for it, and write what came of that."""
        with self._house.store.reading() as tx:
            asked, answered = tx.runtime.get(RELOAD), tx.runtime.get(RELOADED)
        if asked is not None and (answered is None or not answered.startswith(asked)):
            problem = self.reload()
            with self._house.store.writing() as tx:
                tx.runtime.set(RELOADED, f"{asked} {problem or ''}".strip())

    def reload(self) -> str | None:
        """Take the new settings whole, or keep the old ones and say why."""
        live, before, networks = self._house.live, self._house.live.settings, dict(self._house.networks)
        try:
            self._take(self._read(), before)
        except Exception as error:
            # not built anew: a secret that can no longer be read is in these already
            self._house.adopt(before, networks)
            if not isinstance(error, OccupierError):
                raise
            self._house.notices.tell(Notice("reload", error.sentence, serious=True))
            return str(error)
        for account in (*before.setup.accounts, *live.setup().accounts):
            self._house.identifying.forget(account.name)
        self._house.sealing.mind()
        self._lanes.follow()
        self._jobs.wake("housekeeping", self._house.clock.now())
        self._polls.forget()
        said = Sentence("The settings were read again, and hold from now on.")
        self._house.notices.tell(Notice("reload", said))
        return None

    def _take(self, settings: Settings, before: Settings) -> None:
        if settings.database != before.database:
            # commands would speak to another journal than the one that is worked off: `pause` would stop nothing
            raise SettingsError("The database cannot be changed while occupier runs on {path}: stop it first.",
                                path=str(before.database))  # fmt: skip
        self._house.connect(settings)
        self._house.striking.take_over()
