"""The feed lies: what is posted, what is said, what it costs, and whether the feed beside it notices.

    python -m tests.campaigns.feed_lies --runs 100 --seed 7

Each case begins with an honest first reading, then comes the lie, then the honest feed with one new article.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from occupier.bootstrap import House
from occupier.bootstrap import house as wiring
from occupier.feeds.fetch import HttpFetcher
from occupier.feeds.parse import FeedParser
from tests.campaigns.daemons import PLATFORMS, Daemons, aligned, peak_memory, until
from tests.campaigns.lies import LENGTH, LIES, XML, Lie, Newspaper, rss
from tests.campaigns.newsstand import Newsstand, newsstand
from tests.campaigns.world import Networks, networks

FACTOR = 8
"""What the waits of the design are divided by: a claim still has more than a second on a busy machine."""
FETCH_SECONDS = 4.0
"""The deadline of a fetch, instead of 25 s."""
READING = 150
"""Seconds for a feed to be read and asked again: thirty thousand posts on hold are written meanwhile."""
MEMORY = 200.0
LATE = 8.0
"""Seconds after which the healthy feed's article counts as late; most of it is two networks' calls."""
QUIET = frozenset({"sent", "new", "baseline"})
LIAR = "menteur"


@dataclass
class Finding:
    """What came of one lie."""

    name: str
    posted: int = 0
    wrong: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    memory: float = 0
    lateness: float = 0

    def row(self) -> list[str]:
        """Return its line of the table."""
        said = ", ".join(dict.fromkeys(self.said)) or "–"
        verdict = "; ".join(self.wrong) or "ok"
        return [self.name, str(self.posted), said, f"{self.memory:.0f} MiB", f"{self.lateness:.1f} s", verdict]


@dataclass
class Case:
    """One lie told to one new daemon."""

    lie: Lie
    stage: Daemons
    told: Newsstand
    chance: random.Random

    def run(self) -> Finding:
        """Tell the lie, and find out."""
        self.found = Finding(self.lie.name)
        self.paper = Newspaper(f"{self.told.url}/{self.chance.randrange(10**9)}", datetime.now(UTC))
        self.told.say(rss(self.paper.items()).encode(), headers=XML)
        self.before = len(self.stage.networks.posts())
        self.stage.declare("campagne", 6 * 3600)
        self.pid = self.stage.start(_quick)
        try:
            self._play()
        finally:
            status = self.stage.end(self.pid)
            if status != 0:
                self.found.wrong.append(f"ended with {status}")
        if self.stage.traceback():
            self.found.wrong.append("wrote on standard error: " + self.stage.traceback()[-300:])
        return self.found

    def _play(self) -> None:
        if not until(lambda: [h["kind"] for h in self.stage.heard()].count("baseline") >= 2, 30):
            self.found.wrong.append("no first reading")
            return
        heard = len(self.stage.heard())
        answer = self.lie.make(self.paper, self.chance)
        self.told.say(answer.body, answer.status, answer.headers, answer.mode)
        beside = self.stage.networks.publish(f"Article sain à côté de : {self.lie.name}")
        began = time.monotonic()
        arrived = until(lambda: self._sampled() and self._there([beside]), 30)
        self.found.lateness = time.monotonic() - began
        if not arrived or self.found.lateness > LATE:
            self.found.wrong.append("the other feed was late")
        # three requests: the first may have been tried twice, so one reading is over at the third
        if not until(lambda: self._sampled() and self.told.seen()[0] >= 3, READING):
            self.found.wrong.append("the feed is not asked any more")
        if answer.news and not until(lambda: self._sampled() and self._there(answer.news), 20):
            self.found.wrong.append("what was new in it was not posted")
        told = self.stage.heard(heard)
        self.found.said = [
            h["kind"] for h in told if h["kind"] not in QUIET or (h["kind"] == "new" and LIAR in h["said"])
        ]
        if self.lie.said and not self.lie.said & set(self.found.said):
            self.found.wrong.append("not said: " + " or ".join(sorted(self.lie.said)))
        self._recover([beside, *answer.news])

    def _recover(self, wanted: list[str]) -> None:
        leaks = self.told.seen()[1]
        new = self.paper.item(LENGTH + 1)
        self.told.say(rss(self.paper.items(LENGTH + 1)).encode(), headers=XML)
        if not until(lambda: self._sampled() and self._there([str(new.link)]), 30):
            self.found.wrong.append("the new article was not posted")
        self._judge([*wanted, str(new.link)])
        if leaks:
            self.found.wrong.append("an address in the feed was fetched")
        unexpected = [h["said"] for h in self.stage.heard() if h["kind"] in ("bug", "job", "stuck", "template")]
        self.found.wrong += unexpected

    def _sampled(self) -> bool:
        self.found.memory = max(self.found.memory, peak_memory(self.pid))
        if self.found.memory > MEMORY and "memory" not in self.found.wrong:
            self.found.wrong.append("memory")
        return True

    def _posts(self) -> list[dict[str, Any]]:
        return self.stage.networks.posts()[self.before :]

    def _there(self, links: Iterable[str]) -> bool:
        posts = self._posts()
        return all(
            any(p["platform"] == each and link in p["links"] for p in posts) for link in links for each in PLATFORMS
        )

    def _judge(self, wanted: list[str]) -> None:
        posts = self._posts()
        for link in wanted:
            for platform in PLATFORMS:
                there = sum(1 for p in posts if p["platform"] == platform and link in p["links"])
                if there != 1:
                    self.found.wrong.append(f"{there} times on {platform}: {link}")
        self.found.posted = len([p for p in posts if not set(wanted[:1] + wanted[-1:]) & set(p["links"])])
        for post in posts:
            if not set(wanted) & set(post["links"]):
                self.found.wrong.append(f"posted: {post['text'][:80]}")
            self.found.wrong += _harm(post)


def _new(heard: dict[str, Any]) -> str:
    return f"{heard['kind']} {LIAR}" if LIAR in heard["said"] else ""


def _harm(post: dict[str, Any]) -> list[str]:
    """Say what in a post should not be there: controls, or addresses besides the article's."""
    found = [
        f"U+{ord(c):04X} posted" for c in post["text"] if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs")
    ]
    if "root:" in post["text"]:
        found.append("a file of this machine was posted")
    links = set(post["links"])
    return found[:1] + ([f"{len(links)} links on {post['platform']}"] if len(links) != 1 else [])


def _quick(house: House) -> None:
    """Give up a slow server sooner than in earnest."""
    reader = HttpFetcher(house.clock, seconds=FETCH_SECONDS, connect=2), FeedParser(house.clock)
    # in the daemon's own process, which is forked
    vars(wiring)["make_feed_reader"] = lambda _clock: reader


def drawn(runs: int, chance: random.Random) -> list[Lie]:
    """Return that many lies: all of them once before any comes twice."""
    lies: list[Lie] = []
    while len(lies) < runs:
        lies += chance.sample(LIES, len(LIES))
    return lies[:runs]


def campaign(runs: int, seed: int, only: str = "") -> list[Finding]:
    """Tell that many lies; return what was found."""
    chance = random.Random(seed)
    lies = drawn(runs, chance) if not only else [lie for lie in LIES if only in lie.name]
    with networks() as net, newsstand() as told:
        net.publish("Déjà là, à côté")
        findings = []
        for lie in lies:
            findings.append(_told(lie, net, told, chance))
            print(*findings[-1].row(), sep=" · ", file=sys.stderr, flush=True)
        return findings


def _told(lie: Lie, net: Networks, told: Newsstand, chance: random.Random) -> Finding:
    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder, "notes")
        notes.mkdir()
        stage = Daemons(Path(folder), net, FACTOR, notes=notes, feeds=[(LIAR, told.feed)])
        return Case(lie, stage, told, chance).run()


def table(findings: list[Finding]) -> str:
    """Return the campaign's table."""
    rows = [["the feed", "posted of it", "said", "memory", "other feed", "verdict"]]
    return aligned(rows + [finding.row() for finding in findings])


def main() -> int:
    """Run the campaign and print its table; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=len(LIES))
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", default="", help="the lies whose name has this in it")
    options = parser.parse_args()
    began = time.monotonic()
    findings = campaign(options.runs, options.seed, options.only)
    wrong = sum(1 for finding in findings if finding.wrong)
    took = timedelta(seconds=round(time.monotonic() - began))
    title = f"the feed lies · {len(findings)} lies, {wrong} wrong · seed {options.seed} · {took}"
    print(f"{title} · {datetime.now(UTC):%Y-%m-%d}")
    print(table(findings))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
