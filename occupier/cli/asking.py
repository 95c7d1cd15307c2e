"""Questions at the menu: a line, a number, a yes, an instant. An empty line, or “<”, always goes back."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from occupier.cli.folding import folded
from occupier.domain.errors import OccupierError
from occupier.speech import end_moment, moment, say
from occupier.speech import gettext as _

Read = Callable[[str], str]
"""Shows a prompt and returns the line that is typed; raises EOFError where nobody types any more."""


_BACK = ("", "<")


class GoneBack(Exception):
    """Whoever was asked wants the question before this one, or the menu."""


class Asking:
    """Asks one person."""

    def __init__(self, read: Read, tell: Callable[[str], None], now: Callable[[], datetime]) -> None:
        self._read = read
        self._now = now
        self.tell = tell

    def line(self, question: str) -> str:
        """Return what was typed, not empty. Raises GoneBack."""
        typed = self._read(f"{_prompt(question)} ").strip()
        if typed in _BACK:
            raise GoneBack
        return typed

    def optional(self, question: str, default: str) -> str:
        """Return what was typed, or the default for an empty line. Raises GoneBack."""
        typed = self._read(f"{_prompt(f'{question} [{default}]')} ").strip()
        if typed == "<":
            raise GoneBack
        return typed or default

    def number(self, choices: Sequence[str]) -> int:
        """Show numbered choices and return the place of one, from 0. Raises GoneBack."""
        for n, choice in enumerate(choices, 1):
            self.tell(f"  {n}  {choice}")
        while True:
            typed = self.line(_("Which one? (Enter goes back)"))
            if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= len(choices):
                return int(typed) - 1
            self.tell(_("Type a number from 1 to {n}.").format(n=len(choices)))

    def yes(self, question: str) -> bool:
        """Return whether the answer is a yes; anything but a clear one is asked again. Raises GoneBack."""
        while True:
            typed = self.line(f"{question} {_('(yes/no)')}").casefold()
            if typed in ("o", "oui", "y", "yes"):
                return True
            if typed in ("n", "non", "no"):
                return False

    def instant(self, question: str, zone: ZoneInfo, *, after: datetime | None = None) -> datetime:
        """Return an instant (UTC), asked for until it has one meaning and is not past.

        Args:
            question: what is asked.
            zone: in which hours are meant.
            after: the start of the period (aware), where its end is asked for.

        Raises:
            GoneBack: an empty line.
        """
        from occupier.speech.hearing import Border, hear

        while True:
            typed = self.line(question)
            try:
                found = hear(typed, zone, self._now(), Border(after))
            except OccupierError as error:
                self.tell(say(error, zone))
                continue
            if after is not None and any(at > after for at in found):
                found = tuple(at for at in found if at > after)
            if len(found) == 1:
                return found[0]
            self.tell(_("“{text}” can mean several instants:").format(text=typed))
            words = end_moment if after is not None else moment
            return found[self.number([words(at, zone, self._now()) for at in found])]


def one_by_one(*steps: Callable[[list[Any]], Any]) -> list[Any]:
    """Ask question after question, each knowing the answers before it; going back asks the one before again.

    Raises:
        GoneBack: from the first question.
    """
    answers: list[Any] = []
    while len(answers) < len(steps):
        try:
            answers.append(steps[len(answers)](answers))
        except GoneBack:
            if not answers:
                raise
            answers.pop()
    return answers


def _prompt(question: str) -> str:
    return question if question.endswith(("?", ":", ">")) else _("{question}:").format(question=question)


def is_agreed(question: str) -> bool:
    """Ask a command's one question, on standard error; anything but a yes is a no."""
    print(folded(question, sys.stderr), end=" ", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().casefold() in {"y", "yes", "o", "oui"}


def typed_for_scripts(at: datetime, zone: ZoneInfo) -> str:
    """Return an instant as commands take it, with the offset, so that it cannot be another one."""
    precision = "minutes" if at.replace(second=0, microsecond=0) == at else "seconds"
    return at.astimezone(zone).replace(microsecond=0).isoformat(timespec=precision)
