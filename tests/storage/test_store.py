from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from occupier.domain.errors import DatabaseError, UnknownName
from occupier.domain.ports import LogQuery, Pause
from occupier.storage import migrate
from occupier.storage.store import SqlStore
from tests.fakes import START, FakeClock
from tests.storage.journal import Journal

needs_rights = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")


@contextmanager
def hurried(path: Path) -> Iterator[SqlStore]:
    with closing(SqlStore(path, FakeClock(), busy_ms=20)) as store:
        yield store


def written(store: SqlStore) -> None:
    with store.writing() as tx:
        tx.pauses.add(Pause(None, "person", "x", START))


def read(store: SqlStore) -> None:
    with store.reading() as tx:
        list(tx.register.records(LogQuery()))


def alive(store: SqlStore) -> None:
    store.pulse({"heartbeat": "1"})


EVERY_WAY: list[Callable[[SqlStore], object]] = [written, read, alive, SqlStore.changed]


def test_the_file_is_opened_safely(journal: Journal) -> None:
    with journal.store._engine.connect() as db:
        found = {
            name: db.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "busy_timeout")
        }
    assert found == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1, "busy_timeout": 5000,
    }  # fmt: skip


def test_an_exception_undoes_the_whole(journal: Journal) -> None:
    with suppress(UnknownName), journal.writing() as tx:
        tx.runtime.set("k", "v")
        tx.strikes.get("none")
    with journal.store.reading() as tx:
        assert tx.runtime.get("k") is None


def test_a_snapshot_does_not_move(journal: Journal) -> None:
    with journal.store.reading() as tx:
        assert tx.runtime.get("k") is None
        with journal.writing() as other:
            other.runtime.set("k", "v")
        assert tx.runtime.get("k") is None
    with journal.store.reading() as tx:
        assert tx.runtime.get("k") == "v"


def test_the_clock_is_read_after_the_wait_for_the_lock(journal: Journal) -> None:
    with journal.writing() as tx:
        journal.clock.advance(60)
        assert tx.now == START
    with journal.writing() as tx:
        assert tx.now == journal.clock.now()


def test_changes_by_anybody_are_seen_once(journal: Journal) -> None:
    journal.store.changed()
    assert not journal.store.changed()
    written(journal.store)
    assert journal.store.changed()
    assert not journal.store.changed()
    with closing(sqlite3.connect(journal.path)) as db, db:
        db.execute("INSERT INTO runtime VALUES ('k', 'v')")
    assert journal.store.changed()
    assert not journal.store.changed()


def test_a_sign_of_life_is_no_news_to_its_own_process(path: Path) -> None:
    with hurried(path) as daemon, hurried(path) as command:
        for store in (daemon, command):
            store.changed()
        daemon.pulse({"heartbeat": "1"})
        daemon.pulse({"heartbeat": "2"})
        assert not daemon.changed()
        assert command.changed()
        with command.reading() as tx:
            assert tx.runtime.all() == {"heartbeat": "2"}
        written(command)
        assert daemon.changed()


def test_a_note_is_a_transaction_and_no_news_to_its_own_process(path: Path) -> None:
    with hurried(path) as daemon, hurried(path) as command:
        assert daemon.changed()
        assert command.changed()
        with daemon.noting() as tx:
            tx.runtime.set("k", "v")
        assert not daemon.changed()
        assert command.changed()
        with command.reading() as tx:
            assert tx.runtime.get("k") == "v"


@pytest.mark.parametrize("way", EVERY_WAY)
def test_a_database_locked_by_another_is_said(path: Path, way: Callable[[SqlStore], object]) -> None:
    with closing(sqlite3.connect(path)) as db, hurried(path) as store:
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DatabaseError, match="locked"):
            way(store)


def test_a_writer_elsewhere_stops_writers_and_no_reader(path: Path) -> None:
    with hurried(path) as store:
        written(store)
        with closing(sqlite3.connect(path)) as db:
            db.execute("BEGIN IMMEDIATE")
            with pytest.raises(DatabaseError, match="locked"):
                written(store)
            with pytest.raises(DatabaseError, match="locked"):
                alive(store)
            read(store)
            store.changed()
        written(store)


@pytest.mark.parametrize("way", EVERY_WAY)
def test_a_damaged_file_is_said(path: Path, way: Callable[[SqlStore], object]) -> None:
    path.write_bytes(b"not a database at all" * 500)
    with hurried(path) as store, pytest.raises(DatabaseError, match="not a database"):
        way(store)


@pytest.mark.parametrize("way", EVERY_WAY)
def test_a_folder_in_the_place_of_the_file_is_said(tmp_path: Path, way: Callable[[SqlStore], object]) -> None:
    with hurried(tmp_path) as store, pytest.raises(DatabaseError, match="unable to open"):
        way(store)


@needs_rights
def test_a_read_only_file_is_said(path: Path) -> None:
    path.chmod(0o400)
    with hurried(path) as store, pytest.raises(DatabaseError):
        written(store)


def test_a_file_of_another_program_is_said(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as db:
        db.execute("CREATE TABLE t (x)")
    with hurried(tmp_path / "other.db") as store, pytest.raises(DatabaseError, match="no such table"):
        read(store)


@pytest.mark.parametrize("name", ["a b.db", "100%.db", "é.db", "q?x=1.db", "#1.db", "%20.db"])
def test_any_name_will_do(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    migrate.create_if_missing(path)
    with closing(SqlStore(path, FakeClock())) as store:
        written(store)
        store.changed()
        saved = migrate.copy(path, START)
        assert {p.name for p in tmp_path.iterdir()} == {name, f"{name}-wal", f"{name}-shm", saved.name}
    assert migrate.check(path) == []
    assert migrate.standing(path) is migrate.Standing.CURRENT
