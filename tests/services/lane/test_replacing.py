"""Where no post can be edited: the usual one is deleted and the strike post stands there; never both, never neither."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from occupier.domain.action import Action, Proof, Purpose, State, Verb
from occupier.domain.errors import NetworkError, UsageError
from occupier.domain.outcome import Outcome, Receipt, RefusalKind, Refused, Retryable, Uncertain
from occupier.domain.ports import Capabilities, LogQuery, Order
from occupier.domain.reconcile import RemotePost
from occupier.domain.setup import DuringStrikes, FirstPost, IfUsualIsOut, ReplaceBy, Rule, RuleAction, Takeover
from occupier.domain.snapshot import Medium, Snapshot
from occupier.services.review.ledger import Destroying, Verifying
from tests.fakes import FakeNetwork
from tests.services.newsroom import HOUR, MINUTE, SECOND, Newsroom, entry

pytestmark = pytest.mark.campaign

LOST = Uncertain("timeout")
TEXT = "À lire"
LINK = "https://www.example.org/1"
READ, POST = 5_000, 200_000
ABLE = Capabilities(frozenset({Verb.PUBLISH, Verb.DELETE}), read_microusd=READ)


def usual(room: Newsroom, post_id: str = "x9", *, link: str = LINK, **values: Any) -> RemotePost:
    """Let the usual tool announce the article."""
    told: dict[str, Any] = {"url": f"https://x.com/i/web/status/{post_id}"}
    post = RemotePost(post_id, f"{TEXT} {link}", (link,), room.clock.now(), **told | values)
    room.network().posts.insert(0, post)
    return post


def replacing(room: Newsroom, **values: Any) -> None:
    asked = {"if_usual_is_out": IfUsualIsOut.REPLACE, "replace_by": ReplaceBy.DELETE} | values
    room.change(accounts=(replace(room.account(), **asked),))


@pytest.fixture
def struck(room: Newsroom) -> Newsroom:
    """A strike has begun on an account on which nothing can be edited, and an article is new."""
    room.networks["courrier"] = FakeNetwork(room.clock, price=POST, read_price=READ, capabilities=ABLE)
    room.wire()
    replacing(room, budget_microusd=100 * POST)
    room.occupied()
    room.article(1)
    return room


def announcement(room: Newsroom) -> Action:
    return room.actions()[0]


def of(room: Newsroom, purpose: Purpose) -> list[Action]:
    return [action for action in room.actions() if action.purpose is purpose]


def stand(room: Newsroom, purpose: Purpose) -> list[tuple[str, str | None]]:
    return [(a.state.value, a.reason) for a in of(room, purpose)]


def texts(room: Newsroom) -> list[str]:
    """Return what stands on the account, oldest first: the usual text, or “grève”."""
    return [TEXT if TEXT in post.text else "grève" for post in reversed(room.network().posts)]


def calls(room: Newsroom) -> list[Verb]:
    return [order.verb for order in room.network().orders]


def answers(room: Newsroom, *given: tuple[Outcome, bool]) -> None:
    """Let the next calls be answered so, whether they were carried out or not."""
    for answer, done in given:

        def apply(order: Order, answer: Outcome = answer, done: bool = done) -> Outcome:
            if done:
                room.network().post(order)
            return answer

        room.network().outcomes.append(apply)


def between(room: Newsroom, happens: Callable[[], object]) -> None:
    """Let something happen once the usual post is deleted, before the strike post."""

    def apply(order: Order) -> Outcome:
        outcome = room.network().post(order)
        happens()
        return outcome

    room.network().outcomes.append(apply)


def is_sound(room: Newsroom) -> bool:
    return Verifying(room.store).verify().broken is None


class TestReplacing:
    def test_the_usual_post_is_deleted_and_the_strike_post_stands_in_its_place(self, struck: Newsroom) -> None:
        post = usual(struck)
        struck.run_lane()
        assert calls(struck) == [Verb.DELETE, Verb.PUBLISH]
        assert texts(struck) == ["grève"]
        (deletion,) = of(struck, Purpose.REPLACE)
        assert (deletion.verb, deletion.subject, deletion.slot) == (Verb.DELETE, "post:x9", "replace:1")
        assert Snapshot.from_json(str(deletion.before)).text == post.text
        assert announcement(struck).verb is Verb.PUBLISH
        struck.run_lane()
        assert stand(struck, Purpose.STRIKE) == [("sent", "receipt")]
        assert stand(struck, Purpose.REPLACE) == [("sent", "replaced")]
        assert len(struck.network().orders) == 2
        assert is_sound(struck)

    def test_the_log_has_both_texts(self, struck: Newsroom) -> None:
        post = usual(struck)
        struck.run_lane()
        with struck.store.reading() as tx:
            (record,) = tx.register.records(LogQuery())
        assert record["ordinary_text"] == post.text
        assert record["strike_text"] == struck.network().posts[0].text
        assert record["replaced"] == "deleted"

    def test_what_was_there_is_written_down_before_the_call(self, struck: Newsroom) -> None:
        post = usual(struck)
        seen: list[Any] = []

        def apply(order: Order) -> Outcome:
            seen.extend((of(struck, Purpose.REPLACE)[0].before, announcement(struck).payload))
            return struck.network().post(order)

        struck.network().outcomes.append(apply)
        struck.run_lane()
        assert Snapshot.from_json(str(seen[0])).text == post.text
        assert seen[1] is not None

    def test_without_a_usual_post_nothing_is_deleted(self, struck: Newsroom) -> None:
        struck.run_lane()
        assert calls(struck) == [Verb.PUBLISH]

    def test_in_a_row_the_account_is_read_once(self, struck: Newsroom) -> None:
        struck.change(spacing=30 * SECOND)
        usual(struck)
        struck.run_lane()
        assert texts(struck) == ["grève"]
        assert (len(struck.network().reads), len(struck.network().looked_up)) == (1, 1)

    def test_two_usual_posts_about_one_article_are_both_deleted(self, struck: Newsroom) -> None:
        usual(struck), usual(struck, "x10")
        struck.run_lane()
        assert calls(struck) == [Verb.DELETE, Verb.DELETE, Verb.PUBLISH]
        assert texts(struck) == ["grève"]

    def test_nothing_is_deleted_for_a_post_that_would_stand_beside_another(self, struck: Newsroom) -> None:
        usual(struck)
        usual(struck, "x10", application="Somebody's own")
        struck.run_lane()
        assert stand(struck, Purpose.STRIKE) == [("held", "usual_out")]
        assert calls(struck) == []

    @pytest.mark.parametrize("earlier", [MINUTE * 5])
    def test_posts_of_before_the_strike_wait_for_a_person(self, struck: Newsroom, earlier: Any) -> None:
        post = usual(struck)
        struck.network().posts[0] = replace(post, created_at=struck.clock.now() - earlier)
        struck.run_lane()
        assert stand(struck, Purpose.STRIKE) == [("held", "usual_out")]
        assert calls(struck) == []

    def test_what_could_not_be_given_back_is_left_and_a_person_is_asked(self, struck: Newsroom) -> None:
        post = usual(struck)
        found = Snapshot(post.id, post.text, post.created_at, links=(LINK,), media=(Medium("3_1"),), cannot="media")
        struck.network().portraits["x9"] = found
        struck.run_lane()
        assert calls(struck) == []
        assert stand(struck, Purpose.STRIKE) == [("held", "usual_out")]
        assert stand(struck, Purpose.REPLACE) == [("left", "kept")]
        assert "kept" in struck.notices.kinds

    def test_somebody_was_there_first(self, struck: Newsroom) -> None:
        usual(struck)
        struck.step()
        struck.network().posts.clear()
        struck.run_lane()
        assert calls(struck) == [Verb.PUBLISH]
        assert stand(struck, Purpose.REPLACE) == [("left", "gone")]
        assert texts(struck) == ["grève"]

    def test_settings_that_no_longer_want_it_are_obeyed(self, struck: Newsroom) -> None:
        usual(struck)
        struck.step()
        replacing(struck, if_usual_is_out=IfUsualIsOut.HOLD)
        struck.run_lane()
        assert stand(struck, Purpose.STRIKE) == [("held", "usual_out")]
        assert calls(struck) == []

    def test_a_post_that_cannot_be_read_is_not_deleted_yet(self, struck: Newsroom) -> None:
        usual(struck)
        struck.step()
        struck.network().unreadable = NetworkError("no")
        struck.live_on(3 * MINUTE)
        assert calls(struck) == []
        struck.network().unreadable = None
        struck.live_on(3 * MINUTE)
        assert texts(struck) == ["grève"]

    def test_a_deletion_that_is_refused_leaves_the_post_to_a_person(self, struck: Newsroom) -> None:
        usual(struck)
        answers(struck, (Refused(RefusalKind.PERMISSION, 403), False))
        struck.live_on(5 * MINUTE)
        assert stand(struck, Purpose.REPLACE) == [("refused", "may_not_delete")]
        assert stand(struck, Purpose.STRIKE) == [("held", "usual_out")]
        assert (texts(struck), struck.lane_pause()) == ([TEXT], None)

    def test_after_a_failure_it_is_deleted_once_more(self, struck: Newsroom) -> None:
        usual(struck)
        answers(struck, (Retryable("connect"), False))
        struck.live_on(5 * MINUTE)
        assert calls(struck) == [Verb.DELETE, Verb.DELETE, Verb.PUBLISH]
        assert texts(struck) == ["grève"]

    def test_a_first_post_waits_for_its_yes_before_anything_is_deleted(self, struck: Newsroom) -> None:
        replacing(struck, first_post=FirstPost.APPROVE)
        usual(struck)
        struck.run_lane()
        assert stand(struck, Purpose.STRIKE) == [("held", "first_post")]
        approved = announcement(struck).payload
        struck.controlling.release(announcement(struck).id)
        struck.run_lane()
        assert approved
        assert struck.network().posts[0].text == approved.text

    def test_what_a_person_wants_beside_it_is_posted_beside_it(self, struck: Newsroom) -> None:
        usual(struck)
        answers(struck, (Refused(RefusalKind.PERMISSION, 403), False))
        struck.run_lane()
        struck.controlling.release(announcement(struck).id)
        struck.run_lane()
        assert sorted(texts(struck)) == sorted([TEXT, "grève"])

    def test_the_deletion_pays_for_both_calls_and_readings_count(self, struck: Newsroom) -> None:
        usual(struck)
        struck.run_lane()
        with struck.store.reading() as tx:
            deletion, announced = of(struck, Purpose.REPLACE)[0], announcement(struck)
            costs = [[a.cost_microusd for a in tx.actions.attempts(x.id)] for x in (deletion, announced)]
            target, today = struck.target().id, struck.clock.now() - HOUR
            assert tx.actions.spent_reading(target, today) == 2 * READ
            assert tx.actions.spent(target, today) == 2 * POST + 2 * READ
        assert costs == [[2 * POST], [0]]


class TestRoom:
    @pytest.mark.parametrize("limits", [{"per_hour": 1}, {"per_day": 1}], ids=["one an hour", "one a day"])
    def test_without_room_for_two_calls_nothing_is_deleted(self, struck: Newsroom, limits: dict[str, int]) -> None:
        struck.change(**limits)
        usual(struck)
        struck.live_on(5 * MINUTE)
        assert calls(struck) == []

    def test_without_money_for_two_calls_nothing_is_deleted(self, struck: Newsroom) -> None:
        replacing(struck, budget_microusd=2 * POST - 1)
        usual(struck)
        struck.live_on(5 * MINUTE)
        assert calls(struck) == []
        assert struck.lane_pause() == "budget"

    def test_in_the_last_minute_of_a_strike_nothing_is_deleted(self, struck: Newsroom) -> None:
        struck.striking.end("greve")
        struck.strike("courte", hours=5 / 60)
        struck.poll(*_entries(2), after=4 * MINUTE + 10 * SECOND)
        usual(struck, link="https://www.example.org/2")
        struck.live_on(2 * MINUTE, every=SECOND * 5)
        assert calls(struck) == []
        assert of(struck, Purpose.STRIKE)[1].state is State.MISSED
        assert texts(struck) == [TEXT]

    def test_a_network_that_asks_posts_to_wait_holds_up_the_deletion(self, struck: Newsroom) -> None:
        until = struck.clock.now() + 10 * MINUTE
        answers(struck, (Retryable("throttled", not_before=until, http_status=429), False))
        struck.run_lane()
        assert calls(struck) == [Verb.PUBLISH]
        usual(struck)
        struck.clock.advance(5 * MINUTE)
        struck.run_lane()
        assert calls(struck) == [Verb.PUBLISH]
        struck.live_on(10 * MINUTE)
        assert texts(struck) == ["grève"]

    def test_the_room_that_was_made_is_taken_by_no_other_post(self, struck: Newsroom) -> None:
        usual(struck)
        answers(struck, (Receipt("x9"), True), (Retryable("connect"), False))
        struck.step(), struck.step(), struck.step()
        struck.poll(*_entries(2), after=SECOND)
        struck.run_lane()
        assert [announcement(struck).state, of(struck, Purpose.STRIKE)[1].state] == [State.RETRY, State.PENDING]
        struck.live_on(3 * MINUTE)
        assert [a.state for a in of(struck, Purpose.STRIKE)] == [State.SENT, State.SENT]
        posted = [order.payload.link for order in struck.network().orders if order.verb is Verb.PUBLISH]
        assert posted == [LINK, LINK, "https://www.example.org/2"]


def _entries(n: int) -> list[Any]:
    return [entry("old"), *(entry(number) for number in range(1, n + 1))]


class TestGivingBack:
    """The usual post is gone, and the strike post may not follow."""

    def test_of_a_strike_that_ended_between_the_calls(self, struck: Newsroom) -> None:
        post = usual(struck)
        between(struck, lambda: struck.striking.end("greve"))
        struck.live_on(MINUTE)
        assert calls(struck) == [Verb.DELETE, Verb.PUBLISH]
        assert [p.text for p in struck.network().posts] == [post.text]
        assert stand(struck, Purpose.STRIKE) == [("missed", "strike_over")]
        assert stand(struck, Purpose.GIVE_BACK) == [("sent", "receipt")]
        assert stand(struck, Purpose.REPLACE) == [("sent", "given_back")]
        assert is_sound(struck)

    def test_a_person_is_told(self, struck: Newsroom) -> None:
        usual(struck)
        between(struck, lambda: struck.striking.end("greve"))
        struck.live_on(MINUTE)
        assert any(n.serious and "again" in str(n.sentence) for n in struck.notices.told)

    @pytest.mark.parametrize("kind", [RefusalKind.DUPLICATE, RefusalKind.CONTENT, RefusalKind.UNKNOWN])
    def test_of_a_strike_post_that_is_refused(self, struck: Newsroom, kind: RefusalKind) -> None:
        usual(struck)
        answers(struck, (Receipt("x9"), True), (Refused(kind, 403), False))
        struck.live_on(MINUTE)
        assert texts(struck) == [TEXT]
        assert stand(struck, Purpose.STRIKE) == [("refused", kind.value)]
        with pytest.raises(UsageError, match="too late"):
            struck.controlling.release(announcement(struck).id)

    def test_of_settings_that_want_silence_now(self, struck: Newsroom) -> None:
        usual(struck)
        between(struck, lambda: replacing(struck, during_strikes=DuringStrikes.SILENCE))
        struck.live_on(MINUTE)
        assert texts(struck) == [TEXT]
        assert stand(struck, Purpose.STRIKE) == [("left", "silence")]

    def test_of_a_plan_that_is_no_longer_the_one_that_was_voted(self, struck: Newsroom) -> None:
        strike = struck.striking.all()[0]
        struck.sealing.seal(strike)
        usual(struck)
        between(struck, lambda: struck.change(per_hour=999))
        struck.live_on(MINUTE)
        assert texts(struck) == [TEXT]
        assert stand(struck, Purpose.STRIKE) == [("left", "plan_changed")]

    def test_of_a_post_that_a_person_dropped(self, struck: Newsroom) -> None:
        usual(struck)
        between(struck, lambda: struck.controlling.drop(announcement(struck).id))
        struck.live_on(MINUTE)
        assert texts(struck) == [TEXT]

    def test_rules_that_changed_between_the_calls_do_not_hold_it_up(self, struck: Newsroom) -> None:
        usual(struck)
        between(struck, lambda: struck.change(rules=(Rule(RuleAction.HOLD, title=None),)))
        struck.live_on(MINUTE)
        assert texts(struck) == ["grève"]

    def test_what_was_given_back_by_somebody_else_is_not_given_back_twice(self, struck: Newsroom) -> None:
        usual(struck)

        def ended() -> None:
            struck.striking.end("greve")
            usual(struck, "x11")

        between(struck, ended)
        struck.live_on(5 * MINUTE)
        assert texts(struck) == [TEXT]
        assert stand(struck, Purpose.GIVE_BACK) == [("left", "usual_out")]
        assert stand(struck, Purpose.REPLACE) == [("sent", "replaced")]

    def test_what_the_network_does_not_take_back_is_told_with_its_text(self, struck: Newsroom) -> None:
        usual(struck)
        answers(struck, (Receipt("x9"), True), (Refused(RefusalKind.CONTENT, 403), False),
                (Refused(RefusalKind.DUPLICATE, 403), False))  # fmt: skip
        struck.live_on(MINUTE)
        assert stand(struck, Purpose.GIVE_BACK) == [("refused", "duplicate")]
        told = [str(n.sentence) for n in struck.notices.told if n.kind == "refused" and n.serious]
        assert any(TEXT in sentence and "by hand" in sentence for sentence in told)
        struck.controlling.release(of(struck, Purpose.GIVE_BACK)[0].id)
        struck.live_on(MINUTE)
        assert texts(struck) == [TEXT]

    @pytest.mark.parametrize("done", [True, False])
    def test_a_lost_answer_does_not_give_it_back_twice(self, struck: Newsroom, done: bool) -> None:
        usual(struck)
        between(struck, lambda: struck.striking.end("greve"))
        answers(struck, (LOST, done))
        struck.live_on(HOUR)
        assert texts(struck) == [TEXT]
        assert is_sound(struck)

    def test_a_pause_holds_what_follows_and_a_person_is_told(self, struck: Newsroom) -> None:
        usual(struck)
        between(struck, lambda: struck.controlling.pause(None))
        struck.live_on(5 * MINUTE)
        assert texts(struck) == []
        struck.announcing.look()
        struck.announcing.look()
        told = [n for n in struck.notices.told if n.kind == "owed"]
        assert [n.serious for n in told] == [True]
        struck.controlling.resume(None)
        struck.live_on(MINUTE)
        assert texts(struck) == ["grève"]

    def test_after_a_pause_that_outlasts_the_strike_the_usual_text_is_back(self, struck: Newsroom) -> None:
        usual(struck)
        between(struck, lambda: struck.controlling.pause(None))
        struck.run_lane()
        struck.clock.advance(9 * HOUR)
        struck.housekeeping.lapse()
        struck.controlling.resume(None)
        struck.live_on(MINUTE)
        assert texts(struck) == [TEXT]

    def test_a_lane_that_stops_between_the_calls_goes_on_when_it_is_mended(self, struck: Newsroom) -> None:
        usual(struck)
        answers(struck, (Receipt("x9"), True), (Refused(RefusalKind.PERMISSION, 403), False))
        struck.live_on(5 * MINUTE)
        assert (texts(struck), struck.lane_pause()) == ([], "permission")
        struck.controlling.resume("courrier")
        struck.live_on(MINUTE)
        assert texts(struck) == ["grève"]

    def test_an_account_that_cannot_be_read_any_more_gets_it_all_the_same(self, struck: Newsroom) -> None:
        usual(struck)

        def unreadable() -> None:
            struck.network().unreadable = NetworkError("no")

        between(struck, unreadable)
        struck.live_on(20 * MINUTE)
        assert texts(struck) == ["grève"]

    def test_what_is_owed_is_found_by_whoever_wakes_the_lane(self, struck: Newsroom) -> None:
        usual(struck)
        between(struck, lambda: struck.striking.end("greve"))
        struck.step(), struck.step(), struck.step()
        struck.housekeeping.lapse()
        assert struck.posting.next_at(struck.target()) == struck.clock.now()


class TestUncertainty:
    @pytest.mark.parametrize("done", [True, False])
    def test_of_the_deletion(self, struck: Newsroom, done: bool) -> None:
        usual(struck)
        answers(struck, (LOST, done))
        struck.live_on(HOUR / 4)
        assert texts(struck) == ["grève"]
        assert calls(struck) == [Verb.DELETE] * (1 if done else 2) + [Verb.PUBLISH]
        assert is_sound(struck)

    @pytest.mark.parametrize("done", [True, False])
    def test_of_the_deletion_and_the_strike_ends_meanwhile(self, struck: Newsroom, done: bool) -> None:
        usual(struck)
        answers(struck, (LOST, done))
        struck.step(), struck.step(), struck.step()
        struck.striking.end("greve")
        struck.live_on(HOUR / 4)
        assert texts(struck) == [TEXT]
        assert stand(struck, Purpose.STRIKE) == [("missed", "strike_over")]

    @pytest.mark.parametrize("done", [True, False])
    def test_of_the_strike_post(self, struck: Newsroom, done: bool) -> None:
        usual(struck)
        answers(struck, (Receipt("x9"), True), (LOST, done))
        struck.live_on(HOUR / 4)
        assert texts(struck) == ["grève"]
        assert is_sound(struck)

    @pytest.mark.parametrize("done", [True, False])
    def test_of_the_strike_post_and_the_strike_ends_meanwhile(self, struck: Newsroom, done: bool) -> None:
        usual(struck)
        answers(struck, (Receipt("x9"), True), (LOST, done))
        struck.step(), struck.step(), struck.step(), struck.step()
        struck.striking.end("greve")
        struck.live_on(HOUR / 4)
        assert texts(struck) == (["grève"] if done else [TEXT])

    @pytest.mark.parametrize("is_there", [True, False])
    def test_of_the_deletion_and_a_person_answers(self, struck: Newsroom, is_there: bool) -> None:
        post = usual(struck)
        answers(struck, (LOST, not is_there))
        struck.step(), struck.step(), struck.step()
        (deletion,) = of(struck, Purpose.REPLACE)
        answered = struck.answering.resolve(deletion.id, post.url if is_there else None)
        assert (answered.state, answered.proof) == ((State.RETRY, None) if is_there else (State.SENT, Proof.PERSON))
        struck.live_on(5 * MINUTE)
        assert texts(struck) == ["grève"]
        assert is_sound(struck)


class TestTakeover:
    def test_the_strike_waits_for_the_usual_post(self, struck: Newsroom) -> None:
        replacing(struck, takeover=Takeover.REPLACE)
        struck.run_lane()
        assert stand(struck, Purpose.STRIKE) == [("pending", "awaits_usual")]
        usual(struck)
        struck.live_on(6 * MINUTE)
        assert texts(struck) == ["grève"]
        assert calls(struck) == [Verb.DELETE, Verb.PUBLISH]

    def test_where_reading_is_billed_it_is_looked_every_five_minutes_then_every_twenty_five(
        self, struck: Newsroom
    ) -> None:
        replacing(struck, takeover=Takeover.REPLACE)
        struck.live_on(HOUR)
        assert len(struck.network().reads) == 13
        replacing(struck, takeover=Takeover.REPLACE, budget_microusd=40 * READ + POST)
        for n in range(11):
            struck.network().posts.append(RemotePost(f"o{n}", "autre", (), struck.clock.now()))
        struck.live_on(50 * MINUTE)
        assert calls(struck) == []
        assert 13 < len(struck.network().reads) <= 18
        assert struck.notices.kinds.count("guard_budget") == 1


class Killed(BaseException):
    """The process is gone, whatever it was doing."""


class TestKilled:
    """The process dies in the middle, another takes over, and finds what was there."""

    @pytest.mark.parametrize("ends", [False, True])
    @pytest.mark.parametrize("call", ["deletion", "post", "giving back"])
    @pytest.mark.parametrize("done", [True, False])
    def test_in_the_middle_of_a_call(self, struck: Newsroom, call: str, done: bool, ends: bool) -> None:
        usual(struck)

        def die(order: Order) -> Outcome:
            if done:
                struck.network().post(order)
            raise Killed

        if call == "post":
            answers(struck, (Receipt("x9"), True))
        if call == "giving back":
            between(struck, lambda: struck.striking.end("greve"))
        struck.network().outcomes.append(die)
        with pytest.raises(Killed):
            struck.live_on(MINUTE)
        if ends and call != "giving back":
            struck.striking.end("greve")
        struck.wire()
        struck.live_on(HOUR / 2)
        assert len(texts(struck)) == 1
        is_given_back = call == "giving back" or (ends and (call, done) != ("post", True))
        assert texts(struck) == [TEXT if is_given_back else "grève"]
        assert is_sound(struck)

    @pytest.mark.parametrize("ends", [False, True])
    @pytest.mark.parametrize("steps", range(1, 7))
    def test_between_two_steps(self, struck: Newsroom, steps: int, ends: bool) -> None:
        usual(struck)
        for _ in range(steps):
            struck.step()
            struck.wire()
        was_sent = announcement(struck).state is State.SENT
        if ends:
            struck.striking.end("greve")
        struck.live_on(HOUR / 4)
        assert texts(struck) == [TEXT if ends and not was_sent else "grève"]
        assert is_sound(struck)


def test_of_a_destroyed_register_no_text_is_left(struck: Newsroom) -> None:
    post = usual(struck)
    between(struck, lambda: struck.striking.end("greve"))
    struck.live_on(5 * MINUTE)
    Destroying(struck.store).empty("greve")
    assert is_sound(struck)
    assert [action.before for action in struck.actions()] == [None, None, None]
    assert post.text not in "".join(str(row) for row in struck.rows("SELECT * FROM actions"))


def test_what_was_there_cannot_be_rewritten_in_the_journal_unseen(struck: Newsroom) -> None:
    usual(struck)
    struck.run_lane()
    struck.rows("UPDATE actions SET before = replace(before, 'lire', 'voir') WHERE purpose = 'replace'")
    assert not is_sound(struck)
