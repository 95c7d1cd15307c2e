"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from occupier.domain.errors import FeedError
from occupier.domain.ports import Parsed
from occupier.feeds.address import shown
from occupier.feeds.dates import read_date
from occupier.feeds.markup import LONGEST_MARKUP, absolute, first_image
from occupier.feeds.shaping import MOST_ENTRIES, NoLink, Text, Told, gathered, odd, shaped, tidy_title, without_link

_VERSION = "jsonfeed.org/version/1"
_MARK = b"\xef\xbb\xbf"


def is_json(body: bytes) -> bool:
    """Say whether a body is a JSON object, whatever its content type says."""
    return body.removeprefix(_MARK).lstrip()[:1] == b"{"


def parse(body: bytes, url: str) -> Parsed:
    """Return the entries of a JSON Feed; raises FeedError if it is other JSON, or broken."""
    feed = _loaded(body, url)
    items = feed.get("items")
    if _VERSION not in str(feed.get("version")) or not isinstance(items, list):
        raise FeedError("What {url} answers is JSON, but not a JSON Feed; check the address.", url=shown(url))
    entries, skipped = [], []
    for item in items[:MOST_ENTRIES]:
        told = Told()
        try:
            told = _told(item, url)
            entries.append(shaped(told))
        except NoLink:
            skipped.append(without_link(told))
        except (ValueError, TypeError, AttributeError, OverflowError) as error:
            skipped.append(odd(told, error))
    return gathered(entries, tidy_title(Text(_string(feed, "title"))), skipped)


def _loaded(body: bytes, url: str) -> Mapping[str, Any]:
    try:
        feed: Mapping[str, Any] = json.loads(body.removeprefix(_MARK).decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise FeedError("The JSON Feed at {url} is broken; it will be asked again.", url=shown(url)) from error
    return feed


def _told(item: Mapping[str, Any], url: str) -> Told:
    markup = _string(item, "content_html")[:LONGEST_MARKUP]
    summary = _string(item, "summary") or _string(item, "content_text")
    tags = item.get("tags")
    return Told(
        title=Text(_string(item, "title")),
        link=absolute(_string(item, "url"), url)
        or absolute(_string(item, "external_url"), url)
        or absolute(_string(item, "id"), ""),
        guid=_string(item, "id"),
        summary=Text(summary) if summary else Text(markup, is_html=True),
        categories=[Text(t) for t in tags if isinstance(t, str)] if isinstance(tags, list) else (),
        image=_image(item, markup, url),
        published_at=read_date(_string(item, "date_published") or _string(item, "date_modified")),
    )


def _image(item: Mapping[str, Any], markup: str, url: str) -> str | None:
    for written in (_string(item, "image"), _string(item, "banner_image"), first_image(markup)):
        found = absolute(written or "", url)
        if found:
            return found
    return None


def _string(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    # Identifiers are numbers in some feeds; a truth value is never meant.
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""
