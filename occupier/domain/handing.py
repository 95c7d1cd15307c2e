"""The strike feed: what each entry of the newsroom's feed says in it, and to whom. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from occupier.domain.action import GIVEN, Payload, Purpose, State

LONGEST_AGENT = 120
MOST_READERS = 500
"""Readers of one strike feed that are told apart: those after see what a first reading sees."""
_VERSION = re.compile(r"[/ ]v?\d[\w.+-]*")


IMAGES = "images"
"""The option of a payload that says it, where they are not kept. It is frozen with the words: what was read stays."""


class Images(StrEnum):
    """What becomes of the images of an entry that says the strike; an address stands for one in the place of all."""

    KEEP = "keep"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Words:
    """What an entry of a strike says: `title` in one line without the link, `text` in whole, both plain text."""

    title: str
    text: str
    images: str = Images.KEEP


class Withheld:
    """The entry is not in this edition."""


WITHHELD = Withheld()
Treatment = Words | Withheld | None
"""None leaves the entry as it is, to the byte."""


@dataclass(frozen=True, slots=True)
class Placed:
    """What the journal knows about an article on a strike feed."""

    action_id: int
    purpose: Purpose
    state: State
    payload: Payload | None = None
    strike_id: int | None = None
    handed_at: datetime | None = None
    read_at: datetime | None = None

    @property
    def is_new_to_somebody(self) -> bool:
        """Whether it says the strike, and a tool that has not read it may still have to be kept from it."""
        return self.purpose is Purpose.STRIKE and self.state in GIVEN


@dataclass(frozen=True, slots=True)
class Document:
    """The last document of a feed, mended and whole; `articles` has the article of each entry in it, in its order."""

    body: bytes = field(repr=False)
    articles: tuple[int | None, ...] = ()
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads a strike feed, as it calls itself: a user agent without its version, never an address."""

    id: int
    agent: str
    first_at: datetime
    last_at: datetime
    reads: int = 1

    @property
    def every(self) -> timedelta | None:
        """How often it reads; None while it has read only once."""
        return (self.last_at - self.first_at) / (self.reads - 1) if self.reads > 1 else None


def treatment(placed: Placed | None, *, has_read: bool, may_be_new: bool) -> Treatment:
    """Say what an entry is in the edition for one reader.

    Args:
        placed: what is decided about its article on this feed; None where no strike concerns it.
        has_read: the reader has it already, so that it must never change.
        may_be_new: the reader may be shown new entries of its strike now.
    """
    if placed is None:
        return None
    if placed.purpose is Purpose.ORDINARY:
        return None if placed.state in GIVEN else WITHHELD
    if placed.is_new_to_somebody and placed.payload is not None and (has_read or may_be_new):
        return words_of(placed.payload)
    return WITHHELD


def words_of(payload: Payload) -> Words:
    """Return what an entry says: a tool puts the link behind the title by itself."""
    bare = payload.text.replace(payload.link, " ") if payload.link else payload.text
    return Words(" ".join(bare.split()), payload.shown, payload.options.get(IMAGES, Images.KEEP))


def agent_of(header: str | None) -> str:
    """Return what a reader calls itself, without its version: a tool that was brought up to date is the same tool."""
    printable = "".join(sign if sign.isprintable() else " " for sign in header or "")
    return " ".join(_VERSION.sub("", printable).split())[:LONGEST_AGENT] or "-"


def by_article(placed: Mapping[int, Placed], document: Document) -> list[Placed | None]:
    """Return what is known of each entry of a document, in its order."""
    return [placed.get(article) if article is not None else None for article in document.articles]
