"""Claim, send, settle: what leaves, what does not, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from occupier.domain.action import State
from occupier.domain.errors import DatabaseError, NetworkError
from occupier.domain.outcome import Outcome, Receipt, RefusalKind, Refused, Retryable, Uncertain
from occupier.domain.ports import Order, Pause
from occupier.domain.setup import Outside, Pools
from occupier.domain.strike import LinkRule
from occupier.services.lane.terms import Step
from occupier.storage.store import SqlStore
from tests.services.newsroom import DAY, HOUR, MINUTE, SECOND, Newsroom, account, entry

CONNECT = Retryable("connect")
BUSY = Retryable("throttled", http_status=429)
LOST = Uncertain("timeout")


@pytest.fixture
def waiting(room: Newsroom) -> Newsroom:
    """A newsroom on strike with one article to announce."""
    room.occupied()
    room.article(1)
    return room


class TestTheStrikePost:
    def test_it_says_the_strike_and_carries_the_link(self, waiting: Newsroom) -> None:
        waiting.run_lane()
        (order,) = waiting.network().orders
        assert "contre la réforme" in order.payload.text
        assert order.payload.text.count("https://www.example.org/1") == 1
        action = waiting.action()
        assert (action.state, action.proof, action.remote_id, action.attempts) == (State.SENT, "receipt", "1", 1)
        assert action.sent_at == waiting.clock.now()
        assert "sent" in waiting.notices.kinds

    def test_it_is_told_with_the_title_of_its_article(self, waiting: Newsroom) -> None:
        waiting.run_lane()
        (told,) = (notice.sentence for notice in waiting.notices.told if notice.kind == "sent")
        assert "Article 1" in str(told)

    def test_each_claim_is_committed_before_its_call(self, waiting: Newsroom) -> None:
        seen: list[list[tuple[object, ...]]] = []

        def look(order: Order) -> Outcome:
            seen.append(waiting.rows("SELECT state, attempts, payload FROM actions"))
            return Receipt("9")

        waiting.network().outcomes.append(look)
        waiting.run_lane()
        ((state, attempts, payload),) = seen[0]
        assert (state, attempts) == ("sending", 1)
        assert payload == waiting.network().orders[0].payload.to_json()

    def test_wordings_follow_each_other(self, room: Newsroom) -> None:
        pool = tuple(f"{n} {{{{ title }}}} {{{{ link }}}}" for n in "ABC")
        room.change(pools=Pools(strike=pool))
        room.occupied()
        room.poll(entry("old"), *(entry(n) for n in range(4)))
        room.run_lane()
        assert [o.payload.text[0] for o in room.network().orders] == ["A", "B", "C", "A"]

    def test_two_accounts_never_start_with_the_same_wording(self, open_newsroom: Callable[..., Newsroom]) -> None:
        room = open_newsroom(account(), account("second"))
        room.change(pools=Pools(strike=("A {{ link }}", "B {{ link }}")))
        room.occupied()
        room.article()
        room.run_lane("courrier")
        room.run_lane("second")
        assert [room.network(n).orders[0].payload.text[0] for n in ("courrier", "second")] == ["A", "B"]

    def test_a_lane_without_anything_to_do_rests(self, room: Newsroom) -> None:
        assert room.step() == Step(again=False, at=None)

    def test_a_post_without_its_link_carries_none(self, room: Newsroom) -> None:
        room.occupied(link=LinkRule.NONE)
        room.article()
        room.run_lane()
        assert room.network().orders[0].payload.link is None
        assert "https://www.example.org/1" not in room.network().orders[0].payload.text


class TestTheEnd:
    def test_pending_becomes_missed_never_ordinary(self, open_newsroom: Callable[..., Newsroom]) -> None:
        room = open_newsroom(account(outside=Outside.PUBLISH))
        room.occupied(hours=1)
        room.article(1)
        room.clock.advance(HOUR)
        room.striking.close_ended()
        room.run_lane()
        assert room.states() == [("missed", "strike_over")]
        assert room.network().orders == []

    def test_nothing_begins_in_the_last_seconds(self, room: Newsroom) -> None:
        strike = room.occupied(hours=1)
        room.article(1)
        room.clock.jump(strike.ends_at - 5 * SECOND)
        room.run_lane()
        assert room.states() == [("missed", "strike_over")]

    def test_six_seconds_before_the_end_it_still_leaves(self, room: Newsroom) -> None:
        strike = room.occupied(hours=1)
        room.article(1)
        room.clock.jump(strike.ends_at - 6 * SECOND)
        room.run_lane()
        assert room.states() == [("sent", "receipt")]

    def test_a_strike_ended_by_a_person_ends_what_waits(self, waiting: Newsroom) -> None:
        waiting.striking.end("greve")
        waiting.run_lane()
        assert waiting.states() == [("missed", "strike_over")]

    def test_a_strike_over_between_claim_and_first_byte_sends_nothing(self, room: Newsroom) -> None:
        strike = room.occupied(hours=1)
        room.article(1)
        room.clock.jump(strike.ends_at - 6 * SECOND)
        network = room.network()
        apply = network.apply

        def slow(order: Order) -> Outcome:
            room.clock.advance(2 * SECOND)
            return apply(order)

        network.apply = slow  # type: ignore[method-assign]
        room.step()
        assert room.states() == [("retry", "late")]
        assert network.orders == []
        room.live_on(2 * MINUTE)
        assert room.states() == [("missed", "strike_over")]
        assert network.orders == []

    def test_a_claim_older_than_ten_seconds_sends_nothing(self, waiting: Newsroom) -> None:
        network = waiting.network()
        apply = network.apply

        def slow(order: Order) -> Outcome:
            waiting.clock.advance(11 * SECOND)
            return apply(order)

        network.apply = slow  # type: ignore[method-assign]
        waiting.step()
        assert waiting.states() == [("retry", "late")]

    def test_a_clock_that_jumps_back_makes_no_old_claim_young(self, waiting: Newsroom) -> None:
        network = waiting.network()
        apply = network.apply

        def slow(order: Order) -> Outcome:
            waiting.clock.advance(11 * SECOND)
            waiting.clock.jump(waiting.clock.now() - HOUR)
            return apply(order)

        network.apply = slow  # type: ignore[method-assign]
        waiting.step()
        assert network.orders == []

    def test_a_clock_that_jumps_back_reopens_nothing(self, room: Newsroom) -> None:
        strike = room.occupied(hours=1)
        room.article(1)
        room.clock.jump(strike.ends_at)
        room.striking.close_ended()
        room.clock.jump(strike.ends_at - 30 * MINUTE)
        room.run_lane()
        assert room.states() == [("missed", "strike_over")]

    def test_what_waited_too_long_is_missed(self, waiting: Newsroom) -> None:
        waiting.clock.advance(2 * HOUR + SECOND)
        waiting.run_lane()
        assert waiting.states() == [("missed", "stale")]

    def test_an_ordinary_post_ages_too(self, open_newsroom: Callable[..., Newsroom]) -> None:
        room = open_newsroom(account(outside=Outside.PUBLISH))
        room.poll(entry("old"))
        room.article(1)
        room.clock.advance(3 * HOUR)
        room.run_lane()
        assert room.states() == [("missed", "stale")]


class TestRetries:
    def test_a_retry_sends_the_same_bytes_under_the_same_key(self, waiting: Newsroom) -> None:
        network = waiting.network()
        refusing: list[Order] = []

        def refuse(order: Order) -> Outcome:
            refusing.append(order)
            return CONNECT

        network.outcomes.append(refuse)
        waiting.step()
        assert waiting.states() == [("retry", "connect")]
        waiting.change(pools=Pools(strike=("Other words {{ title }} {{ link }}",)))
        waiting.live_on(2 * MINUTE)
        first, second = network.orders
        assert first.payload == second.payload
        assert first.idempotency_key == second.idempotency_key
        assert waiting.states() == [("sent", "receipt")]

    def test_the_waits_grow_fourfold(self, waiting: Newsroom) -> None:
        waiting.network().outcomes.extend([CONNECT] * 4)
        waits = []
        for _ in range(4):
            waiting.step()
            due = waiting.action().due_at
            waits.append((due - waiting.clock.now()) // SECOND)
            waiting.clock.jump(due)
        assert waits == [30, 120, 480, 1920]

    def test_five_attempts_surely_unsent_are_enough(self, waiting: Newsroom) -> None:
        waiting.network().outcomes.extend([CONNECT] * 9)
        waiting.live_on(2 * HOUR - MINUTE, every=4 * MINUTE)
        assert waiting.states() == [("failed", "attempts")]
        assert len(waiting.network().orders) == 5

    def test_being_asked_to_wait_is_no_attempt(self, waiting: Newsroom) -> None:
        waiting.change(freshness=DAY)
        waiting.network().outcomes.extend([BUSY] * 7)
        for _ in range(8):
            waiting.step()
            waiting.clock.jump(max(waiting.clock.now(), waiting.action().due_at))
        assert waiting.states() == [("sent", "receipt")]
        assert len(waiting.network().orders) == 8

    def test_what_was_given_up_may_be_released_and_tried_as_often_again(self, waiting: Newsroom) -> None:
        waiting.network().outcomes.extend([CONNECT] * 6)
        waiting.live_on(80 * MINUTE, every=4 * MINUTE)
        assert waiting.states() == [("failed", "attempts")]
        waiting.controlling.release(1)
        waiting.live_on(36 * MINUTE, every=4 * MINUTE)
        assert waiting.states() == [("sent", "receipt")]
        assert len(waiting.network().orders) == 7

    def test_many_refusals_to_wait_stay_within_the_calendar(self, waiting: Newsroom) -> None:
        waiting.rows("UPDATE actions SET attempts = 60")
        waiting.network().outcomes.append(BUSY)
        waiting.step()
        assert waiting.action().due_at - waiting.clock.now() < 10 * HOUR

    def test_the_hour_that_a_network_names_holds_the_whole_lane(self, waiting: Newsroom) -> None:
        until = waiting.clock.now() + 20 * MINUTE
        waiting.network().outcomes.append(replace(BUSY, not_before=until))
        waiting.step()
        waiting.poll(entry("old"), entry(1), entry(2))
        step = waiting.step()
        assert (step.again, step.at) == (False, until)
        assert len(waiting.network().orders) == 1
        waiting.clock.jump(until)
        waiting.run_lane()
        assert [s for s, _ in waiting.states()] == ["sent", "sent"]

    def test_later_without_an_hour_holds_the_whole_lane_too(self, waiting: Newsroom) -> None:
        waiting.change(spacing=0 * SECOND)
        waiting.network().outcomes.append(BUSY)
        waiting.step()
        waiting.poll(entry("old"), entry(1), entry(2), after=10 * SECOND)
        step = waiting.step()
        assert (step.again, step.at) == (False, waiting.clock.now() + 20 * SECOND)
        assert len(waiting.network().orders) == 1

    def test_it_holds_no_other_lane(self, open_newsroom: Callable[..., Newsroom]) -> None:
        room = open_newsroom(account(), account("second"))
        room.occupied()
        room.article(1)
        room.network().outcomes.append(replace(BUSY, not_before=room.clock.now() + HOUR))
        room.run_lane("courrier")
        room.run_lane("second")
        assert sorted(s for s, _ in room.states()) == ["retry", "sent"]

    def test_a_template_that_fails_ends_its_post_alone(self, waiting: Newsroom) -> None:
        waiting.change(pools=Pools(strike=("{{ nonsense }}",)))
        waiting.run_lane()
        assert waiting.states() == [("failed", "template")]
        assert "template" in waiting.notices.kinds
        waiting.change(pools=Pools())
        waiting.controlling.release(1)
        waiting.run_lane()
        assert waiting.states() == [("sent", "receipt")]


class TestRefusals:
    @pytest.mark.parametrize(
        "kind", [RefusalKind.CREDENTIALS, RefusalKind.PERMISSION, RefusalKind.MONEY, RefusalKind.AUTOMATION]
    )
    def test_what_concerns_the_account_stops_its_lane_until_resume(self, waiting: Newsroom, kind: RefusalKind) -> None:
        waiting.network().outcomes.append(Refused(kind, 401))
        waiting.run_lane()
        assert waiting.states() == [("retry", kind.value)]
        assert waiting.lane_pause() == kind.value
        assert "lane" in waiting.notices.kinds
        waiting.clock.advance(MINUTE)
        waiting.run_lane()
        assert len(waiting.network().orders) == 1
        waiting.controlling.resume("courrier")
        waiting.run_lane()
        assert waiting.states() == [("sent", "receipt")]

    @pytest.mark.parametrize("kind", [RefusalKind.CONTENT, RefusalKind.DUPLICATE, RefusalKind.UNKNOWN])
    def test_a_refusal_of_this_content_ends_it(self, waiting: Newsroom, kind: RefusalKind) -> None:
        waiting.network().outcomes.append(Refused(kind, 422))
        waiting.live_on(HOUR, every=20 * MINUTE)
        assert waiting.states() == [("refused", kind.value)]
        assert len(waiting.network().orders) == 1
        assert "refused" in waiting.notices.kinds
        assert waiting.lane_pause() is None

    def test_a_duplicate_on_a_later_attempt_is_looked_for(self, waiting: Newsroom) -> None:
        network = waiting.network()
        network.outcomes.extend([CONNECT, Refused(RefusalKind.DUPLICATE, 403)])
        waiting.step()
        waiting.clock.advance(MINUTE)
        waiting.step()
        assert waiting.states() == [("uncertain", "duplicate")]

    def test_a_released_refusal_that_surely_never_left_is_worded_anew(self, waiting: Newsroom) -> None:
        network = waiting.network()
        network.outcomes.append(Refused(RefusalKind.CONTENT, 422))
        waiting.run_lane()
        waiting.change(pools=Pools(strike=("Nouveau {{ title }} {{ link }}",)))
        waiting.controlling.release(1)
        waiting.run_lane()
        assert network.orders[1].payload.text.startswith("Nouveau")
        assert network.orders[0].idempotency_key != network.orders[1].idempotency_key

    def test_a_released_refusal_of_what_may_have_left_goes_as_it_was(self, waiting: Newsroom) -> None:
        network = waiting.network()
        network.outcomes.extend([LOST, Refused(RefusalKind.CONTENT, 422)])
        waiting.live_on(10 * MINUTE)
        assert waiting.states() == [("refused", "content")]
        waiting.change(pools=Pools(strike=("Nouveau {{ title }} {{ link }}",)))
        waiting.controlling.release(1)
        waiting.run_lane()
        assert network.orders[0].payload == network.orders[2].payload

    def test_three_unknown_refusals_in_a_row_stop_the_lane(self, waiting: Newsroom) -> None:
        waiting.poll(entry("old"), *(entry(n) for n in range(1, 6)))
        waiting.network().outcomes.extend([Refused(RefusalKind.UNKNOWN)] * 5)
        waiting.run_lane()
        assert [s for s, _ in waiting.states()] == ["refused"] * 3 + ["pending"] * 2
        assert waiting.lane_pause() == "refused_row"

    def test_refusals_between_posts_are_no_row(self, waiting: Newsroom) -> None:
        waiting.poll(entry("old"), *(entry(n) for n in range(1, 6)))
        no = Refused(RefusalKind.UNKNOWN)
        waiting.network().outcomes.extend([no, no, Receipt("90"), no, no])
        waiting.change(spacing=MINUTE)
        waiting.live_on(5 * MINUTE)
        assert [s for s, _ in waiting.states()] == ["refused", "refused", "sent", "refused", "refused"]
        assert waiting.lane_pause() is None


class TestUncertainty:
    def test_it_does_not_hold_its_lane(self, waiting: Newsroom) -> None:
        waiting.network().outcomes.append(LOST)
        waiting.poll(entry("old"), entry(1), entry(2))
        waiting.run_lane()
        assert waiting.states() == [("uncertain", "timeout"), ("sent", "receipt")]
        assert "uncertain" in waiting.notices.kinds

    def test_three_in_a_row_stop_the_lane(self, waiting: Newsroom) -> None:
        waiting.poll(entry("old"), *(entry(n) for n in range(1, 6)))
        waiting.network().outcomes.extend([LOST] * 5)
        waiting.run_lane()
        assert [s for s, _ in waiting.states()] == ["uncertain"] * 3 + ["pending"] * 2
        assert waiting.lane_pause() == "uncertain_row"

    def test_an_id_already_taken_proves_nothing(self, waiting: Newsroom) -> None:
        waiting.poll(entry("old"), entry(1), entry(2))
        waiting.network().outcomes.extend([Receipt("7"), Receipt("7")])
        waiting.run_lane()
        assert waiting.states() == [("sent", "receipt"), ("uncertain", "same_post")]

    def test_an_adapter_that_breaks_leaves_it_uncertain(self, waiting: Newsroom) -> None:
        waiting.network().outcomes.append(RuntimeError("secret words"))
        waiting.run_lane()
        assert waiting.states() == [("uncertain", "unexpected")]
        assert "bug" in waiting.notices.kinds
        assert not any("secret words" in str(n.sentence) for n in waiting.notices.told)

    def test_an_account_taken_out_of_the_settings_during_its_call_is_settled(self, waiting: Newsroom) -> None:
        def reload(order: Order) -> Outcome:
            del waiting.networks["courrier"]
            return Receipt("1")

        waiting.network().outcomes.append(reload)
        waiting.step()
        assert waiting.states() == [("sent", "receipt")]


class TestCeilings:
    def test_posts_of_one_account_are_kept_apart(self, waiting: Newsroom) -> None:
        waiting.change(spacing=30 * SECOND)
        waiting.poll(entry("old"), entry(1), entry(2))
        start = waiting.clock.now()
        at = waiting.run_lane()
        assert len(waiting.network().orders) == 1
        assert at == start + 30 * SECOND
        waiting.clock.jump(at - SECOND)
        waiting.run_lane()
        assert len(waiting.network().orders) == 1
        waiting.clock.jump(at)
        waiting.run_lane()
        assert len(waiting.network().orders) == 2

    @pytest.mark.parametrize(("ceilings", "window"), [({"per_hour": 2}, HOUR), ({"per_day": 2}, DAY)])
    def test_claims_in_a_window_are_counted_whatever_came_of_them(
        self, waiting: Newsroom, ceilings: dict[str, int], window: timedelta
    ) -> None:
        waiting.change(freshness=3 * DAY, **ceilings)
        waiting.strike("longue", starts_at=waiting.clock.now() + 8 * HOUR, ends_at=waiting.clock.now() + 3 * DAY)
        waiting.poll(entry("old"), entry(1), entry(2), entry(3))
        waiting.network().outcomes.append(Refused(RefusalKind.CONTENT))
        first = waiting.clock.now()
        at = waiting.run_lane()
        assert len(waiting.network().orders) == 2
        assert at == first + window

    def test_the_hourly_ceiling_follows_the_feeds_own_rhythm(self, waiting: Newsroom) -> None:
        waiting.change(per_hour=None)
        now = waiting.clock.now()
        waiting.poll(entry("old"), *(entry(n, published_at=now) for n in range(1, 10)))
        waiting.run_lane()
        assert len(waiting.network().orders) == 9
        assert waiting.setup.ceilings(0).per_hour == 6
        assert waiting.setup.ceilings(100).per_hour == 30


class TestBudget:
    @pytest.fixture
    def poor(self, open_newsroom: Callable[..., Newsroom]) -> Newsroom:
        room = open_newsroom(account(budget_microusd=500_000))
        room.network().price = 200_000
        room.change(freshness=3 * DAY)
        room.occupied(hours=40)
        room.poll(entry("old"), *(entry(n) for n in range(1, 8)))
        return room

    def test_a_spent_budget_stops_the_lane_until_the_next_day_of_the_zone(self, poor: Newsroom) -> None:
        poor.run_lane()
        assert len(poor.network().orders) == 2
        assert poor.lane_pause() == "budget"
        zone = ZoneInfo("Europe/Paris")
        midnight = (poor.clock.now().astimezone(zone) + DAY).replace(hour=0, minute=0, second=0, microsecond=0)
        poor.clock.jump(midnight - SECOND)
        poor.housekeeping.new_day()
        poor.run_lane()
        assert len(poor.network().orders) == 2
        poor.clock.jump(midnight)
        poor.housekeeping.new_day()
        poor.clock.advance(SECOND)
        poor.run_lane()
        assert len(poor.network().orders) == 4
        assert poor.notices.kinds.count("lane") == 2

    def test_a_person_may_let_it_go_on(self, poor: Newsroom) -> None:
        poor.run_lane()
        poor.clock.advance(MINUTE)
        poor.controlling.resume("courrier")
        poor.clock.advance(SECOND)
        poor.run_lane()
        assert len(poor.network().orders) == 4
        assert poor.lane_pause() == "budget"

    def test_what_never_left_costs_nothing_and_what_may_have_left_does(self, poor: Newsroom) -> None:
        poor.network().outcomes.extend([Refused(RefusalKind.CONTENT), LOST])
        poor.run_lane()
        assert len(poor.network().orders) == 3

    def test_a_new_day_lifts_no_other_stop(self, poor: Newsroom) -> None:
        poor.controlling.pause("courrier")
        poor.clock.advance(2 * DAY)
        poor.housekeeping.new_day()
        assert [p.by for p in poor.pauses()] == ["person"]


class TestPauses:
    def test_the_pause_file_is_obeyed_at_the_claim(self, waiting: Newsroom) -> None:
        waiting.store.pause_file.touch()
        step = waiting.step()
        assert step.at == waiting.clock.now() + 5 * SECOND
        assert waiting.network().orders == []
        waiting.store.pause_file.unlink()
        waiting.run_lane()
        assert len(waiting.network().orders) == 1

    def test_a_pause_during_a_call_waits_for_it_and_stops_the_next(self, waiting: Newsroom) -> None:
        waiting.poll(entry("old"), entry(1), entry(2))
        flying: list[int] = []

        def paused(order: Order) -> Outcome:
            flying.extend(a.id for a in waiting.controlling.pause("courrier"))
            return Receipt("1")

        waiting.network().outcomes.append(paused)
        waiting.run_lane()
        assert flying == [1]
        assert waiting.controlling.outcome(1).state is State.SENT
        assert waiting.states() == [("sent", "receipt"), ("pending", "strike")]

    def test_a_pause_of_all_stops_every_lane(self, open_newsroom: Callable[..., Newsroom]) -> None:
        room = open_newsroom(account(), account("second"))
        room.occupied()
        room.article()
        room.controlling.pause(None)
        room.run_lane("courrier")
        room.run_lane("second")
        assert {s for s, _ in room.states()} == {"pending"}
        assert room.controlling.resume(None).lifted == 1
        room.run_lane("courrier")
        room.run_lane("second")
        assert {s for s, _ in room.states()} == {"sent"}

    def test_what_a_pause_kept_too_long_is_missed(self, waiting: Newsroom) -> None:
        waiting.controlling.pause("courrier")
        waiting.clock.advance(3 * HOUR)
        waiting.run_lane()
        assert waiting.states() == [("missed", "stale")]


class Locked(SqlStore):
    """A journal that somebody holds for the next `refusals` writes."""

    refusals = 0

    def writing(self):  # type: ignore[no-untyped-def] # noqa: ANN201
        if self.refusals:
            self.refusals -= 1
            raise DatabaseError("The database {path} cannot be used: {cause}.", path="x", cause="locked")
        return super().writing()


class TestALockedJournal:
    def locked_during_the_call(self, room: Newsroom, refusals: int) -> None:
        def lock(order: Order) -> Outcome:
            room.store.__class__ = Locked
            room.store.refusals = refusals  # type: ignore[attr-defined]
            return room.network().post(order)

        room.network().outcomes.append(lock)

    def test_a_call_is_settled_later_and_never_made_twice(self, waiting: Newsroom) -> None:
        self.locked_during_the_call(waiting, 30)
        waiting.run_lane()
        assert waiting.states() == [("sent", "receipt")]
        assert waiting.rested == [1.0] * 30
        assert len(waiting.network().posts) == 1

    def test_one_locked_for_ever_is_recovered_from_the_timeline(self, waiting: Newsroom) -> None:
        self.locked_during_the_call(waiting, 100)
        with pytest.raises(DatabaseError):
            waiting.step()
        waiting.store.refusals = 0  # type: ignore[attr-defined]
        assert waiting.states() == [("sending", "claimed")]
        waiting.live_on(5 * MINUTE)
        assert waiting.states() == [("sent", "timeline")]
        assert len(waiting.network().posts) == 1

    def test_a_late_settlement_changes_nothing_that_was_settled_otherwise(self, waiting: Newsroom) -> None:
        def recovered(order: Order) -> Outcome:
            waiting.clock.advance(2 * MINUTE)
            waiting.reconciling.recover(waiting.target())
            return Refused(RefusalKind.CREDENTIALS)

        waiting.network().outcomes.append(recovered)
        waiting.step()
        assert waiting.states() == [("uncertain", "crashed")]
        assert waiting.lane_pause() is None


class TestTheRecord:
    def test_every_step_is_told_in_order(self, waiting: Newsroom) -> None:
        waiting.network().outcomes.append(CONNECT)
        waiting.live_on(MINUTE)
        kinds = [e.kind for e in waiting.events() if e.action_id == 1]
        assert kinds == ["decided", "claimed", "settled", "claimed", "settled"]

    def test_stopping_a_lane_is_told_in_the_transaction_of_its_cause(self, waiting: Newsroom) -> None:
        waiting.network().outcomes.append(Refused(RefusalKind.MONEY, 402))
        waiting.step()
        settled, paused = waiting.events()[-2:]
        assert (settled.kind, paused.kind, settled.at) == ("settled", "paused", paused.at)


class Killed(BaseException):
    """kill -9, as far as one process can play it: nothing after it runs."""


class KilledAt:
    """Kills at the n-th time that something is done to the journal or the network."""

    def __init__(self, room: Newsroom, n: int) -> None:
        self.left = n
        self._room = room
        store, network = room.store, room.network()
        self._writing, self._apply = store.writing, network.apply
        store.writing = self.writing  # type: ignore[method-assign]
        network.apply = self.apply  # type: ignore[method-assign]

    def tick(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Killed

    def writing(self):  # type: ignore[no-untyped-def] # noqa: ANN201
        from contextlib import contextmanager

        @contextmanager
        def killing():  # type: ignore[no-untyped-def] # noqa: ANN202
            self.tick()
            with self._writing() as tx:
                yield tx
                self.tick()  # before the commit: all of it is lost
            self.tick()  # after it: none of it

        return killing()

    def apply(self, order: Order) -> Outcome:
        self.tick()
        outcome = self._apply(order)
        self.tick()
        return outcome

    def revive(self) -> None:
        self._room.store.writing = self._writing  # type: ignore[method-assign]
        self._room.network().apply = self._apply  # type: ignore[method-assign]
        self._room.wire()


@pytest.mark.campaign  # forty-four deaths
@pytest.mark.parametrize("outcome", [None, LOST, CONNECT, "posted and lost"])
@pytest.mark.parametrize("step", range(1, 12))
def test_killed_at_any_step_it_posts_once_loses_nothing_and_tells_the_truth(
    waiting: Newsroom, step: int, outcome: Outcome | str | None
) -> None:
    network = waiting.network()

    def posted_and_lost(order: Order) -> Outcome:
        network.post(order)
        return LOST

    if outcome is not None:
        network.outcomes.append(posted_and_lost if isinstance(outcome, str) else outcome)
    waiting.target()
    death = KilledAt(waiting, step)
    try:
        waiting.run_lane()
    except Killed:
        assert waiting.rows("SELECT count(*) FROM actions") == [(1,)]
    death.revive()
    waiting.live_on(10 * MINUTE)
    action = waiting.action()
    assert action.state is State.SENT
    assert [p.id for p in network.posts] == [action.remote_id]
    assert len({order.payload.hash for order in network.orders}) == 1
    settled = [e for e in waiting.events() if e.data.get("to") == "sent"]
    assert len(settled) == 1


def test_the_first_kill_points_are_really_reached(waiting: Newsroom) -> None:
    waiting.target()
    death = KilledAt(waiting, 10_000)
    waiting.run_lane()
    assert 10_000 - death.left >= 11


class TestUnverified:
    def test_an_account_never_verified_lets_its_rows_wait_and_hands_them_over(self, room: Newsroom) -> None:
        room.network().refuses_to_say = NetworkError("{host} does not answer.", host="courrier.example")
        room.occupied()
        room.article(1)
        assert room.identifying.target(room.account()).target is None
        assert room.states() == [("pending", "strike")]
        room.network().refuses_to_say = None
        room.clock.advance(MINUTE)
        room.run_lane()
        assert room.states() == [("sent", "receipt")]

    def test_a_known_account_under_another_name_keeps_its_history(self, room: Newsroom) -> None:
        room.occupied()
        room.article(1)
        room.run_lane()
        renamed = replace(room.account(), name="renamed")
        room.networks["renamed"] = room.networks["courrier"]
        room.change(accounts=(renamed,))
        room.poll(entry("old"), entry(1), entry(2))
        room.run_lane("renamed")
        assert [s for s, _ in room.states()] == ["sent", "sent"]
        assert len({a.target_id for a in room.actions()}) == 1


def test_a_clock_pause_stops_every_claim(waiting: Newsroom) -> None:
    with waiting.store.writing() as tx:
        tx.pauses.add(Pause(None, "clock", "clock", tx.now))
    waiting.run_lane()
    assert waiting.network().orders == []


def test_two_processes_on_one_journal_claim_an_action_once(
    waiting: Newsroom, open_newsroom: Callable[..., Newsroom]
) -> None:
    other = open_newsroom(clock=waiting.clock)
    other.networks = waiting.networks
    other.wire()

    def meanwhile(order: Order) -> Outcome:
        other.run_lane()
        return waiting.network().post(order)

    waiting.network().outcomes.append(meanwhile)
    waiting.run_lane()
    assert len(waiting.network().posts) == 1
