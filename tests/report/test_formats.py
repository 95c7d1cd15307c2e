"""One document in three formats: each says everything, and nothing in it acts."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from occupier.report import FORMATS, write
from occupier.report.document import Paragraph, Substitutions
from tests.report.conftest import ARABIC, CHINESE, EMOJI, HOSTILE, told
from tests.services.newsroom import Newsroom


class Page(HTMLParser):
    """What a browser would see: elements, addresses, words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.attributes: list[str] = []
        self.words = ""
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag not in ("meta", "line", "rect", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def written(room: Newsroom, ending: str, language: str = "en") -> bytes:
    with told(room, language) as document:
        return b"".join(write(document, ending))


def page(room: Newsroom, language: str = "en") -> Page:
    return Page(written(room, ".html", language).decode())


class TestHtml:
    def test_every_element_is_closed_and_none_acts_or_fetches(self, over: Newsroom) -> None:
        seen = page(over)
        assert seen.open == []
        assert not {"script", "link", "img", "iframe", "form"} & set(seen.tags)
        assert not [name for name in seen.attributes if name.startswith("on")]
        assert all(link.startswith(("https://www.example.org/", "https://social.example/")) for link in seen.links)

    def test_the_policy_forbids_what_a_mistake_might_let_in(self, over: Newsroom) -> None:
        assert "default-src 'none'" in written(over, ".html").decode()

    def test_every_title_is_there_as_it_is(self, over: Newsroom) -> None:
        words = page(over).words
        for title in (HOSTILE, ARABIC, EMOJI, CHINESE):
            assert title in words

    def test_no_style_is_ended_by_a_name(self, over: Newsroom) -> None:
        text = written(over, ".html").decode()
        assert text.count("</style>") == 1

    def test_it_prints_on_a4_with_running_heads(self, over: Newsroom) -> None:
        text = written(over, ".html").decode()
        assert "size: A4" in text
        assert "counter(page)" in text

    @pytest.mark.parametrize(
        ("language", "title"), [("fr", "Compte rendu de la grève"), ("en", "Account of the strike")]
    )
    def test_it_speaks_both_languages(self, over: Newsroom, language: str, title: str) -> None:
        text = written(over, ".html", language).decode()
        assert f'<html lang="{language}">' in text
        assert f"<title>{title}" in text


class TestSaid:
    def said(self, room: Newsroom) -> str:
        return re.sub(r"\s+", " ", page(room).words)

    def test_decision_figures_and_end(self, over: Newsroom) -> None:
        said = self.said(over)
        assert "Assemblée générale" in said
        assert "la rédaction" in said
        assert "0 strike posts were begun after the end" in said
        assert "1 article was announced by no account" in said
        assert "left to the usual tool by a rule" in said

    def test_pauses_are_said_in_quarters_of_an_hour(self, over: Newsroom) -> None:
        hours = re.findall(
            r"paused by decision\s*\(hours\s*rounded\s*to\s*a\s*quarter\)\s*all\s*\S+, \d\d:(\d\d)\s*\S+, \d\d:(\d\d)",
            page(over).words,
        )
        assert hours
        assert all(int(minute) % 15 == 0 for found in hours for minute in found)

    def test_the_ledgers_head_is_the_journals(self, over: Newsroom) -> None:
        [(head,)] = over.rows("SELECT hash FROM events ORDER BY seq DESC LIMIT 1")
        assert head in self.said(over)

    def test_a_strike_that_runs_says_so(self, room: Newsroom) -> None:
        room.occupied()
        said = self.said(room)
        assert "The strike is running until" in said
        assert "begun after the end" not in said

    def test_each_substitution_has_both_texts(self, over: Newsroom) -> None:
        for _usual, payload in over.rows("SELECT ordinary_text, json_extract(payload, '$.text') FROM actions"):
            if payload:
                assert payload.splitlines()[0] in page(over).words


class TestMarkdown:
    def test_what_would_be_markup_is_escaped(self, over: Newsroom) -> None:
        text = written(over, ".md").decode()
        assert "**gras**" not in text
        assert "<script>" not in text
        assert "](javascript:" not in text.replace("\\", "").replace("[lien](javascript:x)", "")
        assert r"\[lien\](javascript:x)" in text

    def test_articles_are_linked(self, over: Newsroom) -> None:
        assert "](<https://www.example.org/1>)" in written(over, ".md").decode()


class TestPdf:
    def test_it_is_a_whole_pdf_that_says_its_title_and_language(self, over: Newsroom) -> None:
        made = written(over, ".pdf", "fr")
        assert made.startswith(b"%PDF-")
        assert made.rstrip().endswith(b"%%EOF")
        assert b"/Lang (fr)" in made
        assert len(re.findall(rb"/Type /Page\b", made)) >= 2

    def test_titles_of_every_script_are_set(self, over: Newsroom) -> None:
        from occupier.report.paper import Paper

        with told(over) as document, closing(Paper(document)) as paper:
            assert paper.shown("Été ✊ 🚀") == "Été ✊ 🚀"
            assert paper.shown("\u05d0\u05d1 2026") == "2026 \u05d1\u05d0"
            assert paper.shown(CHINESE) == "□□"
            assert paper.shown("e\ufe0f\u200d") == "e"

    def test_what_is_read_from_the_right_is_broken_before_it_is_turned(self, over: Newsroom) -> None:
        from occupier.report.paper import Paper

        with told(over) as document, closing(Paper(document)) as paper:
            paper.add_page()
            paper.face("sans", 10, (0, 0, 0))
            first, *others = paper._broken("א " * 60 + "ב", 50).split("\n")
        assert "ב" not in first
        assert "ב" in others[-1]

    def test_what_it_is_too_long_for_is_counted_with_the_commands_that_write_it(self, over: Newsroom) -> None:
        from occupier.report.paper import Paper
        from occupier.report.pdf import _substitutions

        with told(over, "en") as document, closing(Paper(document)) as paper:
            block = next(block for block in document.blocks if isinstance(block, Substitutions))
            items, counted = list(block.items), list[int]()
            paper.add_page()

            def left_out(n: int) -> str:
                counted.append(n)
                return block.left_out(n)

            for most in (len(items), 1):
                _substitutions(paper, replace(block, items=items, left_out=left_out), most)
        assert counted == [len(items) - 1]
        assert f"{len(items) - 1} more posts are not on these pages" in block.left_out(len(items) - 1)
        assert "occupier report greve --output greve.html" in block.left_out(1)


@pytest.mark.parametrize("ending", FORMATS)
def test_a_strike_without_an_article_has_a_report_too(room: Newsroom, ending: str) -> None:
    room.occupied()
    assert written(room, ending)


def test_what_is_left_to_do_stands_in_the_report_of_a_strike_that_is_over(over: Newsroom) -> None:
    with told(over) as document:
        said = [block.text for block in document.blocks if isinstance(block, Paragraph)]
    assert any(text.startswith("1. Let the usual tool go on from now") for text in said)
    assert any("occupier catch-up greve" in text for text in said)
