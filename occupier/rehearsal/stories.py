"""The articles of a rehearsal: a newsroom that ships, or the newest of one's own feeds."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import zip_longest

from occupier.bootstrap import make_feed_reader, make_templates
from occupier.domain.article import Article, canonical_link
from occupier.domain.errors import FeedError
from occupier.domain.ports import Clock
from occupier.domain.setup import FeedSource, Setup
from occupier.services.eve.previewing import Previewing


@dataclass(frozen=True, slots=True)
class Story:
    """An article that the sandbox's newsroom will publish; everything but `feed` is hostile text."""

    feed: str
    title: str
    link: str
    summary: str = ""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Newsroom:
    """A paper, its feed and its articles, the newest first."""

    name: str
    feed: str
    stories: tuple[Story, ...]


@cache
def sample() -> Newsroom:
    """Return the newsroom that ships."""
    document = tomllib.loads(files(__package__).joinpath("newsroom.toml").read_text(encoding="utf-8"))
    feed = document["feed"]
    stories = [
        Story(feed, article["title"], article["link"], article["summary"], (article["category"],))
        for article in document["articles"]
    ]
    return Newsroom(document["name"], feed, tuple(reversed(stories)))


def newest_stories(setup: Setup, count: int, clock: Clock) -> tuple[list[Story], list[FeedError]]:
    """Read the newest articles of the settings' feeds, each feed in its turn.

    Returns:
        At most `count` articles, the newest of every feed first, and what could not be read.

    Raises:
        FeedError: not one article could be read.
    """
    fetcher, parser = make_feed_reader(clock)
    previewing = Previewing(fetcher, parser, make_templates(), {}, lambda: setup)
    read: list[list[Story]] = []
    errors: list[FeedError] = []
    for source in setup.feeds:
        try:
            read.append([_story(source, a) for a in reversed(previewing.newest(source, count, clock.now()))])
        except FeedError as error:
            errors.append(error)
    stories = in_turn(read)[:count]
    if not stories:
        raise errors[0] if errors else FeedError("There is no article in the feeds: nothing can be rehearsed.")
    return stories, errors


def in_turn(feeds: Iterable[Sequence[Story]]) -> list[Story]:
    """Take one story of each feed after the other; a story that several feeds have counts once."""
    by_link: dict[str | None, Story] = {}
    for turn in zip_longest(*feeds):
        for story in turn:
            if story is not None:
                by_link.setdefault(canonical_link(story.link), story)
    return list(by_link.values())


def find_feed(address: str, clock: Clock) -> FeedSource:
    """Find the feed of a site from its address; raises FeedError."""
    from occupier.feeds.discover import discover

    fetcher, _ = make_feed_reader(clock)
    return FeedSource(sample().feed, discover(address, fetcher))


def _story(source: FeedSource, article: Article) -> Story:
    return Story(source.name, article.title, article.link, article.summary, article.categories)
