from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from occupier.domain.errors import DatabaseError
from occupier.storage import erasing
from tests.storage.journal import Journal

WORDS = b"Un titre qui doit"


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def test_bytes_that_somebody_still_reads_are_not_called_gone(journal: Journal) -> None:
    journal.article(title=WORDS.decode())
    with closing(sqlite3.connect(journal.path)) as writer, writer:
        writer.execute("PRAGMA journal_mode")
        writer.execute("UPDATE articles SET title = ''")
    with closing(sqlite3.connect(journal.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchone()
        with pytest.raises(DatabaseError, match="could not be erased"):
            erasing.scrub(journal.path, busy_ms=10)
        assert WORDS in everything(journal.path.parent)
        reader.execute("COMMIT")
    erasing.scrub(journal.path, busy_ms=10)
    assert WORDS not in everything(journal.path.parent)
