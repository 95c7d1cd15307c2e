"""The pages for people lead somewhere, stand in both languages, and keep the jargon to themselves."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from occupier.settings import load
from tests.docs.test_commands import ROOT, commands_in

PAIRS = {
    "la-veille-au-soir": "the-evening-before",
    "echelle": "ladder",
    "sans-cles": "without-keys",
    "messages": "messages",
    "greves": "strikes",
    "quand-ca-ne-va-pas": "when-something-goes-wrong",
    "risques": "risks",
    "check": "check",
    "rester-debout": "staying-up",
    "mastodon": "mastodon",
    "x": "x",
    "facebook": "facebook",
}
PAGES = sorted([*ROOT.glob("docs/**/*.md"), ROOT / "README.md", ROOT / "README.en.md"])
FOR_PEOPLE = [
    ROOT / "docs" / part for french, english in PAIRS.items() for part in (f"fr/{french}.md", f"en/{english}.md")
]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
JARGON = re.compile(r"\b(lanes?|baselines?|ceilings?|half-open|API endpoint|cron)\b", re.IGNORECASE)


def links() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for target in LINK.findall(page.read_text(encoding="utf-8")):
            if not target.startswith(("http:", "https:")):
                yield page.relative_to(ROOT).as_posix(), target


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles}


@pytest.mark.parametrize(("page", "target"), sorted(set(links())))
def test_every_link_and_every_picture_leads_somewhere(page: str, target: str) -> None:
    address, _, anchor = target.partition("#")
    found = (ROOT / page).parent / address if address else ROOT / page
    assert found.exists()
    assert not anchor or anchor in anchors(found)


def test_every_page_stands_in_both_languages_and_in_the_index() -> None:
    there = {path.relative_to(ROOT / "docs").as_posix() for path in ROOT.glob("docs/??/*.md")}
    wanted = {page.relative_to(ROOT / "docs").as_posix() for page in FOR_PEOPLE}
    assert there == wanted
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    assert [page for page in sorted(wanted) if f"({page})" not in index] == []


def begun(page: str) -> list[list[str]]:
    """Return how each command of a page begins, the name of the strike apart."""
    return [typed.replace("24-january", "24-janvier").split()[:2] for typed in commands_in(page)]


@pytest.mark.parametrize(("french", "english"), PAIRS.items())
def test_both_languages_have_the_same_commands_typed_and_the_same_sections(french: str, english: str) -> None:
    one, other = (
        (ROOT / "docs" / name).read_text(encoding="utf-8") for name in (f"fr/{french}.md", f"en/{english}.md")
    )
    assert begun(one) == begun(other)
    assert one.count("\n## ") == other.count("\n## ")


@pytest.mark.parametrize("page", FOR_PEOPLE, ids=lambda page: f"{page.parent.name}/{page.stem}")
def test_people_are_spared_the_jargon(page: Path) -> None:
    without_ids = re.sub(r"`[^`]*`", "", page.read_text(encoding="utf-8"))
    assert JARGON.findall(without_ids) == []


SETTINGS = [
    (page.relative_to(ROOT).as_posix(), block)
    for page in FOR_PEOPLE
    for block in re.findall(r"^```toml\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
]


@pytest.mark.parametrize(("page", "block"), SETTINGS)
def test_the_settings_shown_are_taken(page: str, block: str, tmp_path: Path) -> None:
    assert tomllib.loads(block)
    file = tmp_path / "settings.toml"
    file.write_text(f'timezone = "Europe/Paris"\n{block}', encoding="utf-8")
    assert load(file, {}, datetime(2026, 1, 1, tzinfo=UTC)).setup.zone.key == "Europe/Paris"
