"""The conversation on a terminal, or line by line through a pipe."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from occupier.domain.errors import OccupierError
from occupier.onboarding.question import NO, YES, Question
from occupier.speech import gettext as _
from occupier.speech import say

_WIDEST = 88
_INDENT = "  "
Paint = Callable[[str], str]


def _plain(text: str) -> str:
    return text


class Terminal:
    """A person at a terminal: what is secret is not shown while it is typed."""

    def __init__(self, bold: Paint = _plain, alarm: Paint = _plain) -> None:
        self._bold, self._alarm = bold, alarm
        self._section = ""
        with suppress(ImportError):
            import readline  # noqa: F401 - arrows and corrections while one types

    def put(self, question: Question) -> None:
        """Show a question under the heading of its part of the conversation."""
        if question.section != self._section:
            self._section = question.section
            self._write(f"\n{self._bold('── ' + question.section)}")
        self._write()
        for line in question.why():
            self.say(line)
        self._write(self._bold(_folded(question.text)))
        if not _is_yes_or_no(question):
            for number, one in enumerate(question.choices, 1):
                self._write(textwrap.fill(one.label, _width(), initial_indent=f"{_INDENT}{number}  ",
                                          subsequent_indent=_INDENT + " " * 3))  # fmt: skip

    def put_again(self, question: Question) -> None:
        """Show the question alone, after an answer that was not taken."""
        self._write(self._bold(_folded(question.text)))

    def hear(self, question: Question) -> str:
        """Return the line that the person types."""
        if question.is_secret:
            return self._hear_secret()
        return input(prompt(question))

    def say(self, text: str) -> None:
        """Tell something, folded to the width of the screen."""
        self._write(_folded(text))

    def complain(self, problem: OccupierError) -> None:
        """Say what is wrong with an answer."""
        self._write(self._alarm(_folded(say(problem))))

    def _hear_secret(self) -> str:
        from getpass import getpass

        typed = getpass(_("(nothing shows while you paste) ") + "> ")
        if len(typed.strip()) > 1:
            self.say(_("Received: {n} characters.").format(n=len(typed.strip())))
        return typed

    def _write(self, text: str = "") -> None:
        print(text, flush=True)


class Piped(Terminal):
    """Answers that come through a pipe on purpose, one a line; nothing of them is repeated."""

    def __init__(self, lines: TextIO | None = None) -> None:
        super().__init__()
        self._lines = lines or sys.stdin

    def hear(self, question: Question) -> str:
        """Return the next line of the pipe."""
        line = self._lines.readline()
        if not line:
            raise EOFError
        print("> ", flush=True)
        return line.rstrip("\r\n")


def prompt(question: Question) -> str:
    """Return what stands before the line that is typed: what Enter takes, else yes and no where those are meant."""
    if question.default:
        return f"[{_said_default(question)}] > "
    return f"({'/'.join(one.label for one in question.choices)}) > " if _is_yes_or_no(question) else "> "


def _is_yes_or_no(question: Question) -> bool:
    return [one.id for one in question.choices] == [YES, NO]


def _said_default(question: Question) -> str:
    for number, one in enumerate(question.choices, 1):
        if one.id == question.default:
            return one.label if _is_yes_or_no(question) else str(number)
    return question.default or ""


def _folded(text: str) -> str:
    hanging = " " * 4 if text.startswith("  ") else ""
    return textwrap.fill(text, _width(), subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False)


def _width() -> int:
    return max(40, min(_WIDEST, shutil.get_terminal_size().columns))
