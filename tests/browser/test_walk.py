"""Every page, in both languages, with and without scripts."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.reader import Reader, Tabs, reading
from tests.web.newsdesk import Visitor

pytestmark = pytest.mark.campaign  # every page, twice, with axe: Chromium takes half a minute

SERIOUS = {"serious", "critical"}
MOST_LINKS = 60
KINDS = {"/", "/register", "/check", "/strikes", "/accounts", "/feeds", "/articles/0", "/strikes/retraites/unannounced"}


def kind(path: str) -> str:
    """Return what its page has in common with others: one look at each kind is a look at the whole of it."""
    return re.sub(r"\d+", "0", urlsplit(path).path) + ("?" if urlsplit(path).query else "")


def walk(reader: Reader) -> set[str]:
    """Look at every kind of page, once, and ask for every other that a link leads to; return the kinds."""
    ahead = ["/"]
    seen: dict[str, str] = {}
    for path in ahead:
        if kind(path) in seen:
            assert reader.ask(path) == 200, path
            continue
        assert reader.open(path) == 200, path
        seen[kind(path)] = path
        for file in reader.links("a[download]"):
            assert reader.ask(file) == 200, file
        ahead += sorted(link for link in reader.links() if link not in ahead and "lang=" not in link)
        assert len(ahead) < MOST_LINKS
        check(reader, path)
    return set(seen)


def check(reader: Reader, path: str) -> None:
    assert reader.complaints == [], path
    if reader.is_page:
        headings, width = reader.page.evaluate(
            "[document.querySelectorAll('h1').length, document.documentElement.scrollWidth]"
        )
        assert headings == 1, path
        assert width <= 390, f"{path} is {width} wide on a phone"


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_that_a_link_leads_to_is_there(tabs: Tabs, visitor: Visitor, language: str, scripts: bool) -> None:
    with reading(tabs, visitor.port, language, scripts=scripts) as reader:
        assert walk(reader) >= KINDS
        reader.open("/")
        assert reader.language == language


def test_nothing_stands_in_the_way_of_anybody(tabs: Tabs, visitor: Visitor) -> None:
    from axe_playwright_python.sync_playwright import Axe

    axe, found = Axe(), []
    with reading(tabs, visitor.port) as reader:
        for path in ("/", "/register", "/check", "/strikes", "/accounts", "/feeds", "/articles/1", "/login", "/nope"):
            # no movement: a colour on its way to another is neither
            reader.page.emulate_media(color_scheme="light", reduced_motion="reduce")
            reader.open(path)
            found += complaints(path, axe.run(reader.page, options=BRIEFLY).response)
            reader.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
            found += complaints(f"{path} in the dark", axe.run(reader.page, options=COLOURS).response)
    assert found == []


BRIEFLY = {"resultTypes": ["violations"]}
COLOURS = {**BRIEFLY, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""In the dark only the colours are others."""


def complaints(path: str, response: dict[str, Any]) -> list[tuple[str, ...]]:
    assert response["passes"], path
    return [
        (path, v["id"], v["nodes"][0]["html"], v["nodes"][0].get("failureSummary", ""))
        for v in response["violations"]
        if v["impact"] in SERIOUS
    ]
