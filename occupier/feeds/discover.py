"""A site's feed, found from the site's address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Never
from urllib.parse import urljoin

from occupier.domain.errors import FeedError
from occupier.domain.ports import Asked, Fetched, Fetcher, Parsed
from occupier.feeds.address import shown
from occupier.feeds.document import LONGEST_PAGE, is_page
from occupier.feeds.markup import feed_links
from occupier.feeds.parse import FeedParser


@dataclass(frozen=True, slots=True)
class Found:
    """A feed that was found: its address, and what it calls itself."""

    url: str
    title: str


COMMON_PATHS = ("/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml")
_MOST_NAMED = 4


def discover(url: str, fetcher: Fetcher) -> str:
    """Return the address of the feed of a site: its own if it is one, one that its page names, or a common path.

    An address without a scheme is taken as https. Each one found is asked and parsed before it is believed. Raises
    FeedError if the site cannot be read, or with what to type if no feed is found.
    """
    page = _asked(url, fetcher)
    if isinstance(page, Found):
        return page.url
    found = next(_answering([*_named(page), *_guessed(page)], fetcher), None)
    return found.url if found else _none_at(url)


def discover_all(url: str, fetcher: Fetcher) -> tuple[Found, ...]:
    """Return every feed that the site's page names, or else the first at a common path; raises as `discover` does."""
    page = _asked(url, fetcher)
    if isinstance(page, Found):
        return (page,)
    named = tuple(_answering(_named(page), fetcher))
    guessed = next(_answering(_guessed(page), fetcher), None) if not named else None
    return named or ((guessed,) if guessed else _none_at(url))


def _asked(url: str, fetcher: Fetcher) -> Found | Fetched:
    address = _whole(url)
    fetched = fetcher.fetch(Asked(address))
    itself = _parsed(fetched)
    return Found(address, itself.title) if itself else fetched


def _whole(url: str) -> str:
    return url.strip() if "://" in url else f"https://{url.strip()}"


def _none_at(url: str) -> Never:
    raise FeedError(
        "No feed was found at {url}: open the site, look for “RSS”, and type the address of that link.",
        url=shown(_whole(url)),
    )


def _named(page: Fetched) -> list[str]:
    body = page.body or b""
    named = feed_links(body[:LONGEST_PAGE].decode("utf-8", "replace"), page.url) if is_page(body) else []
    return list(dict.fromkeys(named[:_MOST_NAMED]))


def _guessed(page: Fetched) -> list[str]:
    return [url for url in (urljoin(page.url, path) for path in COMMON_PATHS) if url not in _named(page)]


def _answering(urls: Iterable[str], fetcher: Fetcher) -> Iterator[Found]:
    for url in urls:
        try:
            parsed = _parsed(fetcher.fetch(Asked(url)))
        except FeedError:
            continue
        if parsed is not None:
            yield Found(url, parsed.title)


def _parsed(fetched: Fetched) -> Parsed | None:
    try:
        return FeedParser().parse(fetched.body or b"", fetched.content_type, fetched.url)
    except FeedError:
        return None
