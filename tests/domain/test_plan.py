"""How much is to be expected, and what is never exceeded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from occupier.domain.article import Article
from occupier.domain.limits import Ceilings
from occupier.domain.plan import Rhythm, article_to_show, busiest_hour, expected, hours_in, most_in, rhythm
from tests.strategies import instants, intervals, zones

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 1, 23, 20, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def article(link: str, published_at: datetime | None) -> Article:
    return Article(0, link, link, "", (), None, published_at, NOW, NOW, False, frozenset())


def daily(hours: tuple[int, ...], days: int) -> list[datetime]:
    """One article at half past each of these hours of Paris, on each of the days before."""
    midnight = NOW.astimezone(PARIS).replace(hour=0, minute=30)
    every = (midnight - n * DAY + hour * HOUR for n in range(days + 1) for hour in hours)
    return [at for at in every if NOW - days * DAY <= at <= NOW]


class TestRhythm:
    def test_the_same_every_day_is_expected_tomorrow(self) -> None:
        found = rhythm(daily((9, 12, 12, 18), 7), PARIS, NOW)
        start = datetime(2026, 1, 24, 8, tzinfo=UTC)
        assert expected(found, start, start + 10 * HOUR, PARIS) == pytest.approx(4, abs=0.5)
        assert expected(found, start + 13 * HOUR, start + 20 * HOUR, PARIS) == pytest.approx(0, abs=0.1)

    def test_without_history_nothing_is_known(self) -> None:
        assert rhythm([], PARIS, NOW) == Rhythm()
        assert expected(Rhythm(), NOW, NOW + DAY, PARIS) == 0

    def test_three_articles_of_one_minute_say_nothing_of_a_day(self) -> None:
        assert not rhythm([NOW - timedelta(seconds=n) for n in range(3)], PARIS, NOW).tells
        assert rhythm([NOW - timedelta(hours=3)], PARIS, NOW).tells

    def test_an_hour_that_was_never_seen_is_like_the_mean(self) -> None:
        found = rhythm([NOW - n * HOUR / 2 for n in range(9)], PARIS, NOW)
        assert found.per_hour(3) == pytest.approx(9 / 4)

    def test_older_than_two_weeks_and_dates_to_come_do_not_count(self) -> None:
        assert rhythm([NOW - 15 * DAY, NOW + HOUR, NOW - HOUR], PARIS, NOW).articles == 1

    @given(st.lists(instants(), max_size=30), instants(), zones())
    def test_every_article_of_two_weeks_is_counted_once(
        self, appeared: list[datetime], now: datetime, zone: ZoneInfo
    ) -> None:
        recent = [at for at in appeared if now - 14 * DAY <= at <= now]
        found = rhythm(appeared, zone, now)
        assert found.articles == len(recent)
        if recent:
            assert found.length / HOUR == pytest.approx((now - min(recent)) / HOUR, abs=1e-6)

    @given(zones(), intervals())
    def test_one_an_hour_is_as_many_as_there_are_hours(self, zone: ZoneInfo, period: tuple[datetime, datetime]) -> None:
        since, until = period[0], min(period[1], period[0] + 40 * DAY)
        always = Rhythm((10,) * 24, (10.0,) * 24)
        assert expected(always, since, until, zone) == pytest.approx((until - since) / HOUR, rel=1e-6)

    def test_the_hours_of_a_day_of_strike(self) -> None:
        start = datetime(2026, 1, 24, 8, tzinfo=UTC)
        assert hours_in(start, start + 10 * HOUR, PARIS) == frozenset(range(9, 19))


class TestCeilings:
    @pytest.mark.parametrize(
        ("length", "most"),
        [(8 * HOUR, 48), (timedelta(minutes=30), 6), (2 * DAY, 100), (timedelta(0), 0), (-HOUR, 0)],
    )
    def test_the_narrowest_ceiling_counts(self, length: timedelta, most: int) -> None:
        assert most_in(length, Ceilings(6, 50, timedelta(seconds=30))) == most

    def test_spacing_alone_may_be_the_narrowest(self) -> None:
        assert most_in(HOUR, Ceilings(1000, 1000, timedelta(minutes=6))) == 10

    def test_no_spacing_is_no_ceiling(self) -> None:
        assert most_in(HOUR, Ceilings(30, 300, timedelta(0))) == 30

    def test_the_busiest_hour_is_counted_as_the_journal_does(self) -> None:
        assert busiest_hour([NOW, NOW + HOUR / 4, NOW + HOUR / 2, NOW + HOUR]) == 3


class TestArticle:
    def test_the_newest_of_yesterday_is_shown(self) -> None:
        yesterday = NOW - DAY
        shown = [article("a", yesterday - HOUR), article("b", yesterday), article("c", NOW)]
        found = article_to_show(shown, PARIS, NOW)
        assert found is not None
        assert found.link == "b"

    def test_without_one_the_newest_of_all(self) -> None:
        found = article_to_show([article("a", NOW - 5 * DAY), article("c", NOW)], PARIS, NOW)
        assert found is not None
        assert found.link == "c"

    def test_without_dates_the_last(self) -> None:
        found = article_to_show([article("a", None), article("b", None)], PARIS, NOW)
        assert found is not None
        assert found.link == "b"
        assert article_to_show([], PARIS, NOW) is None
