"""What another process changed is told, once."""

from __future__ import annotations

import pytest

from occupier.domain.action import State
from occupier.domain.ports import Change, Pause
from occupier.domain.setup import Rule, RuleAction
from occupier.services.review.announcing import MOST_ONE_BY_ONE, Announcing
from tests.fakes import FakeNotices
from tests.services.newsroom import HOUR, Newsroom, entry


class Ear:
    """Who announces in a newsroom, and what was heard since the last time."""

    def __init__(self, room: Newsroom) -> None:
        self.room, self.notices = room, FakeNotices()
        self.announcing = Announcing(room.store, self.notices)

    def hears(self) -> list[tuple[str, str]]:
        before = len(self.notices.told)
        self.announcing.look()
        return [(notice.kind, str(notice.sentence)) for notice in self.notices.told[before:]]


@pytest.fixture
def ear(room: Newsroom) -> Ear:
    room.occupied()
    room.target()
    heard = Ear(room)
    assert heard.hears() == []
    return heard


class TestStops:
    def test_a_persons_pause_is_told_and_its_end(self, ear: Ear) -> None:
        ear.room.controlling.pause("courrier")
        assert [kind for kind, _said in ear.hears()] == ["paused"]
        assert ear.hears() == []
        ear.room.controlling.resume("courrier")
        ((kind, said),) = ear.hears()
        assert (kind, "courrier" in said) == ("all_clear", True)
        assert ear.hears() == []

    def test_a_pause_of_everything_names_no_account(self, ear: Ear) -> None:
        ear.room.controlling.pause(None)
        ((_kind, said),) = ear.hears()
        assert "everything" in said
        ear.room.controlling.resume(None)
        assert [kind for kind, _said in ear.hears()] == ["all_clear"]

    def test_a_lane_that_stopped_is_told_by_itself_and_here_when_it_goes_on(self, ear: Ear) -> None:
        with ear.room.store.writing() as tx:
            tx.pauses.add(Pause(ear.room.target().id, "lane", "credentials", tx.now))
        assert ear.hears() == []
        ear.room.controlling.resume("courrier")
        assert [kind for kind, _said in ear.hears()] == ["all_clear"]

    def test_an_account_with_another_stop_left_does_not_go_on(self, ear: Ear) -> None:
        with ear.room.store.writing() as tx:
            tx.pauses.add(Pause(ear.room.target().id, "lane", "budget", tx.now))
        ear.room.controlling.pause("courrier")
        ear.hears()
        with ear.room.store.writing() as tx:
            tx.pauses.lift(ear.room.target().id, ["lane"])
        assert ear.hears() == []

    def test_what_stood_before_this_process_is_no_news_but_its_end_is(self, ear: Ear) -> None:
        ear.room.controlling.pause(None)
        later = Ear(ear.room)
        assert later.hears() == []
        ear.room.controlling.resume(None)
        assert [kind for kind, _said in later.hears()] == ["all_clear"]

    def test_the_file_and_the_clock_tell_of_themselves(self, ear: Ear) -> None:
        with ear.room.store.writing() as tx:
            tx.pauses.add(Pause(None, "file", "file", tx.now))
            tx.pauses.add(Pause(None, "clock", "clock", tx.now))
        assert ear.hears() == []


class TestPostsOnHold:
    @pytest.fixture
    def careful(self, ear: Ear) -> Ear:
        ear.room.change(rules=(Rule(RuleAction.HOLD, category=("Nécrologie",)),))
        return ear

    def hold(self, ear: Ear, *numbers: int) -> None:
        entries = [entry(n, title=f"Décès {n}", categories=("Nécrologie",)) for n in numbers]
        ear.room.poll(entry("old"), *entries)

    def test_one_is_told_once_with_what_to_type(self, careful: Ear) -> None:
        self.hold(careful, 1)
        held = careful.room.action()
        ((kind, said),) = careful.hears()
        assert kind == "held"
        assert "Décès 1" in said
        assert f"occupier release {held.id}, or occupier drop {held.id}" in said
        assert careful.notices.told[-1].serious
        assert careful.hears() == []

    def test_another_process_does_not_repeat_it(self, careful: Ear) -> None:
        self.hold(careful, 1)
        careful.hears()
        assert Ear(careful.room).hears() == []

    def test_many_are_told_in_one_sentence(self, careful: Ear) -> None:
        self.hold(careful, *range(MOST_ONE_BY_ONE + 1))
        ((_kind, said),) = careful.hears()
        assert str(MOST_ONE_BY_ONE + 1) in said
        assert "occupier status" in said

    def test_one_that_is_held_again_is_told_again(self, careful: Ear) -> None:
        self.hold(careful, 1)
        careful.hears()
        careful.room.controlling.release(careful.room.action().id)
        assert careful.hears() == []
        with careful.room.store.writing() as tx:
            tx.actions.change(careful.room.action(), Change(State.HELD, "restored"), "held")
        assert len(careful.hears()) == 1

    def test_a_mass_was_told_when_it_came(self, careful: Ear) -> None:
        careful.room.poll(entry("old"), *(entry(n) for n in range(30)), after=HOUR / 6)
        assert len(careful.room.actions(State.HELD)) == 30
        assert careful.hears() == []
