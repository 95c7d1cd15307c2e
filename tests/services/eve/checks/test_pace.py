"""Ceilings and budgets, held against the rhythm of the feeds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from occupier.domain.ports import Fetched, Parsed
from occupier.domain.setup import Setup
from occupier.services.eve.checks.evidence import FeedRead
from occupier.services.eve.checks.finding import Finding, Level
from occupier.services.eve.checks.pace import check_pace
from tests.services.newsroom import account, entry, feed

NOW = datetime(2027, 1, 23, 21, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SETUP = Setup(ZoneInfo("Europe/Paris"))


def found(every: timedelta, count: int = 100, *, price: int = 0, busiest: int = 0, setup: Setup = SETUP,
          **values: Any) -> list[Finding]:  # fmt: skip
    entries = tuple(entry(n, published_at=NOW - every * n) for n in range(count))
    feeds = [FeedRead(feed(), Fetched(b""), Parsed(entries))]
    findings = list(check_pace(account(**values), feeds, setup, busiest_hour=busiest, post_microusd=price, now=NOW))
    for finding in findings:
        str(finding.sentence), str(finding.advice)
    return findings


def test_an_ordinary_newsroom_is_held_back_by_nothing() -> None:
    (finding,) = found(20 * MINUTE)
    assert (finding.id, finding.level) == ("ceiling", Level.GREEN)


@pytest.mark.parametrize(
    ("limits", "key"),
    [
        ({"per_hour": 2}, "per_hour"),
        ({"spacing": 30 * MINUTE, "per_hour": 100}, "spacing"),
        ({"per_day": 20}, "per_day"),
    ],
)
def test_the_ceiling_that_holds_back_is_named(limits: dict[str, Any], key: str) -> None:
    findings = found(20 * MINUTE, setup=replace(SETUP, **limits))
    assert [f.level for f in findings] == [Level.AMBER] * len(findings)
    assert key in {f.advice.values["key"] for f in findings if f.advice}


def test_ceilings_that_follow_the_feeds_know_what_the_journal_knows() -> None:
    # auto: twice the busiest hour, thirty at most
    (finding,) = found(4 * MINUTE, busiest=14)
    assert finding.sentence.values["most"] == 30
    assert {f.level for f in found(MINUTE)} == {Level.AMBER}


@pytest.mark.parametrize(("budget", "level"), [(1_000_000, Level.AMBER), (100_000_000, Level.GREEN)])
def test_a_budget_that_does_not_last_the_day(budget: int, level: Level) -> None:
    findings = found(20 * MINUTE, price=200_000, budget_microusd=budget)
    assert {f.id: f.level for f in findings}["budget"] is level


def test_where_nothing_is_known_of_the_rhythm_nothing_is_said() -> None:
    assert found(MINUTE, 3) == []
    assert found(MINUTE, feeds=frozenset({"culture"})) == []
