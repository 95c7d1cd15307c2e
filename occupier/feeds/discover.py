"""A site's feed, found from the site's address."""

from __future__ import annotations

from urllib.parse import urljoin

from occupier.domain.errors import FeedError
from occupier.domain.ports import Asked, Fetched, Fetcher
from occupier.feeds.address import shown
from occupier.feeds.document import LONGEST_PAGE, is_page
from occupier.feeds.markup import feed_links
from occupier.feeds.parse import FeedParser

COMMON_PATHS = ("/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml")
_MOST_NAMED = 4


def discover(url: str, fetcher: Fetcher) -> str:
    """Return the address of the feed of a site: its own if it is one, one that its page names, or a common path.

    An address without a scheme is taken as https. Each one found is asked and parsed before it is believed. Raises
    FeedError if the site cannot be read, or with what to type if no feed is found.
    """
    address = url.strip() if "://" in url else f"https://{url.strip()}"
    fetched = fetcher.fetch(Asked(address))
    if _is_feed(fetched):
        return address
    for candidate in _candidates(fetched):
        if _answers(candidate, fetcher):
            return candidate
    raise FeedError(
        "No feed was found at {url}: open the site, look for “RSS”, and type the address of that link.",
        url=shown(address),
    )


def _candidates(page: Fetched) -> list[str]:
    body = page.body or b""
    named = feed_links(body[:LONGEST_PAGE].decode("utf-8", "replace"), page.url) if is_page(body) else []
    return list(dict.fromkeys(named[:_MOST_NAMED] + [urljoin(page.url, path) for path in COMMON_PATHS]))


def _answers(url: str, fetcher: Fetcher) -> bool:
    try:
        return _is_feed(fetcher.fetch(Asked(url)))
    except FeedError:
        return False


def _is_feed(fetched: Fetched) -> bool:
    try:
        FeedParser().parse(fetched.body or b"", fetched.content_type, fetched.url)
    except FeedError:
        return False
    return True
