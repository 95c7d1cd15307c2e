"""Which way the articles of a strike go on an account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from occupier.domain.setup import Account, DuringStrikes, IfUsualIsOut, ReplaceBy, Takeover
from occupier.domain.ways import NAMES, Way, in_full, pauses_usual_tool, way_of

SILENT = {"during_strikes": DuringStrikes.SILENCE}
FEED = {"platform": "feed", "for_platform": "x", "tool_interval": timedelta(minutes=10)}


def account(**values: object) -> Account:
    return Account(**{"name": "une", "platform": "mastodon", "host": "m.example", **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "way", "pauses"),
    [
        ({}, Way.KEYS, True),
        ({"if_usual_is_out": IfUsualIsOut.REPLACE}, Way.KEYS, True),
        ({"takeover": Takeover.REPLACE}, Way.TAKEOVER, False),
        ({"takeover": Takeover.REPLACE, "replace_by": ReplaceBy.DELETE}, Way.DISPLACEMENT, False),
        ({"if_usual_is_out": IfUsualIsOut.REPLACE, "replace_by": ReplaceBy.DELETE}, Way.KEYS, True),
        (FEED, Way.SERVED, False),
        (FEED | {"is_written": True}, Way.WRITTEN, False),
        (FEED | SILENT, Way.WITHHELD, False),
        ({"platform": "manual", "for_platform": "mastodon"}, Way.BY_HAND, True),
        (SILENT, Way.SILENCE, True),
        (SILENT | {"takeover": Takeover.REPLACE}, Way.SILENCE, True),
        ({"test": True}, Way.TEST, False),
    ],
)
def test_the_way_of_an_account_and_what_the_usual_tool_does_there(
    values: dict[str, object], way: Way, *, pauses: bool
) -> None:
    found = account(**values)
    assert (way_of(found), pauses_usual_tool(found)) == (way, pauses)
    assert NAMES[way].text
    assert all(str(sentence) for sentence in in_full(found))


@pytest.mark.parametrize("beside", IfUsualIsOut)
def test_with_keys_it_is_said_what_becomes_of_a_post_beside_the_usual_one(beside: IfUsualIsOut) -> None:
    told = {str(in_full(account(if_usual_is_out=way))[-1]) for way in IfUsualIsOut}
    assert (len(told), len(in_full(account(if_usual_is_out=beside)))) == (len(IfUsualIsOut), 2)


@pytest.mark.parametrize("asked", [{"if_usual_is_out": IfUsualIsOut.REPLACE}, {"takeover": Takeover.REPLACE}])
def test_where_usual_posts_are_deleted_it_is_said_with_what_is_lost(asked: dict[str, Any]) -> None:
    told = " ".join(str(sentence) for sentence in in_full(account(replace_by=ReplaceBy.DELETE, **asked)))
    for word in ("deleted with its likes and answers", "posted again", "pause", "makes by hand", "restore"):
        assert word in told


def test_with_keys_it_is_said_how_long_posts_wait_for_a_late_tool() -> None:
    told = in_full(account(usual_within=timedelta(minutes=10)))
    assert [sentence.values for sentence in told if sentence.values] == [{"within": timedelta(minutes=10)}]


def test_of_a_strike_feed_it_is_said_what_its_interval_means() -> None:
    last = datetime(2020, 1, 24, 17, 50, tzinfo=UTC)
    assert in_full(account(**FEED), last)[-1].values == {"every": timedelta(minutes=10), "last": last}
    assert "in the last" in str(in_full(account(**FEED))[-1])
