from __future__ import annotations

import pytest

from occupier.domain.errors import FeedError
from occupier.feeds.discover import discover, discover_all
from occupier.feeds.fetch import HttpFetcher
from occupier.feeds.markup import feed_links

from .conftest import FEED, Site, says

HEAD = "<!doctype html><html><head>{}</head><body>Une</body></html>"


def link(href: str, kind: str = "application/rss+xml", rel: str = "alternate") -> str:
    return f'<link rel="{rel}" type="{kind}" title="Flux" href="{href}">'


def test_a_feeds_own_address_is_kept(site: Site, fetcher: HttpFetcher) -> None:
    site.answers = {"/f": says(301, Location="/g"), "/g": says(200, FEED)}
    assert discover(site.url("/f"), fetcher) == site.url("/f")


def test_the_feed_that_a_page_names_is_found(site: Site, fetcher: HttpFetcher) -> None:
    page = HEAD.format(link("/comments/feed") + link("/broken") + link("rss?a=1&amp;b=2"))
    site.answers = {"/": says(200, page.encode()), "/rss?a=1&b=2": says(200, FEED), "/comments/feed": says(200, FEED)}
    assert discover(site.url("/"), fetcher) == site.url("/rss?a=1&b=2")


@pytest.mark.parametrize("path", ["/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml"])
def test_common_paths_are_tried(site: Site, fetcher: HttpFetcher, path: str) -> None:
    site.answers = {"/a/page": says(200, HEAD.encode()), path: says(200, FEED)}
    assert discover(site.url("/a/page"), fetcher) == site.url(path)


def test_every_feed_that_a_page_names_is_found_and_a_broken_one_is_not(site: Site, fetcher: HttpFetcher) -> None:
    page = HEAD.format(link("/une") + link("/broken") + link("/sport"))
    site.answers = {"/": says(200, page.encode()), "/une": says(200, FEED), "/sport": says(200, FEED)}
    assert [found.url for found in discover_all(site.url("/"), fetcher)] == [site.url("/une"), site.url("/sport")]


def test_a_feeds_own_address_is_the_only_one_found(site: Site, fetcher: HttpFetcher) -> None:
    site.answers = {"/f": says(200, FEED)}
    assert [found.url for found in discover_all(site.url("/f"), fetcher)] == [site.url("/f")]


def test_of_common_paths_the_first_that_answers_is_found(site: Site, fetcher: HttpFetcher) -> None:
    site.answers = {"/": says(200, HEAD.encode()), "/rss": says(200, FEED), "/feed.xml": says(200, FEED)}
    assert [found.url for found in discover_all(site.url("/"), fetcher)] == [site.url("/rss")]


def test_a_site_without_any_feed_says_so_too(site: Site, fetcher: HttpFetcher) -> None:
    site.answers = {"/": says(200, HEAD.encode())}
    with pytest.raises(FeedError, match="type the address of that link"):
        discover_all(site.url("/"), fetcher)


def test_a_site_without_a_feed_is_told_what_to_type(site: Site, fetcher: HttpFetcher) -> None:
    site.answers = {"/": says(200, HEAD.encode()), "/feed": says(200, HEAD.encode())}
    with pytest.raises(FeedError, match="type the address of that link"):
        discover(site.url("/"), fetcher)


def test_a_site_that_cannot_be_read_says_why(site: Site, fetcher: HttpFetcher) -> None:
    with pytest.raises(FeedError, match="HTTP 404"):
        discover(site.url("/nothing"), fetcher)


def test_only_feeds_are_taken_from_a_page() -> None:
    page = (
        '<base href="https://b.example/x/">'
        + link("a.xml", "application/atom+xml; charset=utf-8")
        + link("style.css", "text/css")
        + link("no", rel="stylesheet")
        + link("javascript:alert(1)")
        + link("/wp-json/oembed/1.0", "application/json")
        + link("j", "application/feed+json", "home ALTERNATE")
    )
    assert feed_links(page, "https://a.example/") == ["https://b.example/x/a.xml", "https://b.example/x/j"]
