from __future__ import annotations

from dataclasses import replace
from itertools import islice

import pytest

from occupier.domain.action import Proof, State
from occupier.domain.outcome import Receipt, RefusalKind, Refused
from occupier.domain.ports import Change, LogQuery
from occupier.domain.setup import FeedSource
from tests.fakes import START
from tests.storage.journal import HOUR, SECOND, STRIKE, Journal


def ids(journal: Journal, **query: object) -> list[int]:
    with journal.store.reading() as tx:
        return [int(str(record["id"])) for record in tx.register.records(LogQuery(**query))]  # type: ignore[arg-type]


@pytest.fixture
def log(journal: Journal) -> Journal:
    """Six records, a second apart: 1-3 of the first strike, 4 ordinary, 5 of another strike, 6 on another account."""
    one, two = journal.strike(), journal.strike(replace(STRIKE, name="autre", accounts=frozenset({"x"})))
    target, other = journal.target(), journal.target("autre")
    for where, strike, feed in (
        (target, one, "une"), (target, one, "une"), (target, one, "sport"), (target, None, "une"),
        (target, two, "une"), (other, one, "une"),
    ):  # fmt: skip
        journal.action(where, strike, article=journal.article(feed))
        journal.clock.advance(1)
    return journal


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [1, 2, 3, 5, 6]),
        ({"everything": True}, [1, 2, 3, 4, 5, 6]),
        ({"strike": "retraites"}, [1, 2, 3, 6]),
        ({"strike": "inconnue"}, []),
        ({"account": "autre"}, [6]),
        ({"feed": "sport"}, [3]),
        ({"state": State.PENDING}, [1, 2, 3, 5, 6]),
        ({"state": State.SENT}, []),
        ({"since": START + 2 * SECOND}, [3, 5, 6]),
        ({"until": START + 2 * SECOND}, [1, 2]),
        ({"since": START + SECOND, "until": START + 2 * SECOND}, [2]),
        ({"limit": 2}, [5, 6]),
        ({"limit": 2, "everything": True, "account": "compte"}, [4, 5]),
        ({"limit": 0}, []),
        ({"limit": 99}, [1, 2, 3, 5, 6]),
        ({"after": 2}, [3, 5, 6]),
        ({"after": 2, "limit": 2}, [3, 5]),
        ({"after": 0, "limit": 1}, [1]),
        ({"after": 6}, []),
        ({"feed": "une", "strike": "retraites", "limit": 1}, [6]),
    ],
)
def test_what_is_asked_for_comes_oldest_first(log: Journal, query: dict[str, object], found: list[int]) -> None:
    assert ids(log, **query) == found


def test_pages_make_up_the_whole(log: Journal) -> None:
    seen: list[int] = []
    while page := ids(log, after=seen[-1] if seen else 0, limit=2):
        seen += page
    assert seen == ids(log)


def test_a_record_is_complete(journal: Journal) -> None:
    strike, article = journal.strike(), journal.article(published_at=START - HOUR)
    action = journal.action(journal.target(), strike, article=article)
    mine = journal.claimed(action)
    sent = Change(State.SENT, "receipt", remote_id="9", remote_url="https://p/9", proof=Proof.RECEIPT, sent_at=START)
    journal.settle(mine, sent, Receipt("9"))
    with journal.writing() as tx:
        tx.articles.see([article.id], tx.feeds.ensure(FeedSource("sport", "https://a.fr/s")).id, START + HOUR)
        tx.runtime.set("dry_run", "yes")
        assert list(tx.register.records(LogQuery())) == [
            {
                "id": "1", "kind": "strike", "verb": "publish", "strike": "retraites", "feed": "une",
                "account": "compte", "platform": "mastodon", "article_id": str(article.id), "article_url": article.link,
                "article_title": article.title, "ordinary_text": "Le titre",
                "strike_text": "En grève\nhttps://a.fr/", "state": "sent",
                "reason": "receipt", "post_id": "9", "post_url": "https://p/9", "first_seen_at": "2026-11-20T12:00:00Z",
                "published_at": "2026-11-20T11:00:00Z", "decided_at": "2026-11-20T12:00:00Z",
                "sent_at": "2026-11-20T12:00:00Z", "attempts": 1, "error": None, "proof": "receipt", "gone_at": None,
                    "gone_by": None, "handed_at": None, "read_at": None, "replaced": None, "dry_run": True,
            }
        ]  # fmt: skip


def test_the_error_is_that_of_the_last_attempt(journal: Journal) -> None:
    mine = journal.claimed(journal.action(journal.target()))
    journal.settle(mine, Change(State.REFUSED, "content"), Refused(RefusalKind.CONTENT, 422, "too rude"))
    with journal.store.reading() as tx:
        (record,) = tx.register.records(LogQuery(everything=True))
    assert record["error"] == {"code": "refused:content", "message": "too rude"}
    assert record["ordinary_text"] == "En grève\nhttps://a.fr/"
    assert (record["strike_text"], record["strike"], record["dry_run"]) == (None, None, False)


def test_reading_is_a_stream_and_leaves_the_transaction_as_it_was(journal: Journal) -> None:
    target, strike = journal.target(), journal.strike()
    for _ in range(3):
        journal.action(target, strike)
    with journal.writing() as tx:
        first = list(islice(tx.register.records(LogQuery()), 1))
        tx.runtime.set("k", "v")
        assert [record["id"] for record in first] == ["1"]
        assert tx.runtime.all() == {"k": "v"}


def test_counts_by_account_and_state(log: Journal) -> None:
    with log.store.reading() as tx:
        assert tx.register.counts() == {("compte", "pending"): 5, ("autre", "pending"): 1}
