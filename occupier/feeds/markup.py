"""HTML made plain, by expressions that read each character a bounded number of times, whatever the input."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import urljoin

from occupier.domain.text import LONGEST_LINK, safe_link

LONGEST_MARKUP = 20_000
"""Characters of HTML read to make a summary; what follows would be cut anyway."""

_NOT_TEXT = re.compile(
    r"""<!--.*?(?:-->|\Z)
    | <(script|style)\b.*?(?:</\1\s*>|\Z)
    | <(?P<name>/?[a-z][a-z0-9:-]*)(?:[^<>"']|"[^"<]*"|'[^'<]*')*>
    | <[!?][^<>]*>""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_BLOCKS = re.compile(
    r"""(?:address|article|aside|blockquote|br|caption|dd|div|dl|dt|figcaption|figure|footer|h[1-6]|header|hr|li|main
    |nav|ol|p|pre|section|table|td|th|tr|ul)\Z""",
    re.IGNORECASE | re.VERBOSE,
)
#: A lone `<video>` may be what a title is about; an end tag or a void element shows real markup.
_MARKED_UP = re.compile(r"</[a-z][a-z0-9]*\s*>|<(?:br|hr|img|wbr)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"""<(link|img|base)\s((?:[^<>"']|"[^"<]*"|'[^'<]*')*)>""", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""(?<![a-z-])([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_LONGEST_WRITTEN = 4 * LONGEST_LINK
_FEED_TYPES = {
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/json",
    "application/rdf+xml",
}


def plain(markup: str) -> str:
    """Return the text of an HTML fragment: tags, comments, scripts and styles gone, entities decoded once."""
    return html.unescape(_NOT_TEXT.sub(_blank, markup))


def untagged(text: str) -> str:
    """Return a text that is not declared as HTML without the tags of evident markup; entities stay as they are."""
    return _NOT_TEXT.sub(_blank, text) if _MARKED_UP.search(text) else text


def _blank(tag: re.Match[str]) -> str:
    return " " if _BLOCKS.match((tag["name"] or "").lstrip("/")) else ""


def first_image(markup: str) -> str | None:
    """Return the address in the first `<img>` of a fragment, as written."""
    return next((a["src"] for tag, a in _tags(markup) if tag == "img" and a.get("src")), None)


def feed_links(page: str, url: str) -> list[str]:
    """Return the addresses of the feeds that a web page names in its head, its own order, comments' feeds last.

    Source: https://html.spec.whatwg.org/multipage/links.html#rel-alternate
    """
    found: dict[str, bool] = {}
    for tag, attributes in _tags(page):
        if tag == "base" and attributes.get("href"):
            url = urljoin(url, attributes["href"])
        link = _feed_link(attributes, url) if tag == "link" else None
        if link:
            found.setdefault(link, "comment" in (link + attributes.get("title", "")).lower())
    return sorted(found, key=lambda link: found[link])


def _feed_link(attributes: dict[str, str], base: str) -> str | None:
    is_feed = attributes.get("type", "").split(";")[0].strip().lower() in _FEED_TYPES
    if not is_feed or "alternate" not in attributes.get("rel", "").lower().split():
        return None
    # WordPress names its API so too.
    if "/wp-json" in attributes.get("href", "") or "oembed" in attributes.get("href", ""):
        return None
    return absolute(attributes.get("href", ""), base)


def absolute(link: str, base: str) -> str | None:
    """Return a link made absolute and ASCII, or None if it is not, then, a plain http(s) address.

    One that leads back to where it stands (`http://`, `#`) leads nowhere: None.
    """
    if not link.strip() or len(link) > _LONGEST_WRITTEN:
        return None
    try:
        found = safe_link(urljoin(base, link.strip()))
        return None if found == safe_link(base) else found
    except ValueError:
        return None


def _tags(markup: str) -> Iterator[tuple[str, dict[str, str]]]:
    for tag in _TAG.finditer(markup):
        attributes = {m[1].lower(): html.unescape(m[2] or m[3] or m[4] or "") for m in _ATTRIBUTE.finditer(tag[2])}
        yield tag[1].lower(), attributes
