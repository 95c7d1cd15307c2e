"""Reading a timeline back, page by page."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from occupier.domain.errors import NetworkError
from occupier.domain.reconcile import RemotePost, TimelineRead

PAGES = 10
"""No reading goes on for longer than this many pages."""
SECONDS = 12.0
"""No page is asked for after this: a daemon that is told to stop waits for the reading."""


@dataclass(frozen=True)
class Page:
    """One page, newest first. `older` leads to the next, None at the end; `reaches` is how far back it goes."""

    posts: tuple[RemotePost, ...]
    older: str | None = None
    reaches: datetime | None = None
    cost_microusd: int = 0


def read_back(
    page: Callable[[str | None], Page],
    since: datetime,
    pages: int = PAGES,
    monotonic: Callable[[], float] = time.monotonic,
) -> TimelineRead:
    """Read pages until one reaches past `since` or there are no more; complete only then.

    What a later page's failure cuts short is returned as incomplete: it was read, and paid for.

    Raises:
        NetworkError: the first page could not be read.
    """
    posts: dict[str, RemotePost] = {}
    cursor, cost, complete, began = None, 0, False, monotonic()
    for number in range(pages):
        try:
            read = page(cursor)
        except NetworkError:
            if number == 0:
                raise
            break
        posts |= {post.id: post for post in read.posts}
        cost += read.cost_microusd
        complete = read.older is None or (read.reaches is not None and read.reaches < since)
        # A server that does not know the cursor gives the same page again: the rest stays unseen.
        if complete or read.older == cursor or monotonic() - began > SECONDS:
            break
        cursor = read.older
    return TimelineRead(tuple(posts.values()), complete, cost)
