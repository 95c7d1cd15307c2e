from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from occupier.domain.gaps import Gap, longest_unwatched, oldest_first

NINE = datetime(2020, 1, 24, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("interval", "longest"), [(timedelta(seconds=10), 5 * MINUTE), (MINUTE, 5 * MINUTE), (10 * MINUTE, 30 * MINUTE)]
)
def test_three_polls_missed_are_a_gap_and_never_less_than_five_minutes(interval: timedelta, longest: timedelta) -> None:
    assert longest_unwatched(interval) == longest


def test_a_gap_touches_a_period_that_it_shares_an_instant_with() -> None:
    gap = Gap("une", NINE, NINE + MINUTE)
    assert gap.touches(NINE - MINUTE, NINE + timedelta(microseconds=1))
    assert not gap.touches(NINE - MINUTE, NINE)
    assert not gap.touches(NINE + MINUTE, NINE + 2 * MINUTE)
    assert Gap("une", NINE).touches(NINE + 100 * MINUTE, NINE + 101 * MINUTE)


def test_gaps_are_told_in_the_order_in_which_they_began() -> None:
    early, late, other = Gap("une", NINE), Gap("une", NINE + MINUTE), Gap("sport", NINE)
    assert oldest_first([late, early, other]) == [other, early, late]
