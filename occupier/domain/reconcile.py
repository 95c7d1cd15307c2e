"""Which post on a timeline is ours: presence proves, absence only suggests."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from occupier.domain.action import Payload
from occupier.domain.article import canonical_link
from occupier.domain.metrics import Figures
from occupier.domain.text import spaced

#: X puts addresses of its own in the place of bare domains too, inclusive writing (“salarié.es”) among them.
_ADDRESS = re.compile(r"https?://\S+|\b(?=[\w-]+\.[^\W\d_]{2})\S+")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class RemotePost:
    """A post of the account, as its network gives it back: plain text, markup and entities decoded.

    `links` are the expanded addresses that the post leads to; `application` where the network tells it. `edited` where
    the network says that it was changed since; `figures` where what readers answered came along.
    """

    id: str
    text: str
    links: tuple[str, ...]
    created_at: datetime
    url: str | None = None
    application: str | None = None
    edited: bool = False
    figures: Figures | None = None


@dataclass(frozen=True, slots=True)
class TimelineRead:
    """What a reading brought. `complete`: paged without a gap down to a post older than what was asked for."""

    posts: tuple[RemotePost, ...]
    complete: bool
    cost_microusd: int = 0


def is_old_copy(read: TimelineRead, known: str | None) -> bool:
    """Say whether a reading lacks a post that must be on it, so that it says nothing of what else is missing.

    Networks answer from copies, and a copy may be older than any wait. `known` is the id of the account's newest post
    that was long visible when the reading began; None where there is no such post.
    """
    return known is not None and all(post.id != known for post in read.posts)


@dataclass(frozen=True, slots=True)
class LookUp:
    """What asking for posts by their ids brought: those that are there, and the ids of those that are not."""

    posts: tuple[RemotePost, ...]
    gone: frozenset[str] = frozenset()
    cost_microusd: int = 0


def folded(text: str) -> str:
    """Return the words alone: addresses and punctuation out, blanks folded, NFC.

    Punctuation may cling to an address in one text and stand alone in the other.
    """
    words = _ADDRESS.sub(" ", unicodedata.normalize("NFC", text))
    words = "".join(" " if unicodedata.category(c).startswith("P") else c for c in words)
    return _BLANKS.sub(" ", words).strip()


def is_ours(post: RemotePost, payload: Payload, since: datetime) -> bool:
    """Say whether a post is the one that this payload would have made, at or after `since` (aware)."""
    if post.created_at < since or folded(post.text) != folded(payload.text):
        return False
    return payload.link is None or leads_to(post, payload.link)


def is_unchanged(post: RemotePost, payload: Payload) -> bool:
    """Say whether a post still is what this payload made: nobody edited it since."""
    if post.edited or folded(post.text) != folded(payload.text):
        return False
    # where no address is rewritten (Facebook, which does not tell of edits), a comma is a change too
    if not _ADDRESS.search(payload.text) and spaced(post.text) != spaced(payload.text):
        return False
    return payload.link is None or leads_to(post, payload.link)


def leads_to(post: RemotePost, link: str) -> bool:
    """Say whether the article's canonical link is among the post's links."""
    wanted = canonical_link(link)
    return wanted is not None and any(canonical_link(found) == wanted for found in post.links)


@dataclass(frozen=True, slots=True)
class Found:
    """What a reading says about one action: the post that is ours, and the others that announce the article."""

    ours: RemotePost | None
    elsewhere: tuple[RemotePost, ...]


def look_for(
    payload: Payload, article_link: str, posts: Iterable[RemotePost], since: datetime, taken: Iterable[str]
) -> Found:
    """Search a timeline for one action's post.

    Args:
        payload: what was sent.
        article_link: the article's link, to notice announcements in other words.
        posts: what the timeline gave.
        since: the start of the attempt less the measured skew of the clocks (aware).
        taken: ids that belong to other actions.
    """
    others = set(taken)
    free = [p for p in posts if p.id not in others]
    ours = min((p for p in free if is_ours(p, payload, since)), key=lambda p: p.created_at, default=None)
    elsewhere = tuple(
        p for p in free if p.created_at >= since and not is_ours(p, payload, since) and leads_to(p, article_link)
    )
    return Found(ours, elsewhere)


def looks_due(deadline: datetime, settle_after: timedelta, between: timedelta, absences: int, last: datetime | None,
              ) -> datetime:  # fmt: skip
    """Return when to look next: at once for a proof, then for two absences far enough apart.

    Args:
        deadline: of the attempt (aware).
        settle_after: how long a timeline may lag behind.
        between: the least wait between two reads that find nothing.
        absences: how many complete reads after `deadline + settle_after` found nothing.
        last: the last read, complete or not; None before the first.
    """
    if last is None:
        return deadline
    if absences == 0:
        return max(deadline + settle_after, last + between)
    return last + between
