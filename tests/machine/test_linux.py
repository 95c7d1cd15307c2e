"""Linux's own word, read from folders made for the purpose."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from occupier.domain.machine import Power, Rest
from occupier.machine.linux import power, rest

NEVER = timedelta(0)
Write = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Make files below a root, by their paths."""

    def made(files: Mapping[str, str]) -> Path:
        for path, text in files.items():
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{text}\n", encoding="utf-8")
        return tmp_path

    return made


def supply(name: str, **values: str) -> dict[str, str]:
    return {f"sys/class/power_supply/{name}/{key}": value for key, value in values.items()}


def answers(said: Mapping[str, str] | None = None) -> Callable[[Sequence[str]], str]:
    """Answer a program by a word of its line; all others are not installed."""
    return lambda line: next((text for word, text in (said or {}).items() if word in line), "")


def laptop(write: Write, logind: str = "[Login]", state: str = "open", folder: str = "etc/systemd") -> Path:
    return write({"proc/acpi/button/lid/LID0/state": f"state:      {state}", f"{folder}/logind.conf": logind,
                  "run/systemd/system/marker/x": ""})  # fmt: skip


BATTERY = supply("BAT0", type="Battery", status="Discharging", capacity="64")


@pytest.mark.parametrize(
    ("supplies", "fed"),
    [
        (BATTERY | supply("AC", type="Mains", online="0"), Power(True, 64)),
        (supply("BAT0", type="Battery", status="Charging", capacity="64") | supply("AC", type="Mains", online="1"),
         Power(False, 64)),
        (supply("BAT0", type="Battery", status="Not charging", capacity="80") | supply("AC", type="Mains", online="0"),
         Power(True, 80)),
        (supply("BAT0", type="Battery", status="Full"), Power(False, None)),
        (supply("mouse", type="Battery", status="Discharging", capacity="3", scope="Device"), None),
        (supply("AC", type="Mains", online="1"), None),
        ({}, None),
    ],
)  # fmt: skip
def test_what_feeds_the_machine(write: Write, supplies: Mapping[str, str], fed: Power | None) -> None:
    assert power(write(supplies)) == fed


@pytest.mark.parametrize(
    ("settings", "sleeps"),
    [
        ("[Login]", True),
        ("HandleLidSwitch=ignore", False),
        ("HandleLidSwitch=lock", False),
        ("HandleLidSwitch=ignore\nHandleLidSwitchExternalPower=suspend", True),
        ("HandleLidSwitchExternalPower=ignore", True),
        ("#HandleLidSwitch=ignore", True),
    ],
)
def test_a_lid_that_closes(write: Write, settings: str, *, sleeps: bool) -> None:
    assert rest(laptop(write, settings), answers()) == Rest(True, sleeps, NEVER)


def test_the_settings_of_the_machine_count_more_than_those_that_shipped(write: Write) -> None:
    laptop(write, "HandleLidSwitch=suspend", folder="usr/lib/systemd")
    root = write({"etc/systemd/logind.conf.d/90-night.conf": "[Login]\nHandleLidSwitch = ignore"})
    assert rest(root, answers()).sleeps_on_lid is False


def test_a_lid_that_is_closed_already_did_not_put_it_to_sleep(write: Write) -> None:
    assert rest(laptop(write, state="closed"), answers()).sleeps_on_lid is False


@pytest.mark.parametrize(
    ("listed", "sleeps"),
    [
        ("occupier 0 root 77 python sleep:handle-lid-switch strike block", False),
        ("GNOME 1000 me 78 gsd-power handle-lid-switch Monitor block", True),  # the desktop decides by itself
        ("NetworkManager 0 root 79 NetworkManager sleep:handle-lid-switch asks delay", True),
    ],
)
def test_only_who_blocks_both_keeps_it_awake(write: Write, listed: str, *, sleeps: bool) -> None:
    assert rest(laptop(write), answers({"systemd-inhibit": listed})).sleeps_on_lid is sleeps


@pytest.mark.parametrize(
    ("settings", "said", "idle"),
    [
        ("[Login]", {}, NEVER),
        ("IdleAction=suspend\nIdleActionSec=20min", {}, timedelta(minutes=20)),
        ("IdleAction=lock\nIdleActionSec=20min", {}, NEVER),
        ("[Login]", {"sleep-inactive-ac-type": "'suspend'", "sleep-inactive-ac-timeout": "900"}, timedelta(minutes=15)),
        ("[Login]", {"sleep-inactive-ac-type": "'nothing'", "sleep-inactive-ac-timeout": "900"}, NEVER),
        ("IdleAction=suspend\nIdleActionSec=1h", {"systemd-inhibit": "x 0 root 1 x idle why block"}, NEVER),
    ],
)
def test_after_how_long_without_anybody_it_sleeps(
    write: Write, settings: str, said: Mapping[str, str], idle: timedelta
) -> None:
    assert rest(laptop(write, settings), answers(said)).idle == idle


def test_a_machine_that_was_forbidden_to_sleep_does_not(write: Write) -> None:
    root = laptop(write)
    (root / "etc/systemd/system").mkdir()
    (root / "etc/systemd/system/sleep.target").symlink_to("/dev/null")
    assert rest(root, answers()) == Rest(True, False, NEVER)


def test_without_systemd_nothing_is_known_of_its_sleep(tmp_path: Path) -> None:
    assert rest(tmp_path, answers()) == Rest()
