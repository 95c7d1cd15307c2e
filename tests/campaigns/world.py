"""A newsroom, three networks and a daemon to be killed: the stage of the campaigns.

The networks live in a process of their own, the journal in a real file, and every daemon is a forked process that
starts from nothing but that file.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from occupier.bootstrap import House, Live, SystemClock, prepare_process
from occupier.daemon import Daemon
from occupier.domain.action import State
from occupier.domain.limits import Limits
from occupier.domain.ports import LogQuery, Notice
from occupier.domain.strike import Strike
from occupier.settings import Settings, load_text
from occupier.storage import migrate
from occupier.storage.store import SqlStore

ROOT = Path(__file__).parents[2]
SETTLED = frozenset({State.SENT, State.MISSED, State.LEFT, State.REFUSED, State.FAILED, State.HELD})

SETTINGS = """
timezone = "Europe/Paris"
[limits]
per_hour = 100000
per_day = 1000000
spacing = "0s"
[[feeds]]
name = "une"
url = "{url}/feeds/une.xml"
interval = "1s"
[[accounts]]
name = "mastodon"
platform = "mastodon"
server = "{url}"
access_token = {{ env = "MASTODON" }}
settle_after = "{settle_after}s"
[[accounts]]
name = "x"
platform = "x"
api_url = "{url}/x"
consumer_key = {{ env = "X_CONSUMER_KEY" }}
consumer_secret = {{ env = "X_CONSUMER_SECRET" }}
access_token = {{ env = "X_ACCESS_TOKEN" }}
access_token_secret = {{ env = "X_ACCESS_TOKEN_SECRET" }}
budget_per_day = 100000.0
settle_after = "{settle_after}s"
[[accounts]]
name = "facebook"
platform = "facebook"
api_url = "{url}/graph"
page_id = "{page_id}"
access_token = {{ env = "FACEBOOK" }}
settle_after = "{settle_after}s"
"""


@dataclass(frozen=True)
class Networks:
    """The sandbox in its own process."""

    url: str
    token: str
    credentials: Mapping[str, Mapping[str, str]]

    def control(self, path: str, body: Mapping[str, object] | None = None) -> Any:
        """Call one of the sandbox's switches."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"X-Sandbox-Token": self.token, "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/control/{path}", data, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def publish(self, title: str) -> str:
        """Let the newsroom publish an article; return its link."""
        return str(self.control("publish", {"feed": "une", "title": title})["link"])

    def posts(self) -> list[dict[str, Any]]:
        """Return every post, those that their owner cannot see yet included."""
        posts: list[dict[str, Any]] = self.control("posts")["posts"]
        return posts


@contextmanager
def networks(*, visible_after: float = 0, ignore_keys: bool = True) -> Iterator[Networks]:
    """Run the sandbox in a process of its own."""
    command = [sys.executable, "-m", "occupier.sandbox", "--unlimited", "--visible-after", str(visible_after)]
    process = subprocess.Popen(
        command + (["--ignore-keys"] if ignore_keys else []), cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield Networks(**json.loads(process.stdout.readline()))
    finally:
        process.terminate()
        process.wait(30)
        assert process.stdout is not None
        process.stdout.close()


def divided(factor: float) -> Limits:
    """Return the waits of the design, divided; the guard stays in proportion."""
    return Limits().divided(factor)


@dataclass
class World:
    """One journal, one newsroom, and the daemons that come and go."""

    folder: Path
    networks: Networks
    factor: float
    log: list[str] = field(default_factory=list)

    def settings(self) -> Settings:
        """Return settings whose waits are divided."""
        secret = self.networks.credentials
        environ = {
            "MASTODON": secret["mastodon"]["access_token"],
            "FACEBOOK": secret["facebook"]["access_token"],
            **{f"X_{key.upper()}": value for key, value in secret["x"].items()},
        }
        text = SETTINGS.format(url=self.networks.url, page_id=secret["facebook"]["page_id"], settle_after=1)
        settings = load_text(text, self.folder, environ, datetime.now(UTC))
        limits = divided(self.factor)
        accounts = tuple(replace(a, settle_after=limits.settle_after) for a in settings.setup.accounts)
        feeds = tuple(replace(f, interval=timedelta(seconds=0.2)) for f in settings.setup.feeds)
        return replace(settings, setup=replace(settings.setup, limits=limits, accounts=accounts, feeds=feeds))

    def house(self, wrap: Callable[[House], None] | None = None) -> House:
        """Open the journal; `wrap` may put its own things around the store and the networks."""
        settings, clock = self.settings(), SystemClock()
        migrate.create_if_missing(settings.database)
        house = House(Live(settings), SqlStore(settings.database, clock), clock, Quiet())
        if wrap is not None:
            wrap(house)
        return house

    def declare(self, name: str, seconds: float) -> None:
        """Declare a strike from now on."""
        house = self.house()
        now = house.clock.now()
        end = now + timedelta(seconds=seconds)
        house.striking.declare(Strike(name, now, end, "assemblée", "contre la réforme", now))
        house.store.close()

    def start(self, wrap: Callable[[House], None] | None = None) -> int:
        """Fork a daemon; return its process id. It works until it is killed."""
        pid = os.fork()
        if pid:
            return pid
        status = 1
        try:
            prepare_process()
            house = self.house(wrap)
            house.connect()
            daemon = Daemon(house, self.settings)
            daemon.signals.listen()
            daemon.run()
            status = 0
        finally:
            os._exit(status)

    def kill(self, pid: int, after: float) -> bool:
        """Wait for the daemon to die by its own hand, at most `after` seconds, then kill it; say which it was."""
        end = time.monotonic() + after
        while time.monotonic() < end:
            if os.waitpid(pid, os.WNOHANG)[0]:
                return True
            time.sleep(0.01)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        return False

    def records(self) -> list[Mapping[str, Any]]:
        """Return the log."""
        store = SqlStore(self.settings().database, SystemClock())
        with store.reading() as tx:
            records = list(tx.register.records(LogQuery(everything=True)))
        store.close()
        return records

    def settle(self, expected: int, seconds: float) -> None:
        """Let a daemon work undisturbed until everything is through, or the time is up."""
        pid = self.start()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            records = self.records()
            if len(records) >= expected and all(State(r["state"]) in SETTLED for r in records):
                break
            time.sleep(0.1)
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)


class Quiet:
    """Notices to nobody."""

    def tell(self, notice: Notice) -> None:
        """Tell nobody."""


@dataclass
class Tally:
    """What a campaign found."""

    runs: int = 0
    reached: int = 0
    concerned: int = 0
    published: int = 0
    twice: int = 0
    lost: int = 0
    missed: int = 0
    for_a_person: int = 0
    wrongly_sent: int = 0
    disagree: int = 0
    seconds: float = 0

    @property
    def clean(self) -> bool:
        """Whether nothing went out twice, got lost, or was sent wrongly, and the log says what the networks hold."""
        return not (self.twice or self.lost or self.wrongly_sent or self.disagree)

    def table(self, title: str) -> str:
        """Return the table that every campaign prints."""
        rows = [f"{name.replace('_', ' '):>14}  {value:g}" for name, value in vars(self).items()]
        return "\n".join([title, *rows])


def tally(world: World, links: list[str], result: Tally, strike_ends: datetime | None = None) -> Tally:
    """Compare the articles that the newsroom published with what the networks hold and with what the log says."""
    records = {(r["article_url"], r["platform"]): r for r in world.records()}
    posts = [p for p in world.networks.posts() if not p["deleted"]]
    for link in links:
        for platform in ("mastodon", "x", "facebook"):
            result.concerned += 1
            there = [p for p in posts if p["platform"] == platform and link in p["links"]]
            record = records.get((link, platform))
            result.published += len(there) == 1
            result.twice += max(0, len(there) - 1)
            _judge(result, there, record)
    known = set(links)
    result.wrongly_sent += sum(1 for p in posts if not known & set(p["links"]))
    if strike_ends is not None:
        result.wrongly_sent += sum(1 for p in posts if datetime.fromisoformat(p["created_at"]) >= strike_ends)
    return result


def _judge(result: Tally, there: list[dict[str, Any]], record: Mapping[str, Any] | None) -> None:
    if record is None:
        result.lost += 1
        return
    state = State(record["state"])
    if state is State.SENT:
        result.disagree += record["post_id"] not in {p["id"] for p in there}
    elif state in (State.MISSED, State.LEFT, State.FAILED, State.REFUSED):
        result.missed += 1
        result.disagree += bool(there)
    elif state in (State.UNCERTAIN, State.HELD):
        result.for_a_person += 1
    else:
        result.lost += 1
