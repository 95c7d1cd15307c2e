from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from occupier.domain.limits import Limits
from occupier.domain.setup import Account, Setup

ACCOUNT = Account("a", "x", "h", feeds=frozenset({"f"}))
SETUP = Setup(ZoneInfo("Europe/Paris"), accounts=(ACCOUNT,))


def test_an_account_is_found_by_its_name() -> None:
    assert SETUP.account("a") == ACCOUNT
    assert SETUP.account("b") is None


def test_an_account_without_feeds_follows_all() -> None:
    assert ACCOUNT.follows(frozenset({"f", "g"}))
    assert not ACCOUNT.follows(frozenset({"g"}))
    assert Account("b", "x", "h").follows(frozenset())


@pytest.mark.parametrize(("busiest", "per_hour"), [(0, 6), (3, 6), (4, 8), (15, 30), (100, 30)])
def test_the_automatic_ceiling_is_twice_the_busiest_hour_within_bounds(busiest: int, per_hour: int) -> None:
    assert SETUP.ceilings(busiest).per_hour == per_hour


def test_a_written_ceiling_holds_even_at_nought() -> None:
    ceilings = Setup(ZoneInfo("UTC"), per_hour=0, per_day=5).ceilings(40)
    assert (ceilings.per_hour, ceilings.per_day, ceilings.spacing) == (0, 5, timedelta(seconds=30))


def test_limits_are_divided_all_together() -> None:
    whole, half = Limits(), Limits().divided(2)
    assert all(getattr(whole, f.name) == 2 * getattr(half, f.name) for f in fields(Limits))
