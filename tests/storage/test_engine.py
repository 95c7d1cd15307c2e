from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from occupier.storage import migrate
from occupier.storage.engine import enter_wal


def mode(path: Path) -> str:
    with closing(sqlite3.connect(path)) as db:
        return str(db.execute("PRAGMA journal_mode").fetchone()[0])


def impatient(path: Path) -> sqlite3.Connection:
    """A connection that SQLite refuses at once, as it does of two that change the mode together."""
    return sqlite3.connect(path, timeout=0)


class TestTheChangeToWal:
    def test_is_tried_again_where_sqlite_itself_does_not_wait(self, tmp_path: Path) -> None:
        path = tmp_path / "a.db"
        with closing(sqlite3.connect(path, isolation_level=None)) as reader, closing(impatient(path)) as other:
            reader.execute("CREATE TABLE t (a)")
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM t").fetchall()
            waits: list[float] = []

            def reader_goes(seconds: float) -> None:
                waits.append(seconds)
                reader.execute("COMMIT")

            enter_wal(other, wait=reader_goes)
            assert len(waits) == 1
        assert mode(path) == "wal"

    def test_gives_up_after_its_time(self, tmp_path: Path) -> None:
        path = tmp_path / "a.db"
        with closing(sqlite3.connect(path, isolation_level=None)) as reader, closing(impatient(path)) as other:
            reader.execute("CREATE TABLE t (a)")
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM t").fetchall()
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                enter_wal(other, busy_ms=0)

    def test_is_made_with_the_database_before_a_second_process_can_meet_it(self, tmp_path: Path) -> None:
        path = tmp_path / "a.db"
        migrate.create_if_missing(path)
        assert mode(path) == "wal"
