"""A stage in one process: the daemon's own steps, real sockets and a real journal, on a clock that a campaign moves.

Hours pass in no time and no wait is divided, save the 25 s of a call, which run on the machine's own clock.
"""

from __future__ import annotations

import random
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from occupier.bootstrap import House, Live
from occupier.daemon import Daemon
from occupier.domain.action import Action, Attempt
from occupier.domain.limits import Limits
from occupier.domain.ports import Event, LogQuery, Pause
from occupier.domain.strike import Strike
from occupier.sandbox import Sandbox
from occupier.sandbox.faults import Fault, FaultKind
from occupier.settings import Settings, load_text
from occupier.storage import migrate
from occupier.storage.store import SqlStore
from tests.campaigns.liar import PLATFORMS, Chooser, Liar
from tests.campaigns.world import SETTINGS, Quiet
from tests.fakes import FakeClock

CALL = timedelta(seconds=0.4)
"""What a call may last, really."""


@dataclass(frozen=True)
class Network:
    """How the three networks behave for a while."""

    lag: float = 0
    ignore_keys: bool = True
    duplicates_allowed: bool = False


class Stage:
    """Sandbox, liar and house around one clock; use it as a context."""

    def __init__(self, folder: Path, seed: int, choose: Chooser, clock: FakeClock | None = None) -> None:
        self.clock = clock or FakeClock()
        self.chance = random.Random(seed)
        self._folder = folder
        self._stack = ExitStack()
        self.box = self._stack.enter_context(Sandbox(clock=self.clock.now))
        self.liar = self._stack.enter_context(Liar(self.box.url, self.clock, self.chance, choose))
        settings = self._settings()
        migrate.create_if_missing(settings.database)
        self.house = House(
            Live(settings), SqlStore(settings.database, self.clock), self.clock, Quiet(), rest=self.clock.advance
        )
        self.house.connect()
        self.daemon = Daemon(self.house, lambda: settings)
        self.behave(Network())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.house.store.close()
        self._stack.close()

    def _settings(self) -> Settings:
        given = self.box.credentials
        environ = {
            "MASTODON": given["mastodon"]["access_token"],
            "FACEBOOK": given["facebook"]["access_token"],
            **{f"X_{key.upper()}": value for key, value in given["x"].items()},
        }
        text = SETTINGS.format(url=self.box.url, page_id=given["facebook"]["page_id"], settle_after=120)
        places = {
            f'server = "{self.box.url}"': f'server = "{self.liar.url("mastodon")}"',
            f'"{self.box.url}/graph"': f'"{self.liar.url("facebook")}/graph"',
            f'"{self.box.url}/feeds': f'"{self.liar.url("feed")}/feeds',
        }
        for plain, lied in places.items():
            assert plain in text
            text = text.replace(plain, lied)
        settings = load_text(text, self._folder, environ, self.clock.now())
        return replace(settings, setup=replace(settings.setup, limits=replace(Limits(), call=CALL)))

    def behave(self, network: Network) -> None:
        """Have the three networks behave like this from now on."""
        self.box.clear()
        for platform in PLATFORMS:
            faults = [Fault(FaultKind.UNLIMITED)]
            if network.lag:
                faults.append(Fault(FaultKind.VISIBLE_AFTER, seconds=network.lag))
            if network.ignore_keys:
                faults.append(Fault(FaultKind.IGNORE_KEY))
            if network.duplicates_allowed:
                faults.append(Fault(FaultKind.DUPLICATES_ALLOWED))
            for fault in faults:
                self.box.fault(platform, fault)

    def declare(self, name: str, lasting: timedelta) -> Strike:
        """Declare a strike from now on."""
        now = self.clock.now()
        wanted = Strike(name, now, now + lasting, "assemblée", "contre la réforme", now)
        return self.house.striking.declare(wanted).strike

    def publish(self, title: str) -> int:
        """Let the newsroom publish; return the article's number."""
        return self.box.publish(title=title).number

    def poll(self) -> bool:
        """Ask the feed once; say whether it answered."""
        (source,) = self.house.live.setup().feeds
        polled = self.house.watching.poll(source)
        self.liar.wait_idle()
        return not polled.failed

    def turn(self) -> datetime | None:
        """Do once what the daemon's jobs do, one after the other; return when the next thing is due."""
        self.daemon.control()
        self.daemon.rounds.mind_borders()
        self.daemon.rounds.housekeep()
        hours = []
        for account in self.house.live.setup().accounts:
            hours.append(self.daemon.lanes.work(account))
            self.liar.wait_idle()
        return min((at for at in hours if at is not None), default=None)

    # --- what the journal says ----------------------------------------------------------------------------------------

    def stops(self) -> list[Pause]:
        """Return the pauses in force."""
        with self.house.store.reading() as tx:
            return tx.pauses.all()

    def records(self) -> list[Any]:
        """Return the log."""
        with self.house.store.reading() as tx:
            return list(tx.register.records(LogQuery(everything=True)))

    def attempts(self) -> dict[int, list[Attempt]]:
        """Return the attempts of every action."""
        with self.house.store.reading() as tx:
            return {int(str(r["id"])): tx.actions.attempts(int(str(r["id"])))
                    for r in tx.register.records(LogQuery(everything=True))}  # fmt: skip

    def actions(self) -> list[Action]:
        """Return every action."""
        with self.house.store.reading() as tx:
            return [tx.actions.get(int(str(r["id"]))) for r in tx.register.records(LogQuery(everything=True))]

    def last_events(self) -> dict[int, Event]:
        """Return the last event of every action."""
        with self.house.store.reading() as tx:
            return {event.action_id: event for event in tx.events.since(0) if event.action_id is not None}
