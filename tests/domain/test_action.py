from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from occupier.domain.action import (
    ANNOUNCE,
    FOR_A_PERSON,
    TRANSITIONS,
    WAITING,
    Action,
    Payload,
    Purpose,
    State,
    Verb,
    article_subject,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
PAYLOADS = st.builds(Payload, TEXTS, st.none() | TEXTS, st.dictionaries(TEXTS, TEXTS, max_size=3))


def action(**more: object) -> Action:
    values: dict[str, object] = {"id": 1, "payload": Payload("grève", "https://a.fr/"), **more}
    return Action(
        target_id=1, verb=Verb.PUBLISH, subject=article_subject(1), slot=ANNOUNCE, purpose=Purpose.STRIKE,
        state=State.PENDING, due_at=NOW, decided_at=NOW, **values,  # type: ignore[arg-type]
    )  # fmt: skip


class TestStates:
    def test_the_table_speaks_of_every_state_and_of_no_other(self) -> None:
        assert set(TRANSITIONS) == set(State)
        assert all(following <= set(State) for following in TRANSITIONS.values())

    def test_only_a_waiting_action_is_ever_sent(self) -> None:
        assert {s for s, following in TRANSITIONS.items() if State.SENDING in following} == WAITING

    def test_the_ends_are_ends(self) -> None:
        assert {s for s, following in TRANSITIONS.items() if not following} == {State.SENT, State.LEFT}

    def test_sent_needs_a_call_or_a_proof(self) -> None:
        leads = {s for s, following in TRANSITIONS.items() if State.SENT in following}
        assert leads == {State.SENDING, State.RETRY, State.UNCERTAIN, State.HANDED, State.MISSED}

    def test_every_state_can_be_reached_and_left_for_an_end(self) -> None:
        reached = {State.PENDING}
        while more := {n for s in reached for n in TRANSITIONS[s]} - reached:
            reached |= more
        assert reached == set(State)
        assert reached >= FOR_A_PERSON


class TestPayload:
    @given(PAYLOADS)
    def test_it_comes_back_from_json_as_it_was(self, payload: Payload) -> None:
        back = Payload.from_json(payload.to_json())
        assert back == payload
        assert back.hash == payload.hash

    @given(PAYLOADS, PAYLOADS)
    def test_two_payloads_have_one_hash_only_if_they_are_one(self, one: Payload, other: Payload) -> None:
        assert (one.hash == other.hash) == (one == other)

    def test_the_order_of_options_does_not_count(self) -> None:
        assert Payload("t", None, {"a": "1", "b": "2"}).hash == Payload("t", None, {"b": "2", "a": "1"}).hash

    def test_the_canonical_form_is_fixed_for_ever(self) -> None:
        # what is stored was written so; another form would unfreeze every payload
        assert (
            Payload("é", "x", {"b": "1", "a": "2"}).to_json() == '{"link":"x","options":{"a":"2","b":"1"},"text":"é"}'
        )


class TestIdempotencyKey:
    def test_it_is_the_same_for_every_attempt_of_these_bytes(self) -> None:
        later = replace(action(), attempts=3, claimed_at=NOW)
        assert later.idempotency_key == action().idempotency_key
        assert replace(action(), state=State.RETRY, claim_token="t").idempotency_key == action().idempotency_key

    def test_it_differs_for_anything_else(self) -> None:
        others = [
            action(id=2),
            action(payload=Payload("grève", "https://a.fr/2")),
            action(payload=None),
            replace(action(), slot="retract:1"),
            replace(action(), subject="article:2"),
        ]
        assert len({a.idempotency_key for a in [action(), *others]}) == 6
