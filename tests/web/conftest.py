from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from occupier.speech import set_language
from tests.web.newsdesk import Door, Newsdesk, Visitor, standing


@pytest.fixture(scope="session")
def door() -> Iterator[Door]:
    with standing() as found:
        yield found


@pytest.fixture
def desk(tmp_path: Path, door: Door) -> Iterator[Newsdesk]:
    made = Newsdesk(tmp_path, door)
    set_language("fr")
    yield made
    made.close()


@pytest.fixture
def visitor(desk: Newsdesk) -> Iterator[Visitor]:
    """Somebody on the page, where no secret is set."""
    with desk.open() as found:
        yield found
