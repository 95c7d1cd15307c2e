"""`service install`, `service remove`: the daemon, kept up by the machine itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from occupier.cli.feed import opening, served_feeds
from occupier.cli.session import Session
from occupier.cli.spoken import command, flag
from occupier.domain.errors import FailedError, Sentence
from occupier.speech import gettext as _
from occupier.speech import say
from occupier.supervision import Unit, launchd_unit, systemd_unit

_USER = flag("--user", about=Sentence("For this user, without an administrator's rights: the only way there is."))
_PATIENCE = 60
"""Seconds that the machine's own commands may take."""


@command(
    Sentence(
        "Have this machine start occupier whenever it starts itself, and again if it dies. Variables that the settings"
        " name go into a file occupier.env beside them, NAME=value, one a line (chmod 600)."
    ),
    _USER,
    flag("--show", about=Sentence("Show the file that would be written, and do nothing.")),
)
def install(session: Session, user: bool, show: bool) -> int:
    """Write the unit, and take it into service."""
    unit = _unit(session)
    if show:
        session.say(unit.text)
        return 0
    try:
        unit.path.parent.mkdir(parents=True, exist_ok=True)
        unit.path.write_text(unit.text, encoding="utf-8")
    except OSError as error:
        raise FailedError("{path} cannot be written ({detail}).", path=str(unit.path), detail=error.strerror) from error
    session.say(_("Written: {path}").format(path=unit.path))
    _run(unit.enable, unit)
    session.say(_("The daemon runs. See it: occupier status"))
    if served := served_feeds(session.setup):
        for sentence in opening(served):
            session.say(say(sentence))
    session.say(_lasting(unit))
    session.say(_("A machine that sleeps posts nothing: switch its sleep off, and leave a laptop's lid open."))
    return 0


@command(Sentence("Stop the daemon, and no longer start it with this machine."), _USER)
def remove(session: Session, user: bool) -> int:
    """Take the unit out of service, and remove it."""
    unit = _unit(session)
    if not unit.path.exists():
        session.say(_("Nothing is installed on this machine for these settings."))
        return 0
    _run(unit.disable[:1], unit)
    unit.path.unlink()
    _run(unit.disable[1:], unit)
    session.say(_("The daemon is stopped, and no longer starts with this machine."))
    return 0


def _unit(session: Session) -> Unit:
    path = session.settings.path
    assert path is not None  # a session's settings are a file's
    make = launchd_unit if sys.platform == "darwin" else systemd_unit
    home = session.environ.get("HOME")
    flags = ["--serve-feed"] if served_feeds(session.setup) else []
    return make(Path(home) if home else Path.home(), _program(), path, flags=flags)


def _program() -> tuple[str, ...]:
    """Return what stands for the command `occupier` wherever it is started from."""
    return (sys.executable,) if getattr(sys, "frozen", False) else (sys.executable, "-m", "occupier")


def _lasting(unit: Unit) -> str:
    """Have it outlive the user's session, and say whether it does."""
    try:
        _run(unit.lasting, unit)
    except FailedError:
        text = _(
            "It stops when you log out. Ask this machine's administrator for {command}, and your user's name after it."
        )
        return text.format(command="loginctl enable-linger")
    if sys.platform == "darwin":
        return _("It starts again when you log in, and stops when you log out: stay logged in.")
    return _("It starts with this machine, and goes on when you log out.")


def _run(commands: Sequence[Sequence[str]], unit: Unit) -> None:
    for words in commands:
        try:
            done = subprocess.run(words, capture_output=True, text=True, timeout=_PATIENCE, check=False)
            detail = done.stderr.strip().splitlines()[-1:] if done.returncode else None
        except (OSError, subprocess.TimeoutExpired) as error:
            detail = [type(error).__name__]
        if detail is not None:
            raise FailedError(
                "{command} failed ({detail}). The file {path} is as it should be: this machine's own supervisor does"
                " not take it. Without one, leave occupier run in a window that stays open.",
                command=" ".join(words),
                detail="".join(detail),
                path=str(unit.path),
            )
