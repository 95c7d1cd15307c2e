"""Whose token is it?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from occupier.domain.errors import NetworkError
from tests.services.newsroom import MINUTE, SECOND, Newsroom, account, entry


def refusal(kind: str | None = None) -> NetworkError:
    error = NetworkError("{host} does not answer.", host="courrier.example")
    error.kind = kind
    return error


def test_an_account_is_asked_once(room: Newsroom) -> None:
    assert room.target() == room.target()
    assert room.target().verified_at


def test_one_that_does_not_answer_is_asked_every_minute_and_told_once(room: Newsroom) -> None:
    network = room.network()
    network.refuses_to_say = refusal()
    known = room.identifying.target(room.account())
    assert (known.target, known.at) == (None, room.clock.now() + MINUTE)
    room.clock.advance(59 * SECOND)
    network.refuses_to_say = None
    assert room.identifying.target(room.account()).target is None
    room.clock.advance(SECOND)
    assert room.identifying.target(room.account()).target
    assert room.notices.kinds == ["identity"]
    assert room.pauses() == []


def test_one_that_stays_silent_is_told_once(room: Newsroom) -> None:
    room.network().refuses_to_say = refusal()
    for _ in range(3):
        room.identifying.target(room.account())
        room.clock.advance(MINUTE)
    assert room.notices.kinds == ["identity"]


def test_dead_credentials_stop_the_lane(room: Newsroom) -> None:
    room.network().refuses_to_say = refusal("credentials")
    room.identifying.target(room.account())
    assert room.lane_pause() == "credentials"


def test_after_a_reload_it_is_asked_again(room: Newsroom) -> None:
    first = room.target()
    room.network().identity = replace(room.network().identity, remote_id="2")
    assert room.target() == first
    room.identifying.forget("courrier")
    second = room.target()
    assert second.id != first.id
    assert second.remote_id == "2"


class TestOneAccountTwice:
    @pytest.fixture
    def double(self, open_newsroom: Callable[..., Newsroom]) -> Newsroom:
        room = open_newsroom(account(host="same.example"), account("second", host="same.example"))
        room.occupied()
        room.article(1)
        return room

    def test_both_are_refused_and_named_once(self, double: Newsroom) -> None:
        double.run_lane("courrier")
        for _ in range(3):
            assert double.identifying.target(double.account("second")).target is None
            double.clock.advance(MINUTE)
        told = [n for n in double.notices.told if n.kind == "same_account"]
        assert len(told) == 1
        assert "courrier" in str(told[0].sentence)
        assert "second" in str(told[0].sentence)
        assert double.lane_pause() == "same_account"

    def test_an_article_is_never_posted_twice_there(self, double: Newsroom) -> None:
        double.run_lane("courrier")
        double.identifying.target(double.account("second"))
        double.controlling.resume(None)
        double.poll(entry("old"), entry(1), entry(2))
        double.run_lane("courrier")
        posts = [o.payload.link for n in ("courrier", "second") for o in double.network(n).orders]
        assert len(posts) == len(set(posts))

    def test_once_one_is_taken_out_the_other_goes_on(self, double: Newsroom) -> None:
        double.target("courrier")
        double.identifying.target(double.account("second"))
        double.change(accounts=double.setup.accounts[:1])
        double.identifying.forget("courrier")
        double.run_lane("courrier")
        assert double.lane_pause() is None
        assert "sent" in {s for s, _ in double.states()}
