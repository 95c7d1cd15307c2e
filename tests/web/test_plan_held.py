"""The page says whether the voted plan is the one that runs."""

from __future__ import annotations

import re
from html import unescape

from occupier.domain.voted import Seal
from tests.web.newsdesk import Newsdesk, Visitor

FINGERPRINT = "d8f3a011" + "0" * 56


def answer(visitor: Visitor) -> str:
    found = re.search(r'<section aria-labelledby="q12".*?</section>', visitor.get("/").text, re.DOTALL)
    assert found
    return unescape(re.sub(r"<[^>]*>", " ", found[0]))


def test_a_plan_that_was_never_sealed_is_said(visitor: Visitor) -> None:
    assert "jamais été scellé" in answer(visitor)


def test_the_seal_is_told_by_its_fingerprint(desk: Newsdesk, visitor: Visitor) -> None:
    seal(desk)
    assert "d8f3a011" in answer(visitor)


def test_a_strike_that_is_held_is_an_alarm_on_every_page(desk: Newsdesk, visitor: Visitor) -> None:
    seal(desk)
    with desk.journal.writing() as tx:
        tx.seals.hold(desk.strike.id, tx.now, "b" * 64, ["messages"])
    page = visitor.get("/").text
    assert '<section aria-labelledby="q12" class="alarm">' in page
    assert "les messages" in answer(visitor)
    for place in ("/", "/register", "/accounts"):
        assert "différent du plan voté" in unescape(visitor.get(place).text)


def seal(desk: Newsdesk) -> None:
    with desk.journal.writing() as tx:
        tx.seals.put(desk.strike.id, Seal(FINGERPRINT, tx.now))
