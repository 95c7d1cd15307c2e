from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from occupier.domain.action import Payload, Proof, Purpose, State
from occupier.domain.errors import DatabaseError
from occupier.domain.limits import Ceilings
from occupier.domain.outcome import Receipt, RefusalKind, Refused, Retryable, Uncertain
from occupier.domain.ports import Blocked, Change, Claimed, Observation, Pause
from occupier.domain.voted import Seal
from tests.fakes import START, FakeClock
from tests.storage.journal import HOUR, MINUTE, SECOND, STRIKE, TEXT, WIDE, Journal

ROOT = Path(__file__).parents[2]
AGAIN = Change(State.RETRY, "connect")
UNSENT = Retryable("connect")


def reason(granted: Claimed | Blocked) -> str:
    return granted.reason if isinstance(granted, Blocked) else "granted"


class TestGranted:
    def test_a_claim_writes_everything_before_the_call(self, journal: Journal) -> None:
        strike = journal.strike()
        action = journal.action(journal.target(), strike)
        granted = journal.claim(action, token="mine", pool_index=3, cost_microusd=15)
        assert isinstance(granted, Claimed)
        assert (granted.at, granted.deadline, granted.strike_ends_at) == (START, START + 25 * SECOND, strike.ends_at)
        now = journal.get(action)
        assert granted.action == now
        assert (now.state, now.claim_token, now.claimed_at, now.attempts) == (State.SENDING, "mine", START, 1)
        assert (now.payload, now.pool_index, now.deadline) == (TEXT, 3, START + 25 * SECOND)
        with journal.store.reading() as tx:
            (attempt,) = tx.actions.attempts(action.id)
            last = tx.events.since(0)[-1]
            assert tx.actions.last_pool_index(action.target_id) == 3
        assert (attempt.n, attempt.token, attempt.outcome, attempt.cost_microusd) == (1, "mine", None, 15)
        assert (last.kind, last.action_id, last.strike_id) == ("claimed", action.id, strike.id)
        assert last.data["text"] == TEXT.text

    def test_an_ordinary_post_needs_no_strike_and_has_no_end(self, journal: Journal) -> None:
        granted = journal.claim(journal.action(journal.target()))
        assert isinstance(granted, Claimed)
        assert granted.strike_ends_at is None


class TestPlan:
    @pytest.mark.parametrize(("plan", "granted"), [("a" * 64, "granted"), ("b" * 64, "plan"), (None, "plan")])
    def test_a_sealed_strike_grants_only_what_was_sealed(
        self, journal: Journal, plan: str | None, granted: str
    ) -> None:
        strike = journal.strike()
        with journal.writing() as tx:
            tx.seals.put(strike.id, Seal("a" * 64, tx.now))
        assert reason(journal.claim(journal.action(journal.target(), strike), plan=plan)) == granted

    def test_an_unsealed_one_asks_for_nothing(self, journal: Journal) -> None:
        assert reason(journal.claim(journal.action(journal.target(), journal.strike()), plan=None)) == "granted"

    def test_an_ordinary_post_is_not_asked(self, journal: Journal) -> None:
        strike = journal.strike()
        with journal.writing() as tx:
            tx.seals.put(strike.id, Seal("a" * 64, tx.now))
        assert reason(journal.claim(journal.action(journal.target()))) == "granted"


class TestStrike:
    @pytest.mark.parametrize(
        ("start", "end", "granted"),
        [
            (START, START + HOUR, "granted"),
            (START + timedelta(microseconds=1), START + HOUR, "strike"),
            (START - HOUR, START + 5 * SECOND, "strike"),
            (START - HOUR, START + 5 * SECOND + timedelta(microseconds=1), "granted"),
            (START - HOUR, START, "strike"),
        ],
    )
    def test_nothing_leaves_outside_the_period_nor_in_its_guard(
        self, journal: Journal, start: object, end: object, granted: str
    ) -> None:
        strike = journal.strike(replace(STRIKE, starts_at=start, ends_at=end))  # type: ignore[arg-type]
        assert reason(journal.claim(journal.action(journal.target(), strike))) == granted

    def test_a_closed_strike_grants_nothing_even_to_a_clock_that_jumps_back(
        self, journal: Journal, clock: FakeClock
    ) -> None:
        strike = journal.strike()
        action = journal.action(journal.target(), strike)
        with journal.writing() as tx:
            tx.strikes.close(strike.id, tx.now, "ended")
        clock.advance(HOUR)
        clock.jump(START)
        assert reason(journal.claim(action)) == "strike"
        with journal.writing() as tx:
            tx.strikes.change(replace(strike, ends_at=START + 50 * HOUR))
            tx.strikes.close(strike.id, START + 9 * HOUR, "again")
        again = journal.claim(action)
        assert reason(again) == "strike"
        with journal.store.reading() as tx:
            assert tx.strikes.by_id(strike.id).closed_at == START

    def test_an_unknown_strike_grants_nothing(self, journal: Journal) -> None:
        strike = journal.strike()
        action = journal.action(journal.target(), strike)
        assert reason(journal.claim(action, strike_id=99)) == "changed"
        assert reason(journal.claim(action, strike_id=None)) == "changed"

    def test_never_under_another_strike_nor_as_ordinary(self, journal: Journal) -> None:
        one, two = journal.strike(), journal.strike(replace(STRIKE, name="autre"))
        action = journal.action(journal.target(), one)
        assert reason(journal.claim(action, strike_id=two.id)) == "changed"
        assert reason(journal.claim(action, purpose=Purpose.ORDINARY)) == "changed"
        ordinary = journal.action(journal.target())
        assert reason(journal.claim(ordinary, purpose=Purpose.STRIKE, strike_id=one.id)) == "changed"


class TestTheRow:
    @pytest.mark.parametrize("state", sorted(set(State) - {State.PENDING, State.RETRY}))
    def test_only_a_waiting_action_is_claimed(self, journal: Journal, state: State) -> None:
        assert reason(journal.claim(journal.action(journal.target(), state=state))) == "changed"

    def test_not_before_its_hour(self, journal: Journal, clock: FakeClock) -> None:
        action = journal.action(journal.target(), due_at=START + SECOND)
        assert reason(journal.claim(action)) == "changed"
        clock.advance(1)
        assert reason(journal.claim(action)) == "granted"

    def test_a_claim_is_for_once(self, journal: Journal) -> None:
        action = journal.action(journal.target())
        assert reason(journal.claim(action)) == "granted"
        assert reason(journal.claim(action)) == "changed"

    def test_a_retry_sends_the_same_bytes_or_nothing(self, journal: Journal, clock: FakeClock) -> None:
        action = journal.action(journal.target())
        assert journal.settle(journal.claimed(action), AGAIN, UNSENT)
        other = Payload("Autre", TEXT.link)
        assert reason(journal.claim(action, payload=other)) == "changed"
        assert journal.claimed(action).attempts == 2
        with journal.writing() as tx:
            assert [a.n for a in tx.actions.attempts(action.id)] == [1, 2]
            assert tx.actions.settle(tx.actions.get(action.id), replace(AGAIN, thaw=True), UNSENT)
        assert journal.get(action).payload is None
        assert journal.claimed(action, payload=other).payload == other

    def test_a_claim_for_an_action_that_does_not_exist_is_an_error(self, journal: Journal) -> None:
        action = replace(journal.action(journal.target()), id=99)
        with pytest.raises(DatabaseError):
            journal.claim(action)


class TestPauses:
    def test_a_pause_of_all_of_this_account_or_of_another(self, journal: Journal) -> None:
        one, other = journal.target("un"), journal.target("deux")
        action = journal.action(one)
        for target_id, answer in ((None, "paused"), (one.id, "paused"), (other.id, "granted")):
            with journal.writing() as tx:
                assert tx.pauses.add(Pause(target_id, "person", "x", tx.now))
                asked = reason(tx.actions.claim(journal.asking(action)))
                assert tx.pauses.lift(target_id, ["person"]) == 1
            assert asked == answer

    def test_the_file_named_pause_stops_all(self, journal: Journal) -> None:
        action = journal.action(journal.target())
        journal.store.pause_file.touch()
        assert reason(journal.claim(action)) == "paused"
        journal.store.pause_file.unlink()
        assert reason(journal.claim(action)) == "granted"


class TestCeilings:
    def test_spacing_says_when_to_come_back(self, journal: Journal, clock: FakeClock) -> None:
        target = journal.target()
        ceilings = replace(WIDE, spacing=30 * SECOND)
        one, two = journal.action(target), journal.action(target)
        journal.claimed(one, ceilings=ceilings)
        clock.advance(29)
        assert journal.claim(two, ceilings=ceilings) == Blocked("spacing", START + 30 * SECOND)
        clock.advance(1)
        assert reason(journal.claim(two, ceilings=ceilings)) == "granted"

    def test_another_account_has_its_own_windows(self, journal: Journal) -> None:
        ceilings = Ceilings(1, 1, 30 * SECOND)
        journal.claimed(journal.action(journal.target("un")), ceilings=ceilings)
        assert reason(journal.claim(journal.action(journal.target("deux")), ceilings=ceilings)) == "granted"

    @pytest.mark.parametrize(
        ("ceilings", "window"), [(Ceilings(2, 9, 0 * SECOND), HOUR), (Ceilings(9, 2, 0 * SECOND), 24 * HOUR)]
    )
    def test_a_window_slides(self, journal: Journal, clock: FakeClock, ceilings: Ceilings, window: timedelta) -> None:
        target = journal.target()
        for _ in range(2):
            journal.claimed(journal.action(target), ceilings=ceilings)
            clock.advance(MINUTE)
        third = journal.action(target)
        assert journal.claim(third, ceilings=ceilings) == Blocked("ceiling", START + window)
        clock.jump(START + window - timedelta(microseconds=1))
        assert reason(journal.claim(third, ceilings=ceilings)) == "ceiling"
        clock.jump(START + window)
        assert reason(journal.claim(third, ceilings=ceilings)) == "granted"

    def test_a_ceiling_of_nought_grants_nothing(self, journal: Journal) -> None:
        ceilings = Ceilings(0, 5, 0 * SECOND)
        assert journal.claim(journal.action(journal.target()), ceilings=ceilings) == Blocked("ceiling", START + HOUR)

    def test_attempts_ahead_of_a_clock_that_jumped_back_count(self, journal: Journal, clock: FakeClock) -> None:
        target, ceilings = journal.target(), Ceilings(1, 9, 30 * SECOND)
        journal.claimed(journal.action(target), ceilings=ceilings)
        other = journal.action(target, due_at=START - 9 * HOUR)
        clock.jump(START - 2 * HOUR)
        assert reason(journal.claim(other, ceilings=ceilings)) == "ceiling"
        assert reason(journal.claim(other, ceilings=replace(ceilings, per_hour=2))) == "granted"

    def test_a_broken_caller_that_asks_in_a_loop_gets_no_more_than_the_ceilings(
        self, journal: Journal, clock: FakeClock
    ) -> None:
        target, ceilings = journal.target(), Ceilings(5, 12, 10 * SECOND)
        granted = []
        for _ in range(80):
            answer = journal.claim(journal.action(target), ceilings=ceilings)
            if isinstance(answer, Claimed):
                granted.append(answer.at)
            clock.advance(5 * MINUTE if len(granted) % 5 == 0 else 3)
        assert len(granted) == 12
        assert all(b - a >= 10 * SECOND for a, b in zip(granted, granted[1:], strict=False))
        assert max(sum(at - HOUR < other <= at for other in granted) for at in granted) == 5

    def test_a_broken_caller_cannot_repeat_one_action(self, journal: Journal) -> None:
        action = journal.action(journal.target())
        assert sum(isinstance(journal.claim(action), Claimed) for _ in range(5)) == 1

    def test_a_network_that_asks_to_wait_is_obeyed_for_the_whole_account(
        self, journal: Journal, clock: FakeClock
    ) -> None:
        target = journal.target()
        until = START + 5 * MINUTE
        journal.settle(journal.claimed(journal.action(target)), AGAIN, Retryable("throttled", until, 429))
        other = journal.action(target)
        assert journal.claim(other) == Blocked("throttled", until)
        clock.jump(until)
        assert reason(journal.claim(other)) == "granted"


class TestBudget:
    def test_what_is_spent_and_reserved_counts(self, journal: Journal, clock: FakeClock) -> None:
        target = journal.target()
        price = {"cost_microusd": 10, "budget_microusd": 25, "budget_since": START - HOUR}
        one, two, three = (journal.action(target) for _ in range(3))
        mine = journal.claimed(one, **price)
        journal.claimed(two, **price)
        assert journal.claim(three, **price) == Blocked("budget")
        assert journal.settle(mine, AGAIN, UNSENT)  # surely unsent costs nothing
        with journal.writing() as tx:
            assert tx.actions.spent(target.id, START - HOUR) == 10
            tx.actions.observe(Observation(two.id, tx.now, True, "absent", cost_microusd=6))
            assert tx.actions.spent(target.id, START - HOUR) == 16
            assert tx.actions.spent(target.id, START) == 0
        assert reason(journal.claim(three, **price)) == "budget"
        assert reason(journal.claim(three, **price | {"budget_microusd": 26})) == "granted"

    def test_without_a_budget_the_price_does_not_matter(self, journal: Journal) -> None:
        assert reason(journal.claim(journal.action(journal.target()), cost_microusd=10**12)) == "granted"


class TestSettle:
    def test_a_receipt_is_written_with_its_attempt(self, journal: Journal, clock: FakeClock) -> None:
        mine = journal.claimed(journal.action(journal.target()))
        clock.advance(2)
        sent = Change(State.SENT, "receipt", remote_id="9", remote_url="https://p/9", proof=Proof.RECEIPT)
        assert journal.settle(mine, sent, Receipt("9"))
        now = journal.get(mine)
        assert (now.state, now.remote_id, now.remote_url, now.proof) == (State.SENT, "9", "https://p/9", Proof.RECEIPT)
        assert now.sent_at == START + 2 * SECOND
        with journal.store.reading() as tx:
            (attempt,) = tx.actions.attempts(mine.id)
            assert (attempt.outcome, attempt.ended_at) == ("receipt", START + 2 * SECOND)
            assert tx.events.since(0)[-1].data["to"] == "sent"
            assert tx.actions.remote_ids(mine.target_id, besides=0) == {"9"}
            assert tx.actions.remote_ids(mine.target_id, besides=mine.id) == set()
            last = tx.actions.last_sent(mine.target_id)
            assert last is not None
            assert last.id == mine.id
            assert tx.actions.last_sent(99) is None

    @pytest.mark.parametrize(
        ("outcome", "state", "word"),
        [
            (Refused(RefusalKind.CONTENT, 422, "no"), State.REFUSED, "refused:content"),
            (Retryable("throttled", START + HOUR, 429, "slow"), State.RETRY, "retryable"),
            (Uncertain("reset", 502, "bad"), State.UNCERTAIN, "uncertain"),
        ],
    )
    def test_every_other_answer_too(
        self, journal: Journal, outcome: Refused | Retryable | Uncertain, state: State, word: str
    ) -> None:
        mine = journal.claimed(journal.action(journal.target()), cost_microusd=7)
        assert journal.settle(mine, Change(state, "x", due_at=START + HOUR), outcome)
        with journal.store.reading() as tx:
            (attempt,) = tx.actions.attempts(mine.id)
            assert tx.actions.last_outcomes(mine.target_id, 5) == [word]
        assert (attempt.outcome, attempt.http_status, attempt.excerpt) == (word, outcome.http_status, outcome.excerpt)
        assert attempt.cost_microusd == (7 if state is State.UNCERTAIN else 0)
        assert journal.get(mine).due_at == START + HOUR

    def test_with_another_token_nothing_happens(self, journal: Journal) -> None:
        mine = journal.claimed(journal.action(journal.target()))
        sent = Change(State.SENT, "receipt", remote_id="9")
        assert not journal.settle(replace(mine, claim_token="theirs"), sent, Receipt("9"))
        assert journal.get(mine) == mine

    def test_a_call_settled_by_somebody_else_stays_as_they_said(self, journal: Journal) -> None:
        mine = journal.claimed(journal.action(journal.target()))
        assert journal.settle(mine, Change(State.UNCERTAIN, "crashed"), Uncertain("crashed"))
        assert not journal.settle(mine, Change(State.SENT, "receipt", remote_id="9"), Receipt("9"))
        assert journal.get(mine).state is State.UNCERTAIN

    def test_a_state_that_does_not_follow_is_a_mistake_and_writes_nothing(self, journal: Journal) -> None:
        mine = journal.claimed(journal.action(journal.target()))
        with pytest.raises(AssertionError, match="never becomes"):
            journal.settle(mine, Change(State.MISSED, "x"), UNSENT)
        assert journal.get(mine) == mine

    def test_one_post_belongs_to_one_action(self, journal: Journal) -> None:
        target = journal.target()
        journal.sent(journal.action(target), "9")
        mine = journal.claimed(journal.action(target))
        with pytest.raises(DatabaseError):
            journal.settle(mine, Change(State.SENT, "receipt", remote_id="9"), Receipt("9"))
        assert journal.get(mine) == mine
        other = journal.target("autre")
        assert journal.sent(journal.action(other), "9").remote_id == "9"


class TestChange:
    def test_an_action_moves_from_the_state_that_was_read_only(self, journal: Journal) -> None:
        action = journal.action(journal.target(), state=State.HELD)
        with journal.writing() as tx:
            assert tx.actions.change(action, Change(State.PENDING, "released", due_at=START + HOUR), "released")
            assert not tx.actions.change(action, Change(State.LEFT, "dropped"), "dropped")
            events = [e.kind for e in tx.events.since(0)]
        assert events == ["decided", "released"]
        assert journal.get(action).due_at == START + HOUR

    def test_a_later_claim_is_not_taken_for_the_one_that_was_read(self, journal: Journal) -> None:
        old = journal.claimed(journal.action(journal.target()))
        journal.settle(old, AGAIN, UNSENT)
        new = journal.claimed(old)
        with journal.writing() as tx:
            assert not tx.actions.change(old, Change(State.UNCERTAIN, "crashed"), "crashed")
        assert journal.get(old) == new

    def test_looking_again_is_no_news(self, journal: Journal) -> None:
        mine = journal.claimed(journal.action(journal.target()))
        journal.settle(mine, Change(State.UNCERTAIN, "reset"), Uncertain("reset"))
        with journal.writing() as tx:
            before = len(tx.events.since(0))
            again = Change(State.UNCERTAIN, "reset", due_at=START + HOUR)
            assert tx.actions.change(tx.actions.get(mine.id), again, "looking")
            assert len(tx.events.since(0)) == before
        assert journal.get(mine).due_at == START + HOUR


class TestRaces:
    def test_of_many_threads_one_wins(self, journal: Journal) -> None:
        action = journal.action(journal.target())
        gate = Barrier(8)

        def race(n: int) -> str:
            gate.wait()
            return reason(journal.claim(action, token=f"thread-{n}"))

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(race, range(8)))
        assert sorted(answers) == ["changed"] * 7 + ["granted"]

    def test_of_two_processes_one_wins_each_time(self, journal: Journal) -> None:
        target = journal.target()
        ids = [journal.action(target).id for _ in range(15)]
        command = [sys.executable, "-c", RACER, str(journal.path), json.dumps(ids)]
        racers = [subprocess.Popen(command, stdin=-1, stdout=-1, text=True, cwd=ROOT) for _ in range(2)]
        for racer in racers:
            assert racer.stdout is not None
            assert racer.stdout.readline() == "ready\n"
        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.write("go\n")
            racer.stdin.flush()
        won = [json.loads(racer.communicate(timeout=60)[0]) for racer in racers]
        assert [racer.returncode for racer in racers] == [0, 0]
        assert sorted(won[0] + won[1]) == ids
        with journal.store.reading() as tx:
            assert [len(tx.actions.attempts(n)) for n in ids] == [1] * 15


RACER = """
import json, os, sys
from pathlib import Path
from tests.fakes import FakeClock
from tests.storage.journal import Journal
from occupier.domain.ports import Claimed

journal = Journal(Path(sys.argv[1]), FakeClock())
with journal.store.reading() as tx:
    actions = [tx.actions.get(n) for n in json.loads(sys.argv[2])]
print("ready", flush=True)
sys.stdin.readline()
won = [a.id for a in actions if isinstance(journal.claim(a, token=f"{os.getpid()}-{a.id}"), Claimed)]
journal.store.close()
print(json.dumps(won))
"""
