"""Texts for the usual tool's own field: its words for title and link, and room for a title."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from occupier.domain.errors import TemplateError
from occupier.domain.message import Voice
from occupier.domain.setup import Account
from occupier.domain.strike import LinkRule, Strike
from occupier.domain.tools import TITLE_ROOM, Tool, Where, ready_text
from occupier.platforms.lengths import FacebookRuler, XRuler
from occupier.templates import JinjaTemplates

START = datetime(2020, 1, 24, 8, 0, tzinfo=UTC)
STRIKE = Strike("g", START, START + timedelta(hours=10), "AG", "contre la réforme", START)
IFTTT = Tool("IFTTT", "{{EntryTitle}}", "{{EntryUrl}}")
TEMPLATES = JinjaTemplates()
SHIPPED = TEMPLATES.shipped("fr", default_who=True)


def voice(network: str = "x") -> Voice:
    ruler = FacebookRuler() if network == "facebook" else XRuler()
    return Voice(Account("", network, ""), "fr", ZoneInfo("Europe/Paris"), ruler, TEMPLATES)


@pytest.mark.parametrize("source", SHIPPED)
@pytest.mark.parametrize("network", ["x", "facebook"])
def test_a_whole_text_has_the_tools_words_once_each(source: str, network: str) -> None:
    ready = ready_text([source], STRIKE, voice(network), IFTTT, Where.WHOLE)
    assert (ready.text.count(IFTTT.title), ready.text.count(IFTTT.link)) == (1, 1)
    assert "contre la réforme" in ready.text
    assert "vendredi 24 janvier à 19h" in ready.text
    assert "{{ " not in ready.text


@pytest.mark.parametrize("source", SHIPPED)
def test_what_stands_beside_the_tools_own_text_has_neither_title_nor_link(source: str) -> None:
    for where in (Where.PREFIX, Where.SUFFIX):
        ready = ready_text([source], STRIKE, voice(), IFTTT, where)
        assert "Entry" not in ready.text
        assert "contre la réforme" in ready.text


def test_behind_the_tools_text_no_line_waits_for_a_title() -> None:
    ready = ready_text(
        ["Grève {{ strike.reason }}.\nÀ lire : {{ title }}\n{{ link }}"], STRIKE, voice(), IFTTT, Where.SUFFIX
    )
    assert ready.text == "Grève contre la réforme."
    before = ready_text(
        ["Grève {{ strike.reason }}.\nÀ lire : {{ title }}\n{{ link }}"], STRIKE, voice(), IFTTT, Where.PREFIX
    )
    assert before.text == "Grève contre la réforme.\nÀ lire :"


def test_a_link_that_a_wording_leaves_to_its_network_is_added_for_the_tool() -> None:
    ready = ready_text(["Grève {{ strike.reason }} : {{ title }}"], STRIKE, voice("facebook"), IFTTT, Where.WHOLE)
    assert ready.text.endswith("\n{{EntryUrl}}")


def test_a_strike_without_links_has_none_here_either() -> None:
    bare = Strike("g", START, STRIKE.ends_at, "AG", "contre la réforme", START, link=LinkRule.NONE)
    assert IFTTT.link not in ready_text(SHIPPED, bare, voice(), IFTTT, Where.WHOLE).text


def test_the_length_counts_a_link_as_the_network_does_and_the_rest_is_the_titles() -> None:
    ready = ready_text(["{{ title }} {{ link }}"], STRIKE, voice(), IFTTT, Where.WHOLE)
    assert (ready.length, ready.room) == (24, 256)


def test_the_first_wording_that_leaves_room_is_taken_and_the_roomiest_where_none_does() -> None:
    long, longer = "a" * 200 + " {{ link }}", "a" * 240 + " {{ link }}"
    fits = "court {{ link }}"
    assert ready_text([longer, fits, long], STRIKE, voice(), IFTTT, Where.WHOLE).text.startswith("court")
    roomiest = ready_text([longer, long], STRIKE, voice(), IFTTT, Where.WHOLE)
    assert roomiest.is_short_of_room
    assert 0 < roomiest.room < TITLE_ROOM


def test_what_is_too_long_without_any_title_says_so() -> None:
    assert ready_text(["a" * 300], STRIKE, voice(), IFTTT, Where.PREFIX).room < 0


def test_messages_that_cannot_be_rendered_are_an_error() -> None:
    with pytest.raises(TemplateError):
        ready_text(["{% nonsense %}"], STRIKE, voice(), IFTTT, Where.WHOLE)
