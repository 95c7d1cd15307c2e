"""Gaps in watching: what a reader of the log must know before calling it complete."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from occupier.domain.gaps import Gap
from occupier.services.watch.gaps import gaps
from tests.services.newsroom import DAY, HOUR, MINUTE, Newsroom, entry


@pytest.fixture
def nine(room: Newsroom) -> datetime:
    """The hour at which the period begins, a minute after the feed was first read."""
    room.poll(entry(1))
    room.clock.advance(MINUTE)
    return room.clock.now()


def told(room: Newsroom, since: datetime, until: datetime | None = None) -> list[Gap]:
    room.watching.write_notes()
    with room.store.reading() as tx:
        return gaps(tx, room.setup.feeds, since, until or since + DAY)


def test_a_machine_that_slept_leaves_a_gap_from_the_last_reading_to_the_next(room: Newsroom, nine: datetime) -> None:
    room.poll(entry(1), after=HOUR)
    assert told(room, nine) == [Gap("une", nine - MINUTE, nine + HOUR)]
    room.poll(entry(1), after=4 * MINUTE)
    room.poll(entry(1), entry(2), after=HOUR)
    assert [g.until for g in told(room, nine)] == [nine + HOUR, room.clock.now()]


def test_a_feed_that_cannot_be_read_is_a_gap_while_it_lasts(room: Newsroom, nine: datetime) -> None:
    room.fetcher.answers[room.source("une").url].clear()
    for _ in range(3):
        assert room.watching.poll(room.source("une")).failed
        room.clock.advance(3 * MINUTE)
    ongoing = [Gap("une", nine - MINUTE)]
    assert told(room, nine) == ongoing
    room.poll(entry(1))
    assert told(room, nine) == [Gap("une", nine - MINUTE, room.clock.now())]


def test_what_ends_outside_the_period_is_told_where_it_touches_it(room: Newsroom, nine: datetime) -> None:
    room.poll(entry(1), after=2 * HOUR)
    gap = Gap("une", nine - MINUTE, nine + 2 * HOUR)
    assert told(room, nine + HOUR, nine + HOUR + MINUTE) == [gap]
    assert told(room, nine + 2 * HOUR) == []


def test_before_its_first_reading_a_feed_was_not_watched(room: Newsroom) -> None:
    began = room.clock.now()
    room.clock.advance(HOUR)
    assert told(room, began) == [Gap("une", began)]
    room.poll(entry(1))
    assert told(room, began) == [Gap("une", began, room.clock.now())]
    assert told(room, room.clock.now()) == []


def test_nobody_has_missed_anything_of_what_is_to_come(room: Newsroom) -> None:
    room.clock.advance(HOUR)
    assert told(room, room.clock.now() + HOUR) == []


def test_a_feed_that_is_no_longer_in_the_settings_is_not_waited_for(room: Newsroom, nine: datetime) -> None:
    room.clock.advance(HOUR)
    room.setup = replace(room.setup, feeds=())
    assert told(room, nine) == []


def test_a_new_address_hides_no_gap(room: Newsroom, nine: datetime) -> None:
    room.setup = replace(room.setup, feeds=(replace(room.source("une"), url="https://www.example.org/neuf.xml"),))
    room.poll(entry(1), after=HOUR)
    assert told(room, nine) == [Gap("une", nine - MINUTE, nine + HOUR)]


def test_a_clock_set_back_makes_no_gap(room: Newsroom, nine: datetime) -> None:
    room.clock.advance(-HOUR)
    room.poll(entry(1))
    assert told(room, nine - DAY) == [Gap("une", nine - DAY, nine - MINUTE)]
