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
    assert "Put it in now." in shown.out
    assert "Note the text that stands there now" in shown.out


def test_an_unknown_tool_takes_a_prefix_or_its_words(declared: Desk) -> None:
    assert "before the tool's own text" in declared.type("text", "--tool", "Echobox").out
    refused = declared.type("text", "--tool", "Echobox", "--where", "whole")
    assert refused.status == 2
    assert "nonli, jetpack, ifttt" in refused.err
    assert "dlvr.it" not in refused.err
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


def test_a_tool_that_takes_no_text_is_sent_to_the_strike_feed(declared: Desk) -> None:
    refused = declared.type("text", "--tool", "dlvr.it")
    assert (refused.status, refused.out) == (1, "")
    assert "dlvr.it takes no text of yours" in refused.err
    assert "a strike feed" in refused.err
    assert "puts into its queue: name that one" in declared.type("text", "--tool", "Buffer").err
    tried = declared.type("text", "--tool", "dlvr.it", "--where", "prefix")
    assert tried.status == 0
    assert "Whether dlvr.it has such a field is not known" in tried.out


def test_it_says_where_the_words_were_read_and_that_a_strike_feed_ends_by_itself(declared: Desk) -> None:
    shown = declared.type("text", "--tool", "nonli").out
    assert "As https://nonli.notion.site/" in shown
    assert "a strike feed would end by itself" in shown
    assert "strike feed" not in declared.type("text", "--tool", "jetpack").out


def test_each_network_of_a_tool_has_its_text_and_its_old_text(declared: Desk) -> None:
    x = declared.type("text", "--tool", "ifttt", "--network", "x", "--old", "on X")
    assert "X: " in x.out
    assert "Mastodon: " not in x.out
    declared.type("text", "--tool", "ifttt", "--network", "facebook", "--old", "on the page")
    back = declared.type("text", "--back").out
    assert "IFTTT on X, from before the strike" in back
    assert "IFTTT on Facebook, from before the strike" in back


def test_before_a_strike_it_is_put_in_at_its_hour(desk: Desk) -> None:
    desk.write(PLAIN)
    desk.type("db", "upgrade")
    desk.type("strike", "declare", "later", "--from", "+1h", "--to", "+8h", "--mandate", "AG", "--reason", "x")
    assert ", not before." in desk.type("text", "--tool", "ifttt").out


def test_programs_get_a_document(declared: Desk) -> None:
    document = declared.type("text", "--tool", "feed2toot", "--json").document
    assert (document["strike"], document["where"]) == ("24-janvier", "whole")
    (only,) = document["texts"]
    assert only["network"] == "mastodon"
    assert only["room"] == only["limit"] - only["length"]
