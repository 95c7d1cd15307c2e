"""The account of a strike adds up, whatever happened."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from occupier.domain.action import Purpose, State
from occupier.domain.errors import StrikeError, UnknownName
from occupier.domain.fates import Fate, Ground, Tally, fate_of
from occupier.domain.findings import Announcement, Unannounced
from occupier.domain.incidents import IncidentKind
from occupier.domain.outcome import Handed, Outcome, RefusalKind, Refused, Retryable, Uncertain
from occupier.domain.recount import AccountRecount, Recount, Wording
from occupier.domain.setup import Outside, Rule, RuleAction
from occupier.domain.strike import Messages
from occupier.services.review.recounting import Recounting
from tests.fakes import FakeClock
from tests.services.newsroom import DAY, HOUR, MINUTE, SECOND, Newsroom, account, entry, feed

RULES = (
    Rule(RuleAction.ORDINARY, title=re.compile("alerte")),
    Rule(RuleAction.HOLD, title=re.compile("mort")),
    Rule(RuleAction.LEAVE, title=re.compile("météo")),
)


def recounting(room: Newsroom) -> Recounting:
    return Recounting(room.store, lambda: room.setup)


def recount(room: Newsroom, name: str = "greve") -> Recount:
    return recounting(room).of(name)


def unannounced(room: Newsroom) -> list[Unannounced]:
    with recounting(room).findings("greve") as found:
        all_of_them = list(found.unannounced)
        assert list(found.unposted) == [a for a in all_of_them if a.announcement is not Announcement.STRIKE]
        return all_of_them


def figures(found: Recount) -> dict[str, int]:
    return {fate.value: found.total(fate) for fate in Fate if found.total(fate)}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("purpose", [Purpose.STRIKE, Purpose.ORDINARY])
def test_every_state_is_one_fate(state: State, purpose: Purpose) -> None:
    assert fate_of(purpose, state) in Fate


def test_an_unknown_strike_is_named(room: Newsroom) -> None:
    with pytest.raises(UnknownName, match="“ailleurs”"):
        recount(room, "ailleurs")


class TestFigures:
    def test_what_was_posted_is_replaced(self, room: Newsroom) -> None:
        room.occupied()
        room.article()
        room.run_lane()
        found = recount(room)
        assert figures(found) == {"replaced": 1}
        assert found.concerned == found.watch.seen == 1
        assert found.last_post_at == found.last_claim_at == room.clock.now()
        assert (found.late, found.nobody, found.unlisted, found.watch.unaccounted) == (0, 0, 0, 0)

    def test_a_rule_lets_the_usual_post_go(self, room: Newsroom) -> None:
        room.change(rules=RULES)
        room.occupied()
        room.article(1, title="une alerte")
        room.run_lane()
        found = recount(room)
        assert figures(found) == {"as_usual": 1}
        assert found.last_post_at
        assert found.last_claim_at is None
        (exempted,) = found.exemptions
        assert (exempted.ground, exempted.fate, exempted.count) == (Ground.ORDINARY, Fate.AS_USUAL, 1)

    def test_what_a_person_let_go_stays_an_exception(self, room: Newsroom) -> None:
        room.change(rules=RULES)
        room.occupied()
        room.article(1, title="un mort")
        assert figures(recount(room)) == {"to_check": 1}
        room.controlling.release(room.action().id)
        assert figures(recount(room)) == {"under_way": 1}
        room.run_lane()
        (exempted,) = recount(room).exemptions
        assert (exempted.ground, exempted.fate) == (Ground.HOLD, Fate.REPLACED)

    def test_why_articles_were_not_posted_is_told(self, room: Newsroom) -> None:
        room.change(rules=RULES)
        room.occupied()
        room.article(1, title="la météo")
        room.network().outcomes.append(Refused(RefusalKind.CONTENT, 422, "no"))
        room.article(2)
        room.run_lane()
        (only,) = recount(room).accounts
        assert only.unposted == ((State.LEFT, "rule", 1), (State.REFUSED, "content", 1))

    def test_posts_outside_the_strike_are_not_counted(self, open_newsroom: Callable[..., Newsroom]) -> None:
        room = open_newsroom(account(outside=Outside.PUBLISH))
        room.poll(entry("old"))
        room.article(1)
        room.run_lane()
        room.strike(hours=1)
        room.article(2)
        room.run_lane()
        assert figures(recount(room)) == {"replaced": 1}

    def test_an_account_without_a_line_is_shown_while_the_strike_lasts(self, room: Newsroom) -> None:
        room.occupied(hours=1)
        assert [(a.account, a.concerned) for a in recount(room).accounts] == [("courrier", 0)]
        room.clock.advance(2 * HOUR)
        assert recount(room).accounts == ()

    def test_articles_seen_before_an_account_came_are_unlisted(self, room: Newsroom) -> None:
        room.occupied()
        room.article(1)
        room.change(accounts=(*room.setup.accounts, account("nouveau")))
        room.poll(entry("old"), entry(1), entry(2))
        by_name = {a.account: a for a in recount(room).accounts}
        assert (by_name["courrier"].concerned, by_name["courrier"].unlisted) == (2, 0)
        assert (by_name["nouveau"].concerned, by_name["nouveau"].unlisted) == (2, 1)

    def test_what_a_feed_held_at_its_first_reading_concerns_nobody(self, room: Newsroom) -> None:
        room.occupied()
        room.change(feeds=(*room.setup.feeds, feed("sport")))
        room.poll(entry("s1"), feed="sport")
        found = recount(room)
        assert (found.watch.seen, found.unlisted) == (0, 0)

    def test_cost_is_what_calls_and_readings_cost(self, room: Newsroom) -> None:
        room.network().price = 15_000
        room.occupied()
        room.article(1)
        room.run_lane()
        assert recount(room).cost_microusd == 15_000


class TestTime:
    def test_a_strike_ended_by_a_person_ended_then(self, room: Newsroom) -> None:
        room.occupied()
        ended = room.striking.end("greve")
        found = recount(room)
        assert found.is_over
        assert found.ended_at == ended.closed_at

    def test_renewals_are_named_in_order(self, room: Newsroom) -> None:
        room.occupied(hours=1)
        room.striking.renew("greve", room.clock.now() + 3 * HOUR, "AG")
        assert [s.name for s in recount(room, "greve-2").renewals] == ["greve", "greve-2"]

    def test_each_period_counts_its_own(self, room: Newsroom) -> None:
        room.occupied(hours=1)
        room.article(1)
        room.run_lane()
        room.striking.renew("greve", room.clock.now() + 3 * HOUR, "AG")
        room.clock.advance(HOUR)
        room.striking.close_ended()
        room.poll(entry("old"), entry(1), entry(2))
        room.run_lane()
        assert (figures(recount(room)), figures(recount(room, "greve-2"))) == ({"replaced": 1}, {"replaced": 1})

    def test_a_post_begun_after_the_end_would_show(self, room: Newsroom) -> None:
        strike = room.occupied()
        room.article(1)
        room.run_lane()
        assert recount(room).late == 0
        room.rows(f"UPDATE actions SET claimed_at = '{strike.ends_at + SECOND:%Y-%m-%dT%H:%M:%S.000000Z}'")
        assert recount(room).late == 1

    def test_it_is_settled_once_it_is_over_and_nothing_waits(self, room: Newsroom) -> None:
        room.occupied(hours=1)
        room.article(1)
        room.network().outcomes.append(Uncertain("timeout"))
        room.run_lane()
        room.clock.advance(HOUR)
        room.striking.close_ended()
        assert not recount(room).is_settled
        room.answering.resolve(room.action().id, None)
        assert recount(room).is_settled


class TestDestroyed:
    def test_a_destroyed_register_has_no_account_and_no_figures(self, room: Newsroom) -> None:
        from occupier.services.review.ledger import Destroying

        room.occupied(hours=1)
        room.article(1)
        room.run_lane()
        room.clock.advance(2 * HOUR)
        room.striking.close_ended()
        Destroying(room.store).empty("greve")
        assert recount(room).concerned == 0
        with pytest.raises(StrikeError, match="was destroyed"):
            unannounced(room)


class TestIncidents:
    def test_pauses_are_rounded_outwards_to_a_quarter_of_an_hour(self, room: Newsroom) -> None:
        room.occupied()
        room.clock.advance(4 * MINUTE)
        room.controlling.pause("courrier")
        room.clock.advance(22 * MINUTE)
        room.controlling.resume("courrier")
        (pause,) = [i for i in recount(room).incidents if i.kind is IncidentKind.PAUSE]
        assert (pause.account, pause.by) == ("courrier", "person")
        assert pause.until
        assert pause.at.minute % 15 == pause.until.minute % 15 == 0
        assert pause.at <= room.clock.now() - 22 * MINUTE
        assert pause.until >= room.clock.now()

    def test_a_lane_that_stopped_says_why(self, room: Newsroom) -> None:
        room.occupied()
        room.article(1)
        room.network().outcomes.append(Refused(RefusalKind.CREDENTIALS, 401, "no"))
        room.run_lane()
        (stop,) = recount(room).incidents
        assert (stop.kind, stop.by, stop.reason, stop.until) == (IncidentKind.PAUSE, "lane", "credentials", None)

    def test_what_was_over_before_the_strike_is_not_its_incident(self, room: Newsroom) -> None:
        room.controlling.pause(None)
        room.controlling.resume(None)
        room.clock.advance(DAY)
        room.occupied()
        assert recount(room).incidents == ()

    def test_a_feed_that_went_unwatched_is_a_gap(self, room: Newsroom) -> None:
        room.occupied()
        before = room.clock.now()
        room.poll(entry("old"), entry(1), after=30 * MINUTE)
        (gap,) = recount(room).gaps
        assert (gap.feed, gap.since, gap.until) == ("une", before, room.clock.now())

    def test_doubts_are_counted_by_how_they_were_settled(self, room: Newsroom) -> None:
        network = room.network()

        def lost(order: Any) -> Outcome:
            network.post(order)
            return Uncertain("timeout")

        room.occupied()
        network.outcomes.append(lost)
        room.article(1)
        room.live_on(10 * MINUTE)
        doubts = recount(room).doubts
        assert (doubts.found, doubts.open, doubts.total) == (1, 0, 1)


class TestWording:
    def test_messages_of_the_settings_are_not_the_strikes_own(self, room: Newsroom) -> None:
        room.occupied()
        assert recount(room).wording is Wording.FROM_SETTINGS

    def test_messages_of_the_declaration_stay_what_they_were(self, room: Newsroom) -> None:
        room.occupied(messages=Messages(strike=("En grève : {{ title }} {{ link }}",)))
        assert recount(room).wording is Wording.AS_DECLARED

    def test_a_change_of_the_messages_shows(self, room: Newsroom) -> None:
        from dataclasses import replace

        strike = room.occupied(messages=Messages(strike=("En grève : {{ title }} {{ link }}",)))
        with room.store.writing() as tx:
            tx.strikes.change(replace(strike, messages=Messages(strike=("Autre : {{ title }} {{ link }}",))))
        assert recount(room).wording is Wording.CHANGED


class TestUnannounced:
    def announced(self, room: Newsroom) -> dict[str, str]:
        return {u.title: u.announcement.value for u in unannounced(room)}

    def test_replaced_left_and_nobodys_articles_are_told_apart(self, room: Newsroom) -> None:
        room.change(rules=RULES)
        room.occupied()
        room.article(1, title="replaced")
        room.run_lane()
        room.article(2, title="la météo")
        room.article(3, title="une alerte")
        room.run_lane()
        room.network().outcomes.append(Refused(RefusalKind.CONTENT, 422, "no"))
        room.article(4, title="refused")
        room.run_lane()
        assert self.announced(room) == {"replaced": "strike", "la météo": "left", "refused": "nobody"}
        assert recount(room).nobody == 1

    def test_what_still_moves_is_not_listed_yet(self, room: Newsroom) -> None:
        room.occupied()
        room.article(1)
        assert self.announced(room) == {}
        assert recount(room).nobody == 0

    def test_an_article_is_listed_once_with_its_posts_guid_and_feed(
        self, open_newsroom: Callable[..., Newsroom]
    ) -> None:
        room = open_newsroom(account("un"), account("deux"))
        room.occupied()
        room.article(1)
        for name in ("un", "deux"):
            room.run_lane(name)
        (found,) = unannounced(room)
        assert (found.guid, found.link, found.feed) == ("guid-1", "https://www.example.org/1", "une")
        assert len(found.posts) == 2

    def test_what_one_account_announced_is_not_nobodys(self, open_newsroom: Callable[..., Newsroom]) -> None:
        room = open_newsroom(account("un"), account("deux"))
        room.occupied()
        room.network("deux").outcomes.append(Refused(RefusalKind.CONTENT, 422, "no"))
        room.article(1)
        for name in ("un", "deux"):
            room.run_lane(name)
        assert recount(room).nobody == 0
        (found,) = unannounced(room)
        assert found.announcement is Announcement.STRIKE


# --- whatever happens, it adds up -------------------------------------------------------------------------------------

TITLES = st.sampled_from(["Titre", "une alerte", "un mort", "la météo"])
OUTCOMES: st.SearchStrategy[Outcome] = st.sampled_from(
    [
        Uncertain("timeout"),
        Retryable("connect"),
        Refused(RefusalKind.CONTENT, 422, "no"),
        Refused(RefusalKind.CREDENTIALS, 401, "no"),
    ]
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("article"), st.sampled_from(["une", "sport"]), TITLES),
        st.tuples(st.just("outcome"), st.sampled_from(["un", "deux"]), OUTCOMES),
        st.tuples(st.just("lane"), st.sampled_from(["un", "deux", "dehors"])),
        st.tuples(st.just("wait"), st.integers(1, 150)),
        st.tuples(st.sampled_from(["release", "renew", "end", "pause", "resume", "close"])),
    ),
    max_size=25,
)


@contextmanager
def newsroom_at(folder: Path, empty: Path) -> Iterator[Newsroom]:
    copyfile(empty, folder / "occupier.db")
    accounts = (account("un"), account("deux", outside=Outside.PUBLISH), account("dehors"))
    room = Newsroom(folder / "occupier.db", FakeClock(), accounts, (feed("une"), feed("sport")))
    with closing(room):
        yield room


def happen(room: Newsroom, step: tuple[Any, ...], shown: dict[str, list[Any]]) -> None:
    match step:
        case ("article", name, title):
            shown[name].append(entry(f"{name}-{len(shown[name])}", title=title))
            room.poll(*shown[name], feed=name)
        case ("outcome", name, outcome):
            room.network(name).outcomes.append(outcome)
        case ("lane", name):
            room.run_lane(name)
        case ("wait", minutes):
            room.clock.advance(timedelta(minutes=minutes))
        case ("release",):
            room.controlling.release_all()
        case ("renew",):
            if not any(s.name == "greve-2" for s in room.striking.all()):
                room.clock.advance(SECOND)  # nor what was decided at the very instant of a declaration
                room.striking.renew("greve", room.clock.now() + 20 * HOUR, "AG")
        case ("end",):
            if not room.striking.all()[0].is_over(room.clock.now()):
                room.clock.advance(SECOND)  # what was seen at the very instant of the end belongs to neither side
                room.striking.end("greve")
        case ("pause",):
            room.controlling.pause(None)
        case ("resume",):
            room.controlling.resume(None)
        case ("close",):
            room.striking.close_ended()
            room.housekeeping.lapse()


def concerned_by_hand(room: Newsroom, found: Recount, account_name: str) -> int:
    """Count, from the articles alone, what fell into the strike on the feeds in its scope."""
    strike = found.strike
    with room.store.reading() as tx:
        newest = [tx.articles.get(a.id) for f in tx.feeds.all() for a in tx.articles.newest(f.id, 10_000)]
        feeds = {f.id: f.name for f in tx.feeds.all()}
    articles = {a.id: a for a in newest}.values()
    covered = [a for a in articles if not a.baseline and strike.covers(account_name, [feeds[f] for f in a.feeds])]
    return sum(strike.concerns(a.first_seen_at) for a in covered)


@pytest.mark.campaign  # forty strikes, each recounted in full
@settings(max_examples=40, deadline=None)
@given(steps=STEPS, feeds=st.sampled_from([frozenset[str](), frozenset({"une"})]))
def test_the_fates_always_add_up_to_the_articles_concerned(
    empty_journal: Path, steps: list[tuple[Any, ...]], feeds: frozenset[str]
) -> None:
    with tempfile.TemporaryDirectory() as folder, newsroom_at(Path(folder), empty_journal) as room:
        room.change(rules=RULES)
        room.occupied(hours=4, accounts=frozenset({"un", "deux"}), feeds=feeds)
        shown = {name: [entry("old")] for name in ("une", "sport")}
        for step in steps:
            happen(room, step, shown)
        for strike in room.striking.all():
            found = recount(room, strike.name)
            assert {a.account for a in found.accounts} == {"un", "deux"}
            for one in found.accounts:
                assert sum(one.count(fate) for fate in Fate) + one.unlisted == one.concerned
                assert one.concerned == concerned_by_hand(room, found, one.account)
            assert found.watch.unaccounted == found.late == found.unlisted == 0


def test_what_a_tool_has_counts_as_replaced_and_is_said(room: Newsroom) -> None:
    room.occupied()
    room.network().outcomes.append(Handed())
    room.poll(entry("old"), entry(1))
    room.run_lane()
    found = recount(room)
    assert (figures(found), found.handed, found.accounts[0].handed) == ({"replaced": 1}, 1, 1)
    assert (found.last_post_at, found.is_over, found.total(Fate.UNDER_WAY)) == (None, False, 0)
    assert [one.announcement for one in unannounced(room)] == [Announcement.STRIKE]
    with recounting(room).findings("greve") as told:
        assert [(hour.fate, hour.count) for hour in told.hours] == [(Fate.REPLACED, 1)]
        (record,) = told.records
    assert (record["state"], record["sent_at"], record["error"]) == ("handed", None, None)
    assert record["handed_at"] == "2026-11-20T12:02:00Z"


def test_an_alert_that_a_tool_has_is_no_strike_post(room: Newsroom) -> None:
    room.change(rules=(Rule(RuleAction.ORDINARY),))
    room.occupied()
    room.network().outcomes.append(Handed())
    room.article(1)
    room.run_lane()
    found = recount(room)
    assert (figures(found), found.handed) == ({"as_usual": 1}, 0)


def test_the_same_reason_is_one_line_whatever_was_to_be_posted() -> None:
    alike = [Tally(1, purpose, State.MISSED, "stale", 2) for purpose in (Purpose.STRIKE, Purpose.ORDINARY)]
    assert AccountRecount("une", "mastodon", tuple(alike)).unposted == ((State.MISSED, "stale", 4),)
