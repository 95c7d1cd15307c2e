"""Accounts without keys: a strike feed, words for a tool, a person; and what the usual tool does meanwhile."""

from __future__ import annotations

import stat
import tomllib
from datetime import timedelta

import pytest

from occupier.domain.errors import UsageError
from occupier.domain.handing import Images
from occupier.domain.setup import IfUsualIsOut, Takeover
from occupier.onboarding.closing import next_steps, write_settings
from occupier.onboarding.strike_feed import read_interval
from occupier.settings import Settings, load
from tests.onboarding.conftest import GROUND, MASTODON, NOW, Desk, Line

SERVICE: tuple[Line, ...] = (*GROUND[:6], "service", "dlvr.it", "yes")
"""The lines until the first account, where a service posts and one gets into it."""
SHUT: tuple[Line, ...] = (*SERVICE[:-1], "no")
FEED: tuple[Line, ...] = ("x", "feed", "", "", "served", "15 min", "")
END: tuple[Line, ...] = ("", "yes")


def written(desk: Desk, *lines: Line) -> Settings:
    """Hold the whole conversation, and write what comes of it."""
    _, answers = desk.sit(*lines)
    write_settings(desk.world(), answers)
    answers.forget()
    return load(desk.file, {}, NOW)


def test_each_way_is_offered_and_the_surest_is_proposed(desk: Desk) -> None:
    person, _ = desk.sit(*GROUND, "facebook")
    ways = ("through keys of our own", "which reads a feed", "whose text we can change", "somebody posts by hand")
    places = [person.screen.index(words) for words in ways]
    assert places == sorted(places)
    assert "plan on not tonight" in person.screen
    assert person.asked[-1] == "account.1.by"


def test_a_strike_feed_comes_out_with_its_address_and_the_evening_before(desk: Desk) -> None:
    person, answers = desk.sit(*SERVICE, *FEED, *END)
    assert "http://127.0.0.1:8020/feeds/tool-x.xml" in person.screen
    assert "The evening before: start occupier" in person.screen
    assert "Do not pause it" in person.screen
    lines = "\n".join(next_steps(desk.world(), answers, option=""))
    assert "occupier run --serve-feed\n" in lines
    assert "Point the tool at http://127.0.0.1:8020/feeds/tool-x.xml" in lines
    write_settings(desk.world(), answers)
    [account] = load(desk.file, {}, NOW).setup.accounts
    assert (account.name, account.network, account.is_feed, account.is_written) == ("tool-x", "x", True, False)
    assert (account.tool_interval, account.images) == (timedelta(minutes=15), Images.KEEP)


def test_nothing_is_paused_where_the_tool_itself_says_the_strike(desk: Desk) -> None:
    person, _ = desk.sit(*SERVICE, *FEED, "")
    assert person.asked[-1] == "write"
    assert "usual.paused" not in person.asked


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("15", "15m"),
        ("60", "60m"),
        ("90", "90m"),
        ("120", "2h"),
        ("15 min", "15m"),
        ("5 minutes", "5m"),
        ("1h30", "90m"),
        ("2 h", "2h"),
        ("3 heures", "3h"),
        ("1 jour", "24h"),
        ("1d", "24h"),
    ],
)
def test_an_interval_is_understood_as_people_say_it(typed: str, means: str) -> None:
    assert read_interval(typed) == means


@pytest.mark.parametrize("typed", ["", "0", "often", "1 week", "2 d", "1441", "-5", "1.5"])
def test_an_interval_that_cannot_be_meant_is_refused(typed: str) -> None:
    with pytest.raises(UsageError, match="Write a number of minutes"):
        read_interval(typed)


def test_a_feed_put_into_a_file_needs_a_folder_that_is_there(desk: Desk) -> None:
    there = desk.folder / "www"
    there.mkdir()
    nowhere, file = str(desk.folder / "none" / "greve.xml"), str(there / "greve.xml")
    person, answers = desk.sit(*SERVICE, "mastodon", "feed", "", "", "file", nowhere, file, "", "no", *END)
    assert "There is no such folder on this machine" in person.screen
    assert f"the web shows {file}" in person.screen
    assert "run --serve-feed" not in "\n".join(next_steps(desk.world(), answers, option=""))
    write_settings(desk.world(), answers)
    settings = load(desk.file, {}, NOW)
    delivery = settings.connections["tool-mastodon"].delivery
    assert delivery is not None
    assert (delivery.way, delivery.where) == ("file", file)
    assert settings.setup.accounts[0].images == Images.DROP


@pytest.mark.parametrize(
    ("way", "wrong", "right"),
    [
        ("sftp", "sftp://u:pw@host.example/greve.xml", "sftp://u@host.example/greve.xml"),
        ("webdav", "http://dav.example/greve.xml", "https://u@dav.example/greve.xml"),
    ],
)
def test_a_password_is_put_away_and_stands_nowhere_else(way: str, wrong: str, right: str, desk: Desk) -> None:
    answers: tuple[Line, ...] = ("x", "feed", "", "", way, wrong, right, "file", "hush-hush", "", "")
    person, kept = desk.sit(*SERVICE, *answers, *END)
    assert "write the address of the file" in person.screen
    write_settings(desk.world(), kept)
    assert "hush-hush" not in person.screen + desk.everything() + repr(kept)
    settings = load(desk.file, {}, NOW)
    assert settings.secrets("tool-x") == {"password": "hush-hush"}
    assert stat.S_IMODE((desk.folder / "secrets" / "tool-x-password").stat().st_mode) == 0o600


def test_a_feed_without_a_password_asks_the_users_own_keys(desk: Desk) -> None:
    lines: tuple[Line, ...] = ("x", "feed", "", "", "sftp", "sftp://host.example/greve.xml", "", "", "", "")
    assert written(desk, *SERVICE, *lines, *END).secrets("tool-x") == {}


def test_a_command_is_one_of_this_machine(desk: Desk) -> None:
    lines: tuple[Line, ...] = ("x", "feed", "", "", "command", "no-such-program greve.xml", "cat 'a", "cat", "", "")
    person, answers = desk.sit(*SERVICE, *lines, *END)
    assert "This machine finds no program of that name" in person.screen
    assert "write a command that reads the feed" in person.screen
    write_settings(desk.world(), answers)
    delivery = load(desk.file, {}, NOW).connections["tool-x"].delivery
    assert delivery is not None
    assert delivery.command == ("cat",)


def test_of_several_feeds_the_one_that_the_tool_reads_is_asked_for(desk: Desk) -> None:
    desk.box.publish("sport", title="Une victoire")
    sites = (*GROUND[:5], "yes", desk.box.feed_url("sport"), "yes", "no")
    settings = written(desk, *sites, "hand", "x", "feed", "", "", "2", "served", "", "", *END)
    [account] = settings.setup.accounts
    assert account.feeds == {settings.setup.feeds[1].name}


def test_a_person_posts_where_there_is_nothing_else(desk: Desk) -> None:
    hand: tuple[Line, ...] = ("mastodon", "hand", "", "@une@mastodon.example", "")
    person, answers = desk.sit(*GROUND, *hand, "facebook", "hand", "", "", *END)
    assert "occupier done" in person.screen
    assert "occupier run --serve\n" in "\n".join(next_steps(desk.world(), answers, option=""))
    write_settings(desk.world(), answers)
    mastodon, page = load(desk.file, {}, NOW).setup.accounts
    assert (mastodon.name, mastodon.host, mastodon.for_platform) == (
        "mastodon-by-hand",
        "mastodon.example",
        "mastodon",
    )
    assert (page.name, page.for_platform) == ("page-by-hand", "facebook")


def test_words_leave_nothing_in_the_settings_and_lead_to_the_command(desk: Desk) -> None:
    person, answers = desk.sit(*SERVICE, "x", "words", "dlvr.it", "buffer", "IFTTT", *END)
    assert "Buffer posts what another tool puts into its queue" in person.screen
    assert "dlvr.it takes no text of yours" in person.screen
    assert "So far: IFTTT on X" in person.screen
    lines = "\n".join(next_steps(desk.world(), answers, option=""))
    assert "occupier text 2020-01-24 --tool IFTTT --network x\n" in lines
    assert "occupier run\n" in lines  # it tells when the old text is to be put back
    assert "occupier plan" not in lines
    write_settings(desk.world(), answers)
    assert load(desk.file, {}, NOW).setup.accounts == ()


def test_a_tool_beside_connected_accounts_is_paused_but_for_what_reads_the_feed(desk: Desk) -> None:
    person, answers = desk.sit(*SERVICE, *FEED, *MASTODON, "", "Routes, 22h30", "", "yes")
    assert "it has to be silent: mastodon-une." in person.screen
    assert "What reads the strike feed goes on, for it is what posts: tool-x." in person.screen
    write_settings(desk.world(), answers)
    settings = load(desk.file, {}, NOW)
    assert settings.setup.usual.paused == "Routes, 22h30"
    assert [account.if_usual_is_out for account in settings.setup.accounts] == [IfUsualIsOut.HOLD] * 2


def test_a_usual_post_that_is_out_is_edited_only_where_that_can_be(desk: Desk) -> None:
    own = desk.box.credentials["x"]
    keys = own["consumer_key"], own["consumer_secret"], own["access_token"], own["access_token_secret"]
    x: tuple[Line, ...] = ("x", "", "yes", "", "", "", "keys", *keys, "yes")
    settings = written(desk, *SHUT, *MASTODON, *x, "", "replace", "", "0", "yes")
    mastodon, on_x = settings.setup.accounts
    assert (mastodon.if_usual_is_out, mastodon.usual_application) == (IfUsualIsOut.REPLACE, "dlvr.it")
    assert (on_x.if_usual_is_out, on_x.usual_application) == (IfUsualIsOut.HOLD, None)


def test_strike_posts_wait_for_a_tool_that_nobody_can_stop(desk: Desk) -> None:
    person, answers = desk.sit(*SHUT, *MASTODON, "", "leave", "2 h", "25 min", "yes")
    assert "from 0 to 60" in person.screen
    write_settings(desk.world(), answers)
    [account] = load(desk.file, {}, NOW).setup.accounts
    assert (account.if_usual_is_out, account.usual_within) == (IfUsualIsOut.LEAVE, timedelta(minutes=25))


def test_they_wait_for_none_that_is_paused(desk: Desk) -> None:
    person, _ = desk.sit(*SERVICE, *MASTODON, "", "Routes, 22h30", "leave", "yes")
    assert "usual.within" not in person.asked


def test_a_tool_that_nobody_can_stop_may_be_taken_over(desk: Desk) -> None:
    stopped, _ = desk.sit(*SERVICE, *MASTODON, "", "", answers=desk.answers())
    assert "wait for each of the tool's posts" not in stopped.screen
    desk.answers().forget()
    settings = written(desk, *SHUT, *MASTODON, "", "takeover", "Dlvr.it bot", "yes")
    assert settings.setup.accounts[0].takeover is Takeover.REPLACE
    assert settings.setup.accounts[0].usual_application == "Dlvr.it bot"


def test_what_is_set_anew_keeps_what_is_not_asked_and_loses_what_is_undone(desk: Desk) -> None:
    lines: tuple[Line, ...] = ("x", "feed", "", "", "sftp", "sftp://host.example/greve.xml", "", "", "", "")
    written(desk, *SERVICE, *lines, *END)
    desk.file.write_text(desk.file.read_text() + 'first_post = "approve" # voté\n')
    again: tuple[Line, ...] = ("", "", "", "", "", "", "", "x", "feed", "tool-x", "yes", "", "served", "30", "", *END)
    person, answers = desk.sit(*again)
    assert "tool-x is in the settings already. Set it anew?" in person.screen
    write_settings(desk.world(), answers)
    [table] = tomllib.loads(desk.file.read_text())["accounts"]
    assert "deliver" not in table
    assert (table["tool_interval"], table["first_post"]) == ("30m", "approve")
    assert "# voté" in desk.file.read_text()


def test_a_name_of_another_way_is_refused(desk: Desk) -> None:
    person, _ = desk.sit(*SERVICE, *FEED, "x", "hand", "tool-x")
    assert "Another account has this name already" in person.screen


def test_an_interruption_loses_no_answer_of_a_strike_feed(desk: Desk) -> None:
    desk.sit(*SERVICE, *FEED[:-2])
    person, answers = desk.sit("nonsense", "<", "served", "20", "", *END)
    assert person.asked[:3] == ["account.1.interval", "account.1.deliver", "account.1.interval"]
    write_settings(desk.world(), answers)
    assert load(desk.file, {}, NOW).setup.accounts[0].tool_interval == timedelta(minutes=20)


def test_the_ladder_is_said_in_french_too(desk: Desk) -> None:
    ground: tuple[Line, ...] = ("fr", "2", "", "", "oui", "non", "2", "dlvr.it", "non")
    feed: tuple[Line, ...] = ("x", "2", "", "", "", "", "oui")
    hand: tuple[Line, ...] = ("mastodon", "4", "", "mastodon.example", "")
    words: tuple[Line, ...] = ("3", "3", "IFTTT")
    person, answers = desk.sit(*ground, *feed, *hand, *words, "", "oui")
    assert "Tous les combien l’outil lit-il le flux, en minutes\xa0?" in person.screen
    assert "/feeds/outil-x.xml" in person.screen
    assert "Jusqu’ici\xa0: outil-x, mastodon-a-la-main, IFTTT sur Facebook" in person.screen
    said = person.screen + "\n".join(next_steps(desk.world(), answers, option=""))
    english = ("The ", "through ", "Which", "What", "strike feed", "Point the", "by hand", "Have the")
    assert [word for word in english if word in said] == []
