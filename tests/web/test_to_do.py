"""What people post by hand, on the page: the text to copy, the network's window, and their word."""

from __future__ import annotations

import html
from dataclasses import replace

import pytest

from occupier.domain.action import Action, State
from occupier.domain.outcome import Handed
from occupier.domain.ports import Change
from occupier.settings import load_text
from tests.web.newsdesk import SETTINGS, Newsdesk, Visitor

BY_HAND = """
[[accounts]]
name = "a-la-main"
platform = "manual"
for_platform = "{network}"
"""


@pytest.fixture
def desk(desk: Newsdesk) -> Newsdesk:
    employ(desk, "x")
    return desk


def employ(desk: Newsdesk, network: str) -> None:
    """Have an account on which people post by hand."""
    text = SETTINGS + BY_HAND.format(network=network)
    desk.house.live.settings = load_text(text, desk.folder, {}, desk.clock.now())


def handed(desk: Newsdesk, title: str = "Un article") -> Action:
    """Have a text that was handed over."""
    account = desk.house.live.setup().account("a-la-main")
    assert account
    with desk.journal.store.writing() as tx:
        target = tx.targets.ensure(account.name, account.platform, account.host, account.remote_id)
    action = desk.journal.action(target, desk.strike, article=desk.journal.article(title=title))
    claimed = desk.journal.claimed(action)
    desk.journal.settle(claimed, Change(State.HANDED, "handed"), Handed())
    return desk.journal.get(action)


def test_the_finished_text_stands_in_a_box_and_ready_in_the_networks_window(desk: Newsdesk, visitor: Visitor) -> None:
    action = handed(desk)
    assert action.payload
    page = visitor.get("/to-do").text
    assert f'readonly rows="6" dir="auto">{html.escape(action.payload.shown, quote=False)}</textarea>' in page
    assert 'href="https://x.com/intent/post?text=' in page
    assert "1 post à faire à la main" in page


def test_without_javascript_nothing_is_promised_that_needs_it(desk: Newsdesk, visitor: Visitor) -> None:
    handed(desk)
    assert 'class="copy" data-copies="text-' in visitor.get("/to-do").text
    assert 'data-copied="Copié" hidden>' in visitor.get("/to-do").text
    assert visitor.get("/static/copy.js").status == 200


def test_a_window_that_takes_no_text_says_so(desk: Newsdesk, visitor: Visitor) -> None:
    employ(desk, "facebook")
    handed(desk)
    page = visitor.get("/to-do").text
    assert 'href="https://www.facebook.com/sharer/sharer.php?u=' in page
    assert "Facebook ne prend que le lien" in page


def test_done_is_taken_with_an_address_or_without(desk: Newsdesk, visitor: Visitor) -> None:
    one, other = handed(desk, "Un"), handed(desk, "Autre")
    address = "https://x.com/une/status/1234567890"
    answer = visitor.post(f"/actions/{one.id}/done", {"posted": "yes", "url": address, "back": "/to-do"})
    assert answer.location == "/to-do"
    visitor.post(f"/actions/{other.id}/done", {"posted": "yes", "url": ""})
    found = [desk.journal.get(one), desk.journal.get(other)]
    assert [(a.state, a.remote_url) for a in found] == [(State.SENT, address), (State.SENT, None)]
    assert "Rien n’est à publier à la main." in visitor.get("/to-do").text


def test_not_posted_is_taken_too_and_a_form_without_an_answer_is_refused(desk: Newsdesk, visitor: Visitor) -> None:
    action = handed(desk)
    assert visitor.post(f"/actions/{action.id}/done").status == 409
    visitor.post(f"/actions/{action.id}/done", {"posted": "no"})
    assert (desk.journal.get(action).state, desk.journal.get(action).reason) == (State.MISSED, "not_by_hand")


def test_after_the_end_one_may_still_say_so(desk: Newsdesk, visitor: Visitor) -> None:
    action = handed(desk)
    desk.house.striking.end(desk.strike.name)
    desk.house.by_hand.lapse()
    page = visitor.get("/to-do").text
    assert "La grève est finie, et personne n’a dit que ceux-ci ont été publiés" in page
    assert "<textarea" not in page
    visitor.post(f"/actions/{action.id}/done", {"posted": "yes"})
    assert desk.journal.get(action).state is State.SENT


def test_the_menu_counts_it_and_has_no_such_line_where_nobody_posts_by_hand(desk: Newsdesk, visitor: Visitor) -> None:
    handed(desk)
    assert 'href="/to-do">À la main <span class="count">1</span>' in visitor.get("/").text
    live = desk.house.live
    live.settings = replace(live.settings, setup=replace(live.settings.setup, accounts=live.setup().accounts[:1]))
    assert "/to-do" not in visitor.get("/").text


def test_whoever_may_only_read_sees_the_text_and_no_answer(desk: Newsdesk, visitor: Visitor) -> None:
    desk.secrets()
    handed(desk)
    visitor.log_in("a secret for reading")
    page = visitor.get("/to-do").text
    assert "<textarea" in page
    assert "/done" not in page


def test_the_overview_says_what_waits_to_be_made_by_hand(desk: Newsdesk, visitor: Visitor) -> None:
    handed(desk)
    waits = visitor.get("/").text.split('id="q9"')[1].split("</section>")[0]
    assert '<p class="big">1</p>' in waits
    assert "1 post à faire à la main." in waits
    assert 'href="/to-do"' in waits


def test_the_hour_after_which_nothing_leaves_is_that_of_the_end(desk: Newsdesk, visitor: Visitor) -> None:
    lead = visitor.get("/").text.split('<p class="lead">')[1]
    assert lead.startswith("Après cette heure, plus rien ne part.")
