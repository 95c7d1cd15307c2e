"""A clock that leapt ahead ends nothing for ever before a host has said that it is right."""

from __future__ import annotations

from datetime import timedelta

from tests.services.newsroom import DAY, HOUR, MINUTE, SECOND, Newsroom

RIGHT = timedelta(0)


def test_nobody_knows_at_the_start_and_a_host_tells(room: Newsroom) -> None:
    assert not room.clocks.is_believed()
    assert not room.clocks.is_suspect()
    room.clocks.observe("www.example.org", RIGHT)
    assert room.clocks.is_believed()


def test_where_no_host_speaks_it_is_believed_after_a_quarter_of_an_hour(room: Newsroom) -> None:
    assert not room.clocks.is_believed()
    room.clock.advance(15 * MINUTE)
    assert not room.clocks.is_believed()
    room.clock.advance(SECOND)
    assert room.clocks.is_believed()


def test_time_that_passes_raises_no_doubt(room: Newsroom) -> None:
    room.clocks.observe("www.example.org", RIGHT)
    room.clock.advance(DAY)
    assert room.clocks.is_believed()


def test_a_leap_ahead_is_doubted_until_a_host_says_that_it_is_right(room: Newsroom) -> None:
    room.clocks.observe("www.example.org", RIGHT)
    room.clock.jump(room.clock.now() + HOUR)
    assert not room.clocks.is_believed()
    assert room.clocks.is_suspect()
    room.clocks.observe("www.example.org", -HOUR)
    assert not room.clocks.is_believed()
    room.clocks.observe("www.example.org", RIGHT)  # as after a sleep
    assert room.clocks.is_believed()


def test_one_that_leapt_back_into_place_is_believed_again(room: Newsroom) -> None:
    room.clocks.observe("www.example.org", RIGHT)
    room.clock.jump(room.clock.now() + HOUR)
    assert room.clocks.is_suspect()
    room.clock.jump(room.clock.now() - HOUR)
    assert room.clocks.is_believed()


def test_a_small_step_and_one_back_raise_no_doubt(room: Newsroom) -> None:
    room.clocks.observe("www.example.org", RIGHT)
    room.clock.jump(room.clock.now() + 2 * MINUTE)
    assert room.clocks.is_believed()
    room.clock.jump(room.clock.now() - HOUR)
    assert room.clocks.is_believed()


def test_two_hosts_that_say_it_is_wrong_are_not_outwaited(room: Newsroom) -> None:
    for host in ("a", "b"):
        room.clocks.observe(host, -HOUR)
    room.clock.advance(16 * MINUTE)
    assert not room.clocks.is_believed()
    assert room.clocks.is_suspect()
