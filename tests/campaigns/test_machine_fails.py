"""The short form of the failing machine: a trouble of each kind."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.campaigns.world import ROOT

TROUBLES = [
    "no file may grow",
    "taken away",
    "corrupted while running, all",
    "two runs, one page",
    "out of file",
    "SIGHUP",
]


@pytest.mark.campaign
@pytest.mark.parametrize("trouble", TROUBLES)
def test_nothing_is_posted_that_the_journal_does_not_know(trouble: str) -> None:
    # a process of its own: daemons are forked from it, and it must have no thread
    command = [sys.executable, "-m", "tests.campaigns.machine_fails", "--only", trouble, "--seed", "7"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert " 1 cases, 0 wrong" in ran.stdout
