"""The short form of the lying feeds: one lie of each kind, and one of those that once got through."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.campaigns.world import ROOT


@pytest.mark.campaign
@pytest.mark.parametrize("lie", ["gzip bomb", "XXE to an address", "javascript:", "replaced by another", "bidi"])
def test_a_lie_harms_neither_the_feed_nor_the_one_beside_it(lie: str) -> None:
    # a process of its own: daemons are forked from it, and it must have no thread
    command = [sys.executable, "-m", "tests.campaigns.feed_lies", "--only", lie, "--seed", "7"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert " 1 lies, 0 wrong" in ran.stdout
