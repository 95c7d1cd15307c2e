"""A real browser on the review page. Without Chromium these tests are skipped, unless BROWSER_TESTS=required."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from occupier.domain.action import State
from occupier.speech import set_language
from tests.browser.reader import Tabs
from tests.web.newsdesk import EVIL, Door, Newsdesk, Visitor, standing

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_MISSING = "there is no Chromium here to look at the review page with: apt-get install chromium"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def tabs() -> Iterator[Tabs]:
    """Chromium, for a module: while it is open its driver holds the thread's loop, which other tests may want."""
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None and os.environ.get("BROWSER_TESTS") == "required":
        pytest.fail(_MISSING)
    if found is None:
        pytest.skip(_MISSING)
    # as root, in a container, Chromium's own sandbox cannot be set up; it only ever sees our pages here
    alone = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=found, args=[*alone, "--disable-dev-shm-usage"])
        yield Tabs(opened)
        opened.close()


@pytest.fixture(scope="session")
def door() -> Iterator[Door]:
    with standing() as found:
        yield found


@pytest.fixture
def desk(tmp_path: Path, door: Door) -> Iterator[Newsdesk]:
    made = Newsdesk(tmp_path, door)
    set_language("fr")
    for n in range(3):
        made.journal.sent(made.journal.action(made.target, made.strike), str(12345 + n))
    made.uncertain(f"Un titre {EVIL}")
    made.held("Un autre titre")
    missed = made.journal.article(title="Personne ne l’a dit")
    made.journal.action(made.target, made.strike, article=missed, state=State.MISSED)
    yield made
    made.close()


@pytest.fixture
def visitor(desk: Newsdesk) -> Iterator[Visitor]:
    """The page, where no secret is set."""
    with desk.open() as found:
        yield found
