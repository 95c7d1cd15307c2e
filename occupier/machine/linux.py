"""Linux: sysfs for the power, logind and the desktop for the sleep.

Source: kernel.org, ABI/testing/sysfs-class-power; systemd's logind.conf(5), systemd-inhibit(1), systemd-sleep.conf(5).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from occupier.domain.machine import Power, Rest
from occupier.machine.asking import said

ROOT = Path("/")
SUPPLIES = "sys/class/power_supply"
LIDS = "proc/acpi/button/lid"
SYSTEMD = "run/systemd/system"
_FOLDERS = ("usr/lib/systemd", "usr/local/lib/systemd", "run/systemd", "etc/systemd")
"""From the least to the most important."""
_MASKS = ("sleep.target", "suspend.target")
_AWAKE = frozenset({"ignore", "lock", "poweroff", "reboot", "halt", "kexec", "factory-reset"})
_NEVER = timedelta(0)
_UNITS = {"": 1, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "hr": 3600}
_GNOME = "org.gnome.settings-daemon.plugins.power"

Ask = Callable[[Sequence[str]], str]


def power(root: Path = ROOT) -> Power | None:
    """Return what feeds the machine; None where no battery of its own is found."""
    supplies = [folder for folder in _folders(root / SUPPLIES) if _text(folder / "scope") != "Device"]
    batteries = [folder for folder in supplies if _text(folder / "type") == "Battery"]
    if not batteries:
        return None
    mains = [_text(folder / "online") for folder in supplies if _text(folder / "type") in ("Mains", "USB")]
    running_down = any(_text(folder / "status") == "Discharging" for folder in batteries)
    levels = [int(level) for folder in batteries if (level := _text(folder / "capacity")).isdigit()]
    return Power(running_down or (bool(mains) and "1" not in mains), min(levels, default=None))


def rest(root: Path = ROOT, ask: Ask = said) -> Rest:
    """Return when the machine sleeps by itself, as logind's settings and the desktop's say."""
    has_lid = any(True for _ in _folders(root / LIDS))
    if not (root / SYSTEMD).is_dir():
        return Rest(has_lid or None)
    if _cannot_sleep(root):
        return Rest(has_lid, False, _NEVER)
    blocked = _blocked(ask(["systemd-inhibit", "--list", "--no-pager", "--no-legend"]))
    settings = _logind(root)
    idle = _NEVER if {"sleep", "idle"} & blocked else _idle(settings, ask)
    return Rest(has_lid, has_lid and _sleeps_on_lid(settings, blocked, root), idle)


def _cannot_sleep(root: Path) -> bool:
    places = [root / folder / "system" / target for folder in ("etc/systemd", "run/systemd") for target in _MASKS]
    return any(place.is_symlink() and str(place.readlink()) == "/dev/null" for place in places)


def _sleeps_on_lid(settings: Mapping[str, str], blocked: set[str], root: Path) -> bool:
    # closed already, and still here to be asked
    if any("closed" in _text(folder / "state") for folder in _folders(root / LIDS)):
        return False
    # a desktop that takes the lid into its own hands decides by itself: only both together keep it awake
    if {"handle-lid-switch", "sleep"} <= blocked:
        return False
    on_battery = settings.get("HandleLidSwitch", "suspend")
    plugged_in = settings.get("HandleLidSwitchExternalPower", on_battery)
    return not {on_battery, plugged_in} <= _AWAKE


def _idle(settings: Mapping[str, str], ask: Ask) -> timedelta:
    waits = list(_desktop(ask))
    if settings.get("IdleAction", "ignore") not in _AWAKE:
        waits.append(_span(settings.get("IdleActionSec", "30min")))
    return min((wait for wait in waits if wait > _NEVER), default=_NEVER)


def _desktop(ask: Ask) -> Iterator[timedelta]:
    """Yield after how long GNOME, where it is there, lets the machine sleep."""
    for source in ("ac", "battery"):
        action = ask(["gsettings", "get", _GNOME, f"sleep-inactive-{source}-type"]).strip().strip("'")
        wait = ask(["gsettings", "get", _GNOME, f"sleep-inactive-{source}-timeout"]).strip()
        if action in ("suspend", "hibernate") and wait.isdigit():
            yield timedelta(seconds=int(wait))


def _blocked(listed: str) -> set[str]:
    """Return what inhibitors keep from happening; only those that block, not those that delay."""
    rows = [row.split() for row in listed.splitlines()]
    return {what for row in rows if row and row[-1] == "block" for word in row for what in word.split(":")}


def _logind(root: Path) -> dict[str, str]:
    files = [root / folder / "logind.conf" for folder in _FOLDERS]
    parts = {part.name: part for folder in _FOLDERS for part in _parts(root / folder / "logind.conf.d")}
    main = next((file for file in reversed(files) if file.is_file()), None)
    found: dict[str, str] = {}
    for file in [*([main] if main else []), *(parts[name] for name in sorted(parts))]:
        found |= dict(re.findall(r"^\s*([A-Za-z]+)\s*=\s*(\S+)\s*$", _text(file), re.MULTILINE))
    return found


def _span(text: str) -> timedelta:
    """Read a time span of systemd's, as far as these settings need it."""
    parts = re.findall(r"(\d+)\s*([a-z]*)", text)
    return timedelta(seconds=sum(int(number) * _UNITS.get(unit, 60) for number, unit in parts))


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir())
    except OSError:
        return []


def _parts(folder: Path) -> list[Path]:
    try:
        return sorted(folder.glob("*.conf"))
    except OSError:
        return []


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
