"""No secret, no person and no machine in the log: canaries are looked for in every column and export."""

from __future__ import annotations

import getpass
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from occupier.sandbox import Sandbox
from tests.cli.conftest import DECLARE, Desk

pytestmark = pytest.mark.campaign  # a scene in processes of its own, seconds each
PERSON = {
    "USER": "canary-user", "LOGNAME": "canary-logname", "USERNAME": "canary-username", "HOSTNAME": "canary-host",
    "HOME": "/home/canary-home", "SSH_CLIENT": "198.51.100.77 4242 22", "SUDO_USER": "canary-sudo",
    "GIT_AUTHOR_NAME": "canary-author", "EMAIL": "canary@canary.example",
}  # fmt: skip
EXPORTS = (("--json", "--all"), ("--ndjson", "--all"), ("--csv", "--all"), ("--all",))


@pytest.fixture
def lived(newsroom: Desk, box: Sandbox) -> Desk:
    """A newsroom after a strike, in which a person paused, resumed, retracted nothing and ended."""
    newsroom.type(*DECLARE)
    newsroom.process("run", "--once", **PERSON)
    box.publish(title="Les cheminots votent", summary="")
    newsroom.process("run", "--once", **PERSON)
    newsroom.process("pause", "mastodon", **PERSON)
    newsroom.process("resume", **PERSON)
    newsroom.process("strike", "end", "24-janvier", **PERSON)
    return newsroom


def canaries(desk: Desk) -> Iterator[str]:
    yield from PERSON.values()
    yield "198.51.100.77"
    yield from (value for name, value in desk.environ.items() if name.startswith("SANDBOX_"))
    yield str(Path.home())
    for name in (getpass.getuser(), socket.gethostname()):
        if len(name) > 5:  # a short one is in other words
            yield name


def cells(database: Path) -> Iterator[tuple[str, str]]:
    with closing(sqlite3.connect(database)) as db:
        # the words themselves cannot be read; the tables in which they are kept can
        there = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
        tables = [name for (name,) in there.fetchall()]
        for table in tables:
            for row in db.execute(f'SELECT * FROM "{table}"'):
                yield table, "\n".join(str(cell) for cell in row)


def test_no_column_holds_a_secret_a_person_or_a_machine(lived: Desk) -> None:
    found = list(cells(lived.database))
    assert {"events", "actions", "attempts", "articles", "strikes", "targets", "feeds"} <= {table for table, _ in found}
    assert [(table, one) for one in canaries(lived) for table, text in found if one in text] == []


def test_no_export_does_nor_the_status_nor_what_verifying_says(lived: Desk) -> None:
    for export in EXPORTS:
        typed = lived.process("log", *export, **PERSON)
        assert "Les cheminots votent" in typed.out
        assert [one for one in canaries(lived) if one in typed.out + typed.err] == []
    for line in (("status",), ("status", "--json"), ("log", "verify", "--json"), ("strike", "list", "--json")):
        typed = lived.process(*line, **PERSON)
        assert typed.status == 0, typed.err
        assert [one for one in canaries(lived) if one in typed.out + typed.err and one not in str(lived.folder)] == []
