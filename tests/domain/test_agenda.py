"""What is to come by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from occupier.domain.agenda import ComingKind, agenda
from occupier.domain.strike import Strike

PARIS = ZoneInfo("Europe/Paris")
EVE = datetime(2020, 1, 23, 22, 30, tzinfo=PARIS)
STRIKE = Strike("24-janvier", datetime(2020, 1, 24, 9, tzinfo=PARIS), datetime(2020, 1, 24, 19, tzinfo=PARIS),
                "AG", "contre la réforme", EVE, destroy_on=date(2021, 1, 24))  # fmt: skip


def kinds(strike: Strike, now: datetime) -> list[str]:
    return [coming.kind.value for coming in agenda([strike], PARIS, now)]


def test_the_evening_before_everything_is_to_come_in_its_order() -> None:
    found = agenda([STRIKE], PARIS, EVE)
    assert [coming.kind for coming in found] == ["begins", "ends", "summary", "destruction"]
    assert found[2].at == datetime(2020, 1, 24, 20, tzinfo=PARIS)
    assert found[3].at == datetime(2021, 1, 24, tzinfo=PARIS)


def test_a_strike_that_ended_this_afternoon_is_still_summed_up_tonight() -> None:
    over = replace(STRIKE, closed_at=STRIKE.ends_at)
    assert kinds(over, STRIKE.ends_at + timedelta(minutes=1)) == ["summary", "destruction"]
    assert kinds(over, STRIKE.ends_at + timedelta(hours=2)) == ["destruction"]


def test_of_a_destroyed_log_nothing_is_to_come() -> None:
    assert kinds(replace(STRIKE, closed_at=STRIKE.ends_at, destroyed_at=EVE), EVE + timedelta(days=9)) == []


def test_a_strike_that_begins_at_night_is_first_summed_up_the_next_evening() -> None:
    night = replace(
        STRIKE, starts_at=datetime(2020, 1, 24, 22, tzinfo=PARIS), ends_at=STRIKE.ends_at + timedelta(days=2)
    )
    (summary,) = [c for c in agenda([night], PARIS, EVE) if c.kind is ComingKind.SUMMARY]
    assert summary.at == datetime(2020, 1, 25, 20, tzinfo=PARIS)


@given(st.integers(-72, 72), st.integers(1, 72), st.integers(-100, 100))
def test_nothing_that_is_past_is_to_come_and_the_soonest_is_first(start: int, hours: int, now: int) -> None:
    starts = EVE + timedelta(hours=start)
    strike = replace(STRIKE, starts_at=starts, ends_at=starts + timedelta(hours=hours))
    at = (EVE + timedelta(hours=now)).astimezone(UTC)
    hours_found = [coming.at for coming in agenda([strike], PARIS, at)]
    assert all(hour > at for hour in hours_found)
    assert hours_found == sorted(hours_found)
