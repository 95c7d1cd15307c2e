import io
from datetime import UTC, datetime

import feedparser

from occupier.sandbox import Fault, FaultKind, Sandbox
from tests.sandbox.conftest import Ask


def test_an_article_appears_on_top_of_its_feed_dated_now(ask: Ask, box: Sandbox) -> None:
    box.publish(title="Hier", published_at=datetime(2026, 1, 23, 8, 0, tzinfo=UTC))
    article = box.publish(title="R & D <b>", summary="Un « résumé »\x0b", categories=("Ville", "Climat"))
    parsed = feedparser.parse(io.BytesIO(ask("GET", "/feeds/une.xml").body))
    first, second = parsed.entries
    assert not parsed.bozo
    assert (first.title, first.link, first.id) == ("R & D <b>", article.link, article.link)
    assert first.published == "Sat, 24 Jan 2026 09:30:15 GMT"
    assert [tag.term for tag in first.tags] == ["Ville", "Climat"]
    assert (second.title, second.published) == ("Hier", "Fri, 23 Jan 2026 08:00:00 GMT")


def test_an_unchanged_feed_is_a_304(ask: Ask, box: Sandbox) -> None:
    box.publish(title="Un")
    first = ask("GET", "/feeds/une.xml")
    again = {"If-None-Match": first.headers["ETag"]}
    assert (ask("GET", "/feeds/une.xml", headers=again).status, first.status) == (304, 200)
    box.publish(title="Deux")
    assert ask("GET", "/feeds/une.xml", headers=again).status == 200


def test_feeds_are_apart_and_an_unknown_one_is_a_404(ask: Ask, box: Sandbox) -> None:
    box.publish("sports", title="But", guid="g-1", link="https://example.org/but")
    assert b"<item>" not in ask("GET", "/feeds/une.xml").body
    assert b'<guid isPermaLink="false">g-1</guid>' in ask("GET", "/feeds/sports.xml").body
    assert ask("GET", "/feeds/meteo.xml").status == 404


def test_an_article_has_a_page_with_its_title_escaped(ask: Ask, box: Sandbox) -> None:
    article = box.publish(title="<script>alert(1)</script>")
    page = ask("GET", article.link.removeprefix(box.url))
    assert page.status == 200
    assert b"<script" not in page.body


def test_the_feed_can_fail(ask: Ask, box: Sandbox) -> None:
    box.fault("feeds", Fault(FaultKind.STATUS, status=500, verb="read", times=1))
    assert [ask("GET", "/feeds/une.xml").status for _ in range(2)] == [500, 200]
