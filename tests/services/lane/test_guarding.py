"""Nothing is posted beside the usual post about an article, and nothing on an account that could not be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from occupier.domain.action import Purpose, State
from occupier.domain.article import Article
from occupier.domain.errors import NetworkError
from occupier.domain.outcome import RefusalKind, Retryable
from occupier.domain.ports import Capabilities, MetricRead, Order
from occupier.domain.reconcile import RemotePost
from occupier.domain.setup import FirstPost, IfUsualIsOut, Outside, Rule, RuleAction
from occupier.services.lane.guarding import NTH, reaches_back
from occupier.services.lane.terms import Step
from occupier.services.review.announcing import Announcing
from occupier.services.review.ledger import Verifying
from occupier.services.review.overhearing import Overhearing
from occupier.services.review.recounting import Recounting
from tests.fakes import START, FakeNetwork
from tests.services.newsroom import HOUR, MINUTE, SECOND, Newsroom, account, entry

HELD, LEFT, SENT = ("held", "usual_out"), ("left", "usual_out"), ("sent", "receipt")
PRICE = 5_000


def usual(room: Newsroom, n: int | str = 1, *, text: str = "À lire", **values: Any) -> RemotePost:
    """Let the usual tool announce an article."""
    link = f"https://www.example.org/{n}?utm_source=outil"
    told: dict[str, Any] = {"url": f"https://social.example/@courrier/{n}", "application": "dlvr.it"}
    post = RemotePost(f"usual-{n}", f"{text} {link}", (link,), room.clock.now(), **told | values)
    room.network().posts.insert(0, post)
    return post


def leaving(room: Newsroom) -> None:
    room.change(accounts=(replace(room.account(), if_usual_is_out=IfUsualIsOut.LEAVE),))


def kinds(room: Newsroom, kind: str) -> list[bool]:
    """Return of each telling whether a person must hear it."""
    return [notice.serious for notice in room.notices.told if notice.kind == kind]


@pytest.fixture
def struck(room: Newsroom) -> Newsroom:
    room.occupied()
    room.article(1)
    return room


class TestTheUsualPostIsOut:
    def test_the_strike_post_waits_for_a_person(self, struck: Newsroom) -> None:
        usual(struck)
        struck.run_lane()
        assert struck.states() == [HELD]
        assert struck.network().orders == []

    def test_where_it_is_to_be_left_nobody_is_asked(self, struck: Newsroom) -> None:
        leaving(struck)
        usual(struck)
        struck.run_lane()
        assert struck.states() == [LEFT]
        assert struck.network().orders == []

    @pytest.mark.parametrize("hours", [3, 9])
    def test_what_nobody_answered_is_missed_for_what_it_waited_for(self, struck: Newsroom, hours: int) -> None:
        usual(struck)
        struck.run_lane()
        struck.clock.advance(hours * HOUR)
        struck.housekeeping.lapse()
        assert struck.states() == [("missed", "usual_out")]

    def test_the_lane_goes_on(self, struck: Newsroom) -> None:
        usual(struck, 1)
        struck.poll(entry("old"), entry(1), entry(2))
        struck.run_lane()
        assert struck.states() == [HELD, SENT]

    def test_it_is_in_the_log_with_its_hour_its_address_and_its_application(self, struck: Newsroom) -> None:
        post = usual(struck)
        struck.run_lane()
        (event,) = struck.events("announced_elsewhere")
        told = {"remote_id": post.id, "url": post.url, "application": "dlvr.it"}
        assert told.items() <= event.data.items()
        assert "posted_at" in event.data
        assert Verifying(struck.store).verify().broken is None

    def test_a_person_is_told_once_with_what_posted_it(self, struck: Newsroom) -> None:
        usual(struck)
        struck.run_lane()
        announcing = Announcing(struck.store, struck.notices)
        announcing.look()
        announcing.look()
        assert kinds(struck, "held") == [True]
        assert "dlvr.it" in str(next(n.sentence for n in struck.notices.told if n.kind == "held"))

    def test_where_it_is_left_the_first_wakes_a_person(self, struck: Newsroom) -> None:
        leaving(struck)
        usual(struck, 1)
        struck.poll(entry("old"), entry(1), entry(2))
        usual(struck, 2)
        struck.run_lane()
        assert kinds(struck, "announced_elsewhere") == [True, False]

    def test_it_is_counted_and_not_a_second_time_by_who_listens(self, struck: Newsroom) -> None:
        usual(struck)
        struck.run_lane()
        overhearing = Overhearing(struck.store, struck.networks, struck.clock, struck.notices, lambda: struck.setup)
        assert overhearing.listen(struck.account(), struck.target()) == 0
        recount = Recounting(struck.store, lambda: struck.setup).of("greve")
        assert recount.elsewhere == 1
        assert [(one.account, one.application) for one in recount.slipped] == [("courrier", "dlvr.it")]
        assert [account.elsewhere for account in struck.reviewing.status().accounts] == [1]

    def test_it_was_out_before_the_feed_showed_the_article(self, room: Newsroom) -> None:
        room.occupied()
        published = room.clock.now()
        usual(room)
        room.poll(entry("old"), entry(1, published_at=published), after=90 * MINUTE)
        room.run_lane()
        assert room.states() == [HELD]

    def test_what_leads_to_another_article_is_none_of_it(self, struck: Newsroom) -> None:
        usual(struck, 99)
        struck.run_lane()
        assert struck.states() == [SENT]

    def test_our_own_posts_are_none_of_it(self, struck: Newsroom) -> None:
        struck.run_lane()
        struck.poll(entry("old"), entry(1), entry(2))
        struck.run_lane()
        assert struck.states() == [SENT, SENT]

    def test_one_that_appears_after_the_reading_is_told_afterwards(self, struck: Newsroom) -> None:
        def late(order: Order) -> Any:
            usual(struck)
            return struck.network().post(order)

        struck.network().outcomes.append(late)
        struck.run_lane()
        assert struck.states() == [SENT]
        overhearing = Overhearing(struck.store, struck.networks, struck.clock, struck.notices, lambda: struck.setup)
        assert overhearing.listen(struck.account(), struck.target()) == 1


class TestAPersonsWord:
    def test_one_that_is_released_leaves_beside_it_for_good(self, struck: Newsroom) -> None:
        usual(struck)
        struck.run_lane()
        struck.controlling.release(struck.action().id)
        struck.network().outcomes.append(Retryable("unavailable", http_status=503))
        struck.live_on(3 * MINUTE)
        assert struck.states() == [SENT]

    def test_releasing_all_leaves_it_on_hold(self, struck: Newsroom) -> None:
        usual(struck)
        struck.run_lane()
        assert struck.controlling.release_all() == []
        assert struck.states() == [HELD]

    def test_a_yes_to_the_first_post_is_none_to_a_double(self, open_newsroom: Callable[..., Newsroom]) -> None:
        room = open_newsroom(account(first_post=FirstPost.APPROVE))
        room.occupied()
        room.article(1)
        room.run_lane()
        usual(room)
        room.controlling.release(room.action().id)
        room.run_lane()
        assert room.states() == [HELD]

    def test_what_a_rule_lets_out_is_not_repeated_and_asks_nobody(self, open_newsroom: Callable[..., Newsroom]) -> None:
        room = open_newsroom(account(outside=Outside.PUBLISH))
        room.change(rules=(Rule(RuleAction.ORDINARY, title=re.compile("1")),))
        room.occupied()
        room.article(1)
        usual(room)
        room.run_lane()
        assert room.states() == [LEFT]
        assert room.action().purpose is Purpose.ORDINARY

    def test_outside_strikes_nothing_is_read(self, open_newsroom: Callable[..., Newsroom]) -> None:
        room = open_newsroom(account(outside=Outside.PUBLISH))
        room.poll(entry("old"))
        room.article(1)
        usual(room)
        room.run_lane()
        assert room.states() == [SENT]
        assert room.network().reads == []


class TestReading:
    def test_nothing_is_read_in_vain(self, struck: Newsroom) -> None:
        struck.controlling.pause(None)
        struck.run_lane()
        assert struck.network().reads == []

    def test_an_account_that_cannot_be_read_makes_posts_wait_then_asks(self, struck: Newsroom) -> None:
        struck.network().unreadable = NetworkError("down")
        struck.run_lane()
        assert struck.states() == [("pending", "guard_unread")]
        struck.live_on(8 * MINUTE)
        assert struck.states() == [("pending", "guard_unread")]
        struck.live_on(4 * MINUTE)
        assert struck.states() == [("held", "guard_unread")]
        assert struck.network().orders == []

    def test_it_is_read_with_patience_however_many_wait(self, struck: Newsroom) -> None:
        struck.poll(entry("old"), entry(1), entry(2), entry(3))
        struck.network().unreadable = NetworkError("down")
        struck.run_lane()
        assert len(struck.network().reads) == 1
        assert len(struck.actions(State.PENDING)) == 3

    def test_when_it_can_be_read_again_they_leave(self, struck: Newsroom) -> None:
        struck.network().unreadable = NetworkError("down")
        struck.live_on(5 * MINUTE)
        struck.network().unreadable = None
        struck.live_on(2 * MINUTE)
        assert struck.states() == [SENT]

    def test_a_reading_cut_short_that_found_nothing_says_nothing(self, struck: Newsroom) -> None:
        struck.network().complete = False
        struck.run_lane()
        assert struck.states() == [("pending", "guard_unread")]

    def test_a_reading_cut_short_that_found_it_says_it(self, struck: Newsroom) -> None:
        struck.network().complete = False
        usual(struck)
        struck.run_lane()
        assert struck.states() == [HELD]

    def test_keys_that_no_longer_work_stop_the_lane(self, struck: Newsroom) -> None:
        error = NetworkError("no")
        error.kind = RefusalKind.CREDENTIALS
        struck.network().unreadable = error
        struck.run_lane()
        assert struck.lane_pause() == "credentials"

    def test_what_a_person_releases_unread_leaves_unread(self, struck: Newsroom) -> None:
        struck.network().unreadable = NetworkError("down")
        struck.live_on(12 * MINUTE)
        struck.controlling.release_all()
        struck.run_lane()
        assert struck.states() == [SENT]

    def test_once_the_account_can_be_read_nobody_has_to_answer(self, struck: Newsroom) -> None:
        struck.network().unreadable = NetworkError("down")
        struck.live_on(12 * MINUTE)
        struck.posting.look_again(struck.account(), struck.target())
        assert struck.states() == [("held", "guard_unread")]
        struck.network().unreadable = None
        struck.clock.advance(MINUTE)
        struck.posting.look_again(struck.account(), struck.target())
        usual(struck)
        struck.run_lane()
        assert struck.states() == [HELD]
        assert Verifying(struck.store).verify().broken is None

    def test_a_wait_does_not_take_a_persons_word_away(self, struck: Newsroom) -> None:
        struck.network().outcomes.extend([Retryable("connect")] * 5)
        struck.live_on(100 * MINUTE, every=5 * MINUTE)
        assert struck.states() == [("failed", "attempts")]
        struck.controlling.release(struck.action().id)
        struck.network().unreadable = NetworkError("down")
        struck.run_lane()
        struck.network().unreadable = None
        struck.live_on(2 * MINUTE)
        assert struck.states() == [SENT]

    def test_several_that_are_set_aside_in_a_row_cost_one_reading(self, struck: Newsroom) -> None:
        struck.change(spacing=30 * SECOND)
        struck.poll(*(entry(n) for n in ("old", 1, 2, 3)), after=SECOND)
        for n in (1, 2, 3):
            usual(struck, n)
        struck.run_lane()
        assert struck.states() == [HELD] * 3
        # the second appeared after the first: its reading reaches as far back
        assert len(struck.network().reads) == 1

    def test_two_that_leave_never_rest_on_one_reading(self, struck: Newsroom) -> None:
        struck.poll(entry("old"), entry(1), entry(2))
        struck.run_lane()
        assert struck.states() == [SENT, SENT]
        assert len(struck.network().reads) == 2

    def test_a_pause_that_comes_while_it_reads_holds(self, struck: Newsroom) -> None:
        network = struck.network()
        read = network.recent

        def recent(since: Any) -> Any:
            struck.controlling.pause(None)
            return read(since)

        network.recent = recent  # type: ignore[method-assign]
        assert struck.step() == Step(at=struck.clock.now() + timedelta(seconds=5), blocked="paused")
        assert network.orders == []

    def test_what_was_believed_lost_and_is_there_is_not_posted_again(self, struck: Newsroom) -> None:
        def deny(order: Order) -> Retryable:
            struck.network().post(order)
            return Retryable("unavailable", http_status=503)

        struck.network().outcomes.append(deny)
        struck.live_on(3 * MINUTE)
        assert struck.states() == [("sent", "timeline")]
        assert len(struck.network().posts) == 1
        assert Verifying(struck.store).verify().broken is None


@pytest.mark.parametrize(
    ("seen", "published", "counted", "back"),
    [
        (0, None, 0, 0),
        (0, -30, 0, -30),
        (0, 30, 0, 0),
        (0, -600, 0, -120),
        (0, None, -45, -45),
    ],
)
def test_how_far_back_the_usual_post_may_be(seen: int, published: int | None, counted: int, back: int) -> None:
    first, date = START + seen * MINUTE, None if published is None else START + published * MINUTE
    article = Article(1, "t", "l", "", (), None, date, first, START + counted * MINUTE, False, frozenset())
    assert reaches_back(article, 2 * HOUR) == START + back * MINUTE


class TestWhereReadingIsBilled:
    @pytest.fixture
    def billed(self, open_newsroom: Callable[..., Newsroom]) -> Newsroom:
        room = open_newsroom(account(budget_microusd=400 * PRICE))
        able = Capabilities(read_microusd=PRICE)
        room.networks["courrier"] = FakeNetwork(room.clock, capabilities=able, read_price=PRICE)
        room.occupied()
        return room

    def spend(self, room: Newsroom, share: float) -> None:
        target = room.target()
        with room.store.noting() as tx:
            [strike] = tx.strikes.all()
            tx.metrics.note(MetricRead(strike.id, target.id, Purpose.STRIKE, 1, int(share * 400 * PRICE)))

    def test_what_it_cost_is_counted(self, billed: Newsroom) -> None:
        billed.article(1)
        usual(billed)
        billed.run_lane()
        assert billed.rows("SELECT posts, cost_microusd FROM metric_reads") == [(1, PRICE)]

    def test_beyond_a_quarter_of_the_budget_one_in_several_is_looked_for_and_that_is_said(
        self, billed: Newsroom
    ) -> None:
        shown = [entry("old")]
        for n in range(2 * NTH + 1):
            shown.append(entry(n))
            billed.poll(*shown)
            billed.run_lane()
            if n == 0:
                self.spend(billed, 0.25)
        # the first with money to read, then every fifth
        assert len(billed.network().reads) == 3
        assert billed.notices.kinds.count("guard_budget") == 2

    def test_the_first_of_a_strike_is_looked_for_whatever_was_spent(self, billed: Newsroom) -> None:
        self.spend(billed, 0.5)
        billed.article(1)
        usual(billed)
        billed.run_lane()
        assert billed.states() == [HELD]

    def test_no_budget_for_the_reading_is_none_for_the_post(self, billed: Newsroom) -> None:
        self.spend(billed, 1)
        billed.article(1)
        billed.run_lane()
        assert billed.lane_pause() == "budget"
        assert billed.network().reads == []
