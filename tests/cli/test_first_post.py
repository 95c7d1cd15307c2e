"""A first strike post that waits for a yes, typed against the sandbox: notice, answer, and what leaves."""

from __future__ import annotations

import re
import time

import pytest

from occupier.bootstrap import SystemClock
from occupier.sandbox import Sandbox
from tests.cli.conftest import DECLARE, Desk
from tests.cli.test_run import running
from tests.fakes import FakeClock

pytestmark = pytest.mark.campaign  # whole scenes: commands, a sandbox and what both wrote

PATIENCE = 30.0
ASKED = re.compile(r"occupier release (\d+)")


@pytest.fixture
def careful(newsroom: Desk, box: Sandbox) -> Desk:
    """One account, in a strike, that wants a yes."""
    text = newsroom.settings.read_text(encoding="utf-8")
    first, mastodon, _x, _facebook = re.split(r"(?m)^\[\[accounts\]\]\n", text)
    wanted = '\n[limits]\nspacing = "1s"\n'
    newsroom.settings.write_text(
        f'{first}[[accounts]]\nfirst_post = "approve"\nfirst_post_within = "60s"\n{mastodon}{wanted}', encoding="utf-8"
    )
    clock = FakeClock(SystemClock().now())
    newsroom.clock, newsroom.rest = clock, clock.advance
    newsroom.type("run", "--once")
    newsroom.type(*DECLARE)
    return newsroom


def look(desk: Desk, seconds: float = 5) -> str:
    """Let time pass, and let the daemon do one tick; return what it told."""
    assert isinstance(desk.clock, FakeClock)
    desk.clock.advance(seconds)
    return desk.type("run", "--once").err


def test_it_is_asked_about_with_its_text_and_leaves_as_it_was_shown(careful: Desk, box: Sandbox) -> None:
    box.publish(title="Les cheminots votent")
    told = look(careful)
    assert box.posts() == []
    assert "Les cheminots votent" in told
    (number,) = set(ASKED.findall(told))
    (waiting,) = careful.type("log", "--json").document
    assert (waiting["id"], waiting["state"], waiting["reason"]) == (number, "held", "first_post")
    box.publish(title="Le préavis est déposé")
    look(careful)
    assert box.posts() == []
    assert f"occupier release {number}" in careful.type("status").out
    assert careful.type("release", number).status == 0
    look(careful)
    look(careful)
    assert [post.text for post in box.posts()][0] == waiting["strike_text"]
    assert len(box.posts()) == 2
    assert careful.type("log", "verify").status == 0


def test_without_a_yes_it_is_dropped_and_told_and_the_next_one_waits(careful: Desk, box: Sandbox) -> None:
    box.publish(title="Les cheminots votent")
    look(careful)
    box.publish(title="Le préavis est déposé")
    told = look(careful, 70)
    assert "Nobody said yes in time" in told
    assert "Les cheminots votent" in told
    look(careful)
    records = careful.type("log", "--json").document
    assert [(r["state"], r["reason"]) for r in records] == [("missed", "first_post_late"), ("held", "first_post")]
    assert box.posts() == []


def test_in_a_dry_run_nobody_need_say_yes(careful: Desk, box: Sandbox) -> None:
    careful.type("run", "--once", "--dry-run")
    box.publish(title="Les cheminots votent")
    assert "Would have left" in careful.type("run", "--once", "--dry-run").err


@pytest.mark.campaign
def test_a_daemon_that_was_killed_asks_again_and_obeys_the_answer(careful: Desk, box: Sandbox) -> None:
    arguments = ("--settings", str(careful.settings))
    with running(careful, *arguments, until="To stop"):
        box.publish(title="Les cheminots votent")
        box.publish(title="Le préavis est déposé")
    careful.clock = None
    with running(careful, *arguments, until="waits for your yes"):
        pass  # killed at once
    with running(careful, *arguments, until="waits for your yes") as (_process, said):
        (number,) = set(ASKED.findall(said[-1]))
        assert careful.type("release", number).status == 0
        end = time.monotonic() + PATIENCE
        while len(box.posts()) < 2 and time.monotonic() < end:
            time.sleep(0.05)
    assert len(box.posts()) == 2
