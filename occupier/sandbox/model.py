"""What the sandbox keeps: accounts, posts, and the articles of its feeds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from occupier.domain.setup import NETWORKS

PLATFORMS = tuple(NETWORKS)


@dataclass(frozen=True)
class Account:
    """An account on one of the sandbox's networks; `credentials` are good on this sandbox only."""

    platform: str
    id: str
    name: str
    display_name: str
    created_at: datetime
    credentials: Mapping[str, str] = field(repr=False)
    followers: int = 0


@dataclass(frozen=True)
class SandboxMedium:
    """An image of a post."""

    id: str
    description: str | None = None


@dataclass(frozen=True)
class SandboxEdit:
    """A version of a post that an edit put an end to."""

    text: str
    until: datetime
    application: str


@dataclass(frozen=True)
class SandboxPost:
    """A post that a network accepted; times are aware UTC, `links` in the order they stand.

    `text` is the text as it was sent; `public` is false for a post made by an app in development mode; `edits` are
    the versions before this one, oldest first.
    """

    id: str
    platform: str
    account: str
    text: str
    links: tuple[str, ...]
    created_at: datetime
    visible_at: datetime
    idempotency_key: str | None = None
    deleted: bool = False
    public: bool = True
    visibility: str = "public"
    language: str | None = None
    application: str = "sandbox"
    edited_at: datetime | None = None
    edits: tuple[SandboxEdit, ...] = ()
    media: tuple[SandboxMedium, ...] = ()
    spoiler: str = ""
    sensitive: bool = False
    likes: int = 0
    reposts: int = 0
    replies: int = 0
    views: int = 0

    @property
    def link(self) -> str | None:
        """The first link of the post, the one a network makes a card of."""
        return self.links[0] if self.links else None


@dataclass(frozen=True)
class SandboxArticle:
    """An article of the sandbox's newsroom, as its feed shows it."""

    number: int
    feed: str
    guid: str
    link: str
    title: str
    summary: str
    categories: tuple[str, ...]
    published_at: datetime


class SeenRequest(NamedTuple):
    """A request that reached the sandbox."""

    method: str
    path: str
    at: datetime
