"""A restored copy: it posts nothing of what it does not know, and undoes nothing that a person stopped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from occupier.domain.outcome import Outcome
from occupier.domain.ports import Order
from occupier.domain.setup import Rule, RuleAction
from occupier.services.deeds.restoring import Stopped
from occupier.storage import migrate
from tests.services.newsroom import HOUR, MINUTE, SECOND, Newsroom, account, entry


class Killed(BaseException):
    """The process ends here."""


def test_a_restored_copy_posts_nothing_of_what_it_does_not_know(room: Newsroom) -> None:
    room.change(rules=(Rule(RuleAction.HOLD, category=("x",)),))
    room.occupied()
    room.poll(entry("old"), entry(3, categories=("x",)), entry(2), entry(1))

    def die(order: Order) -> Outcome:
        raise Killed

    room.network().outcomes.append(die)
    with pytest.raises(Killed):
        room.step()
    assert room.restoring.make_harmless(Stopped()) == 3
    assert room.states() == [("uncertain", "crashed"), ("missed", "restored"), ("missed", "restored")]
    assert room.poll(entry("old"), entry(3), entry(2), entry(1), entry(4)).baseline == 1
    assert room.pauses() == []


def _restored(room: Newsroom, saved: Path, prepare: Callable[[Newsroom], None]) -> None:
    def harmless(made: Path) -> None:
        copy = Newsroom(made, room.clock, room.setup.accounts, room.setup.feeds)
        prepare(copy)
        copy.close()

    room.close()
    migrate.replace_by(room.path, saved, room.clock.now(), harmless)


def test_what_was_ended_or_paused_since_the_copy_stays_so(open_newsroom: Callable[..., Newsroom]) -> None:
    room = open_newsroom(account(), account("second"))
    room.occupied()
    saved = migrate.copy(room.path, room.clock.now())
    room.clock.advance(HOUR)
    ended = room.striking.end("greve").closed_at
    room.controlling.pause("second")
    room.controlling.pause(None)
    before = room.restoring.stopped()
    _restored(room, saved, lambda copy: print(copy.restoring.make_harmless(before)))
    after = open_newsroom(account(), account("second"))
    assert [s.closed_at for s in after.striking.all()] == [ended]
    assert [p.target_id is None for p in after.pauses()] == [False, True]
    assert after.controlling.resume(None).remaining == ()


def test_where_nobody_can_tell_everything_is_paused_until_a_person_resumes(room: Newsroom) -> None:
    room.occupied()
    room.restoring.make_harmless(None)
    assert [(p.target_id, p.by) for p in room.pauses()] == [(None, "person")]
    assert room.controlling.resume(None).remaining == ()


def test_a_restoration_that_is_killed_leaves_the_journal_that_knows_what_was_posted(
    open_newsroom: Callable[..., Newsroom],
) -> None:
    room = open_newsroom()
    room.occupied()
    saved = migrate.copy(room.path, room.clock.now())
    room.article(1)
    room.run_lane()

    def die(copy: Newsroom) -> None:
        raise Killed

    with pytest.raises(Killed):
        _restored(room, saved, die)
    after = open_newsroom()
    after.poll(entry("old"), entry(1), after=MINUTE + SECOND)
    assert after.states() == [("sent", "receipt")]
