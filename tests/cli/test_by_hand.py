"""A strike without keys and without a tool, typed against the sandbox's feed: what a person is handed and answers."""

from __future__ import annotations

import pytest

from occupier.bootstrap import SystemClock
from occupier.sandbox import Sandbox
from tests.cli.conftest import DECLARE, Desk
from tests.fakes import FakeClock

pytestmark = pytest.mark.campaign  # whole scenes: commands, a sandbox and what both wrote

SETTINGS = """\
timezone = "Europe/Paris"
[[feeds]]
name = "une"
url = "{feed}"
interval = "1s"
[[accounts]]
name = "a-la-main"
platform = "manual"
for_platform = "x"
"""


@pytest.fixture
def by_hand(newsroom: Desk, box: Sandbox) -> Desk:
    """One account on which a person posts, in a strike."""
    newsroom.write(SETTINGS.format(feed=box.feed_url("une")))
    clock = FakeClock(SystemClock().now())
    newsroom.clock, newsroom.rest = clock, clock.advance
    newsroom.type("run", "--once")
    newsroom.type(*DECLARE)
    return newsroom


def look(desk: Desk) -> str:
    """Let time pass, and let the daemon do one tick; return what it told."""
    assert isinstance(desk.clock, FakeClock)
    desk.clock.advance(5)
    return desk.type("run", "--once").err


def test_a_person_is_handed_the_text_once_and_says_that_it_is_done(by_hand: Desk, box: Sandbox) -> None:
    box.publish(title="Les cheminots votent")
    told = look(by_hand)
    assert "Les cheminots votent" in told
    assert "https://x.com/intent/post?text=" in told
    assert "occupier done 1" in told
    assert "occupier done" not in look(by_hand)
    assert "a-la-main  Les cheminots votent – occupier done 1" in by_hand.type("status").out
    (task,) = by_hand.type("status", "--json").document["to_do"]
    assert (task["id"], task["state"]) == ("1", "handed")
    assert (
        "posted https://x.com/une/status/12345678"
        in by_hand.type("done", "1", "--published", "https://x.com/une/status/12345678").out
    )
    (record,) = by_hand.type("log", "--json").document
    assert (record["state"], record["proof"], record["post_id"]) == ("sent", "person", "12345678")
    assert by_hand.type("status", "--json").document["to_do"] == []
    assert by_hand.type("log", "verify").status == 0
    assert box.posts() == []


def test_when_the_strike_is_over_it_counts_as_not_posted_until_somebody_says_otherwise(
    by_hand: Desk, box: Sandbox
) -> None:
    box.publish(title="Les cheminots votent")
    look(by_hand)
    by_hand.type("strike", "end", "24-janvier")
    assert "nobody said of these posts" in look(by_hand)
    assert [r["reason"] for r in by_hand.type("log", "--json").document] == ["not_done"]
    assert "Nobody said that these were made by hand" in by_hand.type("status").out
    assert by_hand.type("done", "1").status == 0
    assert [r["state"] for r in by_hand.type("log", "--json").document] == ["sent"]
    assert by_hand.type("done", "1").status == 2


def test_one_answers_one_way_or_the_other(by_hand: Desk) -> None:
    both = by_hand.type("done", "1", "--published", "https://x.com/1", "--not-published")
    assert both.status == 2
    assert "one of the two" in both.err


def test_no_secret_is_needed_and_the_check_says_who_posts(by_hand: Desk) -> None:
    found = by_hand.type("check", "--json").document["findings"]
    mine = [f for f in found if f["subject"] == "a-la-main" and f["topic"] == "accounts"]
    assert [(f["id"], f["level"]) for f in mine] == [("account", "green")]
    assert mine[0]["message"] == "No keys are needed there."
    way = next(f for f in found if f["subject"] == "a-la-main" and f["id"] == "usual_guard")
    assert "People post there by hand" in way["message"]


def test_a_dry_run_hands_nothing_to_anybody(by_hand: Desk, box: Sandbox) -> None:
    by_hand.type("run", "--once", "--dry-run")
    box.publish(title="Les cheminots votent")
    told = by_hand.type("run", "--once", "--dry-run").err
    assert "Would have left on a-la-main" in told
    assert "occupier done" not in told


def test_the_network_must_be_named_and_mastodon_needs_its_server(by_hand: Desk, box: Sandbox) -> None:
    text = SETTINGS.format(feed=box.feed_url("une"))
    by_hand.write(text.replace('for_platform = "x"\n', ""))
    assert "accounts[1].for_platform" in by_hand.type("status").err
    by_hand.write(text.replace('"x"', '"mastodon"'))
    assert "accounts[1].server" in by_hand.type("status").err
    by_hand.write(text + 'outside_strikes = "publish"\n')
    assert "accounts[1].outside_strikes" in by_hand.type("status").err
