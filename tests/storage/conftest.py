from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.storage.journal import Journal, empty_journal_at


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new database, made once; tests work on copies of it."""
    return empty_journal_at(tmp_path_factory.mktemp("fresh") / "occupier.db")


@pytest.fixture
def path(fresh: Path, tmp_path: Path) -> Path:
    # a name that an address would have to quote
    folder = tmp_path / "journal d’été 100%?#"
    folder.mkdir()
    return Path(shutil.copy(fresh, folder / "occupier é.db"))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def journal(path: Path, clock: FakeClock) -> Iterator[Journal]:
    journal = Journal(path, clock)
    yield journal
    journal.store.close()
