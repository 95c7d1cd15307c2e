"""The house: files, database, clock, and a machine that must not fall asleep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from occupier.domain.errors import Sentence
from occupier.domain.limits import Limits
from occupier.domain.machine import Machine, Rest
from occupier.domain.strike import Strike
from occupier.services.eve.checks.evidence import DatabaseFound, Keys
from occupier.services.eve.checks.finding import EVERYTHING, Finding, amber, green, red

ALIVE_FOR = timedelta(minutes=2)
"""A daemon that holds the database and gave no sign of life for longer than this is stuck."""
_MIB = 2**20
FULL, TIGHT = 100 * _MIB, 1024 * _MIB
"""Bytes below which the disk is as good as full, and below which it may fill up during a strike."""
LOW = 30
"""Percent of a battery that does not last for long."""


def check_files(settings: Path | None, keys: Keys, machine: Machine) -> Iterator[Finding]:
    """Look who else may read, or change, the settings and the secrets."""
    rights = machine.rights(settings) if settings else None
    advice = Sentence("Type chmod 600 {file}", {"file": settings.name if settings else ""})
    if rights and rights.write:
        yield red("settings_file", EVERYTHING, Sentence("Other users of this machine can change the settings."), advice)
    elif rights and rights.read:
        text = "Other users of this machine can read the settings."
        yield amber("settings_file", EVERYTHING, Sentence(text), advice)
    elif rights:
        yield green("settings_file", EVERYTHING, Sentence("Only this user can read the settings."))
    for account, notes in keys.exposed.items():
        for note in notes:
            yield amber("secret_file", account, note)


def check_database(found: DatabaseFound, now: datetime, *, we_hold_it: bool = False) -> Iterator[Finding]:
    """Look at the database, and at who holds it; `we_hold_it`: the daemon itself asks."""
    values = {"path": str(found.path)}
    if found.problem is not None:
        yield red("database", EVERYTHING, found.problem)
    elif not found.is_there:
        text = "There is no database at {path} yet: the first strike declared, or the first run, makes it."
        yield green("database", EVERYTHING, Sentence(text, values))
    else:
        yield green("database", EVERYTHING, Sentence("The database {path} is in order.", values))
    if found.is_there and not we_hold_it:
        yield _daemon(found, now)


def _daemon(found: DatabaseFound, now: datetime) -> Finding:
    if not found.is_held:
        text = "No daemon is running: nothing is posted before occupier run."
        return green("daemon", EVERYTHING, Sentence(text))
    if found.beat is not None and now - found.beat <= ALIVE_FOR:
        return green("daemon", EVERYTHING, Sentence("A daemon is running on this database, and at work."))
    text = "Another occupier holds this database, but gives no sign of life."
    advice = Sentence("Stop it, and start occupier run again; occupier status says since when.")
    return red("daemon", EVERYTHING, Sentence(text), advice)


def check_disk(folder: Path, machine: Machine) -> Iterator[Finding]:
    """Look whether there is room for the log."""
    free = machine.free_bytes(folder)
    if free is None:
        return
    values = {"free": _size(free), "folder": str(folder)}
    advice = Sentence("Make room: without it nothing can be entered in the log, and so nothing is posted.")
    if free < FULL:
        yield red("disk", EVERYTHING, Sentence("Only {free} are left on the disk of {folder}.", values), advice)
    elif free < TIGHT:
        yield amber("disk", EVERYTHING, Sentence("Only {free} are left on the disk of {folder}.", values), advice)
    else:
        yield green("disk", EVERYTHING, Sentence("{free} are free on the disk of {folder}.", values))


def _size(size: int) -> Sentence:
    if size >= 10 * TIGHT:
        return Sentence("{n} GB", {"n": round(size / 2**30)})
    return Sentence("{n} MB", {"n": round(size / _MIB)})


def check_clock(skews: Mapping[str, timedelta], limits: Limits) -> Finding:
    """Compare our clock with the Date of the hosts that answered; one alone is no witness against it."""
    wrong = [skew for skew in skews.values() if abs(skew) > limits.clock_skew]
    values = {"off": max((abs(s) for s in wrong), default=timedelta(0)), "n": len(wrong)}
    advice = Sentence("Let the machine set its clock from the network.")
    if len(wrong) >= 2:
        text = "This machine’s clock is wrong by {off}, as {n} servers say: nothing is posted until it is right."
        return red("clock", EVERYTHING, Sentence(text, values), advice)
    if wrong:
        text = "One server says that this machine’s clock is wrong by {off}."
        return amber("clock", EVERYTHING, Sentence(text, values), Sentence("Look at the clock yourself."))
    if not skews:
        text = "No server gave its time."
        return amber("clock", EVERYTHING, Sentence(text), Sentence("Look at the clock yourself."))
    if len(skews) == 1:
        text = "This machine’s clock agrees with the one server that gave its time."
        return green("clock", EVERYTHING, Sentence(text))
    text = "This machine’s clock agrees with {n} servers."
    return green("clock", EVERYTHING, Sentence(text, {"n": len(skews)}))


def check_awake(machine: Machine, strikes: Sequence[Strike], now: datetime) -> Iterator[Finding]:
    """Look whether the machine stays awake, and what feeds it."""
    yield _sleep(machine.rest())
    power = machine.power()
    if power is None:
        return
    lasts = max((s.ends_at for s in strikes if not s.is_over(now)), default=None)
    values = {"percent": power.percent if power.percent is not None else "?", "until": lasts}
    if not power.on_battery:
        yield green("battery", EVERYTHING, Sentence("This machine is plugged in."))
    elif power.percent is not None and power.percent < LOW:
        text = "This machine runs on its battery, which is down to {percent} %."
        yield red("battery", EVERYTHING, Sentence(text, values), Sentence("Plug it in now."))
    else:
        text = "This machine runs on its battery ({percent} %)."
        advice = Sentence("Plug it in, and leave it so until the strike is over.")
        yield amber("battery", EVERYTHING, Sentence(text, values), advice)


def _sleep(rest: Rest) -> Finding:
    asleep = "While it sleeps, nothing is posted. Let occupier run where nothing sleeps, or change that setting."
    if rest.sleeps_on_lid and rest.has_lid is not False:
        text = "This machine will sleep when the lid closes."
        return amber("sleep", EVERYTHING, Sentence(text), Sentence(asleep))
    if rest.idle:
        text = "This machine will sleep after {idle} without anybody before it."
        return amber("sleep", EVERYTHING, Sentence(text, {"idle": rest.idle}), Sentence(asleep))
    if rest.idle is None or (rest.has_lid and rest.sleeps_on_lid is None):
        text = "This machine does not tell whether it goes to sleep by itself."
        advice = Sentence("Look at its settings: while it sleeps, nothing is posted.")
        return amber("sleep", EVERYTHING, Sentence(text), advice)
    return green("sleep", EVERYTHING, Sentence("This machine does not go to sleep by itself, as far as it tells."))
