"""The short form of the kill -9 campaign: each named point once, on all three networks."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.campaigns.kill9 import POINTS
from tests.campaigns.world import ROOT


@pytest.mark.campaign
def test_killed_at_every_point_nothing_goes_out_twice_and_nothing_is_lost() -> None:
    # a process of its own: daemons are forked from it, and it must have no thread
    command = [sys.executable, "-m", "tests.campaigns.kill9", "--runs", str(len(POINTS)), "--seed", "7"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    figures = dict(line.rsplit(maxsplit=1) for line in ran.stdout.splitlines()[1:])
    assert {name.strip(): value for name, value in figures.items()}["published"] == str(3 * len(POINTS))
