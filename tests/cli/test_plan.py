"""`plan`, typed against the sandbox."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from occupier.sandbox import Sandbox
from tests.cli.conftest import DECLARE, Desk

pytestmark = pytest.mark.campaign  # whole scenes: a strike, its settings and what is written of it

HOSTILE = '"><script>alert(1)</script> **gras** [lien](javascript:x)'
TITLES = {
    "fr": ["Qui décide", "Pourquoi", "Quand", "Ce qui change, ce qui ne change pas", "Où", "Ce qu’on lira", "Combien",
           "Exceptions", "Arrêter", "Après", "Ce qui reste", "Risques, et vote"],
    "en": ["Who decides", "Why", "When", "What changes, and what does not", "Where", "What people will read",
           "How much", "Exceptions", "Stopping", "Afterwards", "What is kept", "Risks, and the vote"],
}  # fmt: skip


@pytest.fixture
def declared(newsroom: Desk) -> Desk:
    assert newsroom.type(*DECLARE).status == 0
    return newsroom


def fingerprint(desk: Desk) -> str:
    found = desk.type("plan", "24-janvier", "--json").document["fingerprint"]
    assert re.fullmatch("[0-9a-f]{64}", found)
    return str(found)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_twelve_points_in_their_order_in_both_languages(declared: Desk, language: str) -> None:
    typed = declared.type("plan", "--language", language)
    assert typed.status == 0, typed.err
    assert re.findall(r"(?m)^\d+\. (.*)$", typed.out) == TITLES[language]
    assert "AG du 23 janvier" in typed.out
    assert "Un article de la veille" in typed.out


@pytest.mark.parametrize(("language", "page"), [("fr", "(docs/fr/risques.md)"), ("en", "(docs/en/risks.md)")])
def test_on_a_terminal_of_80_columns_it_names_the_zone_once_and_the_page_on_risks(
    declared: Desk, language: str, page: str
) -> None:
    shown = declared.type("plan", "--language", language).out
    when = shown.partition("\n3. ")[2].partition("\n4. ")[0]
    assert when.count("Paris") == 1
    assert page in " ".join(shown.split())
    assert "Mastodon, X, Facebook (http" in " ".join(shown.split())
    assert [line for line in shown.splitlines() if len(line) > 80 and " " in line.strip()] == []


@pytest.mark.parametrize("ending", ["html", "pdf", "md"])
def test_the_ending_says_the_format(declared: Desk, tmp_path: Path, ending: str) -> None:
    typed = declared.type("plan", "24-janvier", "--output", str(tmp_path / f"p.{ending}"))
    assert typed.status == 0, typed.err
    begins = {"html": b"<!DOCTYPE", "pdf": b"%PDF", "md": b"# Plan of the strike"}[ending]
    assert (tmp_path / f"p.{ending}").read_bytes().startswith(begins)
    again = declared.type("plan", "24-janvier", "--output", str(tmp_path / f"p.{ending}"))
    assert again.status == 2


def test_no_network_is_asked_anything_and_no_secret_is_read(declared: Desk, box: Sandbox, tmp_path: Path) -> None:
    before = len(box.requests)
    secrets = {name: declared.environ.pop(name) for name in list(declared.environ) if name not in ("LANG", "PATH")}
    typed = declared.type("plan", "24-janvier", "--seal", "--output", str(tmp_path / "p.html"))
    assert typed.status == 0, typed.err
    seen = box.requests[before:]
    assert {(request.method, request.path.partition("?")[0]) for request in seen} == {("GET", "/feeds/une.xml")}
    page = (tmp_path / "p.html").read_text(encoding="utf-8")
    assert not [name for name, secret in secrets.items() if secret in page]


def test_the_page_holds_everything_and_runs_nothing(declared: Desk, box: Sandbox, tmp_path: Path) -> None:
    box.publish(title=HOSTILE, summary=HOSTILE)
    declared.type("plan", "24-janvier", "--output", str(tmp_path / "p.html"))
    page = (tmp_path / "p.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "default-src &#x27;none&#x27;" in page or "default-src 'none'" in page
    assert not re.search(r"(?:src|href)=\"(?!https?:)", page)
    assert fingerprint(declared)[:8] in page


class TestSeal:
    def test_the_page_shows_what_was_sealed(self, declared: Desk) -> None:
        wanted = fingerprint(declared)
        typed = declared.type("plan", "24-janvier", "--seal")
        assert (typed.status, wanted[:8] in typed.out) == (0, True)
        document = declared.type("plan", "24-janvier", "--json").document
        assert (document["sealed"], document["differs"]) == (wanted, [])

    def test_a_change_of_the_settings_is_said_everywhere(self, declared: Desk) -> None:
        declared.type("plan", "24-janvier", "--seal")
        text = declared.settings.read_text(encoding="utf-8").replace('spacing = "1s"', 'spacing = "2s"')
        declared.write(text)
        assert declared.type("plan", "24-janvier", "--json").document["differs"] == ["limits"]
        assert "Different from the plan that was voted" in declared.type("plan").out

    def test_the_status_tells_the_seal(self, declared: Desk) -> None:
        declared.type("plan", "24-janvier", "--seal")
        wanted = fingerprint(declared)
        [plan] = declared.type("status", "--json").document["plans"]
        assert (plan["fingerprint"], plan["held_since"]) == (wanted, None)
        assert f"sealed as {wanted[:8]}" in declared.type("status").out

    def test_a_strike_of_the_settings_can_be_sealed_before_anything_ran(self, newsroom: Desk) -> None:
        strike = (
            '\n[[strikes]]\nname = "mars"\nfrom = "2099-03-01T09:00"\nto = "2099-03-01T19:00"\nmandate = "AG"\n'
            'reason = "contre la réforme"\n'
        )
        newsroom.write(newsroom.settings.read_text(encoding="utf-8") + strike)
        shown = newsroom.type("plan", "mars", "--json").document
        assert newsroom.type("plan", "mars", "--seal").status == 0
        sealed = newsroom.type("plan", "mars", "--json").document
        assert (sealed["sealed"], sealed["differs"]) == (shown["fingerprint"], [])

    def test_a_strike_that_is_over_is_not_sealed(self, declared: Desk) -> None:
        declared.type("strike", "end", "24-janvier")
        typed = declared.type("plan", "24-janvier", "--seal")
        assert typed.status == 2
        assert "is over already" in typed.err


def test_without_a_strike_there_is_nothing_to_plan(newsroom: Desk) -> None:
    typed = newsroom.type("plan")
    assert (typed.status, "strike declare" in typed.err) == (2, True)


def test_a_feed_that_does_not_answer_leaves_the_page_with_an_example(desk: Desk) -> None:
    desk.type(*DECLARE)
    typed = desk.type("plan")
    assert typed.status == 1
    assert "invented title" in typed.out


def test_the_log_verifies_with_its_seals(declared: Desk) -> None:
    declared.type("plan", "24-janvier", "--seal")
    declared.type("plan", "24-janvier", "--seal")
    assert declared.type("log", "verify").status == 0
    with closing(sqlite3.connect(declared.database)) as db, db:
        db.execute("UPDATE seals SET fingerprint = ?", ("0" * 64,))
    typed = declared.type("log", "verify")
    assert typed.status == 1
    assert "is not the one that was sealed" in typed.out + typed.err
