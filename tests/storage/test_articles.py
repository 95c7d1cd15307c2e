from __future__ import annotations

from datetime import UTC, datetime

import pytest

from occupier.domain.article import Key, KeyKind
from occupier.domain.errors import DatabaseError, UnknownName
from occupier.domain.setup import FeedSource
from tests.fakes import START
from tests.storage.journal import HOUR, MINUTE, Journal


def test_an_article_comes_back_as_it_was(journal: Journal) -> None:
    oldest = datetime(1, 1, 1, 0, 0, 0, 1, tzinfo=UTC)  # what some systems write for “no date”
    article = journal.article(summary="s", categories=("Météo", "Une"), image="i", published_at=oldest)
    with journal.store.reading() as tx:
        assert tx.articles.get(article.id) == article
        with pytest.raises(UnknownName, match="no article 99"):
            tx.articles.get(99)


def test_keys_belong_to_the_first_who_has_them(journal: Journal) -> None:
    one, two = journal.article(), journal.article()
    keys = [Key(KeyKind.LINK, 0, "//a.fr/1"), Key(KeyKind.GUID, 1, "g")]
    guid = Key(KeyKind.GUID, 2, "g")
    with journal.writing() as tx:
        tx.articles.add_keys([(one.id, keys), (two.id, [*keys, guid]), (two.id, [])])
        assert tx.articles.owners(keys) == dict.fromkeys(keys, one.id)
        assert tx.articles.owners([guid, *keys]) == {guid: two.id, **dict.fromkeys(keys, one.id)}
        assert tx.articles.owners([Key(KeyKind.LINK, 1, "//a.fr/1")]) == {}
        assert tx.articles.owners([]) == {}


def test_a_feed_of_any_size_is_looked_up(journal: Journal) -> None:
    one = journal.article()
    keys = [Key(KeyKind.LINK, 0, f"//a.fr/{n}") for n in range(1000)]
    with journal.writing() as tx:
        tx.articles.add_keys([(one.id, keys)])
        assert tx.articles.owners(keys) == dict.fromkeys(keys, one.id)


def test_a_second_feed_is_noted_once(journal: Journal) -> None:
    article = journal.article()
    with journal.writing() as tx:
        other = tx.feeds.ensure(FeedSource("sport", "https://a.fr/sport.xml"))
        assert tx.articles.see([article.id, article.id], other.id, START) == [article.id]
        assert tx.articles.see([article.id], other.id, START + HOUR) == []
        assert tx.articles.get(article.id).feeds == article.feeds | {other.id}


def test_the_newest_by_their_own_dates(journal: Journal) -> None:
    old = journal.article(published_at=START - HOUR)
    undated = journal.article()
    new = journal.article(published_at=START + HOUR)
    other = journal.article("sport", published_at=START + 2 * HOUR)
    with journal.store.reading() as tx:
        (feed_id,) = old.feeds
        assert [a.id for a in tx.articles.newest(feed_id, 9)] == [new.id, undated.id, old.id]
        assert [a.id for a in tx.articles.newest(None, 2)] == [other.id, new.id]


def test_the_busiest_clock_hour(journal: Journal) -> None:
    with journal.store.reading() as tx:
        assert tx.articles.busiest_hour(START) == 0
    for minutes in (0, 10, 59, 60, 61):
        journal.article(published_at=START + minutes * MINUTE)
    journal.article()
    with journal.store.reading() as tx:
        assert tx.articles.busiest_hour(START) == 3
        assert tx.articles.busiest_hour(START + 30 * MINUTE) == 2


def test_a_naive_time_is_refused(journal: Journal) -> None:
    with pytest.raises(DatabaseError):
        journal.article(at=datetime(2026, 11, 20))
