from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

from tests.fakes import FakeClock
from tests.services.newsroom import Newsroom, account, feed
from tests.storage.journal import empty_journal_at


@pytest.fixture(scope="session")
def empty_journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return empty_journal_at(tmp_path_factory.mktemp("journal") / "empty.db")


@pytest.fixture
def open_newsroom(tmp_path: Path, empty_journal: Path) -> Iterator[Callable[..., Newsroom]]:
    with ExitStack() as opened:

        def newsroom(*accounts: Any, feeds: Any = (), clock: FakeClock | None = None) -> Newsroom:
            path = tmp_path / "occupier.db"
            if not path.exists():
                copyfile(empty_journal, path)
            room = Newsroom(path, clock or FakeClock(), accounts or (account(),), feeds or (feed(),))
            opened.callback(room.close)
            return room

        yield newsroom


@pytest.fixture
def room(open_newsroom: Callable[..., Newsroom]) -> Newsroom:
    """One feed, one silent account."""
    return open_newsroom()
