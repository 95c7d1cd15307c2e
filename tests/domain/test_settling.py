from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from occupier.domain.action import TRANSITIONS, Action, Attempt, Proof, Purpose, State, Verb
from occupier.domain.limits import MAX_ATTEMPTS, Limits
from occupier.domain.outcome import LANE_KINDS, Outcome, Receipt, RefusalKind, Refused, Retryable, Uncertain
from occupier.domain.ports import Change, Observation
from occupier.domain.settling import (
    Settlement,
    absences,
    after_absence,
    given_up,
    is_absent,
    presences,
    settlement,
    surely_unsent,
    tried_enough,
)
from occupier.domain.setup import WhenUncertain
from occupier.domain.strike import Strike

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ACTION = Action(
    1, 1, Verb.PUBLISH, "article:1", "announce", Purpose.STRIKE, State.SENDING, NOW, NOW, strike_id=1, attempts=1
)
STRIKE = Strike("s", NOW - HOUR, NOW + HOUR, "m", "r", NOW - HOUR)


def settled(outcome: Outcome, *recent: str, attempts: int = 1, taken: bool = False, jitter: float = 0) -> Settlement:
    return settlement(outcome, replace(ACTION, attempts=attempts), taken, recent, Limits(), NOW, jitter)


OUTCOMES = st.one_of(
    st.just(Receipt("9")),
    st.just(Uncertain("reset")),
    st.builds(Retryable, st.just("dns"), st.none() | st.just(NOW + HOUR)),
    st.builds(Refused, st.sampled_from(RefusalKind)),
)


@given(
    OUTCOMES, st.lists(st.sampled_from(["uncertain", "refused:unknown", "receipt"])), st.integers(1, 9), st.booleans()
)
def test_every_answer_leads_where_the_table_allows(outcome: Outcome, recent: list[str], n: int, taken: bool) -> None:
    change = settled(outcome, *recent, attempts=n, taken=taken).change
    assert change.state in TRANSITIONS[State.SENDING]
    assert (change.state is State.SENT) == (isinstance(outcome, Receipt) and not taken)
    assert change.due_at is None or change.due_at >= NOW


def test_a_receipt_is_proof_unless_it_names_an_older_post() -> None:
    sent = settled(Receipt("9", "https://p/9")).change
    assert (sent.state, sent.remote_id, sent.proof, sent.sent_at) == (State.SENT, "9", Proof.RECEIPT, NOW)
    assert settled(Receipt("9"), taken=True).change == Change(State.UNCERTAIN, "same_post", due_at=NOW)


@pytest.mark.parametrize(("n", "seconds"), [(1, 30), (2, 120), (3, 480), (4, 1920)])
def test_waits_grow_fourfold_and_spread(n: int, seconds: int) -> None:
    for jitter in (0.0, 1.0):
        due = settled(Retryable("dns"), attempts=n, jitter=jitter).change.due_at
        assert due == NOW + timedelta(seconds=seconds * (1 + jitter / 2))


def test_a_network_that_names_an_instant_is_waited_for() -> None:
    assert settled(Retryable("throttled", NOW + HOUR)).change.due_at == NOW + HOUR
    assert settled(Retryable("throttled", NOW)).change.due_at == NOW + timedelta(seconds=30)


@pytest.mark.parametrize("kind", sorted(RefusalKind))
def test_a_refusal_stops_the_lane_or_the_action(kind: RefusalKind) -> None:
    found = settled(Refused(kind))
    if kind in LANE_KINDS:
        assert found == Settlement(Change(State.RETRY, kind.value, due_at=NOW), kind.value)
    else:
        assert found == Settlement(Change(State.REFUSED, kind.value))


def test_a_duplicate_on_a_second_attempt_is_evidence_that_it_is_there() -> None:
    assert settled(Refused(RefusalKind.DUPLICATE), attempts=2).change.state is State.UNCERTAIN


@pytest.mark.parametrize(
    ("outcome", "word", "stop"),
    [
        (Uncertain("reset"), "uncertain", "uncertain_row"),
        (Refused(RefusalKind.UNKNOWN), "refused:unknown", "refused_row"),
        (Refused(RefusalKind.CONTENT), "refused:unknown", None),
        (Retryable("dns"), "uncertain", None),
    ],
)
def test_three_in_a_row_stop_the_lane(outcome: Outcome, word: str, stop: str | None) -> None:
    assert settled(outcome, word, word).stop == stop
    assert settled(outcome, word, word, "receipt").stop == stop
    assert settled(outcome, word).stop is None
    assert settled(outcome, word, "receipt", word).stop is None


def attempt(outcome: str | None, status: int | None = None) -> Attempt:
    return Attempt(1, 1, "t", NOW, outcome=outcome, http_status=status)


def test_five_attempts_surely_unsent_are_enough_and_waiting_is_none() -> None:
    unsent = [attempt("retryable")] * MAX_ATTEMPTS
    assert given_up(unsent)
    assert not given_up(unsent[1:] + [attempt("retryable", 429), attempt("uncertain"), attempt(None)])


def test_to_be_asked_to_wait_five_times_gives_nothing_up_in_whichever_words() -> None:
    assert not given_up([attempt("retryable", 429)] * MAX_ATTEMPTS)
    assert not given_up([attempt("retryable", 400)] * MAX_ATTEMPTS)  # Facebook's way


def test_one_doubtful_attempt_is_a_doubt() -> None:
    assert surely_unsent([attempt("retryable"), attempt("refused:content")])
    assert surely_unsent([])
    for doubt in ("uncertain", "receipt", None):
        assert not surely_unsent([attempt("retryable"), attempt(doubt)])


def test_only_late_and_complete_reads_count_as_absences() -> None:
    def seen(minutes: int, verdict: str = "absent", complete: bool = True) -> Observation:
        return Observation(1, NOW + minutes * MINUTE, complete, verdict)

    counted = absences([seen(1), seen(2), seen(3, complete=False), seen(4, "elsewhere"), seen(5)], NOW, 2 * MINUTE)
    assert counted == [NOW + 2 * MINUTE, NOW + 5 * MINUTE]
    assert is_absent(counted, 3 * MINUTE)
    assert not is_absent(counted, 4 * MINUTE)
    assert not is_absent(counted[:1], timedelta(0))
    assert not is_absent([], timedelta(0))


@pytest.mark.parametrize("wanted", list(WhenUncertain))
def test_after_the_end_it_is_too_late_whatever_is_wished(wanted: WhenUncertain) -> None:
    missed = Change(State.MISSED, "strike_over")
    assert after_absence(ACTION, STRIKE, wanted, NOW + HOUR) == missed
    assert after_absence(ACTION, replace(STRIKE, closed_at=NOW), wanted, NOW) == missed
    assert after_absence(ACTION, None, wanted, NOW) == missed


def test_before_it_the_account_says_what_to_do() -> None:
    again = Change(State.RETRY, "not_found", due_at=NOW)
    assert after_absence(ACTION, STRIKE, WhenUncertain.RETRY, NOW) == again
    assert after_absence(ACTION, STRIKE, WhenUncertain.ASK, NOW) is None
    ordinary = replace(ACTION, purpose=Purpose.ORDINARY, strike_id=None)
    assert after_absence(ordinary, None, WhenUncertain.RETRY, NOW) == again


TAKING_AWAY = replace(ACTION, verb=Verb.DELETE, subject="post:9", slot="retract:1", purpose=Purpose.RETRACT)


@pytest.mark.parametrize("kind", sorted(RefusalKind))
def test_a_refusal_to_delete_stops_the_lane_only_for_what_concerns_posts_too(kind: RefusalKind) -> None:
    found = settlement(Refused(kind), TAKING_AWAY, False, [], Limits(), NOW, 0.0)
    if kind in (RefusalKind.CREDENTIALS, RefusalKind.MONEY, RefusalKind.AUTOMATION):
        assert (found.change.state, found.stop) == (State.RETRY, kind.value)
    elif kind is RefusalKind.GONE:  # it is looked at again before anything is concluded
        assert (found.change.state, found.change.due_at, found.stop) == (State.RETRY, NOW, None)
    else:
        assert (found.change.state, found.stop) == (State.REFUSED, None)


def test_a_deletion_is_tried_five_times_whatever_came_of_it_but_for_being_asked_to_wait() -> None:
    def attempts(*outcomes: tuple[str, int | None]) -> list[Attempt]:
        return [Attempt(1, n, str(n), NOW, outcome=o, http_status=s) for n, (o, s) in enumerate(outcomes, 1)]

    lost, waited = ("uncertain", 503), ("retryable", 429)
    assert not tried_enough([])
    assert not tried_enough(attempts(*[lost] * 4))
    assert tried_enough(attempts(*[lost] * 5))
    assert tried_enough(attempts(*[lost] * 4, waited, ("retryable", None)))
    assert not tried_enough(attempts(*[waited] * 20))
    assert not tried_enough(attempts(*[lost] * 6))


def test_a_post_is_taken_for_still_there_only_after_two_late_readings() -> None:
    after = timedelta(seconds=120)
    seen = [
        Observation(1, NOW + timedelta(seconds=seconds), True, verdict)
        for seconds, verdict in [(10, "present"), (130, "absent"), (140, "present"), (210, "edited")]
    ]
    assert presences(seen, NOW, after) == [seen[2].at, seen[3].at]
    assert not is_absent(presences(seen[:3], NOW, after), timedelta(seconds=60))
    assert is_absent(presences(seen, NOW, after), timedelta(seconds=60))
