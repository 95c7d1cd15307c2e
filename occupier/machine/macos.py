"""macOS: `pmset` tells the power and the sleep.

Source: pmset(1): `-g batt`, `-g`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta

from occupier.domain.machine import Power, Rest
from occupier.machine.asking import said

Ask = Callable[[Sequence[str]], str]


def power(ask: Ask = said) -> Power | None:
    """Return what feeds the machine; None where it has no battery."""
    told = ask(["pmset", "-g", "batt"])
    if "InternalBattery" not in told:
        return None
    level = re.search(r"(\d{1,3})%", told)
    return Power("Battery Power" in told, int(level[1]) if level else None)


def rest(ask: Ask = said) -> Rest:
    """Return when the machine sleeps: with a battery it has a lid, and closing it is sleep unless all sleep is off."""
    told = ask(["pmset", "-g"])
    if not told:
        return Rest()
    has_lid = power(ask) is not None
    if _number(told, "SleepDisabled"):
        return Rest(has_lid, False, timedelta(0))
    minutes = _number(told, "sleep")
    return Rest(has_lid, has_lid, None if minutes is None else timedelta(minutes=minutes))


def _number(told: str, name: str) -> int | None:
    found = re.search(rf"^\s*{name}\s+(\d+)", told, re.MULTILINE)
    return int(found[1]) if found else None
