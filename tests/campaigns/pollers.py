"""Ten tools read one strike feed, each in its own way, across both borders of a strike: what each saw, and when.

    python -m tests.campaigns.pollers --minutes 10 --factor 1 --seed 7

The feed is served by `occupier feed serve`, which is started anew in the middle, beside `occupier run`.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from tests.campaigns.daemons import aligned, until
from tests.campaigns.readers import ASLEEP, IN_THE_PAUSE, LATE, Poller, Reading, pollers
from tests.campaigns.town import Rhythm, Town
from tests.campaigns.world import networks

SETTINGS = """
timezone = "Europe/Paris"
language = "en"
[[feeds]]
name = "une"
url = "{url}/feeds/une.xml"
interval = "1s"
[[accounts]]
name = "outil"
platform = "feed"
for_platform = "mastodon"
tool_interval = "1m"
"""
SAYS_STRIKE = b"on strike"
NEAR = timedelta(seconds=1)
"""What two processes' hours for one thing may differ by."""


@dataclass
class Read:
    """What was found."""

    articles: int = 0
    handed: int = 0
    withheld: int = 0
    readings: int = 0
    unchanged: int = 0
    old_as_new: int = 0
    changed: int = 0
    too_late: int = 0
    withheld_shown: int = 0
    wrong_words: int = 0
    in_pause: int = 0
    not_shown: int = 0
    seconds: float = 0
    rows: list[list[str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether every law held for every reader."""
        return not self.wrong

    def find(self, what: str, told: str) -> None:
        """Note what is wrong."""
        setattr(self, what, getattr(self, what) + 1)
        self.wrong.append(f"{what.replace('_', ' ')}: {told}")

    def table(self, title: str) -> str:
        """Return the tables that the campaign prints."""
        rows = [f"{n.replace('_', ' '):>20}  {v:g}" for n, v in vars(self).items() if isinstance(v, int | float)]
        head = ["reader", "every (s)", "readings", "304", "strike entries", "usual entries", "read after (s, median)"]
        return "\n".join([title, *rows, aligned([head, *self.rows]), *self.wrong])


class Scene:
    """A newsroom whose strike feed ten tools read."""

    def __init__(self, town: Town, chance: random.Random, minutes: float) -> None:
        self.town = town
        self.chance = chance
        self.lasting = minutes * 60 / town.factor
        self.pollers = pollers()
        self.published: dict[str, datetime] = {}
        self.ends = datetime.now(UTC)
        self.address = ""
        self.maybe_paused = self.surely_paused = self.ends, self.ends
        self._coming: dict[str, Rhythm] = {}

    def publish(self, count: int = 1) -> None:
        """Let the newsroom publish."""
        for _ in range(count):
            link = self.town.networks.publish(f"Nouvelle {self.chance.randrange(10**9)}")
            self.published[link] = datetime.now(UTC)

    def poller(self, agent: str) -> Poller:
        """Return a reader."""
        return next(poller for poller in self.pollers if poller.agent == agent)

    def comes(self, poller: Poller) -> None:
        """Let a reader come as often as it does."""
        self._coming[poller.agent] = Rhythm(lambda: poller.read(self.address), poller.every / self.town.factor)

    def go(self, served: Iterator[ExitStack]) -> None:
        """Live through the day."""
        self.publish(3)
        try:
            with next(served):
                self._before()
                self._declare()
                self._publish_until(0.35)
                until(self._is_said, self.lasting / 4)
                self.comes(self.poller(LATE))
                self._pause()
            with next(served):
                self._publish_until(1)
                self._after()
        finally:
            for rhythm in self._coming.values():
                rhythm.pause()

    def _before(self) -> None:
        for poller in self.pollers:
            if poller.agent not in (LATE, IN_THE_PAUSE):
                self.comes(poller)
        self._rest(20)
        self.publish()
        self._rest(20)
        self._coming[ASLEEP].pause()

    def _after(self) -> None:
        self._rest(10)
        self.comes(self.poller(ASLEEP))
        self._rest(10)
        self.publish(2)
        self._rest(80)

    def _is_said(self) -> bool:
        readings = self.poller("plain").readings
        return any(SAYS_STRIKE in item for item in readings[-1].items.values())

    def _rest(self, seconds: float) -> None:
        threading.Event().wait(seconds / self.town.factor)

    def _declare(self) -> None:
        self.ends = self.town.strike("greve", self.lasting)

    def _publish_until(self, share: float) -> None:
        """Publish until so much of the strike is over."""
        end = self.ends - timedelta(seconds=(1 - share) * self.lasting)
        while datetime.now(UTC) < end:
            self.publish()
            time.sleep(self.chance.uniform(0.01, 0.06) * self.lasting)

    def _pause(self) -> None:
        late = self.poller(IN_THE_PAUSE)
        asked = datetime.now(UTC)
        self.town.type("pause")
        began = datetime.now(UTC)
        self.publish()
        self.comes(late)
        until(lambda: len(late.readings) > 3, self.lasting / 4)
        self.surely_paused = began, datetime.now(UTC)
        self.town.type("resume", "--yes")
        self.maybe_paused = asked, datetime.now(UTC)


class Judge:
    """Holds what the readers saw against the laws, with the log for what was decided."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.found = Read()
        self.records = {r["article_url"]: r for r in scene.town.log()}
        self.handed_at = {link: datetime.fromisoformat(r["handed_at"]) for link, r in self.records.items()
                          if r["handed_at"]}  # fmt: skip

    def judge(self) -> Read:
        """Judge each reader."""
        found = self.found
        found.articles, found.handed = len(self.scene.published), len(self.handed_at)
        found.withheld = len(self.records) - len(self.handed_at)
        for poller in self.scene.pollers:
            found.readings += len(poller.readings)
            found.unchanged += poller.unchanged
            self._new_and_old(poller)
            self._unchanging(poller)
            self._there(poller)
            found.rows.append(self._row(poller))
        self._in_time()
        return found

    def _new_and_old(self, poller: Poller) -> None:
        """What is new to a reader came after its first reading; it says the strike in the strike, and never else."""
        first = poller.readings[0]
        for link, at in poller.first_seen().items():
            is_strike, is_new = link in self.records, link not in first.items
            told = f"{poller.agent}, {link} at {at.there}"
            if (is_strike and not is_new) or (not is_strike and is_new and self._was_there(link, first)):
                self.found.find("old_as_new", told)
            if is_strike and link not in self.handed_at:
                self.found.find("withheld_shown", told)
            if is_strike and at.asked > self.scene.ends:
                self.found.find("too_late", told)
            began, ended = self.scene.surely_paused
            if is_strike and began < at.asked and at.there < ended:
                self.found.find("in_pause", told)
        for reading in poller.readings:
            for link, item in reading.items.items():
                if (SAYS_STRIKE in item) != (link in self.records):
                    self.found.find("wrong_words", f"{poller.agent}, {link}")

    def _was_there(self, link: str, first: Reading) -> bool:
        # occupier reads the newsroom's feed every second: what has just come may not be there yet
        return self.scene.published[link] < first.asked - 5 * NEAR

    def _unchanging(self, poller: Poller) -> None:
        known: dict[str, bytes] = {}
        for before, reading in zip([None, *poller.readings], poller.readings, strict=False):
            for link, item in reading.items.items():
                if known.setdefault(link, item) != item:
                    self.found.find("changed", f"{poller.agent}, {link} at {reading.there}")
            gone = set(before.items) - set(reading.items) if before else set()
            if gone:
                self.found.find("changed", f"{poller.agent}: {gone} gone at {reading.there}")

    def _there(self, poller: Poller) -> None:
        """Each reading shows all that was handed by then, to who had read before; none of it is lost on the way."""
        began, ended = self.scene.maybe_paused
        for reading in poller.readings[1:]:
            is_closed = reading.there > self.scene.ends - NEAR or began - NEAR < reading.there < ended + NEAR
            for link, at in self.handed_at.items():
                if not is_closed and at < reading.asked - NEAR and link not in reading.items:
                    self.found.find("not_shown", f"{poller.agent}, {link} handed {at}, asked {reading.asked}")

    def _in_time(self) -> None:
        last = self.scene.ends - timedelta(seconds=60 / self.scene.town.factor)
        for link, at in self.handed_at.items():
            if at > last:
                self.found.find("too_late", f"{link} was handed at {at}, after {last}")

    def _row(self, poller: Poller) -> list[str]:
        seen = poller.first_seen()
        strike = [link for link in seen if link in self.records]
        waits = [(seen[link].there - self.handed_at[link]).total_seconds() for link in strike if link in self.handed_at]
        figures: list[Any] = [len(poller.readings), poller.unchanged, len(strike), len(seen) - len(strike)]
        often = f"{poller.every:g}"
        return [poller.agent, often, *map(str, figures), f"{median(waits):.1f}" if waits else "–"]


def campaign(minutes: float, factor: float, seed: int) -> Read:
    """Live through one day; return what was found."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, networks() as net, ExitStack() as working:
        town = Town(Path(folder), net, factor)
        town.settle(SETTINGS.format(url=net.url))
        scene = Scene(town, random.Random(seed), minutes)
        scene.publish()
        working.enter_context(town.begun("run", until="(?i)none of them"))
        scene.go(_servers(scene))
        found = Judge(scene).judge()
    found.seconds = round(time.monotonic() - began, 1)
    return found


def _servers(scene: Scene) -> Iterator[ExitStack]:
    """Serve the feed inside each of these, at the same address."""
    port = "0"
    while True:
        stack = ExitStack()
        said = stack.enter_context(
            scene.town.begun("feed", "serve", "--port", port, until=r"http://\S+:(\d+)/\S+\.xml")
        )
        scene.address, port = said[0], said[1]
        yield stack


def main() -> int:
    """Run the campaign and print its tables; 1 if a law did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5, help="how long the strike lasts")
    parser.add_argument("--factor", type=float, default=15, help="what every wait of the day is divided by")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    found = campaign(options.minutes, options.factor, options.seed)
    title = f"ten readers · {options.minutes:g} min divided by {options.factor:g} · seed {options.seed}"
    print(found.table(f"{title} · {datetime.now(UTC):%Y-%m-%d}"))
    return 0 if found.clean else 1


if __name__ == "__main__":
    sys.exit(main())
