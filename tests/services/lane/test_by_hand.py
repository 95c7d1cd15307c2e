"""Accounts on which a person posts: handed at the claim, told once, answered by a person, given up at the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from occupier.domain.action import Action, Proof, State
from occupier.domain.by_hand import posting_page, takes_text
from occupier.domain.errors import UsageError
from occupier.domain.fates import Fate
from occupier.domain.setup import Account
from occupier.platforms.manual import Manual
from occupier.services.lane.by_hand import ByHand, tasks
from occupier.services.review.ledger import Verifying
from occupier.services.review.recounting import Recounting
from occupier.speech import say
from tests.services.newsroom import HOUR, MINUTE, SECOND, Newsroom, entry

NAME = "x-a-la-main"
BY_HAND = Account(NAME, "manual", "x.com", remote_id=NAME, for_platform="x")
OpenNewsroom = Callable[..., Newsroom]


@pytest.fixture
def room(open_newsroom: OpenNewsroom) -> Newsroom:
    """A strike on one account on which a person posts."""
    room = open_newsroom(BY_HAND)
    room.networks[NAME] = Manual(NAME, "x")
    room.occupied()
    return room


def minder(room: Newsroom) -> ByHand:
    """Return what minds the texts, as a process that starts has it."""
    return ByHand(room.store, room.notices, lambda: room.setup)


def handed(room: Newsroom, n: int = 1) -> Action:
    """Let an article come out and the lane look after it."""
    room.poll(entry("old"), *(entry(k) for k in range(1, n + 1)))
    room.run_lane(NAME)
    return room.actions()[-1]


def told(room: Newsroom) -> list[str]:
    return [say(notice.sentence) for notice in room.notices.told if notice.kind == "by_hand"]


def agrees(room: Newsroom) -> bool:
    return Verifying(room.store).verify().broken is None


class TestHanding:
    def test_it_is_handed_in_the_transaction_of_its_claim(self, room: Newsroom) -> None:
        action = handed(room)
        assert (action.state, action.reason, action.attempts) == (State.HANDED, "handed", 1)
        assert action.payload
        assert "https://www.example.org/1" in action.payload.text
        assert [event.kind for event in room.events("claimed", "settled")] == ["claimed", "settled"]
        assert room.events("claimed")[0].at == room.events("settled")[0].at
        assert agrees(room)

    def test_its_text_is_as_long_as_the_network_takes(self, room: Newsroom) -> None:
        room.poll(entry("old"), entry(1, title="Un titre sans fin " * 40))
        room.run_lane(NAME)
        payload = room.action().payload
        assert payload
        assert 200 < Manual(NAME, "x").ruler({}).length(payload.text) <= 280

    def test_nothing_is_handed_while_a_person_paused(self, room: Newsroom) -> None:
        room.controlling.pause(NAME)
        assert handed(room).state is State.PENDING
        room.controlling.resume(NAME)
        room.run_lane(NAME)
        assert room.action().state is State.HANDED

    def test_nothing_is_handed_once_the_strike_is_about_to_end(self, open_newsroom: OpenNewsroom) -> None:
        room = open_newsroom(BY_HAND)
        room.networks[NAME] = Manual(NAME, "x")
        strike = room.occupied(hours=1)
        room.target(NAME)
        room.clock.jump(strike.ends_at - MINUTE)
        room.watching.poll(room.source("une"))
        room.show(entry("old"), entry(1))
        room.clock.jump(strike.ends_at - 10 * SECOND)
        room.watching.poll(room.source("une"))
        room.clock.jump(strike.ends_at - 4 * SECOND)
        room.run_lane(NAME)
        assert room.states() == [("missed", "strike_over")]

    def test_the_ceiling_holds_as_on_any_account(self, room: Newsroom) -> None:
        room.change(per_hour=1)
        handed(room, 2)
        assert [state for state, _reason in room.states()] == ["handed", "pending"]


class TestTelling:
    def test_a_person_is_told_the_finished_text_where_it_stands_ready_and_how_to_answer(self, room: Newsroom) -> None:
        action = handed(room)
        minder(room).mind()
        (sentence,) = told(room)
        assert "https://www.example.org/1" in sentence
        assert "https://x.com/intent/post?text=" in sentence
        assert f"occupier done {action.id}" in sentence

    def test_it_is_told_once_whatever_process_looks(self, room: Newsroom) -> None:
        handed(room)
        minder(room).mind()
        minder(room).mind()
        assert len(told(room)) == 1
        handed(room, 2)
        minder(room).mind()
        assert len(told(room)) == 2

    def test_it_is_not_told_once_the_strike_is_over(self, room: Newsroom) -> None:
        handed(room)
        room.striking.end("greve")
        minder(room).mind()
        assert told(room) == []

    def test_each_network_has_the_text_ready_in_its_own_window(self, room: Newsroom) -> None:
        payload = handed(room).payload
        assert payload
        mastodon = Account("m", "manual", "piaille.fr", for_platform="mastodon")
        facebook = Account("f", "manual", "www.facebook.com", for_platform="facebook")
        assert str(posting_page(mastodon, payload)).startswith("https://piaille.fr/share?text=")
        link = "https%3A%2F%2Fwww.example.org%2F1"
        assert (takes_text(mastodon), takes_text(facebook)) == (True, False)
        assert posting_page(facebook, payload) == f"https://www.facebook.com/sharer/sharer.php?u={link}"


class TestAnswering:
    def test_done_with_its_address_is_posted_by_a_persons_word(self, room: Newsroom) -> None:
        action = handed(room)
        done = room.answering.done(action.id, "https://x.com/une/status/1234567890123", is_posted=True)
        assert (done.state, done.proof, done.remote_id) == (State.SENT, Proof.PERSON, "1234567890123")
        assert done.remote_url == "https://x.com/une/status/1234567890123"
        assert agrees(room)

    def test_the_log_keeps_the_hour_of_the_handing_and_not_that_of_the_person(self, room: Newsroom) -> None:
        action = handed(room)
        room.clock.advance(17 * MINUTE)
        done = room.answering.done(action.id, None, is_posted=True)
        assert (done.state, done.remote_id, done.sent_at) == (State.SENT, None, action.handed_at)
        assert agrees(room)

    def test_what_a_person_posted_a_person_takes_away(self, room: Newsroom) -> None:
        action = handed(room)
        room.answering.done(action.id, "https://x.com/une/status/1234567890123", is_posted=True)
        with pytest.raises(UsageError, match="made by hand"):
            room.retracting.candidate(action.id, room.networks)

    def test_not_posted_it_counts_as_not_posted(self, room: Newsroom) -> None:
        action = handed(room)
        assert room.answering.done(action.id, None, is_posted=False).state is State.MISSED
        assert room.states() == [("missed", "not_by_hand")]
        assert agrees(room)

    def test_an_address_that_another_record_has_is_refused(self, room: Newsroom) -> None:
        first, url = handed(room), "https://x.com/une/status/1234567890123"
        room.answering.done(first.id, url, is_posted=True)
        second = handed(room, 2)
        with pytest.raises(UsageError, match="already belongs"):
            room.answering.done(second.id, url, is_posted=True)

    def test_what_nobody_was_handed_cannot_be_said_done(self, room: Newsroom) -> None:
        room.controlling.pause(NAME)
        action = handed(room)
        with pytest.raises(UsageError):
            room.answering.done(action.id, None, is_posted=True)
        room.striking.end("greve")
        room.housekeeping.lapse()
        with pytest.raises(UsageError, match="handed to nobody"):
            room.answering.done(action.id, None, is_posted=True)


class TestTheEnd:
    def test_what_nobody_said_to_have_posted_is_given_up_and_told_together(self, room: Newsroom) -> None:
        first, second = handed(room), handed(room, 2)
        assert minder(room).lapse() == 0
        room.striking.end("greve")
        assert minder(room).lapse() == 2
        assert room.states() == [("missed", "not_done")] * 2
        (sentence,) = told(room)
        assert f"{first.id}, {second.id}" in sentence
        assert agrees(room)

    def test_an_account_that_the_settings_no_longer_name_is_given_up_too(self, room: Newsroom) -> None:
        handed(room)
        room.striking.end("greve")
        room.change(accounts=())
        assert minder(room).lapse() == 1

    def test_until_then_the_strike_is_not_settled_and_nobody_says_all_clear(self, room: Newsroom) -> None:
        handed(room)
        recounting = Recounting(room.store, lambda: room.setup)
        room.striking.end("greve")
        assert not recounting.of("greve").is_settled
        minder(room).lapse()
        recount = recounting.of("greve")
        assert recount.is_settled
        assert (recount.total(Fate.REPLACED), recount.total(Fate.NOT_POSTED)) == (0, 1)

    def test_a_person_may_still_say_done(self, room: Newsroom) -> None:
        action = handed(room)
        room.striking.end("greve")
        minder(room).lapse()
        assert room.answering.done(action.id, None, is_posted=True).state is State.SENT
        assert agrees(room)

    def test_for_a_day_the_list_still_has_it(self, room: Newsroom) -> None:
        handed(room)
        room.striking.end("greve")
        minder(room).lapse()
        assert listed(room) == [True]
        room.clock.advance(timedelta(days=1, seconds=1))
        assert listed(room) == []

    def test_what_a_person_answered_is_on_no_list(self, room: Newsroom) -> None:
        first, second = handed(room), handed(room, 2)
        assert listed(room) == [False, False]
        room.answering.done(first.id, None, is_posted=True)
        room.answering.done(second.id, None, is_posted=False)
        assert listed(room) == []
        room.clock.advance(HOUR)
        assert minder(room).lapse() == 0


def listed(room: Newsroom) -> list[bool]:
    """Return what people are asked about, and whether each was given up."""
    with room.store.reading() as tx:
        return [task.is_given_up for task in tasks(tx, room.setup)]
