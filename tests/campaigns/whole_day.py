"""A whole day beside the tools that post usually: before a strike, through it, and after it.

    python -m tests.campaigns.whole_day --minutes 10 --factor 1 --seed 7

One occupier with an account for each way, and a feed2toot of its own for each account: pointed at the strike feed;
paused while occupier posts; forgotten, beside the guard that asks, beside the one that leaves it at that, and where
nobody had said that it might run on; never stopped, its posts edited in place and put back afterwards. What was
announced is read on the network, and compared with the log.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import requests

from occupier.domain.ways import NAMES, Way
from tests.campaigns.afterwards import Afterwards
from tests.campaigns.announcements import Day
from tests.campaigns.daemons import until
from tests.campaigns.town import Rhythm, Town
from tests.campaigns.world import networks
from tests.peers.programs import Feed2toot

FED, PAUSED, ASKED, LEFT, UNWARNED, EDITED = "fed", "paused", "asked", "left", "unwarned", "edited"
ACCOUNTS = {FED: Way.SERVED, PAUSED: Way.KEYS, ASKED: Way.KEYS, LEFT: Way.KEYS, UNWARNED: Way.KEYS,
            EDITED: Way.TAKEOVER}  # fmt: skip
IN_FULL = {
    Way.SERVED: "The usual tool goes on, and posts what it reads in the strike feed",
    Way.KEYS: "occupier posts there itself",
    Way.TAKEOVER: "The usual tool goes on: each of its posts",
}
TAG = re.compile(r"<[^>]+>")
RHYTHM = {LEFT: 50.0}
"""Seconds between two readings of a tool, 30 if nothing else stands here: less than what the settings say of it."""
SETTINGS = """
timezone = "Europe/Paris"
language = "en"
[limits]
per_hour = 1000
per_day = 10000
spacing = "0s"
[[feeds]]
name = "une"
url = "{url}/feeds/une.xml"
interval = "1s"
[[accounts]]
name = "fed"
platform = "feed"
for_platform = "mastodon"
tool_interval = "1m"
"""
KEYS = """
[[accounts]]
name = "{name}"
platform = "mastodon"
server = "{url}"
access_token = {{ env = "{variable}" }}
{more}
"""
MORE = {
    PAUSED: "",
    ASKED: 'if_usual_is_out = "hold"\nusual_within = "2m"',
    LEFT: 'if_usual_is_out = "leave"\nusual_within = "2m"',
    UNWARNED: 'if_usual_is_out = "leave"',
    EDITED: 'takeover = "replace"\nusual_application = "feed2toot"',
}


class Scene:
    """One day: the newsroom publishes, the tools come, occupier works."""

    def __init__(self, town: Town, chance: random.Random, minutes: float, articles: int) -> None:
        self.town = town
        self.chance = chance
        self.lasting = minutes * 60 / town.factor
        self.articles = articles
        self.slow = 0.0
        """Seconds that an ordinary announcement takes on this machine."""
        self.links: list[str] = []
        self.tools: dict[str, Feed2toot] = {}
        self.rhythms: dict[str, Rhythm] = {}
        self.found = Day()

    # --- what there is ------------------------------------------------------------------------------------------------

    def furnish(self) -> None:
        """Open the accounts, and write the settings."""
        town, url = self.town, self.town.networks.url
        settings = [SETTINGS.format(url=url)]
        for name in ACCOUNTS:
            variable = town.open_account(name)
            if name in MORE:
                settings.append(KEYS.format(name=name, url=url, variable=variable, more=MORE[name]))
        town.settle("".join(settings))

    @contextmanager
    def tools_at(self, strike_feed: str) -> Iterator[None]:
        """Give each account its usual tool inside, which knows what is there already."""
        try:
            for name in ACCOUNTS:
                feed = strike_feed if name == FED else f"{self.town.networks.url}/feeds/une.xml"
                token = self.town.access(name, "feed2toot")
                self.tools[name] = Feed2toot(self.town.folder / f"tool-{name}", feed, self.town.networks.url, token)
                self.tools[name].skip()
                self.go_on(name)
            yield
        finally:
            for rhythm in self.rhythms.values():
                rhythm.pause()

    def go_on(self, name: str) -> None:
        """Let a tool come as often as it does."""
        self.rhythms[name] = Rhythm(self.tools[name].read, RHYTHM.get(name, 30.0) / self.town.factor)

    # --- the day ------------------------------------------------------------------------------------------------------

    def publish(self, count: int = 1) -> list[str]:
        """Let the newsroom publish; return the links."""
        new = [self.town.networks.publish(f"Nouvelle {self.chance.randrange(10**9)}") for _ in range(count)]
        self.links += new
        return new

    def announced(self, links: Sequence[str]) -> bool:
        """Say whether all of this stands on every account."""
        there = {name: {link for post in self.town.posts(name) for link in post["links"]} for name in ACCOUNTS}
        return all(link in found for found in there.values() for link in links)

    def eve(self) -> None:
        """Ask the faces about a strike to come, which is then called off."""
        self.town.strike("demain", 30 * 3600, "+20h")
        self.hear("plan", self.town.type("plan", "demain"))
        self.hear("check", self.town.type("check", refused=True))
        self.hear("status", self.town.type("status"))
        told = {a["name"]: a["way"] for a in json.loads(self.town.type("status", "--json"))["accounts"]}
        if told != {name: way.value for name, way in ACCOUNTS.items()}:
            self.found.find("unsaid", f"status --json says {told}")
        self.town.type("strike", "end", "demain")

    def ordinary(self) -> None:
        """Live through a while without a strike: every tool posts, and occupier nothing."""
        new, began = self.publish(2), time.monotonic()
        if not until(lambda: self.announced(new), 90, 0.2):
            self.found.find("lost", "the tools do not post outside the strike")
        # on a busy machine everything takes longer, and so does the day
        self.slow = time.monotonic() - began
        self.lasting = max(self.lasting, 4 * self.slow)

    def strike(self) -> None:
        """Live through a strike, from before its first article until everything of it is settled."""
        self.rhythms[PAUSED].pause()
        before = len(self.links)
        left = self._left(self.town.strike("greve", self.lasting))
        # so long before the end that it is read in the strike: whoever empties the tool's queue takes away the rest
        while left() > 0.12 * self.lasting:
            self.publish()
            time.sleep(self.chance.uniform(0.3, 1.7) * self.lasting / self.articles)
        time.sleep(max(0.0, left()))
        if not until(self._is_settled, 60, 0.3):
            self.found.find("disagree", "something of the strike is not settled")
        # what occupier first saw after the strike is no business of it: it stays in the queue of the tool
        told = {r["article_url"] for r in self.town.log()}
        self.tools[PAUSED].skip(but=set(self.links[before:]) - told)
        self.go_on(PAUSED)

    def _left(self, ends: datetime) -> Callable[[], float]:
        return lambda: (ends - datetime.now(UTC)).total_seconds()

    def _is_settled(self) -> bool:
        return {r["state"] for r in self.town.log()} <= {"sent", "handed", "missed", "left"}

    def hear(self, face: str, said: str) -> None:
        """Expect a face to say which way each account goes, in a few words or in full."""
        heard = " ".join(unescape(TAG.sub(" ", said)).split())
        for name, way in ACCOUNTS.items():
            words = NAMES[way].text, IN_FULL[way]
            if name not in heard or not any(word in heard for word in words):
                self.found.find("unsaid", f"{face} does not say that {name} goes: {words[0]}")

    def look_back(self) -> None:
        """Read the page and the report."""
        self.hear("report", self.town.type("report", "greve"))
        with self.town.begun("serve", "--port", "0", until=r"http://127\S+:\d+") as page:
            self.hear("page", requests.get(f"{page[0]}/accounts", timeout=30).text)
            self.hear("page of the strike", requests.get(f"{page[0]}/?strike=greve", timeout=30).text)


def campaign(minutes: float, factor: float, seed: int, articles: int = 14) -> Day:
    """Live through one day; return what was found."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, networks() as net, ExitStack() as working:
        scene = Scene(Town(Path(folder), net, factor), random.Random(seed), minutes, articles)
        scene.furnish()
        net.publish("Déjà là avant tout")
        working.enter_context(scene.town.begun("run", until="(?i)none of them"))
        served = working.enter_context(scene.town.begun("feed", "serve", "--port", "0", until=r"http://\S+/fed\.xml"))
        scene.eve()
        with scene.tools_at(served[0]):
            scene.ordinary()
            scene.strike()
            scene.ordinary()
        afterwards = Afterwards(scene.town, scene.found, scene.links)
        afterwards.count(ACCOUNTS, UNWARNED)
        scene.found.tools_ran = sum(tool.runs for tool in scene.tools.values())
        afterwards.restore(EDITED)
        scene.look_back()
        scene.town.type("log", "verify")
    scene.found.seconds = round(time.monotonic() - began, 1)
    return scene.found


def main() -> int:
    """Run the campaign and print its table; 1 if anything was doubled, lost or wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=7, help="how long the strike lasts")
    parser.add_argument("--factor", type=float, default=15, help="what every wait of the day is divided by")
    parser.add_argument("--articles", type=int, default=14, help="about how many appear in the strike")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    found = campaign(options.minutes, options.factor, options.seed, options.articles)
    title = f"a whole day · {options.minutes:g} min divided by {options.factor:g} · seed {options.seed}"
    print(found.table(f"{title} · {datetime.now(UTC):%Y-%m-%d}"))
    return 0 if found.clean else 1


if __name__ == "__main__":
    sys.exit(main())
