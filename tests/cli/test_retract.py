"""`retract`, typed against the sandbox: real sockets, real libraries, with a daemon and without one."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from occupier.bootstrap import SystemClock
from occupier.sandbox import Sandbox
from occupier.sandbox.faults import Fault, FaultKind
from tests.cli.conftest import DECLARE, Desk
from tests.fakes import FakeClock

pytestmark = pytest.mark.campaign  # a scene in processes of its own, seconds each
PATIENCE = 30.0
every_network = pytest.mark.parametrize("platform", ["mastodon", "x", "facebook"])
Find = Callable[[str], str]


def set_clock(desk: Desk, ahead: timedelta) -> None:
    """Let the commands' clock be ahead, and waiting take no time."""
    clock = FakeClock(SystemClock().now() + ahead)
    desk.clock, desk.rest = clock, clock.advance


@pytest.fixture
def occupied(newsroom: Desk, box: Sandbox) -> Desk:
    """A strike post is out on each of the three networks."""
    newsroom.type("run", "--once")
    newsroom.type(*DECLARE)
    box.publish(title="Le préavis est déposé")
    set_clock(newsroom, timedelta(seconds=30))
    newsroom.type("run", "--once")
    assert len(box.posts()) == 3
    return newsroom


@pytest.fixture
def find(occupied: Desk) -> Find:
    """Return the number of the strike post on a platform."""

    def found(platform: str) -> str:
        return str(next(r["id"] for r in occupied.type("log", "--json").document if r["platform"] == platform))

    return found


def record(desk: Desk, number: str) -> dict[str, Any]:
    return next(r for r in desk.type("log", "--json", "--all").document if r["id"] == number)


def there(box: Sandbox, platform: str) -> bool:
    return not box.posts(platform)[0].deleted


@every_network
def test_a_post_is_shown_taken_away_and_stays_in_the_log(
    platform: str, occupied: Desk, box: Sandbox, find: Find
) -> None:
    number = find(platform)
    typed = occupied.type("retract", number, "--yes")
    assert (typed.status, typed.err) == (0, "")
    text = box.posts(platform)[0].text.splitlines()[0]
    assert text in typed.out
    assert "Its text stays in the log." in typed.out
    assert ("Retracting it costs $0.015." in typed.out) == (platform == "x")
    assert not there(box, platform)
    kept = record(occupied, number)
    assert (kept["state"], kept["gone_by"]) == ("sent", "occupier")
    assert text in kept["strike_text"]
    assert "posted, then retracted" in occupied.type("log").out
    again = occupied.type("retract", number, "--yes")
    assert again.status == 0
    assert "posted, then retracted" in again.out


@every_network
def test_what_somebody_edited_is_left_and_the_command_says_so(
    platform: str, occupied: Desk, box: Sandbox, find: Find
) -> None:
    box.edit(platform, box.posts(platform)[0].id, "Tout va bien.")
    typed = occupied.type("retract", find(platform), "--yes")
    assert typed.status == 1
    assert "Somebody edited the strike post" in typed.out
    assert "delete it by hand" in typed.out
    assert there(box, platform)


@every_network
def test_what_is_gone_already_is_noted(platform: str, occupied: Desk, box: Sandbox, find: Find) -> None:
    box.remove(platform, box.posts(platform)[0].id)
    number = find(platform)
    typed = occupied.type("retract", number, "--yes")
    assert typed.status == 0
    assert "somebody took it away before" in typed.out
    assert record(occupied, number)["gone_by"] == "others"
    assert "posted, then deleted by somebody else" in occupied.type("log").out


def test_nothing_is_taken_away_without_a_yes(occupied: Desk, box: Sandbox, find: Find) -> None:
    typed = occupied.process("retract", find("mastodon"))
    assert typed.status == 2
    assert "--yes" in typed.err
    assert there(box, "mastodon")


@every_network
def test_a_network_that_asks_to_wait_is_said_in_one_sentence_with_the_hour(
    platform: str, occupied: Desk, box: Sandbox, find: Find
) -> None:
    box.fault(platform, Fault(FaultKind.STATUS, status=429, retry_after=900, times=1))
    typed = occupied.type("retract", find(platform), "--yes")
    assert typed.status == 1
    (line,) = [line for line in typed.out.splitlines() if line.startswith("Not retracted yet")]
    assert re.search(r"asks to wait .* tried again at \d{2}:\d{2}", line)
    assert "No daemon is running" in typed.out
    before = len(box.requests)
    again = occupied.type("retract", find(platform), "--yes")
    assert "Not retracted yet" in again.out
    methods = [seen.method for seen in box.requests[before:]]
    assert "DELETE" not in methods
    assert there(box, platform)


@every_network
def test_a_refusal_is_said_and_stops_nothing_else(platform: str, occupied: Desk, box: Sandbox, find: Find) -> None:
    box.fault(platform, Fault(FaultKind.PERMISSION, times=1))
    typed = occupied.type("retract", find(platform), "--yes")
    assert typed.status == 1
    assert "the keys may not delete there" in typed.out
    assert "is stopped" not in occupied.type("status").out
    assert occupied.type("retract", find(platform), "--yes").status == 0
    assert not there(box, platform)


UNREADABLE = [
    Fault(FaultKind.STATUS, status=503, verb="read"),
    Fault(FaultKind.STATUS, status=404, body="html", verb="read"),
    Fault(FaultKind.TRUNCATED, verb="read"),
]


@every_network
@pytest.mark.parametrize("fault", UNREADABLE, ids=lambda f: f"{f.kind}-{f.status}")
def test_what_cannot_be_read_again_is_not_taken_away(
    platform: str, fault: Fault, occupied: Desk, box: Sandbox, find: Find
) -> None:
    number = find(platform)
    box.fault(platform, fault)
    typed = occupied.type("retract", number, "--yes")
    assert typed.status == 1
    assert "Traceback" not in typed.out + typed.err
    assert there(box, platform)


@every_network
def test_a_lost_answer_is_settled_by_reading_again(platform: str, occupied: Desk, box: Sandbox, find: Find) -> None:
    box.fault(platform, Fault(FaultKind.CLOSED, after=True, times=1))
    number = find(platform)
    typed = occupied.type("retract", number, "--yes")
    assert typed.status == 0
    assert not there(box, platform)
    taken = occupied.type("log", "--json", "--all").document[-1]
    assert (taken["kind"], taken["state"], taken["proof"]) == ("retract", "sent", "timeline")


def test_a_pause_is_said_and_holds_it(occupied: Desk, box: Sandbox, find: Find) -> None:
    number = find("mastodon")
    occupied.type("pause")
    typed = occupied.type("retract", number, "--yes")
    assert typed.status == 1
    assert "Everything is stopped: paused by a person" in typed.out
    assert "occupier resume" in typed.out
    assert there(box, "mastodon")
    occupied.type("resume")
    assert occupied.type("retract", number, "--yes").status == 0


@pytest.mark.parametrize(("number", "said"), [("99", "no record 99"), ("abc", "is not the number of a post")])
def test_a_number_that_is_none_is_said(number: str, said: str, occupied: Desk) -> None:
    typed = occupied.type("retract", number, "--yes")
    assert typed.status == 2
    assert said in typed.err


def test_it_is_all_said_in_french_too(occupied: Desk, box: Sandbox, find: Find) -> None:
    number = find("x")
    occupied.write(occupied.settings.read_text(encoding="utf-8"), language="fr")
    typed = occupied.type("retract", number, "--yes")
    assert typed.status == 0
    assert "Le retirer coûte 0,015 $." in typed.out
    assert "Retiré\u00a0: le post de grève" in typed.out
    assert "publié, puis retiré" in occupied.type("log").out


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait for another process; a deadline, not a measure."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_running_daemon_does_it(occupied: Desk, box: Sandbox, find: Find) -> None:
    number = find("mastodon")
    daemon = occupied.start("run")
    try:
        wait_for(lambda: "daemon is running" in occupied.process("status").out.lower())
        typed = occupied.process("retract", number, "--yes")
        assert (typed.status, there(box, "mastodon")) == (0, False)
        assert "is no longer on mastodon" in typed.out
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.communicate(timeout=PATIENCE)


@every_network
def test_kill_9_between_the_call_and_the_settlement_is_recovered(
    platform: str, occupied: Desk, box: Sandbox, find: Find
) -> None:
    number = find(platform)
    box.fault(platform, Fault(FaultKind.SLOW, after=True, seconds=PATIENCE, times=1))
    command: subprocess.Popen[str] = occupied.start("retract", number, "--yes")
    wait_for(lambda: not there(box, platform))
    command.kill()
    command.communicate(timeout=PATIENCE)
    taken = occupied.type("log", "--json", "--all").document[-1]
    assert (taken["kind"], taken["state"]) == ("retract", "sending")
    set_clock(occupied, timedelta(minutes=2))
    typed = occupied.type("retract", number, "--yes")
    assert typed.status == 0
    assert (record(occupied, number)["gone_by"], record(occupied, taken["id"])["proof"]) == ("occupier", "timeline")
    deletions = [seen for seen in box.requests if seen.method == "DELETE"]
    assert len(deletions) == 1
