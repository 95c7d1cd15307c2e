"""`log verify` and `log destroy`, as people and scripts type them."""

from __future__ import annotations

import os
import pty
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copyfile

import pytest

from occupier.cli import main
from occupier.cli.session import Session
from occupier.domain.action import Purpose, State
from occupier.domain.ports import Change, NewAction
from occupier.storage import lock
from occupier.storage.store import SqlStore
from tests.cli.conftest import DECLARE, PLAIN, ROOT, Desk, add_article
from tests.fakes import FakeClock

SECRET = "Un titre qui doit disparaître"


@pytest.fixture(scope="module")
def after_a_strike(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The database after a strike under which one article was left unannounced, made once."""
    folder, clock = tmp_path_factory.mktemp("over"), FakeClock()
    settings, database = folder / "settings.toml", folder / "occupier.db"
    settings.write_text(PLAIN, encoding="utf-8")

    def type_there(*arguments: str) -> int:
        return main([*arguments, "--settings", str(settings)], Session({"TOKEN": "x"}, clock, lambda _seconds: None))

    assert type_there(*DECLARE) == 0
    with closing(SqlStore(database, clock)) as store, store.writing() as tx:
        article = add_article(tx, SECRET)
        target = tx.targets.ensure("mastodon-une", "mastodon", "127.0.0.1:9", None)
        strike = tx.strikes.all()[0].id
        action = tx.actions.add(
            NewAction(target.id, article.id, Purpose.STRIKE, State.PENDING, "strike", tx.now, tx.now, strike, SECRET)
        )
        assert action is not None
        tx.actions.change(action, Change(State.MISSED, "strike_over"), "missed")
    assert type_there("strike", "end", "24-janvier") == 0
    return database.read_bytes()


@pytest.fixture
def over(desk: Desk, after_a_strike: bytes) -> Desk:
    """A desk after that strike."""
    desk.clock = FakeClock()
    desk.database.write_bytes(after_a_strike)
    return desk


def change_a_byte(database: Path) -> None:
    raw = bytearray(database.read_bytes())
    at = raw.rindex("doit disparaître".encode())
    raw[at] ^= 1
    database.write_bytes(raw)


def test_a_log_that_is_what_was_written_says_its_head(over: Desk) -> None:
    typed = over.type("log", "verify")
    assert (typed.status, typed.err) == (0, "")
    document = over.type("log", "verify", "--json").document
    assert document["head"] in typed.out
    assert (document["ok"], document["break"], document["rows"], document["records"]) == (True, None, 1, 4)
    status = over.type("status", "--json").document
    assert status["head"] == {"seq": 4, "hash": document["head"]}
    assert document["head"] in over.type("status").out
    noted = over.type("log", "verify", "--head", document["head"][:10].upper())
    assert noted.status == 0
    assert "The head that you noted is in it" in noted.out


def test_a_head_that_is_not_in_it_is_a_break(over: Desk) -> None:
    typed = over.type("log", "verify", "--head", "00000000", "--json")
    assert typed.status == 1
    assert typed.document["break"]["seq"] == 4
    assert "is not among its hashes" in typed.document["break"]["what"]
    assert over.type("log", "verify", "--head", "tête").status == 2


def test_one_changed_byte_is_named(over: Desk) -> None:
    over.type("log", "verify")
    with closing(sqlite3.connect(over.database)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    change_a_byte(over.database)
    typed = over.type("log", "verify")
    assert typed.status == 1
    assert typed.out.startswith("The log is not what was written: record 2, about row 1: ")
    assert "occupier db restore" in typed.out


def test_a_damaged_file_is_said(over: Desk) -> None:
    with closing(sqlite3.connect(over.database)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_events_action_id_seq'").fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    raw = bytearray(over.database.read_bytes())
    raw[(page - 1) * size : page * size] = bytes(size)
    over.database.write_bytes(raw)
    typed = over.type("log", "verify", "--json")
    assert typed.status == 1
    assert "damaged" in typed.document["break"]["what"]


def test_there_is_nothing_to_verify_before_the_first_strike(desk: Desk) -> None:
    typed = desk.type("log", "verify")
    assert typed.status == 4
    assert "There is no database" in typed.err


def test_the_verifier_of_the_documentation_says_the_same(over: Desk) -> None:
    head = over.type("log", "verify", "--json").document["head"]

    def alone(*arguments: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-I", str(ROOT / "docs" / "verify.py"), str(over.database), *arguments]
        return subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)

    assert (alone().returncode, alone().stdout) == (0, f"whole; records and head: 4 {head}\n")
    assert alone(head).returncode == 0
    assert (alone("0" * 64).returncode, alone("0" * 64).stderr) == (1, "the head that you noted is not in it\n")
    with closing(sqlite3.connect(over.database)) as db, db:
        db.execute("DROP TRIGGER events_no_update")
        db.execute("UPDATE events SET data = replace(data, 'missed', 'posted') WHERE seq = 3")
    assert alone().stderr == "record 3 was changed\n"


@pytest.mark.parametrize(("name", "why"), [("absent.db", "unable to open"), ("letter.db", "not a database")])
def test_the_verifier_of_the_documentation_says_of_which_file_it_can_make_nothing(
    tmp_path: Path, name: str, why: str
) -> None:
    (tmp_path / "letter.db").write_text("Chère rédaction, " * 100, encoding="utf-8")
    line = [sys.executable, "-I", str(ROOT / "docs" / "verify.py"), str(tmp_path / name)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert name in done.stderr
    assert why in done.stderr
    assert "Traceback" not in done.stderr


# --- destroying -------------------------------------------------------------------------------------------------------


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())


def test_a_destruction_reaches_the_copies_and_the_log_still_verifies(over: Desk) -> None:
    good = over.folder / "occupier.db.20200101T000000Z.bak"
    with closing(sqlite3.connect(over.database)) as db, closing(sqlite3.connect(good)) as copy:
        db.backup(copy)
    copyfile(good, over.folder / "occupier.db.dry-run")
    bad = over.folder / "occupier.db.20190101T000000Z.bak"
    bad.write_bytes(b"no database, but " + SECRET.encode())
    assert SECRET.encode() in everything(over.folder)
    typed = over.type("log", "destroy", "24-janvier", "--yes")
    assert (typed.status, typed.err) == (0, "")
    assert "1 row of the log" in typed.out
    assert f"{good.name} was emptied" in typed.out
    assert f"{bad.name} could not be emptied of it, and was removed" in typed.out
    assert SECRET.encode() not in everything(over.folder)
    assert b"disparaitre" not in everything(over.folder)
    assert not bad.exists()
    verified = over.type("log", "verify", "--json")
    assert (verified.status, verified.document["destroyed"]) == (0, {"rows": 1, "records": 4})
    assert "Destroyed lawfully, of the strike “24-janvier”: 1 row" in over.type("log", "verify").out
    assert over.type("log", "--all", "--json").document == []
    [strike] = over.type("strike", "list", "--json").document["strikes"]
    assert (strike["mandate"], strike["destroyed_at"] is None) == ("", False)
    assert "destroyed" in over.type("strike", "list").out


def test_an_emptied_copy_can_be_restored_and_verified(over: Desk) -> None:
    good = over.folder / "occupier.db.20200101T000000Z.bak"
    with closing(sqlite3.connect(over.database)) as db, closing(sqlite3.connect(good)) as copy:
        db.backup(copy)
    over.type("log", "destroy", "24-janvier", "--yes")
    assert over.type("db", "restore", str(good), "--yes").status == 0
    assert over.type("log", "verify", "--json").document["destroyed"]["rows"] == 1


def test_what_was_interrupted_goes_on_when_it_is_typed_again(over: Desk) -> None:
    assert over.type("log", "destroy", "24-janvier", "--yes").status == 0
    late = over.folder / "occupier.db.20200101T000000Z.bak"
    late.write_text(SECRET)
    again = over.type("log", "destroy", "24-janvier", "--yes")
    assert again.status == 0
    assert "was destroyed already" in again.out
    assert not late.exists()


@contextmanager
def at_a_terminal(typed: str) -> Iterator[int]:
    """Give the end of a terminal that a program reads, where somebody typed this."""
    master, slave = pty.openpty()
    try:
        os.write(master, typed.encode())
        yield slave
    finally:
        os.close(master)
        os.close(slave)


def test_a_person_types_the_name_again(over: Desk) -> None:
    with at_a_terminal("24-janvier\n") as terminal:
        done = subprocess.run(over.line(["log", "destroy", "24-janvier"]), stdin=terminal, capture_output=True,
                              cwd=over.folder, env=over.variables({}), timeout=60)  # fmt: skip
    assert done.returncode == 0
    assert SECRET.encode() not in everything(over.folder)


@pytest.mark.parametrize("typed", ["oui\n", "\n"])
def test_anything_else_destroys_nothing(over: Desk, typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with at_a_terminal(typed) as terminal, open(terminal, encoding="utf-8", closefd=False) as keyboard:
        monkeypatch.setattr(sys, "stdin", keyboard)
        assert over.type("log", "destroy", "24-janvier").status == 1
    assert SECRET.encode() in everything(over.folder)


def test_a_script_must_say_that_it_means_it(over: Desk) -> None:
    typed = over.type("log", "destroy", "24-janvier")
    assert typed.status == 2
    assert "add --yes" in typed.err
    assert SECRET.encode() in everything(over.folder)


def test_it_is_refused_while_it_cannot_be_meant(desk: Desk, over: Desk) -> None:
    assert over.type("log", "destroy", "never", "--yes").status == 2
    with lock.holding(over.database):
        held = over.type("log", "destroy", "24-janvier", "--yes")
    assert held.status == 3
    assert "stop it first" in held.err
    over.type("strike", "declare", "autre", *DECLARE[3:])
    running = over.type("log", "destroy", "autre", "--yes")
    assert running.status == 2
    assert "is not over" in running.err


def test_a_day_of_destruction_is_declared_and_said(desk: Desk) -> None:
    typed = desk.type(*DECLARE, "--destroy-on", "2100-01-24")
    assert typed.status == 0
    assert "its log: to be destroyed Sunday 24 January 2100" in typed.out
    [strike] = desk.type("strike", "list", "--json").document["strikes"]
    assert strike["destroy_on"] == "2100-01-24"
    for wrong in ("2001-01-24", "demain", "2100-01-24T09:00"):
        refused = desk.type("strike", "declare", "autre", *DECLARE[3:], "--destroy-on", wrong)
        assert refused.status == 2, wrong


def test_the_account_that_the_daemon_wrote_goes_with_the_log(over: Desk) -> None:
    report = over.folder / "reports" / "24-janvier.html"
    report.parent.mkdir()
    report.write_text(SECRET, encoding="utf-8")
    typed = over.type("log", "destroy", "24-janvier", "--yes")
    assert (typed.status, report.exists()) == (0, False)
    assert "24-janvier.html was removed too" in typed.out
    refused = over.type("report", "24-janvier")
    assert (refused.status, "was destroyed" in refused.err) == (2, True)
