"""The usual tool's post is edited where it stands, once, and put back as it was if nobody touched it since."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from occupier.domain.action import Action, GoneBy, Proof, Purpose, State, Verb
from occupier.domain.errors import NetworkError, UsageError
from occupier.domain.fates import Fate
from occupier.domain.metrics import Figures
from occupier.domain.outcome import Outcome, RefusalKind, Refused, Retryable, Uncertain
from occupier.domain.ports import LogQuery, Order
from occupier.domain.reconcile import RemotePost
from occupier.domain.setup import FirstPost, IfUsualIsOut, Takeover
from occupier.domain.snapshot import Medium, Snapshot
from occupier.domain.ways import Way
from occupier.services.deeds.reinstating import Reinstating
from occupier.services.lane import others
from occupier.services.review.ledger import Destroying, Verifying
from occupier.services.review.recounting import Recounting
from tests.services.newsroom import HOUR, MINUTE, Newsroom

LOST = Uncertain("timeout")
TEXT = "À lire"


def usual(room: Newsroom, *, text: str = TEXT, **values: Any) -> RemotePost:
    """Let the usual tool announce the article."""
    link = "https://www.example.org/1?utm_source=outil"
    told: dict[str, Any] = {"url": "https://social.example/@courrier/9", "application": "dlvr.it"}
    post = RemotePost("9", f"{text} {link}", (link,), room.clock.now(), **told | values)
    room.network().posts.insert(0, post)
    room.network().media["9"] = (Medium("90", "Une banderole"),)
    return post


def editing(room: Newsroom, **values: Any) -> None:
    asked = {"if_usual_is_out": IfUsualIsOut.REPLACE, "usual_application": "dlvr.it"} | values
    room.change(accounts=(replace(room.account(), **asked),))


@pytest.fixture
def struck(room: Newsroom) -> Newsroom:
    """A strike has begun, and an article is new."""
    editing(room)
    room.occupied()
    room.article(1)
    return room


@pytest.fixture
def edited(struck: Newsroom) -> Newsroom:
    """The usual post says the strike."""
    usual(struck)
    struck.run_lane()
    assert struck.states() == [("sent", "receipt")]
    struck.clock.advance(MINUTE)
    return struck


def announcement(room: Newsroom) -> Action:
    return room.actions()[0]


def text_there(room: Newsroom) -> str:
    return next(post.text for post in room.network().posts if post.id == "9")


def answers(room: Newsroom, answer: Outcome, *, done: bool) -> None:
    """Let the next call be answered so, whether it was carried out or not."""

    def apply(order: Order) -> Outcome:
        if done:
            room.network().post(order)
        return answer

    room.network().outcomes.append(apply)


def ask(room: Newsroom) -> Action:
    service = Reinstating(room.store, lambda: room.setup)
    (found,) = service.edited("greve")
    return service.ask(found)


def is_sound(room: Newsroom) -> bool:
    return Verifying(room.store).verify().broken is None


class TestReplacing:
    def test_the_usual_post_is_edited_and_nothing_is_posted_beside_it(self, edited: Newsroom) -> None:
        assert [order.verb for order in edited.network().orders] == [Verb.EDIT]
        assert [post.id for post in edited.network().posts] == ["9"]
        action = announcement(edited)
        assert (action.verb, action.subject, action.slot) == (Verb.EDIT, f"article:{action.article_id}", "announce")
        assert (action.remote_id, action.purpose, action.proof) == ("9", Purpose.STRIKE, Proof.RECEIPT)
        assert action.payload
        assert text_there(edited) == action.payload.text
        assert edited.network().media["9"] == (Medium("90", "Une banderole"),)

    def test_what_it_is_answered_since_counts_as_a_strike_posts(self, struck: Newsroom) -> None:
        editing(struck, metrics=True)
        usual(struck, figures=Figures(likes=5, views=100))
        struck.run_lane()
        struck.clock.advance(HOUR)
        network = struck.network()
        network.posts[0] = replace(network.posts[0], figures=Figures(likes=12, views=90))
        struck.measuring.measure(struck.account(), struck.target())
        ((age, likes, views),) = struck.rows("SELECT age, likes, views FROM metrics WHERE outcome = 'read'")
        assert (age, likes, views) == ("1h", 7, 0)

    def test_it_is_no_post_beside_the_strike(self, edited: Newsroom) -> None:
        recount = Recounting(edited.store, lambda: edited.setup).of("greve")
        assert (recount.edited, recount.elsewhere, recount.slipped) == (1, 0, ())
        assert recount.accounts[0].way is Way.KEYS
        assert [account.elsewhere for account in edited.reviewing.status().accounts] == [0]

    def test_a_second_one_about_the_same_article_is(self, edited: Newsroom) -> None:
        second = replace(usual(edited), id="10", url="https://social.example/@courrier/10")
        with edited.store.writing() as tx:
            assert others.note(tx, announcement(edited), second)
        recount = Recounting(edited.store, lambda: edited.setup).of("greve")
        assert (recount.edited, recount.elsewhere) == (1, 1)
        assert [one.url for one in recount.slipped] == [second.url]

    def test_the_log_has_both_texts(self, edited: Newsroom) -> None:
        with edited.store.reading() as tx:
            (record,) = tx.register.records(LogQuery())
        assert str(record["ordinary_text"]).startswith(TEXT)
        assert record["strike_text"] == text_there(edited)
        assert is_sound(edited)

    def test_what_was_there_is_written_down_before_the_call(self, struck: Newsroom) -> None:
        post, seen = usual(struck), []

        def apply(order: Order) -> Outcome:
            seen.append(announcement(struck).before)
            return struck.network().post(order)

        struck.network().outcomes.append(apply)
        struck.run_lane()
        assert Snapshot.from_json(str(seen[0])).text == post.text

    @pytest.mark.parametrize("values", [{"application": "Metricool"}, {"before": MINUTE * 5}])
    def test_posts_of_others_and_of_before_the_strike_wait_for_a_person(
        self, struck: Newsroom, values: dict[str, Any]
    ) -> None:
        earlier = values.pop("before", None)
        post = usual(struck, **values)
        if earlier:
            struck.network().posts[0] = replace(post, created_at=struck.clock.now() - earlier)
        struck.run_lane()
        assert struck.states() == [("held", "usual_out")]
        assert struck.network().orders == []

    def test_where_the_network_does_not_tell_the_application_it_is_taken_for_the_usual_one(
        self, struck: Newsroom
    ) -> None:
        usual(struck, application=None)
        struck.run_lane()
        assert struck.states() == [("sent", "receipt")]

    def test_a_post_that_went_before_the_call_is_announced_anew(self, struck: Newsroom) -> None:
        usual(struck)

        def too_late(_: Order) -> Outcome:
            struck.network().posts.clear()
            return Refused(RefusalKind.GONE, 404)

        struck.network().outcomes.append(too_late)
        struck.live_on(MINUTE)
        assert struck.states() == [("sent", "receipt")]
        assert announcement(struck).verb is Verb.PUBLISH
        assert len(struck.network().posts) == 1
        assert is_sound(struck)

    def test_a_refusal_stops_no_lane_and_leaves_the_post_as_it_was(self, struck: Newsroom) -> None:
        usual(struck)
        answers(struck, Refused(RefusalKind.PERMISSION, 403), done=False)
        struck.run_lane()
        assert struck.states() == [("refused", "may_not_edit")]
        assert struck.lane_pause() is None
        assert text_there(struck).startswith(TEXT)

    def test_after_a_failure_the_same_post_is_edited_once_more(self, struck: Newsroom) -> None:
        usual(struck)
        answers(struck, Retryable("connect"), done=False)
        struck.live_on(HOUR / 4)
        assert struck.states() == [("sent", "receipt")]
        assert len(struck.network().posts) == 1
        assert is_sound(struck)

    def test_what_a_person_said_yes_to_is_what_the_post_says(self, room: Newsroom) -> None:
        editing(room, first_post=FirstPost.APPROVE)
        room.occupied()
        room.article(1)
        room.run_lane()
        assert room.states() == [("held", "first_post")]
        approved = announcement(room).payload
        usual(room)
        room.controlling.release(announcement(room).id)
        room.run_lane()
        assert approved
        assert text_there(room) == approved.text

    def test_what_was_tried_before_the_usual_post_was_out_was_no_edit_of_it(self, struck: Newsroom) -> None:
        answers(struck, LOST, done=False)
        struck.live_on(2 * MINUTE)
        assert [state for state, _ in struck.states()] == ["uncertain"]
        usual(struck)
        struck.live_on(HOUR / 4)
        assert struck.states() == [("sent", "receipt")]
        assert [order.verb for order in struck.network().orders] == [Verb.PUBLISH, Verb.EDIT]
        assert len(struck.network().posts) == 1
        assert is_sound(struck)

    def test_a_post_that_cannot_be_read_is_not_edited_yet(self, struck: Newsroom) -> None:
        usual(struck)
        struck.step()
        struck.network().unreadable = NetworkError("no")
        struck.step()
        assert struck.network().orders == []
        struck.network().unreadable = None
        struck.live_on(5 * MINUTE)
        assert struck.states() == [("sent", "receipt")]

    def test_settings_that_no_longer_want_it_are_obeyed(self, struck: Newsroom) -> None:
        usual(struck)
        struck.step()
        editing(struck, if_usual_is_out=IfUsualIsOut.HOLD)
        struck.run_lane()
        assert struck.states() == [("held", "usual_out")]
        assert struck.network().orders == []

    def test_it_is_not_retracted_but_put_back(self, edited: Newsroom) -> None:
        with pytest.raises(UsageError, match="occupier restore"):
            edited.retracting.candidate(announcement(edited).id, edited.networks)

    @pytest.mark.parametrize("says_it", [True, False])
    def test_a_person_may_answer_for_an_uncertain_edit(self, struck: Newsroom, says_it: bool) -> None:
        post = usual(struck)
        answers(struck, LOST, done=False)
        struck.step()
        struck.step()
        answered = struck.answering.resolve(announcement(struck).id, post.url if says_it else None)
        expected = (State.SENT, Proof.PERSON, "9") if says_it else (State.RETRY, None, "9")
        assert (answered.state, answered.proof, answered.remote_id) == expected
        assert is_sound(struck)


class TestTakeover:
    def test_the_strike_waits_for_the_usual_post(self, room: Newsroom) -> None:
        editing(room, takeover=Takeover.REPLACE)
        room.occupied()
        room.article(1)
        room.run_lane()
        assert room.states() == [("pending", "awaits_usual")]
        usual(room)
        room.live_on(5 * MINUTE)
        assert room.states() == [("sent", "receipt")]
        assert [order.verb for order in room.network().orders] == [Verb.EDIT]

    def test_without_a_usual_post_nothing_is_announced(self, room: Newsroom) -> None:
        editing(room, takeover=Takeover.REPLACE)
        room.occupied()
        room.article(1)
        room.live_on(3 * HOUR, every=10 * MINUTE)
        assert room.states() == [("missed", "stale")]
        assert room.network().orders == []


class TestUncertainty:
    @pytest.mark.parametrize("done", [True, False])
    def test_a_lost_answer_is_settled_by_reading_the_post(self, struck: Newsroom, done: bool) -> None:
        usual(struck)
        answers(struck, LOST, done=done)
        struck.live_on(HOUR / 4)
        assert [state for state, _ in struck.states()] == ["sent"]
        assert len(struck.network().orders) == (1 if done else 2)
        assert [post.id for post in struck.network().posts] == ["9"]
        assert is_sound(struck)

    def test_what_somebody_changed_meanwhile_is_left(self, struck: Newsroom) -> None:
        usual(struck)
        answers(struck, LOST, done=True)
        struck.step()
        struck.step()
        network = struck.network()
        network.posts = [replace(post, text="autre chose") for post in network.posts]
        struck.live_on(HOUR / 4)
        assert struck.states() == [("left", "edited")]
        assert text_there(struck) == "autre chose"

    def test_a_post_that_went_meanwhile_is_not_posted_anew(self, struck: Newsroom) -> None:
        usual(struck)
        answers(struck, LOST, done=True)
        struck.step()
        struck.step()
        struck.network().posts.clear()
        struck.live_on(HOUR / 4)
        assert struck.states() == [("left", "gone")]
        assert struck.network().posts == []


class TestRestoring:
    def test_the_post_is_as_it_was_and_the_log_says_so(self, edited: Newsroom) -> None:
        post = Snapshot.from_json(str(announcement(edited).before))
        asked = ask(edited)
        assert (asked.verb, asked.subject, asked.slot) == (Verb.EDIT, "post:9", f"restore:{announcement(edited).id}")
        edited.run_lane()
        assert text_there(edited) == post.text
        assert edited.network().media["9"] == post.media
        assert (announcement(edited).gone_by, announcement(edited).state) == (GoneBy.OCCUPIER, State.SENT)
        assert is_sound(edited)

    def test_what_was_put_back_is_not_counted_as_taken_away(self, edited: Newsroom) -> None:
        recounting = Recounting(edited.store, lambda: edited.setup)
        ask(edited)
        edited.run_lane()
        recount = recounting.of("greve")
        assert (recount.total(Fate.REPLACED), recount.restored, recount.gone) == (1, 1, 0)

    def test_asking_twice_is_asking_once(self, edited: Newsroom) -> None:
        assert ask(edited).id == ask(edited).id
        edited.run_lane()
        assert ask(edited).state is State.SENT
        assert len(edited.network().orders) == 2

    @pytest.mark.parametrize("change", [{"text": "autre"}, {"media": ()}])
    def test_what_somebody_changed_since_is_left(self, edited: Newsroom, change: dict[str, Any]) -> None:
        network = edited.network()
        if "text" in change:
            network.posts = [replace(post, text="autre") for post in network.posts]
        else:
            network.media["9"] = ()
        ask(edited)
        edited.run_lane()
        assert edited.states()[-1] == ("left", "edited")
        assert len(network.orders) == 1

    def test_an_old_copy_of_the_post_is_no_word_of_somebody_who_changed_it(self, edited: Newsroom) -> None:
        network, before = edited.network(), Snapshot.from_json(str(announcement(edited).before))
        network.portraits["9"] = before
        ask(edited)
        edited.run_lane()
        assert edited.states()[-1] == ("pending", "old_copy")
        assert len(network.orders) == 1
        del network.portraits["9"]
        edited.live_on(2 * MINUTE)
        assert edited.states()[-1] == ("sent", "receipt")
        assert text_there(edited) == before.text
        assert is_sound(edited)

    def test_what_somebody_put_back_by_hand_is_left(self, edited: Newsroom) -> None:
        network = edited.network()
        network.portraits["9"] = Snapshot.from_json(str(announcement(edited).before))
        ask(edited)
        edited.live_on(2 * MINUTE)
        assert edited.states()[-1] == ("left", "edited")
        assert len(network.orders) == 1

    def test_what_is_gone_is_said_to_be_gone(self, edited: Newsroom) -> None:
        edited.network().posts.clear()
        ask(edited)
        edited.run_lane()
        assert edited.states()[-1] == ("left", "gone")
        assert announcement(edited).gone_by is GoneBy.OTHERS

    @pytest.mark.parametrize("done", [True, False])
    def test_a_lost_answer_is_settled_by_reading_the_post(self, edited: Newsroom, done: bool) -> None:
        ask(edited)
        answers(edited, LOST, done=done)
        edited.live_on(HOUR / 4)
        assert edited.states()[-1][0] == "sent"
        assert text_there(edited).startswith(TEXT)
        assert announcement(edited).gone_by is GoneBy.OCCUPIER

    def test_it_is_done_after_the_strike_too(self, edited: Newsroom) -> None:
        edited.striking.end("greve")
        ask(edited)
        edited.run_lane()
        assert text_there(edited).startswith(TEXT)


class Killed(BaseException):
    """The process is gone, whatever it was doing."""


@pytest.mark.campaign
class TestKilled:
    """The process dies in the middle, another takes over, and finds what was there."""

    @pytest.mark.parametrize("verb", ["replace", "restore"])
    @pytest.mark.parametrize("done", [True, False])
    def test_in_the_middle_of_a_call(self, struck: Newsroom, verb: str, done: bool) -> None:
        usual(struck)
        if verb == "restore":
            struck.run_lane()
            ask(struck)

        def die(order: Order) -> Outcome:
            if done:
                struck.network().post(order)
            raise Killed

        struck.network().outcomes.append(die)
        with pytest.raises(Killed):
            struck.run_lane()
        struck.wire()
        struck.live_on(HOUR / 2)
        assert {state for state, _ in struck.states()} == {"sent"}
        assert text_there(struck).startswith(TEXT) is (verb == "restore")
        assert [post.id for post in struck.network().posts] == ["9"]
        assert is_sound(struck)

    @pytest.mark.parametrize("steps", range(1, 4))
    def test_between_two_steps(self, struck: Newsroom, steps: int) -> None:
        usual(struck)
        for _ in range(steps):
            struck.step()
            struck.wire()
        struck.live_on(HOUR / 4)
        assert struck.states() == [("sent", "receipt")]
        assert len(struck.network().orders) == 1


def test_of_a_destroyed_register_no_text_of_any_edit_is_left(edited: Newsroom) -> None:
    post = Snapshot.from_json(str(announcement(edited).before))
    ask(edited)
    edited.run_lane()
    edited.striking.end("greve")
    Destroying(edited.store).empty("greve")
    assert is_sound(edited)
    assert [action.before for action in edited.actions()] == [None, None]
    assert {action.post_id for action in edited.actions()} & {"9"} == set()
    assert post.text not in "".join(str(row) for row in edited.rows("SELECT * FROM actions"))


def test_what_was_there_cannot_be_rewritten_in_the_journal_unseen(edited: Newsroom) -> None:
    edited.rows("UPDATE actions SET before = replace(before, 'lire', 'voir') WHERE slot = 'announce'")
    assert not is_sound(edited)
