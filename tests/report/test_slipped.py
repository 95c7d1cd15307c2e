"""The account of a strike lists the usual posts that went out all the same."""

from __future__ import annotations

import pytest

from occupier.domain.reconcile import RemotePost
from occupier.report import write
from tests.report.conftest import told
from tests.services.newsroom import HOUR, MINUTE, Newsroom, entry


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_is_told_with_its_account_its_application_and_its_address(room: Newsroom, language: str) -> None:
    room.occupied(hours=4)
    link = "https://www.example.org/1"
    room.poll(entry("old"), entry(1), after=MINUTE)
    url = "https://social.example/@courrier/77"
    usual = RemotePost("77", f"À lire {link}", (link,), room.clock.now(), url, "dlvr.it")
    room.network("mastodon-une").posts.append(usual)
    room.run_lane("mastodon-une")
    room.run_lane("x-une")
    room.controlling.drop(next(a.id for a in room.actions() if a.reason == "usual_out"))
    room.clock.advance(5 * HOUR)
    with told(room, language) as document:
        text = b"".join(write(document, ".md")).decode()
    (row,) = [line for line in text.splitlines() if "dlvr.it" in line]
    assert "mastodon" in row
    assert "77" in row


def test_where_nobody_else_posted_there_is_no_such_table(over: Newsroom) -> None:
    with told(over, "en") as document:
        assert "another tool or person" not in b"".join(write(document, ".md")).decode()
