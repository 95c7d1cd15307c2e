"""What is typed wrongly is answered by one sentence, an exit status, and never a traceback."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from occupier.cli import main
from occupier.cli.session import Session
from occupier.storage import migrate
from tests.cli.conftest import DECLARE, PLAIN, Desk

PERIOD = ("--from", "now", "--to", "+2h", "--mandate", "AG", "--reason", "contre la réforme")
MISTAKES = [
    ("frobnicate", "frobnicate"),
    ("statu", "status"),
    ("status --jsno", "--json"),
    ("strike declare", "NAME"),
    ("strike declare a --from now", "--to"),
    ("strike declare Été {period}", "small letters"),
    ("strike declare all {period}", "“all”"),
    ("strike declare a {period} --account mastodon-un", "did you mean “mastodon-une”?"),
    ("strike declare a {period} --feed deux", "the choice is: une"),
    ("strike declare a {period} --link perhaps", "keep or none"),
    ("strike declare a {period} --url ftp://example.org", "--url"),
    ("strike declare a {period} --who ''", "--who"),
    ("strike declare a {period} --message bonjour", "strike.reason"),
    ("strike declare a {period} --message {{title", "{{title"),
    ("strike declare a --from 2030-01-24 --to +2h --mandate m --reason r", "has no hour"),
    ("strike declare a --from tomorrow --to +2h --mandate m --reason r", "is not a time"),
    ("strike declare a --from now --to +40d --mandate m --reason r", "--long"),
    ("strike declare a --from 2020-01-24T09:00 --to 2020-01-24T19:00 --mandate m --reason r", "already be over"),
    ("strike declare a --from +2h --to +1h --mandate m --reason r", "before it starts"),
    ("strike declare 24-janvier --from +9h --to +10h --mandate m --reason r", "used once"),
    ("strike declare a --from +1h --to +2h --mandate m --reason r", "would both be in force"),
    ("strike declare a --from 2026-03-29T02:30 --to +1h --mandate m --reason r", "does not exist"),
    ("strike renew never --to +9h --mandate m", "“never”"),
    ("strike renew 24-janvier --to +1h --mandate m", "before it starts"),
    ("strike end never", "“never”"),
    ("pause nobody", "the choice is: mastodon-une"),
    ("resume mastodon", "did you mean “mastodon-une”?"),
    ("pause one two", "two"),
    ("log --limit 0", "--limit"),
    ("log --limit -3", "--limit"),
    ("log --limit many", "--limit"),
    ("log --after x", "--after"),
    ("log --state snet", "did you mean “sent”?"),
    ("log --strike 24-janvie", "did you mean “24-janvier”?"),
    ("log --account mastodon", "did you mean “mastodon-une”?"),
    ("log --feed deux", "the choice is: une"),
    ("log --since 2020-01-24", "has no hour"),
    ("log --until never", "is not a time"),
    ("log --json --csv", "exclude each other"),
    ("run --log-format xml", "text or json"),
    ("preview --last 0", "from 1 to 50"),
    ("preview --last some", "--last"),
    ("resolve 1", "--not-published"),
    ("resolve 1 --published https://a.example/1 --not-published", "one of the two"),
    ("resolve 1 --published here", "--published"),
    ("resolve 1 --not-published", "1"),
    ("resolve one --not-published", "“one”"),
    ("release", "--all"),
    ("release 1 --all", "--all"),
    ("release 1", "1"),
    ("drop 99999999999999999999", "99999999999999999999"),
    ("feed rebaseline un", "did you mean “une”?"),
    ("db restore", "FILE"),
    ("db restore nowhere.bak", "nowhere.bak"),
    ("db restore {database} --yes", "the database itself"),
    ("db restore {settings}", "--yes"),
]


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with one strike in force, made once."""
    folder = tmp_path_factory.mktemp("declared")
    settings = folder / "settings.toml"
    settings.write_text(PLAIN, encoding="utf-8")
    assert main([*DECLARE, "--settings", str(settings)], Session({"TOKEN": "a-secret-token"})) == 0
    return folder / "occupier.db"


@pytest.mark.parametrize(("line", "said"), MISTAKES, ids=[line for line, _ in MISTAKES])
def test_a_mistake_is_answered_by_a_sentence(desk: Desk, declared: Path, line: str, said: str) -> None:
    desk.database.write_bytes(declared.read_bytes())
    arguments = [
        part.replace("''", "").replace("{database}", str(desk.database)).replace("{settings}", str(desk.settings))
        for part in line.split()
    ]
    if "{period}" in arguments:
        place = arguments.index("{period}")
        arguments[place : place + 1] = PERIOD
    desk.capture.readouterr()
    typed = desk.type(*arguments)
    assert (typed.status, typed.out) == (2, "")
    assert said in typed.err
    assert "Traceback" not in typed.err
    assert len(typed.err.strip().splitlines()) <= 2


def test_settings_that_are_not_there_are_named(desk: Desk) -> None:
    typed = desk.type("status", "--settings", str(desk.folder / "none.toml"), settings=False)
    assert (typed.status, typed.out) == (2, "")
    assert "none.toml" in typed.err


def test_wrong_settings_are_refused_with_their_path(desk: Desk) -> None:
    desk.write('timezone = "Europe/Pari"\n')
    typed = desk.type("status")
    assert typed.status == 2
    assert "timezone" in typed.err


def test_a_program_that_waits_for_a_document_gets_the_problem_in_one(desk: Desk) -> None:
    desk.write('timezone = "Europe/Pari"\n')
    for line in ("status --json", "check --json", "strike list --json", "preview --json"):
        typed = desk.type(*line.split())
        assert typed.status == 2
        assert typed.document["version"] == 1
        assert typed.document["error"] == typed.err.strip()


def test_a_database_of_a_newer_occupier_is_left_alone(desk: Desk) -> None:
    desk.type(*DECLARE)
    _revise(desk, "9999")
    for line in ("status", "strike list", "log", "pause", "run --once", "db upgrade", "reload"):
        typed = desk.type(*line.split())
        assert typed.status == (1 if line == "reload" else 4), line
        assert "Traceback" not in typed.err
    assert "newer" in desk.type("status").err


def test_a_database_of_an_older_occupier_waits_for_its_upgrade(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.type(*DECLARE)
    monkeypatch.setattr(migrate, "HEAD", "9999")
    typed = desk.type("status")
    assert typed.status == 4
    assert "occupier db upgrade" in typed.err


def test_a_file_that_is_no_database_is_said_to_be_none(desk: Desk) -> None:
    desk.database.write_text("This is a letter, not a database. " * 100, encoding="utf-8")
    for line in ("status", "log --json", "strike declare a --from now --to +1h --mandate m --reason r", "run --once"):
        typed = desk.type(*line.split())
        assert (typed.status, typed.out) == (4, ""), line
    assert desk.type("db", "check").status == 1


def test_the_unexpected_is_one_sentence_and_where_it_was_is_told_to_those_who_ask(desk: Desk) -> None:
    class Broken:
        def now(self) -> None:
            raise ZeroDivisionError("access_token=abcdefghijkl")

        def monotonic(self) -> float:
            return 0.0

    desk.clock = Broken()  # type: ignore[assignment]
    typed = desk.type("status")
    assert typed.status == 1
    assert typed.err.count("\n") == 1
    assert "ZeroDivisionError" in typed.err
    assert "--debug" in typed.err
    traced = desk.type("status", "--debug")
    assert "Traceback" in traced.err
    assert "abcdefghijkl" not in traced.err


@pytest.mark.parametrize("place", [0, 1, 2])
def test_settings_and_debug_are_taken_anywhere_on_the_line(desk: Desk, place: int) -> None:
    line = ["strike", "list"]
    line[place:place] = ["--debug", "--settings", str(desk.settings)]
    typed = desk.type(*line, settings=False)
    assert typed.status == 0
    assert "No strike" in typed.err


def test_the_settings_are_found_by_their_variable_too(desk: Desk) -> None:
    desk.environ["OCCUPIER_SETTINGS"] = str(desk.settings)
    assert desk.type("status", settings=False).status == 0


def _revise(desk: Desk, revision: str) -> None:
    with closing(sqlite3.connect(desk.database)) as db:
        db.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        db.commit()
