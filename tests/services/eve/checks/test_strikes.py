"""Strikes, looked at the evening before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from occupier.domain.setup import Setup
from occupier.domain.strike import Strike
from occupier.services.eve.checks.finding import Level
from occupier.services.eve.checks.strikes import check_strikes
from tests.services.newsroom import account, feed

NOW = datetime(2027, 1, 23, 21, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
SETUP = Setup(ZoneInfo("Europe/Paris"), feeds=(feed(),), accounts=(account(), account("essai", test=True)))


def strike(name: str = "greve", starts: datetime = NOW + 12 * HOUR, hours: float = 10, **more: Any) -> Strike:
    return Strike(name, starts, starts + hours * HOUR, "AG", "contre la réforme", NOW, **more)


def found(*strikes: Strike, setup: Setup = SETUP) -> dict[str, Level]:
    findings = list(check_strikes(strikes, setup, NOW))
    for finding in findings:
        str(finding.sentence), str(finding.advice)
    return {finding.id: finding.level for finding in findings}


def test_a_strike_tomorrow_is_good_and_says_how_long_it_lasts() -> None:
    (finding,) = check_strikes([strike()], SETUP, NOW)
    assert (finding.id, finding.subject, finding.level) == ("strike", "greve", Level.GREEN)
    assert finding.sentence.values["last"] == 10 * HOUR


def test_none_at_all_is_worth_a_look() -> None:
    assert found() == {"strike": Level.AMBER}
    assert found(replace(strike(), closed_at=NOW)) == {"strike": Level.AMBER}


def test_one_in_force_says_when_it_ends() -> None:
    (finding,) = check_strikes([strike(starts=NOW - HOUR)], SETUP, NOW)
    assert finding.sentence.text.startswith("In force")


def test_yesterdays_strike_in_the_settings_is_a_slip() -> None:
    over = strike("hier", NOW - 20 * HOUR)
    assert found(setup=replace(SETUP, strikes=(over,)))["strike_past"] is Level.RED
    assert "strike_past" not in found(over, setup=replace(SETUP, strikes=(over,)))


@pytest.mark.parametrize(("gap", "level"), [(0.5, Level.AMBER), (0, None), (3, None)])
def test_a_short_hole_between_two_periods_is_hardly_meant(gap: float, level: Level | None) -> None:
    first = strike("a")
    second = strike("b", first.ends_at + gap * HOUR)
    assert found(second, first).get("strike_gap") == level


def test_two_at_once_on_one_account_must_be_mended() -> None:
    assert found(strike("a"), strike("b", NOW + 13 * HOUR))["strike_overlap"] is Level.RED


@pytest.mark.parametrize(
    ("starts", "changes"),
    [
        (datetime(2027, 3, 27, 18, tzinfo=UTC), True),  # into the summer
        (datetime(2027, 10, 30, 18, tzinfo=UTC), True),  # and out of it
        (datetime(2027, 3, 26, 8, tzinfo=UTC), False),
    ],
)
def test_a_night_when_the_clocks_change_is_said(starts: datetime, *, changes: bool) -> None:
    assert ("strike_clock" in found(strike(starts=starts, hours=15))) is changes


@pytest.mark.parametrize(
    "scope", [{"accounts": frozenset({"x-une"})}, {"feeds": frozenset({"culture"})}, {"accounts": frozenset({"essai"})}]
)
def test_a_strike_that_acts_on_nothing_there_is_must_be_mended(scope: dict[str, Any]) -> None:
    assert found(strike(**scope))["strike_scope"] is Level.RED


def test_they_are_told_in_the_order_in_which_they_begin() -> None:
    later: Sequence[Strike] = [strike("b", NOW + 40 * HOUR), strike("a")]
    assert [f.subject for f in check_strikes(later, SETUP, NOW)] == ["a", "b"]
