from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from occupier.domain.action import State
from occupier.domain.article import Key, KeyKind
from occupier.domain.errors import DatabaseError, UnknownName
from occupier.domain.ports import Pause
from occupier.domain.setup import FeedSource
from tests.fakes import START
from tests.storage.journal import HOUR, MINUTE, Journal

SOURCE = FeedSource("une", "https://a.fr/une.xml")


class TestFeeds:
    def test_a_feed_is_known_by_its_name(self, journal: Journal) -> None:
        with journal.writing() as tx:
            feed = tx.feeds.ensure(SOURCE)
            full = replace(feed, etag='"e"', modified="m", body_hash="h", baseline_at=START, last_ok_at=START,
                           next_at=START + MINUTE, failures=3)  # fmt: skip
            tx.feeds.save(full)
            assert tx.feeds.ensure(SOURCE) == full
            other = tx.feeds.ensure(FeedSource("sport", "https://a.fr/sport.xml"))
            assert tx.feeds.all() == [full, other]

    def test_a_changed_address_asks_for_a_new_baseline(self, journal: Journal) -> None:
        with journal.writing() as tx:
            feed = tx.feeds.ensure(SOURCE)
            tx.feeds.save(replace(feed, etag="e", baseline_at=START))
            moved = tx.feeds.ensure(replace(SOURCE, url="https://b.fr/"))
            assert (moved.id, moved.url, moved.etag, moved.baseline_at) == (feed.id, "https://b.fr/", None, None)
            assert tx.feeds.all() == [moved]

    def test_a_feed_is_noted_as_the_same_only_while_its_document_is(self, journal: Journal) -> None:
        with journal.writing() as tx:
            feed = tx.feeds.ensure(SOURCE)
            tx.feeds.save(replace(feed, etag="e", body_hash="h", baseline_at=START, failures=2))
            same, other = replace(feed, etag="f", body_hash="h", next_at=START), replace(feed, body_hash="before")
            tx.feeds.save_same([same, other])
            assert tx.feeds.all() == [replace(same, baseline_at=START)]

    def test_feeds_are_named_in_their_order(self, journal: Journal) -> None:
        with journal.writing() as tx:
            ids = [tx.feeds.ensure(replace(SOURCE, name=name)).id for name in ("une", "sport", "monde")]
            assert tx.feeds.names({ids[2], ids[0], 99}) == ["une", "monde"]


class TestArticles:
    def test_an_article_comes_back_as_it_was(self, journal: Journal) -> None:
        oldest = datetime(1, 1, 1, 0, 0, 0, 1, tzinfo=UTC)  # what some systems write for “no date”
        article = journal.article(summary="s", categories=("Météo", "Une"), image="i", published_at=oldest)
        with journal.store.reading() as tx:
            assert tx.articles.get(article.id) == article
            with pytest.raises(UnknownName, match="no article 99"):
                tx.articles.get(99)

    def test_keys_belong_to_the_first_who_has_them(self, journal: Journal) -> None:
        one, two = journal.article(), journal.article()
        keys = [Key(KeyKind.LINK, 0, "//a.fr/1"), Key(KeyKind.GUID, 1, "g")]
        guid = Key(KeyKind.GUID, 2, "g")
        with journal.writing() as tx:
            tx.articles.add_keys([(one.id, keys), (two.id, [*keys, guid]), (two.id, [])])
            assert tx.articles.owners(keys) == dict.fromkeys(keys, one.id)
            assert tx.articles.owners([guid, *keys]) == {guid: two.id, **dict.fromkeys(keys, one.id)}
            assert tx.articles.owners([Key(KeyKind.LINK, 1, "//a.fr/1")]) == {}
            assert tx.articles.owners([]) == {}

    def test_a_feed_of_any_size_is_looked_up(self, journal: Journal) -> None:
        one = journal.article()
        keys = [Key(KeyKind.LINK, 0, f"//a.fr/{n}") for n in range(1000)]
        with journal.writing() as tx:
            tx.articles.add_keys([(one.id, keys)])
            assert tx.articles.owners(keys) == dict.fromkeys(keys, one.id)

    def test_a_second_feed_is_noted_once(self, journal: Journal) -> None:
        article = journal.article()
        with journal.writing() as tx:
            other = tx.feeds.ensure(FeedSource("sport", "https://a.fr/sport.xml"))
            assert tx.articles.see([article.id, article.id], other.id, START) == [article.id]
            assert tx.articles.see([article.id], other.id, START + HOUR) == []
            assert tx.articles.get(article.id).feeds == article.feeds | {other.id}

    def test_the_newest_by_their_own_dates(self, journal: Journal) -> None:
        old = journal.article(published_at=START - HOUR)
        undated = journal.article()
        new = journal.article(published_at=START + HOUR)
        other = journal.article("sport", published_at=START + 2 * HOUR)
        with journal.store.reading() as tx:
            (feed_id,) = old.feeds
            assert [a.id for a in tx.articles.newest(feed_id, 9)] == [new.id, undated.id, old.id]
            assert [a.id for a in tx.articles.newest(None, 2)] == [other.id, new.id]

    def test_the_busiest_clock_hour(self, journal: Journal) -> None:
        with journal.store.reading() as tx:
            assert tx.articles.busiest_hour(START) == 0
        for minutes in (0, 10, 59, 60, 61):
            journal.article(published_at=START + minutes * MINUTE)
        journal.article()
        with journal.store.reading() as tx:
            assert tx.articles.busiest_hour(START) == 3
            assert tx.articles.busiest_hour(START + 30 * MINUTE) == 2

    def test_a_naive_time_is_refused(self, journal: Journal) -> None:
        with pytest.raises(DatabaseError):
            journal.article(at=datetime(2026, 11, 20))


class TestTargets:
    def test_before_it_is_verified_an_account_is_its_name(self, journal: Journal) -> None:
        one = journal.target("compte")
        assert journal.target("compte") == one
        assert journal.target("autre").id != one.id
        with journal.writing() as tx:
            verified = tx.targets.verified(one.id, "42", {"text": 500}, START)
            assert (verified.remote_id, verified.limits, verified.verified_at) == ("42", {"text": 500}, START)
            assert tx.targets.verified(one.id, "42", {}, START).limits == {"text": 500}
        assert journal.target("compte").id == one.id

    def test_a_renamed_account_keeps_its_history(self, journal: Journal) -> None:
        one = journal.target("compte", "42")
        action = journal.action(one)
        renamed = journal.target("nouveau", "42")
        assert (renamed.id, renamed.name) == (one.id, "nouveau")
        assert journal.get(action).target_id == one.id

    def test_another_host_or_network_is_another_account(self, journal: Journal) -> None:
        with journal.writing() as tx:
            ids = {
                tx.targets.ensure("a", p, h, "42").id
                for p, h in (("x", "x.com"), ("mastodon", "m.fr"), ("mastodon", "n.fr"))
            }
            assert len(ids) == len(tx.targets.all()) == 3

    def test_what_waited_under_a_new_name_is_handed_over_when_it_is_known(self, journal: Journal) -> None:
        known = journal.target("ancien", "42")
        both, only = journal.article(), journal.article()
        kept = journal.action(known, article=both)
        waiting = journal.target("nouveau")
        double, held = journal.action(waiting, article=both), journal.action(waiting, article=journal.article())
        journal.action(known, article=journal.article())
        mine = journal.action(waiting, article=only)
        with journal.writing() as tx:
            tx.pauses.add(Pause(waiting.id, "person", "x", tx.now))
            owner = tx.targets.verified(waiting.id, "42", {}, START)
            assert (owner.id, owner.name) == (known.id, "nouveau")
            assert [p.target_id for p in tx.pauses.all()] == [known.id]
            assert [e.kind for e in tx.events.since(0)][-2:] == ["handed_over", "left"]
        assert [journal.get(a).target_id for a in (kept, held, mine)] == [known.id] * 3
        assert (journal.get(double).state, journal.get(double).reason) == (State.LEFT, "same_account")
        assert journal.target("nouveau").id == known.id

    @pytest.mark.parametrize("state", [State.PENDING, State.HELD, State.RETRY])
    def test_no_double_stays_behind_waiting(self, journal: Journal, state: State) -> None:
        known, waiting, article = journal.target("ancien", "42"), journal.target("nouveau"), journal.article()
        journal.action(known, article=article)
        double = journal.action(waiting, article=article, state=state)
        with journal.writing() as tx:
            tx.targets.verified(waiting.id, "42", {}, START)
        assert journal.get(double).state is State.LEFT

    def test_two_accounts_of_the_settings_on_one_remote_account_are_seen_to_be_one(self, journal: Journal) -> None:
        one, two = journal.target("un"), journal.target("deux")
        with journal.writing() as tx:
            assert tx.targets.verified(one.id, "42", {}, START).id == one.id
            assert tx.targets.verified(two.id, "42", {}, START).id == one.id

    def test_the_same_name_on_another_identity_is_another_target(self, journal: Journal) -> None:
        old = journal.target("compte")
        action = journal.action(old)
        with journal.writing() as tx:
            tx.targets.verified(old.id, "42", {}, START)
            new = tx.targets.verified(old.id, "43", {}, START + HOUR)
        assert new.id != old.id
        assert journal.get(action).target_id == old.id
        assert journal.target("compte").id == new.id
