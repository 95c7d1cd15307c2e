"""A world whose daemons hold the lock, tell what they say to a file, and look around more often than usual."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from occupier.bootstrap import House, prepare_process
from occupier.daemon import Daemon, pace
from occupier.domain.errors import DatabaseError, HeldElsewhere, OccupierError
from occupier.domain.ports import Notice
from occupier.domain.setup import FeedSource
from occupier.settings import Settings
from occupier.speech import say
from occupier.storage import lock, migrate
from tests.campaigns.world import World

TICK = 0.1
PLATFORMS = ("mastodon", "x", "facebook")
EXITS: dict[type[OccupierError], int] = {HeldElsewhere: 3, DatabaseError: 4}
Wrap = Callable[[House], None]


class Heard:
    """Notices, one JSON object a line in a file that stays open; several threads tell at once."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def tell(self, notice: Notice) -> None:
        """Write one line."""
        line = {
            "at": datetime.now(UTC).isoformat(),
            "kind": notice.kind,
            "serious": notice.serious,
            "said": say(notice.sentence),
        }
        os.write(self._file, json.dumps(line, ensure_ascii=False).encode() + b"\n")


@dataclass
class Daemons(World):
    """A world with more feeds, whose daemons' words are kept in `notes` (another folder than the database's)."""

    notes: Path = Path()
    feeds: Sequence[tuple[str, str]] = ()
    started: list[int] = field(default_factory=list)

    def settings(self) -> Settings:
        """Return the world's settings, with the feeds given here (name, address) put first."""
        settings = super().settings()
        more = tuple(FeedSource(name, url, interval=timedelta(seconds=0.2)) for name, url in self.feeds)
        return replace(settings, setup=replace(settings.setup, feeds=more + settings.setup.feeds))

    def start(self, wrap: Wrap | None = None) -> int:
        """Fork a daemon that holds the database, as `run` does; return its process id."""
        pid = os.fork()
        if pid:
            self.started.append(pid)
            return pid
        status = 1
        try:
            status = self._run(wrap)
        except BaseException:  # whatever gets out is what a person would see
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(status)

    def _run(self, wrap: Wrap | None) -> int:
        os.dup2(os.open(self.notes / "stderr", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 2)
        heard = Heard(self.notes / "heard")
        pace.TICK = TICK
        prepare_process()
        try:
            with lock.holding(self.settings().database):
                migrate.create_if_missing(self.settings().database)
                migrate.require_current(self.settings().database)
                house = self.house(lambda house: _prepare(house, heard, wrap))
                house.connect()
                daemon = Daemon(house, self.settings)
                daemon.signals.listen()
                daemon.run()
        except OccupierError as error:
            heard.tell(Notice("refused", error.sentence, serious=True))
            return EXITS.get(type(error), 1)
        return 0

    def heard(self, since: int = 0) -> list[dict[str, Any]]:
        """Return what was told, from the `since`-th line on."""
        with suppress(FileNotFoundError):
            return [json.loads(line) for line in (self.notes / "heard").read_text().splitlines()[since:]]
        return []

    def traceback(self) -> str:
        """Return what a daemon wrote on its standard error: nothing, if all is well."""
        path = self.notes / "stderr"
        return path.read_text() if path.exists() else ""

    def end(self, pid: int, seconds: float = 40) -> int | None:
        """Ask the daemon to stop; return its exit status, negative for a signal, None if it had to be killed."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        status = self.ended(pid, seconds)
        if status is None:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        return status

    def ended(self, pid: int, seconds: float) -> int | None:
        """Wait for a daemon to end by itself; return its exit status, or None."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.02)
        return None


def _prepare(house: House, heard: Heard, wrap: Wrap | None) -> None:
    object.__setattr__(house, "notices", heard)
    if wrap is not None:
        wrap(house)


def until(true: Callable[[], object], seconds: float, pause: float = 0.03) -> bool:
    """Wait until something is true; False if it did not come true in time."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


def peak_memory(pid: int) -> float:
    """Return the most MiB that a process, or any child that it has now, ever had."""
    pids = [pid]
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            pids += [int(child) for child in (task / "children").read_text().split()]
    return max(_peak(each) for each in pids)


def _peak(pid: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as a table in Markdown."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    cells = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
    lines = [f"| {' | '.join(row)} |" for row in cells]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])
