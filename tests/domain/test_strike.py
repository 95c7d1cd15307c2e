from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from occupier.domain.errors import StrikeError
from occupier.domain.strike import Strike, a_year_after, check_destruction, check_overlaps, check_period, concerning
from tests.strategies import EPOCH, intervals

HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)
ACCOUNTS, FEEDS = ("a", "b"), ("f", "g")
START = datetime(2026, 11, 20, 8, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


def strike(name: str = "s", start: datetime = START, end: datetime = START + 10 * HOUR, **more: object) -> Strike:
    values: dict[str, object] = {"declared_at": min(start, START) - 100 * HOUR, **more}
    return Strike(name, start, end, "mandate", "reason", **values)  # type: ignore[arg-type]


class TestBorders:
    def test_the_period_is_half_open(self) -> None:
        s = strike()
        assert not s.concerns(s.starts_at - TICK)
        assert s.concerns(s.starts_at)
        assert s.concerns(s.ends_at - TICK)
        assert not s.concerns(s.ends_at)

    def test_a_start_in_the_past_acts_from_the_declaration(self) -> None:
        s = strike(declared_at=START + HOUR)
        assert not s.concerns(START + HOUR - TICK)
        assert s.concerns(START + HOUR)
        assert s.acts_from == START + HOUR

    def test_what_was_seen_before_it_was_ended_stays_concerned(self) -> None:
        s = strike(closed_at=START + 2 * HOUR)
        assert s.concerns(START + 2 * HOUR - TICK)
        assert not s.concerns(START + 2 * HOUR)
        assert strike(closed_at=START + 20 * HOUR).concerns(START + 9 * HOUR)

    def test_nothing_begins_in_the_guard(self) -> None:
        s, guard = strike(), timedelta(seconds=5)
        assert s.in_force(s.starts_at, guard)
        assert not s.in_force(s.starts_at - TICK, guard)
        assert s.in_force(s.ends_at - guard - TICK, guard)
        assert not s.in_force(s.ends_at - guard, guard)
        assert s.in_force(s.ends_at - TICK)
        assert not replace(s, closed_at=s.starts_at).in_force(s.starts_at + HOUR)

    def test_it_is_over_by_its_hour_or_by_a_person(self) -> None:
        s = strike()
        assert not s.is_over(s.ends_at - TICK)
        assert s.is_over(s.ends_at)
        assert replace(s, closed_at=s.starts_at).is_over(s.starts_at)

    def test_days_are_those_of_the_zone_and_go_on_through_renewals(self) -> None:
        paris = ZoneInfo("Europe/Paris")
        s = strike(start=datetime(2026, 11, 20, 22, 30, tzinfo=UTC))  # 23:30 in Paris
        assert s.day(s.starts_at, paris) == 1
        assert s.day(s.starts_at + HOUR, paris) == 2
        assert s.day(s.starts_at + HOUR, ZoneInfo("UTC")) == 1
        renewed = replace(s, renews="s", first_start=s.starts_at - timedelta(days=3))
        assert renewed.day(s.starts_at, paris) == 4

    def test_a_day_of_25_hours_is_one_day(self) -> None:
        paris = ZoneInfo("Europe/Paris")
        s = strike(start=datetime(2027, 10, 30, 22, tzinfo=UTC), end=datetime(2027, 11, 2, tzinfo=UTC))
        assert [s.day(s.starts_at + n * HOUR, paris) for n in (0, 24, 25)] == [1, 1, 2]


class TestScope:
    def test_empty_means_all(self) -> None:
        assert strike().covers("a", ["f"])
        assert strike().covers("a", [])

    def test_account_and_feed_must_both_be_in_scope(self) -> None:
        s = strike(accounts=frozenset("a"), feeds=frozenset("f"))
        assert s.covers("a", ["g", "f"])
        assert not s.covers("b", ["f"])
        assert not s.covers("a", ["g"])
        assert not s.covers("a", [])

    def test_the_first_that_covers_and_concerns(self) -> None:
        one, two = strike("one", accounts=frozenset("a")), strike("two", accounts=frozenset("b"))
        assert concerning([one, two], "b", iter(["f"]), START) == two
        assert concerning([one, two], "c", ["f"], START) is None
        assert concerning([one, two], "a", ["f"], START - TICK) is None


@st.composite
def strikes(draw: st.DrawFn, name: str) -> Strike:
    start, end = draw(intervals())
    scopes = st.frozensets(st.sampled_from(ACCOUNTS)), st.frozensets(st.sampled_from(FEEDS))
    return strike(name, start, end, declared_at=EPOCH - HOUR, accounts=draw(scopes[0]), feeds=draw(scopes[1]))


def overlap(one: Strike, other: Strike) -> bool:
    try:
        check_overlaps(one, [other], ACCOUNTS, FEEDS)
    except StrikeError:
        return True
    return False


class TestOverlaps:
    @given(strikes("one"), strikes("two"))
    def test_two_strikes_overlap_where_an_article_would_have_both(self, one: Strike, two: Strike) -> None:
        both = any(
            s1 and s2
            for account in ACCOUNTS
            for feed in FEEDS
            for hour in range(61)
            for s1, s2 in [[s.covers(account, [feed]) and s.concerns(EPOCH + hour * HOUR) for s in (one, two)]]
        )
        assert overlap(one, two) == overlap(two, one) == both

    def test_touching_is_not_overlapping(self) -> None:
        assert not overlap(strike("one", START, START + HOUR), strike("two", START + HOUR, START + 2 * HOUR))

    def test_one_that_was_ended_leaves_room_from_then_on(self) -> None:
        ended = strike("one", closed_at=START + HOUR)
        assert overlap(strike("two", START, START + 2 * HOUR), ended)
        assert not overlap(strike("two", START + HOUR, START + 2 * HOUR), ended)
        assert not overlap(strike("two", START, START + 2 * HOUR, declared_at=START + HOUR), ended)

    def test_a_strike_does_not_overlap_itself(self) -> None:
        assert not overlap(strike("one"), strike("one"))

    def test_the_message_names_both_and_the_account(self) -> None:
        with pytest.raises(StrikeError) as told:
            check_overlaps(strike("new"), [strike("old", accounts=frozenset("b"))], ACCOUNTS, FEEDS)
        assert {"new", "old", "b"} <= set(told.value.sentence.values.values())


class TestPeriod:
    def test_a_sound_period_passes(self) -> None:
        check_period(strike(), long=False)
        check_period(strike(end=START + timedelta(days=31)), long=False)

    @pytest.mark.parametrize(
        ("bad", "said"),
        [
            (strike(end=START), "before it starts"),
            (strike(end=START - HOUR), "before it starts"),
            (strike(declared_at=START + 10 * HOUR), "already be over"),
            (strike(end=START + timedelta(days=31) + TICK), "more than 31 days"),
        ],
    )
    def test_an_unsound_one_is_refused(self, bad: Strike, said: str) -> None:
        with pytest.raises(StrikeError, match=said):
            check_period(bad, long=False)

    def test_a_long_one_must_be_meant(self) -> None:
        check_period(strike(end=START + timedelta(days=90)), long=True)


class TestDestruction:
    @pytest.mark.parametrize(
        ("end", "day"),
        [
            ((2020, 1, 24, 18), date(2021, 1, 24)),
            ((2020, 1, 24, 23, 30), date(2021, 1, 25)),  # already tomorrow in Paris
            ((2020, 2, 29, 12), date(2021, 3, 1)),
        ],
    )
    def test_a_register_is_kept_for_a_year(self, end: tuple[int, ...], day: date) -> None:
        assert a_year_after(datetime(*end, tzinfo=UTC), PARIS) == day  # type: ignore[misc,arg-type]

    def test_it_is_not_destroyed_before_its_end(self) -> None:
        last = strike().ends_at.astimezone(PARIS).date()
        check_destruction(strike(destroy_on=last + timedelta(days=1)), PARIS)
        check_destruction(strike(), PARIS)
        with pytest.raises(StrikeError, match="Choose a later day"):
            check_destruction(strike(destroy_on=last), PARIS)
