"""`metrics = true`, against the sandbox: what is asked of the networks, and what is made of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from occupier.bootstrap import House, SystemClock, open_house
from occupier.domain.metrics import Age
from occupier.sandbox import Sandbox
from occupier.settings import load
from tests.cli.conftest import DECLARE, Desk
from tests.fakes import FakeClock

pytestmark = pytest.mark.campaign  # whole scenes: commands, a sandbox and what both wrote

HOUR = timedelta(hours=1)


def counting(desk: Desk) -> None:
    """Let every account count."""
    text = desk.settings.read_text(encoding="utf-8")
    desk.write(text.replace('\nplatform = "', '\nmetrics = true\nplatform = "'))


@pytest.fixture
def occupied(newsroom: Desk, box: Sandbox) -> Desk:
    """A strike post is out on each of the three networks."""
    newsroom.type("run", "--once")
    newsroom.type(*DECLARE)
    box.publish(title="Le préavis est déposé")
    newsroom.clock = FakeClock(SystemClock().now() + timedelta(seconds=30))
    newsroom.type("run", "--once")
    assert len(box.posts()) == 3
    return newsroom


@pytest.fixture
def house(occupied: Desk) -> Iterator[House]:
    settings = load(occupied.settings, occupied.environ, SystemClock().now())
    opened = open_house(settings)
    yield opened
    opened.store.close()


def tick(desk: Desk, box: Sandbox, likes: int) -> None:
    """Let an hour pass and readers answer, and run once."""
    for post in box.posts():
        if not post.deleted:
            box.answer(post.platform, post.id, likes=likes, views=100 * likes)
    assert isinstance(desk.clock, FakeClock)
    desk.clock.advance(HOUR)
    typed = desk.type("run", "--once")
    assert typed.status == 0, typed.err


def test_each_network_tells_how_it_was_answered(occupied: Desk, box: Sandbox, house: House) -> None:
    counting(occupied)
    tick(occupied, box, likes=7)
    found = {measured.platform: measured.ages[0] for measured in house.measuring.summary("24-janvier")}
    assert {platform: compared.strike.likes for platform, compared in found.items()} == {
        "mastodon": 7.0, "x": 7.0, "facebook": 7.0,
    }  # fmt: skip
    assert (found["x"].strike.views, found["mastodon"].strike.views) == (700.0, None)
    assert {compared.age for compared in found.values()} == {Age.HOUR}


@pytest.mark.parametrize("counts", [False, True])
def test_figures_are_asked_for_only_where_an_account_counts(counts: bool, occupied: Desk, box: Sandbox) -> None:
    if counts:
        counting(occupied)
    tick(occupied, box, likes=7)
    looks = [seen.path for seen in box.requests if (seen.method, seen.path) == ("GET", "/x/2/tweets")]
    assert len(looks) == counts


def test_what_somebody_took_away_is_in_the_log(occupied: Desk, box: Sandbox, house: House) -> None:
    counting(occupied)
    box.remove("mastodon", box.posts("mastodon")[0].id)
    tick(occupied, box, likes=1)
    gone = {r["platform"]: r["gone_by"] for r in occupied.type("log", "--json").document}
    assert gone == {"mastodon": "others", "x": None, "facebook": None}


def test_no_reader_is_ever_asked_for(occupied: Desk, box: Sandbox) -> None:
    counting(occupied)
    tick(occupied, box, likes=1)
    whose = ("favourited_by", "reblogged_by", "liking_users", "retweeted_by", "quote_tweets", "/likes", "/reactions")
    assert not [seen.path for seen in box.requests if seen.path.endswith(whose)]


def test_the_record_holds_with_retractions_and_figures(occupied: Desk, box: Sandbox) -> None:
    counting(occupied)
    numbers = [str(r["id"]) for r in occupied.type("log", "--json").document]
    tick(occupied, box, likes=1)
    box.remove("x", box.posts("x")[0].id)
    for number in numbers:
        assert occupied.type("retract", number, "--yes").status == 0
    verified = occupied.type("log", "verify")
    assert verified.status == 0, verified.out + verified.err
