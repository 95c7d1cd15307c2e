"""`db`: sound, damaged, older, restored."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from occupier.storage import lock, migrate
from occupier.storage.migrate import revisions
from tests.cli.conftest import DECLARE, Desk


def test_a_sound_database_is_said_to_be_sound(desk: Desk) -> None:
    desk.type(*DECLARE)
    assert desk.type("db", "check").status == 0
    assert "already" in desk.type("db", "upgrade").out


def test_without_a_database_there_is_nothing_to_see_to(desk: Desk) -> None:
    for line in ("check", "upgrade"):
        typed = desk.type("db", line)
        assert typed.status == 4
        assert "no database" in typed.err
    assert not desk.database.exists()


def test_a_damaged_database_is_found_out_and_what_is_readable_is_counted(desk: Desk) -> None:
    desk.type(*DECLARE)
    saved = migrate.copy(desk.database, datetime(2020, 1, 1, tzinfo=UTC))
    content = bytearray(desk.database.read_bytes())
    content[-3 * 4096 : -4096] = b"\xaa" * 8192
    desk.database.write_bytes(content)
    typed = desk.type("db", "check")
    assert typed.status == 1
    assert "can be read" in typed.out
    assert saved.name in typed.out
    assert "occupier db restore" in typed.out


def test_a_copy_is_restored_and_nothing_of_it_is_posted(desk: Desk) -> None:
    desk.type(*DECLARE)
    saved = migrate.copy(desk.database, datetime(2020, 1, 1, tzinfo=UTC))
    desk.type("strike", "end", "24-janvier")
    typed = desk.type("db", "restore", str(saved), "--yes")
    assert typed.status == 0, typed.err
    assert "is kept as" in typed.out
    # an ended strike never reopens, not by an older copy either
    [strike] = desk.type("strike", "list", "--json").document["strikes"]
    assert strike["stands"] == "over"


def test_where_the_database_cannot_be_read_a_copy_is_restored_and_everything_paused(desk: Desk) -> None:
    desk.type(*DECLARE)
    saved = migrate.copy(desk.database, datetime(2020, 1, 1, tzinfo=UTC))
    desk.database.write_bytes(b"no database" * 1000)
    typed = desk.type("db", "restore", str(saved), "--yes")
    assert typed.status == 0, typed.err
    assert "occupier resume" in typed.out
    assert desk.type("status", "--json").document["pauses"]


def test_nothing_is_restored_under_a_running_daemon(desk: Desk) -> None:
    desk.type(*DECLARE)
    saved = migrate.copy(desk.database, datetime(2020, 1, 1, tzinfo=UTC))
    with lock.holding(desk.database):
        assert desk.type("db", "restore", str(saved), "--yes").status == 3


def test_an_older_database_is_copied_before_it_is_upgraded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.type(*DECLARE)
    monkeypatch.setattr(revisions, "HEAD", "9999")
    typed = desk.type("db", "upgrade")
    assert typed.status == 0
    [copy] = desk.folder.glob("*.bak")
    assert str(copy) in typed.out
