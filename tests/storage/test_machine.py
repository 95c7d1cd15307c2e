"""The journal under everything that happens to it, in any order."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from occupier.domain.action import TRANSITIONS, Action, Payload, Proof, State
from occupier.domain.errors import DatabaseError
from occupier.domain.ledger import GENESIS
from occupier.domain.limits import Ceilings
from occupier.domain.outcome import Outcome, Receipt, RefusalKind, Refused, Retryable, Uncertain
from occupier.domain.ports import Blocked, Change, Event, Pause
from tests.chain import event_hash
from tests.fakes import START, FakeClock
from tests.storage.journal import HOUR, SECOND, Journal

CEILINGS = Ceilings(4, 8, 5 * SECOND)
ENDS = {State.SENT, State.MISSED, State.LEFT}
"""Of what was handed to nobody."""
OUTCOMES: tuple[tuple[State, Outcome], ...] = (
    (State.SENT, Receipt("")),
    (State.RETRY, Retryable("connect")),
    (State.REFUSED, Refused(RefusalKind.CONTENT)),
    (State.UNCERTAIN, Uncertain("reset")),
)


class JournalMachine(RuleBasedStateMachine):
    """Lanes that claim, settle, crash and restart; people who pause, review and end; clocks that jump."""

    template: Path

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="journal"))
        self.clock = FakeClock()
        self.journal = Journal(Path(shutil.copy(self.template, self.folder / "occupier.db")), self.clock)
        self.strike = self.journal.strike()
        self.targets = [self.journal.target("un"), self.journal.target("deux")]
        self.articles = [self.journal.article() for _ in range(4)]
        self.calls: dict[str, Action] = {}
        self.posted = 0
        self.closed = False
        self.known: dict[int, State] = {}
        self.chained: list[Event] = []

    def teardown(self) -> None:
        if hasattr(self, "journal"):
            self.journal.store.close()
            shutil.rmtree(self.folder)

    def all(self) -> list[Action]:
        with self.journal.store.reading() as tx:
            return tx.actions.in_state(*State)

    def some(self, n: int, *states: State) -> Action | None:
        found = [a for a in self.all() if a.state in states]
        return found[n % len(found)] if found else None

    @rule(lane=st.integers(0, 1), article=st.integers(0, 3), strike=st.booleans(), held=st.booleans())
    def decide(self, lane: int, article: int, strike: bool, held: bool) -> None:
        with suppress(AssertionError):  # there is one already
            self.journal.action(
                self.targets[lane],
                self.strike if strike else None,
                article=self.articles[article],
                state=State.HELD if held else State.PENDING,
            )

    @rule(n=st.integers(0, 7), text=st.sampled_from("ab"))
    def claim(self, n: int, text: str) -> None:
        action = self.some(n, *State)
        if action is None:
            return
        payload = Payload(text, f"https://a.fr/{action.id}")
        with self.journal.store.reading() as tx:
            stopped = {pause.target_id for pause in tx.pauses.all()} & {None, action.target_id}
        answer = self.journal.claim(action, payload=payload, ceilings=CEILINGS)
        if isinstance(answer, Blocked):
            return
        assert action.state in {State.PENDING, State.RETRY}
        assert not stopped
        assert action.payload in (None, payload)
        assert action.strike_id is None or (not self.closed and self.clock.now() < self.strike.ends_at - 5 * SECOND)
        assert answer.action.claim_token not in self.calls
        self.calls[str(answer.action.claim_token)] = answer.action

    @rule(n=st.integers(0, 7), answer=st.sampled_from(OUTCOMES), double=st.booleans(), thaw=st.booleans())
    @precondition(lambda self: self.calls)
    def settle(self, n: int, answer: tuple[State, Outcome], double: bool, thaw: bool) -> None:
        call = self.calls.pop(sorted(self.calls)[n % len(self.calls)])
        state, outcome = answer
        self.posted += not double
        remote_id = str(self.posted) if state is State.SENT else None
        change = Change(state, "x", self.clock.now(), remote_id, thaw=thaw and state is State.RETRY)
        mine = self.journal.get(call)
        owned = mine.state is State.SENDING and mine.claim_token == call.claim_token
        try:
            assert self.journal.settle(call, change, outcome) == owned
        except DatabaseError:  # the id of another action's post: nothing was written
            assert double
            assert self.journal.get(call) == mine
            self.calls[str(call.claim_token)] = call

    @rule(n=st.integers(0, 7))
    def lie(self, n: int) -> None:
        action = self.some(n, State.SENDING)
        if action is not None:
            theirs = replace(action, claim_token="theirs")
            assert not self.journal.settle(theirs, Change(State.SENT, "x", remote_id="lie"), Receipt("lie"))

    @rule()
    def crash_and_recover(self) -> None:
        self.journal.store.close()
        self.journal = Journal(self.journal.path, self.clock, numbers=self.journal.numbers)
        for action in self.all():
            if action.state is State.SENDING:
                assert self.journal.settle(
                    action, Change(State.UNCERTAIN, "crashed", self.clock.now()), Uncertain("crashed")
                )

    @rule(n=st.integers(0, 7), to=st.sampled_from(sorted(State)))
    def review(self, n: int, to: State) -> None:
        action = self.some(n, State.HELD, State.UNCERTAIN, State.REFUSED, State.FAILED, State.PENDING, State.RETRY)
        if action is None or to is State.SENDING:
            return
        self.posted += 1
        change = Change(to, "person", self.clock.now(), str(self.posted), proof=Proof.PERSON)
        with self.journal.writing() as tx:
            if to is not action.state and to not in TRANSITIONS[action.state]:
                with pytest.raises(AssertionError):
                    tx.actions.change(action, change, "reviewed")
            else:
                assert tx.actions.change(action, change, "reviewed")

    @rule(seconds=st.sampled_from([1, 6, 60, 1800, 3600 * 3]))
    def pass_time(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @rule(hours=st.integers(-2, 2))
    def jump(self, hours: int) -> None:
        self.clock.jump(max(START, self.clock.now() + hours * HOUR))

    @rule(lane=st.sampled_from([None, 0, 1]), lift=st.booleans())
    def pause(self, lane: int | None, lift: bool) -> None:
        target_id = None if lane is None else self.targets[lane].id
        with self.journal.writing() as tx:
            if lift:
                tx.pauses.lift(target_id, ["person"])
            else:
                tx.pauses.add(Pause(target_id, "person", "x", tx.now))

    @rule(sure=st.integers(0, 3))
    def end(self, sure: int) -> None:
        if sure == 0:
            with self.journal.writing() as tx:
                tx.strikes.close(self.strike.id, tx.now, "ended")
            self.closed = True

    @invariant()
    def nothing_is_sent_twice(self) -> None:
        actions = self.all()
        slots = [(a.target_id, a.subject, a.slot) for a in actions]
        posts = [(a.target_id, a.remote_id) for a in actions if a.remote_id]
        assert len(slots) == len(set(slots))
        assert len(posts) == len(set(posts))

    @invariant()
    def no_call_without_its_attempt(self) -> None:
        with self.journal.store.reading() as tx:
            for action in tx.actions.in_state(*State):
                attempts = tx.actions.attempts(action.id)
                assert [a.n for a in attempts] == list(range(1, action.attempts + 1))
                if action.state is State.SENDING:
                    assert (attempts[-1].token, attempts[-1].outcome) == (action.claim_token, None)
                    assert action.payload is not None

    @invariant()
    def the_ceilings_hold(self) -> None:
        with self.journal.store.reading() as tx:
            for target in self.targets:
                mine = [a for a in tx.actions.in_state(*State) if a.target_id == target.id]
                starts = sorted(t.started_at for a in mine for t in tx.actions.attempts(a.id))
                for at in starts:
                    assert sum(at - HOUR < other <= at for other in starts) <= CEILINGS.per_hour
                    assert sum(at - 24 * HOUR < other <= at for other in starts) <= CEILINGS.per_day

    @invariant()
    def states_move_along_the_table_only_and_the_record_tells_it(self) -> None:
        with self.journal.store.reading() as tx:
            actions, events = tx.actions.in_state(*State), tx.events.since(len(self.chained))
        for event in events:
            assert event.prev_hash == (self.chained[-1].hash if self.chained else GENESIS)
            assert event_hash(event) == event.hash
            self.chained.append(event)
            self._follow(event)
        assert self.known == {a.id: a.state for a in actions}

    def _follow(self, event: Event) -> None:
        if event.action_id is None:
            return
        if event.kind == "decided":
            self.known[event.action_id] = State(str(event.data["state"]))
            return
        before = State(str(event.data["from"]))
        after = State.SENDING if event.kind == "claimed" else State(str(event.data["to"]))
        assert self.known[event.action_id] is before
        assert after in (set() if before in ENDS else TRANSITIONS[before] | {before})
        self.known[event.action_id] = after


@pytest.mark.campaign  # hundreds of steps on a real file
def test_the_journal_stays_true_whatever_happens(fresh: Path) -> None:
    machine = type("Machine", (JournalMachine,), {"template": fresh})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
