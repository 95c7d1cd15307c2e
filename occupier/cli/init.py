"""`init`: from nothing to settings, one question at a time."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from occupier.cli.colour import BOLD, RED, paint
from occupier.cli.session import Session
from occupier.cli.spoken import command, flag, option
from occupier.domain.errors import FailedError, Sentence, SettingsError, UsageError
from occupier.speech import gettext as _
from occupier.speech import install, moment

if TYPE_CHECKING:
    from occupier.onboarding.answers import Answers
    from occupier.onboarding.talk import Terminal
    from occupier.onboarding.world import World

ANSWERS = ".init"
"""What follows the settings' name in that of the answers kept."""
_STOPPED = 130


@command(
    Sentence(
        "Prepare everything, one question at a time: where it will run, the site, who posts usually, the accounts."
        " Writes the settings at the end, after a yes. Can be stopped at any time, and typed again on settings that are"
        " there: nothing in them is lost."
    ),
    option("--sandbox", about=Sentence("Connect the accounts of a sandbox that runs on this machine, to try."),
           metavar=Sentence("URL")),
    flag("--start-over", about=Sentence("Forget the answers of a conversation that was interrupted.")),
    flag("--piped", about=Sentence("Take the answers from standard input, one a line, from a program.")),
)  # fmt: skip
def init(session: Session, sandbox: str | None, start_over: bool, piped: bool) -> int:
    """Hold the conversation, and write what comes of it."""
    from occupier.bootstrap import prepare_process
    from occupier.onboarding.answers import Answers
    from occupier.onboarding.driver import converse
    from occupier.onboarding.script import script

    if not piped and not sys.stdin.isatty():
        raise UsageError("init asks questions: type it in a terminal, or pipe the answers on purpose with --piped.")
    prepare_process()
    world = _world(session, sandbox, with_browser=not piped)
    talk, answers = _talk(piped), Answers(world.file.with_name(world.file.name + ANSWERS), session.now())
    if start_over:
        answers.forget()
    _resume(session, answers)
    try:
        converse(lambda: script(world, answers), answers, talk)
    except (KeyboardInterrupt, EOFError) as stop:
        return _stopped(session, stop, len(answers))
    return _write(session, world, answers, talk)


def _world(session: Session, sandbox: str | None, *, with_browser: bool) -> World:
    from occupier.onboarding.world import World

    file = _file(session)
    current = session.read_settings() if file.exists() else None
    address = _loopback(sandbox) if sandbox else None
    browser = _open_browser if with_browser and address is None else lambda _address: False
    return World(file, session.clock, session.environ, current, address, browser)


def _file(session: Session) -> Path:
    file = Path(session.settings_option or session.environ.get("OCCUPIER_SETTINGS") or "settings.toml").absolute()
    session.settings_option = str(file)
    if not os.access(file.parent, os.W_OK | os.X_OK):
        text = "Nothing can be written in {folder}: make that folder, or type this in one of your own."
        raise SettingsError(text, folder=str(file.parent))
    return file


def _loopback(address: str) -> str:
    from urllib.parse import urlsplit

    from occupier.domain.connecting import is_this_machine

    url = address if "://" in address else f"http://{address}"
    if not is_this_machine(urlsplit(url).hostname or ""):
        raise UsageError("--sandbox takes the address that occupier sandbox showed, on this machine.")
    return url.rstrip("/")


def _talk(piped: bool) -> Terminal:
    from occupier.onboarding.talk import Piped, Terminal

    if piped:
        return Piped()
    return Terminal(lambda text: paint(text, BOLD, sys.stdout), lambda text: paint(text, RED, sys.stdout))


def _open_browser(address: str) -> bool:
    """On a machine without a screen the default browser may be one of the terminal, in the place of our questions."""
    import webbrowser

    if sys.platform != "darwin" and not _has_screen(os.environ):
        return False
    try:
        return webbrowser.open(address)
    except webbrowser.Error:
        return False


def _has_screen(environ: Mapping[str, str]) -> bool:
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def _resume(session: Session, answers: Answers) -> None:
    from zoneinfo import ZoneInfo

    at = answers.load()
    if at is None:
        return
    install(answers.text("language"))
    zone = ZoneInfo(answers.text("zone", "UTC"))
    session.say(_("Going on from your answers of {at}. < goes back; occupier init --start-over forgets them.").format(
        at=moment(at, zone)))  # fmt: skip


def _stopped(session: Session, stop: BaseException, given: int) -> int:
    session.say()
    if isinstance(stop, EOFError) and not sys.stdin.isatty():
        raise FailedError("The answers ended before the questions did; those that were given are kept.")
    kept = _("Stopped. The settings were not written; your answers are kept. Go on with: occupier init")
    session.say(kept if given else _("Stopped. Nothing was written."))
    return _STOPPED


def _write(session: Session, world: World, answers: Answers, talk: Terminal) -> int:
    from occupier.onboarding.closing import next_steps, write_settings
    from occupier.storage.lock import is_held

    copy = write_settings(world, answers)
    answers.forget()
    talk.say(_("Written: {path}").format(path=world.file))
    if copy:
        talk.say(_("As it was before: {path}").format(path=copy))
    if world.current and is_held(world.current.database):
        talk.say(_("The daemon that is running still works with the old ones. Have it read them: occupier reload"))
    session.say()
    talk.say(_("Next, in this order:"))
    for line in next_steps(world, answers, option=_option(world.file)):
        session.say(line)
    return 0


def _option(file: Path) -> str:
    import shlex

    if file == Path("settings.toml").absolute():
        return ""
    return f" --settings {shlex.quote(str(file))}"
