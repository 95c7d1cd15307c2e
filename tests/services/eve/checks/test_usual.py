"""The usual tool: what the settings say of it, and what the accounts show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from occupier.domain.errors import Sentence
from occupier.domain.ports import Fetched, Identity, Parsed
from occupier.domain.reconcile import RemotePost, TimelineRead
from occupier.domain.setup import Account, DuringStrikes, IfUsualIsOut, Poster, Takeover, Usual
from occupier.services.eve.checks.evidence import AccountRead, FeedRead
from occupier.services.eve.checks.finding import Finding, Level
from occupier.services.eve.checks.usual import check_usual_posts, check_usual_tool, check_way, newsroom_hosts
from tests.services.newsroom import account, entry, feed

NOW = datetime(2027, 1, 23, 21, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOSTS = frozenset({"example.org"})


def post(
    n: int, age: timedelta, application: str | None = "dlvr.it", link: str = "https://www.example.org/1"
) -> RemotePost:
    return RemotePost(str(n), f"Article {n}", (link,), NOW - age, application=application)


def told(
    *posts: RemotePost, ours: frozenset[str] = frozenset(), usual: Usual | None = None, takes_over: bool = False
) -> Finding:
    way = Takeover.REPLACE if takes_over else Takeover.NONE
    read = AccountRead(account(takeover=way), Identity("1", "courrier"), posts=TimelineRead(posts, complete=False))
    (finding,) = check_usual_posts(read, HOSTS, ours, usual or Usual(), NOW)
    str(finding.sentence)
    return finding


def test_what_announces_the_articles_how_often_and_when_last() -> None:
    posts = [post(n, 2 * HOUR + HOUR * n) for n in range(38)]
    ours = [post(100 + n, HOUR * n, "occupier") for n in range(2)]
    elsewhere = post(200, HOUR, "Tusky", "https://other.example/x")
    finding = told(*ours, *posts, elsewhere, ours=frozenset({"100", "101"}))
    values = finding.sentence.values
    assert finding.level is Level.AMBER
    assert [values[name] for name in ("application", "n", "total", "age", "a_day")] == ["dlvr.it", 38, 40, 2 * HOUR, 24]


@pytest.mark.parametrize(
    ("age", "paused", "level"),
    [
        (HOUR, None, Level.AMBER),
        (30 * HOUR, None, Level.GREEN),
        (HOUR, "Pause, 22:30", Level.GREEN),
        (timedelta(minutes=5), "Pause, 22:30", Level.AMBER),
    ],
)
def test_a_tool_that_still_posts_is_worth_a_look(age: timedelta, paused: str | None, level: Level) -> None:
    assert told(post(1, age), usual=Usual(Poster.SERVICE, paused=paused)).level is level


def test_what_the_network_does_not_name_is_said_to_be_so() -> None:
    assert "does not name" in str(told(post(1, HOUR, None)).sentence)


def test_posts_that_announce_nothing_are_nobodys_tool() -> None:
    assert told(post(1, HOUR, link="https://other.example/")).level is Level.GREEN
    assert told().level is Level.GREEN
    assert told(post(1, HOUR), ours=frozenset({"1"})).level is Level.GREEN


def test_what_was_not_read_is_not_spoken_of() -> None:
    assert list(check_usual_posts(AccountRead(account()), HOSTS, (), Usual(), NOW)) == []


def test_posts_that_could_not_be_read_are_for_a_person_to_look_at() -> None:
    read = AccountRead(account(), Identity("1", "courrier"), unread=Sentence("It asks to wait."))
    (finding,) = check_usual_posts(read, HOSTS, (), Usual(), NOW)
    assert (finding.level, str(finding.sentence)) == (Level.AMBER, "It asks to wait.")


def test_the_newsrooms_hosts_are_those_of_its_articles() -> None:
    odd = entry(3, link="http://[broken")
    feeds = [FeedRead(feed(), Fetched(b""), Parsed((entry(1), odd))), FeedRead(feed("gone"))]
    assert newsroom_hosts(feeds) == HOSTS


@pytest.mark.parametrize(
    ("usual", "near", "level"),
    [
        (Usual(), True, Level.AMBER),
        (Usual(Poster.HAND), True, Level.GREEN),
        (Usual(Poster.SERVICE, access=False), True, Level.AMBER),
        (Usual(Poster.SERVICE, access=True), True, Level.AMBER),
        (Usual(Poster.SERVICE, access=True), False, Level.GREEN),
        (Usual(Poster.SITE, paused="Plugin off, 22:30"), True, Level.GREEN),
    ],
)
def test_what_the_settings_say_of_it(usual: Usual, level: Level, *, near: bool) -> None:
    begins = NOW + (12 * HOUR if near else 100 * HOUR)
    assert looked_at(usual, [account()], begins).level is level
    if usual.by is Poster.SERVICE and usual.access:
        assert looked_at(usual, [account()], None).level is Level.GREEN


def test_it_is_to_be_paused_where_occupier_posts_and_to_go_on_where_it_posts_itself() -> None:
    usual, takes_over = Usual(Poster.SERVICE, access=True), account("page", takeover=Takeover.REPLACE)
    advice = looked_at(usual, [account("une"), takes_over], NOW + HOUR).advice
    assert advice is not None
    assert (advice.values["paused"], advice.values["going_on"]) == (["une"], ["page"])
    assert check_usual_tool(usual, [takes_over], NOW + HOUR, NOW) is None


def test_where_nobody_can_pause_it_strike_posts_may_wait_for_it() -> None:
    usual, waits = Usual(Poster.SERVICE, access=False), account("une", usual_within=HOUR / 3)
    assert looked_at(usual, [waits], NOW + HOUR).level is Level.GREEN
    finding = looked_at(usual, [waits, account("page")], NOW + HOUR)
    assert (finding.level, finding.sentence.values) == (Level.AMBER, {"accounts": ["page"]})


def test_the_posts_of_a_tool_that_is_to_go_on_are_in_order() -> None:
    assert told(post(1, HOUR), takes_over=True).level is Level.GREEN


def looked_at(usual: Usual, accounts: list[Account], begins_at: datetime | None) -> Finding:
    finding = check_usual_tool(usual, accounts, begins_at, NOW)
    assert finding is not None
    return finding


@pytest.mark.parametrize("way", IfUsualIsOut)
def test_what_becomes_of_a_strike_post_beside_the_usual_one_is_said(way: IfUsualIsOut) -> None:
    findings = list(check_way(account(if_usual_is_out=way)))
    assert {(finding.id, finding.level) for finding in findings} == {("usual_guard", Level.GREEN)}
    beside = {str(list(check_way(account(if_usual_is_out=w)))[-1].sentence) for w in IfUsualIsOut}
    assert len(beside) == len(IfUsualIsOut)


def test_an_account_that_cannot_be_read_back_would_make_every_strike_post_wait() -> None:
    [finding] = check_way(account(), Sentence("No right to read."))
    assert finding.level is Level.AMBER
    assert finding.advice is not None


def test_silence_needs_no_reading() -> None:
    silent = account(during_strikes=DuringStrikes.SILENCE)
    [finding] = check_way(silent, Sentence("No right to read."))
    assert finding.level is Level.GREEN


def test_a_test_account_goes_no_way() -> None:
    assert list(check_way(account(test=True))) == []
