"""A sealed strike posts what was voted, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from occupier.domain.action import State
from occupier.domain.outcome import Outcome, Retryable
from occupier.domain.ports import Order
from occupier.domain.recount import Recount
from occupier.domain.setup import Outside, Pools, Rule, RuleAction
from occupier.domain.strike import Messages, Strike
from occupier.services.lane.sealing import Sealing
from occupier.services.review.recounting import Recounting
from tests.fakes import FakeNotices
from tests.services.newsroom import HOUR, MINUTE, TEMPLATES, Newsroom, account, entry

OTHER = Pools(strike=("{{ strike.who }} {{ strike.reason }} {{ strike.end }}\n{{ title }}\n{{ link }}",))
DEATH = Rule(RuleAction.HOLD, category=("Nécrologie",))


@pytest.fixture
def strike(room: Newsroom) -> Strike:
    """The strike is in force, its plan sealed, and its account known."""
    declared = room.occupied()
    room.target()
    room.sealing.seal(declared)
    return declared


def posted(room: Newsroom, name: str = "courrier") -> int:
    return len(room.network(name).orders)


def recount(room: Newsroom) -> Recount:
    return Recounting(room.store, lambda: room.setup).of("greve")


def test_what_was_voted_is_posted(room: Newsroom, strike: Strike) -> None:
    room.article()
    room.run_lane()
    assert posted(room) == 1


def test_another_message_posts_nothing_until_it_is_sealed(room: Newsroom, strike: Strike) -> None:
    room.change(pools=OTHER)
    room.article()
    room.live_on(10 * MINUTE)
    assert posted(room) == 0
    room.sealing.seal(strike)
    room.run_lane()
    assert posted(room) == 1


def test_putting_the_settings_back_lifts_it(room: Newsroom, strike: Strike) -> None:
    before = room.setup
    room.change(pools=OTHER)
    room.article()
    room.sealing.mind()
    room.run_lane()
    assert posted(room) == 0
    room.setup = before
    room.sealing.mind()
    room.run_lane()
    assert posted(room) == 1
    assert [e.kind for e in room.events("plan_sealed", "plan_held", "plan_freed")] == [
        "plan_sealed", "plan_held", "plan_freed",
    ]  # fmt: skip


def test_sealing_it_again_is_told_too(room: Newsroom, strike: Strike) -> None:
    room.change(pools=OTHER)
    room.sealing.mind()
    Sealing(room.store, TEMPLATES, FakeNotices(), lambda: room.setup).seal(strike)
    room.sealing.mind()
    assert [n.serious for n in room.notices.told if n.kind == "plan"] == [True, False]


def test_it_is_told_once_when_it_is_held_and_once_when_it_goes_on(room: Newsroom, strike: Strike) -> None:
    before = room.setup
    for setup in (replace(before, pools=OTHER), replace(before, rules=(DEATH,)), before):
        room.setup = setup
        room.sealing.mind()
        room.sealing.mind()
    told = [n for n in room.notices.told if n.kind == "plan"]
    assert [n.serious for n in told] == [True, False]
    assert "different from the plan" in told[0].sentence.text


def test_an_unsealed_strike_is_compared_with_nothing(room: Newsroom) -> None:
    room.occupied()
    room.change(pools=OTHER)
    room.sealing.mind()
    room.article()
    room.run_lane()
    assert posted(room) == 1
    assert room.events("plan_held") == []


def test_ordinary_posts_and_other_strikes_are_not_held(open_newsroom: Callable[..., Newsroom]) -> None:
    room = open_newsroom(account("courrier", outside=Outside.PUBLISH), account("autre"), account("libre"))
    sealed = room.occupied(accounts=frozenset({"courrier"}))
    room.strike("libre", accounts=frozenset({"libre"}))
    room.sealing.seal(sealed)
    alert = Rule(RuleAction.ORDINARY, category=("Alerte",))
    room.change(rules=(alert,))
    room.poll(entry("old"), entry(1, categories=("Alerte",)), entry(2))
    for name in ("courrier", "libre"):
        room.live_on(5 * MINUTE, name=name)
    assert posted(room) == 1
    assert room.network().orders[0].payload.text.startswith("Article 1")
    assert posted(room, "libre") == 2


def test_a_change_between_the_claim_and_the_first_byte_stops_the_call(room: Newsroom, strike: Strike) -> None:
    room.article()
    network, real = room.network(), room.network().apply

    def change_first(order: Order) -> Outcome:
        room.change(pools=OTHER)
        return real(order)

    network.apply = change_first  # type: ignore[method-assign]
    room.step()
    assert posted(room) == 0
    assert [a.state for a in room.actions()] == [State.RETRY]


def test_a_beginning_is_told_once_the_seal_lets_it_go(room: Newsroom, strike: Strike) -> None:
    voted = room.setup.pools
    room.change(pools=OTHER)
    room.sealing.mind()
    room.clock.advance(MINUTE)
    room.striking.tell_begun()
    assert "strike_begins" not in room.notices.kinds
    room.change(pools=voted)
    room.sealing.mind()
    room.striking.tell_begun()
    assert room.notices.kinds.count("strike_begins") == 1


def test_moved_hours_hold_it_too(room: Newsroom, strike: Strike) -> None:
    with room.store.writing() as tx:
        tx.strikes.change(replace(strike, ends_at=strike.ends_at + HOUR))
    room.article()
    room.live_on(5 * MINUTE)
    assert posted(room) == 0


def test_another_account_behind_the_same_keys_holds_it(room: Newsroom, strike: Strike) -> None:
    network = room.network()
    network.identity = replace(network.identity, remote_id="77")
    room.identifying.forget("courrier")
    room.target()
    room.sealing.mind()
    room.article()
    room.live_on(5 * MINUTE)
    assert posted(room) == 0
    assert room.events("plan_held")[0].data["what"] == ["accounts"]


def test_whose_account_it_is_counts_from_when_the_network_says_it(room: Newsroom) -> None:
    declared = room.occupied()
    room.sealing.seal(declared)
    room.target()
    room.sealing.mind()
    with room.store.reading() as tx:
        seal = tx.seals.of(declared.id)
    assert seal is not None
    assert (dict(seal.identities), seal.held_since) == ({"courrier": "1"}, None)
    room.article()
    room.run_lane()
    assert posted(room) == 1


def test_a_process_that_starts_anew_knows_the_seal(
    open_newsroom: Callable[..., Newsroom], room: Newsroom, strike: Strike
) -> None:
    room.change(pools=OTHER)
    room.article()
    room.sealing.mind()
    again = open_newsroom(clock=room.clock)
    again.change(pools=OTHER)
    again.sealing.mind()
    again.live_on(5 * MINUTE)
    assert posted(again) == 0
    # it is said again where the process speaks, and wakes nobody
    assert [(n.kind, n.serious) for n in again.notices.told] == [("plan", False)]


def test_what_was_decided_under_other_rules_is_decided_again(room: Newsroom) -> None:
    room.change(rules=(DEATH,))
    declared = room.occupied()
    room.target()
    room.sealing.seal(declared)
    room.change(rules=())
    room.article(categories=("Nécrologie",))
    room.live_on(5 * MINUTE)
    assert posted(room) == 0
    room.change(rules=(DEATH,))
    room.run_lane()
    assert posted(room) == 0
    assert room.states() == [("held", "rule")]


def test_a_released_post_is_not_held_by_the_rule_again(room: Newsroom) -> None:
    room.change(rules=(DEATH,))
    declared = room.occupied()
    room.target()
    room.sealing.seal(declared)
    room.article(categories=("Nécrologie",))
    room.controlling.release(room.action().id)
    room.run_lane()
    assert posted(room) == 1


def test_a_dry_run_is_held_by_the_real_seal(room: Newsroom) -> None:
    real = room.occupied()
    seal = Sealing(room.store, TEMPLATES, FakeNotices(), lambda: replace(room.setup, pools=OTHER)).seal(real)
    with room.store.writing() as tx:
        tx.seals.put(real.id, replace(seal, fingerprint="0" * 64))
    room.sealing.adopt({"greve": seal, "another": seal})
    room.article()
    room.live_on(5 * MINUTE)
    assert posted(room) == 0
    room.change(pools=OTHER)
    room.run_lane()
    assert posted(room) == 1


def test_a_renewed_strike_is_not_sealed(room: Newsroom, strike: Strike) -> None:
    renewed = room.striking.renew("greve", strike.ends_at + 8 * HOUR, "AG du soir").strike
    with room.store.reading() as tx:
        assert tx.seals.of(renewed.id) is None


def test_resume_says_that_sealing_is_what_lifts_it(room: Newsroom, strike: Strike) -> None:
    room.change(pools=OTHER)
    room.sealing.mind()
    resumed = room.controlling.resume(None)
    assert (resumed.lifted, resumed.remaining) == (0, ())
    assert ["--seal" in sentence.text for sentence in resumed.held] == [True]


def test_a_retry_is_compared_as_well(room: Newsroom, strike: Strike) -> None:
    room.network().outcomes.append(Retryable("connect"))
    room.article()
    room.run_lane()
    room.change(pools=OTHER)
    room.live_on(10 * MINUTE)
    assert (posted(room), [a.state for a in room.actions()]) == (1, [State.RETRY])


def test_what_waits_too_long_is_missed_as_always(room: Newsroom, strike: Strike) -> None:
    room.change(pools=OTHER)
    room.article()
    room.clock.advance(3 * HOUR)
    room.housekeeping.lapse()
    assert room.states() == [("missed", "stale")]


class TestAnswers:
    def test_never_sealed_is_said(self, room: Newsroom) -> None:
        room.occupied()
        assert ["never sealed" in s.text for s in recount(room).plan.sentences(room.clock.now())] == [True]

    def test_seals_and_times_held_are_told_to_the_quarter(self, room: Newsroom, strike: Strike) -> None:
        room.clock.advance(HOUR)
        before = room.setup
        room.change(pools=OTHER)
        room.sealing.mind()
        room.clock.advance(20 * MINUTE)
        room.setup = before
        room.sealing.mind()
        room.change(pools=Pools(strike=("{{ link }}",)))
        room.sealing.seal(strike)
        plan = recount(room).plan
        assert len(plan.seals) == 2
        (held,) = plan.held
        assert held.until is not None
        assert (held.since.minute % 15, held.until.minute % 15) == (0, 0)
        assert held.until - held.since >= 20 * MINUTE
        assert not plan.is_held

    def test_sealing_again_ends_a_time_held(self, room: Newsroom, strike: Strike) -> None:
        room.change(pools=OTHER)
        room.sealing.mind()
        assert recount(room).plan.is_held
        room.sealing.seal(strike)
        assert not recount(room).plan.is_held


def test_a_message_of_the_strike_itself_counts(room: Newsroom, strike: Strike) -> None:
    with room.store.writing() as tx:
        tx.strikes.change(replace(strike, messages=Messages(strike=OTHER.strike)))
    room.article()
    room.live_on(5 * MINUTE)
    assert posted(room) == 0
