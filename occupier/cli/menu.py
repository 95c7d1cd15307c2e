"""Bare `occupier` on a terminal: a menu in plain words. Every line shows the command that it runs, and runs that."""

from __future__ import annotations

import shlex
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from occupier.cli.asking import Asking, GoneBack
from occupier.cli.folding import folded
from occupier.cli.menu_deeds import Deeds
from occupier.cli.session import Session
from occupier.domain.errors import OccupierError, SettingsError
from occupier.speech import gettext as _
from occupier.speech import say

Run = Callable[[Sequence[str], Session], int]
_LEAVE = ("q", "0")


@dataclass(frozen=True)
class Item:
    """A line of the menu: what it does in words, the command, and what is asked before that is run."""

    words: str
    command: str
    deed: Callable[[], object]


class Menu:
    """Shows how things stand in a line, then what can be done, until somebody leaves."""

    def __init__(self, session: Session, asking: Asking, run: Run) -> None:
        self._first = session
        self._asking = asking
        self._run = run
        self._session = session

    def show(self) -> int:
        """Go on until the person leaves; return the exit status, 0."""
        with suppress(EOFError, KeyboardInterrupt):
            while self._turn():
                pass
        self._asking.tell("")
        return 0

    def _turn(self) -> bool:
        self._session = self._fresh()
        items = self._items(self._standing())
        try:
            typed = self._asking.line("\n>").casefold()
        except GoneBack:
            return True
        if typed in _LEAVE:
            return False
        if not (typed.isascii() and typed.isdigit() and 1 <= int(typed) <= len(items)):
            self._asking.tell(_("Type a number from 1 to {n}, or q to leave.").format(n=len(items)))
            return True
        with suppress(GoneBack):
            self._do(items[int(typed) - 1])
        return True

    def _do(self, item: Item) -> None:
        try:
            item.deed()
        except OccupierError as error:
            self._asking.tell(say(error, self._session.zone))
        except KeyboardInterrupt:  # the question is given up, not the menu
            self._asking.tell("")

    def _fresh(self) -> Session:
        """Return a session that has read nothing yet: settings and journal are those of this moment."""
        self._session.close()
        fresh = Session(self._first.environ, self._first.given_clock, self._first.rest)
        fresh.settings_option, fresh.debug = self._first.settings_option, self._first.debug
        return fresh

    def _standing(self) -> bool:
        """Say how things stand; return whether there are settings that can be used."""
        from occupier.cli.standing import in_one_line

        named = self._session.settings_option or self._session.environ.get("OCCUPIER_SETTINGS")
        if not named and not Path("settings.toml").exists():
            self._tell_state(_("no settings yet: rehearse, or prepare"))
            return False
        try:
            self._tell_state(in_one_line(self._session))
            return True
        except SettingsError as error:
            self._tell_state(say(error))
            return False
        except OccupierError as error:
            self._tell_state(say(error, self._session.zone))
            return True

    def _tell_state(self, text: str) -> None:
        self._asking.tell(f"\noccupier – {text}\n")

    def _items(self, ready: bool) -> list[Item]:
        items = list(self._all(Deeds(self._session, self._asking, self.command), ready=ready))
        width = max(len(item.words) for item in items) + 2
        for n, item in enumerate(items, 1):
            if n == 6:
                self._asking.tell("")
            self._asking.tell(_fitting(f"  {n:>2}  {item.words:<{width}}{item.command}"))
        self._asking.tell(f"   q  {_('leave')}")
        return items

    def _all(self, deeds: Deeds, *, ready: bool) -> Iterator[Item]:
        """Yield the five first, always in the same places, then what is needed around them."""
        yield Item(_("Rehearse: nothing real is posted"), "occupier rehearse", lambda: deeds.rehearse(ready=ready))
        yield Item(_("Prepare, one question at a time"), "occupier init", lambda: self.command("init"))
        yield Item(_("Start: watch and post"), " ".join(("occupier", *deeds.starting(ready=ready))), deeds.start)
        yield Item(_("Pause everything, at once"), "occupier pause", lambda: self.command("pause"))
        yield Item(_("See how things stand"), "occupier status", deeds.see)
        if not ready:
            return
        yield from self._around(deeds)

    def _around(self, deeds: Deeds) -> Iterator[Item]:
        if deeds.is_stopped():
            yield Item(_("Go on after a pause"), "occupier resume", lambda: self.command("resume"))
        if n := deeds.waiting_count():
            text = _("Answer for what waits ({n})").format(n=n)
            yield Item(text, "occupier release | drop | resolve", deeds.answer)
        yield Item(_("Find out what would go wrong"), "occupier check", lambda: self.command("check"))
        yield Item(_("Declare a strike"), "occupier strike declare", deeds.declare)
        if deeds.to_come():
            yield Item(_("The page that the assembly votes on"), "occupier plan", deeds.plan)
        if deeds.strikes():
            yield Item(_("Renew a strike, as another vote decided"), "occupier strike renew", deeds.renew)
        if deeds.in_force():
            yield Item(_("End the strike now, for ever"), "occupier strike end", deeds.end)

    def command(self, *arguments: str) -> int:
        """Show a command and run it as if it had been typed; return its exit status."""
        self._session.close()
        self._asking.tell(f"\n$ {shlex.join(['occupier', *arguments])}")
        named = self._first.settings_option
        # a rehearsal reads settings only where they are typed
        typed = [*arguments, *(["--settings", named] if named and arguments[0] != "rehearse" else [])]
        with _own_signals():
            try:
                return self._run(typed, self._fresh())
            except KeyboardInterrupt:
                return 130


@contextmanager
def _own_signals() -> Iterator[None]:
    """Give back what a command took: after `run`, Ctrl-C is ours again."""
    ours = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in ours.items():
            signal.signal(number, handler)


def _fitting(line: str) -> str:
    columns = shutil.get_terminal_size().columns
    return line if len(line) <= columns else line[: columns - 1] + "…"


def show_menu(session: Session, run: Run) -> int:
    """Show the menu to whoever sits at this terminal; `run` runs a command line, as if it had been typed."""
    with suppress(ImportError):
        import readline  # noqa: F401 - arrows and corrections while one types

    return Menu(session, Asking(input, _tell, session.now), run).show()


def _tell(text: str) -> None:
    print(folded(text, sys.stdout), file=sys.stdout, flush=True)
