"""The sample newsroom, and one's own feeds, read through the real fetcher and parser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from occupier.bootstrap import SystemClock
from occupier.domain.article import canonical_link
from occupier.domain.errors import FeedError
from occupier.domain.setup import FeedSource, Setup
from occupier.rehearsal.programme import BESIDES
from occupier.rehearsal.stories import Story, find_feed, in_turn, newest_stories, sample
from occupier.sandbox import Fault, FaultKind, Sandbox
from occupier.sandbox.state import NEWSROOM


@pytest.fixture
def site() -> Iterator[Sandbox]:
    with Sandbox() as box:
        yield box


def setup_of(*sources: FeedSource) -> Setup:
    return Setup(ZoneInfo("Europe/Paris"), feeds=sources)


def test_the_sample_has_more_articles_than_any_rehearsal_needs() -> None:
    newsroom = sample()
    assert newsroom.name == NEWSROOM  # whose accounts have a face on the sandbox
    assert len({canonical_link(story.link) for story in newsroom.stories}) == len(newsroom.stories) > 12 + BESIDES
    assert all(story.title and story.summary and story.categories for story in newsroom.stories)


def test_the_newest_articles_of_each_feed_are_read(site: Sandbox) -> None:
    for number in range(4):
        site.publish("une", title=f"Une {number}", link=f"https://journal.example.com/une/{number}")
    site.publish("sport", title="Sport", link="https://journal.example.com/sport")
    sources = [FeedSource(name, site.feed_url(name)) for name in ("une", "sport")]
    stories, unread = newest_stories(setup_of(*sources), 3, SystemClock())
    assert {(story.feed, story.title) for story in stories} == {("une", "Une 3"), ("sport", "Sport"), ("une", "Une 2")}
    assert unread == []


def test_one_feed_that_cannot_be_read_does_not_stop_the_others(site: Sandbox) -> None:
    site.publish("une", title="Une", link="https://journal.example.com/une")
    sources = [FeedSource("une", site.feed_url("une")), FeedSource("sport", site.feed_url("nowhere"))]
    stories, unread = newest_stories(setup_of(*sources), 3, SystemClock())
    assert [story.title for story in stories] == ["Une"]
    assert len(unread) == 1


def test_where_no_feed_can_be_read_it_says_why(site: Sandbox) -> None:
    site.fault("feeds", Fault(FaultKind.STATUS, verb="any"))
    with pytest.raises(FeedError):
        newest_stories(setup_of(FeedSource("une", site.feed_url("une"))), 3, SystemClock())


def test_a_feed_without_articles_cannot_be_rehearsed(site: Sandbox) -> None:
    with pytest.raises(FeedError, match="no article"):
        newest_stories(setup_of(FeedSource("une", site.feed_url("une"))), 3, SystemClock())


def test_an_article_of_two_feeds_is_one_article() -> None:
    story = Story("une", "Un", "https://journal.example.com/1?utm_source=une")
    twin = replace(story, feed="sport", link="https://journal.example.com/1")
    other = Story("sport", "Deux", "https://journal.example.com/2")
    assert in_turn([[story], [twin, other]]) == [story, other]


def test_the_address_of_a_feed_is_enough(site: Sandbox) -> None:
    site.publish("une", title="Une", link="https://journal.example.com/une")
    assert find_feed(site.feed_url("une"), SystemClock()).url == site.feed_url("une")
