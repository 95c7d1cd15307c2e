"""While two hosts agree that our clock is wrong, nothing is claimed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from occupier.domain.errors import DatabaseError
from tests.services.newsroom import HOUR, MINUTE, SECOND, Newsroom

WRONG, RIGHT = timedelta(seconds=121), timedelta(seconds=119)


def stopped(room: Newsroom) -> bool:
    return [p.by for p in room.pauses()] == ["clock"]


def test_one_host_is_no_witness(room: Newsroom) -> None:
    room.clocks.observe("a", WRONG)
    room.clocks.observe("a", WRONG)
    assert not stopped(room)


@pytest.mark.parametrize("sign", [1, -1])
def test_two_hosts_stop_everything_and_it_lifts_by_itself(room: Newsroom, sign: int) -> None:
    room.clocks.observe("a", sign * WRONG)
    room.clocks.observe("b", sign * WRONG)
    room.clocks.observe("c", sign * WRONG)
    assert stopped(room)
    assert room.notices.kinds == ["clock"]
    room.clocks.observe("a", sign * RIGHT)
    assert stopped(room)
    room.clocks.observe("b", sign * RIGHT)
    assert not stopped(room)
    assert [n.serious for n in room.notices.told] == [True, False]


def test_hosts_that_do_not_agree_on_the_side_prove_nothing(room: Newsroom) -> None:
    room.clocks.observe("a", WRONG)
    room.clocks.observe("b", -WRONG)
    assert not stopped(room)


def test_two_that_are_right_outweigh_two_that_are_wrong(room: Newsroom) -> None:
    for host in ("a", "b"):
        room.clocks.observe(host, timedelta(0))
    for host in ("c", "d"):
        room.clocks.observe(host, WRONG)
    assert not stopped(room)


def test_a_host_without_a_date_says_nothing(room: Newsroom) -> None:
    room.clocks.observe("a", None)
    assert room.clocks.skew("a") == timedelta(0)


def test_what_was_seen_long_ago_no_longer_counts(room: Newsroom) -> None:
    room.clocks.observe("a", WRONG)
    room.clock.advance(HOUR + SECOND)
    room.clocks.observe("b", WRONG)
    assert not stopped(room)


def test_a_stop_from_before_the_start_stands_until_a_host_says_that_all_is_well(room: Newsroom) -> None:
    room.clocks.observe("a", WRONG)
    room.clocks.observe("b", WRONG)
    room.wire()
    room.clocks.observe("a", WRONG)
    assert stopped(room)
    room.clocks.observe("a", RIGHT)
    assert not stopped(room)


def test_a_sighting_that_ages_lifts_nothing(room: Newsroom) -> None:
    room.clocks.observe("a", WRONG)
    room.clock.advance(50 * MINUTE)
    room.clocks.observe("b", WRONG)
    room.clock.advance(20 * MINUTE)
    room.clocks.observe("b", WRONG)
    assert stopped(room)


def test_a_locked_journal_is_told_at_the_next_answer(room: Newsroom) -> None:
    room.clocks.observe("a", WRONG)
    with room.store._engine.connect().execution_options(occupier_writes=True) as other, other.begin():
        room.clocks.observe("b", WRONG)
    assert not stopped(room)
    room.clocks.observe("b", WRONG)
    assert stopped(room)


def test_the_port_of_a_host_is_no_part_of_its_clock(room: Newsroom) -> None:
    room.clocks.observe("localhost", -MINUTE)
    assert room.clocks.skew("localhost:3000") == -MINUTE
    assert room.clocks.skew("") == timedelta(0)


def test_a_feed_tells_the_clock_too(room: Newsroom) -> None:
    room.clocks.observe("courrier.example", WRONG)
    room.poll(skew=WRONG)
    assert stopped(room)


def test_a_locked_journal_is_said_to_whoever_writes(room: Newsroom) -> None:
    with (
        room.store._engine.connect().execution_options(occupier_writes=True) as other,
        other.begin(),
        pytest.raises(DatabaseError),
    ):
        room.controlling.pause(None)
