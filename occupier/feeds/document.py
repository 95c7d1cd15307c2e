"""A document understood, on feedparser (https://feedparser.readthedocs.io), in this process."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from occupier.domain.errors import FeedError, Sentence
from occupier.domain.ports import Parsed
from occupier.feeds import jsonfeed
from occupier.feeds.address import shown
from occupier.feeds.dates import read_date
from occupier.feeds.markup import LONGEST_MARKUP, absolute, feed_links, first_image
from occupier.feeds.repair import labelled, mended, whole
from occupier.feeds.shaping import MOST_ENTRIES, NoLink, Text, Told, gathered, odd, shaped, tidy_title, without_link

#: Exceptions that a value of an odd shape causes in an entry; what else happens is a defect, and shows.
ODD = (NoLink, ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)
_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
_FEED = re.compile(rb"<(?:[\w.-]+:)?(?:rss|feed|rdf|channel)[\s>]", re.IGNORECASE)
#: Escaped once too often, as some publishing systems do, and the lenient parser.
_AMPERSANDS = re.compile(r"&(?:(?:amp|#0*38|#x0*26);)+", re.IGNORECASE)
_HEAD = 2_048
LONGEST_PAGE = 500_000
"""Bytes of a web page in which the addresses of its feeds are looked for."""


def understand(body: bytes, content_type: str, url: str) -> Parsed:
    """Parse, however long it takes; what goes in and out is told at `FeedParser.parse`."""
    if not body.strip():
        raise FeedError("The feed at {url} is empty; it will be asked again.", url=shown(url))
    if jsonfeed.is_json(body):
        return jsonfeed.parse(body, url)
    _refuse_page(body, url)
    document, is_cut = whole(mended(body, content_type), url)
    found = _read(document, content_type, url)
    if not found["entries"] and not found.get("version"):
        raise not_a_feed(url)
    return _collected(found, url, document, is_cut=is_cut)


def not_a_feed(url: str) -> FeedError:
    """Return the error for a document that is no feed."""
    return FeedError(
        "What {url} answers is not a feed (neither RSS, Atom nor JSON Feed); check the address.", url=shown(url)
    )


def is_page(body: bytes) -> bool:
    """Say whether a body begins as a web page does."""
    head = body[:_HEAD]
    return bool(_PAGE.search(head)) and not _FEED.search(head)


def _refuse_page(body: bytes, url: str) -> None:
    if not is_page(body):
        return
    links = feed_links(body[:LONGEST_PAGE].decode("utf-8", "replace"), url)
    if links:
        raise FeedError(
            "The address {url} is a web page, not a feed; its feed seems to be {feed}.", url=shown(url), feed=links[0]
        )
    raise FeedError("The address {url} is a web page, not a feed, and it names no feed.", url=shown(url))


def _read(document: bytes, content_type: str, url: str) -> Mapping[str, Any]:
    import feedparser

    # Bytes or a string would be taken for a file's name or an address, and opened. The document's own address
    # is not told: a guid that is no link would be made into one.
    headers = {"content-type": labelled(document, content_type)}
    try:
        result: Mapping[str, Any] = feedparser.parse(
            io.BytesIO(document), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except MemoryError:  # in a process apart: its own end says it
        raise
    except Exception as error:  # whatever a hostile document makes of the library
        raise FeedError(
            "The feed at {url} could not be understood ({kind}); its server's people should see it in a validator.",
            url=shown(url),
            kind=type(error).__name__,
        ) from error
    return result


def _collected(found: Mapping[str, Any], url: str, document: bytes, *, is_cut: bool) -> Parsed:
    entries, skipped, places = [], [], []
    is_atom = str(found.get("version")).startswith("atom")
    if is_cut:
        skipped.append(Sentence("The feed is cut off; its last entry is left for the next reading."))
    if len(found["entries"]) > MOST_ENTRIES:
        text = "The feed has over {n} entries; those after are not read."
        skipped.append(Sentence(text, {"n": MOST_ENTRIES}))
    for place, entry in enumerate(found["entries"][:MOST_ENTRIES]):
        told = Told()
        try:
            told = _told(entry, url, is_atom=is_atom)
            entries.append(shaped(told))
            places.append(place)
        except NoLink:
            skipped.append(without_link(told))
        except ODD as error:
            skipped.append(odd(told, error))
    title = _text(found["feed"], "title")
    parsed = gathered(entries, tidy_title(title), skipped)
    return replace(parsed, document=document, places=tuple(places), listed=len(found["entries"]))


def _told(entry: dict[str, Any], url: str, *, is_atom: bool) -> Told:
    return Told(
        title=_text(entry, "title"),
        link=_link(entry, url),
        guid=_AMPERSANDS.sub("&", _kept(entry, "id") or ""),
        summary=_text(entry, "summary"),
        categories=[_category(tag, is_atom=is_atom) for tag in entry.get("tags") or ()],
        image=_image(entry, url),
        published_at=_date(entry),
    )


def _kept(entry: dict[str, Any], name: str) -> str | None:
    # feedparser's own look-up answers for `updated` with `published`, and warns.
    value = dict.get(entry, name)
    return value if isinstance(value, str) else None


def _text(part: dict[str, Any], name: str) -> Text:
    kind = (part.get(f"{name}_detail") or {}).get("type") or "text/plain"
    return Text(_kept(part, name) or "", kind in {"text/html", "application/xhtml+xml"})


def _category(tag: dict[str, Any], *, is_atom: bool) -> Text:
    name = _AMPERSANDS.sub("&", tag.get("label") or tag.get("term") or "")
    # RSS has HTML in it more often than not; in Atom it is an attribute, and plain.
    return Text(name, is_html=not is_atom)


def _link(entry: dict[str, Any], url: str) -> str | None:
    written = _AMPERSANDS.sub("&", _kept(entry, "link") or "")
    if entry.get("guidislink") and _kept(entry, "link") == _kept(entry, "id"):
        # The guid stands in for the link: only if it is an address by itself.
        return absolute(written, "")
    return absolute(written, url)


def _image(entry: dict[str, Any], url: str) -> str | None:
    enclosed = [link.get("href") for link in entry.get("links") or () if _is_image(link, "enclosure")]
    media = [m.get("url") for m in entry.get("media_content") or () if _is_image(m) or m.get("medium") == "image"]
    thumbnails = [m.get("url") for m in entry.get("media_thumbnail") or ()]
    for written in (*enclosed, *media, *thumbnails, *_inside(entry)):
        found = absolute(written or "", url)
        if found:
            return found
    return None


def _inside(entry: dict[str, Any]) -> Iterator[str]:
    """Yield the first images of the summary and of the content, resolved against their xml:base."""
    for part in (entry.get("summary_detail"), *(entry.get("content") or ())[:1]):
        written = first_image(str((part or {}).get("value") or "")[:LONGEST_MARKUP])
        if written:
            yield urljoin((part or {}).get("base") or "", written)


def _is_image(part: Mapping[str, Any], rel: str | None = None) -> bool:
    return part.get("rel") == rel and str(part.get("type") or "").startswith("image/")


def _date(entry: dict[str, Any]) -> datetime | None:
    for name in ("published", "updated", "created"):
        written = _kept(entry, name)
        if written:
            return read_date(written, dict.get(entry, f"{name}_parsed"))
    return None
