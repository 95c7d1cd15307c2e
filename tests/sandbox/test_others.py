"""Other hands on the accounts of the sandbox."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from occupier.sandbox import Sandbox

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LINK = "https://www.example.org/1"


@pytest.mark.parametrize("platform", ["mastodon", "x", "facebook"])
def test_another_tools_posts_stand_where_their_hour_puts_them(platform: str) -> None:
    with Sandbox(clock=lambda: NOW) as box:
        for age in (1, 3, 2, 2):
            box.announce(platform, f"{age} {LINK}", application="dlvr.it", at=NOW - age * HOUR)
        box.announce(platform, f"0 {LINK}", application="dlvr.it")
        posts = box.posts(platform)
        assert [post.text[0] for post in posts] == ["3", "2", "2", "1", "0"]
        assert len({post.id for post in posts}) == 5
        assert {(post.application, post.link, post.account) for post in posts} == {
            ("dlvr.it", LINK, box.account(platform).id)
        }


def test_one_of_several_accounts_can_be_named() -> None:
    with Sandbox(accounts={"mastodon": ["A"]}) as box:
        second = box.add_account("mastodon", "B")["remote_id"]
        assert box.announce("mastodon", "x", application="y", account=second).account == second
        with pytest.raises(KeyError):
            box.announce("mastodon", "x", application="y", account="none")


def test_an_edit_keeps_the_media_and_the_version_before() -> None:
    with Sandbox(clock=lambda: NOW) as box:
        post = box.announce("mastodon", f"avant {LINK}", application="dlvr.it", media=["Foule"], spoiler="Attention")
        after = box.edit("mastodon", post.id, f"après {LINK}2", application="Web")
        assert (after.text, after.link, after.edited_at) == (f"après {LINK}2", f"{LINK}2", NOW)
        assert [(old.text, old.application) for old in after.edits] == [(f"avant {LINK}", "Web")]
        assert ([medium.description for medium in after.media], after.spoiler) == (["Foule"], "Attention")
