"""Words for the tool that one has, as they are typed and shown."""

from __future__ import annotations

import stat

import pytest

from tests.cli.conftest import DECLARE, PLAIN, Desk


@pytest.fixture
def declared(desk: Desk) -> Desk:
    """A strike is declared."""
    desk.write(PLAIN)
    desk.type("db", "upgrade")
    desk.type(*DECLARE)
    return desk


def test_the_text_has_the_tools_own_words_and_its_hours(declared: Desk) -> None:
    shown = declared.type("text", "--tool", "IFTTT")
    assert shown.status == 0
    assert "{{EntryTitle}}" in shown.out
    assert "{{EntryUrl}}" in shown.out
    assert "contre la réforme des retraites" in shown.out
    assert "Put it in" in shown.out
    assert "Note the text that stands there now" in shown.out


def test_an_unknown_tool_takes_a_prefix_or_its_words(declared: Desk) -> None:
    assert "before the tool's own text" in declared.type("text", "--tool", "Echobox").out
    refused = declared.type("text", "--tool", "Echobox", "--where", "whole")
    assert refused.status == 2
    assert "jetpack, ifttt" in refused.err
    assert "[T]" in declared.type("text", "--tool", "Echobox", "--title", "[T]", "--link", "[L]").out


def test_the_old_text_is_kept_for_its_user_alone_and_given_back_with_the_hour(declared: Desk) -> None:
    kept = declared.type("text", "--tool", "jetpack", "--old", "{title}\n{url} #actu")
    assert "occupier text 24-janvier --back" in kept.out
    file = declared.folder / "old-texts.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    back = declared.type("text", "--back")
    assert back.status == 0
    assert "    {title}\n    {url} #actu" in back.out
    assert "to be put back" in back.out
    assert declared.type("text", "--back", "--json").document["old"][0]["text"] == "{title}\n{url} #actu"
    assert "is kept already" in declared.type("text", "--tool", "jetpack").out
    declared.type("text", "--tool", "jetpack", "--old", "another")
    assert [old["text"] for old in declared.type("text", "--back", "--json").document["old"]] == ["another"]


def test_when_the_strike_is_over_the_daemon_gives_it_back(declared: Desk) -> None:
    declared.type("text", "--tool", "jetpack", "--old", "{title} {url}")
    declared.write(PLAIN.partition("[[feeds]]")[0])
    declared.type("strike", "end", "24-janvier")
    assert "put the old text back into Jetpack" in declared.type("run", "--once").err
    assert "old text" not in declared.type("run", "--once").err


def test_nothing_kept_nothing_declared_or_a_broken_file_is_one_sentence(desk: Desk) -> None:
    desk.write(PLAIN)
    assert desk.type("text").status == 2
    assert desk.type("text", "nope").status == 2
    assert desk.type("text", "--back").status == 1
    (desk.folder / "old-texts.json").write_text("{", encoding="utf-8")
    broken = desk.type("text", "--back")
    assert broken.status == 2
    assert "old-texts.json" in broken.err


def test_programs_get_a_document(declared: Desk) -> None:
    document = declared.type("text", "--tool", "feed2toot", "--json").document
    assert (document["strike"], document["where"]) == ("24-janvier", "whole")
    (only,) = document["texts"]
    assert only["network"] == "mastodon"
    assert only["room"] == only["limit"] - only["length"]
