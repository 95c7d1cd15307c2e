"""Plain texts and addresses out of what networks give back."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

_ADDRESS = re.compile(r"https?://[^\s<>\"«»]+")
_AFTER_ADDRESS = ".,;:!?…'’”)]}"
_ENDS_LINE = {"br", "p", "div", "li", "blockquote"}


def written_links(text: str) -> tuple[str, ...]:
    """Return the http(s) addresses that stand in a plain text."""
    return tuple(m.group().rstrip(_AFTER_ADDRESS) for m in _ADDRESS.finditer(text))


def aware(text: str) -> datetime:
    """Return an ISO 8601 instant in UTC; one without a zone is taken for UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def number(header: str | None) -> int | None:
    """Return the whole number of a header; None where there is none."""
    said = (header or "").strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


def count(value: object) -> int | None:
    """Return a figure that a network gives; None where it gives none, or nonsense."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def plain(html: str) -> tuple[str, tuple[str, ...]]:
    """Return the words of a post in HTML, and the addresses it leads to.

    Anchors go, and their address is collected: networks shorten what they show of it. Mentions and hashtags are
    anchors too, but their words were written, so they stay. An address that was not made a link is collected.
    """
    parser = _Reader()
    parser.feed(html)
    parser.close()
    text = "".join(parser.words).strip()
    return text, tuple(dict.fromkeys([*parser.links, *written_links(text)]))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.links: list[str] = []
        self._anchor: str | None = None
        self._shown: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._end_anchor()
            self._anchor = dict(attrs).get("href") or ""
        elif tag in _ENDS_LINE:
            self._target().append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._end_anchor()
        elif tag in _ENDS_LINE:
            self._target().append("\n")

    def handle_data(self, data: str) -> None:
        self._target().append(data)

    def close(self) -> None:
        super().close()
        self._end_anchor()

    def _target(self) -> list[str]:
        return self.words if self._anchor is None else self._shown

    def _end_anchor(self) -> None:
        shown = "".join(self._shown)
        if self._anchor is not None:
            if shown.lstrip().startswith(("#", "@")):
                self.words.append(shown)
            elif self._anchor.startswith(("http://", "https://")):
                self.links.append(self._anchor)
                self.words.append(" ")
            else:
                self.words.append(shown)
        self._anchor, self._shown = None, []
