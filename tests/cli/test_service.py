"""`service`: a machine's own supervisor, played by programs that write down how they were called."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Desk


@pytest.fixture
def calls(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Path:
    tools, calls = desk.folder / "bin", desk.folder / "calls"
    tools.mkdir()
    for name in ("systemctl", "loginctl", "launchctl"):
        (tools / name).write_text(f'#!/bin/sh\necho "{name} $*" >> {calls}\n')
        (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    monkeypatch.setattr("sys.platform", "linux")
    desk.environ["HOME"] = str(desk.folder)
    return calls


def unit(desk: Desk) -> Path:
    return desk.folder / ".config/systemd/user/occupier.service"


def test_it_is_written_and_taken_into_service(desk: Desk, calls: Path) -> None:
    typed = desk.type("service", "install", "--user")
    assert typed.status == 0
    assert str(desk.settings) in unit(desk).read_text()
    assert calls.read_text().splitlines() == [
        "systemctl --user daemon-reload", "systemctl --user enable --now occupier", "loginctl enable-linger"
    ]  # fmt: skip
    assert "goes on when you log out" in typed.out


def test_a_strike_feed_is_served_by_it_too(desk: Desk, calls: Path) -> None:
    assert "--serve-feed" not in desk.type("service", "install", "--user", "--show").out
    desk.settings.write_text(
        desk.settings.read_text() + '\n[[accounts]]\nname = "tool-x"\nplatform = "feed"\nfor_platform = "x"\n'
    )
    typed = desk.type("service", "install", "--user")
    assert '"--serve-feed"' in unit(desk).read_text()
    assert "http://127.0.0.1:8020/feeds/tool-x.xml" in typed.out


def test_a_machine_that_keeps_nobody_s_programs_is_said_and_it_runs_all_the_same(desk: Desk, calls: Path) -> None:
    (desk.folder / "bin/loginctl").write_text("#!/bin/sh\nexit 1\n")
    typed = desk.type("service", "install", "--user")
    assert typed.status == 0
    assert "It stops when you log out. Ask this machine's administrator for loginctl enable-linger" in typed.out
    assert "systemctl --user enable --now occupier" in calls.read_text()


def test_removing_stops_it_and_removes_the_file(desk: Desk, calls: Path) -> None:
    desk.type("service", "install", "--user")
    assert desk.type("service", "remove", "--user").status == 0
    assert not unit(desk).exists()
    assert "systemctl --user disable --now occupier" in calls.read_text()
    assert "Nothing is installed" in desk.type("service", "remove", "--user").out


def test_a_machine_whose_supervisor_refuses_is_answered_with_what_to_do(desk: Desk, calls: Path) -> None:
    (desk.folder / "bin/systemctl").write_text("#!/bin/sh\necho Failed to connect to bus >&2\nexit 1\n")
    typed = desk.type("service", "install", "--user")
    assert (typed.status, "Failed to connect to bus" in typed.err) == (1, True)
    assert "leave occupier run in a window" in typed.err


def test_showing_does_nothing(desk: Desk, calls: Path) -> None:
    typed = desk.type("service", "install", "--show")
    assert typed.out.startswith("[Unit]\n")
    assert not unit(desk).exists()
    assert not calls.exists()
