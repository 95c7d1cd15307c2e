"""The rhythm of a feed, from nothing but dates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from occupier.domain.rhythm import most_within, rhythm_of

NOW = datetime(2027, 1, 23, 22, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ages = st.lists(st.integers(0, 60 * 24 * 20).map(lambda minutes: timedelta(minutes=minutes)), min_size=5, max_size=60)


def test_a_newsroom_that_sleeps_at_night_is_not_stale_in_the_morning() -> None:
    days = [NOW - DAY * n - HOUR * h for n in range(1, 4) for h in range(14)]
    rhythm = rhythm_of(days, NOW)
    assert rhythm
    assert rhythm.longest == 11 * HOUR
    assert not rhythm.is_stale(rhythm.newest + 12 * HOUR)
    assert rhythm.is_stale(rhythm.newest + 23 * HOUR)
    assert (rhythm.busiest_hour, rhythm.a_day) == (1, 14)


def test_a_feed_too_short_to_have_a_night_is_given_one() -> None:
    rhythm = rhythm_of([NOW - timedelta(minutes=5 * n) for n in range(20)], NOW)
    assert rhythm
    assert not rhythm.is_stale(NOW + 11 * HOUR)
    assert rhythm.is_stale(NOW + 13 * HOUR)
    assert rhythm.busiest_hour == 12
    assert rhythm.a_day > 150  # twenty in an hour and a half


@pytest.mark.parametrize("dates", [[], [None] * 9, [NOW] * 4, [NOW + HOUR] * 9])
def test_of_too_few_dates_nothing_is_said(dates: list[datetime | None]) -> None:
    assert rhythm_of(dates, NOW) is None


def test_what_lies_a_month_apart_is_another_time() -> None:
    dates = [NOW - HOUR * n for n in range(6)]
    assert rhythm_of([*dates, NOW - 400 * DAY], NOW) == rhythm_of(dates, NOW)


@given(ages)
def test_the_order_of_the_entries_says_nothing(apart: list[timedelta]) -> None:
    dates = [NOW - age for age in apart]
    assert rhythm_of(dates, NOW) == rhythm_of(dates[::-1], NOW)


@given(ages)
def test_no_hour_has_more_than_its_day_and_none_more_than_all(apart: list[timedelta]) -> None:
    rhythm = rhythm_of([NOW - age for age in apart], NOW)
    assert rhythm
    assert 1 <= rhythm.busiest_hour <= rhythm.a_day
    assert rhythm.busiest_hour <= len(apart)


@given(ages, st.integers(1, 3000).map(lambda minutes: timedelta(minutes=minutes)))
def test_the_most_within_a_window_is_what_counting_at_every_entry_finds(
    apart: list[timedelta], window: timedelta
) -> None:
    dates = sorted(NOW - age for age in apart)
    assert most_within(dates, window) == max(sum(at <= other < at + window for other in dates) for at in dates)
