"""A clock that is set wrong, or right again, in the middle of things."""

from __future__ import annotations

from datetime import timedelta

import pytest

from occupier.domain.outcome import Outcome, Retryable, Uncertain
from occupier.domain.ports import Order
from tests.fakes import FakeClock
from tests.services.newsroom import DAY, HOUR, MINUTE, SECOND, Newsroom


@pytest.fixture
def waiting(room: Newsroom) -> Newsroom:
    room.occupied()
    room.article(1)
    return room


def test_nothing_begins_on_a_clock_that_was_set_back_to_before_the_claim(waiting: Newsroom) -> None:
    network, clock = waiting.network(), waiting.clock

    def set_back(order: Order) -> Outcome:
        clock.jump(clock.now() - DAY)  # to the day before the strike
        return Retryable("late") if not order.may_begin() else network.post(order)

    network.outcomes.append(set_back)
    # the fake asks before it is scripted, at an hour that was still right
    waiting.step()
    assert network.posts == []
    assert waiting.states() == [("retry", "late")]


def _lose_the_answer(room: Newsroom, true: FakeClock) -> None:
    """Post by the network's own clock, and never answer."""

    def apply(order: Order) -> Outcome:
        room.network().clock = true
        room.network().post(order)
        return Uncertain("no_answer")

    room.network().outcomes.append(apply)
    room.step()


def test_a_post_of_an_hour_when_our_clock_was_ahead_is_found_when_it_is_right(waiting: Newsroom) -> None:
    clock, true = waiting.clock, FakeClock(waiting.clock.now())
    clock.jump(clock.now() + HOUR)
    waiting.clocks.observe("www.example.org", -HOUR)
    _lose_the_answer(waiting, true)
    clock.jump(true.now() + 5 * MINUTE)
    waiting.clocks.observe("www.example.org", timedelta(0))
    clock.jump(true.now() + 2 * HOUR)
    waiting.reconciling.look(waiting.account(), waiting.target())
    assert waiting.states() == [("sent", "timeline")]


def test_a_clock_that_was_ahead_by_less_than_is_told_hides_no_post(waiting: Newsroom) -> None:
    true = FakeClock(waiting.clock.now())
    waiting.clock.jump(waiting.clock.now() + 100 * SECOND)
    _lose_the_answer(waiting, true)
    waiting.reconciling.look(waiting.account(), waiting.target())
    assert waiting.states() == [("sent", "timeline")]


def test_one_host_in_another_year_moves_no_reading_by_more_than_a_day(room: Newsroom) -> None:
    room.clocks.observe("www.example.org", -400 * DAY)
    assert room.clocks.furthest_behind() == -DAY


def test_a_clock_that_is_ahead_of_a_host_no_more_is_remembered(room: Newsroom) -> None:
    room.clocks.observe("www.example.org", -HOUR)
    room.clocks.observe("www.example.org", HOUR)
    assert room.clocks.furthest_behind() == -HOUR


def test_a_feed_that_was_read_in_a_wrong_future_is_asked_as_soon_as_the_clock_is_right(room: Newsroom) -> None:
    room.occupied()
    room.clock.jump(room.clock.now() + DAY)
    room.poll(after=timedelta(0))
    assert room.watching.due()[0] == []
    room.clock.jump(room.clock.now() - DAY)
    assert [source.name for source in room.watching.due()[0]] == ["une"]


def test_an_uncertain_post_is_looked_for_on_a_clock_that_was_set_back_since_the_claim(waiting: Newsroom) -> None:
    waiting.network().outcomes.append(Uncertain("no_answer"))
    waiting.step()
    before = waiting.clock.now()
    waiting.clock.jump(before - HOUR)
    with waiting.store.writing() as tx:
        (action,) = tx.actions.in_state(*[waiting.action().state])
    # settled after the jump, it is due at once, though it was claimed at an hour that is still to come
    waiting.live_on(10 * SECOND, every=5 * SECOND)
    waiting.clock.jump(before)
    waiting.live_on(10 * MINUTE)
    assert waiting.action().id == action.id
    assert waiting.states() == [("sent", "receipt")]
