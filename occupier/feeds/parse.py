"""RSS, Atom and JSON Feed made into entries."""

from __future__ import annotations

from dataclasses import replace

from occupier.domain.ports import Clock, Parsed
from occupier.feeds.dates import not_too_late
from occupier.feeds.document import understand
from occupier.feeds.isolated import understand_apart
from occupier.feeds.repair import is_in_ordinary_encoding

LARGEST_IN_PROCESS = 256 * 1024
"""Bytes. What is larger, or declares entities, is parsed in a process that can be stopped."""


class FeedParser:
    """A `Parser` of whatever feeds are made of. With a clock, dates from the future are not believed."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock

    def parse(self, body: bytes, content_type: str, url: str) -> Parsed:
        """Return the entries of a document fetched from `url`, in its own order.

        Raises FeedError if it is empty, a web page, not a feed, or takes over 10 s or 200 MB to understand.
        An entry without an http(s) link, or of an odd shape, is skipped and said.
        """
        parsed = (understand if is_ordinary(body, content_type) else understand_apart)(body, content_type, url)
        if self._clock is None:
            return parsed
        now = self._clock.now()
        entries = (replace(e, published_at=not_too_late(e.published_at, now)) for e in parsed.entries)
        return replace(parsed, entries=tuple(entries))


def is_ordinary(body: bytes, content_type: str) -> bool:
    """Say whether a body is so small and plain that nothing in it can take long."""
    is_small = len(body) <= LARGEST_IN_PROCESS
    return is_small and b"<!ENTITY" not in body and is_in_ordinary_encoding(body, content_type)
