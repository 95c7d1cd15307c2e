"""Posts of others that announce what the strike announces are noticed, told, and left where they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from occupier.domain.action import Purpose
from occupier.domain.errors import NetworkError
from occupier.domain.ports import Capabilities, MetricRead
from occupier.domain.reconcile import RemotePost
from occupier.domain.setup import IfUsualIsOut, Rule, RuleAction
from occupier.services.lane import others
from occupier.services.review.ledger import Verifying
from occupier.services.review.overhearing import EVERY, EVERY_BILLED, Overhearing
from occupier.services.review.recounting import Recounting
from tests.fakes import FakeNetwork
from tests.services.newsroom import HOUR, MINUTE, Newsroom, account, entry

PRICE = 5_000


class Wall:
    """An account on which others post too, and who listens there."""

    def __init__(self, room: Newsroom) -> None:
        self.room = room
        self.overhearing = Overhearing(room.store, room.networks, room.clock, room.notices, lambda: room.setup)

    def listen(self) -> int:
        return self.overhearing.listen(self.room.account(), self.room.target())

    def other(self, n: int, *, article: int = 1, text: str = "À lire") -> None:
        link = f"https://www.example.org/{article}?utm_source=outil"
        post = RemotePost(f"other-{n}", f"{text} {link}", (link,), self.room.clock.now())
        self.room.network().posts.insert(0, post)

    def told(self) -> list[bool]:
        """Return of each telling whether a person must hear it."""
        return [n.serious for n in self.room.notices.told if n.kind == "announced_elsewhere"]


@pytest.fixture
def wall(room: Newsroom) -> Wall:
    room.occupied()
    room.poll(entry("old"), entry(1), entry(2))
    room.run_lane()
    return Wall(room)


def test_our_own_posts_are_no_news(wall: Wall) -> None:
    assert len(wall.room.network().posts) == 2
    assert wall.listen() == 0


def test_a_post_of_the_usual_tool_is_told_once_and_written_down(wall: Wall) -> None:
    wall.other(1)
    assert wall.listen() == 1
    (event,) = wall.room.events("announced_elsewhere")
    assert event.data["remote_id"] == "other-1"
    wall.room.clock.advance(EVERY)
    assert wall.listen() == 0
    assert Wall(wall.room).listen() == 0
    assert wall.told() == [True]


def test_the_log_can_be_verified_with_it(wall: Wall) -> None:
    wall.other(1)
    wall.listen()
    assert Verifying(wall.room.store).verify().broken is None


def test_of_the_next_ones_nobody_is_woken(wall: Wall) -> None:
    wall.other(1)
    wall.listen()
    wall.room.clock.advance(EVERY)
    wall.other(2, article=2)
    assert wall.listen() == 1
    assert wall.told() == [True, False]


@pytest.mark.parametrize(("action", "heard"), [(RuleAction.ORDINARY, 1), (RuleAction.HOLD, 1), (RuleAction.LEAVE, 0)])
def test_what_a_rule_lets_through_is_not_to_be_posted_twice_what_it_leaves_is_the_usual_tools(
    room: Newsroom, action: RuleAction, heard: int
) -> None:
    room.change(rules=(Rule(action),))
    room.occupied()
    room.poll(entry("old"), entry(1))
    room.run_lane()
    wall = Wall(room)
    wall.other(1)
    assert wall.listen() == heard
    assert Recounting(room.store, lambda: room.setup).of("greve").elsewhere == heard


def test_a_post_that_leads_to_two_articles_is_one_post(wall: Wall) -> None:
    links = ("https://www.example.org/1", "https://www.example.org/2")
    digest = RemotePost("digest", "À lire", links, wall.room.clock.now(), "https://social.example/9")
    with wall.room.store.writing() as tx:
        for action in wall.room.actions():
            others.note(tx, action, digest)
    recount = Recounting(wall.room.store, lambda: wall.room.setup).of("greve")
    assert (recount.elsewhere, len(recount.slipped)) == (1, 1)


def test_what_leads_to_no_article_of_the_strike_is_nobodys_business(wall: Wall) -> None:
    wall.other(1, article=99)
    assert wall.listen() == 0


def test_a_post_whose_receipt_is_not_written_yet_is_ours(wall: Wall) -> None:
    mine = wall.room.network().posts[0]
    wall.room.network().posts.insert(0, RemotePost("twin", mine.text, mine.links, wall.room.clock.now()))
    assert wall.listen() == 0


def test_outside_a_strike_and_while_paused_nothing_is_read(wall: Wall) -> None:
    wall.other(1)
    wall.room.controlling.pause(None)
    assert wall.listen() == 0
    wall.room.controlling.resume(None)
    wall.room.clock.advance(9 * HOUR)
    wall.room.striking.close_ended()
    assert wall.listen() == 0
    assert wall.told() == []


def test_a_network_that_cannot_be_read_is_asked_again_later(wall: Wall) -> None:
    wall.other(1)
    network = wall.room.network()
    there = list(network.posts)
    network.unreadable = NetworkError("down")
    assert wall.listen() == 0
    network.unreadable = None
    wall.room.clock.advance(EVERY)
    network.posts[:] = there
    assert wall.listen() == 1


def test_what_was_posted_before_a_reading_failed_is_heard_by_the_next(wall: Wall) -> None:
    wall.listen()
    network = wall.room.network()
    wall.room.clock.advance(MINUTE / 2)
    wall.other(1)
    for _ in range(3):
        wall.room.clock.advance(EVERY)
        network.unreadable = NetworkError("down")
        assert wall.listen() == 0
    network.unreadable = None
    wall.room.clock.advance(EVERY)
    assert wall.listen() == 1


def test_what_was_posted_before_a_reading_was_cut_short_is_heard_by_the_next(wall: Wall) -> None:
    wall.listen()
    network = wall.room.network()
    wall.room.clock.advance(MINUTE / 2)
    wall.other(1)
    hidden = network.posts.pop(0)
    network.complete = False
    for _ in range(3):
        wall.room.clock.advance(EVERY)
        assert wall.listen() == 0
    network.complete = True
    network.posts.insert(0, hidden)
    wall.room.clock.advance(EVERY)
    assert wall.listen() == 1


def test_what_one_old_copy_did_not_show_is_heard_by_the_next_reading(wall: Wall) -> None:
    wall.listen()
    network = wall.room.network()
    wall.room.clock.advance(MINUTE / 2)
    wall.other(1)
    hidden = network.posts.pop(0)
    wall.room.clock.advance(EVERY)
    assert wall.listen() == 0
    network.posts.insert(0, hidden)
    wall.room.clock.advance(EVERY)
    assert wall.listen() == 1


def test_what_was_posted_in_the_last_minutes_is_heard_after_the_end(wall: Wall) -> None:
    wall.listen()
    wall.room.clock.advance(MINUTE)
    wall.other(1)
    wall.room.clock.advance(MINUTE)
    wall.room.striking.end("greve")
    wall.room.clock.advance(MINUTE)
    wall.other(2, article=2)
    wall.room.clock.advance(EVERY)
    assert wall.listen() == 1
    assert [event.data["remote_id"] for event in wall.room.events("announced_elsewhere")] == ["other-1"]
    wall.room.clock.advance(EVERY)
    reads = len(wall.room.network().reads)
    assert wall.listen() == 0
    assert len(wall.room.network().reads) == reads


def test_after_the_end_an_account_that_could_not_be_read_is_listened_to_for_an_hour(wall: Wall) -> None:
    wall.other(1)
    wall.room.clock.advance(MINUTE)
    wall.room.striking.end("greve")
    network = wall.room.network()
    network.unreadable = NetworkError("down")
    for _ in range(6):
        wall.room.clock.advance(EVERY)
        assert wall.listen() == 0
    network.unreadable = None
    wall.room.clock.advance(EVERY)
    assert wall.listen() == 1


def test_long_after_the_end_nothing_is_read(wall: Wall) -> None:
    wall.room.striking.end("greve")
    wall.room.clock.advance(HOUR + MINUTE)
    reads = len(wall.room.network().reads)
    assert wall.listen() == 0
    assert len(wall.room.network().reads) == reads


def test_a_second_post_about_what_was_made_of_the_first_is_heard(room: Newsroom) -> None:
    editing: dict[str, Any] = {"if_usual_is_out": IfUsualIsOut.REPLACE, "usual_application": "dlvr.it"}
    room.change(accounts=(replace(room.account(), **editing),))
    room.occupied()
    room.article(1)
    wall = Wall(room)
    wall.other(1)
    room.network().posts[0] = replace(room.network().posts[0], application="dlvr.it")
    room.run_lane()
    assert room.states() == [("sent", "receipt")]
    assert wall.listen() == 0
    room.clock.advance(EVERY)
    wall.other(2)
    assert wall.listen() == 1


def test_what_comes_after_the_strike_was_renewed_is_heard(wall: Wall) -> None:
    wall.room.clock.advance(8 * HOUR - 10 * MINUTE)
    wall.room.poll(entry("old"))
    wall.room.poll(entry("old"), entry(3))
    wall.room.run_lane()
    wall.room.striking.renew("greve", wall.room.clock.now() + 8 * HOUR, "Assemblée")
    wall.room.clock.advance(20 * MINUTE)
    wall.room.striking.close_ended()
    wall.other(1, article=3)
    heard = 0
    for _ in range(3):
        wall.room.clock.advance(EVERY)
        heard += wall.listen()
    assert heard == 1


class TestWhereEachPostIsBilled:
    @pytest.fixture
    def billed(self, open_newsroom: Callable[..., Newsroom]) -> Wall:
        room = open_newsroom(account(budget_microusd=40 * PRICE))
        room.networks["courrier"] = FakeNetwork(room.clock, capabilities=Capabilities(read_microusd=PRICE))
        room.occupied()
        room.poll(entry("old"), entry(1))
        room.run_lane()
        return Wall(room)

    def test_it_is_read_less_often_and_what_it_cost_is_counted(self, billed: Wall) -> None:
        billed.other(1)
        assert billed.listen() == 1
        assert billed.room.rows("SELECT posts FROM metric_reads") == [(2,)]
        billed.room.clock.advance(EVERY_BILLED - MINUTE)
        billed.other(2)
        assert billed.listen() == 0
        billed.room.clock.advance(MINUTE)
        assert billed.listen() == 1

    def test_a_quarter_of_the_budget_is_all_that_it_may_see_spent(self, billed: Wall) -> None:
        with billed.room.store.noting() as tx:
            [strike] = tx.strikes.all()
            tx.metrics.note(MetricRead(strike.id, billed.room.target().id, Purpose.STRIKE, 10, 10 * PRICE))
        billed.other(1)
        assert billed.listen() == 0
