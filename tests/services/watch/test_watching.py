"""What is new in a feed, and what is written about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from occupier.domain.action import Purpose, State
from occupier.domain.errors import FeedError, Sentence
from occupier.domain.ports import Fetched, Parsed
from occupier.domain.setup import Outside, Rule, RuleAction
from tests.services.newsroom import DAY, HOUR, MINUTE, SECOND, Newsroom, account, entry, feed


class TestBaseline:
    def test_the_first_fetch_of_a_feed_is_a_baseline(self, room: Newsroom) -> None:
        room.strike()
        polled = room.poll(entry(1), entry(2))
        assert (polled.baseline, polled.new, polled.actions) == (2, 0, 0)
        assert "baseline" in room.notices.kinds
        assert room.actions() == []

    def test_a_first_fetch_without_entries_is_no_baseline(self, room: Newsroom) -> None:
        room.strike()
        room.poll()
        assert room.poll(entry(1)).baseline == 1
        assert room.poll(entry(1), entry(2)).actions == 1

    def test_what_comes_after_the_baseline_is_new(self, room: Newsroom) -> None:
        room.occupied()
        room.article()
        assert room.states() == [("pending", "strike")]
        assert "new" in room.notices.kinds

    def test_outside_a_strike_new_articles_are_said_not_to_be_announced(self, room: Newsroom) -> None:
        room.poll(entry("old"))
        room.poll(entry("old"), entry(1))
        assert "none is announced" in str(room.notices.told[-1].sentence)

    def test_a_feed_added_later_gets_its_own_baseline(self, room: Newsroom) -> None:
        room.occupied()
        room.change(feeds=(feed(), feed("culture")))
        assert room.poll(entry("c1"), entry("c2"), feed="culture").baseline == 2
        assert room.actions() == []
        assert room.poll(entry("c1"), entry("c2"), entry("c3"), feed="culture").actions == 1

    def test_an_address_that_changes_makes_a_new_baseline(self, room: Newsroom) -> None:
        room.occupied()
        room.change(feeds=(feed(url="https://www.example.org/new.xml"),))
        assert room.watching.due()[0] == [room.source("une")]
        assert room.poll(entry(7)).baseline == 1
        assert room.actions() == []

    def test_an_account_added_later_gets_nothing_of_before(self, room: Newsroom) -> None:
        room.occupied()
        room.article(1)
        room.change(accounts=(account(), account("second")))
        room.poll(entry("old"), entry(1), entry(2))
        by_target = {a.target_id: 0 for a in room.actions()}
        for action in room.actions():
            by_target[action.target_id] += 1
        assert sorted(by_target.values()) == [1, 2]

    def test_a_feed_made_a_baseline_again_posts_nothing_of_what_is_there(self, room: Newsroom) -> None:
        room.occupied()
        room.controlling.rebaseline("une")
        assert room.poll(entry("old"), entry(1)).baseline == 1
        assert room.actions() == []


class TestIdentity:
    def test_an_edited_article_is_not_posted_again(self, room: Newsroom) -> None:
        room.occupied()
        room.article(1)
        room.poll(entry("old"), entry(1, title="Corrigé", summary="autre"))
        assert len(room.actions()) == 1

    def test_a_changed_guid_is_the_same_article_by_its_link(self, room: Newsroom) -> None:
        room.occupied()
        room.article(1)
        room.poll(entry("old"), entry(1, guid="another"))
        assert len(room.actions()) == 1

    def test_a_changed_link_is_the_same_article_by_its_guid(self, room: Newsroom) -> None:
        room.occupied()
        room.article(1)
        room.poll(entry("old"), entry(1, link="https://www.example.org/moved"))
        assert len(room.actions()) == 1

    def test_guid_and_link_that_change_one_after_the_other_are_followed(self, room: Newsroom) -> None:
        room.occupied()
        room.article(1)
        room.poll(entry("old"), entry(1, link="https://www.example.org/moved"))
        room.poll(entry("old"), entry(1, link="https://www.example.org/moved", guid="new"))
        room.poll(entry("old"), entry(1, link="https://www.example.org/elsewhere", guid="new"))
        assert len(room.actions()) == 1

    def test_an_article_of_two_feeds_is_one_action_per_account(self, open_newsroom: Callable[..., Newsroom]) -> None:
        room = open_newsroom(account(), account("second"), feeds=(feed(), feed("culture")))
        room.occupied()
        room.poll(entry("old"), entry(1), feed="une")
        room.poll(entry("old"), entry(1, guid="culture-1"), feed="culture")
        assert len(room.actions()) == 2
        assert len({a.target_id for a in room.actions()}) == 2

    def test_an_article_that_reaches_an_accounts_feed_later_is_announced_there(
        self, open_newsroom: Callable[..., Newsroom]
    ) -> None:
        room = open_newsroom(account(feeds=frozenset({"culture"})), feeds=(feed(), feed("culture")))
        room.occupied()
        room.poll(entry("old"), entry(1), feed="une")
        assert room.actions() == []
        room.poll(entry("old"), entry(1), feed="culture")
        assert room.states() == [("pending", "strike")]

    def test_an_article_of_the_baseline_that_reaches_another_feed_stays_untold(
        self, open_newsroom: Callable[..., Newsroom]
    ) -> None:
        room = open_newsroom(feeds=(feed(), feed("culture")))
        room.occupied()
        room.poll(entry("old"), entry("older"), feed="une")
        room.poll(entry("old", guid="x"), feed="culture")
        assert [a.article_id for a in room.actions()] == [2]

    def test_a_key_that_several_entries_carry_is_said_once(self, room: Newsroom) -> None:
        room.strike()
        same = "constant"
        room.poll(entry(1, guid=same), entry(2, guid=same))
        room.poll(entry(1, guid=same), entry(2, guid=same), entry(3, guid=same))
        assert room.notices.kinds.count("keys_shared") == 1
        assert len(room.actions()) == 1

    def test_a_guid_once_found_constant_never_identifies_in_that_feed_again(self, room: Newsroom) -> None:
        room.strike()
        same = "constant"
        room.poll(entry(1, guid=same), entry(2, guid=same))
        room.poll(entry(3, guid=same))
        room.poll(entry(4, guid=same))
        assert len(room.actions()) == 2

    def test_a_home_page_once_found_as_every_link_never_identifies_again(self, room: Newsroom) -> None:
        room.strike()
        home = "https://www.example.org/live"
        room.poll(entry(1, link=home))
        room.poll(entry(1, link=home), entry(2, link=home), entry(3, link=home))
        room.poll(entry(4, link=home))
        assert len(room.actions()) == 3

    def test_an_article_listed_twice_in_one_document_is_one_article(self, room: Newsroom) -> None:
        room.occupied()
        room.poll(entry("old"), entry(1, categories=("Monde",)), entry(1, categories=("Une",)))
        assert len(room.actions()) == 1


class TestGapsAndAge:
    def test_without_a_gap_age_counts_from_first_seen(self, room: Newsroom) -> None:
        room.occupied()
        room.article(1, published_at=room.clock.now() - 20 * HOUR)
        assert room.states() == [("pending", "strike")]

    def test_what_was_published_more_than_a_day_ago_is_missed(self, room: Newsroom) -> None:
        room.occupied()
        room.article(1, published_at=room.clock.now() - 25 * HOUR)
        assert room.states() == [("missed", "old")]

    def test_after_a_gap_dated_articles_count_from_their_date(self, room: Newsroom) -> None:
        room.occupied(hours=24)
        room.clock.advance(5 * HOUR)
        now = room.clock.now()
        room.poll(entry("old"), entry(1, published_at=now - 3 * HOUR), entry(2, published_at=now - HOUR))
        assert room.states() == [("missed", "old"), ("pending", "strike")]
        assert room.events("gap")

    def test_after_a_gap_undated_articles_join_a_new_baseline(self, room: Newsroom) -> None:
        room.occupied(hours=24)
        polled = room.poll(entry("old"), entry(1), after=5 * HOUR)
        assert (polled.baseline, polled.new) == (1, 0)
        assert room.actions() == []

    def test_a_feed_that_says_unchanged_is_watched_without_a_gap(self, room: Newsroom) -> None:
        room.occupied(hours=24)
        for _ in range(10):
            room.poll(entry("old"), after=4 * MINUTE)
        room.article(1)
        assert room.states() == [("pending", "strike")]
        assert not room.events("gap")

    def test_unread_for_long_because_it_was_broken_is_a_gap(self, room: Newsroom) -> None:
        room.occupied(hours=24)
        room.fetcher.answers[room.source("une").url].clear()
        for _ in range(4):
            room.clock.advance(HOUR)
            assert room.watching.poll(room.source("une")).failed
        assert room.poll(entry("old"), entry(1)).baseline == 1

    def test_a_date_in_the_future_ages_from_now(self, room: Newsroom) -> None:
        room.occupied(hours=48)
        room.poll(entry("old"), entry(1, published_at=room.clock.now() + 30 * HOUR), after=5 * HOUR)
        room.clock.advance(3 * HOUR)
        assert room.housekeeping.lapse() == 1
        assert room.states() == [("missed", "stale")]


class TestMass:
    def test_a_sudden_mass_is_held_and_announced(self, room: Newsroom) -> None:
        room.occupied()
        room.poll(*(entry(n) for n in range(11)))
        assert room.states() == [("held", "mass")] * 11
        assert "mass" in room.notices.kinds
        assert room.events("mass")

    def test_ten_new_articles_are_no_mass(self, room: Newsroom) -> None:
        room.occupied()
        room.poll(*(entry(n) for n in range(10)))
        assert {a.state for a in room.actions()} == {State.PENDING}

    def test_half_of_a_long_feed_is_no_mass(self, room: Newsroom) -> None:
        old = [entry(f"old-{n}") for n in range(40)]
        room.poll(*old)
        room.strike()
        room.poll(*old[:20], *(entry(n) for n in range(20)))
        assert {a.state for a in room.actions()} == {State.PENDING}

    def test_an_ordinary_post_held_in_a_mass_stays_an_ordinary_one(self, room: Newsroom) -> None:
        room.change(rules=(Rule(RuleAction.ORDINARY, category=("alerte",)),))
        room.occupied()
        room.poll(*(entry(n, categories=("Alerte",)) for n in range(11)))
        assert {a.purpose for a in room.actions()} == {Purpose.ORDINARY}
        room.controlling.release(1)
        room.run_lane()
        assert room.network().orders[0].payload.text == "Article 10\nhttps://www.example.org/10"


class TestDecisions:
    def test_a_silent_account_without_a_strike_has_no_row(self, room: Newsroom) -> None:
        room.poll(entry("old"))
        room.article(1)
        assert room.actions() == []

    def test_an_account_that_publishes_outside_strikes_posts_the_usual(
        self, open_newsroom: Callable[..., Newsroom]
    ) -> None:
        room = open_newsroom(account(outside=Outside.PUBLISH))
        room.poll(entry("old"))
        room.article(1)
        assert room.states() == [("pending", "outside")]
        assert room.action().strike_id is None

    def test_a_test_account_is_outside_every_scope(self, open_newsroom: Callable[..., Newsroom]) -> None:
        room = open_newsroom(account(test=True))
        room.occupied()
        room.article(1)
        assert room.actions() == []

    def test_what_was_seen_before_the_declaration_is_not_concerned(self, room: Newsroom) -> None:
        room.poll(entry("old"))
        room.article(1)
        room.clock.advance(MINUTE)
        room.strike(starts_at=room.clock.now() - HOUR)
        room.poll(entry("old"), entry(1), entry(2))
        assert [a.article_id for a in room.actions()] == [3]

    def test_a_start_to_come_concerns_nothing_yet(self, room: Newsroom) -> None:
        room.poll(entry("old"))
        room.strike(starts_at=room.clock.now() + HOUR)
        room.article(1)
        assert room.actions() == []
        room.clock.advance(HOUR)
        room.poll(entry("old"), entry(1), entry(2))
        assert len(room.actions()) == 1

    def test_after_the_end_nothing_is_concerned(self, room: Newsroom) -> None:
        room.occupied(hours=1)
        room.poll(entry("old"), entry(1), after=HOUR)
        assert room.actions() == []

    @pytest.mark.parametrize(
        ("action", "expected"),
        [
            (RuleAction.ORDINARY, ("pending", "rule")),
            (RuleAction.HOLD, ("held", "rule")),
            (RuleAction.LEAVE, ("left", "rule")),
        ],
    )
    def test_minimum_service(self, room: Newsroom, action: RuleAction, expected: tuple[str, str]) -> None:
        room.change(rules=(Rule(action, category=("alerte",)),))
        room.occupied()
        room.article(1, categories=("Alerte",))
        room.poll(entry("old"), entry(1), entry(2))
        assert room.states() == [expected, ("pending", "strike")]
        assert all(a.strike_id for a in room.actions())

    def test_an_ordinary_post_by_rule_leaves_on_a_silent_account(self, room: Newsroom) -> None:
        room.change(rules=(Rule(RuleAction.ORDINARY, category=("alerte",)),))
        room.occupied()
        room.article(1, categories=("Alerte",))
        room.run_lane()
        (order,) = room.network().orders
        assert order.payload.text == "Article 1\nhttps://www.example.org/1"
        assert room.action().purpose is Purpose.ORDINARY

    def test_the_log_keeps_the_ordinary_post_that_would_have_gone_out(self, room: Newsroom) -> None:
        usual = account("usual", outside=Outside.PUBLISH)
        room.change(accounts=(account(), usual))
        room.occupied(accounts=frozenset({"courrier"}))
        room.article(1)
        room.run_lane("usual")
        ours = next(a for a in room.actions() if a.purpose is Purpose.STRIKE)
        assert ours.ordinary_text == room.network("usual").orders[0].payload.text

    def test_an_ordinary_template_that_fails_leaves_no_text_and_stops_nothing(self, room: Newsroom) -> None:
        room.change(pools=type(room.setup.pools)(ordinary="{{ nonsense }}"))
        room.occupied()
        room.article(1)
        assert room.action().ordinary_text is None
        room.run_lane()
        assert room.states() == [("sent", "receipt")]


class TestBrokenFeeds:
    def test_a_broken_feed_backs_off_and_touches_no_other(self, open_newsroom: Callable[..., Newsroom]) -> None:
        room = open_newsroom(feeds=(feed(), feed("culture")))
        room.occupied()
        broken = room.source("culture")
        room.fetcher.answers[broken.url].clear()
        waits = []
        for _ in range(7):
            room.watching.poll(broken)
            with room.store.reading() as tx:
                state = next(f for f in tx.feeds.all() if f.name == "culture")
            assert state.next_at
            waits.append((state.next_at - room.clock.now()) // SECOND)
            room.clock.jump(state.next_at)
        assert waits == [60, 120, 240, 480, 900, 900, 900]
        assert room.notices.kinds.count("feed_failing") == 1
        assert len(room.events("feed_failing")) == 1
        room.poll(entry("old"), entry(1), feed="une")
        assert len(room.actions()) == 1
        room.poll(entry("old"), feed="culture")
        assert room.notices.kinds.count("feed_well") == 1

    def test_a_feed_that_is_well_again_says_so_even_if_unchanged(self, room: Newsroom) -> None:
        room.poll(entry(1))
        error = FeedError("The feed {feed} could not be read.", feed="une")
        answers = room.fetcher.answers[room.source("une").url]
        answers.appendleft(error)
        room.watching.poll(room.source("une"))
        answers.clear()
        answers.append(Fetched(None))
        room.watching.poll(room.source("une"))
        assert "feed_well" in room.notices.kinds

    @pytest.mark.parametrize(("asked", "waited"), [(HOUR, HOUR), (30 * DAY, DAY), (-HOUR, MINUTE)])
    def test_the_wait_that_a_server_asks_for_is_respected(
        self, room: Newsroom, asked: timedelta, waited: timedelta
    ) -> None:
        error = FeedError("The feed {feed} could not be read.", feed="une")
        error.not_before = room.clock.now() + asked
        room.fetcher.give(room.source("une").url, error)
        room.watching.poll(room.source("une"))
        ready, at = room.watching.due()
        assert ready == []
        assert at == room.clock.now() + waited

    def test_the_wait_of_an_answer_that_is_well_is_respected(self, room: Newsroom) -> None:
        room.poll(entry(1), not_before=room.clock.now() + HOUR)
        assert room.watching.due() == ([], room.clock.now() + HOUR - MINUTE)

    def test_a_document_that_is_no_feed_backs_off(self, room: Newsroom) -> None:
        room.fetcher.give(room.source("une").url, Fetched(b"<html>"))
        assert room.watching.poll(room.source("une")).failed
        assert room.watching.due()[0] == []

    def test_a_reader_that_breaks_on_one_feed_backs_off_too(self, room: Newsroom) -> None:
        class Broken(Exception):
            pass

        def breaks(*_: object) -> Parsed:
            raise Broken

        room.show(entry(1))
        room.parser.parse = breaks  # type: ignore[method-assign,assignment]
        assert room.watching.poll(room.source("une")).failed
        assert room.watching.due()[0] == []
        assert "feed_failing" in room.notices.kinds

    def test_entries_that_cannot_be_used_are_said(self, room: Newsroom) -> None:
        room.show(entry(1))
        body = next(iter(room.parser.documents))
        room.parser.documents[body] = Parsed((entry(1),), skipped=(Sentence("no link"),))
        assert room.watching.poll(room.source("une")).baseline == 1
        assert "entries_skipped" in room.notices.kinds

    def test_an_unchanged_body_is_not_parsed(self, room: Newsroom) -> None:
        room.poll(entry(1))
        room.poll(entry(1))
        assert len(room.parser.parsed) == 1

    def test_what_the_server_calls_a_version_is_sent_back(self, room: Newsroom) -> None:
        room.poll(entry(1), etag='"1"', modified="Fri, 20 Nov 2026 12:00:00 GMT")
        room.fetcher.answers[room.source("une").url].clear()
        room.fetcher.give(room.source("une").url, Fetched(None))
        room.watching.poll(room.source("une"))
        room.watching.poll(room.source("une"))
        assert [a.etag for a in room.fetcher.asked] == [None, '"1"', '"1"']

    def test_feeds_fall_due_at_their_own_hours(self, open_newsroom: Callable[..., Newsroom]) -> None:
        room = open_newsroom(feeds=(feed(), feed("slow", interval=HOUR)))
        assert room.watching.due() == ([room.source("une"), room.source("slow")], None)
        room.poll(entry(1), after=timedelta(0))
        room.poll(entry(1), feed="slow", after=timedelta(0))
        assert room.watching.due() == ([], room.clock.now() + MINUTE)
        room.clock.advance(MINUTE)
        assert room.watching.due()[0] == [room.source("une")]


class TestOneTransaction:
    def test_articles_and_their_actions_are_written_together_or_not_at_all(self, room: Newsroom) -> None:
        room.occupied()
        tables = "articles", "article_keys", "events", "feeds", "actions"
        before = [room.rows(f"SELECT * FROM {table}") for table in tables]

        class Killed(Exception):
            pass

        def dies(*_: object, **__: object) -> str:
            raise Killed

        whole, room.drafting.ordinary_text = room.drafting.ordinary_text, dies  # type: ignore[method-assign]
        room.show(entry("old"), entry(1))
        with pytest.raises(Killed):
            room.watching.poll(room.source("une"))
        assert before == [room.rows(f"SELECT * FROM {table}") for table in tables]
        room.drafting.ordinary_text = whole  # type: ignore[method-assign]
        assert room.watching.poll(room.source("une")).actions == 1
