"""The files for systemd and launchd, read by their own tools, and the signs of life."""

from __future__ import annotations

import os
import plistlib
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from occupier.supervision import launchd_unit, ready, stopping, systemd_unit, working

EXPOSURE = 61
"""Tenths of systemd's own figure, which docs/fr/rester-debout.md and docs/en/staying-up.md tell."""
PROGRAM = ("/bin/true", "-m", "occupier")
ODD = "Salle de rédaction 100 % $HOME"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not on this machine")
@pytest.mark.parametrize("folder", ["plain", ODD])
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path, folder: str) -> None:
    home = tmp_path / folder
    home.mkdir()
    unit = systemd_unit(home, PROGRAM, home / "settings.toml")
    file = tmp_path / "occupier.service"
    file.write_text(unit.text, encoding="utf-8")
    analyze = ["systemd-analyze", "--user", "--man=no", "verify", str(file)]
    environ = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
    done = subprocess.run(analyze, capture_output=True, text=True, timeout=60, env=environ)
    assert (done.returncode, "occupier.service" in done.stderr) == (0, False), done.stderr


def test_the_unit_names_the_settings_whatever_their_folder_is_called(tmp_path: Path) -> None:
    settings = tmp_path / ODD / "settings.toml"
    text = systemd_unit(tmp_path, PROGRAM, settings).text
    (line,) = [line for line in text.splitlines() if line.startswith("ExecStart=")]
    # what systemd makes of it: quotes off, %% and $$ halved
    assert line.replace("%%", "%").replace("$$", "$").endswith(f'"--settings" "{settings}"')


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not on this machine")
def test_systemd_finds_the_unit_as_little_exposed_as_the_pages_say(tmp_path: Path) -> None:
    unit = systemd_unit(tmp_path, PROGRAM, tmp_path / "settings.toml")
    file = tmp_path / "occupier.service"
    # what systemd cannot know offline: it is a user's own
    file.write_text(unit.text.replace("[Service]", "[Service]\nUser=daemon"), encoding="utf-8")
    judge = ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE}", str(file)]
    done = subprocess.run(judge, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout.splitlines()[-1:]


def test_the_executable_is_started_by_itself(tmp_path: Path) -> None:
    text = systemd_unit(tmp_path, ("/opt/occupier",), tmp_path / "s.toml").text
    assert f'ExecStart="/opt/occupier" "run" "--settings" "{tmp_path}/s.toml"\n' in text
    # its first half unpacks it, and is the one that systemd knows
    assert "NotifyAccess=all\n" in text


def test_what_does_not_mend_itself_is_not_tried_again(tmp_path: Path) -> None:
    assert "RestartPreventExitStatus=2 3 4\n" in systemd_unit(tmp_path, PROGRAM, tmp_path / "s.toml").text


def test_launchd_reads_what_was_meant(tmp_path: Path) -> None:
    settings = tmp_path / ODD / "settings.toml"
    unit = launchd_unit(tmp_path, PROGRAM, settings)
    agent = plistlib.loads(unit.text.encode())
    assert agent["ProgramArguments"][-1] == str(settings)
    assert unit.path == tmp_path / "Library/LaunchAgents/org.occupier.run.plist"


@pytest.fixture(params=["path", "abstract"])
def supervisor(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[socket.socket]:
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as there:
        if request.param == "path":
            there.bind(str(tmp_path / "notify"))
            monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        else:
            there.bind("")  # the system chooses an abstract name
            monkeypatch.setenv("NOTIFY_SOCKET", "@" + there.getsockname()[1:].decode())
        there.settimeout(10)
        yield there


def test_the_supervisor_hears_the_signs(supervisor: socket.socket) -> None:
    for say in (ready, working, stopping):
        say()
    assert [supervisor.recv(64) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]


@pytest.mark.parametrize("address", ["", "nowhere", "/does/not/exist", "@gone"])
def test_without_a_supervisor_nothing_happens(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    working()
