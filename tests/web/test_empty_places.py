"""Where a usual post was deleted, and nothing stands in its place, every page says so."""

from __future__ import annotations

import pytest

from occupier.domain.action import REPLACED, Action, Proof, Purpose, State, Verb, post_subject, replace_slot
from occupier.domain.ports import Change, NewAction
from tests.storage.journal import HOUR
from tests.web.newsdesk import Newsdesk, Visitor
from tests.web.test_pages import text_of


@pytest.fixture
def deletion(desk: Newsdesk) -> Action:
    """The usual post of an article is deleted; the strike post waits."""
    journal = desk.journal
    target = journal.target()
    announcement = journal.action(target, desk.strike)
    with journal.writing() as tx:
        taken = tx.actions.add(
            NewAction(
                target.id, announcement.article_id or 0, Purpose.REPLACE, State.PENDING, "takes_place", tx.now, tx.now,
                desk.strike.id, verb=Verb.DELETE, subject=post_subject("x9"), slot=replace_slot(announcement.id),
            )
        )  # fmt: skip
    assert taken
    return journal.sent(taken, "x9")


def test_it_is_said_with_the_article(desk: Newsdesk, visitor: Visitor, deletion: Action) -> None:
    assert "Rien n’annonce" not in text_of(visitor.get("/").text)
    desk.clock.advance(HOUR / 30)
    for page in ("/", "/accounts"):
        said = text_of(visitor.get(page).text)
        assert "Rien n’annonce" in said
        assert "son post habituel a été supprimé" in said


def test_it_is_said_no_more_once_something_stands_there(desk: Newsdesk, visitor: Visitor, deletion: Action) -> None:
    desk.clock.advance(HOUR / 30)
    closed = Change(State.SENT, REPLACED, remote_id="x9", proof=Proof.RECEIPT, sent_at=deletion.sent_at)
    with desk.journal.writing() as tx:
        tx.actions.change(deletion, closed, "closed")
    assert "Rien n’annonce" not in text_of(visitor.get("/").text)
