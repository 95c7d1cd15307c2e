"""Preview and check: what can be found out before it matters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from occupier.domain.access import Access
from occupier.domain.errors import FeedError, NetworkError, SettingsError
from occupier.domain.ports import Capabilities, Fetched, Identity, Pause
from occupier.domain.setup import Pools, Poster, Usual
from occupier.domain.strike import LinkRule, Messages, Strike
from occupier.services.eve.checks.finding import Finding, Level
from occupier.services.eve.previewing import Previewing, example_strike
from tests.fakes import FakeNetwork
from tests.services.eve.check_room import CheckRoom
from tests.services.newsroom import DAY, HOUR, Newsroom, account, entry, feed


def previewing(room: Newsroom) -> Previewing:
    return CheckRoom(room).previewing()


def found(room: Newsroom, strikes: Sequence[Strike] = (), **problems: SettingsError) -> dict[str, list[Finding]]:
    desk = CheckRoom(room)
    for name, error in problems.items():
        desk.lose_keys(name, error)
    return desk.check(*strikes)


def strike(room: Newsroom, **values: Any) -> Strike:
    return CheckRoom(room).strike(**values)


class TestPreview:
    def test_each_account_shows_the_usual_post_and_the_strike_post(
        self, open_newsroom: Callable[..., Newsroom]
    ) -> None:
        room = open_newsroom(account(), account("culture", feeds=frozenset({"culture"})))
        room.show(entry(2), entry(1))
        previewed = previewing(room).preview(5, strike(room), room.clock.now())
        assert previewed.errors == ()
        assert [(p.account.name, p.article.title) for p in previewed.previews] == [
            ("courrier", "Article 1"), ("courrier", "Article 2")
        ]  # fmt: skip
        first = previewed.previews[0]
        assert first.ordinary
        assert first.ordinary.text == "Article 1\nhttps://www.example.org/1"
        assert first.strike
        assert "les retraites" in first.strike.text
        assert 0 < first.length <= first.limit == 500

    def test_a_feed_that_cannot_be_read_is_said_beside_the_others(self, open_newsroom: Callable[..., Newsroom]) -> None:
        room = open_newsroom(feeds=(feed(), feed("broken")))
        room.show(entry(1))
        previewed = previewing(room).preview(5, strike(room, link=LinkRule.NONE), room.clock.now())
        assert len(previewed.errors) == 1
        (preview,) = previewed.previews
        assert preview.strike
        assert preview.strike.link is None

    def test_a_message_that_cannot_be_made_says_why(self, room: Newsroom) -> None:
        room.show(entry(1))
        room.change(pools=Pools(strike=("{{ nonsense }}",)))
        (preview,) = previewing(room).preview(5, strike(room), room.clock.now()).previews
        assert preview.strike is None
        assert preview.error

    def test_the_strike_shown_is_the_next_one_else_an_example_of_today(self, room: Newsroom) -> None:
        now = room.clock.now()
        later = strike(room, starts_at=now + DAY, ends_at=now + 2 * DAY)
        over = strike(room, starts_at=now - 2 * DAY, ends_at=now - DAY)
        assert example_strike(room.setup, [later, over], now, "x") == later
        example = example_strike(room.setup, [over], now, "les salaires")
        assert (example.starts_at.hour, example.ends_at.hour, example.reason) == (9, 19, "les salaires")
        assert example.starts_at.tzinfo == ZoneInfo("Europe/Paris")
        eve = example_strike(room.setup, [], example.starts_at.replace(hour=22), "les salaires")
        assert eve.ends_at == example.ends_at + DAY


class TestCheck:
    @pytest.fixture
    def well(self, room: Newsroom) -> Newsroom:
        room.show(entry(1, published_at=room.clock.now() - HOUR), entry(2))
        return room

    def levels(self, findings: dict[str, list[Finding]]) -> dict[str, Level]:
        return {kind: found[-1].level for kind, found in findings.items()}

    def test_all_is_well(self, well: Newsroom) -> None:
        well.show(entry(1, published_at=well.clock.now()), skew=timedelta(seconds=1))
        well.change(usual=Usual(Poster.SERVICE, paused="Pause"))
        well.network().identity = replace(well.network().identity, access=Access(may_post=True))
        assert set(self.levels(found(well, [strike(well)])).values()) == {Level.GREEN}
        assert well.rows("SELECT count(*) FROM events") == [(0,)]
        assert well.network().orders == []

    def test_no_strike_is_said(self, well: Newsroom) -> None:
        now = well.clock.now()
        over = strike(well, starts_at=now - 2 * DAY, ends_at=now - DAY)
        assert found(well, [over])["strike"][0].level is Level.AMBER

    def test_a_feed_that_is_broken_empty_or_stale(self, open_newsroom: Callable[..., Newsroom]) -> None:
        room = open_newsroom(feeds=(feed("broken"), feed("empty"), feed("stale")))
        room.show(feed="empty")
        room.show(entry(1, published_at=room.clock.now() - 2 * DAY), feed="stale")
        findings = found(room)
        assert [f.level for f in findings["feed"]] == [Level.RED, Level.AMBER, Level.GREEN]
        assert [(f.subject, f.level) for f in findings["feed_rhythm"]] == [("stale", Level.AMBER)]

    def test_a_missing_secret(self, well: Newsroom) -> None:
        findings = found(well, courrier=SettingsError("There is no variable {name}.", name="TOKEN"))
        assert findings["secret"][0].level is Level.RED
        assert "account" not in findings

    def test_an_account_that_does_not_answer_still_has_its_messages_checked(self, well: Newsroom) -> None:
        well.network().refuses_to_say = NetworkError("{host} does not answer.", host="x")
        findings = found(well)
        assert findings["account"][0].level is Level.RED
        assert findings["message"][0].level is Level.GREEN

    def test_one_account_under_two_names(self, open_newsroom: Callable[..., Newsroom]) -> None:
        room = open_newsroom(account(host="same.example"), account("second", host="same.example"))
        room.show(entry(1))
        assert [f.level for f in found(room)["account"]] == [Level.GREEN, Level.RED]

    def test_what_a_network_says_of_the_account(self, well: Newsroom) -> None:
        well.network().identity = Identity("1", "courrier", notes=("The app is in development mode.",))
        assert found(well)["account_note"][0].level is Level.AMBER

    @pytest.mark.parametrize(
        "source", ["{{ nonsense }}", "{{ link }}", "x" * 600 + " {{ strike.reason }} {{ link }}", "{% if %}"]
    )
    def test_a_message_that_will_not_do(self, well: Newsroom, source: str) -> None:
        findings = found(well, [strike(well, messages=Messages((source,)))])
        assert {f.level for f in findings["message"]} == {Level.RED}

    def test_a_message_without_its_link_is_meant_where_the_strike_says_so(self, well: Newsroom) -> None:
        source = "{{ strike.who }} {{ strike.reason }} {{ strike.end }} {{ title }}"
        findings = found(well, [strike(well, messages=Messages((source,)), link=LinkRule.NONE)])
        assert findings["message"][0].level is Level.GREEN

    def test_a_strike_of_other_accounts_is_not_this_ones(self, well: Newsroom) -> None:
        theirs = strike(well, accounts=frozenset({"other"}), messages=Messages(("{{ nonsense }}",)))
        assert found(well, [theirs])["message"][0].level is Level.GREEN

    def test_articles_of_a_feed_that_an_account_does_not_follow_are_not_tried_on_it(
        self, open_newsroom: Callable[..., Newsroom]
    ) -> None:
        room = open_newsroom(account(feeds=frozenset({"culture"})))
        room.show(entry(1))
        assert found(room)["message"][0].level is Level.GREEN

    @pytest.mark.parametrize(("skew", "level"), [(timedelta(minutes=3), Level.RED), (timedelta(0), Level.GREEN)])
    def test_the_clock(self, well: Newsroom, skew: timedelta, level: Level) -> None:
        well.show(entry(1), skew=skew)
        well.network().identity = Identity("1", "courrier", skew=skew)
        assert found(well)["clock"][0].level is level

    def test_no_server_told_the_time(self, well: Newsroom) -> None:
        well.show(entry(1))
        assert found(well)["clock"][0].level is Level.AMBER


@pytest.mark.parametrize(("text", "level"), [("Grève.", Level.GREEN), ("Écrivez STOP", Level.AMBER), (None, Level.RED)])
def test_the_address_that_stops_everything_is_read_beforehand(room: Newsroom, text: str | None, level: Level) -> None:
    pad = "https://pad.example/greve"
    room.change(pause_url=pad)
    room.show(entry(1))
    room.fetcher.give(pad, Fetched(text.encode(), url=pad) if text else FeedError("{url} is gone.", url=pad))
    (finding,) = found(room)["pause_url"]
    assert finding.level is level


def test_occupiers_own_posts_are_no_usual_tool_and_stops_are_said(room: Newsroom) -> None:
    room.occupied()
    room.article()
    room.run_lane()
    assert len(room.network().posts) == 1
    with room.store.writing() as tx:
        tx.pauses.add(Pause(None, "person", "person", tx.now))
        tx.pauses.add(Pause(room.target().id, "lane", "credentials", tx.now))
    findings = found(room)
    assert [f.level for f in findings["usual_posts"]] == [Level.GREEN]
    assert [f.subject for f in findings["pause"]] == ["-", "courrier"]


def test_nobody_is_charged_for_a_check_that_nobody_typed(open_newsroom: Callable[..., Newsroom]) -> None:
    room = open_newsroom()
    priced = FakeNetwork(room.clock, capabilities=Capabilities(read_microusd=5000))
    priced.unreadable = NetworkError("It was read.")
    room.networks["courrier"] = priced
    assert "usual_posts" not in CheckRoom(room).check(by_daemon=True)
    assert [str(f.sentence) for f in CheckRoom(room).check()["usual_posts"]] == ["It was read."]


def test_a_check_that_is_told_to_stop_asks_nobody_any_more(room: Newsroom) -> None:
    room.change(pause_url="https://pad.example/greve")
    findings = CheckRoom(room).check(go_on=lambda: False)
    assert room.fetcher.asked == []
    assert findings["account"][0].level is Level.RED


def test_the_steps_are_told_as_they_begin(room: Newsroom) -> None:
    steps: list[str] = []
    CheckRoom(room).check(step=lambda sentence: steps.append(str(sentence)))
    assert steps == ["Looking at this machine…", "Reading the feeds…", "Asking the networks…", "Trying the messages…"]


def test_a_journal_that_cannot_be_read_leaves_the_rest_to_be_looked_at(room: Newsroom) -> None:
    room.path.write_bytes(b"")
    assert "account" in found(room)
