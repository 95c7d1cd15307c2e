"""The short form of breaking rules on purpose: a few of them."""

from __future__ import annotations

import pytest

from tests.campaigns.broken import BREAKS, campaign, is_as_expected

pytestmark = pytest.mark.campaign


def test_every_rule_that_is_to_be_broken_is_still_there() -> None:
    assert [one.name for one in BREAKS if not is_as_expected(one)] == []


def test_what_is_broken_is_noticed() -> None:
    noticed = campaign(BREAKS[::4])
    assert [one.said for one in noticed if one.by is None] == []
