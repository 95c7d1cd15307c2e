"""What any machine tells, and the programs that are asked."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from occupier.domain.machine import Rights
from occupier.machine import ThisMachine
from occupier.machine.asking import said


def test_room_is_that_of_the_folder_or_of_where_it_would_be_made(tmp_path: Path) -> None:
    free = ThisMachine().free_bytes(tmp_path)
    assert free is not None
    assert free > 0
    assert ThisMachine().free_bytes(tmp_path / "not" / "there") is not None


@pytest.mark.parametrize(
    ("mode", "rights"), [(0o600, Rights(False, False)), (0o640, Rights(True, False)), (0o602, Rights(False, True))]
)
def test_what_others_may_do_with_a_file(tmp_path: Path, mode: int, rights: Rights) -> None:
    file = tmp_path / "settings.toml"
    file.touch()
    file.chmod(mode)
    assert ThisMachine().rights(file) == rights
    assert ThisMachine().rights(tmp_path / "none") is None


def test_this_machine_answers_without_a_word_of_error(capfd: pytest.CaptureFixture[str]) -> None:
    ThisMachine().power()
    ThisMachine().rest()
    assert capfd.readouterr() == ("", "")


def test_a_program_that_is_not_there_or_fails_said_nothing() -> None:
    assert said(["no-such-program-anywhere"]) == ""
    assert said([sys.executable, "-c", "print('x'); raise SystemExit(1)"]) == ""
    assert said([sys.executable, "-c", "print('x')"]) == "x\n"
