"""What is left to people when a strike is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from occupier.domain.afterwards import afterwards
from occupier.domain.setup import Account, FeedSource, Setup, Takeover
from occupier.domain.stopping import how_to_stop
from occupier.domain.strike import Strike

START = datetime(2020, 1, 24, 8, tzinfo=UTC)
END = START + timedelta(hours=10)
STRIKE = Strike("24-janvier", START, END, "AG", "contre la réforme", START, closed_at=END, destroy_on=date(2021, 1, 24))
SETUP = Setup(
    ZoneInfo("Europe/Paris"),
    feeds=(FeedSource("une", "https://www.example.org/une.xml"),),
    accounts=(
        Account("mastodon-une", "mastodon", "mastodon.example"),
        Account("x-une", "x", "api.twitter.com"),
        Account("essai", "mastodon", "essai.example", test=True),
        Account("sport", "facebook", "graph.facebook.com", feeds=frozenset({"sport"})),
    ),
)


def steps(strike: Strike = STRIKE, *others: Strike) -> list[str]:
    return [str(step) for step in afterwards(strike, [strike, *others], SETUP, END)]


def test_every_access_of_the_strike_is_named_with_its_address_and_no_other() -> None:
    said = [step for step in steps() if step.startswith("Take the access")]
    assert len(said) == 3  # a test account posted in rehearsals: its keys are there too
    assert "mastodon-une away, at https://mastodon.example/oauth/authorized_applications" in said[0]
    assert "x-une away, at https://x.com/" in said[1]
    assert not any("sport" in step for step in said)


def test_the_usual_tool_comes_first_and_the_log_last() -> None:
    said = steps()
    assert "from now, not from its queue" in said[0]
    assert "occupier catch-up 24-janvier" in said[1]
    assert "occupier log destroy 24-janvier" in said[-1]


def test_a_tool_that_said_the_strike_itself_was_never_paused() -> None:
    feed = Account("outil", "feed", "", for_platform="x", tool_interval=timedelta(hours=1))
    taken = replace(SETUP.accounts[0], takeover=Takeover.REPLACE)
    said = [str(step) for step in afterwards(STRIKE, [STRIKE], replace(SETUP, accounts=(feed, taken)), END)]
    assert "occupier catch-up 24-janvier" in said[0]
    assert "occupier restore 24-janvier" in said[1]
    assert "outil keeps from the usual tool" in said[2]
    beside = [str(step) for step in afterwards(STRIKE, [STRIKE], replace(SETUP, accounts=(feed, *SETUP.accounts)), END)]
    assert "from now, not from its queue" in beside[0]


def test_where_no_usual_post_was_edited_none_is_to_be_put_back() -> None:
    assert not any("occupier restore" in step for step in steps())


def test_while_a_renewal_follows_everything_stays_in_place() -> None:
    renewed = replace(STRIKE, name="24-janvier-2", starts_at=END, ends_at=END + timedelta(days=1), closed_at=None)
    said = steps(STRIKE, renewed)
    assert len(said) == 2
    assert "24-janvier-2" in said[0]
    assert "in place" in said[0]


def test_a_strike_that_never_began_leaves_nothing_to_do() -> None:
    assert steps(replace(STRIKE, closed_at=START - timedelta(hours=1))) == []


def test_whoever_is_told_how_to_stop_learns_the_shared_address_first() -> None:
    shared = replace(SETUP, pause_url="https://pad.example/greve", pause_word="HALTE")
    assert str(how_to_stop(shared)).startswith("To stop everything: write HALTE at https://pad.example/greve")
    for said in (str(how_to_stop(SETUP)), str(how_to_stop(shared))):
        assert all(way in said for way in ("occupier pause", "PAUSE", "remove the app in the account's settings"))


def test_where_no_account_has_keys_nobody_is_sent_to_remove_an_app() -> None:
    tool = Account("outil", "feed", "", for_platform="x")
    keyless = replace(SETUP, accounts=(tool,))
    for setup in (keyless, replace(keyless, pause_url="https://pad.example/greve", pause_word="HALTE")):
        said = str(how_to_stop(setup))
        assert "occupier pause" in said
        assert "remove the app" not in said
