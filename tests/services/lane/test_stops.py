"""Stops and ceilings hold whatever decides: they are conditions of the claim, which nobody can go round."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from occupier.domain.action import Action, State
from occupier.domain.decision import Decision, Substitute
from occupier.domain.outcome import RefusalKind, Refused
from occupier.domain.ports import Transaction
from occupier.domain.setup import Account, Setup
from occupier.domain.strike import Strike
from occupier.services.lane.posting import Posting
from tests.services.newsroom import HOUR, MINUTE, SECOND, Newsroom, account, entry

TWENTY = [entry("old"), *(entry(n) for n in range(20))]


class Reckless(Posting):
    """Posts whatever waits, whenever it is asked."""

    def _decide(
        self, tx: Transaction, account: Account, action: Action, strike: Strike | None, setup: Setup
    ) -> Decision:
        assert strike is not None
        return Substitute(strike)


def let_loose(room: Newsroom) -> None:
    """Put a decision that says yes to everything in place of the real one."""
    room.posting = Reckless(
        room.store,
        room.networks,
        room.drafting,
        room.revisiting,
        room.sealing,
        room.first_posts,
        room.clock,
        room.notices,
        lambda: room.setup,
        room.rest,
        lambda: 0.0,
    )


@pytest.fixture
def reckless(room: Newsroom) -> Newsroom:
    """Twenty posts that wait, and nobody to think about them."""
    room.occupied(hours=8)
    for n in range(0, 21, 7):
        room.poll(*TWENTY[: n + 7], after=SECOND)
    let_loose(room)
    assert len(room.actions(State.PENDING)) == 20
    return room


@pytest.mark.parametrize(
    ("ceilings", "left"),
    [
        ({"per_hour": 4}, 4 * 3),
        ({"per_day": 3}, 3),
        ({"spacing": 30 * MINUTE}, 5),
        ({"per_hour": 2, "per_day": 5}, 5),
    ],
)
@pytest.mark.campaign
def test_ceilings_hold_against_a_broken_decision(reckless: Newsroom, ceilings: dict[str, object], left: int) -> None:
    reckless.change(**ceilings)
    reckless.live_on(2 * HOUR + 5 * MINUTE, every=5 * MINUTE)
    assert len(reckless.network().orders) == left


def test_no_strike_no_post_whatever_decides(reckless: Newsroom) -> None:
    reckless.clock.advance(8 * HOUR)
    reckless.live_on(HOUR, every=5 * MINUTE)
    reckless.striking.close_ended()
    reckless.live_on(HOUR, every=5 * MINUTE)
    assert reckless.network().orders == []


def test_every_stop_holds_against_a_broken_decision(reckless: Newsroom) -> None:
    reckless.change(spacing=MINUTE)
    stops: list[tuple[Callable[[], object], Callable[[], object]]] = [
        (lambda: reckless.controlling.pause(None), lambda: reckless.controlling.resume(None)),
        (lambda: reckless.controlling.pause("courrier"), lambda: reckless.controlling.resume("courrier")),
        (reckless.store.pause_file.touch, reckless.store.pause_file.unlink),
    ]
    for posted, (stop, go_on) in enumerate(stops):
        stop()
        reckless.live_on(10 * MINUTE)
        assert len(reckless.network().orders) == posted
        go_on()
        reckless.run_lane()
        assert len(reckless.network().orders) == posted + 1


def test_a_pause_survives_restarts_and_reaches_a_process_that_runs(open_newsroom: Callable[..., Newsroom]) -> None:
    running = open_newsroom(account(), account("figaro"))
    running.occupied()
    running.article()
    command = open_newsroom(account(), account("figaro"), clock=running.clock)
    command.controlling.pause("courrier")
    assert running.run_lane() is not None
    running.run_lane("figaro")
    assert [len(running.network(name).orders) for name in ("courrier", "figaro")] == [0, 1]
    restarted = open_newsroom(account(), account("figaro"), clock=running.clock)
    restarted.live_on(10 * MINUTE)
    assert restarted.network().orders == []
    command.controlling.resume("courrier")
    restarted.run_lane()
    assert len(restarted.network().orders) == 1


def test_a_warning_about_automation_stops_its_lane_at_once(reckless: Newsroom) -> None:
    reckless.network().outcomes.append(Refused(RefusalKind.AUTOMATION, 403))
    reckless.live_on(timedelta(minutes=30))
    assert len(reckless.network().orders) == 1
    assert reckless.lane_pause() == "automation"
    assert len(reckless.actions(State.RETRY, State.PENDING)) == 20


def test_the_new_name_of_an_account_stops_it_before_the_daemon_has_read_that_name(
    open_newsroom: Callable[..., Newsroom],
) -> None:
    running = open_newsroom(account("courrier", host="social.example"))
    running.occupied()
    running.article()
    command = open_newsroom(account("le-courrier", host="social.example"), clock=running.clock)
    command.controlling.pause("le-courrier")
    running.run_lane("courrier")
    assert running.network("courrier").orders == []
    command.controlling.resume("le-courrier")
    running.run_lane("courrier")
    assert len(running.network("courrier").orders) == 1
