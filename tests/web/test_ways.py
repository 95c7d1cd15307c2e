"""Which way each account goes, on the pages; and everything paused from the first of them."""

from __future__ import annotations

import pytest

from occupier.domain.action import State
from occupier.domain.outcome import Handed
from occupier.domain.ports import Change, Observation
from occupier.domain.reconcile import RemotePost
from occupier.settings import load_text
from tests.storage.journal import HOUR
from tests.web.newsdesk import READING, SETTINGS, Newsdesk, Visitor
from tests.web.test_pages import text_of

WAYS = """
[[accounts]]
name = "page"
platform = "facebook"
page_id = "7"
access_token = { env = "TOKEN" }
takeover = "replace"
usual_application = "Echobox"
[[accounts]]
name = "outil"
platform = "feed"
for_platform = "x"
tool_interval = "10m"
[[accounts]]
name = "muet"
platform = "mastodon"
server = "https://m.example"
access_token = { env = "TOKEN" }
during_strikes = "silence"
[[accounts]]
name = "a-la-main"
platform = "manual"
for_platform = "x"
"""


@pytest.fixture
def desk(desk: Newsdesk) -> Newsdesk:
    desk.house.live.settings = load_text(SETTINGS + WAYS, desk.folder, {}, desk.clock.now())
    return desk


def test_the_accounts_page_says_each_way_and_what_it_means(visitor: Visitor) -> None:
    said = text_of(visitor.get("/accounts").text)
    assert "compte Mastodon avec les clés" in said
    assert "l’outil habituel est à mettre en pause" in said
    assert "page Facebook modifié sur place" in said
    assert "outil X flux de grève" in said
    assert "rien ne lui est donc remis à moins de 10 min de la fin" in said
    assert "muet Mastodon silence" in said
    assert "a-la-main X à la main" in said


def test_what_was_handed_to_the_tool_stands_apart_from_what_is_posted(desk: Newsdesk, visitor: Visitor) -> None:
    with desk.journal.store.writing() as tx:
        target = tx.targets.ensure("outil", "feed", "", None)
    claimed = desk.journal.claimed(desk.journal.action(target, desk.strike))
    desk.journal.settle(claimed, Change(State.HANDED, "handed"), Handed())
    assert "publié 0 remis à l’outil 1 en cours 0" in text_of(visitor.get("/accounts").text)
    assert "Parmi les posts de grève, 1 a été remis à un outil" in text_of(visitor.get("/").text)


def test_the_strikes_page_names_the_way_of_each_account_while_it_is_not_over(desk: Newsdesk, visitor: Visitor) -> None:
    said = text_of(visitor.get("/strikes").text)
    assert all(way in said for way in ("compte : avec les clés", "page : modifié sur place", "muet : silence"))
    desk.clock.advance(10 * HOUR)
    assert "muet : silence" not in text_of(visitor.get("/strikes").text)


def test_the_overview_says_the_way_beside_each_account(visitor: Visitor) -> None:
    said = text_of(visitor.get("/").text)
    assert "page Facebook, modifié sur place" in said
    assert "muet Mastodon, silence" in said
    assert "outil flux de grève" in said


def test_a_usual_post_in_spite_of_the_strike_stands_with_its_account(desk: Newsdesk, visitor: Visitor) -> None:
    action = desk.journal.action(desk.target, desk.strike)
    with desk.journal.writing() as tx:
        post = RemotePost("77", "À lire", (), tx.now, "https://social.example/@a/77", "dlvr.it <b>")
        tx.actions.observe(Observation(action.id, tx.now, True, "elsewhere", post.id, post=post))
    page = visitor.get("/accounts").text
    assert "Posts habituels malgré la grève 1, le dernier" in text_of(page)
    assert 'href="https://social.example/@a/77"' in page
    assert "dlvr.it &lt;b&gt;" in page
    told = visitor.get(f"/articles/{action.article_id}").text
    assert "un autre post annonce l’article sur le compte dlvr.it <b> Le voir sur Mastodon" in text_of(told)
    assert 'href="https://social.example/@a/77"' in told


def test_everything_is_paused_from_the_overview_and_goes_on_there(desk: Newsdesk, visitor: Visitor) -> None:
    before = visitor.get("/").text
    assert before.index('formaction="/pause"') < before.index("<figure")
    assert 'formaction="/resume"' not in before
    assert visitor.post("/pause", {"back": "/"}).location == "/"
    after = visitor.get("/").text
    assert "Tout est en pause." in text_of(after)
    assert 'formaction="/resume"' in after


def test_of_a_strike_that_is_over_nothing_is_left_to_pause(desk: Newsdesk, visitor: Visitor) -> None:
    desk.clock.advance(10 * HOUR)
    page = visitor.get("/").text
    assert "Oui : finie depuis" in text_of(page)
    assert 'formaction="/pause"' not in page


def test_who_may_only_read_cannot_pause(desk: Newsdesk, visitor: Visitor) -> None:
    desk.secrets()
    assert visitor.log_in(READING).status == 303
    page = visitor.get("/").text
    assert "Est-ce fini" in page
    assert 'formaction="/pause"' not in page
