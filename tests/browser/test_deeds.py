"""What one does on the page, with and without scripts."""

from __future__ import annotations

import pytest

from occupier.domain.action import State
from tests.browser.reader import Reader, Tabs, reading
from tests.web.newsdesk import ACTING, READING, Newsdesk, Visitor

pytestmark = pytest.mark.campaign
both = pytest.mark.parametrize("scripts", [True, False])
ANSWER = "form[action$='/resolve']:has(input[name=seen][value={}]) button"


def states(desk: Newsdesk) -> list[State]:
    with desk.house.store.reading() as tx:
        return [action.state for action in tx.actions.in_state(*State)]


def log_in(reader: Reader, secret: str) -> None:
    reader.page.get_by_label("Secret").fill(secret)
    reader.press(reader.page.get_by_role("button", name="Se connecter"))


@both
def test_one_logs_in_and_out(tabs: Tabs, desk: Newsdesk, scripts: bool) -> None:
    desk.secrets()
    with desk.open() as visitor, reading(tabs, visitor.port, scripts=scripts) as reader:
        reader.open("/register")
        log_in(reader, "not the secret")
        assert "Ce n’est pas le secret." in reader.text
        log_in(reader, READING)
        reader.page.wait_for_url("**/register")
        reader.press(reader.page.get_by_role("button", name="Se déconnecter"))
        reader.page.wait_for_url("**/login")


def test_who_may_only_read_has_no_button_to_act(tabs: Tabs, desk: Newsdesk) -> None:
    desk.secrets()
    with desk.open() as visitor, reading(tabs, visitor.port) as reader:
        reader.open("/login")
        log_in(reader, READING)
        for path in ("/", "/check", "/strikes", "/accounts"):
            assert reader.open(path) == 200
            forms = reader.page.locator("form[method=post]:not([action='/logout']), [formaction]")
            assert forms.count() == 0, path


@both
def test_one_answers_for_a_post(tabs: Tabs, desk: Newsdesk, scripts: bool) -> None:
    desk.secrets()
    with desk.open() as visitor, reading(tabs, visitor.port, scripts=scripts) as reader:
        reader.open("/check")
        log_in(reader, ACTING)
        reader.page.wait_for_url("**/check")
        reader.page.locator("input[name=url]").fill("https://piaille.fr/@compte/99999")
        reader.press(reader.page.locator(ANSWER.format("yes")))
        assert "publié" in reader.page.get_by_role("status").first.inner_text()
        assert reader.complaints == []
    assert State.UNCERTAIN not in states(desk)
    assert states(desk).count(State.SENT) == 4


@both
def test_one_says_that_a_post_is_not_there(tabs: Tabs, desk: Newsdesk, visitor: Visitor, scripts: bool) -> None:
    with reading(tabs, visitor.port, scripts=scripts) as reader:
        reader.open("/check")
        reader.press(reader.page.locator(ANSWER.format("no")))
    assert State.RETRY in states(desk)


@both
def test_one_pauses_everything_and_goes_on(tabs: Tabs, desk: Newsdesk, visitor: Visitor, scripts: bool) -> None:
    with reading(tabs, visitor.port, scripts=scripts) as reader:
        reader.open("/accounts")
        reader.press(reader.page.locator("[formaction='/pause']").first)
        assert "Tout est en pause." in reader.text
        with desk.house.store.reading() as tx:
            assert len(tx.pauses.all()) == 1
        reader.press(reader.page.locator("[formaction='/resume']").first)
    with desk.house.store.reading() as tx:
        assert tx.pauses.all() == []


@both
def test_one_ends_a_strike_after_a_question(tabs: Tabs, desk: Newsdesk, visitor: Visitor, scripts: bool) -> None:
    with reading(tabs, visitor.port, scripts=scripts) as reader:
        reader.open("/strikes")
        reader.press(reader.page.locator(f"form[action='/strikes/{desk.strike.name}/end'] button"))
        reader.press(reader.page.get_by_role("button", name="La terminer maintenant"))
    with desk.house.store.reading() as tx:
        assert tx.strikes.get(desk.strike.name).closed_at is not None


@both
def test_one_filters_the_register(tabs: Tabs, visitor: Visitor, scripts: bool) -> None:
    with reading(tabs, visitor.port, scripts=scripts) as reader:
        reader.open("/register")
        assert "Titre 1" in reader.text
        reader.page.locator("select[name=group]").select_option("to_check")
        reader.page.locator("form.filters button").click()
        reader.page.wait_for_url("**/register?*group=to_check*")
        assert "Un autre titre" in reader.text
        assert "Titre 1" not in reader.text
        reader.page.locator("input[name=words]").fill("autre")
        reader.page.locator("form.filters button").click()
        reader.page.wait_for_url("**/register?*words=autre*")
        assert "Un autre titre" in reader.text
        assert "alert(1)" not in reader.text
        assert reader.complaints == []


def test_with_scripts_the_register_is_filtered_without_a_reload(tabs: Tabs, visitor: Visitor) -> None:
    with reading(tabs, visitor.port) as reader:
        reader.open("/register")
        reader.page.evaluate("window.stays = true")
        reader.page.locator("select[name=group]").select_option("to_check")
        reader.page.wait_for_url("**/register?*group=to_check*")
        reader.page.locator("#results", has_text="Un autre titre").wait_for()
        assert "Titre 1" not in reader.text
        assert reader.page.locator("#count").inner_text() == "2 posts"
        assert reader.page.evaluate("window.stays") is True
        assert reader.complaints == []


def test_the_overview_of_a_strike_that_runs_comes_up_to_date_by_itself(
    tabs: Tabs, desk: Newsdesk, visitor: Visitor
) -> None:
    with reading(tabs, visitor.port) as reader:
        reader.open("/")
        reader.page.locator("#find").fill("un mot")
        desk.journal.sent(desk.journal.action(desk.target, desk.strike), "99")
        # what the page does by itself every twenty seconds
        reader.page.evaluate(
            "htmx.ajax('GET', '/', {source: '#live', select: '#live', target: '#live', swap: 'outerHTML'})"
        )
        reader.page.get_by_text("compte : 4 posts de grève.").wait_for(state="attached")
        assert reader.page.locator("#find").input_value() == "un mot"
        reader.page.get_by_role("link", name="Les laisser tels quels").click()
        reader.page.wait_for_load_state()
        assert reader.page.locator("#live[hx-get]").count() == 0
        assert reader.complaints == []
