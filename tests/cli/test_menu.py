"""The menu of bare `occupier`: plain words, the command beside them, the same command run in this process."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from occupier.cli import main
from occupier.cli.asking import Asking, typed_for_scripts
from occupier.cli.menu import Menu
from occupier.cli.session import Session
from occupier.domain.action import State
from occupier.speech import install
from tests.cli.conftest import DECLARE, ROOT, Desk
from tests.cli.test_control import write
from tests.fakes import FakeClock

EVE = datetime(2020, 1, 23, 22, 30, tzinfo=ZoneInfo("Europe/Paris"))
NIGHT = 8.0
"""Seconds that a real terminal waits for a prompt; it takes one."""


class Sitting:
    """Somebody at the menu: what they type, what they read, and which commands were run."""

    def __init__(self, desk: Desk, lines: Sequence[str], *, carry_out: bool = True) -> None:
        self.desk, self.lines, self.carry_out = desk, list(lines), carry_out
        self.said: list[str] = []
        self.run: list[list[str]] = []

    def sit(self) -> int:
        session = Session(self.desk.environ, self.desk.clock, lambda _seconds: None)
        session.settings_option = str(self.desk.settings)
        install("fr" if self.desk.environ["LANG"].startswith("fr") else "en")
        return Menu(session, Asking(self._read, self.said.append, session.now), self._run).show()

    def _read(self, prompt: str) -> str:
        self.said.append(prompt)
        if not self.lines:
            raise EOFError
        return self.lines.pop(0)

    def _run(self, arguments: Sequence[str], session: Session) -> int:
        self.run.append(list(arguments[:-2] if "--settings" in arguments[-2:] else arguments))
        return main(arguments, session) if self.carry_out else 0

    @property
    def text(self) -> str:
        return "\n".join(self.said)


def sit(desk: Desk, *lines: str, carry_out: bool = True) -> Sitting:
    sitting = Sitting(desk, lines, carry_out=carry_out)
    assert sitting.sit() == 0
    desk.capture.readouterr()  # what the commands said
    return sitting


def number(desk: Desk, command: str) -> str:
    """Return what to type for a command, as the menu shows it now."""
    [line] = [line for line in sit(desk, "q").said if line.endswith(command)]
    return line.split()[0]


@pytest.fixture
def eve(desk: Desk) -> Desk:
    desk.clock = FakeClock(EVE)
    return desk


def test_without_settings_there_are_the_five_that_need_none_or_say_so(desk: Desk) -> None:
    desk.settings.unlink()
    sitting = sit(desk, "q")
    assert "settings" in sitting.said[0]
    assert [line.split()[0] for line in sitting.said if "occupier " in line and line.startswith("   ")] == list("12345")


def test_every_line_shows_the_command_that_it_runs(desk: Desk) -> None:
    text = sit(desk, "q").text
    for command in ("rehearse", "init", "run", "pause", "status", "check", "strike declare"):
        assert f"occupier {command}" in text


def test_with_a_strike_feed_it_is_started_with_what_serves_it(eve: Desk) -> None:
    eve.settings.write_text(
        eve.settings.read_text() + '\n[[accounts]]\nname = "tool-x"\nplatform = "feed"\nfor_platform = "x"\n'
    )
    sitting = sit(eve, "3", "1", "q", carry_out=False)
    assert sitting.run == [["run", "--serve-feed"]]
    assert "occupier run --serve-feed" in sitting.said[0] + sitting.text
    assert "Start it: occupier run --serve-feed" in eve.type(*DECLARE).out
    assert "Start it: occupier run --serve-feed" in eve.type("status").out


def test_pausing_takes_two_keys_and_is_done_at_once(desk: Desk) -> None:
    desk.type(*DECLARE)
    sitting = sit(desk, "4", "q")
    assert sitting.run == [["pause"]]
    assert "$ occupier pause" in sitting.text
    assert "EVERYTHING IS PAUSED" in sitting.text
    assert desk.type("status", "--json").document["pauses"][0]["by"] == "person"
    sit(desk, number(desk, "occupier resume"), "q")
    assert desk.type("status", "--json").document["pauses"] == []


def test_a_strike_is_declared_in_words_and_said_again_in_full(eve: Desk) -> None:
    eve.environ["LANG"] = "fr_FR.UTF-8"
    eve.write(eve.settings.read_text(encoding="utf-8"), "fr")
    declare = number(eve, "occupier strike declare")
    sitting = sit(eve, declare, "demain 9h", "demain 19h", "AG du 23 janvier", "contre la réforme", "", "oui", "q")
    said = "du vendredi 24 janvier 2020 à 9h00 au vendredi 24 janvier 2020 à 19h00, heure de Paris"
    assert said in sitting.text
    [typed] = sitting.run
    assert typed[:7] == ["strike", "declare", "24-janvier", "--from", "2020-01-24T09:00+01:00", "--to",
                         "2020-01-24T19:00+01:00"]  # fmt: skip
    [strike] = eve.type("strike", "list", "--json").document["strikes"]
    assert (strike["from"], strike["to"]) == ("2020-01-24T08:00:00Z", "2020-01-24T18:00:00Z")
    assert strike["mandate"] == "AG du 23 janvier"


def test_a_no_declares_nothing(eve: Desk) -> None:
    lines = ("tomorrow 9am", "tomorrow 7pm", "AG", "against the reform", "", "no", "q")
    assert sit(eve, number(eve, "occupier strike declare"), *lines).run == []


def test_what_is_not_understood_is_asked_again_and_what_has_two_meanings_is_chosen(eve: Desk) -> None:
    lines = ("tomorrow", "Saturday 24 January 9:00", "next Friday 9:00", "7", "1", "8:00 20/01", "midnight")
    sitting = sit(eve, number(eve, "occupier strike declare"), *lines, "AG", "against", "", "yes", "q")
    for said in ("has no hour", "another one of the week", "several instants", "from 1 to 2", "is past"):
        assert said in sitting.text
    [typed] = sitting.run
    assert typed[4] == "2020-01-24T09:00+01:00"
    assert typed[6] == "2020-01-25T00:00+01:00"
    assert "11:59 pm" in sitting.text


def test_an_end_before_the_start_is_asked_again(eve: Desk) -> None:
    lines = ("24/01 9:00", "24/01 8:00", "24/01 19:00", "AG", "against", "", "no", "q")
    assert "before it begins" in sit(eve, number(eve, "occupier strike declare"), *lines).text


def test_an_empty_line_goes_back_to_the_menu(eve: Desk) -> None:
    sitting = sit(eve, number(eve, "occupier strike declare"), "", "q")
    assert sitting.run == []


def test_going_back_asks_the_question_before_again_and_drops_nothing_else(eve: Desk) -> None:
    lines = (
        "24/01 9:00",
        "24/01 19:00",
        "AG",
        "<",
        "AG du 23 janvier",
        "",
        "AG du 22 janvier",
        "against",
        "",
        "yes",
        "q",
    )
    sitting = sit(eve, number(eve, "occupier strike declare"), *lines)
    [typed] = sitting.run
    assert typed[typed.index("--mandate") + 1] == "AG du 22 janvier"
    assert typed[typed.index("--from") + 1] == "2020-01-24T09:00+01:00"


def test_a_question_that_is_no_question_ends_with_a_colon() -> None:
    install("en")
    shown: list[str] = []

    def read(prompt: str) -> str:
        shown.append(prompt)
        return "x"

    Asking(read, print, lambda: EVE).line("Its address")
    Asking(read, print, lambda: EVE).line("Which one?")
    assert shown == ["Its address: ", "Which one? "]


def test_more_than_a_month_is_meant_twice(eve: Desk) -> None:
    lines = ("24/01 9:00", "1 March 9:00", "AG", "against", "", "yes", "yes", "q")
    [typed] = sit(eve, number(eve, "occupier strike declare"), *lines, carry_out=False).run
    assert typed[-1] == "--long"


def test_a_strike_is_renewed_from_its_end(eve: Desk) -> None:
    eve.type("strike", "declare", "greve", "--from", "2020-01-24T09:00", "--to", "2020-01-24T19:00", "--mandate", "AG",
             "--reason", "contre")  # fmt: skip
    sit(eve, number(eve, "occupier strike renew"), "25/01 19:00", "AG du 24 janvier", "yes", "q")
    names = [s["name"] for s in eve.type("strike", "list", "--json").document["strikes"]]
    assert names == ["greve", "greve-2"]


def test_a_strike_is_ended_after_a_yes_only(desk: Desk) -> None:
    desk.type(*DECLARE)
    end = number(desk, "occupier strike end")
    assert sit(desk, end, "no", "q").run == []
    sit(desk, end, "yes", "q")
    assert [s["stands"] for s in desk.type("strike", "list", "--json").document["strikes"]] == ["over"]


def test_what_waits_is_answered_with_the_commands_that_status_shows(desk: Desk) -> None:
    desk.type(*DECLARE)
    session = Session(desk.environ)
    session.settings_option = str(desk.settings)
    held = write(session.store(), State.HELD)
    session.close()
    answer = number(desk, "drop | resolve")
    assert sit(desk, answer, "2", "q").run == [["drop", str(held)]]


@pytest.mark.parametrize(
    ("lines", "typed"),
    [
        (("1", "1"), ["rehearse"]),
        (("3", "1"), ["run"]),
        (("3", "2"), ["service", "install"]),
        (("5", "1"), ["status"]),
        (("5", "3"), ["log"]),
        (("2",), ["init"]),
    ],
)
def test_the_five_run_their_commands(desk: Desk, lines: tuple[str, ...], typed: list[str]) -> None:
    assert sit(desk, *lines, "q", carry_out=False).run == [typed]


def test_a_rehearsal_with_ones_own_settings_names_them(desk: Desk) -> None:
    sitting = Sitting(desk, ("1", "2", "q"), carry_out=False)
    sitting.sit()
    assert sitting.run == [["rehearse"]]
    assert "--settings" in sitting.text


def test_settings_that_are_wrong_are_said_above_the_menu(desk: Desk) -> None:
    desk.settings.write_text("timezone = 3", encoding="utf-8")
    sitting = sit(desk, "q")
    assert "timezone" in sitting.said[0]


def test_an_end_of_file_leaves(desk: Desk) -> None:
    assert sit(desk).run == []


def test_not_on_a_terminal_bare_occupier_is_the_help(desk: Desk) -> None:
    typed = desk.type(settings=False)
    assert typed.status == 0
    assert "Usage" in typed.out


def test_times_are_typed_with_their_offset_so_that_none_can_be_another() -> None:
    zone = ZoneInfo("Europe/Paris")
    assert typed_for_scripts(EVE, zone) == "2020-01-23T22:30+01:00"
    assert typed_for_scripts(datetime(2020, 7, 1, 23, 30, 1, 9, tzinfo=zone), zone) == "2020-07-01T23:30:01+02:00"


# --- on a real terminal -----------------------------------------------------------------------------------------------


def at_a_terminal(folder: Path, lines: Sequence[str], language: str) -> tuple[str, int]:
    """Type lines at `occupier` on a pseudo-terminal, each when it asks; return what was shown, and the status."""
    ours, theirs = pty.openpty()
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": language, "TERM": "xterm", "TOKEN": "x"}
    command = [sys.executable, "-m", "occupier"]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, env=variables) as process:
        os.close(theirs)
        shown = b"".join(_until_it_asks(ours, line) for line in [*lines, ""])
        status = process.wait(NIGHT)
    os.close(ours)
    return shown.decode(), status


def _until_it_asks(terminal: int, answer: str) -> bytes:
    shown = b""
    with suppress(OSError):  # the end of a pseudo-terminal, on Linux
        while select.select([terminal], [], [], NIGHT)[0]:
            piece = os.read(terminal, 65536)
            shown += piece
            if not piece:
                break
            if answer and shown.rstrip(b" ").endswith((b">", b"?", b"]", b")")):
                os.write(terminal, f"{answer}\n".encode())
                break
    return shown


@pytest.mark.campaign
@pytest.mark.parametrize(("language", "words"), [("fr_FR.UTF-8", "TOUT EST EN PAUSE"), ("en_GB.UTF-8", "PAUSED")])
def test_on_a_terminal_bare_occupier_asks(desk: Desk, language: str, words: str) -> None:
    desk.write(desk.settings.read_text(encoding="utf-8"), language[:2])
    desk.type(*DECLARE)
    shown, status = at_a_terminal(desk.folder, ["4", "q"], language)
    assert status == 0
    assert words in shown
    assert "Traceback" not in shown
