"""A feed's silence, against its own hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from occupier.domain.silences import SHORTEST_SILENCE, longest_silence, silent_since

MONDAY = datetime(2020, 1, 20, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def newsroom(days: int, *, every: timedelta = timedelta(minutes=20)) -> list[datetime]:
    """A feed that shows articles from 7 to 23 h, so many days until Monday morning."""
    hours = [
        MONDAY + day * DAY + 7 * HOUR + n * every for day in range(-days, 1) for n in range(int(16 * HOUR / every))
    ]
    return sorted(hours)


def until(seen: list[datetime], at: datetime) -> list[datetime]:
    return [hour for hour in seen if hour <= at]


def test_a_night_is_no_silence() -> None:
    seen = until(newsroom(14), MONDAY)
    assert silent_since(seen, MONDAY + 6 * HOUR) is None


def test_a_morning_without_anything_is_one() -> None:
    seen = until(newsroom(14), MONDAY)
    assert silent_since(seen, MONDAY + 9 * HOUR) == seen[-1]


def test_a_quiet_feed_is_never_called_silent() -> None:
    seen = [MONDAY - day * DAY for day in range(14, 0, -1)]
    assert silent_since(seen, MONDAY + 20 * HOUR) is None


def test_of_less_than_a_week_the_silence_must_be_longer_than_any_before() -> None:
    seen = until(newsroom(3), MONDAY + 9 * HOUR)
    assert longest_silence(seen) < 9 * HOUR
    assert silent_since(seen, MONDAY + 12 * HOUR) is None
    assert silent_since(seen, MONDAY + 9 * HOUR + 2 * longest_silence(seen) + HOUR) == seen[-1]


def test_a_feed_known_since_this_morning_has_no_rhythm_yet() -> None:
    seen = [MONDAY + n * timedelta(minutes=5) for n in range(60)]
    assert silent_since(seen, MONDAY + 20 * HOUR) is None


def test_a_feed_that_never_showed_anything_is_not_silent() -> None:
    assert silent_since([], MONDAY) is None


@given(st.lists(st.integers(0, 14 * 24 * 60), min_size=1, max_size=200), st.integers(0, 24 * 60))
def test_a_silence_is_what_came_last_long_enough_ago(minutes: list[int], later: int) -> None:
    seen = sorted(MONDAY + timedelta(minutes=minute) for minute in minutes)
    now = seen[-1] + timedelta(minutes=later)
    since = silent_since(seen, now)
    assert since is None or (since == seen[-1] and now - since >= SHORTEST_SILENCE)


@given(st.integers(5, 60), st.integers(0, 24 * 60))
def test_a_feed_that_goes_on_as_usual_is_never_silent(every: int, minute: int) -> None:
    now = MONDAY + timedelta(minutes=minute)
    assert silent_since(until(newsroom(14, every=timedelta(minutes=every)), now), now) is None
