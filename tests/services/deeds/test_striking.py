"""The strike book: declared, renewed, ended, taken over, closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from occupier.domain.errors import StrikeError, UnknownName
from occupier.domain.strike import Messages, Source, Strike
from occupier.services.deeds.striking import Striking
from tests.services.newsroom import DAY, HOUR, MINUTE, SECOND, Newsroom, account, entry, feed


def written(room: Newsroom, name: str = "ecrite", **values: object) -> Strike:
    """Make a strike as the settings give it."""
    now = room.clock.now()
    usual: dict[str, object] = {
        "starts_at": now, "ends_at": now + 8 * HOUR, "mandate": "AG", "reason": "les retraites",
        "declared_at": now, "source": Source.SETTINGS,
    }  # fmt: skip
    return Strike(name, **usual | values)  # type: ignore[arg-type]


class TestDeclaring:
    def test_it_is_in_force_at_once(self, room: Newsroom) -> None:
        strike = room.strike()
        assert room.striking.all() == [strike]
        assert room.reviewing.status().in_force == (strike,)
        assert [e.kind for e in room.events()] == ["strike_declared"]

    def test_a_start_in_the_past_is_said_and_acts_from_now(self, room: Newsroom) -> None:
        now = room.clock.now()
        declared = room.striking.declare(written(room, starts_at=now - HOUR))
        assert len(declared.warnings) == 1
        assert declared.strike.acts_from == now

    @pytest.mark.parametrize("name", ["all", "", "Grève", "a b", "x" * 33])
    def test_a_name_that_cannot_be_typed_is_refused(self, room: Newsroom, name: str) -> None:
        with pytest.raises(StrikeError, match="cannot be a strike's name"):
            room.strike(name)

    def test_a_name_is_used_once_for_ever(self, room: Newsroom) -> None:
        room.strike("une")
        room.striking.end("une")
        room.clock.advance(HOUR)
        with pytest.raises(StrikeError, match="was used already"):
            room.strike("une")

    def test_scopes_name_what_the_settings_have(self, room: Newsroom) -> None:
        with pytest.raises(StrikeError, match="no account “nobody”"):
            room.strike(accounts=frozenset({"nobody"}))
        with pytest.raises(StrikeError, match="no feed “none”"):
            room.strike(feeds=frozenset({"none"}))
        assert room.events() == []

    def test_an_overlap_is_refused_with_both_named(self, room: Newsroom) -> None:
        room.strike("premiere")
        with pytest.raises(StrikeError) as refusal:
            room.strike("seconde")
        assert "“seconde”" in str(refusal.value)
        assert "“premiere”" in str(refusal.value)

    def test_strikes_on_different_accounts_do_not_overlap(self, open_newsroom: Callable[..., Newsroom]) -> None:
        room = open_newsroom(account(), account("second"))
        room.strike("one", accounts=frozenset({"courrier"}))
        room.strike("two", accounts=frozenset({"second"}))
        room.poll(entry("old"))
        room.article(1)
        assert len({a.strike_id for a in room.actions()}) == 2

    def test_the_next_may_begin_where_the_other_ended(self, room: Newsroom) -> None:
        first = room.strike("one")
        room.strike("two", starts_at=first.ends_at, ends_at=first.ends_at + HOUR)
        assert len(room.striking.all()) == 2


class TestRenewing:
    def test_it_goes_on_from_the_end_of_the_last_period(self, room: Newsroom) -> None:
        first = room.strike(messages=Messages(("Ensemble {{ link }}",)), who="les pigistes")
        second = room.striking.renew("greve", first.ends_at + DAY, "AG du soir").strike
        third = room.striking.renew("greve-2", first.ends_at + 2 * DAY, "AG du matin").strike
        assert [s.name for s in room.striking.all()] == ["greve", "greve-2", "greve-3"]
        assert (second.starts_at, third.starts_at) == (first.ends_at, second.ends_at)
        assert (third.who, third.messages, third.renews, third.mandate) == (
            "les pigistes", first.messages, "greve", "AG du matin"
        )  # fmt: skip

    def test_after_the_end_it_acts_from_now(self, room: Newsroom) -> None:
        first = room.occupied(hours=1)
        room.article("before")
        room.clock.jump(first.ends_at + HOUR)
        room.striking.close_ended()
        room.poll(entry("old"), entry("before"), entry("between"))
        renewed = room.striking.renew("greve", first.ends_at + DAY, "AG").strike
        room.poll(entry("old"), entry("before"), entry("between"), entry("after"))
        assert renewed.acts_from > first.ends_at
        assert [a.strike_id for a in room.actions()] == [first.id, renewed.id]

    def test_its_log_is_kept_as_long_as_the_one_before(self, room: Newsroom) -> None:
        usual = room.strike("usual")
        assert str(usual.destroy_on) == "2027-11-20"
        room.striking.end("usual")
        short = room.strike("short", destroy_on=usual.ends_at.date() + 30 * DAY)
        assert str(short.destroy_on) == "2026-12-20"
        room.striking.end("short")
        for name, day in {"usual": "2027-11-22", "short": "2026-12-22"}.items():
            renewed = room.striking.renew(name, usual.ends_at + 2 * DAY, "AG").strike
            assert str(renewed.destroy_on) == day
            room.striking.end(renewed.name)

    def test_one_ended_early_is_renewed_from_then_on(self, room: Newsroom) -> None:
        first = room.strike()
        room.clock.advance(HOUR)
        room.striking.end("greve")
        renewed = room.striking.renew("greve", first.ends_at + DAY, "AG").strike
        assert renewed.starts_at == room.clock.now()

    def test_what_waited_under_the_ended_one_stays_missed(self, room: Newsroom) -> None:
        room.occupied()
        room.article(1)
        room.striking.end("greve")
        room.striking.renew("greve", room.clock.now() + DAY, "AG")
        room.run_lane()
        assert room.states() == [("missed", "strike_over")]

    def test_days_are_counted_from_the_first_period(self, room: Newsroom) -> None:
        first = room.strike()
        renewed = room.striking.renew("greve", first.ends_at + 2 * DAY, "AG").strike
        zone = ZoneInfo("Europe/Paris")
        assert first.day(room.clock.now(), zone) == 1
        assert renewed.day(first.ends_at + 2 * DAY, zone) == 3

    def test_the_longest_name_can_be_renewed(self, room: Newsroom) -> None:
        name = "x" * 32
        first = room.strike(name)
        for n in range(2, 12):
            renewed = room.striking.renew(name, first.ends_at + n * DAY, "AG").strike
            assert renewed.name == ("x" * 32)[: 32 - len(f"-{n}")] + f"-{n}"

    def test_no_such_strike(self, room: Newsroom) -> None:
        with pytest.raises(UnknownName):
            room.striking.renew("none", room.clock.now() + DAY, "AG")


class TestEnding:
    def test_it_is_over_for_ever(self, room: Newsroom) -> None:
        room.strike()
        room.clock.advance(MINUTE)
        assert room.striking.end("greve").closed_at == room.clock.now()
        with pytest.raises(StrikeError, match="over already"):
            room.striking.end("greve")

    def test_the_hour_ends_it_and_says_when_the_next_one_ends(self, room: Newsroom) -> None:
        first = room.strike("one", hours=1)
        second = room.striking.renew("one", first.ends_at + HOUR, "AG").strike
        assert room.striking.close_ended() == first.ends_at
        room.clock.jump(first.ends_at)
        assert room.striking.close_ended() == second.ends_at
        assert room.striking.all()[0].closed_at == first.ends_at
        assert room.notices.kinds == ["strike_over"]
        room.clock.jump(second.ends_at + MINUTE)
        assert room.striking.close_ended() is None
        assert room.striking.close_ended() is None


class TestSettings:
    def test_strikes_of_the_settings_are_written_once(self, room: Newsroom) -> None:
        room.change(strikes=(written(room),))
        assert [s.name for s in room.striking.take_over()] == ["ecrite"]
        assert room.striking.take_over() == []
        assert [e.kind for e in room.events()] == ["strike_declared"]

    def test_one_removed_from_the_settings_is_ended(self, room: Newsroom) -> None:
        room.change(strikes=(written(room),))
        room.striking.take_over()
        room.change(strikes=())
        room.striking.take_over()
        assert room.striking.all()[0].closed_at == room.clock.now()
        room.striking.take_over()
        assert len(room.events("strike_closed")) == 1

    def test_one_declared_by_a_command_stays(self, room: Newsroom) -> None:
        room.strike()
        room.striking.take_over()
        assert room.striking.all()[0].closed_at is None

    def test_an_end_brought_forward_holds(self, room: Newsroom) -> None:
        strike = written(room)
        room.change(strikes=(strike,))
        room.striking.take_over()
        room.clock.advance(HOUR)
        room.change(strikes=(replace(strike, ends_at=strike.ends_at - HOUR),))
        room.striking.take_over()
        assert room.striking.all()[0].ends_at == strike.ends_at - HOUR

    @pytest.mark.parametrize("moved", [{"ends_at": 9 * HOUR}, {"starts_at": -HOUR}])
    def test_once_begun_it_cannot_grow(self, room: Newsroom, moved: dict[str, timedelta]) -> None:
        strike = written(room)
        room.change(strikes=(strike,))
        room.striking.take_over()
        later: dict[str, datetime] = {key: strike.starts_at + by for key, by in moved.items()}
        room.change(strikes=(replace(strike, **later),))  # type: ignore[arg-type]
        with pytest.raises(StrikeError, match="has begun"):
            room.striking.take_over()
        assert room.striking.all()[0].ends_at == strike.ends_at

    def test_an_end_brought_forward_to_before_now_ends_it_now(self, room: Newsroom) -> None:
        strike = written(room)
        room.change(strikes=(strike,))
        room.striking.take_over()
        room.clock.advance(3 * HOUR)
        room.change(strikes=(replace(strike, ends_at=strike.starts_at + HOUR),))
        room.striking.take_over()
        (there,) = room.striking.all()
        assert (there.ends_at, there.closed_at) == (strike.ends_at, room.clock.now())

    def test_before_it_begins_it_may_move(self, room: Newsroom) -> None:
        now = room.clock.now()
        strike = written(room, starts_at=now + HOUR, ends_at=now + 2 * HOUR)
        room.change(strikes=(strike,))
        room.striking.take_over()
        room.change(strikes=(replace(strike, starts_at=now + 3 * HOUR, ends_at=now + 5 * HOUR),))
        room.striking.take_over()
        assert room.striking.all()[0].ends_at == now + 5 * HOUR

    def test_an_ended_one_never_reopens_and_whoever_wrote_it_is_told(self, room: Newsroom) -> None:
        strike = written(room)
        room.change(strikes=(strike,))
        room.striking.take_over()
        room.striking.end("ecrite")
        room.change(strikes=(replace(strike, ends_at=strike.ends_at + DAY),))
        room.striking.take_over()
        (there,) = room.striking.all()
        assert there.closed_at is not None
        assert there.ends_at == strike.ends_at
        assert "strike_over" in room.notices.kinds

    def test_one_that_was_over_before_it_was_read_is_not_written(self, room: Newsroom) -> None:
        now = room.clock.now()
        room.change(strikes=(written(room, starts_at=now - 2 * HOUR, ends_at=now - HOUR),))
        assert room.striking.take_over() == []

    def test_an_old_one_left_in_the_settings_is_no_news(self, room: Newsroom) -> None:
        strike = written(room)
        room.change(strikes=(strike,))
        room.striking.take_over()
        room.clock.jump(strike.ends_at + DAY)
        room.striking.close_ended()
        room.notices.told.clear()
        room.striking.take_over()
        assert room.notices.kinds == []

    def test_a_name_that_a_command_used_is_refused(self, room: Newsroom) -> None:
        room.strike("ecrite")
        room.change(strikes=(written(room),))
        with pytest.raises(StrikeError, match="declared by a command"):
            room.striking.take_over()

    def test_a_renewal_by_command_outlives_the_settings(self, room: Newsroom) -> None:
        strike = written(room)
        room.change(strikes=(strike,))
        room.striking.take_over()
        room.striking.renew("ecrite", strike.ends_at + DAY, "AG")
        room.striking.take_over()
        assert [s.closed_at for s in room.striking.all()] == [None, None]

    def test_nothing_is_written_when_one_of_them_is_refused(self, room: Newsroom) -> None:
        room.change(strikes=(written(room, "one"), written(room, "two")))
        with pytest.raises(StrikeError):
            room.striking.take_over()
        assert room.striking.all() == []
        assert room.events() == []


def test_a_dry_run_acts_under_the_real_strikes(room: Newsroom) -> None:
    now = room.clock.now()
    running = written(room, "running")
    over = written(room, "over", starts_at=now - 2 * HOUR, ends_at=now - HOUR)
    room.striking.adopt([running, over])
    room.striking.adopt([running, over])
    assert [s.name for s in room.striking.all()] == ["running"]


def test_a_strike_of_one_feed_leaves_the_others_alone(open_newsroom: Callable[..., Newsroom]) -> None:
    room = open_newsroom(feeds=(feed(), feed("culture")))
    room.occupied(feeds=frozenset({"culture"}))
    room.poll(entry("old"), entry(1), feed="une", after=SECOND)
    assert room.actions() == []
    room.poll(entry("old"), entry(2), feed="culture")
    assert len(room.actions()) == 1


class TestBeginning:
    def test_a_beginning_is_told_once_and_its_hour_foretold(self, room: Newsroom) -> None:
        start = room.clock.now() + HOUR
        strike = room.strike("demain", starts_at=start, ends_at=start + HOUR)
        assert room.striking.tell_begun() == strike.starts_at
        room.clock.advance(HOUR)
        assert room.striking.tell_begun() is None
        room.striking.tell_begun()
        assert room.notices.kinds.count("strike_begins") == 1

    def test_whatever_process_is_there_tells_it_once_and_how_to_stop(self, room: Newsroom) -> None:
        room.change(pause_url="https://pad.example/greve")
        room.occupied()
        room.clock.advance(MINUTE)
        room.striking.tell_begun()
        Striking(room.store, room.notices, lambda: room.setup).tell_begun()
        (told,) = [notice for notice in room.notices.told if notice.kind == "strike_begins"]
        assert "write STOP at https://pad.example/greve" in str(told.sentence)
