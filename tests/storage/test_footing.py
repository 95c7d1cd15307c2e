from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from occupier.domain.errors import DatabaseError
from occupier.storage import migrate
from occupier.storage.erasing import scrub
from occupier.storage.store import SqlStore
from tests.storage.journal import Journal

PAGE = 4096


def write(store: SqlStore) -> None:
    with store.writing() as tx:
        tx.runtime.set("k", "v")


def read(store: SqlStore) -> None:
    with store.reading() as tx:
        tx.strikes.all()


WAYS: list[Callable[[SqlStore], object]] = [write, read, SqlStore.changed, lambda store: store.pulse({"k": "v"})]


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_written_into_a_file_that_is_gone(journal: Journal, way: Callable[[SqlStore], object]) -> None:
    write(journal.store)
    journal.path.unlink()
    with pytest.raises(DatabaseError, match="is out of reach"):
        way(journal.store)
    assert not journal.path.exists()


def test_a_file_that_comes_back_is_gone_on_with(journal: Journal, tmp_path: Path) -> None:
    write(journal.store)
    away = journal.path.rename(journal.path.with_name("away"))
    with pytest.raises(DatabaseError):
        write(journal.store)
    away.rename(journal.path)
    write(journal.store)


@pytest.mark.parametrize("way", WAYS)
def test_another_file_in_its_place_is_not_taken_for_it(journal: Journal, way: Callable[[SqlStore], object]) -> None:
    write(journal.store)
    other = shutil.copy(journal.path, journal.path.with_name("other"))
    os.replace(other, journal.path)
    before = journal.path.read_bytes()
    with pytest.raises(DatabaseError, match="was replaced"):
        way(journal.store)
    assert journal.path.read_bytes() == before


def test_a_file_that_got_smaller_is_not_written_to(journal: Journal) -> None:
    write(journal.store)
    os.truncate(journal.path, journal.path.stat().st_size - PAGE)
    for _ in range(2):
        with pytest.raises(DatabaseError, match="is damaged"):
            write(journal.store)


def spoil(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(PAGE)
        file.write(random.Random(7).randbytes(path.stat().st_size - PAGE))


def test_once_damage_is_found_nothing_is_written_even_where_it_could_be(path: Path, journal: Journal) -> None:
    journal.store.close()
    sound = path.read_bytes()
    with closing(SqlStore(path, journal.clock)) as store:
        read(store)
        spoil(path)
        with pytest.raises(DatabaseError, match=r"cannot be used|is damaged"):
            write(store)
        path.write_bytes(sound)
        with pytest.raises(DatabaseError, match="nothing more is written"):
            write(store)


def test_who_is_about_to_write_looks_first_whether_the_database_is_sound(path: Path) -> None:
    migrate.create_if_missing(path)
    with closing(sqlite3.connect(path)) as db:
        page = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'events'").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(b"\xff" * PAGE)
    before = path.read_bytes()
    with pytest.raises(DatabaseError, match="does not begin"):
        migrate.create_if_missing(path)
    assert path.read_bytes() == before


def test_a_connection_that_cannot_write_is_not_kept(journal: Journal) -> None:
    with journal.store._engine.connect() as pooled:
        pooled.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(DatabaseError, match="readonly"):
        write(journal.store)
    write(journal.store)


def test_a_file_that_was_written_anew_and_is_smaller_is_gone_on_with(journal: Journal) -> None:
    with journal.writing() as tx:
        for n in range(2000):
            tx.runtime.set(f"k{n}", "v" * 200)
    with journal.writing() as tx:
        for n in range(2000):
            tx.runtime.set(f"k{n}", None)
    with closing(sqlite3.connect(journal.path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    write(journal.store)
    before = journal.path.stat().st_size
    scrub(journal.path)
    assert journal.path.stat().st_size < before
    write(journal.store)
    read(journal.store)
