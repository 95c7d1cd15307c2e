"""The short forms of the campaign in which the clock lies."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.campaigns.clock_lies import ClockTally, campaign, run
from tests.campaigns.world import ROOT

pytestmark = pytest.mark.campaign


def test_on_a_clock_that_lies_no_strike_post_leaves_outside_its_strike() -> None:
    found = campaign(40, 7)
    assert found.clean, found.table("the clock lies")
    assert found.jumps > 40
    assert found.published > 60


def test_a_daemon_that_was_stopped_beyond_the_end_posts_nothing_when_it_goes_on() -> None:
    # a process of its own: daemons are forked from it, and it must have no thread
    command = [sys.executable, "-m", "tests.campaigns.clock_lies", "--runs", "0", "--stops", "3", "--seed", "7"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@given(st.integers(0, 10**9))
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
def test_any_strike_on_a_clock_that_lies(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    found = ClockTally()
    run(Path(tmp_path_factory.mktemp("clock")), seed, found)
    assert found.clean, f"seed {seed}: {found}"
