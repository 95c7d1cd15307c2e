"""The ledger: what was tampered with is found, and what was destroyed is gone, in every byte."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from docs.verify import COLUMNS
from docs.verify import verify as verify_alone
from occupier.domain.action import Purpose, State, Verb, post_subject, retract_slot
from occupier.domain.errors import UsageError
from occupier.domain.outcome import Handed
from occupier.domain.ports import LogQuery, NewAction
from occupier.services.review.ledger import Destroying, Verified, Verifying
from occupier.storage.erasing import scrub
from tests.chain import event_hash
from tests.services.newsroom import DAY, HOUR, MINUTE, Newsroom, account, entry

CANARY = "Canari"
"""In every text of the strike, and nowhere else."""
UNGUARDED = ("DROP TRIGGER events_no_update", "DROP TRIGGER events_no_delete")


def verified(room: Newsroom, head: str | None = None) -> Verified:
    return Verifying(room.store).verify(head)


def what(room: Newsroom) -> str:
    broken = verified(room).broken
    assert broken is not None
    return str(broken.what)


def tamper(room: Newsroom, *statements: str) -> None:
    """Do to the file what somebody does who has it."""
    with closing(sqlite3.connect(room.path)) as db, db:
        for statement in (*UNGUARDED, *statements):
            db.execute(statement)


@pytest.fixture
def busy(open_newsroom: Callable[..., Newsroom]) -> Newsroom:
    """A newsroom after a strike: posts sent, one refused by nobody, one usual post, a pause by a person."""
    room = open_newsroom(account("courrier"), account("depeche"))
    room.poll(entry("old"))
    room.strike(
        mandate=f"{CANARY} AG", reason=f"{CANARY} contre", who=f"{CANARY} nous", accounts=frozenset({"courrier"})
    )
    for n in range(3):
        room.poll(*(entry(m, title=f"{CANARY} {m}", summary=f"{CANARY} résumé") for m in range(n + 1)), entry("old"))
        room.run_lane()
    room.controlling.pause("courrier")
    room.controlling.resume("courrier")
    room.clock.advance(9 * HOUR)
    room.striking.close_ended()
    room.housekeeping.lapse()
    return room


# --- verifying --------------------------------------------------------------------------------------------------------


def test_what_was_written_agrees(busy: Newsroom) -> None:
    found = verified(busy)
    assert (found.broken, found.rows, found.attempts, found.destructions) == (None, 3, 3, ())
    assert found.records == len(busy.events())
    assert verified(busy, found.head).broken is None
    assert verified(busy, busy.events()[4].hash[:8]).broken is None


@pytest.mark.parametrize("column", ["name", "platform", "host", "remote_id"])
def test_an_account_that_is_shown_under_another_name_is_found(busy: Newsroom, column: str) -> None:
    tamper(busy, f"UPDATE targets SET {column} = coalesce({column}, '') || 'x' WHERE name = 'courrier'")
    assert what(busy).startswith("the account is no longer the one that was recorded")


def test_an_account_that_was_renamed_in_the_settings_is_whole(busy: Newsroom) -> None:
    with busy.store.writing() as tx:
        known = next(target for target in tx.targets.all() if target.name == "courrier")
        assert known.remote_id is not None
        tx.targets.ensure("gazette", known.platform, known.host, known.remote_id)
    assert verified(busy).broken is None


@pytest.mark.parametrize("column", ["source", "starts_at", "ends_at", "link", "messages", "destroy_on"])
def test_a_cell_of_the_strike_book_that_means_nothing_any_more_is_found(busy: Newsroom, column: str) -> None:
    tamper(busy, f"UPDATE strikes SET {column} = coalesce({column}, '') || 'y'")
    assert "it was changed" in what(busy)


def test_an_empty_journal_is_whole(room: Newsroom) -> None:
    assert verified(room) == Verified()


@pytest.mark.campaign  # a day's journal for each way of tampering
@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE actions SET state = 'missed' WHERE id = 2", "it stands as “missed”"),
        ("UPDATE actions SET reason = 'rule' WHERE id = 2", "its reason"),
        ("UPDATE actions SET remote_url = 'https://a.example/' WHERE id = 2", "its post"),
        ("UPDATE actions SET remote_id = 'other' WHERE id = 2", "its post"),
        ("UPDATE actions SET proof = 'person' WHERE id = 2", "its post"),
        ("UPDATE actions SET sent_at = '2026-11-20T12:09:00.000000Z' WHERE id = 2", "its post"),
        ("UPDATE actions SET decided_at = '2026-11-20T12:09:00.000000Z' WHERE id = 2", "the hour of its decision"),
        ("UPDATE actions SET payload = replace(payload, 'e', 'é') WHERE id = 2", "its text"),
        ("UPDATE actions SET payload = NULL WHERE id = 2", "its text"),
        ("UPDATE actions SET ordinary_text = ordinary_text || '.' WHERE id = 2", "the usual post"),
        ("UPDATE actions SET strike_id = NULL WHERE id = 2", "another strike"),
        ("UPDATE actions SET purpose = 'ordinary' WHERE id = 2", "another purpose"),
        ("UPDATE actions SET purpose = 'destroyed' WHERE id = 2", "no destruction of a register"),
        ("UPDATE actions SET target_id = 2, id = 2 WHERE id = 2", "another account"),
        ("UPDATE actions SET gone_at = sent_at WHERE id = 2", "still there"),
        ("UPDATE actions SET subject = 'article:1', slot = 'b' WHERE id = 2", "another article"),
        ("UPDATE actions SET attempts = 4 WHERE id = 2", "its attempts"),
        ("UPDATE articles SET title = title || '!' WHERE id = 3", "its article"),
        ("UPDATE articles SET link = link || '!' WHERE id = 3", "its article"),
        ("UPDATE attempts SET outcome = 'retryable' WHERE action_id = 2", "its attempt"),
        ("UPDATE attempts SET cost_microusd = 4 WHERE action_id = 2", "its attempt"),
        ("UPDATE attempts SET started_at = '2026-11-20T12:09:00.000000Z' WHERE action_id = 2", "that it claims"),
        ("DELETE FROM attempts WHERE action_id = 2", "that it claims"),
        ("INSERT INTO attempts (action_id, n, token, started_at) VALUES (2, 2, 't', '')", "its attempts"),
        ("INSERT INTO attempts (action_id, n, token, started_at) VALUES (99, 1, 't', '')", "no such row"),
        ("INSERT INTO observations (action_id, at, complete, verdict) VALUES (2, '', 1, 'absent')", "the readings"),
        ("DELETE FROM actions WHERE id = 2", "no such row"),
        ("DELETE FROM events WHERE kind = 'claimed'", "are missing"),
        ("DELETE FROM events WHERE seq > 10", "did not end when"),
        ("UPDATE events SET data = replace(data, 'Canari', 'A') WHERE kind = 'claimed'", "changed after it was"),
        ("UPDATE events SET action_id = CAST('x' AS BLOB) WHERE seq = 5", "changed after it was written"),
        ("UPDATE strikes SET mandate = 'moi'", "not what was declared"),
        ("UPDATE strikes SET ends_at = '2026-11-20T22:09:00.000000Z'", "not what was declared"),
        ("UPDATE strikes SET closed_at = NULL", "did not end when"),
        ("UPDATE strikes SET destroyed_at = ends_at", "in one place only"),
        ("DELETE FROM strikes", "not in the strike book"),
    ],
)  # fmt: skip
def test_whoever_tampers_is_found_out(busy: Newsroom, statement: str, said: str) -> None:
    tamper(busy, statement)
    assert said in what(busy)


def test_an_end_that_was_cut_off_is_found_against_the_rows(room: Newsroom) -> None:
    room.occupied()
    room.article()
    room.run_lane()
    tamper(room, "DELETE FROM events WHERE kind = 'settled'")
    assert "its records end with “sending”: some were removed" in what(room)


def test_a_text_that_is_no_text_any_more_is_found_too(busy: Newsroom) -> None:
    tamper(busy, "UPDATE events SET data = CAST(x'7bff7d' AS TEXT) WHERE seq = 5")
    assert "changed" in what(busy)


def test_a_forged_chain_is_found_against_a_head_that_was_noted(busy: Newsroom) -> None:
    head = verified(busy).head
    last = busy.events()[-1]
    forged = replace(last, data={**last.data, "reason": "removed"})
    with closing(sqlite3.connect(busy.path)) as db, db:
        db.execute(UNGUARDED[0])
        db.execute("UPDATE events SET data = json_set(data, '$.reason', 'removed'), hash = ? WHERE seq = ?",
                   (event_hash(forged), last.seq))  # fmt: skip
    assert verified(busy).broken is None
    broken = verified(busy, head).broken
    assert broken is not None
    assert "the head that you noted" in str(broken.what)


@pytest.mark.parametrize("head", ["", "1234567", "not a head at all", "A" * 64])
def test_what_is_no_head_is_refused(busy: Newsroom, head: str) -> None:
    with pytest.raises(UsageError, match="is no head"):
        verified(busy, head)


def test_progress_is_told_to_the_end(busy: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("occupier.services.review.ledger._EVERY", 1)
    told: list[tuple[int, int]] = []
    Verifying(busy.store).verify(progress=lambda done, of: told.append((done, of)))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert len({of for _, of in told}) == 1
    assert told[-1][0] <= told[-1][1]


# --- destroying -------------------------------------------------------------------------------------------------------


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


def destroyed(room: Newsroom) -> Verified:
    assert Destroying(room.store).check("greve")
    assert Destroying(room.store).empty("greve") is not None
    scrub(room.path)
    return verified(room)


def test_what_is_destroyed_is_in_no_byte_any_more_and_the_rest_still_agrees(busy: Newsroom) -> None:
    assert CANARY.encode() in bytes_of(busy.path.parent)
    before = busy.events()
    found = destroyed(busy)
    for secret in (CANARY, CANARY.lower(), "anari", "résumé"):
        assert secret.encode() not in bytes_of(busy.path.parent), secret
    assert (found.broken, found.destroyed_rows, found.rows) == (None, 3, 3)
    after = busy.events()
    assert found.destroyed_records == sum(e.kind == "blank" for e in after)
    assert [(e.seq, e.prev_hash, e.hash) for e in after[: len(before)]] == [
        (e.seq, e.prev_hash, e.hash) for e in before
    ]
    kept = [e for e in after if e.kind not in ("blank", "destroyed")]
    assert {e.kind for e in kept} == {"account", "watched"}
    with closing(sqlite3.connect(busy.path)) as db:
        assert verify_alone(db.execute(f"SELECT {COLUMNS} FROM events ORDER BY seq"), before[-1].hash) is None


def test_rows_keep_ids_slot_and_target_and_nothing_else(busy: Newsroom) -> None:
    columns = "id, target_id, verb, subject, slot, article_id, strike_id"
    before = busy.rows(f"SELECT {columns} FROM actions")
    destroyed(busy)
    assert busy.rows(f"SELECT {columns} FROM actions") == before
    assert {(a.state, a.reason, a.payload, a.remote_id, a.ordinary_text, a.sent_at) for a in busy.actions()} == {
        (State.LEFT, "destroyed", None, None, None, None)
    }
    with busy.store.reading() as tx:
        assert list(tx.register.records(LogQuery(everything=True))) == []
        assert tx.register.counts() == {}


def test_a_retraction_s_post_is_in_no_byte_any_more(busy: Newsroom) -> None:
    with busy.store.writing() as tx:
        post = tx.actions.get(1)
        new = NewAction(
            post.target_id, post.article_id or 0, Purpose.RETRACT, State.MISSED, "asked", tx.now, tx.now, 1,
            verb=Verb.DELETE, subject=post_subject("900800700"), slot=retract_slot(1), before=f"{CANARY} texte",
        )  # fmt: skip
        assert tx.actions.add(new)
    assert verified(busy).broken is None
    assert b"900800700" in bytes_of(busy.path.parent)
    assert destroyed(busy).destroyed_rows == 4
    for secret in ("900800700", CANARY):
        assert secret.encode() not in bytes_of(busy.path.parent)


def test_no_article_is_announced_twice_after_a_destruction(busy: Newsroom) -> None:
    posts = len(busy.network().posts)
    destroyed(busy)
    busy.strike("encore")
    busy.poll(*(entry(n, title=f"Autre titre {n}") for n in range(3)), entry("old"))
    busy.run_lane()
    assert len(busy.network().posts) == posts
    busy.poll(*(entry(n) for n in range(4)), entry("old"))
    busy.run_lane()
    assert len(busy.network().posts) == posts + 1
    assert verified(busy).broken is None


def test_what_another_register_tells_of_an_article_stays(busy: Newsroom) -> None:
    with busy.store.writing() as tx:
        article = tx.articles.get(2)
    busy.rows("UPDATE actions SET strike_id = NULL, purpose = 'ordinary' WHERE id = 3")
    destroyed(busy)
    assert article.title.startswith(CANARY)
    with busy.store.reading() as tx:
        titles = {tx.articles.get(n).title for n in (2, 3, 4)}
    assert titles == {"", f"{CANARY} 2"}


def test_a_register_is_not_destroyed_before_its_strike_is_over(room: Newsroom) -> None:
    room.occupied()
    with pytest.raises(UsageError, match="is not over"):
        Destroying(room.store).check("greve")


def test_nor_while_something_of_it_waits_for_a_person(room: Newsroom) -> None:
    room.occupied()
    room.poll(*(entry(n) for n in range(11)))
    room.striking.end("greve")
    with pytest.raises(UsageError, match="11 posts of the strike “greve” are under way"):
        Destroying(room.store).check("greve")
    room.housekeeping.lapse()
    assert Destroying(room.store).check("greve")


def test_a_register_is_destroyed_once(busy: Newsroom) -> None:
    destroyed(busy)
    assert not Destroying(busy.store).check("greve")
    assert Destroying(busy.store).empty("greve") is None
    assert Destroying(busy.store).empty("never declared") is None


def test_pauses_of_another_strike_stay_with_its_register(open_newsroom: Callable[..., Newsroom]) -> None:
    room = open_newsroom(account("courrier"), account("depeche"))
    room.poll(entry("old"))
    room.strike(accounts=frozenset({"courrier"}))
    room.strike("autre", accounts=frozenset({"depeche"}))
    room.controlling.pause("courrier")
    room.clock.advance(9 * HOUR)
    room.striking.close_ended()
    destroyed(room)
    assert len(room.events("paused")) == 1
    Destroying(room.store).empty("autre")
    assert room.events("paused") == []
    assert verified(room).broken is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET kind = 'blank', data = '{\"strike\":1}', at = '{at}', action_id = NULL, strike_id = NULL,"
        " target_id = NULL WHERE kind = 'watched'",
        "UPDATE events SET kind = 'blank', data = '{}', at = '{at}', action_id = NULL, strike_id = NULL,"
        " target_id = NULL WHERE strike_id = 1",
        "UPDATE events SET data = '' WHERE kind = 'blank'",
        "UPDATE events SET kind = 'blank', data = '{\"strike\":1}', at = '{at}', action_id = NULL, strike_id = NULL,"
        " target_id = NULL WHERE kind = 'destroyed'",
        "UPDATE events SET kind = NULL",
        "DELETE FROM events WHERE kind = 'blank'",
    ],
)
def test_only_the_lawful_destruction_passes_the_triggers(busy: Newsroom, statement: str) -> None:
    destroyed(busy)
    ((at,),) = busy.rows("SELECT destroyed_at FROM strikes")
    with pytest.raises(sqlite3.DatabaseError, match="append-only"):
        busy.rows(statement.replace("{at}", at))


def test_before_a_destruction_nothing_passes_them(busy: Newsroom) -> None:
    with pytest.raises(sqlite3.DatabaseError, match="append-only"):
        busy.rows("UPDATE events SET kind = 'blank', data = '{\"strike\":1}', at = '', action_id = NULL,"
                  " strike_id = NULL, target_id = NULL WHERE strike_id = 1")  # fmt: skip


# --- the day ----------------------------------------------------------------------------------------------------------


def test_the_day_is_a_year_after_the_end_and_told_once(room: Newsroom) -> None:
    strike = room.occupied()
    assert str(strike.destroy_on) == "2027-11-20"
    room.housekeeping.tell_destructions()
    assert "destroy" not in room.notices.kinds
    room.clock.advance(366 * DAY)
    for _ in range(2):
        room.housekeeping.tell_destructions()
        room.wire()
    assert room.notices.kinds.count("destroy") == 1


def test_what_is_destroyed_is_not_asked_for(busy: Newsroom) -> None:
    destroyed(busy)
    busy.clock.advance(366 * DAY)
    busy.housekeeping.tell_destructions()
    assert "destroy" not in busy.notices.kinds


def test_what_was_handed_over_and_read_agrees_and_whoever_moves_its_hours_is_found_out(room: Newsroom) -> None:
    room.occupied()
    room.network().outcomes.append(Handed())
    room.poll(entry("old"), entry(1))
    room.run_lane()
    room.clock.advance(5 * MINUTE)
    with room.store.writing() as tx:
        assert [action.id for action in tx.actions.read([1, 99], "feed2toot")] == [1]
        assert tx.actions.read([1], "feed2toot") == []
    assert verified(room).broken is None
    tamper(room, "UPDATE actions SET read_at = handed_at")
    assert "handed over" in what(room)
