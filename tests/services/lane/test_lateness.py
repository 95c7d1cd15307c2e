"""A usual tool that nobody stopped, slower than occupier: strike posts wait for it, so that nothing stands twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from occupier.domain.setup import Takeover
from occupier.services.lane.lateness import SILENCES
from occupier.services.review.overhearing import Overhearing
from tests.services.lane.test_guarding import usual
from tests.services.newsroom import HOUR, MINUTE, Newsroom, entry

HELD, SENT, WAITS = ("held", "usual_out"), ("sent", "receipt"), ("pending", "usual_may_come")


def show(room: Newsroom, *numbers: int) -> None:
    room.poll(entry("old"), *map(entry, numbers))


@pytest.fixture
def known(room: Newsroom) -> Newsroom:
    """A newsroom that said how long its tool takes."""
    room.change(accounts=(replace(room.account(), usual_within=10 * MINUTE),))
    room.occupied()
    show(room, 1)
    return room


@pytest.fixture
def doubled(room: Newsroom) -> Newsroom:
    """A newsroom whose forgotten tool announced the first article four minutes after occupier did."""
    room.occupied()
    show(room, 1)
    room.run_lane()
    room.clock.advance(4 * MINUTE)
    usual(room, 1)
    return room


class TestTheSettingsSayHowLong:
    def test_a_post_waits_for_as_long_as_the_tool_takes(self, known: Newsroom) -> None:
        known.live_on(9 * MINUTE)
        assert known.states() == [WAITS]
        known.live_on(2 * MINUTE)
        assert known.states() == [SENT]

    def test_nothing_is_read_before(self, known: Newsroom) -> None:
        known.run_lane()
        assert known.network().reads == []

    def test_the_usual_post_that_comes_late_stands_alone(self, known: Newsroom) -> None:
        known.live_on(8 * MINUTE)
        usual(known, 1)
        known.live_on(3 * MINUTE)
        assert known.states() == [HELD]
        assert known.network().orders == []

    def test_a_tool_that_is_no_later_than_that_makes_nothing_wait_longer(self, known: Newsroom) -> None:
        known.live_on(8 * MINUTE)
        usual(known, 1)
        known.live_on(3 * MINUTE)
        show(known, 1, 2)
        known.live_on(11 * MINUTE)
        assert known.states() == [HELD, SENT]

    def test_a_tool_that_is_later_than_that_does(self, known: Newsroom) -> None:
        known.live_on(11 * MINUTE)
        usual(known, 1)
        show(known, 1, 2)
        known.live_on(15 * MINUTE)
        assert known.states() == [SENT, WAITS]

    def test_what_a_person_lets_go_beside_the_usual_post_waits_no_more(self, known: Newsroom) -> None:
        usual(known, 1)
        known.live_on(11 * MINUTE)
        known.controlling.release(known.action().id)
        known.run_lane()
        assert known.states() == [SENT]

    def test_a_post_that_still_waits_at_the_end_is_too_late(self, room: Newsroom) -> None:
        room.change(accounts=(replace(room.account(), usual_within=20 * MINUTE),))
        room.occupied(hours=0.25)
        show(room, 1)
        room.live_on(16 * MINUTE)
        room.housekeeping.lapse()
        assert room.states() == [("missed", "strike_over")]
        assert room.network().orders == []

    def test_what_is_to_be_edited_waits_for_its_usual_post_anyway(self, room: Newsroom) -> None:
        room.change(accounts=(replace(room.account(), usual_within=20 * MINUTE, takeover=Takeover.REPLACE),))
        room.occupied()
        show(room, 1)
        room.run_lane()
        assert room.states() == [("pending", "awaits_usual")]


class TestNobodySaidHowLong:
    def test_once_it_was_heard_after_us_the_next_posts_wait_for_it(self, doubled: Newsroom) -> None:
        show(doubled, 1, 2)
        doubled.run_lane()
        assert doubled.states() == [SENT, WAITS]
        doubled.clock.advance(4 * MINUTE)
        usual(doubled, 2)
        doubled.live_on(HOUR / 4)
        assert doubled.states() == [SENT, HELD]
        assert len(doubled.network().orders) == 1

    def test_it_is_told_at_once_with_the_next_post_and_not_twice(self, doubled: Newsroom) -> None:
        show(doubled, 1, 2)
        doubled.run_lane()
        overhearing = Overhearing(doubled.store, doubled.networks, doubled.clock, doubled.notices,
                                  lambda: doubled.setup)  # fmt: skip
        assert overhearing.listen(doubled.account(), doubled.target()) == 0
        assert [n.serious for n in doubled.notices.told if n.kind == "announced_elsewhere"] == [True]

    def test_who_listens_hears_it_for_the_posts_too(self, doubled: Newsroom) -> None:
        overhearing = Overhearing(doubled.store, doubled.networks, doubled.clock, doubled.notices,
                                  lambda: doubled.setup)  # fmt: skip
        assert overhearing.listen(doubled.account(), doubled.target()) == 1
        show(doubled, 1, 2)
        doubled.run_lane()
        assert len(doubled.network().reads) == 2  # before the first post, and by who listened
        assert doubled.states() == [SENT, WAITS]

    def test_a_post_waits_no_longer_than_until_the_usual_one_is_overheard(self, doubled: Newsroom) -> None:
        show(doubled, 1, 2)
        doubled.run_lane()
        usual(doubled, 2)
        overhearing = Overhearing(doubled.store, doubled.networks, doubled.clock, doubled.notices,
                                  lambda: doubled.setup)  # fmt: skip
        assert overhearing.listen(doubled.account(), doubled.target()) == 1
        doubled.run_lane()
        assert doubled.states() == [SENT, HELD]

    def test_nor_than_until_another_posts_guard_sees_it(self, doubled: Newsroom) -> None:
        show(doubled, 1, 2)
        doubled.run_lane()
        usual(doubled, 2)
        usual(doubled, 3)
        show(doubled, 1, 2, 3)
        doubled.live_on(17 * MINUTE, every=15 * MINUTE)
        assert doubled.states() == [SENT, HELD, HELD]

    def test_a_tool_that_is_quicker_than_the_feed_makes_nothing_wait(self, room: Newsroom) -> None:
        room.occupied()
        usual(room, 1)
        show(room, 1)
        show(room, 1, 2)
        room.run_lane()
        assert room.states() == [HELD, SENT]

    def test_a_slow_one_is_waited_for_twice_as_long_as_it_took(self, doubled: Newsroom) -> None:
        doubled.clock.advance(16 * MINUTE)
        usual(doubled, 1, text="Encore")
        show(doubled, 1, 2)
        doubled.live_on(38 * MINUTE)
        assert doubled.states() == [SENT, WAITS]
        doubled.live_on(4 * MINUTE)
        assert doubled.states() == [SENT, SENT]

    def test_nothing_waits_until_it_is_too_old(self, doubled: Newsroom) -> None:
        doubled.change(freshness=40 * MINUTE)
        doubled.clock.advance(16 * MINUTE)
        usual(doubled, 1, text="Encore")
        show(doubled, 1, 2)
        doubled.live_on(21 * MINUTE)
        assert doubled.states() == [SENT, SENT]

    def test_once_it_is_not_heard_any_more_nothing_waits(self, doubled: Newsroom) -> None:
        for n in range(2, 2 + SILENCES):
            show(doubled, *range(1, n + 1))
            doubled.run_lane()
            assert doubled.states()[-1] == WAITS
            doubled.live_on(16 * MINUTE)
            assert doubled.states()[-1] == SENT
        show(doubled, *range(1, 3 + SILENCES))
        doubled.run_lane()
        assert doubled.states()[-1] == SENT

    def test_another_strike_begins_without_it(self, doubled: Newsroom) -> None:
        show(doubled, 1, 2)
        doubled.run_lane()
        doubled.striking.end("greve")
        doubled.strike("greve-2")
        show(doubled, 1, 2, 3)
        doubled.run_lane()
        assert doubled.states()[-1] == SENT
