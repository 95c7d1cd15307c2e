"""The short form of the campaign of kills beside the usual tool."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.campaigns.world import ROOT


@pytest.mark.campaign
def test_killed_beside_the_usual_tool_nothing_is_announced_twice_and_what_was_edited_is_put_back() -> None:
    # a process of its own: daemons are forked from it, and it must have no thread
    command = [sys.executable, "-m", "tests.campaigns.automation", "--runs", "5", "--seed", "7"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = (line.rsplit(maxsplit=1) for line in ran.stdout.splitlines()[1:])
    figures = {name.strip(): float(value) for name, value in told}
    assert figures["edited"] > 2
    assert figures["left to usual"]
    assert figures["handed"] == 2 * 5
