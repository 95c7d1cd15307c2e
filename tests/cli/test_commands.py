"""The command line as a whole: every command is there, speaks two languages, and starts lightly."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest

from occupier import __version__
from occupier.cli.commands import occupier
from occupier.cli.spoken import LazyGroup
from tests.cli.conftest import Desk

COMMANDS = {
    "init": "--sandbox --start-over --piped",
    "strike declare": "--from --to --mandate --reason --who --url --agreed --account --feed --message --link --long"
    " --yes",
    "strike renew": "--to --mandate --long",
    "strike end": "",
    "strike list": "--json",
    "plan": "--output --language --seal --force --json",
    "preview": "--last --json",
    "check": "--json",
    "run": "--dry-run --once --log-format --serve --serve-feed --host --port --base-url",
    "pause": "",
    "resume": "--yes",
    "reload": "",
    "status": "--watch --json",
    "log": "--json --ndjson --csv --separator --strike --account --feed --state --since --until --limit --after --all",
    "log verify": "--head --json",
    "log destroy": "--yes",
    "serve": "--host --port --base-url --set-secret",
    "report": "--output --language --merge --force",
    "catch-up": "--csv --rss --nobody --separator --output --force",
    "resolve": "--published --not-published",
    "done": "--published --not-published",
    "retract": "--yes",
    "restore": "--yes",
    "release": "--all",
    "drop": "",
    "notify test": "",
    "service install": "--user --show",
    "service remove": "--user",
    "feed rebaseline": "",
    "feed serve": "--host --port",
    "db upgrade": "",
    "db check": "",
    "db restore": "--yes",
    "text": "--tool --where --title --link --old --back --json",
    "rehearse": "--last --feed --keep",
    "sandbox": "",
}


def all_commands(group: LazyGroup = occupier, before: str = "") -> Iterator[str]:
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        found = group.get_command(ctx, name)
        if isinstance(found, LazyGroup):
            yield from all_commands(found, f"{before}{name} ")
        if not isinstance(found, LazyGroup) or found.params[0].name == "json":  # `log` is a command too
            yield f"{before}{name}"


def test_there_is_every_command_of_the_interface_and_no_other() -> None:
    assert set(all_commands()) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_its_options_in_both_languages(desk: Desk, name: str) -> None:
    said = {}
    for language in ("fr", "en"):
        desk.environ["OCCUPIER_LANGUAGE"] = language
        typed = desk.type(*name.split(), "--help", settings=False)
        assert (typed.status, typed.err) == (0, "")
        for option in (*COMMANDS[name].split(), "--settings", "--debug", "--help"):
            assert re.search(rf"^ +{option}\b.*\w", typed.out, re.MULTILINE), option
        said[language] = typed.out.split("\n\n")[1]
    assert said["fr"].strip()
    assert said["fr"] != said["en"]


@pytest.mark.parametrize("group", ["", "strike", "feed", "db"])
def test_a_group_lists_its_commands_in_both_languages(desk: Desk, group: str) -> None:
    said = {}
    for language in ("fr", "en"):
        desk.environ["OCCUPIER_LANGUAGE"] = language
        said[language] = desk.type(*group.split(), "--help", settings=False).out
    names = [name.removeprefix(f"{group} ".lstrip()).split()[0] for name in COMMANDS if name.startswith(group)]
    for name in names:
        lines = {language: re.search(rf"^  {name} +(\w.*)$", text, re.MULTILINE) for language, text in said.items()}
        assert lines["fr"] is not None
        assert lines["en"] is not None
        assert lines["fr"][1] != lines["en"][1]


def test_occupier_alone_shows_its_help(desk: Desk) -> None:
    alone = desk.type(settings=False)
    assert (alone.status, alone.err) == (0, "")
    assert "declared strike" in alone.out


def test_a_group_alone_is_used_wrongly(desk: Desk) -> None:
    alone = desk.type("strike", settings=False)
    assert (alone.status, alone.out) == (2, "")
    assert "declare" in alone.err


def test_the_version_is_told(desk: Desk) -> None:
    assert desk.type("--version", settings=False).out == f"occupier {__version__}\n"


def test_help_imports_neither_the_services_nor_a_library_but_click(desk: Desk) -> None:
    typed = desk.process("--help", PYTHONPROFILEIMPORTTIME="1")
    imported = {line.rsplit("|", 1)[1].strip() for line in typed.err.splitlines() if line.startswith("import time:")}
    assert "click.core" in imported
    heavy = {"sqlalchemy", "rich", "requests", "jinja2", "alembic", "occupier.bootstrap", "occupier.settings", "babel"}
    assert not imported & heavy


def test_the_log_imports_neither_scheduler_nor_network(desk: Desk) -> None:
    desk.type(*DECLARATION)
    typed = desk.process("log", "--limit", "50", PYTHONPROFILEIMPORTTIME="1")
    imported = {line.rsplit("|", 1)[1].strip() for line in typed.err.splitlines() if line.startswith("import time:")}
    assert "sqlalchemy" in imported
    assert not imported & {"rich", "requests", "jinja2", "alembic", "apscheduler", "feedparser", "tweepy", "babel"}


DECLARATION = ("strike", "declare", "a", "--from", "now", "--to", "+1h", "--mandate", "m", "--reason", "r")
