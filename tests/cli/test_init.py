"""`init`, typed: through a pipe on purpose, and at a terminal."""

from __future__ import annotations

import io
import os
import pty
import select
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest

from occupier.sandbox import Sandbox
from tests.cli.conftest import Desk, Typed

GROUND = ("en", "1", "Europe/Paris", "", "yes", "no", "hand")


@pytest.fixture
def empty(desk: Desk) -> Desk:
    """A desk without settings."""
    desk.settings.unlink()
    return desk


@pytest.fixture
def paper(box: Sandbox) -> Sandbox:
    box.publish(title="Les cheminots votent", summary="")
    return box


def pipe(desk: Desk, box: Sandbox, monkeypatch: pytest.MonkeyPatch, *lines: str, more: tuple[str, ...] = ()) -> Typed:
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
    return desk.type("init", "--piped", "--sandbox", box.url, *more)


def x_lines(box: Sandbox) -> tuple[str, ...]:
    own = box.credentials["x"]
    keys = own["consumer_key"], own["consumer_secret"], own["access_token"], own["access_token_secret"]
    return "x", "keys", "yes", "", "", "", "file", "keys", *keys, "yes"


def test_without_a_terminal_it_says_so_in_one_sentence(empty: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    typed = empty.type("init")
    assert typed.status == 2
    assert "type it in a terminal, or pipe the answers on purpose with --piped" in typed.err
    assert typed.err.count("\n") == 1
    assert typed.out == ""


def test_piped_answers_end_in_settings_that_the_check_takes(
    empty: Desk, paper: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = pipe(empty, paper, monkeypatch, *GROUND, *x_lines(paper), "", "yes")
    assert typed.status == 0, typed.out + typed.err
    assert "occupier check --settings" in typed.out
    assert empty.type("check", "--json").document["ready"] is True
    secrets = paper.credentials["x"].values()
    assert [one for one in secrets if one in typed.out + typed.err + empty.settings.read_text()] == []


def test_answers_that_end_too_early_are_kept_and_taken_up_again(
    empty: Desk, paper: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = pipe(empty, paper, monkeypatch, *GROUND)
    assert (first.status, empty.settings.exists()) == (1, False)
    assert "those that were given are kept" in first.err
    again = pipe(empty, paper, monkeypatch, "done", "yes")
    assert again.status == 0
    assert "Going on from your answers of" in again.out
    assert not empty.settings.with_name("settings.toml.init").exists()


def test_one_can_start_over(empty: Desk, paper: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(empty, paper, monkeypatch, "fr", "2")
    again = pipe(empty, paper, monkeypatch, *GROUND, "done", "yes", more=("--start-over",))
    assert again.status == 0, again.out
    assert 'language = "en"' in empty.settings.read_text()


def test_settings_that_are_wrong_are_told_and_left_alone(
    empty: Desk, paper: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty.settings.write_text('timezon = "Europe/Paris"\n')
    typed = pipe(empty, paper, monkeypatch, *GROUND)
    assert (typed.status, typed.out) == (2, "")
    assert "timezone" in typed.err
    assert empty.settings.read_text() == 'timezon = "Europe/Paris"\n'


def test_a_folder_that_is_not_there_is_told_before_any_question(empty: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("en\n"))
    typed = empty.type("init", "--piped", "--settings", str(empty.folder / "none" / "settings.toml"), settings=False)
    assert (typed.status, typed.out) == (2, "")
    assert "make that folder" in typed.err


def test_only_a_sandbox_of_this_machine_is_one(empty: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("en\n"))
    typed = empty.type("init", "--piped", "--sandbox", "https://mastodon.social")
    assert typed.status == 2
    assert "on this machine" in typed.err


@pytest.fixture
def terminal(empty: Desk, paper: Sandbox) -> Iterator[tuple[int, int]]:
    """A person's terminal, with the conversation begun in it."""
    pid, screen = pty.fork()
    if pid == 0:
        os.chdir(empty.folder)
        environ = empty.variables({"TERM": "dumb", "TZ": "Europe/Paris"})
        os.execve(sys.executable, empty.line(["init", "--sandbox", paper.url]), environ)
    yield pid, screen
    os.close(screen)
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)


def until(screen: int, words: str) -> str:
    shown = ""
    while words not in shown and select.select([screen], [], [], 30)[0]:
        try:
            shown += os.read(screen, 65536).decode("utf-8", "replace")
        except OSError:  # the other end is closed
            break
    assert words in shown, shown
    return shown


@pytest.mark.campaign
def test_at_a_terminal_a_secret_does_not_show_and_ctrl_c_loses_nothing(
    terminal: tuple[int, int], empty: Desk, paper: Sandbox
) -> None:
    pid, screen = terminal
    until(screen, "> ")
    for line in (*GROUND, *x_lines(paper)[:8]):
        os.write(screen, f"{line}\n".encode())
        until(screen, "> ")
    secret = paper.credentials["x"]["consumer_key"]
    os.write(screen, f"{secret}\n".encode())
    assert secret not in until(screen, f"Received: {len(secret)} characters.")
    os.write(screen, b"\x03")
    until(screen, "your answers are kept")
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 130
    kept = empty.settings.with_name("settings.toml.init").read_text()
    assert "account.1.name" in kept
    assert secret not in kept
