"""The short form of the accidents."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.campaigns.world import ROOT


@pytest.mark.campaign
@pytest.mark.parametrize("part", ["feeds", "settings", "networks", "house"])
def test_an_accident_brings_out_what_is_documented_and_no_secret(part: str) -> None:
    # a process of its own: what is logged anywhere in it is searched
    command = [sys.executable, "-m", "tests.campaigns.fuzz", "--only", part, "--runs", "100", "--seed", "7"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "fuzz · 0 wrong" in ran.stdout
