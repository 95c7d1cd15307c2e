"""What was seen: feeds, articles, and the strike feeds made of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from occupier.domain.action import Action
from occupier.domain.article import Article, Entry, Key
from occupier.domain.gaps import Gap
from occupier.domain.handing import Document, Placed, Reader
from occupier.domain.setup import FeedSource


@dataclass(frozen=True, slots=True)
class FeedState:
    """What the journal knows of a feed."""

    id: int
    name: str
    url: str
    etag: str | None = None
    modified: str | None = None
    body_hash: str | None = None
    baseline_at: datetime | None = None
    last_ok_at: datetime | None = None
    next_at: datetime | None = None
    failures: int = 0
    document_hash: str | None = None
    """Of the document that was last taken for the strike feeds made of it; None while there is none."""


@dataclass(frozen=True, slots=True)
class NewArticle:
    """An article to write, with the keys that identify it; of a baseline, it is never announced."""

    entry: Entry
    keys: tuple[Key, ...]
    counted_from: datetime
    baseline: bool


class Feeds(Protocol):
    """Feeds in the journal."""

    def ensure(self, source: FeedSource) -> FeedState:
        """Return the feed of that name; a changed address makes it a new one, with a baseline to come."""

    def all(self) -> list[FeedState]:
        """Return every feed ever watched."""

    def names(self, ids: Collection[int]) -> list[str]:
        """Return the names of these feeds, oldest first."""

    def save(self, feed: FeedState) -> None:
        """Write a feed's state back."""

    def save_same(self, feeds: Sequence[FeedState]) -> None:
        """Write states back, of those only whose document is still the one of the state."""

    def gaps(self, since: datetime, until: datetime) -> list[Gap]:
        """Return the gaps in watching that are over and touch the period: a feed's time before it was first read too.

        `services.watch.gaps` adds those that go on.
        """


class Articles(Protocol):
    """Articles and their keys."""

    def owners(self, keys: Sequence[Key]) -> Mapping[Key, int]:
        """Return the ids of the articles that have these keys; a key that is free is not in it."""

    def add(self, new: Sequence[NewArticle], feed_id: int, seen_at: datetime) -> list[Article]:
        """Write new articles, seen in one feed."""

    def add_keys(self, found: Iterable[tuple[int, Sequence[Key]]]) -> None:
        """Give articles, by their ids, those of the keys that are free."""

    def see(self, ids: Sequence[int], feed_id: int, at: datetime) -> list[int]:
        """Note that the feed has these articles; return those of which it was not known."""

    def get(self, article_id: int) -> Article:
        """Return one article; raises UnknownName."""

    def newest(self, feed_id: int | None, count: int) -> list[Article]:
        """Return the newest articles of a feed, or of all."""

    def appeared(self, feed_id: int, since: datetime) -> list[datetime]:
        """Return when the articles of a feed appeared since then, oldest first; of its baseline, when they were dated.

        What was known from another feed long before is left out.
        """

    def busiest_hour(self, since: datetime) -> int:
        """Return the most articles that were published within one clock hour since then."""


class Kiosk(Protocol):
    """What strike feeds are made of, and who reads them."""

    def keep(self, feed_id: int, document: Document) -> None:
        """Keep a feed's last document, in the place of the one before."""

    def document(self, feed_id: int) -> Document | None:
        """Return a feed's last document."""

    def placed(self, target_id: int, articles: Collection[int]) -> dict[int, Placed]:
        """Return what is decided about these articles on a strike feed, by article; nothing of those without."""

    def readers(self, target_id: int) -> list[Reader]:
        """Return who reads a strike feed, the first first."""

    def readings(self, target_id: int) -> dict[int, set[int]]:
        """Return which of the entries that are handed each reader has, by its id."""

    def note(self, target_id: int, agent: str, actions: Collection[int]) -> Reader:
        """Note that somebody reads, and which handed entries it has from now on; return it as it is known."""

    def note_again(self, reads: Mapping[int, tuple[datetime, int]]) -> None:
        """Note how often readers came again, and when last."""

    def unread(self) -> list[Action]:
        """Return the strike entries that were handed and that nobody was seen to read, oldest first."""
