"""Between the claim and the first byte: what a person said meanwhile holds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from occupier.domain.outcome import Outcome, Retryable
from occupier.domain.ports import Order
from tests.services.newsroom import Newsroom


@pytest.fixture
def waiting(room: Newsroom) -> Newsroom:
    room.occupied()
    room.article(1)
    return room


def _during_the_handshake(room: Newsroom, said: Callable[[], object]) -> None:
    network = room.network()

    def apply(order: Order) -> Outcome:
        said()
        return network.post(order) if order.may_begin() else Retryable("late")

    network.outcomes.append(apply)
    room.step()


def test_a_strike_that_a_person_ends_lets_nothing_begin(waiting: Newsroom) -> None:
    _during_the_handshake(waiting, lambda: waiting.striking.end("greve"))
    assert waiting.network().posts == []
    waiting.clock.advance(60)
    waiting.run_lane()
    assert waiting.states() == [("missed", "strike_over")]


@pytest.mark.parametrize("account", [None, "courrier"])
def test_a_pause_lets_nothing_begin(waiting: Newsroom, account: str | None) -> None:
    _during_the_handshake(waiting, lambda: waiting.controlling.pause(account))
    assert waiting.network().posts == []
    assert waiting.states() == [("retry", "late")]


def test_another_account_that_is_paused_is_no_hindrance(waiting: Newsroom) -> None:
    with waiting.store.writing() as tx:
        tx.targets.ensure("voisin", "mastodon", "voisin.example", "2")
    _during_the_handshake(waiting, lambda: waiting.controlling.pause("voisin"))
    assert len(waiting.network().posts) == 1


def test_a_journal_that_cannot_be_asked_lets_nothing_begin(waiting: Newsroom) -> None:
    moved = waiting.path.with_name("elsewhere.db")
    network = waiting.network()

    def apply(order: Order) -> Outcome:
        waiting.path.rename(moved)
        begun = order.may_begin()
        moved.rename(waiting.path)
        return network.post(order) if begun else Retryable("late")

    network.outcomes.append(apply)
    waiting.step()
    assert waiting.network().posts == []
    assert waiting.states() == [("retry", "late")]
