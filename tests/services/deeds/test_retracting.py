"""A strike post is taken away: only if it still is what was posted, once, and the log says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from occupier.domain.action import Action, GoneBy, Proof, Purpose, State, Verb
from occupier.domain.errors import NetworkError, UnknownName, UsageError
from occupier.domain.outcome import Outcome, RefusalKind, Refused, Retryable, Uncertain
from occupier.domain.ports import Capabilities, LogQuery, Order
from occupier.domain.reconcile import RemotePost
from occupier.domain.setup import Outside
from tests.fakes import FakeNetwork
from tests.services.newsroom import DAY, HOUR, MINUTE, SECOND, Newsroom, account, entry

LOST = Uncertain("timeout")
CALL, SETTLE, BETWEEN = 25 * SECOND, 120 * SECOND, 60 * SECOND


@pytest.fixture
def posted(room: Newsroom) -> Newsroom:
    """One strike post is out."""
    room.occupied()
    room.article(1)
    room.run_lane()
    assert room.states() == [("sent", "receipt")]
    room.clock.advance(MINUTE)
    return room


def post_of(room: Newsroom) -> Action:
    return room.actions()[0]


def retraction(room: Newsroom) -> Action:
    return room.actions()[-1]


def ask(room: Newsroom) -> Action:
    """Ask that the first post be retracted, as a person does."""
    return room.retracting.ask(room.retracting.candidate(post_of(room).id, room.networks))


def answers(room: Newsroom, answer: Outcome, *, done: bool) -> None:
    """Let the next call be answered so, whether it was carried out or not."""

    def apply(order: Order) -> Outcome:
        if done:
            room.network().post(order)
        return answer

    room.network().outcomes.append(apply)


def edit(room: Newsroom, text: str) -> None:
    network = room.network()
    network.posts = [replace(post, text=text) for post in network.posts]


class TestAsking:
    def test_it_is_an_action_of_its_own_with_what_was_there_before(self, posted: Newsroom) -> None:
        asked, post = ask(posted), post_of(posted)
        assert (asked.verb, asked.purpose, asked.state) == (Verb.DELETE, Purpose.RETRACT, State.PENDING)
        assert (asked.subject, asked.slot, asked.strike_id) == ("post:1", f"retract:{post.id}", post.strike_id)
        assert post.payload
        assert asked.before == post.payload.shown
        assert posted.network().orders[1:] == []

    def test_asking_twice_is_asking_once(self, posted: Newsroom) -> None:
        assert ask(posted).id == ask(posted).id
        posted.run_lane()
        assert ask(posted).state is State.SENT
        assert len(posted.actions()) == 2

    def test_only_a_strike_post_that_is_there_can_be_retracted(self, room: Newsroom) -> None:
        room.occupied()
        room.article(1)
        with pytest.raises(UsageError, match="never posted"):
            ask(room)
        room.network().outcomes.append(LOST)
        room.step()
        with pytest.raises(UsageError, match="resolve"):
            ask(room)
        with pytest.raises(UnknownName):
            room.retracting.candidate(99, room.networks)

    def test_an_ordinary_post_is_not_retracted(self, open_newsroom: Callable[..., Newsroom]) -> None:
        room = open_newsroom(account(outside=Outside.PUBLISH))
        room.poll(entry("old"))
        room.article(1)
        room.run_lane()
        assert room.states() == [("sent", "receipt")]
        with pytest.raises(UsageError, match="no strike post"):
            ask(room)

    def test_the_account_must_still_be_in_the_settings(self, posted: Newsroom) -> None:
        other = account("other")
        posted.change(accounts=(other,))
        with pytest.raises(UsageError, match="not in the settings"):
            ask(posted)

    def test_a_post_known_by_a_person_s_address_alone_is_left_to_a_person(self, room: Newsroom) -> None:
        room.occupied()
        room.article(1)
        room.network().outcomes.append(LOST)
        room.step()
        room.answering.resolve(post_of(room).id, "https://social.example/@courrier/grève")
        with pytest.raises(UsageError, match="by hand"):
            ask(room)


class TestTakingAway:
    def test_it_is_read_again_taken_away_and_noted(self, posted: Newsroom) -> None:
        ask(posted)
        posted.run_lane()
        done, post = retraction(posted), post_of(posted)
        assert (done.state, done.proof, done.remote_id) == (State.SENT, Proof.RECEIPT, "1")
        assert (post.state, post.gone_by, post.gone_at) == (State.SENT, GoneBy.OCCUPIER, posted.clock.now())
        assert posted.network().posts == []
        assert posted.network().looked_up == [("1",)]
        order = posted.network().orders[-1]
        assert (order.verb, order.post_id) == (Verb.DELETE, "1")
        assert [e.data["by"] for e in posted.events("gone")] == ["occupier"]
        assert "retracted" in posted.notices.kinds

    def test_the_text_stays_in_the_log(self, posted: Newsroom) -> None:
        ask(posted)
        posted.run_lane()
        with posted.store.reading() as tx:
            post, taken = tx.register.records(LogQuery(everything=True))
        assert post["strike_text"] == taken["strike_text"] is not None
        assert (post["kind"], post["state"], post["gone_by"]) == ("strike", "sent", "occupier")
        assert (taken["kind"], taken["state"], taken["gone_by"]) == ("retract", "sent", None)

    def test_the_article_is_never_announced_again(self, posted: Newsroom) -> None:
        ask(posted)
        posted.run_lane()
        posted.controlling.rebaseline("une")
        posted.poll(entry("old"), entry(1))
        posted.poll(entry("old"), entry(1))
        posted.run_lane()
        assert len(posted.actions()) == 2
        assert posted.network().posts == []

    def test_no_strike_need_be_in_force(self, posted: Newsroom) -> None:
        posted.clock.advance(2 * DAY)
        ask(posted)
        posted.housekeeping.lapse()
        posted.run_lane()
        assert retraction(posted).state is State.SENT

    def test_a_count_of_posts_is_not_one_of_retractions(self, posted: Newsroom) -> None:
        ask(posted)
        posted.run_lane()
        (status,) = posted.reviewing.status().accounts
        assert dict(status.counts) == {State.SENT: 1}
        assert status.last_post
        assert status.last_post.id == post_of(posted).id

    def test_what_somebody_edited_is_left_as_it_is(self, posted: Newsroom) -> None:
        edit(posted, "Nous ne sommes plus en grève.")
        ask(posted)
        posted.run_lane()
        assert (retraction(posted).state, retraction(posted).reason) == (State.LEFT, "edited")
        assert post_of(posted).gone_at is None
        assert len(posted.network().orders) == 1
        assert "edited" in posted.notices.kinds

    def test_what_somebody_took_away_is_noted(self, posted: Newsroom) -> None:
        posted.network().posts.clear()
        ask(posted)
        posted.run_lane()
        assert (retraction(posted).state, retraction(posted).reason) == (State.LEFT, "gone")
        assert post_of(posted).gone_by is GoneBy.OTHERS
        assert len(posted.network().orders) == 1

    def test_what_was_left_once_can_be_asked_for_anew(self, posted: Newsroom) -> None:
        text = posted.network().posts[0].text
        edit(posted, "Autre chose.")
        ask(posted)
        posted.run_lane()
        edit(posted, text)
        again = ask(posted)
        assert again.slot.endswith(":2")
        posted.run_lane()
        assert retraction(posted).state is State.SENT

    def test_a_person_s_word_that_a_post_is_ours_is_not_enough(self, room: Newsroom) -> None:
        room.occupied()
        room.article(1)
        room.network().outcomes.append(LOST)
        room.step()
        room.network().posts = [RemotePost("12345", "Un autre post", (), room.clock.now())]
        room.answering.resolve(post_of(room).id, "https://social.example/@courrier/12345")
        ask(room)
        room.run_lane()
        assert (retraction(room).state, retraction(room).reason) == (State.LEFT, "edited")
        assert [post.id for post in room.network().posts] == ["12345"]


class TestWaiting:
    def test_a_pause_holds_it_like_every_call(self, posted: Newsroom) -> None:
        posted.controlling.pause(None)
        ask(posted)
        step = posted.step()
        assert step.blocked == "paused"
        assert (retraction(posted).state, posted.network().looked_up) == (State.PENDING, [])
        posted.controlling.resume(None)
        posted.run_lane()
        assert retraction(posted).state is State.SENT

    def test_the_file_holds_it_too(self, posted: Newsroom) -> None:
        posted.store.pause_file.touch()
        ask(posted)
        assert posted.step().blocked == "paused"
        assert posted.network().looked_up == []

    def test_it_keeps_its_distance_from_posts(self, posted: Newsroom) -> None:
        posted.change(spacing=5 * MINUTE)
        ask(posted)
        step = posted.step()
        assert step.blocked == "spacing"
        assert step.at == posted.clock.now() + 4 * MINUTE
        assert posted.network().looked_up == []

    def test_a_network_that_asks_to_wait_is_not_hammered_and_posts_go_on(self, posted: Newsroom) -> None:
        until = posted.clock.now() + HOUR / 2
        answers(posted, Retryable("throttled", until, 429), done=False)
        ask(posted)
        posted.run_lane()
        assert (retraction(posted).state, retraction(posted).due_at) == (State.RETRY, until)
        assert len(posted.network().looked_up) == 1
        posted.poll(entry("old"), entry(1), entry(2))
        posted.run_lane()
        assert len(posted.network().posts) == 2
        posted.clock.jump(until)
        posted.run_lane()
        assert posted.actions()[1].state is State.SENT

    def test_a_wait_for_posts_is_none_for_retractions(self, posted: Newsroom) -> None:
        posted.poll(entry("old"), entry(1), entry(2))
        answers(posted, Retryable("throttled", posted.clock.now() + HOUR, 429), done=False)
        posted.run_lane()
        ask(posted)
        posted.run_lane()
        assert retraction(posted).state is State.SENT

    def test_it_is_paid_for_within_the_day_s_budget(self, open_newsroom: Callable[..., Newsroom]) -> None:
        room = open_newsroom(account(budget_microusd=205_001))
        room.networks["courrier"] = FakeNetwork(
            room.clock, price=200_000, capabilities=Capabilities(frozenset(Verb), read_microusd=5_001)
        )
        room.occupied()
        room.article(1)
        room.run_lane()
        ask(room)
        assert room.step().blocked == "budget"
        assert room.network().looked_up == []

    def test_one_that_cannot_be_read_again_is_left_in_peace_for_a_while(self, posted: Newsroom) -> None:
        error = NetworkError("{network} asks to wait.", network="courrier")
        error.not_before = posted.clock.now() + HOUR / 3
        posted.network().unreadable = error
        ask(posted)
        posted.run_lane()
        posted.run_lane()
        assert (retraction(posted).state, retraction(posted).due_at) == (State.PENDING, error.not_before)
        assert len(posted.network().looked_up) == 1
        posted.network().unreadable = None
        posted.clock.advance(HOUR / 3)
        posted.run_lane()
        assert retraction(posted).state is State.SENT

    def test_one_that_cannot_be_read_for_a_day_is_given_up(self, posted: Newsroom) -> None:
        posted.network().unreadable = NetworkError("{network} is not there.", network="courrier")
        ask(posted)
        posted.live_on(DAY + HOUR, every=20 * MINUTE)
        assert (retraction(posted).state, retraction(posted).reason) == (State.FAILED, "unread")
        posted.network().unreadable = None
        assert ask(posted).state is State.RETRY
        posted.run_lane()
        assert retraction(posted).state is State.SENT

    def test_keys_that_are_not_accepted_stop_the_lane(self, posted: Newsroom) -> None:
        error = NetworkError("{network} does not accept the keys.", network="courrier")
        error.kind = RefusalKind.CREDENTIALS.value
        posted.network().unreadable = error
        ask(posted)
        posted.step()
        assert posted.lane_pause() == "credentials"


class TestRefusals:
    @pytest.mark.parametrize("kind", [RefusalKind.PERMISSION, RefusalKind.CONTENT, RefusalKind.UNKNOWN])
    def test_a_refusal_ends_it_until_a_person_asks_again(self, posted: Newsroom, kind: RefusalKind) -> None:
        answers(posted, Refused(kind, 403), done=False)
        ask(posted)
        posted.run_lane()
        assert retraction(posted).state is State.REFUSED
        assert (posted.lane_pause(), post_of(posted).gone_at) == (None, None)
        assert ask(posted).id == retraction(posted).id
        posted.run_lane()
        assert retraction(posted).state is State.SENT

    def test_one_that_went_meanwhile_was_taken_by_somebody_else(self, posted: Newsroom) -> None:
        answers(posted, Refused(RefusalKind.GONE, 404), done=True)
        ask(posted)
        posted.run_lane()
        assert (retraction(posted).state, retraction(posted).reason) == (State.LEFT, "gone")
        assert post_of(posted).gone_by is GoneBy.OTHERS

    def test_a_network_that_shows_it_and_does_not_find_it_is_asked_five_times(self, posted: Newsroom) -> None:
        for _ in range(9):
            answers(posted, Refused(RefusalKind.GONE, 404), done=False)
        ask(posted)
        posted.run_lane()
        assert (retraction(posted).state, retraction(posted).reason) == (State.FAILED, "attempts")
        assert len(posted.network().orders) == 1 + 5


class TestLostAnswers:
    def test_absence_proves_that_it_is_done(self, posted: Newsroom) -> None:
        answers(posted, LOST, done=True)
        ask(posted)
        posted.run_lane()
        done = retraction(posted)
        assert (done.state, done.proof) == (State.SENT, Proof.TIMELINE)
        assert post_of(posted).gone_by is GoneBy.OCCUPIER
        assert len(posted.network().orders) == 2

    def test_presence_must_be_seen_twice_before_it_is_tried_again(self, posted: Newsroom) -> None:
        answers(posted, LOST, done=False)
        ask(posted)
        posted.run_lane()
        assert retraction(posted).state is State.UNCERTAIN
        posted.clock.advance(CALL + SETTLE)
        posted.run_lane()
        assert retraction(posted).state is State.UNCERTAIN
        posted.clock.advance(BETWEEN)
        posted.run_lane()
        assert (retraction(posted).state, retraction(posted).reason) == (State.RETRY, "still_there")
        posted.run_lane()
        assert retraction(posted).state is State.SENT
        assert len(posted.network().orders) == 3

    def test_a_copy_that_shows_it_late_does_not_take_it_away_twice(self, posted: Newsroom) -> None:
        shown = list(posted.network().posts)
        answers(posted, LOST, done=True)
        ask(posted)
        posted.step()
        posted.network().posts = shown
        posted.run_lane()
        assert retraction(posted).state is State.UNCERTAIN
        posted.network().posts = []
        posted.clock.advance(CALL + SETTLE)
        posted.run_lane()
        assert retraction(posted).state is State.SENT
        assert len(posted.network().orders) == 2

    def test_what_went_long_after_a_lost_answer_was_taken_by_nobody_knows_whom(self, posted: Newsroom) -> None:
        answers(posted, LOST, done=False)
        ask(posted)
        posted.run_lane()
        posted.clock.advance(CALL + SETTLE)
        posted.run_lane()
        posted.clock.advance(BETWEEN)
        posted.run_lane()
        assert retraction(posted).state is State.RETRY
        posted.network().posts.clear()
        posted.run_lane()
        assert (retraction(posted).state, retraction(posted).reason) == (State.LEFT, "gone")
        assert post_of(posted).gone_by is GoneBy.UNKNOWN

    def test_what_somebody_edited_meanwhile_is_left(self, posted: Newsroom) -> None:
        answers(posted, LOST, done=False)
        ask(posted)
        posted.step()
        edit(posted, "Autre chose.")
        posted.live_on(5 * MINUTE, every=CALL)
        assert (retraction(posted).state, retraction(posted).reason) == (State.LEFT, "edited")
        assert len(posted.network().orders) == 2

    def test_a_process_that_dies_in_the_middle_is_recovered(
        self, posted: Newsroom, open_newsroom: Callable[..., Newsroom]
    ) -> None:
        class Killed(BaseException):
            """What a kill -9 is to the code: nothing after it runs."""

        def killed(order: Order) -> Outcome:
            posted.network().post(order)
            raise Killed

        posted.network().outcomes.append(killed)
        ask(posted)
        with pytest.raises(Killed):
            posted.step()
        assert retraction(posted).state is State.SENDING
        again = open_newsroom(clock=posted.clock)
        again.networks = posted.networks
        again.wire()
        again.run_lane()
        assert retraction(again).state is State.SENDING
        again.clock.advance(CALL + MINUTE + SECOND)
        again.run_lane()
        assert (retraction(again).state, retraction(again).proof) == (State.SENT, Proof.TIMELINE)
        assert post_of(again).gone_by is GoneBy.OCCUPIER

    @pytest.mark.parametrize("there", [True, False])
    def test_a_person_may_answer(self, posted: Newsroom, there: bool) -> None:
        answers(posted, LOST, done=not there)
        ask(posted)
        posted.step()
        url = "https://social.example/@courrier/1" if there else None
        found = posted.answering.resolve(retraction(posted).id, url)
        assert found.state is (State.RETRY if there else State.SENT)
        assert (post_of(posted).gone_by is GoneBy.OCCUPIER) is not there
        posted.run_lane()
        assert retraction(posted).state is State.SENT
        assert posted.network().posts == []


def test_a_restored_copy_forgets_a_wish(posted: Newsroom) -> None:
    ask(posted)
    posted.restoring.make_harmless(posted.restoring.stopped())
    assert (retraction(posted).state, retraction(posted).reason) == (State.MISSED, "restored")
    assert ask(posted).slot.endswith(":2")


def test_three_posts_are_retracted_each_once(room: Newsroom) -> None:
    room.occupied()
    room.poll(entry("old"), *(entry(n) for n in range(3)))
    room.run_lane()
    for post in room.actions():
        room.retracting.ask(room.retracting.candidate(post.id, room.networks))
    room.run_lane()
    assert [a.state for a in room.actions()] == [State.SENT] * 6
    assert room.network().posts == []
    assert sorted(order.post_id or "" for order in room.network().orders[3:]) == ["1", "2", "3"]
