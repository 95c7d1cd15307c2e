from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from occupier.speech import set_language
from tests.web.newsdesk import Newsdesk, Visitor


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Newsdesk]:
    made = Newsdesk(tmp_path)
    set_language("fr")
    yield made
    made.close()


@pytest.fixture
def visitor(desk: Newsdesk) -> Iterator[Visitor]:
    """Somebody on the page, where no secret is set."""
    with desk.open() as found:
        yield found
