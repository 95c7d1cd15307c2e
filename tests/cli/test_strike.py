"""`strike`: what was understood is said again, in full words."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import pytest

from occupier.cli.rehearse import own_setup
from occupier.cli.session import Session
from tests.cli.conftest import DECLARE, PLAIN, Desk, Terminal, speak
from tests.fakes import FakeClock

EVE = datetime(2020, 1, 24, 2, 48, tzinfo=UTC)
FRIDAY = ("strike", "declare", "24-janvier", "--from", "2020-01-24T09:00", "--to", "2020-01-25 00:00",
          "--mandate", "AG du 23 janvier", "--reason", "contre la réforme des retraites")  # fmt: skip


def test_a_declaration_is_said_again_in_french_words(desk: Desk) -> None:
    desk.write(PLAIN, "fr")
    desk.clock = FakeClock(EVE)
    typed = desk.type(*FRIDAY)
    assert typed.status == 0
    assert "vendredi 24 janvier 2020 à 9h00, heure de Paris, dans 5 h 12" in typed.out
    assert "vendredi 24 janvier 2020 à 23h59, heure de Paris" in typed.out
    assert "minuit" not in typed.out
    assert "mastodon-une" in typed.out
    assert "occupier run" in typed.out
    assert "jusqu’au vendredi 24 janvier à 23h59" in typed.out


def test_a_declaration_is_said_again_in_english_words(desk: Desk) -> None:
    desk.clock = FakeClock(EVE)
    typed = desk.type(*FRIDAY)
    assert "from Friday 24 January 2020 at 9:00 am, Paris time, in 5 h 12 min" in typed.out
    assert "to Friday 24 January 2020 at 11:59 pm, Paris time" in typed.out


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "(le lien est joint dessous)"), ("en", "(the link is attached below)")]
)
def test_a_link_that_travels_beside_the_text_is_spoken_of(newsroom: Desk, language: str, words: str) -> None:
    newsroom.write(newsroom.settings.read_text(), language)
    shown = newsroom.type(*DECLARE).out
    assert shown.count(words) == 1
    assert words in shown.partition("page-facebook\n")[2]
    annexed = " ".join(newsroom.type("plan", "24-janvier").out.split())
    assert annexed.count(words) > 1
    assert "[http" not in newsroom.type("preview", "--last", "1").out


@pytest.mark.parametrize(
    ("language", "asked", "no"),
    [("fr", "il y a 5 h 12", "Rien n’a été déclaré"), ("en", "5 h 12 min ago", "Nothing was")],
)
def test_on_a_terminal_a_start_in_the_past_is_asked_about(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, language: str, asked: str, no: str
) -> None:
    speak(desk, PLAIN, language)
    desk.clock = FakeClock(datetime(2020, 1, 24, 13, 12, tzinfo=UTC))
    monkeypatch.setattr(sys, "stdin", Terminal("non\n"))
    refused = desk.type(*FRIDAY)
    assert refused.status == 1
    assert asked in refused.err
    assert no in refused.out
    assert desk.type("strike", "list", "--json").document["strikes"] == []
    monkeypatch.setattr(sys, "stdin", Terminal("yes\n"))
    assert desk.type(*FRIDAY).status == 0


def test_a_start_that_is_now_or_meant_is_not_asked_about(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(""))
    assert desk.type(*DECLARE).status == 0
    again = ("strike", "declare", "again", "--from", "2020-01-01T09:00", "--to", "2020-01-02T09:00", *FRIDAY[7:])
    desk.clock = FakeClock(datetime(2020, 1, 1, 13, 12, tzinfo=UTC))
    assert desk.type(*again, "--yes").status == 0


def test_a_start_in_the_past_is_warned_of_but_not_one_that_is_now(desk: Desk) -> None:
    assert "before now" not in desk.type(*DECLARE).out
    desk.type("strike", "end", "24-janvier")
    past = desk.type(*FRIDAY[:2], "again", "--from", "2020-01-01T09:00", "--to", "+1h", *FRIDAY[7:], "--long")
    assert past.status == 0
    assert "before now" in past.out


def test_wordings_are_tried_on_the_accounts_in_scope_only(desk: Desk) -> None:
    long = "En grève {{ strike.reason }} jusqu’au {{ strike.end }}, dit {{ strike.who }}. {{ title }} {{ link }} "
    keys = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
    secrets = "".join(f'{key} = {{ env = "A" }}\n' for key in keys)
    desk.write(f'{PLAIN}\n[[accounts]]\nname = "x-une"\nplatform = "x"\n{secrets}')
    message = ("--message", long + "Solidarité. " * 16)
    refused = desk.type(*DECLARE, *message)
    assert refused.status == 2
    assert "x-une" in refused.err
    assert not desk.database.exists()
    assert desk.type(*DECLARE, *message, "--account", "mastodon-une").status == 0


def test_a_reason_too_long_for_the_shipped_wordings_is_refused(desk: Desk) -> None:
    refused = desk.type(*DECLARE[:-1], "contre " + "la réforme " * 60)
    assert refused.status == 2
    assert "too long" in refused.err


def test_a_rehearsal_with_settings_says_the_words_of_what_was_declared(desk: Desk) -> None:
    assert desk.type(*DECLARE).status == 0
    session = Session(desk.environ)
    session.settings_option = str(desk.settings)
    try:
        assert [strike.reason for strike in own_setup(session).strikes] == ["contre la réforme des retraites"]
    finally:
        session.close()


def test_a_strike_that_concerns_no_account_says_so(desk: Desk) -> None:
    desk.write(f"{PLAIN}test = true\n")
    typed = desk.type(*DECLARE)
    assert typed.status == 0
    assert "concerns no account" in typed.out


def test_strikes_are_listed_for_people_and_for_programs(desk: Desk) -> None:
    desk.type(*DECLARE)
    listed = desk.type("strike", "list")
    assert "24-janvier\tin force, ends in" in listed.out
    assert "\x1b" not in listed.out
    typed = desk.type("strike", "list", "--json")
    assert (typed.document["version"], typed.err) == (1, "")
    [strike] = typed.document["strikes"]
    assert strike["name"] == "24-janvier"
    assert strike["stands"] == "in_force"
    assert strike["from"].endswith("Z")
    assert strike["url"] is None


def test_a_strike_is_three_lines_at_a_terminal_and_its_zone_is_said_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.clock = FakeClock(EVE)
    desk.type(*FRIDAY)
    monkeypatch.setenv("COLUMNS", "200")
    screen = Terminal("")
    monkeypatch.setattr(sys, "stdout", screen)
    desk.type("strike", "list")
    lines = screen.getvalue().splitlines()
    assert len(lines) == 3
    assert lines[1].count("Paris time") == 1


def test_the_settings_own_strikes_are_listed_before_any_daemon_knows_them(desk: Desk) -> None:
    desk.clock = FakeClock(EVE)
    strike = 'name = "b"\nfrom = "2020-01-25T09:00"\nto = "2020-01-25T19:00"\nmandate = "m"\nreason = "r"\n'
    desk.write(f"{PLAIN}\n[[strikes]]\n{strike}")
    [listed] = desk.type("strike", "list", "--json").document["strikes"]
    assert (listed["name"], listed["stands"], listed["source"]) == ("b", "to_come", "settings")
    assert not desk.database.exists()


def test_a_strike_is_renewed_under_its_next_name_and_ended_for_ever(desk: Desk) -> None:
    desk.type(*DECLARE)
    renewed = desk.type("strike", "renew", "24-janvier", "--to", "+20h", "--mandate", "AG du 24")
    assert renewed.status == 0
    assert "24-janvier-2" in renewed.out
    assert desk.type("strike", "end", "24-janvier").status == 0
    again = desk.type("strike", "end", "24-janvier")
    assert again.status == 2
    assert "over already" in again.err
    stands = {s["name"]: s["stands"] for s in desk.type("strike", "list", "--json").document["strikes"]}
    assert stands == {"24-janvier": "over", "24-janvier-2": "to_come"}
