from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from html import unescape

import pytest

from occupier.domain.action import GoneBy, Payload, Purpose, State, Verb
from occupier.domain.outcome import RefusalKind, Refused
from occupier.domain.ports import Change, NewAction, Observation
from occupier.domain.reconcile import RemotePost
from occupier.services.review.ledger import Destroying
from tests.storage.journal import HOUR, STRIKE
from tests.web.newsdesk import EVIL, Newsdesk, Visitor

PLACES = ("/", "/register", "/check", "/strikes", "/accounts", "/feeds")


def text_of(page: str) -> str:
    """Return what a reader reads."""
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def entries_of(page: str) -> list[str]:
    return re.findall(r'<article class="record" id="r(\d+)"', page)


class TestOverview:
    QUESTIONS = (
        "Est-ce fini", "Quelle décision", "Que sont devenus les articles", "un trou", "Et cet article",
        "personne n’a-t-il", "L’outil habituel", "après la fin", "attend une personne", "Combien", "exceptions",
        "ce qui a été voté", "Que garde cette page",
    )  # fmt: skip

    def test_the_thirteen_questions_are_answered_in_their_order(self, visitor: Visitor) -> None:
        said = text_of(visitor.get("/").text)
        found = [said.index(question) for question in self.QUESTIONS]
        assert found == sorted(found)
        assert [n for n in range(1, 14) if f" {n} " in f" {said} "] == list(range(1, 14))

    def test_the_sums_add_up_and_what_waits_is_an_alarm(self, desk: Newsdesk, visitor: Visitor) -> None:
        desk.journal.sent(desk.journal.action(desk.target, desk.strike), "12")
        assert 'class="alarm"' not in visitor.get("/").text
        desk.uncertain()
        page = visitor.get("/").text
        row = re.search(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
        assert row is not None
        assert [int(n) for n in re.findall(r">(\d+)<", row[1])] == [2, 1, 0, 0, 1, 0]
        assert 'class="alarm"' in page

    def test_a_strike_that_is_over_says_so_and_proves_that_nothing_followed(
        self, desk: Newsdesk, visitor: Visitor
    ) -> None:
        desk.journal.sent(desk.journal.action(desk.target, desk.strike), "12")
        desk.clock.advance(2 * HOUR)
        with desk.journal.writing() as tx:
            tx.strikes.close(desk.strike.id, tx.now, "ended")
        said = text_of(visitor.get("/").text)
        assert "Oui : finie depuis le" in said
        assert "0 Le dernier appel a été décidé" in said
        assert "2 h avant la fin" in said

    def test_posts_of_another_tool_are_listed_with_their_hour_their_application_and_their_address(
        self, desk: Newsdesk, visitor: Visitor
    ) -> None:
        action = desk.journal.action(desk.target, desk.strike)
        with desk.journal.writing() as tx:
            for n, url in enumerate(("https://social.example/@a/77", "javascript:alert(1)")):
                post = RemotePost(f"{77 + n}", "À lire", (), tx.now, url, "dlvr.it <b>")
                tx.actions.observe(Observation(action.id, tx.now, True, "elsewhere", post.id, post=post))
        page = visitor.get("/").text
        assert 'href="https://social.example/@a/77"' in page
        assert "javascript:alert" not in page
        assert text_of(page).count("dlvr.it <b>") == 2

    def test_the_strike_in_force_is_shown_unless_another_is_asked_for(self, desk: Newsdesk, visitor: Visitor) -> None:
        from dataclasses import replace

        later = replace(STRIKE, name="plus-tard", starts_at=STRIKE.ends_at + HOUR, ends_at=STRIKE.ends_at + 3 * HOUR)
        desk.journal.strike(later)
        assert "Grève « retraites »" in text_of(visitor.get("/").text)
        said = text_of(visitor.get("/?strike=plus-tard").text)
        assert "Elle n’a pas commencé" in said
        assert visitor.get("/?strike=inconnue").status == 404

    def test_without_a_strike_it_says_how_one_is_declared(self, visitor: Visitor, desk: Newsdesk) -> None:
        with closing(sqlite3.connect(desk.journal.path)) as db, db:
            db.execute("DELETE FROM strikes")
        said = text_of(visitor.get("/").text)
        assert "Aucune grève n’a été déclarée ici" in said
        assert "occupier strike declare" in said

    def test_a_strike_that_runs_without_a_daemon_is_said_on_every_page(self, desk: Newsdesk, visitor: Visitor) -> None:
        for place in PLACES:
            assert "occupier ne tourne pas" in visitor.get(place).text
        with desk.journal.writing() as tx:
            tx.runtime.set("heartbeat", tx.now.isoformat())
        assert "occupier ne tourne pas" not in visitor.get("/").text


class TestWhatWaits:
    """The menu, the ninth answer and the page of what waits never say different numbers."""

    def said(self, visitor: Visitor, path: str = "/") -> tuple[int, str]:
        page = visitor.get(path).text
        counted = re.search(r'<span class="waiting">(\d+)</span>', page)
        answer = re.search(r'id="q9".*?<p class="big">([^<]*)</p>(.*?)</section>', page, re.DOTALL)
        assert answer is not None
        number = int(counted[1]) if counted else 0
        assert answer[1] == (str(number) if number else "Rien")
        if number:
            assert f"{number} post" in text_of(visitor.get("/check").text)
        return number, text_of(f"<main>{answer[2]}</main>")

    def ordinary(self, desk: Newsdesk, state: State) -> None:
        desk.journal.action(desk.target, None, state=state)

    def test_what_waits_outside_the_strike_is_told_too(self, desk: Newsdesk, visitor: Visitor) -> None:
        assert self.said(visitor)[0] == 0
        for _ in range(6):
            self.ordinary(desk, State.HELD)
        assert self.said(visitor) == (6, "Rien de tout cela ne relève de cette grève. Les regarder")
        desk.uncertain()
        assert self.said(visitor)[0] == 7
        assert "1 relève de cette grève" in self.said(visitor)[1]

    def test_all_of_it_may_be_of_the_strike(self, desk: Newsdesk, visitor: Visitor) -> None:
        desk.uncertain()
        desk.held()
        assert self.said(visitor) == (2, "Tout relève de cette grève. Les regarder")

    def test_a_post_to_be_taken_away_that_is_in_doubt_waits_too(self, desk: Newsdesk, visitor: Visitor) -> None:
        post = desk.journal.sent(desk.journal.action(desk.target, desk.strike), "12")
        with desk.journal.writing() as tx:
            tx.actions.add(NewAction(
                desk.target.id, post.article_id or 0, Purpose.RETRACT, State.UNCERTAIN, "no_answer", tx.now, tx.now,
                desk.strike.id, None, verb=Verb.DELETE, subject="post:12", slot=f"retract:{post.id}",
            ))  # fmt: skip
        assert self.said(visitor)[0] == 1

    def test_without_a_strike_it_is_told_where_it_is(self, desk: Newsdesk, visitor: Visitor) -> None:
        self.ordinary(desk, State.HELD)
        with closing(sqlite3.connect(desk.journal.path)) as db, db:
            db.execute("DELETE FROM strikes")
        page = visitor.get("/").text
        assert "1 post attend une personne" in text_of(page)
        assert 'href="/check"' in page


class TestRegister:
    def test_both_posts_stand_side_by_side_and_lead_where_they_are(self, desk: Newsdesk, visitor: Visitor) -> None:
        action = desk.journal.action(desk.target, desk.strike)
        claimed = desk.journal.claimed(
            action, payload=Payload("Nous sommes en grève. https://a.fr/1", "https://a.fr/1")
        )
        from occupier.domain.outcome import Receipt

        change = Change(State.SENT, "receipt", remote_id="9", remote_url="https://piaille.fr/@une/9")
        desk.journal.settle(claimed, change, Receipt("9"))
        page = visitor.get("/register").text
        assert "Serait parti" in page
        assert "Nous sommes en grève." in page
        assert 'href="https://piaille.fr/@une/9"' in page
        assert page.count('rel="noreferrer noopener nofollow"') >= 2

    def test_filters_stand_in_the_address_and_in_the_form(self, desk: Newsdesk, visitor: Visitor) -> None:
        desk.uncertain("Un loup à Paris")
        desk.journal.sent(desk.journal.action(desk.target, desk.strike), "12")
        page = visitor.get("/register?words=loup&group=to_check&account=compte&strike=retraites").text
        assert entries_of(page) == ["1"]
        assert 'value="loup"' in page
        assert '<option value="to_check" selected>' in page
        assert entries_of(visitor.get("/register?group=posted").text) == ["2"]
        assert "Rien dans le registre" in visitor.get("/register?words=tramway").text

    def test_days_are_whole_and_those_of_the_zone(self, desk: Newsdesk, visitor: Visitor) -> None:
        desk.journal.action(desk.target, desk.strike)
        today = f"{desk.clock.now():%Y-%m-%d}"
        tomorrow = f"{desk.clock.now() + timedelta(days=1):%Y-%m-%d}"
        assert entries_of(visitor.get(f"/register?from={today}&to={today}").text) == ["1"]
        assert entries_of(visitor.get(f"/register?from={tomorrow}").text) == []

    @pytest.mark.parametrize("typed", ["hier", "2020-13-45", "9999-12-31", "0001-01-01", "<b>"])
    def test_a_day_that_is_none_is_answered_with_a_sentence(self, visitor: Visitor, typed: str) -> None:
        answer = visitor.get(f"/register?from=2020-01-01&to={typed}")
        assert answer.status == 200
        assert "<b>" not in answer.text[answer.text.index("<main") :].replace('value="<b>"', "")

    def test_pages_lead_on_and_back_with_their_filters(self, desk: Newsdesk, visitor: Visitor) -> None:
        for _n in range(60):
            desk.journal.action(desk.target, desk.strike)
        seen, path = [], "/register?account=compte"
        for _page in range(3):
            page = visitor.get(path).text
            seen += entries_of(page)
            onward = re.search(r'rel="next" href="([^"]+)"', page)
            path = unescape(onward[1]) if onward else ""
            assert not path or "account=compte" in path
        assert path == ""
        assert seen == [str(n) for n in range(60, 0, -1)]
        back = re.search(r'rel="prev" href="([^"]+)"', page)
        assert back is not None
        assert entries_of(visitor.get(unescape(back[1])).text) == [str(n) for n in range(35, 10, -1)]

    @pytest.mark.parametrize("asked", ["words=%22%20OR%20*", "older=x", "older=99999999999999999999", "group=nope",
                                       "account=%00", "words=" + "a" * 5000, "newer=-1"])  # fmt: skip
    def test_nothing_in_the_address_is_an_error(self, visitor: Visitor, asked: str) -> None:
        assert visitor.get(f"/register?{asked}").status == 200

    def test_what_a_feed_wrote_is_only_ever_text(self, desk: Newsdesk, visitor: Visitor) -> None:
        article = desk.journal.article(title=EVIL + "w" * 400, link="javascript:alert(1)", summary=EVIL)
        desk.journal.action(desk.target, desk.strike, article=article)
        for path in ("/", "/register", "/articles/1", "/register?words=" + "%3Cscript%3E"):
            page = visitor.get(path).text
            assert "<script>alert" not in page
            assert "<img" not in page
            assert "javascript:" not in page.replace("javascript:alert(1)</", "")
            assert 'href="javascript' not in page


class TestArticle:
    def test_everything_about_it_is_told_step_by_step(self, desk: Newsdesk, visitor: Visitor) -> None:
        action = desk.journal.claimed(desk.journal.action(desk.target, desk.strike))
        refused = Refused(RefusalKind.CONTENT, http_status=422, excerpt="text is not allowed")
        desk.journal.settle(action, Change(State.REFUSED, "content"), refused)
        with desk.journal.writing() as tx:
            tx.actions.observe(Observation(action.id, tx.now, True, "absent"))
        said = text_of(visitor.get("/articles/1").text)
        for expected in (
            "refusé par Mastodon",
            "l’envoi commence",
            "HTTP 422",
            "text is not allowed",
            "il n’y est pas",
        ):
            assert expected in said
        assert "Essayer encore" in said

    def test_the_hour_of_an_answer_is_rounded_for_it_would_be_a_name(self, desk: Newsdesk, visitor: Visitor) -> None:
        action = desk.uncertain()
        desk.clock.advance(timedelta(minutes=22))
        desk.house.answering.resolve(action.id, None)
        page = visitor.get("/articles/1").text
        assert re.search(r"vers le [^,]*13h15", text_of(page))
        assert "T12:22" not in page

    def test_the_hours_of_a_post_that_was_taken_away_are_rounded_too(self, desk: Newsdesk, visitor: Visitor) -> None:
        post = desk.journal.sent(desk.journal.action(desk.target, desk.strike), "12")
        desk.clock.advance(timedelta(minutes=22, seconds=13))
        with desk.journal.writing() as tx:
            retraction = tx.actions.add(NewAction(
                desk.target.id, post.article_id or 0, Purpose.RETRACT, State.PENDING, "person", tx.now, tx.now,
                desk.strike.id, None, verb=Verb.DELETE, subject="post:12", slot=f"retract:{post.id}",
            ))  # fmt: skip
            assert retraction is not None
            tx.actions.gone(post, GoneBy.OCCUPIER, tx.now)
        desk.journal.claimed(retraction, payload=Payload("12"))
        page = visitor.get("/articles/1").text
        assert "13h22" not in page
        assert ":22:" not in page
        assert page.count("vers le") >= 3
        assert "T12:15" in page

    def test_an_article_that_never_was_is_not_found(self, visitor: Visitor) -> None:
        assert visitor.get("/articles/999").status == 404
        assert visitor.get("/articles/x").status == 404


class TestToCheck:
    def test_it_asks_what_a_person_can_answer_and_takes_the_answer(self, desk: Newsdesk, visitor: Visitor) -> None:
        doubted = desk.uncertain()
        desk.held("Trop d’articles")
        page = visitor.get("/check").text
        for words in ("Je le vois", "Je ne le vois pas", "Le laisser partir", "Ne pas le publier"):
            assert words in page
        assert '<span class="waiting">2</span>' in page
        answered = visitor.post(f"/actions/{doubted.id}/resolve", {"seen": "no", "back": "/check"})
        assert answered.location == "/check"
        assert "Je ne le vois pas" not in visitor.get("/check").text

    def test_who_may_only_read_sees_no_button(self, desk: Newsdesk) -> None:
        from tests.web.newsdesk import READING

        desk.uncertain()
        desk.held("Trop d’articles")
        desk.secrets()
        with desk.open() as visitor:
            visitor.log_in(READING)
            for path in (*PLACES, "/articles/1"):
                page = visitor.get(path).text
                assert "/actions/" not in page
                assert 'formaction="/pause"' not in page
                assert "/end" not in page

    def test_nothing_waits_where_nothing_does(self, visitor: Visitor) -> None:
        assert "Aucune décision n’est attendue" in text_of(visitor.get("/check").text)


class TestStanding:
    def test_strikes_accounts_and_feeds_say_how_they_stand(self, desk: Newsdesk, visitor: Visitor) -> None:
        assert "AG du 12" in visitor.get("/strikes").text
        assert "compte" in visitor.get("/accounts").text
        assert "127.0.0.1/feed.xml" in visitor.get("/feeds").text
        assert "<p>Aucun.</p>" in visitor.get("/feeds").text  # what was before the first reading is nobody's gap
        desk.house.controlling.pause("compte")
        assert "arrondi au quart d’heure" in text_of(visitor.get("/").text)
        said = text_of(visitor.get("/accounts").text)
        assert "compte est en pause" in said
        assert "Reprendre compte" in said

    def test_a_key_in_a_feeds_address_is_not_shown(self, desk: Newsdesk, visitor: Visitor) -> None:
        from dataclasses import replace

        live = desk.house.live
        feed = replace(live.setup().feeds[0], url="https://user:pass@a.fr/feed.xml?key=canary")
        live.settings = replace(live.settings, setup=replace(live.setup(), feeds=(feed,)))
        page = visitor.get("/feeds").text
        assert "a.fr/feed.xml" in page
        assert "canary" not in page
        assert "pass" not in page

    def test_what_nobody_announced_is_listed(self, desk: Newsdesk, visitor: Visitor) -> None:
        article = desk.journal.article(title="Personne ne l’a dit")
        desk.journal.action(desk.target, desk.strike, article=article, state=State.MISSED)
        page = visitor.get("/strikes/retraites/unannounced").text
        assert "Personne ne l’a dit" in page
        assert visitor.get("/strikes/inconnue/unannounced").status == 404
        assert 'href="/strikes/retraites/unannounced.csv"' in page
        assert 'href="/strikes/retraites/unannounced.rss"' in page

    def test_of_a_destroyed_register_nothing_is_told_but_that(self, desk: Newsdesk, visitor: Visitor) -> None:
        desk.journal.sent(desk.journal.action(desk.target, desk.strike), "12")
        desk.clock.advance(9 * HOUR)
        with desk.journal.writing() as tx:
            tx.strikes.close(desk.strike.id, tx.now, "end")
        Destroying(desk.journal.store).empty(desk.strike.name)
        said = text_of(visitor.get("/").text)
        assert "Son registre a été détruit" in said
        assert "Que sont devenus" not in said
        for form in ("", ".csv", ".rss"):
            assert visitor.get(f"/strikes/retraites/unannounced{form}").status == 400

    def test_what_nobody_announced_is_handed_over_as_a_spreadsheet_and_as_a_feed(
        self, desk: Newsdesk, visitor: Visitor
    ) -> None:
        for title in ("=cmd()", EVIL):
            article = desk.journal.article(title=title)
            desk.journal.action(desk.target, desk.strike, article=article, state=State.MISSED)
        desk.journal.sent(desk.journal.action(desk.target, desk.strike), "12")
        sheet = visitor.get("/strikes/retraites/unannounced.csv")
        assert sheet.headers["Content-Disposition"] == 'attachment; filename="retraites-not-announced.csv"'
        assert sheet.text.startswith("\ufeffannounced_by;feed;title;")
        assert ";'=cmd();" in sheet.text
        assert sheet.text.count("\r\n") == 3
        feed = visitor.get("/strikes/retraites/unannounced.rss")
        assert feed.headers["Content-Type"] == "application/rss+xml"
        assert feed.text.count("<item>") == 2
        assert "<script>" not in feed.text
        assert visitor.get("/strikes/inconnue/unannounced.csv").status == 404
        assert visitor.get("/strikes/retraites/unannounced.exe").status == 404


class TestEveryPage:
    @pytest.mark.parametrize("place", [*PLACES, "/articles/1", "/login", "/nope"])
    def test_it_is_well_made_in_both_languages(self, desk: Newsdesk, visitor: Visitor, place: str) -> None:
        desk.uncertain(EVIL)
        for language in ("fr", "en"):
            visitor.get(f"/?lang={language}")
            page = visitor.get(place).text
            assert f'<html lang="{language}">' in page
            assert page.count("<h1") == 1
            assert page.count("<main") == 1
            assert 'href="#main"' in page
            assert " style=" not in page
            assert "<script>" not in page
            ids = re.findall(r' id="([^"]+)"', page)
            assert len(ids) == len(set(ids))

    def test_english_pages_have_no_french_and_the_other_way_round(self, desk: Newsdesk, visitor: Visitor) -> None:
        desk.journal.sent(desk.journal.action(desk.target, desk.strike), "12")
        visitor.get("/?lang=en")
        assert "Is it over?" in visitor.get("/").text
        assert "Est-ce fini" not in visitor.get("/").text
        visitor.get("/?lang=fr")
        assert "Is it over?" not in visitor.get("/").text

    def test_the_cards_are_those_of_the_sandbox(self, visitor: Visitor) -> None:
        from importlib.resources import files

        answer = visitor.get("/static/cards.css")
        assert answer.headers["Content-Type"].startswith("text/css")
        assert answer.text == files("occupier.sandbox").joinpath("static", "cards.css").read_text("utf-8")
