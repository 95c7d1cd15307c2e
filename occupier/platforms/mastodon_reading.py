"""What Mastodon's API gives back, made into the domain's values.

Source: docs.joinmastodon.org (entities/Status, entities/CredentialAccount, entities/Instance).
"""

from __future__ import annotations

from typing import Any

from occupier.domain.access import Access
from occupier.domain.metrics import Figures
from occupier.domain.ports import Identity
from occupier.domain.reconcile import RemotePost
from occupier.domain.snapshot import Medium, Snapshot
from occupier.platforms.plain import aware, count, number, plain
from occupier.wire.flight import Flight
from occupier.wire.timeline import Page

NEEDED = ("write:statuses", "read:statuses", "read:accounts")
_LENGTHS = ("max_characters", "characters_reserved_per_url")


def identity(body: Any, made: Flight) -> Identity:
    """Read a credential account, and from the headers how many calls are left."""
    headers = made.answer.headers if made.answer else {}
    left, of = (number(headers.get(f"x-ratelimit-{name}")) for name in ("remaining", "limit"))
    labelled = body["bot"] if isinstance(body.get("bot"), bool) else None
    access = Access(labelled=labelled, calls_left=left, calls_of=of)
    name = str(body.get("acct") or body["username"])
    return Identity(str(body["id"]), name, body.get("url"), (), made.skew, access, count(body.get("followers_count")))


def scopes(body: Any) -> tuple[str, ...]:
    """Read what a token may do: a list, or one text with blanks between."""
    said = body.get("scope", body.get("scopes"))
    found = said.split() if isinstance(said, str) else list(said)
    return tuple(map(str, found))


def lacking(granted: tuple[str, ...]) -> tuple[str, ...]:
    """Return the scopes that posting and reading back need, and that were not granted (api/oauth-scopes)."""
    return tuple(need for need in NEEDED if need not in granted and need.partition(":")[0] not in granted)


def lengths(body: Any) -> dict[str, int]:
    """Read an instance's lengths; those that are missing or absurd are left out."""
    said = (body.get("configuration") or {}).get("statuses") or {}
    # Older kinds of servers say it at the top (Pleroma: max_toot_chars).
    said = {"max_characters": body.get("max_toot_chars")} | said
    return {name: said[name] for name in _LENGTHS if isinstance(said.get(name), int) and 0 < said[name] <= 1_000_000}


def page(body: Any) -> Page:
    """Read a page of statuses. Only an empty one is the last: a server may filter a page after it counted it."""
    if not isinstance(body, list):
        raise TypeError("no list of statuses")
    posts = tuple(post(status) for status in body if not status.get("reblog"))
    last = body[-1] if body else None
    return Page(posts, str(last["id"]) if last else None, aware(last["created_at"]) if last else None)


def post(status: Any) -> RemotePost:
    """Read one status."""
    text, links = plain(status["content"])
    application = status.get("application") or {}
    return RemotePost(
        id=str(status["id"]),
        text=text,
        links=links,
        created_at=aware(status["created_at"]),
        url=status.get("url") or status.get("uri"),
        application=application.get("name"),
        edited=bool(status.get("edited_at")),
        figures=figures(status),
    )


def snapshot(status: Any, text: str) -> Snapshot:
    """Read one status whole; `text` is what its author wrote (StatusSource). An edit would set a poll back to zero."""
    seen = post(status)
    media = tuple(Medium(str(one["id"]), one.get("description")) for one in status.get("media_attachments") or ())
    return Snapshot(
        id=seen.id,
        text=text,
        created_at=seen.created_at,
        url=seen.url,
        links=seen.links,
        media=media,
        spoiler=str(status.get("spoiler_text") or ""),
        sensitive=bool(status.get("sensitive")),
        visibility=status.get("visibility"),
        language=status.get("language"),
        application=seen.application,
        figures=figures(status),
        cannot="poll" if status.get("poll") else None,
    )


def figures(status: Any) -> Figures:
    """Read how a status was answered; no server counts its views."""
    return Figures(
        likes=count(status.get("favourites_count")),
        reposts=count(status.get("reblogs_count")),
        replies=count(status.get("replies_count")),
    )
