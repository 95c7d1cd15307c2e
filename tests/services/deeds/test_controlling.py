"""A person's word: pause, resume, release, drop, restore; and what time alone changes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from occupier.domain.action import State
from occupier.domain.errors import DatabaseError, UnknownName, UsageError
from occupier.domain.outcome import Outcome, RefusalKind, Refused
from occupier.domain.ports import Order
from occupier.domain.setup import Rule, RuleAction
from tests.services.newsroom import HOUR, MINUTE, SECOND, Newsroom, account, entry


@pytest.fixture
def held(room: Newsroom) -> Newsroom:
    """Two held articles."""
    room.change(rules=(Rule(RuleAction.HOLD),))
    room.occupied()
    room.poll(entry("old"), entry(2), entry(1))
    assert room.states() == [("held", "rule")] * 2
    return room


class TestHeld:
    def test_release_lets_one_go(self, held: Newsroom) -> None:
        assert held.controlling.release(1).state is State.PENDING
        held.run_lane()
        assert held.states() == [("sent", "receipt"), ("held", "rule")]

    def test_release_all_lets_them_go(self, held: Newsroom) -> None:
        assert [a.state for a in held.controlling.release_all()] == [State.PENDING] * 2

    def test_released_too_late_it_is_missed(self, held: Newsroom) -> None:
        held.clock.advance(3 * HOUR)
        assert held.controlling.release(1).state is State.MISSED
        held.striking.end("greve")
        (other,) = held.controlling.release_all()
        assert (other.state, other.reason) == (State.MISSED, "strike_over")

    def test_drop_leaves_it(self, held: Newsroom) -> None:
        assert held.controlling.drop(1).state is State.LEFT
        with pytest.raises(UsageError, match="left"):
            held.controlling.drop(1)
        with pytest.raises(UsageError):
            held.controlling.release(1)

    def test_no_such_record(self, held: Newsroom) -> None:
        with pytest.raises(UnknownName):
            held.controlling.release(99)
        with pytest.raises(UnknownName):
            held.controlling.outcome(99)

    def test_a_refusal_released_too_late_stays_as_it_was(self, room: Newsroom) -> None:
        room.occupied()
        room.article(1)
        room.network().outcomes.append(Refused(RefusalKind.CONTENT))
        room.run_lane()
        room.clock.advance(3 * HOUR)
        with pytest.raises(UsageError, match="too late"):
            room.controlling.release(1)
        assert room.states() == [("refused", "content")]

    def test_what_waits_in_vain_lapses(self, held: Newsroom) -> None:
        assert held.housekeeping.lapse() == 0
        held.clock.advance(3 * HOUR)
        assert held.housekeeping.lapse() == 2
        assert held.states() == [("missed", "stale")] * 2
        assert held.housekeeping.lapse() == 0


class TestPausing:
    def test_only_the_account_named_is_stopped_and_resumed(self, open_newsroom: Callable[..., Newsroom]) -> None:
        room = open_newsroom(account(), account("second"))
        room.controlling.pause("second")
        room.controlling.pause("second")
        assert len(room.pauses()) == 1
        assert room.controlling.resume("courrier").lifted == 0
        assert room.controlling.resume("second").lifted == 1

    def test_what_remains_in_the_way_is_said(self, room: Newsroom) -> None:
        room.controlling.pause("courrier")
        room.store.pause_file.touch()
        room.housekeeping.mind_pause_file()
        resumed = room.controlling.resume("courrier")
        assert resumed.lifted == 1
        assert [p.by for p in resumed.remaining] == ["file"]
        assert [p.by for p in room.controlling.resume("all").remaining] == ["file"]

    def test_an_account_gone_from_the_settings_can_still_be_named(self, room: Newsroom) -> None:
        room.target()
        room.change(accounts=())
        assert room.controlling.pause("courrier") == []
        with pytest.raises(UnknownName, match="nobody"):
            room.controlling.pause("nobody")

    def test_a_call_past_its_deadline_is_not_waited_for(self, room: Newsroom) -> None:
        room.occupied()
        room.article(1)

        def late(order: Order) -> Outcome:
            room.clock.advance(26 * SECOND)
            assert room.controlling.pause(None) == []
            return room.network().post(order)

        room.network().outcomes.append(late)
        room.step()


class TestPauseFile:
    def test_it_is_told_when_it_comes_and_goes(self, room: Newsroom) -> None:
        room.housekeeping.mind_pause_file()
        assert room.notices.kinds == []
        room.store.pause_file.touch()
        room.housekeeping.mind_pause_file()
        room.housekeeping.mind_pause_file()
        assert [p.by for p in room.pauses()] == ["file"]
        room.store.pause_file.unlink()
        room.housekeeping.mind_pause_file()
        assert room.pauses() == []
        assert room.notices.kinds == ["pause_file", "pause_file"]

    def test_one_that_went_while_nothing_ran_stops_nothing(self, room: Newsroom) -> None:
        room.store.pause_file.touch()
        room.housekeeping.mind_pause_file()
        room.store.pause_file.unlink()
        room.wire()
        room.housekeeping.mind_pause_file()
        assert room.pauses() == []

    def test_a_journal_locked_at_that_moment_is_written_later(self, room: Newsroom) -> None:
        room.store.pause_file.touch()
        room.housekeeping.mind_pause_file()
        room.store.pause_file.unlink()
        with room.store._engine.connect().execution_options(occupier_writes=True) as other, other.begin():  # noqa: SIM117
            with pytest.raises(DatabaseError):
                room.housekeeping.mind_pause_file()
        room.housekeeping.mind_pause_file()
        assert room.pauses() == []


def test_rebaseline_of_an_unknown_feed(room: Newsroom) -> None:
    with pytest.raises(UnknownName, match="none"):
        room.controlling.rebaseline("none")


def test_status_tells_how_things_stand(open_newsroom: Callable[..., Newsroom]) -> None:
    room = open_newsroom(account(), account("second"))
    room.occupied()
    room.strike("next", starts_at=room.clock.now() + 8 * HOUR, ends_at=room.clock.now() + 9 * HOUR)
    room.article(1)
    before = room.reviewing.status()
    assert [a.verified for a in before.accounts] == [False, False]
    room.run_lane()
    room.controlling.pause("courrier")
    with room.store.writing() as tx:
        tx.runtime.set("heartbeat", tx.now.isoformat())
        tx.runtime.set("job:lane:courrier", tx.now.isoformat())
    status = room.reviewing.status()
    ours, theirs = status.accounts
    assert (ours.verified, ours.counts, len(ours.pauses)) == (True, {State.SENT: 1}, 1)
    assert ours.last_post
    assert theirs.counts == {State.PENDING: 1}
    assert status.alive
    assert [s.name for s in status.in_force] == ["greve"]
    assert list(status.jobs) == ["job:lane:courrier"]
    room.clock.advance(MINUTE)
    assert not room.reviewing.status().alive


def test_status_knows_an_account_that_never_did_anything(room: Newsroom) -> None:
    (status,) = room.reviewing.status().accounts
    assert (status.verified, status.counts, status.last_post, status.next_at) == (False, {}, None, None)
