"""A world in which the newsroom's usual tools go on posting, beside guards, edits and strike feeds.

The usual tools and the readers of the feeds live in the campaign's own process; what they saw is kept, and the guards'
readings are written down by the daemons at the ports, so that the verdict needs nothing that the journal says.
"""

from __future__ import annotations

import json
import os
import random
import re
import socket
import threading
import time
import traceback
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from occupier import bootstrap
from occupier.bootstrap import House, prepare_process
from occupier.daemon import Daemon, pace
from occupier.domain import setup
from occupier.domain.limits import Limits
from occupier.domain.ports import Order
from occupier.services.kiosk import handing
from occupier.settings import Settings, load_text
from occupier.web import strike_feeds
from tests.campaigns.executioner import Executioner
from tests.campaigns.world import World, divided

HOLD, LEAVE, EDIT, PAGE, TAKEOVER, DELETE = "garde", "laisse", "reprend", "page", "attitre", "efface"
WRITTEN, SERVED = "pli", "kiosque"
EDITED = (EDIT, PAGE, TAKEOVER)
POSTING = (HOLD, LEAVE, *EDITED, DELETE)
FEEDS = (WRITTEN, SERVED)
ROBOT, WEB, OURS = "Robot", "Web", "sandbox"
AGENT = "outil"
LOOK = 0.25
"""Seconds between two readings of a strike feed by its tool."""
SLOWEST_START = 30.0
PORTS = (20_000, 32_000)
"""Below those that systems give to whoever calls."""
_ITEM = re.compile(rb"<item>.*?</item>", re.DOTALL)
_GUID = re.compile(rb"<guid[^>]*>([^<]*)</guid>")

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
name = "garde"
platform = "mastodon"
server = "{url}"
access_token = {{ env = "GARDE" }}
[[accounts]]
name = "laisse"
platform = "x"
api_url = "{url}/x"
consumer_key = {{ env = "LAISSE_CONSUMER_KEY" }}
consumer_secret = {{ env = "LAISSE_CONSUMER_SECRET" }}
access_token = {{ env = "LAISSE_ACCESS_TOKEN" }}
access_token_secret = {{ env = "LAISSE_ACCESS_TOKEN_SECRET" }}
budget_per_day = 100000.0
if_usual_is_out = "leave"
[[accounts]]
name = "reprend"
platform = "mastodon"
server = "{url}"
access_token = {{ env = "REPREND" }}
if_usual_is_out = "replace"
usual_application = "Robot"
[[accounts]]
name = "page"
platform = "facebook"
api_url = "{url}/graph"
page_id = "{page_id}"
access_token = {{ env = "FACEBOOK" }}
if_usual_is_out = "replace"
usual_application = "sandbox"
[[accounts]]
name = "attitre"
platform = "mastodon"
server = "{url}"
access_token = {{ env = "ATTITRE" }}
takeover = "replace"
usual_application = "Robot"
[[accounts]]
name = "efface"
platform = "x"
api_url = "{url}/x"
consumer_key = {{ env = "EFFACE_CONSUMER_KEY" }}
consumer_secret = {{ env = "EFFACE_CONSUMER_SECRET" }}
access_token = {{ env = "EFFACE_ACCESS_TOKEN" }}
access_token_secret = {{ env = "EFFACE_ACCESS_TOKEN_SECRET" }}
budget_per_day = 100000.0
if_usual_is_out = "replace"
replace_by = "delete"
[[accounts]]
name = "pli"
platform = "feed"
for_platform = "mastodon"
tool_interval = "1m"
deliver = {{ file = "{file}" }}
[[accounts]]
name = "kiosque"
platform = "feed"
for_platform = "mastodon"
tool_interval = "1m"
"""


@dataclass
class Usual:
    """A post that the usual tool made, as the network had it when it was new; `meddled`: somebody touched it since."""

    account: str
    link: str
    post: Mapping[str, Any]
    meddled: bool = False
    by: str = ROBOT


@dataclass
class Reader:
    """A tool that reads a strike feed: what it saw of each article, first, and what it should never have seen."""

    seen: dict[str, bytes] = field(default_factory=dict)
    changed: int = 0
    torn: int = 0
    reads: int = 0
    """Readings that brought a document."""

    def take(self, document: bytes) -> None:
        """Read a document."""
        self.reads += 1
        self.torn += not document.rstrip().endswith(b"</rss>")
        for item in _ITEM.findall(document):
            found = _GUID.search(item)
            self.changed += found is None or self.seen.setdefault(found[1].decode(), item) != item


@dataclass
class Company(World):
    """Accounts with guards, edits and feeds, the tools that post or read beside, and what those did and saw."""

    chance: random.Random = field(default_factory=random.Random)
    secrets: dict[str, str] = field(default_factory=dict)
    ids: dict[str, tuple[str, str]] = field(default_factory=dict)
    usual: list[Usual] = field(default_factory=list)
    chores: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    readers: dict[str, Reader] = field(default_factory=lambda: {name: Reader() for name in FEEDS})
    reading: bool = True
    port: int = 0
    crashes: int = 0
    _looked_at: float = 0

    def open(self) -> None:
        """Open the accounts, and choose where the feed is served."""
        given = self.networks.credentials
        self.ids = {PAGE: ("facebook", "")}
        self.secrets["FACEBOOK"] = given["facebook"]["access_token"]
        for name in (HOLD, EDIT, TAKEOVER):
            opened = self._opened("mastodon", name)
            self.secrets[name.upper()] = opened["access_token"]
        for name in (LEAVE, DELETE):
            opened = self._opened("x", name)
            self.secrets |= {f"{name}_{key}".upper(): value for key, value in opened.items()}
        self.port = self._free_port()

    def _free_port(self) -> int:
        """Return a port that no call of anybody's is given by chance, while daemons come and go on it."""
        while True:
            port = random.SystemRandom().randrange(*PORTS)
            with suppress(OSError), socket.create_server(("127.0.0.1", port)):
                return port

    def _opened(self, platform: str, name: str) -> dict[str, str]:
        opened: dict[str, str] = self.networks.control("accounts", {"platform": platform, "name": name})
        self.ids[name] = platform, opened["remote_id"]
        return opened

    @property
    def file(self) -> Path:
        """Where the written feed is put."""
        return self.folder / "une.xml"

    @property
    def witness(self) -> Path:
        """Where each daemon notes, before each post, since when it has been reading for it."""
        return self.folder / "witness"

    def settings(self) -> Settings:
        """Return settings whose waits are divided."""
        url, page = self.networks.url, self.networks.credentials["facebook"]["page_id"]
        text = SETTINGS.format(url=url, page_id=page, file=self.file)
        settings = load_text(text, self.folder, self.secrets, datetime.now(UTC))
        # a claim is as old as the machine is busy: divided, most would be too late
        limits = replace(
            divided(self.factor), claim_age=Limits().claim_age, usual_patience=timedelta(seconds=20 / self.factor)
        )
        interval = timedelta(seconds=60 / self.factor)
        accounts = tuple(
            replace(a, settle_after=limits.settle_after, tool_interval=interval if a.is_feed else None)
            for a in settings.setup.accounts
        )
        feeds = tuple(replace(f, interval=timedelta(seconds=0.2)) for f in settings.setup.feeds)
        return replace(settings, setup=replace(settings.setup, limits=limits, accounts=accounts, feeds=feeds))

    # --- daemons ------------------------------------------------------------------------------------------------------

    def employ(self, executioner: Executioner | None = None) -> int:
        """Fork a daemon that serves its feed too, and dies where it is to; return its process id."""
        pid = os.fork()
        if pid:
            return pid
        status = 1
        try:
            prepare_process()
            self._hurry()
            if executioner is None:  # one that lives looks after everything in the time that it has
                pace.SAFETY = 2.0
            executioner = executioner or Executioner("")
            with self.manned(executioner) as house, self._serving(house, executioner):
                daemon = Daemon(house, self.settings)
                daemon.signals.listen()
                daemon.run()
            status = 0
        except BaseException:  # whatever gets out is what a person would see
            traceback.print_exc()
        finally:
            os._exit(status)

    def _hurry(self) -> None:
        """Divide what is no limit, in this process."""
        pace.TICK, pace.MEASURE = 0.1, 0.5
        for module in (setup, handing):
            setattr(module, "WRITING", timedelta(seconds=60 / self.factor))  # noqa: B010 - it is imported by name

    @contextmanager
    def manned(self, executioner: Executioner) -> Iterator[House]:
        """Open the house with the points of death in it, and with a witness at the networks."""
        house = self.house(executioner.surround)
        house.connect()
        for delivery in house.deliveries.values():
            setattr(delivery, "put", executioner.around("put", delivery.put))  # noqa: B010 - a port has no such field
        for name in POSTING:
            self._bear_witness(house.networks[name], name)
        yield house
        house.store.close()

    @contextmanager
    def _serving(self, house: House, executioner: Executioner) -> Iterator[None]:
        make = bootstrap.make_offering

        def made(*args: Any) -> Any:
            offering, store = make(*args)
            executioner.watch(store)
            offering.edition = executioner.around("edition", offering.edition)  # type: ignore[method-assign]
            return offering, store

        setattr(strike_feeds, "make_offering", made)  # noqa: B010 - it is imported by name
        with strike_feeds.serving_feeds(house, "127.0.0.1", self.port):
            yield

    def _bear_witness(self, network: Any, name: str) -> None:
        """Note since when the account was read for each post: a lane reads and posts on one thread."""
        recent, apply, here = network.recent, network.apply, threading.local()

        def read(since: datetime) -> Any:
            began = datetime.now(UTC).isoformat()
            result = recent(since)
            here.began = began
            return result

        def applied(order: Order) -> Any:
            noted = {"account": name, "verb": order.verb.value, "link": order.payload.link,
                     "read": getattr(here, "began", None), "at": datetime.now(UTC).isoformat()}  # fmt: skip
            here.began = None
            with self.witness.open("a") as file:
                file.write(json.dumps(noted) + "\n")
            return apply(order)

        network.recent, network.apply = read, applied

    def kill(self, pid: int, after: float, *, serves: bool = True) -> bool:
        """Do what the tools do, until the daemon dies by its own hand or its time is up; say which it was.

        Its time counts from when it answers readers: a busy machine takes long to start it.
        """
        latest = time.monotonic() + SLOWEST_START
        end = latest if serves else time.monotonic() + after
        while time.monotonic() < end:
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self.crashes += os.waitstatus_to_exitcode(status) not in (0, -9)
                return True
            self.live()
            if end == latest and self._answers():
                end = time.monotonic() + after
            time.sleep(0.01)
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        return False

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    # --- the usual tools ----------------------------------------------------------------------------------------------

    def later(self, seconds: float, chore: Callable[[], None]) -> None:
        """Have something done in a while."""
        self.chores.append((time.monotonic() + seconds, chore))

    def live(self) -> None:
        """Do what is due, and let the tools read their feeds."""
        now = time.monotonic()
        due, self.chores = [c for at, c in self.chores if at <= now], [c for c in self.chores if c[0] > now]
        for chore in due:
            chore()
        if self.reading and now - self._looked_at > LOOK:
            self._looked_at = now
            self.look()

    def look(self) -> None:
        """Let the tools read their feeds, if there is anything to read."""
        with suppress(FileNotFoundError):
            self.readers[WRITTEN].take(self.file.read_bytes())
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}/feeds/{SERVED}.xml",
                                       headers={"User-Agent": f"{AGENT}/1.0"})  # fmt: skip
        # killed in the middle of an answer, or not there yet: a tool comes again
        with suppress(OSError, urllib.error.URLError), urllib.request.urlopen(asked, timeout=2) as answer:
            body = answer.read()
            if len(body) == int(answer.headers["Content-Length"]):
                self.readers[SERVED].take(body)

    def announce(self, account: str, link: str, title: str, *, by: str = ROBOT) -> None:
        """Let a tool, or somebody, post about an article."""
        platform, of = self.ids[account]
        text = f"À lire : {title} {link}?utm_source=robot&utm_medium=social"
        told: dict[str, Any] = {"platform": platform, "text": text, "application": by}
        told |= {"account": of} if of else {}
        if platform == "mastodon" and self.chance.random() < 0.6:
            told |= {"media": ["Une banderole", None][: self.chance.randint(1, 2)]}
            told |= {"spoiler": "Conflit social"} if self.chance.random() < 0.5 else {}
        self.usual.append(Usual(account, link, self.networks.control("announce", told), by=by))

    def meddle(self, usual: Usual) -> None:
        """Let somebody edit or delete a post of the usual tool."""
        usual.meddled = True
        where = {"platform": usual.post["platform"], "post_id": usual.post["id"]}
        done = ("delete", where) if self.chance.random() < 0.5 else ("edit", where | {"text": f"Corrigé {usual.link}"})
        with suppress(urllib.error.HTTPError):  # it may be gone already: on X, occupier deletes what it replaces
            self.networks.control(*done)

    def said(self) -> list[dict[str, Any]]:
        """Return what the daemons noted before each call."""
        return [json.loads(line) for line in self.witness.read_text().splitlines()] if self.witness.exists() else []
