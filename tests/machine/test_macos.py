"""macOS's own word, as `pmset` prints it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from occupier.domain.machine import Power, Rest
from occupier.machine.macos import power, rest

ON_BATTERY = """\
Now drawing from 'Battery Power'
 -InternalBattery-0 (id=4653155)	47%; discharging; 3:12 remaining present: true
"""
PLUGGED_IN = """\
Now drawing from 'AC Power'
 -InternalBattery-0 (id=4653155)	100%; charged; 0:00 remaining present: true
"""
DESKTOP = "Now drawing from 'AC Power'\n"
SLEEPS = """\
System-wide power settings:
Currently in use:
 standby              1
 Sleep On Power Button 1
 sleep                10 (sleep prevented by powerd)
 displaysleep         2
"""
KEPT_AWAKE = "System-wide power settings:\n SleepDisabled\t\t1\nCurrently in use:\n sleep                1\n"
NEVER = timedelta(0)


def mac(batteries: str, settings: str = "") -> Callable[[Sequence[str]], str]:
    return lambda line: batteries if "batt" in line else settings


@pytest.mark.parametrize(
    ("told", "fed"), [(ON_BATTERY, Power(True, 47)), (PLUGGED_IN, Power(False, 100)), (DESKTOP, None), ("", None)]
)
def test_what_feeds_the_machine(told: str, fed: Power | None) -> None:
    assert power(mac(told)) == fed


@pytest.mark.parametrize(
    ("batteries", "settings", "rests"),
    [
        (PLUGGED_IN, SLEEPS, Rest(True, True, timedelta(minutes=10))),
        (PLUGGED_IN, KEPT_AWAKE, Rest(True, False, NEVER)),
        (DESKTOP, " sleep                0\n", Rest(False, False, NEVER)),
        (DESKTOP, "Currently in use:\n", Rest(False, False, None)),
        ("", "", Rest()),
    ],
)
def test_when_it_sleeps(batteries: str, settings: str, rests: Rest) -> None:
    assert rest(mac(batteries, settings)) == rests
