"""The first strike post of an account waits for a person's yes, where the settings say so; none overtakes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from occupier.domain.action import Action, Purpose, State
from occupier.domain.setup import FirstPost, Pools, Rule, RuleAction
from occupier.services.review.ledger import Verifying
from tests.fakes import FakeClock
from tests.services.newsroom import HOUR, MINUTE, SECOND, Newsroom, account, entry, feed

WITHIN = 30 * MINUTE
OpenNewsroom = Callable[..., Newsroom]


@pytest.fixture
def room(open_newsroom: OpenNewsroom) -> Newsroom:
    """A strike on one account that wants a yes."""
    room = open_newsroom(account(first_post=FirstPost.APPROVE))
    room.occupied()
    return room


def publish(room: Newsroom, *numbers: int) -> None:
    """Let articles come out, one after the other, the lane looking after each."""
    for n in numbers:
        room.poll(entry("old"), *(entry(k) for k in range(1, n + 1)))
        room.run_lane()


def posted(room: Newsroom) -> list[str]:
    """Return the links of what has left, in order."""
    return [str(order.payload.link) for order in room.network().orders]


def link(n: int) -> str:
    return f"https://www.example.org/{n}"


def wait(room: Newsroom, time: timedelta) -> None:
    """Let time pass, the daemon looking after its house, then let the lane work."""
    room.clock.advance(time)
    room.watching.poll(room.source("une"))  # an unwatched feed would begin anew
    room.watching.write_notes()
    room.first_posts.mind()
    room.housekeeping.lapse()
    room.run_lane()


def told(room: Newsroom) -> list[str]:
    return [str(notice.sentence) for notice in room.notices.told if notice.kind == "first_post"]


def agrees(room: Newsroom) -> bool:
    return Verifying(room.store).verify().broken is None


class TestWaiting:
    def test_the_first_strike_post_waits_with_its_finished_text_and_says_how_to_answer(self, room: Newsroom) -> None:
        publish(room, 1)
        first = room.action()
        assert (first.state, first.reason) == (State.HELD, "first_post")
        assert first.payload
        assert link(1) in first.payload.text
        assert posted(room) == []
        (sentence,) = told(room)
        assert f"occupier release {first.id}" in sentence
        assert f"occupier drop {first.id}" in sentence
        assert link(1) in sentence

    def test_it_waits_no_longer_than_it_may_leave(self, room: Newsroom) -> None:
        publish(room, 1)
        assert room.action().due_at == room.clock.now() + WITHIN
        room.change(accounts=(replace(room.account(), first_post_within=20 * HOUR),))
        room.controlling.drop(room.action().id)
        publish(room, 2)
        assert room.actions()[-1].due_at == room.clock.now() + room.setup.freshness

    def test_those_behind_it_wait_for_the_same_yes(self, room: Newsroom) -> None:
        publish(room, 1, 2, 3)
        assert [a.state for a in room.actions()] == [State.HELD, State.PENDING, State.PENDING]
        assert posted(room) == []
        assert len(told(room)) == 1

    def test_what_a_rule_announces_as_usual_does_not_wait_behind_it(self, room: Newsroom) -> None:
        room.change(rules=(Rule(RuleAction.ORDINARY, ("Alerte",)),))
        publish(room, 1, 2)
        room.poll(entry("old"), entry(1), entry(2), entry(3, categories=("Alerte",)))
        room.run_lane()
        assert posted(room) == [link(3)]

    def test_an_account_that_wants_no_yes_is_not_kept(self, open_newsroom: OpenNewsroom) -> None:
        room = open_newsroom(account(first_post=FirstPost.APPROVE), account("autre"))
        room.occupied()
        publish(room, 1)
        room.run_lane("autre")
        assert [len(room.network(name).orders) for name in ("courrier", "autre")] == [0, 1]

    def test_a_retraction_of_another_strike_is_not_kept(self, open_newsroom: OpenNewsroom) -> None:
        room = open_newsroom(account())
        room.occupied(hours=1)
        publish(room, 1)
        room.clock.advance(HOUR)
        room.striking.close_ended()
        room.change(accounts=(replace(room.account(), first_post=FirstPost.APPROVE),))
        room.strike("suite")
        publish(room, 2)
        sent, held = room.actions()
        assert held.state is State.HELD
        room.retracting.ask(room.retracting.candidate(sent.id, room.networks))
        room.run_lane()
        assert room.actions()[-1].state is State.SENT
        assert room.actions()[1].state is State.HELD


class TestYes:
    def test_the_first_leaves_as_it_was_shown_and_the_others_go_on_by_themselves(self, room: Newsroom) -> None:
        publish(room, 1, 2, 3)
        shown = room.actions()[0].payload
        released = room.controlling.release(room.actions()[0].id)
        assert (released.state, released.reason) == (State.PENDING, "released")
        room.run_lane()
        assert posted(room) == [link(1), link(2), link(3)]
        assert room.network().orders[0].payload == shown
        publish(room, 4)
        assert posted(room)[-1] == link(4)
        assert agrees(room)

    def test_the_wordings_go_on_after_the_one_that_was_shown(self, room: Newsroom) -> None:
        room.change(pools=Pools(strike=("A {{ link }}", "B {{ link }}", "C {{ link }}")))
        publish(room, 1, 2, 3)
        room.controlling.release(room.actions()[0].id)
        room.run_lane()
        assert [order.payload.text[0] for order in room.network().orders] == ["A", "B", "C"]

    def test_a_yes_outlives_a_first_post_that_could_not_leave(self, room: Newsroom) -> None:
        publish(room, 1, 2)
        room.controlling.release(room.actions()[0].id)
        room.controlling.pause(None)
        room.clock.advance(119 * MINUTE + 30 * SECOND)
        room.controlling.resume(None)
        room.housekeeping.lapse()
        room.run_lane()
        assert room.states() == [("missed", "stale"), ("sent", "receipt")]

    def test_the_next_strike_wants_a_yes_of_its_own(self, room: Newsroom) -> None:
        publish(room, 1)
        room.controlling.release(room.action().id)
        room.run_lane()
        room.striking.end("greve")
        room.strike("suite")
        publish(room, 2)
        assert room.actions()[-1].reason == "first_post"

    @pytest.mark.parametrize("why", ["rule", "mass"])
    def test_what_was_on_hold_for_another_reason_is_no_yes_when_it_is_released(self, room: Newsroom, why: str) -> None:
        if why == "rule":
            room.change(rules=(Rule(RuleAction.HOLD),))
        many = 1 if why == "rule" else 11
        room.poll(entry("old"), *(entry(n) for n in range(1, many + 1)))
        assert {a.reason for a in room.actions()} == {why}
        room.controlling.release(room.actions()[0].id)
        room.run_lane()
        assert room.actions()[0].reason == "first_post"
        assert posted(room) == []

    def test_all_that_is_on_hold_is_released_at_once_with_the_first(self, room: Newsroom) -> None:
        publish(room, 1, 2)
        room.controlling.release_all()
        room.run_lane()
        assert posted(room) == [link(1), link(2)]

    def test_a_text_that_was_changed_while_it_waited_is_found_out(self, room: Newsroom) -> None:
        publish(room, 1)
        text = "UPDATE actions SET payload = replace(payload, 'grève', 'gr\u00e8vE'), payload_hash = payload_hash"
        room.rows(text)
        assert not agrees(room)


class TestNoYes:
    def test_the_first_is_dropped_and_told_and_the_next_one_waits(self, room: Newsroom) -> None:
        publish(room, 1, 2)
        wait(room, WITHIN)
        assert room.states() == [("missed", "first_post_late"), ("held", "first_post")]
        late, waits = told(room)[1:]
        assert "Article 1" in late
        assert link(2) in waits
        assert posted(room) == []
        assert agrees(room)

    def test_a_yes_that_comes_too_late_is_none(self, room: Newsroom) -> None:
        publish(room, 1)
        room.clock.advance(WITHIN)
        assert room.controlling.release(room.action().id).reason == "first_post_late"
        publish(room, 2)
        assert room.actions()[-1].reason == "first_post"

    def test_dropped_by_a_person_the_next_one_waits(self, room: Newsroom) -> None:
        publish(room, 1, 2)
        room.controlling.drop(room.actions()[0].id)
        room.run_lane()
        assert room.states() == [("left", "dropped"), ("held", "first_post")]

    def test_at_the_end_of_the_strike_nothing_waits_any_more(self, room: Newsroom) -> None:
        room.striking.end("greve")
        room.strike("courte", hours=0.25)
        publish(room, 1, 2)
        assert room.actions()[0].due_at == room.clock.now() - MINUTE + 15 * MINUTE - MINUTE - 5 * SECOND
        room.clock.advance(HOUR)
        room.housekeeping.lapse()
        assert room.states() == [("missed", "strike_over")] * 2


class TestSettings:
    def test_messages_that_were_mended_are_what_waits_and_is_told(self, room: Newsroom) -> None:
        publish(room, 1)
        room.change(pools=Pools(strike=("Corrigé : {{ link }}",)))
        room.first_posts.mind()
        room.first_posts.mind()
        shown = room.action().payload
        assert shown
        assert shown.text == f"Corrigé : {link(1)}"
        assert [shown.text in sentence for sentence in told(room)] == [False, True]
        room.controlling.release(room.action().id)
        room.run_lane()
        assert room.network().orders[0].payload == shown
        assert agrees(room)

    def test_an_account_that_no_longer_wants_a_yes_goes_on_in_order(self, room: Newsroom) -> None:
        publish(room, 1, 2)
        room.change(accounts=(replace(room.account(), first_post=FirstPost.SEND),))
        room.run_lane()
        assert posted(room) == []
        room.first_posts.mind()
        room.run_lane()
        assert posted(room) == [link(1), link(2)]

    def test_once_posts_have_left_a_yes_comes_too_late_to_be_wanted(self, open_newsroom: OpenNewsroom) -> None:
        room = open_newsroom(account())
        room.occupied()
        publish(room, 1)
        room.change(accounts=(replace(room.account(), first_post=FirstPost.APPROVE),))
        publish(room, 2)
        assert posted(room) == [link(1), link(2)]

    def test_a_message_that_cannot_be_used_gives_the_post_up_and_the_next_waits(self, room: Newsroom) -> None:
        room.change(pools=Pools(strike=("{{ oops",)))
        publish(room, 1)
        assert room.states() == [("failed", "template")]
        room.change(pools=Pools(strike=("Grève : {{ link }}",)))
        publish(room, 2)
        room.change(pools=Pools(strike=("{{ oops",)))
        room.first_posts.mind()
        assert room.actions()[-1].payload


def test_a_process_that_died_is_told_again_by_the_next(room: Newsroom, open_newsroom: OpenNewsroom) -> None:
    publish(room, 1, 2)
    after = open_newsroom(*room.setup.accounts, clock=room.clock)
    after.first_posts.mind()
    after.first_posts.mind()
    assert told(after) == told(room)
    after.run_lane()
    after.controlling.release(after.actions()[0].id)
    after.run_lane()
    assert posted(after) == [link(1), link(2)]


DEEDS = st.lists(st.sampled_from(["article", "article", "yes", "drop", "short", "long", "die"]), max_size=12)


@pytest.mark.campaign
@settings(max_examples=12, deadline=None)
@given(deeds=DEEDS)
@example(deeds=["article", "article", "article", "long", "die", "yes", "article", "short"])
def test_whatever_happens_none_is_twice_none_overtakes_and_none_is_lost(deeds: list[str], empty_journal: Path) -> None:
    with TemporaryDirectory() as folder:
        journal = Path(folder) / "occupier.db"
        copyfile(empty_journal, journal)
        room = Newsroom(journal, FakeClock(), [account(first_post=FirstPost.APPROVE)], [feed()])
        try:
            room.occupied()
            _live(room, deeds)
        finally:
            room.close()


def _live(room: Newsroom, deeds: list[str]) -> None:
    published, said_yes = 0, False
    for deed in deeds:
        waiting = [a for a in room.actions(State.HELD) if a.reason == "first_post"]
        assert len(waiting) <= 1
        match deed:
            case "article":
                published += 1
                publish(room, published)
            case "yes" if waiting:
                said_yes |= room.controlling.release(waiting[0].id).state is State.PENDING
            case "drop" if waiting:
                room.controlling.drop(waiting[0].id)
            case "short":
                wait(room, 7 * MINUTE)
            case "long":
                wait(room, 31 * MINUTE)
            case "die":
                room.wire()
        assert said_yes or posted(room) == []
    room.clock.advance(SECOND)
    room.run_lane()
    _hold(room, published)


def _hold(room: Newsroom, published: int) -> None:
    mine = [a for a in room.actions() if a.purpose is Purpose.STRIKE]
    assert len(mine) == published  # none lost
    left = posted(room)
    assert len(left) == len(set(left))  # none twice
    assert left == sorted(left, key=lambda address: int(address.rpartition("/")[2]))  # none overtakes
    assert all(_is_true(a) for a in mine)
    assert agrees(room)


def _is_true(action: Action) -> bool:
    if action.state in (State.MISSED, State.LEFT):
        return action.reason in ("stale", "first_post_late", "dropped")
    return action.state in (State.SENT, State.HELD, State.PENDING)
