"""What the Graph API gives back, made into the domain's values.

Source: developers.facebook.com/docs/graph-api/reference (page-post, story-attachment).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from occupier.domain.access import UNTOLD, Access
from occupier.domain.metrics import Figures
from occupier.domain.reconcile import RemotePost
from occupier.domain.snapshot import Snapshot
from occupier.platforms.plain import aware, count, written_links
from occupier.wire.timeline import Page

NEEDED = ("pages_manage_posts", "pages_read_engagement")
"""What posting on a page, and reading it back, need (permissions reference)."""


def page(body: Any) -> Page:
    """Read a page of posts; the cursor counts only where there is a next page."""
    entries = body["data"]
    paging = body.get("paging") or {}
    older = paging["cursors"]["after"] if paging.get("next") else None
    reaches = aware(entries[-1]["created_time"]) if entries else None
    return Page(tuple(post(entry) for entry in entries), older, reaches)


def post(entry: Any) -> RemotePost:
    """Read one post: its words, and where its attachment leads."""
    text = str(entry.get("message") or "")
    return RemotePost(
        id=str(entry["id"]),
        text=text,
        links=tuple(dict.fromkeys([*_attached(entry), *written_links(text)])),
        created_at=aware(entry["created_time"]),
        url=entry.get("permalink_url"),
        application=(entry.get("application") or {}).get("name"),
        figures=figures(entry),
    )


def snapshot(entry: Any) -> Snapshot:
    """Read one post whole: its message is what its author wrote, and what is attached to it stays."""
    seen = post(entry)
    return Snapshot(
        id=seen.id,
        text=seen.text,
        created_at=seen.created_at,
        url=seen.url,
        links=seen.links,
        attached=_attached(entry),
        application=seen.application,
        figures=seen.figures or Figures(),
    )


def _attached(entry: Any) -> tuple[str, ...]:
    listed = (entry.get("attachments") or {}).get("data") or ()
    return tuple(filter(None, (unwrapped(a.get("unshimmed_url") or a.get("url") or "") for a in listed)))


def calls_left(headers: Mapping[str, str]) -> Access:
    """Read how much of the app's hour is left, in percent (Graph API, "Rate limits": X-App-Usage)."""
    try:
        usage = json.loads(headers.get("x-app-usage") or "")
        used = max(int(usage[name]) for name in ("call_count", "total_cputime", "total_time") if name in usage)
    except (ValueError, TypeError, KeyError, RecursionError):
        return UNTOLD
    return Access(calls_left=max(0, 100 - used), calls_of=100)


def token(body: Any) -> Access:
    """Read what is said of a token (Graph API, debug_token): its rights, and until when it works; 0 is for ever."""
    said = body["data"]
    granted = said.get("scopes")
    lacking = tuple(need for need in NEEDED if need not in granted) if isinstance(granted, list) else ()
    ends = [at for at in (said.get("expires_at"), said.get("data_access_expires_at")) if isinstance(at, int) and at > 0]
    may_post = not lacking if isinstance(granted, list) else None
    return Access(may_post, lacking, datetime.fromtimestamp(min(ends), UTC) if ends else None)


def unwrapped(url: str) -> str:
    """Return where Facebook's way out (l.facebook.com/l.php?u=…) leads."""
    parts = urlsplit(url)
    if (parts.hostname or "").endswith(".facebook.com") and parts.path == "/l.php":
        return parse_qs(parts.query).get("u", [url])[0]
    return url


def figures(entry: Any) -> Figures | None:
    """Read how a post was answered, where that was asked for; `shares` is missing where there are none."""
    if "reactions" not in entry and "comments" not in entry:
        return None
    return Figures(
        likes=_total(entry.get("reactions")),
        reposts=count((entry.get("shares") or {}).get("count", 0)),
        replies=_total(entry.get("comments")),
    )


def _total(edge: Any) -> int | None:
    return count(((edge or {}).get("summary") or {}).get("total_count"))
