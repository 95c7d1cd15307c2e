"""Pages quote messages as occupier says them, and both languages have the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from occupier.domain.connecting import revoking

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "occupier" / "speech" / "locale" / "fr" / "LC_MESSAGES" / "occupier.po"
NETWORKS = ("mastodon", "x", "facebook")
CONNECTING = [f"{language}/{network}.md" for language in ("fr", "en") for network in NETWORKS]
AT_NIGHT = ("fr/quand-ca-ne-va-pas.md", "en/when-something-goes-wrong.md")


@pytest.fixture(scope="module")
def said() -> Mapping[str, list[re.Pattern[str]]]:
    """What occupier says in each language, whatever stands in for the placeholders."""
    with CATALOGUE.open("rb") as file:
        messages = [(m.id, m.string) for m in read_po(file) if m.id and not m.pluralizable]
    return {"fr": [_pattern(str(french)) for _, french in messages], "en": [_pattern(str(id_)) for id_, _ in messages]}


def _pattern(message: str) -> re.Pattern[str]:
    words = [re.escape(_plain(part)) for part in re.split(r"\{\w+\}", message)]
    # A placeholder alone would match anything.
    return re.compile(".+".join(words)) if len("".join(words)) > 10 else re.compile(re.escape(message))


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def quoted(page: str) -> list[str]:
    return [line[2:] for line in (ROOT / "docs" / page).read_text().splitlines() if line.startswith("> ")]


@pytest.mark.parametrize("page", [*CONNECTING, *AT_NIGHT])
def test_every_message_quoted_is_one_that_occupier_says(page: str, said: Mapping[str, list[re.Pattern[str]]]) -> None:
    known = said[page[:2]]
    assert quoted(page)
    assert [message for message in quoted(page) if not any(one.fullmatch(_plain(message)) for one in known)] == []


@pytest.mark.parametrize("network", NETWORKS)
def test_both_languages_answer_the_same_messages(network: str) -> None:
    assert len(quoted(f"fr/{network}.md")) == len(quoted(f"en/{network}.md"))


def test_both_languages_answer_the_same_messages_of_the_night() -> None:
    french, english = map(quoted, AT_NIGHT)
    assert len(french) == len(english) >= 20


@pytest.mark.parametrize("page", CONNECTING)
def test_every_page_says_where_the_access_is_taken_away(page: str) -> None:
    host = {"fr": "le-serveur", "en": "the-server"}[page[:2]]
    address = revoking(Path(page).stem, host)
    assert address in (ROOT / "docs" / page).read_text()
