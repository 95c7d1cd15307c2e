"""The short form of the month of strike."""

from __future__ import annotations

import pytest

from tests.campaigns.month import ACCOUNTS, ARTICLES, campaign


@pytest.mark.campaign
def test_two_days_of_strike_add_up_to_the_last_post() -> None:
    found = campaign(2, 7)
    assert found.clean, found.table("a month of strike")
    assert found.concerned >= 2 * ARTICLES * len(ACCOUNTS) - 3 * ARTICLES
    assert found.faults > 5
    assert found.handed > ARTICLES
    assert found.usual_posts > 5
    assert found.restarts
