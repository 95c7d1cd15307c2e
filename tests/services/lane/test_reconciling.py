"""Is an uncertain post there? Presence proves; absence only suggests."""

from __future__ import annotations

from datetime import timedelta

import pytest

from occupier.domain.action import GoneBy, Proof, State
from occupier.domain.errors import NetworkError, UsageError
from occupier.domain.outcome import Outcome, Receipt, Uncertain
from occupier.domain.ports import Order
from occupier.domain.reconcile import RemotePost
from occupier.domain.setup import WhenUncertain
from tests.services.newsroom import DAY, HOUR, MINUTE, SECOND, Newsroom, account, entry

LOST = Uncertain("timeout")
CALL, SETTLE, BETWEEN = 25 * SECOND, 120 * SECOND, 60 * SECOND


def lose_the_answer(room: Newsroom, *, posted: bool) -> None:
    """Let the next call be answered by nobody, whether it arrived or not."""

    def apply(order: Order) -> Outcome:
        if posted:
            room.network().post(order)
        return LOST

    room.network().outcomes.append(apply)
    room.step()
    assert room.states()[-1] == ("uncertain", "timeout")


@pytest.fixture
def waiting(room: Newsroom) -> Newsroom:
    room.occupied()
    room.article(1)
    return room


def look(room: Newsroom) -> None:
    room.reconciling.look(room.account(), room.target())


class TestPresence:
    def test_a_post_found_at_once_is_proof(self, waiting: Newsroom) -> None:
        lose_the_answer(waiting, posted=True)
        look(waiting)
        action = waiting.action()
        assert (action.state, action.proof, action.remote_id) == (State.SENT, Proof.TIMELINE, "1")
        assert "found" in waiting.notices.kinds

    def test_a_post_that_shows_after_an_absence_is_proof(self, waiting: Newsroom) -> None:
        lose_the_answer(waiting, posted=True)
        late, waiting.network().posts = waiting.network().posts, []
        look(waiting)
        waiting.clock.advance(CALL + SETTLE)
        look(waiting)
        waiting.network().posts = late
        waiting.clock.advance(BETWEEN)
        look(waiting)
        assert waiting.states() == [("sent", "timeline")]

    def test_it_is_proof_in_an_incomplete_reading_too(self, waiting: Newsroom) -> None:
        lose_the_answer(waiting, posted=True)
        waiting.network().complete = False
        look(waiting)
        assert waiting.states() == [("sent", "timeline")]

    def test_a_post_of_another_record_is_never_adopted(self, waiting: Newsroom) -> None:
        lose_the_answer(waiting, posted=True)
        taken = waiting.network().posts[0].id
        waiting.poll(entry("old"), entry(1), entry(2))
        waiting.network().outcomes.append(Receipt(taken))
        waiting.step()
        look(waiting)
        assert [s for s, _ in waiting.states()] == ["uncertain", "sent"]

    def test_a_post_older_than_the_attempt_is_not_ours(self, waiting: Newsroom) -> None:
        lose_the_answer(waiting, posted=True)
        ours = waiting.network().posts.pop()
        older = ours.created_at - 5 * MINUTE
        waiting.network().posts.append(RemotePost("8", ours.text, ours.links, older))
        look(waiting)
        assert waiting.states() == [("uncertain", "timeout")]

    def test_a_host_whose_clock_is_behind_is_understood(self, waiting: Newsroom) -> None:
        waiting.clocks.observe("courrier.example", -timedelta(seconds=90))
        lose_the_answer(waiting, posted=True)
        ours = waiting.network().posts.pop()
        waiting.network().posts.append(RemotePost("8", ours.text, ours.links, ours.created_at - 90 * SECOND))
        look(waiting)
        assert waiting.states() == [("sent", "timeline")]

    def test_the_reading_goes_back_ten_minutes_before_the_attempt(self, waiting: Newsroom) -> None:
        started = waiting.clock.now()
        lose_the_answer(waiting, posted=False)
        waiting.network().reads.clear()
        look(waiting)
        assert waiting.network().reads == [started - 10 * MINUTE]

    def test_one_reading_serves_all_that_is_uncertain(self, waiting: Newsroom) -> None:
        waiting.poll(entry("old"), entry(1), entry(2))
        waiting.network().outcomes.extend([LOST, LOST])
        waiting.step()
        waiting.step()
        waiting.network().reads.clear()
        look(waiting)
        assert len(waiting.network().reads) == 1

    def test_nothing_uncertain_reads_nothing(self, waiting: Newsroom) -> None:
        assert waiting.reconciling.look(waiting.account(), waiting.target()) is None
        assert waiting.network().reads == []


class TestAbsence:
    def test_two_readings_late_enough_and_far_enough_apart_end_it(self, waiting: Newsroom) -> None:
        claimed = waiting.clock.now()
        lose_the_answer(waiting, posted=False)
        reads: list[timedelta] = []
        while waiting.action().state is State.UNCERTAIN:
            at = waiting.reconciling.look(waiting.account(), waiting.target())
            reads = [e.at - claimed for e in waiting.events("observed")]
            if at:
                waiting.clock.jump(max(at, waiting.clock.now()))
        assert reads == [timedelta(0), CALL + SETTLE, CALL + SETTLE + BETWEEN]
        assert waiting.states() == [("retry", "not_found")]
        waiting.step()
        assert waiting.states() == [("sent", "receipt")]
        first, second = waiting.network().orders
        assert first.payload == second.payload

    def test_the_wait_is_the_accounts_own(self, room: Newsroom) -> None:
        room.change(accounts=(account(settle_after=HOUR),))
        room.occupied()
        room.article(1)
        lose_the_answer(room, posted=False)
        room.live_on(55 * MINUTE, every=5 * MINUTE)
        assert len(room.network().orders) == 1
        room.live_on(10 * MINUTE)
        assert len(room.network().orders) == 2

    def test_incomplete_readings_do_not_count(self, waiting: Newsroom) -> None:
        lose_the_answer(waiting, posted=False)
        waiting.network().complete = False
        waiting.live_on(16 * MINUTE, every=2 * MINUTE)
        assert waiting.states() == [("uncertain", "timeout")]
        waiting.network().complete = True
        waiting.live_on(3 * MINUTE)
        assert waiting.states() == [("sent", "receipt")]

    def test_a_copy_that_lacks_an_older_post_of_ours_does_not_count(self, waiting: Newsroom) -> None:
        waiting.step()  # the first article's post is there, and is known
        waiting.clock.advance(3 * MINUTE)
        waiting.article(2)
        lose_the_answer(waiting, posted=True)
        there, waiting.network().posts = waiting.network().posts, []  # a copy made before either of them
        waiting.live_on(8 * MINUTE, every=MINUTE)
        assert waiting.states()[1] == ("uncertain", "timeout")
        waiting.network().posts = there
        waiting.live_on(2 * MINUTE)
        assert waiting.states()[1] == ("sent", "timeline")
        assert len(waiting.network().orders) == 2

    def test_a_post_that_somebody_took_away_is_not_waited_for(self, waiting: Newsroom) -> None:
        waiting.step()
        waiting.clock.advance(3 * MINUTE)
        waiting.article(2)
        lose_the_answer(waiting, posted=False)
        waiting.network().posts.clear()
        with waiting.store.writing() as tx:
            tx.actions.gone(tx.actions.get(1), GoneBy.OTHERS, tx.now)
        waiting.live_on(6 * MINUTE)
        assert waiting.states()[1] == ("sent", "receipt")

    def test_after_ten_readings_in_vain_a_person_is_asked(self, waiting: Newsroom) -> None:
        lose_the_answer(waiting, posted=False)
        waiting.network().complete = False
        waiting.live_on(12 * MINUTE, every=MINUTE)
        assert waiting.states() == [("uncertain", "ask")]
        read = len(waiting.network().reads)
        waiting.live_on(HOUR, every=MINUTE)
        assert len(waiting.network().reads) - read <= 4

    def test_a_reading_that_began_too_early_does_not_count_however_long_it_took(self, waiting: Newsroom) -> None:
        lose_the_answer(waiting, posted=False)
        waiting.clock.advance(CALL + SETTLE - SECOND)
        network, recent = waiting.network(), waiting.network().recent

        def slow(since):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
            read = recent(since)
            waiting.clock.advance(20 * SECOND)
            return read

        network.recent = slow  # type: ignore[method-assign]
        look(waiting)
        waiting.clock.advance(BETWEEN)
        look(waiting)
        assert waiting.states() == [("uncertain", "timeout")]

    def test_incomplete_readings_are_not_paid_for_every_few_seconds(self, waiting: Newsroom) -> None:
        lose_the_answer(waiting, posted=False)
        waiting.network().complete = False
        waiting.live_on(5 * MINUTE, every=10 * SECOND)
        assert len(waiting.network().reads) <= 5

    def test_an_unreadable_network_says_nothing(self, waiting: Newsroom) -> None:
        lose_the_answer(waiting, posted=True)
        waiting.network().unreadable = NetworkError("{host} does not answer.", host="x")
        waiting.live_on(10 * MINUTE, every=2 * MINUTE)
        assert waiting.states() == [("uncertain", "timeout")]
        assert waiting.events("observed") == []
        waiting.network().unreadable = None
        waiting.live_on(MINUTE)
        assert waiting.states() == [("sent", "timeline")]


class TestAsk:
    @pytest.fixture
    def asking(self, room: Newsroom) -> Newsroom:
        room.change(accounts=(account(when_uncertain=WhenUncertain.ASK),))
        room.occupied()
        room.article(1)
        lose_the_answer(room, posted=False)
        room.live_on(10 * MINUTE, every=2 * MINUTE)
        return room

    def test_a_person_is_asked_once_and_nothing_is_sent_again(self, asking: Newsroom) -> None:
        asking.live_on(HOUR, every=15 * MINUTE)
        assert asking.states() == [("uncertain", "ask")]
        assert asking.notices.kinds.count("ask") == 1
        assert len(asking.network().orders) == 1

    def test_presence_answers_for_the_person(self, asking: Newsroom) -> None:
        asking.network().post(asking.network().orders[0])
        asking.live_on(16 * MINUTE, every=8 * MINUTE)
        assert asking.states() == [("sent", "timeline")]

    def test_not_published_is_tried_again_during_the_strike(self, asking: Newsroom) -> None:
        asking.answering.resolve(1, None)
        assert asking.states() == [("retry", "person")]
        asking.step()
        assert asking.states() == [("sent", "receipt")]

    def test_not_published_is_missed_after_it(self, asking: Newsroom) -> None:
        asking.striking.end("greve")
        asking.answering.resolve(1, None)
        assert asking.states() == [("missed", "strike_over")]

    def test_published_is_sent_by_a_persons_word(self, asking: Newsroom) -> None:
        action = asking.answering.resolve(1, "https://courrier.example/@courrier/123456")
        assert (action.state, action.proof, action.remote_id) == (State.SENT, Proof.PERSON, "123456")
        with pytest.raises(UsageError, match="sent"):
            asking.answering.resolve(1, None)

    def test_what_follows_an_address_is_not_its_post(self, asking: Newsroom) -> None:
        assert asking.answering.resolve(1, "https://x.com/courrier/status/123456?s=20").remote_id == "123456"

    def test_an_address_without_a_number_is_its_own_name(self, asking: Newsroom) -> None:
        assert asking.answering.resolve(1, "https://x.example/abc").remote_id == "https://x.example/abc"

    @pytest.mark.parametrize(
        "address",
        [
            "https://www.facebook.com/courrier/posts/123795228140527",
            "https://www.facebook.com/courrier/posts/le-pont/123795228140527/?ref=x",
            "https://www.facebook.com/permalink.php?story_fbid=123795228140527&id=61550000000001",
            "https://www.facebook.com/61550000000001_123795228140527",
            "https://www.facebook.com/courrier/posts/123795228140527?ref=20",
        ],
    )
    def test_an_address_on_facebook_gives_the_id_that_its_receipt_would_have(
        self, room: Newsroom, address: str
    ) -> None:
        room.change(accounts=(account(platform="facebook", when_uncertain=WhenUncertain.ASK),))
        room.occupied()
        room.article(1)
        lose_the_answer(room, posted=False)
        room.live_on(10 * MINUTE, every=2 * MINUTE)
        page = room.target().remote_id
        assert room.answering.resolve(1, address).remote_id == f"{page}_123795228140527"

    def test_a_post_that_another_record_has_cannot_be_this_one(self, asking: Newsroom) -> None:
        asking.network().outcomes.append(Receipt("123456"))
        asking.poll(entry("old"), entry(1), entry(2))
        asking.step()
        with pytest.raises(UsageError, match="another record"):
            asking.answering.resolve(1, "https://courrier.example/@courrier/123456")


class TestAfterTheEnd:
    def uncertain_at_the_end(self, room: Newsroom, **settings: WhenUncertain) -> None:
        room.change(accounts=(account(**settings),))
        strike = room.occupied(hours=1)
        room.article(1)
        room.clock.jump(strike.ends_at - 10 * SECOND)

    @pytest.mark.parametrize("wanted", WhenUncertain)
    def test_what_is_not_there_is_missed_whatever_the_account_wants(
        self, room: Newsroom, wanted: WhenUncertain
    ) -> None:
        self.uncertain_at_the_end(room, when_uncertain=wanted)
        lose_the_answer(room, posted=False)
        room.live_on(10 * MINUTE, every=2 * MINUTE)
        assert room.states() == [("missed", "strike_over")]
        assert len(room.network().orders) == 1

    def test_what_is_there_is_sent(self, room: Newsroom) -> None:
        self.uncertain_at_the_end(room)
        lose_the_answer(room, posted=True)
        room.clock.advance(MINUTE)
        look(room)
        assert room.states() == [("sent", "timeline")]

    @pytest.mark.parametrize("readable", [True, False])
    def test_after_a_day_without_a_complete_reading_it_waits_for_a_person(self, room: Newsroom, readable: bool) -> None:
        self.uncertain_at_the_end(room)
        lose_the_answer(room, posted=False)
        room.network().complete = False
        room.network().unreadable = None if readable else NetworkError("{host} does not answer.", host="x")
        room.live_on(25 * HOUR, every=90 * MINUTE)
        assert room.states() == [("uncertain", "ask")]
        assert room.notices.kinds.count("ask") == 1
        reads = len(room.network().reads)
        room.live_on(20 * HOUR, every=4 * HOUR)
        assert len(room.network().reads) <= reads + 1

    def test_the_day_counts_from_a_persons_end(self, room: Newsroom) -> None:
        room.occupied(hours=600)
        room.article(1)
        lose_the_answer(room, posted=False)
        room.network().complete = False
        room.striking.end("greve")
        room.live_on(25 * HOUR, every=5 * HOUR)
        assert room.states() == [("uncertain", "ask")]


class TestElsewhere:
    def test_anothers_post_with_the_same_link_is_told_once_and_never_adopted(self, waiting: Newsroom) -> None:
        lose_the_answer(waiting, posted=False)
        now = waiting.clock.now() + 10 * SECOND
        theirs = RemotePost(
            "77", "Le titre habituel", ("https://www.example.org/1?utm_source=bot",), now, "https://x/77"
        )
        waiting.network().posts.append(theirs)
        waiting.live_on(3 * MINUTE)
        assert waiting.notices.kinds.count("announced_elsewhere") == 1
        assert len(waiting.events("announced_elsewhere")) == 1
        assert theirs in waiting.network().posts
        waiting.live_on(3 * MINUTE)
        assert waiting.states() == [("held", "usual_out")]


class TestCrashes:
    def crash(self, room: Newsroom) -> None:
        class Killed(BaseException):
            pass

        def die(order: Order) -> Outcome:
            room.network().post(order)
            raise Killed

        room.network().outcomes.append(die)
        with pytest.raises(Killed):
            room.step()

    def test_a_call_cut_short_is_recovered_only_after_deadline_and_grace(self, waiting: Newsroom) -> None:
        self.crash(waiting)
        target = waiting.target()
        waiting.clock.advance(CALL + 60 * SECOND)
        assert waiting.reconciling.recover(target) == 0
        assert waiting.states() == [("sending", "claimed")]
        waiting.clock.advance(SECOND)
        assert waiting.reconciling.recover(target) == 1
        assert waiting.states() == [("uncertain", "crashed")]
        assert waiting.reconciling.recover(target) == 0
        look(waiting)
        assert waiting.states() == [("sent", "timeline")]

    def test_our_own_end_is_not_counted_against_the_network(self, waiting: Newsroom) -> None:
        for n in range(2, 6):
            self.crash(waiting)
            waiting.clock.advance(CALL + 61 * SECOND)
            waiting.reconciling.recover(waiting.target())
            waiting.poll(entry("old"), *(entry(m) for m in range(1, n + 1)), after=10 * SECOND)
        waiting.network().outcomes.append(LOST)
        waiting.step()
        assert [state for state, _ in waiting.states()].count("uncertain") == 5
        assert waiting.lane_pause() is None

    def test_it_holds_nothing_else_meanwhile(self, waiting: Newsroom) -> None:
        self.crash(waiting)
        waiting.poll(entry("old"), entry(1), entry(2), after=10 * SECOND)
        waiting.run_lane()
        assert [s for s, _ in waiting.states()] == ["sending", "sent"]


class TestMeanwhile:
    def test_an_answer_given_during_the_reading_stands(self, waiting: Newsroom) -> None:
        lose_the_answer(waiting, posted=True)
        network, recent = waiting.network(), waiting.network().recent

        def answered(since):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
            waiting.answering.resolve(1, "https://courrier.example/@courrier/999999")
            return recent(since)

        network.recent = answered  # type: ignore[method-assign]
        look(waiting)
        assert waiting.action().proof is Proof.PERSON

    def test_what_readings_cost_is_counted_once(self, waiting: Newsroom) -> None:
        waiting.poll(entry("old"), entry(1), entry(2))
        waiting.network().outcomes.extend([LOST, LOST])
        waiting.step()
        waiting.step()
        network, recent = waiting.network(), waiting.network().recent

        def paid(since):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
            read = recent(since)
            return type(read)(read.posts, read.complete, 5000)

        network.recent = paid  # type: ignore[method-assign]
        look(waiting)
        with waiting.store.reading() as tx:
            assert tx.actions.spent(waiting.target().id, waiting.clock.now() - DAY) == 5000
