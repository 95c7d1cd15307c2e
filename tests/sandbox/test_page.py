import re

import pytest

from occupier.sandbox import Fault, FaultKind, Sandbox
from tests.sandbox.conftest import Ask, Clock

HOSTILE = "<img src=x onerror=alert(1)> & \"quotes\" 'too'"


def test_what_was_posted_is_text_and_never_markup(toot: Ask, ask: Ask, box: Sandbox) -> None:
    article = box.publish(title=f"Titre {HOSTILE}", summary=HOSTILE, categories=(HOSTILE,))
    box.publish(title="Piège", link="javascript:alert(1)")
    toot(f"{HOSTILE} {article.link}")
    page = ask("GET", "/").body.decode()
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; &quot;quotes&quot; &#x27;too&#x27;" in page
    assert 'href="javascript:' not in page


def test_nothing_runs_but_the_pages_own_files(ask: Ask) -> None:
    page = ask("GET", "/")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert not re.search(r"<script>|<style|style=|onclick=", page.body.decode())
    for name in re.findall(rb'(?:src|href)="(/static/[^"]+)"', page.body):
        assert ask("GET", name.decode()).status == 200


def test_it_renews_itself_without_a_script_too(ask: Ask) -> None:
    assert b'<noscript><meta http-equiv="refresh"' in ask("GET", "/").body


@pytest.mark.parametrize(
    ("path", "accepted", "words"),
    [
        ("/", "fr-FR,fr;q=0.9,en;q=0.5", "rien n’est envoyé sur Internet"),
        ("/", "en-GB,en;q=0.9", "nothing is sent to the Internet"),
        ("/", "de", "rien n’est envoyé sur Internet"),
        ("/?lang=en", "fr", "nothing is sent to the Internet"),
        ("/?lang=xx", "en", "nothing is sent to the Internet"),
    ],
)
def test_it_speaks_the_readers_language(ask: Ask, path: str, accepted: str, words: str) -> None:
    page = ask("GET", path, headers={"Accept-Language": accepted}).body.decode()
    assert words in page


def test_an_unchanged_page_is_a_304(toot: Ask, ask: Ask) -> None:
    etag = ask("GET", "/").headers["ETag"]
    assert ask("GET", "/", headers={"If-None-Match": etag}).status == 304
    toot("un")
    assert ask("GET", "/", headers={"If-None-Match": etag}).status == 200


def test_a_post_that_lags_is_counted_and_not_shown(toot: Ask, ask: Ask, box: Sandbox, clock: Clock) -> None:
    box.fault("mastodon", Fault(FaultKind.VISIBLE_AFTER, seconds=60))
    toot("bientôt")
    before = ask("GET", "/").body.decode()
    clock.advance(61)
    after = ask("GET", "/").body.decode()
    assert "1 pas encore visible" in before
    assert "bientôt" not in before
    assert "bientôt" in after


def test_a_strike_message_is_marked_and_the_title_of_an_article_is_not_one(toot: Ask, ask: Ask, box: Sandbox) -> None:
    article = box.publish(title="Grève des trains lundi")
    toot(f"Grève des trains lundi\n\n{article.link}")
    toot("Nous sommes en grève.")
    page = ask("GET", "/").body.decode()
    assert page.count('class="card strike"') == 1
    posts = ask("GET", "/timeline.json").json["networks"][0]["posts"]
    assert [post["strike"] for post in posts] == [True, False]


def test_a_deleted_post_disappears(toot: Ask, ask: Ask, box: Sandbox) -> None:
    post = toot("à retirer").json
    token = box.credentials["mastodon"]["access_token"]
    ask("DELETE", f"/api/v1/statuses/{post['id']}", headers={"Authorization": f"Bearer {token}"})
    assert "à retirer" not in ask("GET", "/").body.decode()


def test_no_credential_is_on_any_page(toot: Ask, ask: Ask, box: Sandbox) -> None:
    toot("un")
    shown = ask("GET", "/").body + ask("GET", "/timeline.json").body
    secrets = [value for key, value in box.credentials["x"].items() if key != "page_id"]
    for secret in [*secrets, box.token, box.credentials["mastodon"]["access_token"]]:
        assert secret.encode() not in shown
        assert secret not in repr(box.account("x"))


@pytest.mark.parametrize("path", ["/static/../box.py", "/static/page.html", "/static/", "/nowhere"])
def test_no_other_file_is_served(ask: Ask, path: str) -> None:
    assert ask("GET", path).status == 404


def test_it_names_the_newsrooms_feed_as_a_site_does(ask: Ask, box: Sandbox) -> None:
    feeds = re.findall(
        r'<link rel="alternate" href="([^"]+)" type="application/rss\+xml">', ask("GET", "/").body.decode()
    )
    assert [box.url + path for path in feeds] == [box.feed_url()]
