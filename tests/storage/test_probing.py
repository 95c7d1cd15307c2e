"""The database, looked at before it is needed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from occupier.domain.errors import DatabaseError
from occupier.storage.probing import probe


def test_a_sound_database_passes_and_is_left_as_it_was(path: Path) -> None:
    before = path.read_bytes()
    probe(path)
    assert path.read_bytes() == before


def test_one_that_somebody_writes_to_at_this_moment_can_be_written_to(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        probe(path)


def test_one_that_may_only_be_read_says_so(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
    data = bytearray(path.read_bytes())
    data[18] = 99  # a version of the format that this SQLite may read, and not write
    path.write_bytes(data)
    with pytest.raises(DatabaseError, match="cannot be written to"):
        probe(path)


def test_a_damaged_one_says_so(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:12288] = b"\xff" * 8192
    path.write_bytes(data)
    with pytest.raises(DatabaseError, match="damaged"):
        probe(path)


def test_one_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="There is no database"):
        probe(tmp_path / "none.db")
