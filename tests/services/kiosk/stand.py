"""A newsroom whose usual tool reads a strike feed: real documents, real parsing, and readers with a memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser

from occupier.domain.ports import Fetched, Network
from occupier.domain.setup import FEED, Account
from occupier.feeds.parse import FeedParser
from occupier.platforms.strike_feed import StrikeFeed
from occupier.services.kiosk.handing import lapse_unread
from occupier.services.kiosk.offering import Offering
from occupier.services.kiosk.placing import Placing
from occupier.storage.store import SqlStore
from occupier.syndication.press import Cutter
from tests.fakes import FakeClock
from tests.services.newsroom import HOUR, MINUTE, Newsroom, feed

TOOL = "feed2toot"
LINK = "https://www.example.org/{n}"


def outlet(name: str = "outil", **values: Any) -> Account:
    """Make a strike feed's account."""
    usual: dict[str, Any] = {
        "name": name, "platform": FEED, "host": "", "remote_id": name, "feeds": frozenset({"une"}),
        "for_platform": "x", "tool_interval": HOUR,
    }  # fmt: skip
    return Account(**usual | values)


def rss(numbers: Iterable[int | str]) -> bytes:
    """Return the newsroom's feed with these articles, the newest first."""
    items = "".join(
        f"  <item><title>Titre {n}</title><link>{LINK.format(n=n)}</link><guid>g-{n}</guid>"
        f"<description>Résumé {n}</description></item>\n"
        for n in numbers
    )
    return f'<rss version="2.0"><channel><title>La une</title>\n{items}</channel></rss>'.encode()


@dataclass
class Shelf:
    """Stands for the place where a feed is put."""

    documents: list[bytes] = field(default_factory=list)
    broken: list[Exception] = field(default_factory=list)

    def put(self, document: bytes, media_type: str, seconds: float) -> None:
        """Keep it, or break."""
        if self.broken:
            raise self.broken.pop(0)
        self.documents.append(document)

    def try_out(self) -> None:
        """Find nothing wrong."""


class Kiosk(Newsroom):
    """A newsroom with one strike feed, `outil`, and a feed of three articles."""

    def __init__(self, path: Path, clock: FakeClock, *accounts: Account, **setup: Any) -> None:
        super().__init__(path, clock, accounts or (outlet(),), (feed(),))
        self.change(**setup)
        self.numbers: list[int | str] = [3, 2, 1]
        self.shelf = Shelf()

    def wire(self) -> None:
        """Make the services, with the real parser and the strike feeds' own adapters."""
        self.parser = FeedParser()  # type: ignore[assignment]
        super().wire()
        self.other = SqlStore(self.path, self.clock, busy_ms=20)
        setup = lambda: self.setup  # noqa: E731
        self.offering = Offering(self.other, Cutter(), self.clock, setup, self.store.pause_file)
        deliveries = {a.name: self for a in self.setup.accounts if a.is_written}
        said = self.notices, setup, self.store.pause_file
        self.placing = Placing(self.store, Cutter(), deliveries, *said)
        self.networks.update({a.name: self._adapter(a) for a in self.setup.accounts if a.is_feed})

    def _adapter(self, one: Account) -> Network:
        write = (lambda: self.placing.write(self.account(one.name))) if one.is_written else None
        return StrikeFeed(one.name, one.network, write=write)

    def put(self, document: bytes, media_type: str, seconds: float) -> None:
        """Put it on the shelf."""
        self.shelf.put(document, media_type, seconds)

    def try_out(self) -> None:
        """Find nothing wrong."""

    def hold(self, *numbers: int | str, body: bytes | None = None) -> None:
        """Let the newsroom's feed hold these articles too, and let it be asked."""
        self.numbers = [*reversed(numbers), *self.numbers]
        self.give(body or rss(self.numbers))
        self.clock.advance(MINUTE)
        self.watching.poll(self.source("une"))

    def give(self, body: bytes) -> None:
        """Let the newsroom's feed be these bytes."""
        url = self.source("une").url
        self.fetcher.answers[url] = deque([Fetched(body, url=url, host="www.example.org", content_type="text/xml")])

    def opened(self, **values: Any) -> None:
        """Let the feed be known, the tool have read it once, and a strike begin."""
        self.hold()
        self.offering.prepare()
        self.read()
        self.strike(**values)

    def read(self, agent: str = TOOL, name: str = "outil") -> dict[str, str]:
        """Read the strike feed as a tool does: titles by guid."""
        return titles(self.bytes_for(agent, name))

    def bytes_for(self, agent: str = TOOL, name: str = "outil") -> bytes:
        """Return what a reader gets."""
        edition = self.offering.edition(name, agent)
        assert edition is not None
        return edition.body

    def work(self, name: str = "outil") -> None:
        """Work the lane off, and what the house does besides."""
        self.run_lane(name)
        self.placing.mind()
        self.striking.close_ended()
        self.housekeeping.lapse()
        lapse_unread(self.store)

    def until(self, at: datetime, step: timedelta = MINUTE) -> None:
        """Let time pass."""
        while self.clock.now() < at:
            self.clock.advance(step)
            self.work()

    def close(self) -> None:
        """Close both journals."""
        self.other.close()
        super().close()


def titles(document: bytes) -> dict[str, str]:
    """Return the titles in a document, by guid."""
    return {entry.id: entry.title for entry in feedparser.parse(document).entries}
