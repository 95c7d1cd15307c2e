"""The short form of the campaign in which the network lies beside the usual tool."""

from __future__ import annotations

import pytest

from tests.campaigns.usual_lies import campaign


@pytest.mark.campaign
def test_networks_that_lie_beside_the_usual_tool_get_nothing_twice_and_no_post_is_lost() -> None:
    found = campaign(14, 7)
    assert found.clean, found.table("the network lies beside the usual tool")
    assert found.edited
    assert found.asked_unread
    assert found.left_to_usual > 5
    assert found.lies > 50
