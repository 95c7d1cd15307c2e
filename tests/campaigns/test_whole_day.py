"""The short forms of the whole days beside other people's tools."""

from __future__ import annotations

import pytest

from tests.campaigns import pollers, whole_day
from tests.peers.programs import program

pytestmark = pytest.mark.campaign


def test_beside_the_usual_tool_no_article_is_announced_twice_or_lost_and_the_log_says_how_each_went() -> None:
    program("feed2toot")
    found = whole_day.campaign(6, 15, 7)
    assert found.clean, found.table("a whole day")
    assert found.tools_ran > len(whole_day.ACCOUNTS)
    for name, ways in found.ways.items():
        assert ways["no line → usual"] >= 4, f"before and after: {name}"
        assert len(ways) > 1, f"in the strike: {name}"


def test_ten_readers_of_one_strike_feed_each_see_each_article_in_one_form_and_in_its_time() -> None:
    found = pollers.campaign(5, 15, 7)
    assert found.clean, found.table("ten readers")
    assert found.handed
    assert found.withheld
    assert found.unchanged
    assert len(found.rows) == 10
