"""One journal on one machine: a daemon that works, a trouble, and what is expected after it."""

from __future__ import annotations

import random
import sqlite3
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from occupier.storage import migrate
from tests.campaigns.daemons import PLATFORMS, Daemons, until
from tests.campaigns.world import Tally, tally

BACK = 90.0
"""Seconds within which everything is through after a trouble."""


@dataclass
class Finding:
    """What came of one trouble."""

    name: str
    during: int = 0
    said: str = ""
    back: str = "–"
    wrong: list[str] = field(default_factory=list)

    def row(self) -> list[str]:
        """Return its line of the table."""
        return [self.name, str(self.during), self.said or "–", self.back, "; ".join(self.wrong) or "ok"]


@dataclass
class Scene:
    """One journal on one machine, and what was published since it began."""

    stage: Daemons
    chance: random.Random
    found: Finding
    links: list[str] = field(default_factory=list)
    pid: int = 0
    heard: int = 0

    @property
    def database(self) -> Path:
        """The database's file."""
        return self.stage.settings().database

    @property
    def family(self) -> list[Path]:
        """The database's file, with its log and its index."""
        files = [self.database.with_name(self.database.name + end) for end in ("", "-wal", "-shm")]
        return [file for file in files if file.exists()]

    def publish(self, count: int = 1) -> None:
        """Let the newsroom publish."""
        self.links += [self.stage.networks.publish(f"Nouvelle {self.chance.random()}") for _ in range(count)]

    def out(self) -> bool:
        """Say whether everything published is on every network."""
        posts = self.stage.networks.posts()
        there = {(post["platform"], link) for post in posts for link in post["links"]}
        return all((platform, link) in there for link in self.links for platform in PLATFORMS)

    def posts(self) -> int:
        """Return how many posts the networks hold."""
        return len(self.stage.networks.posts())

    def work(self) -> None:
        """Start a daemon, and see that it works."""
        first = not self.stage.heard()
        if first:
            self.stage.declare("campagne", 6 * 3600)
        self.pid = self.stage.start()
        if first and not until(lambda: any(h["kind"] == "baseline" for h in self.stage.heard()), 30):
            self.found.wrong.append("no first reading")
        self.publish()
        if not until(self.out, 30):
            self.found.wrong.append("did not work before")
        time.sleep(0.3)
        self.heard = len(self.stage.heard())

    def suffer(self, seconds: float, articles: int = 3) -> None:
        """Publish under the trouble, and see what comes of it."""
        before = self.posts()
        self.publish(articles)
        time.sleep(seconds)
        self.found.during = self.posts() - before
        self.listen()

    def listen(self) -> None:
        """Note the first sentence that tells a person of the trouble."""
        # "nothing was posted, trying again" and "could not be read" tell of a trouble that may pass: nobody is called
        serious = [h["said"] for h in self.stage.heard(self.heard) if h["serious"] or h["kind"] in {"retry", "unread"}]
        if serious and not self.found.said:
            self.found.said = _short(serious[0], self.stage)

    def must_say(self) -> None:
        """Expect a sentence soon; a busy machine may take its time."""
        if not until(self._has_said, 15):
            self.found.wrong.append("said nothing")

    def _has_said(self) -> bool:
        self.listen()
        return bool(self.found.said)

    def recover(self) -> None:
        """Expect everything to be through, each article once, with no hand lent."""
        began = time.monotonic()
        if until(self.out, BACK):
            self.found.back = f"{time.monotonic() - began:.1f} s"
        else:
            self.found.wrong.append("did not go on")
        until(self._settled, 30, 0.2)
        self.stop()
        self.count()

    def _settled(self) -> bool:
        return all(r["state"] == "sent" for r in self.stage.records())

    def stop(self, besides: int = 0) -> None:
        """End the daemon in order: with 0, or with that status."""
        status = self.stage.end(self.pid) if self.pid else 0
        if status not in (0, besides):
            self.found.wrong.append(f"ended with {status}")
        self.pid = 0

    def count(self) -> None:
        """Compare the networks with the log, and every post with a claim that was committed before."""
        result = tally(self.stage, self.links, Tally())
        for name in ("twice", "lost", "wrongly_sent", "disagree"):
            if getattr(result, name):
                self.found.wrong.append(f"{getattr(result, name)} {name}")
        unclaimed = self.unclaimed(self.database)
        if unclaimed:
            self.found.wrong.append(f"{unclaimed} posts without a claim")
        self.found.wrong += [f"check: {line}" for line in migrate.check(self.database)[:1]]

    def unclaimed(self, database: Path) -> int:
        """Return how many posts have no committed claim in the journal."""
        query = (
            "SELECT platform, payload ->> '$.link' FROM attempts JOIN actions ON actions.id = action_id"
            " JOIN targets ON targets.id = target_id"
        )
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
            claims = [(platform, link) for platform, link in db.execute(query)]
        for post in self.stage.networks.posts():
            for link in set(post["links"]) & set(self.links):
                with suppress(ValueError):
                    claims.remove((post["platform"], link))
                    break
            else:
                return 1
        return 0


def _short(said: str, stage: Daemons) -> str:
    return said.replace(f"{stage.folder.resolve()}/", "").replace(f"{stage.folder}/", "")
