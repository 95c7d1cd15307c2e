"""`serve`: the review page, and the secrets that it asks for."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

import click

from occupier.cli.session import Session
from occupier.cli.spoken import WholeNumber, command, option
from occupier.domain.errors import Sentence, UsageError
from occupier.speech import gettext as _
from occupier.speech import say

if TYPE_CHECKING:
    from occupier.bootstrap import House

USUAL_HOST, USUAL_PORT = "127.0.0.1", 8018
LOOK = 0.25
"""Seconds between two looks at whether to stop."""


def place_options() -> tuple[click.Parameter, ...]:
    """Return the options that say where the page is served."""
    return (
        option("--host", default=USUAL_HOST, show_default=True, metavar=Sentence("HOST"),
               about=Sentence("Where the page listens; anywhere but on this machine, it needs --base-url and a"
                              " secret.")),
        option("--port", default=USUAL_PORT, show_default=True, type=WholeNumber(0, 65535),
               metavar=Sentence("PORT"), about=Sentence("The page's port; 0 is any free port.")),
        option("--base-url", metavar=Sentence("URL"),
               about=Sentence("The https address of a server in front of the page, which passes on Host and"
                              " X-Forwarded-Proto.")),
    )  # fmt: skip


@command(
    Sentence(
        "Serve the review page: the log, how things stand, what waits for a person, and the buttons for it. On this"
        " machine only, unless a server in front speaks https and a secret is set. Works while the daemon runs."
    ),
    *place_options(),
    option("--set-secret", "right", type=click.Choice(["read", "write"]),
           about=Sentence("Set the secret for reading, or the one for acting too (pause, end, answer), and end.")),
)  # fmt: skip
def serve(session: Session, host: str, port: int, base_url: str | None, right: str | None) -> int:
    """Serve until told to stop, or set a secret."""
    if right is not None:
        return _set_secret(session, right)
    from occupier.web.server import Place, serving

    stop = Stop()
    with stop.listening(), serving(session.house(), Place(host, port, base_url)) as address:
        for sentence in opening(session.house(), address):
            session.say(say(sentence))
        session.say(_("To stop: Ctrl-C."))
        sys.stdout.flush()
        return 130 if stop.wait() == signal.SIGINT else 0


def opening(house: House, address: str) -> Iterator[Sentence]:
    """Say where the page is, and to whom it is open."""
    from occupier.web import peers
    from occupier.web.passwords import RIGHTS, Passwords

    yield Sentence("The review page: {address}", {"address": address})
    if any(Passwords(house.store.path).is_set(right) for right in RIGHTS):
        return
    if peers.can_tell():
        yield Sentence("The page has no password: it is open to this user of this machine alone, to read and to act.")
    else:
        text = "The page has no password: whoever uses this machine can read and act. To forbid it: {command}"
        yield Sentence(text, {"command": "occupier serve --set-secret write"})


def _set_secret(session: Session, right: str) -> int:
    from occupier.bootstrap import prepare_process
    from occupier.web.passwords import Passwords, new_secret

    prepare_process()
    typed = _typed(session)
    secret, passwords = typed or new_secret(), Passwords(session.settings.database)
    passwords.write(right, secret)
    session.say(_("The secret for reading is set.") if right == "read" else _("The secret for acting is set."))
    if not typed:
        session.say(_("Here it is, this once, for those who need it: {secret}").format(secret=secret))
    session.say(_("Sessions under the old one are over. To take it away, remove the file {file}").format(
        file=passwords.file(right)))  # fmt: skip
    return 0


def _typed(session: Session) -> str:
    """Return the secret that was typed or piped in; none, to have one made."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    session.tell(_("Type a secret of 12 characters or more, or only Enter to have one made."))
    secret = _hidden(_("Secret"))
    if secret and secret != _hidden(_("Once more")):
        raise UsageError("These were two different secrets: nothing was changed.")
    return secret


def _hidden(label: str) -> str:
    typed: str = click.prompt(label, hide_input=True, default="", show_default=False, err=True)
    return typed.strip()


class Stop:
    """Waits for SIGTERM or Ctrl-C."""

    def __init__(self) -> None:
        self._told = 0

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear the signals inside."""
        before = {number: signal.signal(number, self._stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def wait(self) -> int:
        """Return the signal that came."""
        # looked at, not woken: an event's lock may be held by the very thread that the signal interrupts
        while not self._told:
            threading.Event().wait(LOOK)
        return self._told

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        self._told = number
