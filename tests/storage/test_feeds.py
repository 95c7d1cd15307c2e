from __future__ import annotations

from dataclasses import replace

from occupier.domain.setup import FeedSource
from tests.fakes import START
from tests.storage.journal import MINUTE, Journal

SOURCE = FeedSource("une", "https://a.fr/une.xml")


def test_a_feed_is_known_by_its_name(journal: Journal) -> None:
    with journal.writing() as tx:
        feed = tx.feeds.ensure(SOURCE)
        full = replace(feed, etag='"e"', modified="m", body_hash="h", baseline_at=START, last_ok_at=START,
                       next_at=START + MINUTE, failures=3)  # fmt: skip
        tx.feeds.save(full)
        assert tx.feeds.ensure(SOURCE) == full
        other = tx.feeds.ensure(FeedSource("sport", "https://a.fr/sport.xml"))
        assert tx.feeds.all() == [full, other]


def test_a_changed_address_asks_for_a_new_baseline(journal: Journal) -> None:
    with journal.writing() as tx:
        feed = tx.feeds.ensure(SOURCE)
        tx.feeds.save(replace(feed, etag="e", baseline_at=START))
        moved = tx.feeds.ensure(replace(SOURCE, url="https://b.fr/"))
        assert (moved.id, moved.url, moved.etag, moved.baseline_at) == (feed.id, "https://b.fr/", None, None)
        assert tx.feeds.all() == [moved]


def test_a_feed_is_noted_as_the_same_only_while_its_document_is(journal: Journal) -> None:
    with journal.writing() as tx:
        feed = tx.feeds.ensure(SOURCE)
        tx.feeds.save(replace(feed, etag="e", body_hash="h", baseline_at=START, failures=2))
        same, other = replace(feed, etag="f", body_hash="h", next_at=START), replace(feed, body_hash="before")
        tx.feeds.save_same([same, other])
        assert tx.feeds.all() == [replace(same, baseline_at=START)]


def test_feeds_are_named_in_their_order(journal: Journal) -> None:
    with journal.writing() as tx:
        ids = [tx.feeds.ensure(replace(SOURCE, name=name)).id for name in ("une", "sport", "monde")]
        assert tx.feeds.names({ids[2], ids[0], 99}) == ["une", "monde"]
