from __future__ import annotations

import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import create_engine, inspect

from occupier.domain.errors import DatabaseError
from occupier.storage import migrate
from occupier.storage.engine import database_url
from occupier.storage.migrate import HEAD, Standing, revisions
from occupier.storage.schema import TRIGGERS, metadata
from occupier.storage.standings import STANDINGS_TRIGGERS
from occupier.storage.store import SqlStore
from occupier.storage.words import WORDS_TRIGGERS
from tests.fakes import START, FakeClock

SECOND = timedelta(seconds=1)


def as_it_is(_made: Path) -> None:
    """Prepare nothing."""


def note(path: Path, value: str) -> None:
    with closing(SqlStore(path, FakeClock())) as store, store.writing() as tx:
        tx.runtime.set("note", value)


def noted(path: Path) -> str | None:
    with closing(sqlite3.connect(path)) as db:
        row = db.execute("SELECT value FROM runtime WHERE key = 'note'").fetchone()
        return str(row[0]) if row else None


def is_described(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out the tables that SQLite's full-text search makes for itself."""
    return kind != "table" or re.fullmatch("words(_.*)?", name or "") is None


def stamp(path: Path, revision: str) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE alembic_version SET version_num = ?", (revision,))


def copies(path: Path) -> list[Path]:
    return sorted(p for p in path.parent.iterdir() if p.name.endswith(".bak"))


class TestSchema:
    def test_the_migrations_make_what_the_code_describes(self, fresh: Path) -> None:
        from alembic.autogenerate import compare_metadata
        from alembic.migration import MigrationContext

        engine = create_engine(database_url(fresh))
        with engine.connect() as db:
            options = {"compare_type": True, "include_name": is_described}
            assert compare_metadata(MigrationContext.configure(db, opts=options), metadata) == []
            triggers = db.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            made = {str(row[0]): str(row[1]) for row in triggers}
        engine.dispose()
        assert made == {**TRIGGERS, **WORDS_TRIGGERS, **STANDINGS_TRIGGERS}

    def test_constraints_and_defaults_are_the_same_too(self, fresh: Path, tmp_path: Path) -> None:
        described = tmp_path / "described.db"
        engine = create_engine(database_url(described))
        metadata.create_all(engine)
        engine.dispose()

        def shape(path: Path) -> dict[str, list[object]]:
            engine = create_engine(database_url(path))
            seen = inspect(engine)
            found: dict[str, list[object]] = {
                table: [
                    {c["name"]: (str(c["type"]), c["nullable"], c["default"]) for c in seen.get_columns(table)},
                    seen.get_pk_constraint(table),
                    *(sorted(re.sub(" at 0x\\w+", "", str(x)) for x in read(table)) for read in (
                        seen.get_check_constraints, seen.get_unique_constraints, seen.get_foreign_keys,
                        seen.get_indexes,
                    )),
                ]
                for table in seen.get_table_names()
                if table != "alembic_version" and is_described(table, "table", {})
            }  # fmt: skip
            engine.dispose()
            return found

        assert shape(described) == shape(fresh)

    def test_the_revision_of_the_code_is_that_of_the_scripts(self) -> None:
        from alembic.script import ScriptDirectory

        assert ScriptDirectory.from_config(migrate.alembic_config()).get_heads() == [HEAD]


class TestStanding:
    def test_missing_empty_and_current(self, tmp_path: Path) -> None:
        path = tmp_path / "occupier.db"
        assert migrate.standing(path) is Standing.MISSING
        with pytest.raises(DatabaseError, match="no database at"):
            migrate.require_current(path)
        assert not path.exists()
        path.touch()
        assert migrate.standing(path) is Standing.MISSING
        migrate.create_if_missing(path)
        migrate.create_if_missing(path)
        assert migrate.standing(path) is Standing.CURRENT
        assert path.stat().st_mode & 0o777 == 0o600
        migrate.require_current(path)
        assert migrate.upgrade(path, START) is None
        assert copies(path) == []

    def test_newer_is_refused_everywhere(self, path: Path) -> None:
        stamp(path, "9999")
        for act in (
            migrate.require_current,
            lambda p: migrate.upgrade(p, START),
            lambda p: migrate.replace_by(p, p, START, as_it_is),
        ):
            with pytest.raises(DatabaseError, match="newer"):
                act(path)
        migrate.create_if_missing(path)  # left as it is
        assert migrate.standing(path) is Standing.NEWER

    def test_older_is_said_and_upgraded_after_a_copy(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        note(path, "kept")
        monkeypatch.setattr(revisions, "HEAD", "0002")
        assert migrate.standing(path) is Standing.OLDER
        with pytest.raises(DatabaseError, match="older.*occupier db upgrade"):
            migrate.require_current(path)
        saved = migrate.upgrade(path, START)
        assert saved == path.with_name(f"{path.name}.20261120T120000Z.bak")
        assert noted(path) == "kept"

    def test_a_migration_that_would_lose_what_rows_refer_to_changes_nothing(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("INSERT INTO article_keys VALUES ('link', 0, 'x', 99)")
        monkeypatch.setattr(revisions, "HEAD", "0002")
        with pytest.raises(DatabaseError, match="1 rows lost what they refer to"):
            migrate.upgrade(path, START)

    def test_a_database_that_lost_its_revision_is_refused_and_left(self, path: Path) -> None:
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("DELETE FROM alembic_version")
        assert migrate.standing(path) is Standing.MISSING
        with pytest.raises(DatabaseError, match="cannot be made"):
            migrate.upgrade(path, START)

    def test_of_another_program(self, tmp_path: Path) -> None:
        path = tmp_path / "other.db"
        with closing(sqlite3.connect(path)) as db:
            db.execute("CREATE TABLE t (x)")
        with pytest.raises(DatabaseError, match="not one of occupier's"):
            migrate.standing(path)

    def test_damaged_or_no_file_at_all(self, path: Path, tmp_path: Path) -> None:
        path.write_bytes(b"\x00damaged" * 999)
        for act in (migrate.standing, migrate.create_if_missing):
            with pytest.raises(DatabaseError, match="cannot be read"):
                act(path)
        with pytest.raises(DatabaseError, match="cannot be read"):
            migrate.standing(tmp_path)
        assert migrate.check(path) == ["file is not a database"]

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(DatabaseError, match="cannot be made"):
            migrate.create_if_missing(tmp_path / "missing" / "occupier.db")

    def test_two_who_make_it_at_once_make_it_once(self, tmp_path: Path) -> None:
        path, gate = tmp_path / "occupier.db", Barrier(4)

        def make(_: int) -> None:
            gate.wait()
            migrate.create_if_missing(path)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(make, range(4)))
        assert migrate.standing(path) is Standing.CURRENT
        assert migrate.check(path) == []


class TestCopies:
    def test_what_is_still_in_the_wal_is_in_the_copy(self, path: Path) -> None:
        with closing(SqlStore(path, FakeClock())) as store:
            with store.writing() as tx:
                tx.runtime.set("note", "in the WAL")
            assert path.with_name(path.name + "-wal").stat().st_size > 0
            saved = migrate.copy(path, START)
        assert noted(saved) == "in the WAL"
        assert saved.stat().st_mode & 0o777 == 0o600

    def test_the_last_three_are_kept(self, path: Path) -> None:
        stranger = path.with_name("other.20200101T000000Z.bak")
        stranger.touch()
        made = [migrate.copy(path, START + n * SECOND) for n in range(5)]
        assert copies(path) == [*made[2:], stranger]

    def test_two_in_one_second_are_two(self, path: Path) -> None:
        assert migrate.copy(path, START) != migrate.copy(path, START)
        assert len(copies(path)) == 2

    def test_a_clock_set_back_does_not_cost_the_copy_just_made(self, path: Path) -> None:
        for n in range(3):
            migrate.copy(path, START + n * SECOND)
        saved = migrate.copy(path, START - 3600 * SECOND)
        assert saved.exists()

    def test_a_lost_database_leaves_no_empty_copy(self, path: Path) -> None:
        path.unlink()
        with pytest.raises(DatabaseError, match="cannot be copied"):
            migrate.copy(path, START)
        assert list(path.parent.iterdir()) == []


class TestReplace:
    def test_the_saved_one_takes_the_place_of_the_present_one_which_is_kept(self, path: Path) -> None:
        note(path, "old")
        saved = migrate.copy(path, START)
        note(path, "new")
        kept = migrate.replace_by(path, saved, START + SECOND, as_it_is)
        assert noted(path) == "old"
        assert kept is not None
        assert noted(kept) == "new"
        assert noted(saved) == "old"

    def test_the_oldest_copy_survives_its_own_restoration(self, path: Path) -> None:
        note(path, "oldest")
        saved = migrate.copy(path, START)
        for n in (1, 2):
            note(path, str(n))
            migrate.copy(path, START + n * SECOND)
        kept = migrate.replace_by(path, saved, START + 3 * SECOND, as_it_is)
        assert noted(path) == noted(saved) == "oldest"
        assert kept is not None
        assert noted(kept) == "2"

    def test_a_copy_of_this_very_second_is_not_written_over(self, path: Path) -> None:
        note(path, "old")
        saved = migrate.copy(path, START)
        note(path, "new")
        migrate.replace_by(path, saved, START, as_it_is)
        assert noted(path) == noted(saved) == "old"

    def test_it_works_where_there_is_none(self, path: Path, tmp_path: Path) -> None:
        note(path, "x")
        assert migrate.replace_by(tmp_path / "new.db", path, START, as_it_is) is None
        assert noted(tmp_path / "new.db") == "x"

    def test_what_is_unsound_is_refused_and_nothing_changes(self, path: Path, tmp_path: Path) -> None:
        note(path, "present")
        empty, foreign = tmp_path / "empty.db", tmp_path / "foreign.db"
        empty.touch()
        foreign.write_bytes(b"x" * 5000)
        for bad, said in ((tmp_path / "none", "no file"), (empty, "not a sound"), (foreign, "cannot be read")):
            with pytest.raises(DatabaseError, match=said):
                migrate.replace_by(path, bad, START, as_it_is)
        torn = migrate.copy(path, START)
        with closing(sqlite3.connect(torn)) as db, db:
            db.execute("INSERT INTO article_keys VALUES ('link', 0, 'x', 99)")
        with pytest.raises(DatabaseError, match="not a sound"):
            migrate.replace_by(path, torn, START, as_it_is)
        assert noted(path) == "present"
        assert migrate.check(torn) == ["article_keys None -> articles"]

    def test_what_is_no_database_any_more_is_set_aside(self, path: Path) -> None:
        note(path, "saved")
        saved = migrate.copy(path, START)
        path.write_bytes(b"no database" * 1000)
        kept = migrate.replace_by(path, saved, START + SECOND, as_it_is)
        assert noted(path) == "saved"
        assert kept is not None
        assert kept.read_bytes().startswith(b"no database")
        assert not list(path.parent.glob("*.restoring*"))
