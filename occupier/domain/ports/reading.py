"""What comes in: feeds asked for and parsed, documents cut into entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from occupier.domain.article import Entry
from occupier.domain.errors import Sentence
from occupier.domain.handing import Treatment


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of a feed before asking for it again."""

    url: str
    etag: str | None = None
    modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: `body` None means unchanged. `skew` is their Date less our clock, where they gave one."""

    body: bytes | None
    etag: str | None = None
    modified: str | None = None
    content_type: str = ""
    url: str = ""
    host: str = ""
    skew: timedelta | None = None
    not_before: datetime | None = None


class Fetcher(Protocol):
    """Asks for feeds."""

    def fetch(self, asked: Asked) -> Fetched:
        """Fetch one feed, conditionally; raises FeedError. Safe to call from several threads."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document understood: its entries in the feed's own order, and what could not be used, in sentences.

    `document` is what was parsed, mended; empty where it is no XML. `places` says the how-many-eth of its `listed`
    entries each one is.
    """

    entries: tuple[Entry, ...]
    title: str = ""
    skipped: tuple[Sentence, ...] = ()
    document: bytes = field(default=b"", repr=False)
    places: tuple[int, ...] = ()
    listed: int = 0


class Parser(Protocol):
    """Makes entries of bytes."""

    def parse(self, body: bytes, content_type: str, url: str) -> Parsed:
        """Understand a document; raises FeedError when it is no feed at all. One odd entry is skipped, not raised."""


class Press(Protocol):
    """Cuts the newsroom's documents, and puts them together again."""

    def cut(self, document: bytes) -> Plate:
        """Find the entries of a document; raises FeedError where it cannot be cut rightly."""


class Plate(Protocol):
    """A document that editions are made of."""

    @property
    def entries(self) -> int:
        """How many entries it has."""

    @property
    def media_type(self) -> str:
        """What a server says that it is."""

    def edition(self, treatments: Sequence[Treatment]) -> bytes:
        """Return the document in which each entry is as is said of it, in its order."""

    def grafted(self, other: Plate, places: Mapping[int, int]) -> bytes:
        """Return the document with entries of another one in the places of its own; without, if that cannot be cut."""
