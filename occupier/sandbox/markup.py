"""Mastodon's HTML: how a server shows the text of a post."""

import html
import re
from functools import partial

from occupier.sandbox.text import addresses, woven

_PREFIX = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)
_TAG = re.compile(r"(?<![\w/#&;])#(\w*[^\W\d_]\w*)")
_SHOWN = 30


def content(text: str, base_url: str) -> str:
    """Render a plain text as Mastodon does: paragraphs, line breaks, addresses and hashtags as links.

    Source: mastodon, app/lib/text_formatter.rb.
    """
    text = text.replace("\r\n", "\n").strip("\n")
    paragraphs = re.split(r"\n{2,}", text)
    return "".join(f"<p>{_paragraph(paragraph, base_url)}</p>" for paragraph in paragraphs)


def tags(text: str) -> list[str]:
    """Return the hashtags of a text, without the sign."""
    return [match.group(1) for match in _TAG.finditer(text)]


def _paragraph(text: str, base_url: str) -> str:
    links = ((found.start, found.end, shortened_link(found.url)) for found in addresses(text))
    return woven(text, links, partial(_words, base_url=base_url))


def _words(text: str, base_url: str) -> str:
    tags = ((*tag.span(), _tag(tag[1], base_url)) for tag in _TAG.finditer(text))
    return woven(text, tags, escaped).replace("\n", "<br />")


def _tag(name: str, base_url: str) -> str:
    href = escaped(f"{base_url}/tags/{name.lower()}")
    return f'<a href="{href}" class="mention hashtag" rel="tag">#<span>{escaped(name)}</span></a>'


def shortened_link(url: str) -> str:
    """Render an address: the scheme and the end are there, and hidden by the style sheet."""
    found = _PREFIX.match(url)
    prefix = found.group() if found else ""
    rest = url[len(prefix) :]
    cut = len(rest) > _SHOWN + 1
    shown, hidden = (rest[:_SHOWN], rest[_SHOWN:]) if cut else (rest, "")
    return (
        f'<a href="{escaped(url)}" target="_blank" rel="nofollow noopener noreferrer" translate="no">'
        f'<span class="invisible">{escaped(prefix)}</span>'
        f'<span class="{"ellipsis" if cut else ""}">{escaped(shown)}</span>'
        f'<span class="invisible">{escaped(hidden)}</span></a>'
    )


def escaped(text: str) -> str:
    """Return a text fit for HTML, in values of attributes too."""
    return html.escape(text).replace("&#x27;", "&#39;")
