"""Tables and colours: on a terminal, and nowhere else."""

from __future__ import annotations

import io

import pytest

from occupier.cli.colour import RED, paint
from occupier.cli.tables import show_table


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_pipe_gets_tabs_and_a_terminal_a_drawing() -> None:
    rows = [("1", "one\ttwo\n"), ("2", "\x1b[31mthree")]
    piped, drawn = io.StringIO(), Terminal()
    assert show_table(["no.", "text"], rows, piped) == show_table(["no.", "text"], rows, drawn) == 2
    lines = piped.getvalue().splitlines()
    assert lines[0] == "no.\ttext"
    assert [line.count("\t") for line in lines] == [1, 1, 1]
    assert "─" in drawn.getvalue()
    assert "\x1b[31m" not in drawn.getvalue() + piped.getvalue()


def test_nothing_to_show_prints_nothing() -> None:
    piped, drawn = io.StringIO(), Terminal()
    assert show_table(["a"], [], piped) == show_table(["a"], [], drawn) == 0
    assert piped.getvalue() == drawn.getvalue() == ""


def test_colour_is_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert paint("no", RED, Terminal()) == "\x1b[31mno\x1b[0m"
    assert paint("no", RED, io.StringIO()) == "no"
    monkeypatch.setenv("NO_COLOR", "1")
    assert paint("no", RED, Terminal()) == "no"
