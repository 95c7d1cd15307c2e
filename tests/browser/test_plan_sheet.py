"""The plan as it is printed: one sheet, and the annex behind it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from occupier.domain.article import Entry
from occupier.domain.plan import Plan
from occupier.domain.ports import Fetched, Network, Parsed
from occupier.domain.setup import Account, FeedSource, Poster, Rule, RuleAction, Setup, Usual
from occupier.domain.strike import Strike
from occupier.report.plan import plan_sheet
from occupier.report.sheet_html import write
from occupier.services.eve.planning import Planning
from occupier.services.eve.previewing import Previewing
from occupier.speech import Language, set_language
from occupier.templates import JinjaTemplates
from tests.browser.reader import Tabs
from tests.fakes import FakeFetcher, FakeNetwork, FakeParser

if TYPE_CHECKING:
    from playwright.sync_api import Page

NOW = datetime(2026, 1, 23, 20, tzinfo=UTC)
TITLE = "Retraites : le Sénat examine le texte, article après article, dans une ambiance électrique"
FEED = FeedSource("une", "https://www.example.org/une.xml")
TEMPLATES = JinjaTemplates()


def plan(language: str) -> Plan:
    """A strike of three accounts, with rules, a price and every way to stop."""
    accounts = (
        Account("mastodon-une", "mastodon", "social.example"),
        Account("x-une", "x", "api.x.example", budget_microusd=5_000_000),
        Account("page-une", "facebook", "graph.example", remote_id="1234567890"),
    )
    rules = (
        Rule(RuleAction.ORDINARY, category=("Alerte", "Rectificatif")),
        Rule(RuleAction.HOLD, title=re.compile("(?i)nécrologie")),
    )
    setup = Setup(
        ZoneInfo("Europe/Paris"),
        language=language,
        feeds=(FEED,),
        accounts=accounts,
        rules=rules,
        pause_url="https://pad.example.org/p/greve-2401",
        usual=Usual(Poster.SERVICE, name="Echobox"),
    )
    start, url = NOW + timedelta(hours=12), "https://example.org/pourquoi"
    body, reason = "Assemblée générale de la rédaction du 23 janvier", "contre la réforme des retraites"
    ends = start + timedelta(hours=10)
    strike = Strike("24-janvier", start, ends, body, reason, NOW, url=url, destroy_on=date(2027, 1, 24))
    entries = tuple(
        Entry(f"{TITLE} ({n})", f"https://www.example.org/2026/{n}", summary="Un résumé. " * 20,
              published_at=NOW - n * timedelta(minutes=50))
        for n in range(90)
    )  # fmt: skip
    fetcher, parser = FakeFetcher(), FakeParser({b"feed": Parsed(entries)})
    fetcher.give(FEED.url, Fetched(b"feed"))
    networks: dict[str, Network] = {a.name: FakeNetwork(price=200_000 if a.platform == "x" else 0) for a in accounts}
    previewing = Previewing(fetcher, parser, TEMPLATES, networks, lambda: setup)
    return Planning(previewing, TEMPLATES, networks, lambda: setup).plan(strike, NOW)


@pytest.fixture(params=["fr", "en"])
def page(tabs: Tabs, tmp_path: Path, request: pytest.FixtureRequest) -> Page:
    language: Language = "en" if request.param == "en" else "fr"
    set_language(language)
    path = tmp_path / "plan.html"
    path.write_bytes(b"".join(write(plan_sheet(plan(language)))))
    set_language("fr")
    opened = tabs.page(scripts=True)
    opened.goto(path.as_uri())
    return opened


def test_it_prints_on_one_sheet_and_the_annex_behind_it(page: Page) -> None:
    assert _pages(page.pdf(prefer_css_page_size=True, print_background=True)) == 2
    page.locator(".annex").evaluate("annex => annex.remove()")
    assert _pages(page.pdf(prefer_css_page_size=True, print_background=True)) == 1


def test_it_fits_every_screen_and_axe_finds_nothing_serious(page: Page) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for width in (390, 820, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 900, "height": 844})
    assert page.locator(".p7 .wide").evaluate("wide => wide.scrollWidth <= wide.clientWidth")
    found = Axe().run(page).response["violations"]
    page.set_viewport_size({"width": 390, "height": 844})
    assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")] == []


def _pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))
