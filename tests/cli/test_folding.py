"""Long lines on a terminal and elsewhere."""

from __future__ import annotations

import io

import pytest

from occupier.cli.folding import folded

LONG = "  Rien n’est parti depuis ce matin, et personne n’en a été prévenu " * 2


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")


def test_words_stay_whole_on_a_terminal_and_what_follows_is_set_in() -> None:
    lines = folded(LONG, Terminal()).splitlines()
    assert all(len(line) <= 60 for line in lines)
    assert [line.startswith("    ") for line in lines[1:]] == [True] * (len(lines) - 1)
    assert " ".join(lines).split() == LONG.split()


def test_a_pipe_gets_every_line_whole() -> None:
    assert folded(LONG, io.StringIO()) == LONG


def test_a_line_to_paste_stays_one_line() -> None:
    line = "     occupier strike declare 24-janvier " + "--mandate « AG » " * 5
    assert folded(line, Terminal()) == line


def test_a_command_and_an_address_are_not_cut() -> None:
    address = "https://journal.example/" + "a-" * 40
    said = folded(
        f"Pour voir où, et le signaler à celles et ceux qui : occupier strike renew --to … {address}", Terminal()
    )
    assert "occupier strike renew --to" in said
    assert address in said
