from __future__ import annotations

import pytest

from occupier.domain.action import State
from occupier.domain.ports import Pause
from tests.fakes import START
from tests.storage.journal import HOUR, Journal


def test_before_it_is_verified_an_account_is_its_name(journal: Journal) -> None:
    one = journal.target("compte")
    assert journal.target("compte") == one
    assert journal.target("autre").id != one.id
    with journal.writing() as tx:
        verified = tx.targets.verified(one.id, "42", {"text": 500}, START)
        assert (verified.remote_id, verified.limits, verified.verified_at) == ("42", {"text": 500}, START)
        assert tx.targets.verified(one.id, "42", {}, START).limits == {"text": 500}
    assert journal.target("compte").id == one.id


def test_a_renamed_account_keeps_its_history(journal: Journal) -> None:
    one = journal.target("compte", "42")
    action = journal.action(one)
    renamed = journal.target("nouveau", "42")
    assert (renamed.id, renamed.name) == (one.id, "nouveau")
    assert journal.get(action).target_id == one.id


def test_another_host_or_network_is_another_account(journal: Journal) -> None:
    with journal.writing() as tx:
        ids = {
            tx.targets.ensure("a", p, h, "42").id
            for p, h in (("x", "x.com"), ("mastodon", "m.fr"), ("mastodon", "n.fr"))
        }
        assert len(ids) == len(tx.targets.all()) == 3


def test_what_waited_under_a_new_name_is_handed_over_when_it_is_known(journal: Journal) -> None:
    known = journal.target("ancien", "42")
    both, only = journal.article(), journal.article()
    kept = journal.action(known, article=both)
    waiting = journal.target("nouveau")
    double, held = journal.action(waiting, article=both), journal.action(waiting, article=journal.article())
    journal.action(known, article=journal.article())
    mine = journal.action(waiting, article=only)
    with journal.writing() as tx:
        tx.pauses.add(Pause(waiting.id, "person", "x", tx.now))
        owner = tx.targets.verified(waiting.id, "42", {}, START)
        assert (owner.id, owner.name) == (known.id, "nouveau")
        assert [p.target_id for p in tx.pauses.all()] == [known.id]
        assert [e.kind for e in tx.events.since(0)][-2:] == ["handed_over", "left"]
    assert [journal.get(a).target_id for a in (kept, held, mine)] == [known.id] * 3
    assert (journal.get(double).state, journal.get(double).reason) == (State.LEFT, "same_account")
    assert journal.target("nouveau").id == known.id


@pytest.mark.parametrize("state", [State.PENDING, State.HELD, State.RETRY])
def test_no_double_stays_behind_waiting(journal: Journal, state: State) -> None:
    known, waiting, article = journal.target("ancien", "42"), journal.target("nouveau"), journal.article()
    journal.action(known, article=article)
    double = journal.action(waiting, article=article, state=state)
    with journal.writing() as tx:
        tx.targets.verified(waiting.id, "42", {}, START)
    assert journal.get(double).state is State.LEFT


def test_two_accounts_of_the_settings_on_one_remote_account_are_seen_to_be_one(journal: Journal) -> None:
    one, two = journal.target("un"), journal.target("deux")
    with journal.writing() as tx:
        assert tx.targets.verified(one.id, "42", {}, START).id == one.id
        assert tx.targets.verified(two.id, "42", {}, START).id == one.id


def test_the_same_name_on_another_identity_is_another_target(journal: Journal) -> None:
    old = journal.target("compte")
    action = journal.action(old)
    with journal.writing() as tx:
        tx.targets.verified(old.id, "42", {}, START)
        new = tx.targets.verified(old.id, "43", {}, START + HOUR)
    assert new.id != old.id
    assert journal.get(action).target_id == old.id
    assert journal.target("compte").id == new.id
