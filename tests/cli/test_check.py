"""`check`, typed in a newsroom whose networks are the sandbox's."""

from __future__ import annotations

from occupier.services.checks.finding import TOPICS
from tests.cli.conftest import DECLARE, Desk


def test_check_is_green_on_the_sandbox_and_ends_with_a_line_to_send(newsroom: Desk) -> None:
    newsroom.type(*DECLARE)
    before = newsroom.database.read_bytes()
    typed = newsroom.type("check")
    assert typed.status == 0, typed.out
    last = typed.out.splitlines()[-1]
    assert last.startswith("ready · 3 accounts · usual tool paused: no · ends ")
    assert newsroom.database.read_bytes() == before
    french = newsroom.settings.read_text().replace('language = "en"', 'language = "fr"')
    newsroom.settings.write_text(french, encoding="utf-8")
    lines = newsroom.type("check").out.splitlines()
    assert lines[-1].startswith("prêt · 3 comptes · automate en pause : non · fin ")
    assert lines[0].split("\t")[1] == "réglages et clés"


def test_check_tells_beforehand_that_the_database_has_no_folder(newsroom: Desk) -> None:
    newsroom.environ["OCCUPIER_DATABASE"] = "sqlite:///elsewhere/occupier.db"
    typed = newsroom.type("check")
    assert typed.status == 1
    assert "The database cannot be made in" in typed.out
    assert newsroom.type("run", "--once").status == 4


def test_check_finds_what_is_wrong_and_fails(newsroom: Desk) -> None:
    newsroom.environ["SANDBOX_MASTODON_TOKEN"] = "another-token"
    del newsroom.environ["SANDBOX_FACEBOOK_TOKEN"]
    typed = newsroom.type("check", "--json")
    assert typed.status == 1
    document = typed.document
    assert (document["version"], document["ready"]) == (1, False)
    red = {(f["id"], f["subject"]) for f in document["findings"] if f["level"] == "red"}
    assert red == {("account", "mastodon"), ("secret", "page-facebook")}
    assert document["summary"].startswith("not ready: 2 things to mend · 3 accounts")
    assert "another-token" not in typed.out + typed.err
    assert {f["topic"] for f in document["findings"]} == set(TOPICS.values()) - {"pace"}  # its feed has one article


def test_settings_without_feeds_or_accounts_are_not_ready(desk: Desk) -> None:
    desk.write('timezone = "Europe/Paris"\n')
    typed = desk.type("check", "--json")
    assert {f["id"] for f in typed.document["findings"] if f["level"] == "red"} == {"feed", "account"}
