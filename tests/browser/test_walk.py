"""Every page, in both languages, with and without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.reader import Reader, reading
from tests.web.newsdesk import Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SERIOUS = {"serious", "critical"}
MOST_PAGES = 60


def walk(reader: Reader) -> list[str]:
    """Follow every link from the overview on, once; return where one was."""
    ahead = ["/"]
    seen: list[str] = []
    while ahead and len(seen) < MOST_PAGES:
        path = ahead.pop(0)
        assert reader.open(path) == 200, path
        seen.append(path)
        ahead += sorted(link for link in reader.links() if link not in (*seen, *ahead) and "lang=" not in link)
        check(reader, path)
    return seen


def check(reader: Reader, path: str) -> None:
    assert reader.complaints == [], path
    if "html" not in reader.page.evaluate("document.contentType"):
        return
    assert reader.page.locator("h1").count() == 1, path
    width = reader.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, f"{path} is {width} wide on a phone"


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_that_a_link_leads_to_is_there(
    browser: Browser, visitor: Visitor, language: str, scripts: bool
) -> None:
    with reading(browser, visitor.port, language, scripts=scripts) as reader:
        seen = walk(reader)
        assert reader.language == language or "html" not in reader.page.evaluate("document.contentType")
    assert {"/", "/register", "/check", "/strikes", "/accounts", "/feeds"} <= set(seen)
    assert len(seen) < MOST_PAGES


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_the_way_of_anybody(browser: Browser, visitor: Visitor, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    found = []
    with reading(browser, visitor.port) as reader:
        reader.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        for path in ("/", "/register", "/check", "/strikes", "/accounts", "/feeds", "/articles/1", "/login", "/nope"):
            reader.open(path)
            violations = Axe().run(reader.page).response["violations"]
            found += [
                (path, v["id"], v["nodes"][0]["html"], v["nodes"][0].get("failureSummary"))
                for v in violations
                if v["impact"] in SERIOUS
            ]
    assert found == []
