"""How posts were answered: read when due, within the budget, never in the way, and compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from occupier.domain.action import GoneBy, Verb
from occupier.domain.errors import NetworkError, UnknownName
from occupier.domain.metrics import Age, Figures, Medians
from occupier.domain.ports import Capabilities, Pause
from occupier.domain.reconcile import LookUp, RemotePost
from tests.fakes import FakeNetwork
from tests.services.newsroom import DAY, HOUR, MINUTE, Newsroom, account, entry

PRICE = 5_000


@pytest.fixture
def counting(open_newsroom: Callable[..., Newsroom]) -> Newsroom:
    """One account that counts, and a strike that has begun."""
    room = open_newsroom(account(metrics=True))
    room.occupied(hours=200)
    return room


def post(room: Newsroom, *numbers: int) -> None:
    """Let articles come, and announce the strike in their place."""
    room.poll(entry("old"), *(entry(n) for n in numbers))
    room.run_lane()


def answered(room: Newsroom, *likes: int) -> None:
    """Let the newest posts have so many likes, newest first."""
    network = room.network()
    counted = [replace(p, figures=Figures(likes=n, views=10 * n)) for p, n in zip(network.posts, likes, strict=False)]
    network.posts[: len(counted)] = counted


def usual(room: Newsroom, *posts: tuple[timedelta, int]) -> None:
    """Let there be ordinary posts of such an age, with so many likes."""
    now = room.clock.now()
    made = [
        RemotePost(f"usual-{n}", "Un article", (), now - age, figures=Figures(likes=likes))
        for n, (age, likes) in enumerate(posts)
    ]
    room.network().posts.extend(made)


def measure(room: Newsroom) -> int:
    return room.measuring.measure(room.account(), room.target())


def read(room: Newsroom) -> list[tuple[str, str, int | None]]:
    return [
        (str(age), str(outcome), likes)
        for age, outcome, likes in room.rows(
            "SELECT age, outcome, likes FROM metrics WHERE action_id IS NOT NULL AND outcome IS NOT NULL ORDER BY id"
        )
    ]


class TestReading:
    def test_nothing_is_read_where_it_is_not_asked_for(self, room: Newsroom) -> None:
        room.occupied()
        post(room, 1)
        room.clock.advance(HOUR)
        assert measure(room) == 0
        assert (room.network().looked_up, room.network().periods) == ([], [])
        assert room.rows("SELECT * FROM metrics") == []

    def test_each_strike_post_is_read_at_an_hour_a_day_and_a_week(self, counting: Newsroom) -> None:
        post(counting, 1)
        measure(counting)
        assert counting.network().looked_up == []
        for wait, likes in ((HOUR, 3), (23 * HOUR, 5), (6 * DAY, 8)):
            counting.clock.advance(wait)
            answered(counting, likes)
            measure(counting)
            measure(counting)
        assert read(counting) == [("1h", "read", 3), ("24h", "read", 5), ("7d", "read", 8)]
        assert len(counting.network().looked_up) == 3

    def test_a_process_that_begins_anew_goes_on(
        self, counting: Newsroom, open_newsroom: Callable[..., Newsroom]
    ) -> None:
        post(counting, 1)
        measure(counting)
        again = open_newsroom(account(metrics=True), clock=counting.clock)
        again.networks = counting.networks
        again.wire()
        again.clock.advance(HOUR)
        answered(again, 4)
        measure(again)
        assert read(again) == [("1h", "read", 4)]

    def test_what_is_read_too_late_would_be_another_figure(self, counting: Newsroom) -> None:
        post(counting, 1)
        measure(counting)
        counting.clock.advance(1.5 * HOUR)
        measure(counting)
        assert read(counting) == [("1h", "late", None)]
        assert counting.network().looked_up == []

    def test_a_post_that_is_gone_is_noted_and_not_asked_for_again(self, counting: Newsroom) -> None:
        post(counting, 1)
        measure(counting)
        counting.network().posts.clear()
        counting.clock.advance(HOUR)
        measure(counting)
        assert read(counting) == [("1h", "gone", None), ("24h", "gone", None), ("7d", "gone", None)]
        assert counting.action().gone_by is GoneBy.OTHERS
        counting.clock.advance(DAY)
        assert measure(counting) == 0

    def test_a_post_that_was_retracted_is_not_asked_for(self, counting: Newsroom) -> None:
        post(counting, 1)
        measure(counting)
        counting.retracting.ask(counting.retracting.candidate(counting.action().id, counting.networks))
        counting.run_lane()
        asked = len(counting.network().looked_up)
        counting.clock.advance(HOUR)
        measure(counting)
        assert len(counting.network().looked_up) == asked
        assert read(counting)[0] == ("1h", "gone", None)

    @pytest.mark.parametrize("by", ["person", "lane"])
    def test_a_pause_holds_it_too(self, counting: Newsroom, by: str) -> None:
        post(counting, 1)
        counting.clock.advance(HOUR)
        with counting.store.writing() as tx:
            tx.pauses.add(Pause(None, by, by, tx.now))
        assert measure(counting) == 0
        assert counting.network().looked_up == []

    def test_a_network_that_cannot_be_read_is_left_in_peace(self, counting: Newsroom) -> None:
        post(counting, 1)
        measure(counting)
        error = NetworkError("{network} asks to wait.", network="courrier")
        counting.network().unreadable = error
        counting.clock.advance(HOUR)
        measure(counting)
        measure(counting)
        assert len(counting.network().looked_up) == 1
        counting.network().unreadable = None
        answered(counting, 2)
        counting.clock.advance(15 * MINUTE)
        measure(counting)
        assert read(counting) == [("1h", "read", 2)]

    def test_a_network_is_obeyed_that_names_an_hour(self, counting: Newsroom) -> None:
        post(counting, 1)
        measure(counting)
        error = NetworkError("{network} asks to wait.", network="courrier")
        error.not_before = counting.clock.now() + 85 * MINUTE
        counting.network().unreadable = error
        counting.clock.advance(HOUR)
        measure(counting)
        counting.clock.advance(20 * MINUTE)
        assert measure(counting) == 0
        assert len(counting.network().looked_up) == 1

    def test_of_many_posts_only_so_many_are_asked_for_at_once(self, counting: Newsroom) -> None:
        counting.poll(entry("old"), *(entry(n) for n in range(10)))
        counting.poll(entry("old"), *(entry(n) for n in range(20)))
        counting.poll(entry("old"), *(entry(n) for n in range(30)))
        counting.run_lane()
        measure(counting)
        counting.clock.advance(HOUR)
        assert measure(counting) == 20
        assert measure(counting) == len(counting.network().posts) - 20

    def test_what_a_network_withholds_is_asked_for_later_and_not_again_and_again(self, counting: Newsroom) -> None:
        post(counting, 1, 2)
        measure(counting)

        class Withholding(FakeNetwork):
            def look_up(self, post_ids: Sequence[str], *, figures: bool = False) -> LookUp:
                self.looked_up.append(tuple(post_ids))
                return LookUp(tuple(p for p in self.posts if p.id in post_ids and p.id != "1"))

        network = Withholding(counting.clock, capabilities=Capabilities(at_once=100))
        network.posts = counting.network().posts
        counting.networks["courrier"] = network
        counting.clock.advance(HOUR)
        measure(counting)
        measure(counting)
        assert network.looked_up == [("1", "2")]
        counting.clock.advance(15 * MINUTE)
        measure(counting)
        assert network.looked_up == [("1", "2"), ("1",)]

    def test_a_network_that_tells_no_figures_is_asked_once(self, counting: Newsroom) -> None:
        post(counting, 1)
        measure(counting)
        counting.clock.advance(HOUR)
        assert (measure(counting), measure(counting)) == (1, 0)
        assert read(counting) == [("1h", "read", None)]

    def test_posts_are_never_woken_or_held_up_by_a_figure(self, counting: Newsroom) -> None:
        post(counting, 1)
        counting.clock.advance(HOUR)
        counting.store.changed()
        measure(counting)
        assert not counting.store.changed()


class TestBudget:
    @pytest.fixture
    def paying(self, open_newsroom: Callable[..., Newsroom]) -> Newsroom:
        room = open_newsroom(account(metrics=True, budget_microusd=2_100_000))
        able = Capabilities(frozenset(Verb), at_once=100, read_microusd=PRICE)
        room.networks["courrier"] = FakeNetwork(room.clock, price=200_000, capabilities=able)
        room.occupied(hours=200)
        return room

    def test_a_hundred_posts_are_read_in_one_call_and_counted(self, paying: Newsroom) -> None:
        post(paying, 1, 2, 3)
        measure(paying)
        spent = self.spent(paying)
        paying.clock.advance(HOUR)
        measure(paying)
        assert paying.network().looked_up == [("1", "2", "3")]
        assert self.spent(paying) == spent + 3 * PRICE

    def test_ordinary_posts_are_read_in_two_pages_that_are_affordable_beforehand(self, paying: Newsroom) -> None:
        usual(paying, (3 * DAY, 1), (9 * DAY, 2))
        measure(paying)
        (later, earlier) = paying.network().periods
        assert later[0] == earlier[1]
        assert (later[2], earlier[2]) == (1, 1)
        assert self.spent(paying) == 2 * PRICE

    def test_half_of_the_budget_is_for_posts(self, paying: Newsroom) -> None:
        post(paying, *range(6))
        paying.clock.advance(HOUR)
        measure(paying)
        assert (paying.network().looked_up, paying.network().periods) == ([], [])
        paying.clock.advance(DAY - HOUR)
        measure(paying)
        assert len(paying.network().looked_up) == 1
        assert {(age, outcome) for age, outcome, _ in read(paying)} == {("1h", "late"), ("24h", "read")}

    def spent(self, room: Newsroom) -> int:
        with room.store.reading() as tx:
            return tx.actions.spent(room.target().id, room.clock.now() - 30 * DAY)


class TestComparing:
    def test_strike_posts_are_compared_with_the_ordinary_ones_of_two_weeks(self, counting: Newsroom) -> None:
        usual(counting, (2 * HOUR, 10), (3 * HOUR, 30), (2 * DAY, 50), (10 * DAY, 70), (15 * DAY, 999), (-HOUR, 999))
        post(counting, 1, 2, 3)
        measure(counting)
        counting.clock.advance(HOUR)
        answered(counting, 3, 1, 100)
        measure(counting)
        (found,) = counting.measuring.summary("greve")
        assert (found.account, found.platform, found.due, found.gone, found.late) == ("courrier", "mastodon", 6, 0, 0)
        hour, day, week = found.ages
        assert (hour.age, day.age, week.age) == tuple(Age)
        assert (hour.strike, hour.usual) == (Medians(3, 3, None, None, 30), Medians(2, likes=20))
        assert (day.strike, day.usual) == (Medians(), Medians(1, likes=50))
        assert (week.strike, week.usual) == (Medians(), Medians(1, likes=70))

    def test_ordinary_posts_are_read_once(self, counting: Newsroom) -> None:
        for _ in range(3):
            measure(counting)
            counting.clock.advance(HOUR)
        assert len(counting.network().periods) == 1

    def test_strike_posts_are_no_ordinary_posts(self, counting: Newsroom) -> None:
        post(counting, 1)
        answered(counting, 1000)
        usual(counting, (2 * DAY, 1))
        counting.striking.end("greve")
        counting.clock.advance(DAY)
        counting.strike("greve-autre")
        measure(counting)
        assert counting.rows("SELECT count(*), max(likes) FROM metrics WHERE action_id IS NULL") == [(2, 1)]

    def test_a_renewed_strike_is_compared_with_what_was_before_its_first_day(self, counting: Newsroom) -> None:
        usual(counting, (2 * DAY, 7))
        measure(counting)
        counting.striking.end("greve")
        end = counting.clock.now() + 400 * HOUR
        renewed = counting.striking.renew("greve", end, "AG")
        post(counting, 1)
        measure(counting)
        counting.clock.advance(HOUR)
        answered(counting, 3)
        measure(counting)
        (found,) = counting.measuring.summary(renewed.strike.name)
        assert found.ages[0].strike.likes == 3
        assert found.ages[1].usual == Medians(1, likes=7)
        assert len(counting.network().periods) == 1

    def test_an_account_of_which_nothing_is_known_is_left_out(self, room: Newsroom) -> None:
        room.occupied()
        post(room, 1)
        assert room.measuring.summary("greve") == ()
        with pytest.raises(UnknownName):
            room.measuring.summary("autre")

    def test_nobody_s_name_is_kept(self, counting: Newsroom) -> None:
        columns = {name for _, name, *_ in counting.rows("PRAGMA table_info(metrics)")}
        assert columns == {
            "id", "strike_id", "target_id", "action_id", "remote_id", "age", "posted_at", "due_at", "read_at",
            "outcome", "likes", "reposts", "replies", "views",
        }  # fmt: skip
