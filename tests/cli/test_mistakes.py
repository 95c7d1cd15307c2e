"""What is typed wrongly is answered by one sentence, an exit status, and never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from occupier.cli import main
from occupier.cli.session import Session
from occupier.storage.migrate import revisions
from tests.cli.conftest import DECLARE, PLAIN, Desk, speak

PERIOD = ("--from", "now", "--to", "+2h", "--mandate", "AG", "--reason", "contre la réforme")
TESTED = """
[[accounts]]
name = "essai"
platform = "mastodon"
test = true
server = "http://127.0.0.1:9"
access_token = { env = "TOKEN" }
"""
MISTAKES = [
    ("frobnicate", "frobnicate", "pas de commande « frobnicate »"),
    ("statu", "status", "Est-ce « status » ?"),
    ("status --jsno", "--json", "Est-ce « --json » ?"),
    ("strike declare", "NAME", "Il manque l’argument « NOM »"),
    ("strike declare a --from now", "--to", "Il manque l’option « --to »"),
    ("strike declare Été {period}", "small letters", "minuscules sans accent"),
    ("strike declare all {period}", "“all”", "« all » ne peut pas être"),
    (
        "strike declare a {period} --account mastodon-un",
        "did you mean “mastodon-une”?",
        "vouliez-vous dire « mastodon-une » ?",
    ),
    ("strike declare a {period} --account essai", "is a test account", "est un compte d’essai"),
    ("strike declare a {period} --feed deux", "the choice is: une", "au choix : une."),
    ("strike declare a {period} --link perhaps", "keep or none", "écrivez keep ou none"),
    ("strike declare a {period} --url ftp://example.org", "--url", "qui commence par https://"),
    ("strike declare a {period} --who ''", "--who", "c’est vide"),
    (
        "strike declare a {period} --message bonjour",
        "strike.reason",
        "Il manque au message « bonjour » : strike.reason",
    ),
    ("strike declare a {period} --message {{title", "{{title", "est illisible : « {{title »"),
    (
        "strike declare a {period} --message {{strike.raison}}",
        "do you mean “strike.reason”?",
        "est-ce « strike.reason » ?",
    ),
    ("strike declare a --from 2030-01-24 --to +2h --mandate m --reason r", "has no hour", "n’a pas d’heure"),
    ("strike declare a --from tomorrow --to +2h --mandate m --reason r", "is not a time", "n’est pas une heure"),
    ("strike declare a --from now --to +40d --mandate m --reason r", "--long", "ajoutez --long"),
    (
        "strike declare a --from 2020-01-24T09:00 --to 2020-01-24T19:00 --mandate m --reason r",
        "already be over",
        "serait déjà finie",
    ),
    ("strike declare a --from +2h --to +1h --mandate m --reason r", "before it starts", "avant de commencer"),
    ("strike declare 24-janvier --from +9h --to +10h --mandate m --reason r", "used once", "a déjà servi"),
    ("strike declare a --from +1h --to +2h --mandate m --reason r", "would both be in force", "vaudraient toutes deux"),
    (
        "strike declare a --from 2026-03-29T02:30 --to +1h --mandate m --reason r",
        "does not exist",
        "où l’on avance les pendules",
    ),
    ("strike renew never --to +9h --mandate m", "“never”", "pas de grève « never »"),
    ("strike renew 24-janvier --to +1h --mandate m", "before it starts", "avant de commencer"),
    ("strike end never", "“never”", "pas de grève « never »"),
    ("pause nobody", "the choice is: essai, mastodon-une", "au choix : essai, mastodon-une"),
    ("resume mastodon", "did you mean “mastodon-une”?", "vouliez-vous dire « mastodon-une » ?"),
    ("pause one two", "two", "Argument en trop (two)"),
    ("log --limit 0", "--limit", "à partir de 1"),
    ("log --limit -3", "--limit", "à partir de 1"),
    ("log --limit many", "--limit", "à partir de 1"),
    ("log --after x", "--after", "à partir de 0"),
    ("log --state snet", "did you mean “sent”?", "vouliez-vous dire « sent » ?"),
    ("log --strike 24-janvie", "did you mean “24-janvier”?", "vouliez-vous dire « 24-janvier » ?"),
    ("log --account mastodon-un", "did you mean “mastodon-une”?", "vouliez-vous dire « mastodon-une » ?"),
    ("log --feed deux", "the choice is: une", "au choix : une."),
    ("log --since 2020-01-24", "has no hour", "n’a pas d’heure"),
    ("log --until never", "is not a time", "n’est pas une heure"),
    ("log --json --csv", "exclude each other", "s’excluent"),
    ("run --log-format xml", "text or json", "écrivez text ou json"),
    ("preview --last 0", "from 1 to 50", "de 1 à 50"),
    ("preview --last some", "--last", "de 1 à 50"),
    ("serve --port 99999", "from 0 to 65535", "de 0 à 65535"),
    ("run --health x", "from 0 to 65535", "de 0 à 65535"),
    ("rehearse --last 99", "from 1 to 12", "de 1 à 12"),
    ("plan never", "strike list", "strike list"),
    ("report never", "strike list", "strike list"),
    ("rehearse --keep --account mastodon-une", "--keep", "--keep"),
    ("resolve 1", "--not-published", "l’un des deux"),
    ("resolve 1 --published https://a.example/1 --not-published", "one of the two", "l’un des deux"),
    ("resolve 1 --published here", "--published", "ce n’est pas une adresse"),
    ("resolve 1 --not-published", "1", "voyez occupier log"),
    ("resolve one --not-published", "“one”", "« one » n’est pas le numéro"),
    ("release", "--all", "--all pour tous"),
    ("release 1 --all", "--all", "--all pour tous"),
    ("release 1", "1", "pas de ligne 1"),
    ("drop 99999999999999999999", "99999999999999999999", "n’est pas le numéro"),
    ("feed rebaseline un", "did you mean “une”?", "vouliez-vous dire « une » ?"),
    ("db restore", "FILE", "« FICHIER »"),
    ("db restore nowhere.bak", "nowhere.bak", "pas de fichier"),
    ("db restore {database} --yes", "the database itself", "la base elle-même"),
    ("db restore {settings}", "--yes", "ajoutez --yes"),
]


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with one strike in force, made once."""
    folder = tmp_path_factory.mktemp("declared")
    settings = folder / "settings.toml"
    settings.write_text(PLAIN, encoding="utf-8")
    assert main([*DECLARE, "--settings", str(settings)], Session({"TOKEN": "a-secret-token"})) == 0
    return folder / "occupier.db"


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("line", "english", "french"), MISTAKES, ids=[line for line, *_ in MISTAKES])
def test_a_mistake_is_answered_by_a_sentence(
    desk: Desk, declared: Path, line: str, english: str, french: str, language: str
) -> None:
    speak(desk, f"{PLAIN}{TESTED}", language)
    desk.database.write_bytes(declared.read_bytes())
    desk.capture.readouterr()
    typed = desk.type(*arguments_of(line, desk))
    assert (typed.status, typed.out) == (2, "")
    assert typed.says(french if language == "fr" else english)
    assert len(typed.err.strip().splitlines()) <= 2


def arguments_of(line: str, desk: Desk) -> list[str]:
    """Return the words of a line, its files and a good period put in."""
    known = {"''": "", "{database}": str(desk.database), "{settings}": str(desk.settings)}
    words = [known.get(word, word) for word in line.split()]
    return [one for word in words for one in (PERIOD if word == "{period}" else (word,))]


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
    desk.become_newer()
    for line in ("status", "strike list", "log", "pause", "run --once", "db upgrade", "reload"):
        typed = desk.type(*line.split())
        assert typed.status == (1 if line == "reload" else 4), line
        assert "Traceback" not in typed.err
    assert "newer" in desk.type("status").err


def test_a_database_of_an_older_occupier_waits_for_its_upgrade(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.type(*DECLARE)
    monkeypatch.setattr(revisions, "HEAD", "9999")
    typed = desk.type("status")
    assert typed.status == 4
    assert "occupier db upgrade" in typed.err


def test_a_file_that_is_no_database_is_said_to_be_none(desk: Desk) -> None:
    desk.become_a_letter()
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
