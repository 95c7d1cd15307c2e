"""Posts looked up and taken away: what every network must do, and the fake too, held against the sandbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from occupier.domain.action import Payload, Verb
from occupier.domain.errors import NetworkError
from occupier.domain.metrics import Figures
from occupier.domain.outcome import Receipt, RefusalKind, Refused, Retryable, Uncertain
from occupier.domain.ports import Network, Order
from occupier.domain.reconcile import is_unchanged
from occupier.platforms.x import DELETE_PRICE, READ_PRICE
from occupier.sandbox import Sandbox
from occupier.sandbox.faults import Fault, FaultKind
from tests.fakes import FakeClock, FakeNetwork
from tests.platforms.conftest import HOUR, Connect, MakeOrder
from tests.platforms.test_contract import AFTER, REAL, every_network

Publish = Callable[[Network], tuple[Order, str]]


@pytest.fixture
def publish(order: MakeOrder) -> Publish:
    """Publish a post; return the order and the network's id of it."""

    def made(network: Network) -> tuple[Order, str]:
        asked = order(network)
        receipt = network.apply(asked)
        assert isinstance(receipt, Receipt)
        return asked, receipt.id

    return made


@pytest.fixture(params=[*REAL, "fake"])
def network(request: pytest.FixtureRequest, connect: Connect, clock: FakeClock) -> Network:
    return FakeNetwork(clock) if request.param == "fake" else connect(request.param)


def taking_away(asked: Order, post_id: str, *, seconds: float = 20.0) -> Order:
    return replace(asked, verb=Verb.DELETE, post_id=post_id, seconds=seconds)


def test_a_post_is_read_by_its_id_and_is_still_what_was_published(network: Network, publish: Publish) -> None:
    asked, post_id = publish(network)
    found = network.look_up([post_id])
    assert [post.id for post in found.posts] == [post_id]
    assert is_unchanged(found.posts[0], asked.payload)
    assert found.gone == frozenset()


def test_a_post_is_taken_away_and_is_gone(network: Network, publish: Publish, clock: FakeClock) -> None:
    asked, post_id = publish(network)
    outcome = network.apply(taking_away(asked, post_id))
    assert isinstance(outcome, Receipt)
    assert outcome.id == post_id
    assert network.look_up([post_id]).gone == {post_id}
    assert network.recent(clock.now() - HOUR).posts == ()


def test_nothing_is_taken_away_without_leave(network: Network, publish: Publish) -> None:
    asked, post_id = publish(network)
    outcome = network.apply(replace(taking_away(asked, post_id), may_begin=lambda: False))
    assert outcome == Retryable("late", excerpt=getattr(outcome, "excerpt", ""))
    assert network.look_up([post_id]).gone == frozenset()


def test_deleting_is_what_it_can_do(network: Network) -> None:
    assert Verb.DELETE in network.capabilities.verbs


@every_network
def test_what_somebody_edited_is_no_longer_ours(
    platform: str, connect: Connect, publish: Publish, box: Sandbox
) -> None:
    network = connect(platform)
    asked, post_id = publish(network)
    box.edit(platform, post_id, asked.payload.text.replace("grève", "vacances"))
    (post,) = network.look_up([post_id]).posts
    assert not is_unchanged(post, asked.payload)


@pytest.mark.parametrize("platform", ["mastodon", "x"])
def test_an_edit_that_leaves_the_words_is_an_edit_where_the_network_tells(
    platform: str, connect: Connect, publish: Publish, box: Sandbox
) -> None:
    network = connect(platform)
    asked, post_id = publish(network)
    box.edit(platform, post_id, asked.payload.text)
    (post,) = network.look_up([post_id]).posts
    assert post.edited
    assert not is_unchanged(post, asked.payload)


@pytest.mark.parametrize("platform", ["mastodon", "facebook"])
def test_what_somebody_else_took_away_is_refused_as_gone(
    platform: str, connect: Connect, publish: Publish, box: Sandbox
) -> None:
    network = connect(platform)
    asked, post_id = publish(network)
    box.remove(platform, post_id)
    outcome = network.apply(taking_away(asked, post_id))
    assert isinstance(outcome, Refused)
    assert outcome.kind is RefusalKind.GONE


@every_network
@pytest.mark.parametrize("fault", AFTER, ids=lambda f: f"{f.kind}-{f.status}-{f.body}")
def test_a_deletion_whose_answer_is_lost_is_uncertain_and_a_look_tells(
    platform: str, fault: Fault, connect: Connect, publish: Publish, box: Sandbox
) -> None:
    network = connect(platform)
    asked, post_id = publish(network)
    box.fault(platform, fault)
    slow = fault.kind is FaultKind.SLOW
    outcome = network.apply(taking_away(asked, post_id, seconds=0.6 if slow else 20.0))
    if (platform, fault.kind) == ("facebook", FaultKind.NO_ID):  # {"success": true} is what a deletion is answered
        assert isinstance(outcome, Receipt)
    else:
        assert isinstance(outcome, Uncertain)
    box.clear()
    assert network.look_up([post_id]).gone == {post_id}


@every_network
def test_being_asked_to_wait_takes_nothing_away(
    platform: str, connect: Connect, publish: Publish, box: Sandbox, clock: FakeClock
) -> None:
    network = connect(platform)
    asked, post_id = publish(network)
    box.fault(platform, Fault(FaultKind.STATUS, status=429, retry_after=900, times=1))
    outcome = network.apply(taking_away(asked, post_id))
    assert isinstance(outcome, Retryable)
    assert outcome.not_before == clock.now() + timedelta(seconds=900)
    assert network.look_up([post_id]).gone == frozenset()


@every_network
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (FaultKind.PERMISSION, RefusalKind.PERMISSION),
        (FaultKind.AUTOMATION, RefusalKind.AUTOMATION),
        (FaultKind.TOKEN_REVOKED, RefusalKind.CREDENTIALS),
    ],
)
def test_a_refusal_to_delete_is_understood(
    platform: str, fault: FaultKind, kind: RefusalKind, connect: Connect, publish: Publish, box: Sandbox
) -> None:
    network = connect(platform)
    asked, post_id = publish(network)
    box.fault(platform, Fault(fault))
    outcome = network.apply(taking_away(asked, post_id))
    assert isinstance(outcome, Refused)
    assert outcome.kind is kind
    assert outcome.excerpt


UNREAD = [
    Fault(FaultKind.TOKEN_REVOKED, verb="any"),
    Fault(FaultKind.STATUS, status=403, verb="read"),
    Fault(FaultKind.STATUS, status=503, verb="read"),
    Fault(FaultKind.STATUS, status=500, body="html", verb="read"),
    Fault(FaultKind.STATUS, status=404, body="html", verb="read"),
    Fault(FaultKind.STATUS, status=200, body="html", verb="read"),
    Fault(FaultKind.TRUNCATED, verb="read"),
    Fault(FaultKind.CLOSED, verb="read"),
    Fault(FaultKind.ERROR_INSIDE, verb="read"),
]


@every_network
@pytest.mark.parametrize("fault", UNREAD, ids=lambda f: f"{f.kind}-{f.status}-{f.body}")
def test_what_cannot_be_read_is_never_taken_for_gone(
    platform: str, fault: Fault, connect: Connect, publish: Publish, box: Sandbox
) -> None:
    network = connect(platform)
    _, post_id = publish(network)
    box.fault(platform, fault)
    with pytest.raises(NetworkError) as caught:
        network.look_up([post_id], figures=True)
    said = f"{caught.value} {caught.value.__context__!r}"
    secrets = [v for k, v in box.credentials[platform].items() if k != "page_id"]
    assert not any(secret in said for secret in secrets)


@every_network
def test_a_reading_that_is_asked_to_wait_says_until_when(
    platform: str, connect: Connect, publish: Publish, box: Sandbox, clock: FakeClock
) -> None:
    network = connect(platform)
    _, post_id = publish(network)
    box.fault(platform, Fault(FaultKind.STATUS, status=429, retry_after=900, verb="read"))
    with pytest.raises(NetworkError) as caught:
        network.look_up([post_id])
    assert caught.value.not_before == clock.now() + timedelta(seconds=900)


FIGURES = {
    "mastodon": Figures(likes=7, reposts=3, replies=2),
    "x": Figures(likes=7, reposts=3, replies=2, views=900),
    "facebook": Figures(likes=7, reposts=3, replies=2),
}


@every_network
def test_a_post_tells_how_it_was_answered(platform: str, connect: Connect, publish: Publish, box: Sandbox) -> None:
    network = connect(platform)
    _, post_id = publish(network)
    box.answer(platform, post_id, likes=7, reposts=3, replies=2, views=900)
    (post,) = network.look_up([post_id], figures=True).posts
    assert post.figures == FIGURES[platform]


@every_network
def test_a_post_that_nobody_answered_was_answered_by_nobody(platform: str, connect: Connect, publish: Publish) -> None:
    network = connect(platform)
    _, post_id = publish(network)
    (post,) = network.look_up([post_id], figures=True).posts
    assert post.figures
    assert (post.figures.likes, post.figures.reposts, post.figures.replies) == (0, 0, 0)


def test_x_reads_a_hundred_posts_in_one_call_and_counts_what_comes(
    connect: Connect, order: MakeOrder, box: Sandbox
) -> None:
    network = connect("x")
    ids = []
    for n in range(3):
        receipt = network.apply(order(network, f"Grève, message {n}"))
        assert isinstance(receipt, Receipt)
        ids.append(receipt.id)
    box.remove("x", ids[1])
    asked = len(box.requests)
    found = network.look_up([*ids, "99"], figures=True)
    assert len(box.requests) == asked + 1
    assert {post.id for post in found.posts} == {ids[0], ids[2]}
    assert found.gone == {ids[1], "99"}
    assert found.cost_microusd == 2 * READ_PRICE
    assert network.capabilities.at_once == 100


def test_a_deletion_on_x_has_a_price_of_its_own(connect: Connect) -> None:
    linked = Payload("mots https://a.example/1", "https://a.example/1")
    assert connect("x").cost(linked, Verb.DELETE) == DELETE_PRICE
    assert connect("mastodon").cost(linked, Verb.DELETE) == connect("facebook").cost(linked, Verb.DELETE) == 0


@every_network
def test_the_own_posts_of_a_period_come_with_their_figures(
    platform: str, connect: Connect, order: MakeOrder, box: Sandbox, clock: FakeClock
) -> None:
    network = connect(platform)
    ids = []
    for n in range(3):
        receipt = network.apply(order(network, f"Article {n}", f"https://www.example.org/{n}"))
        assert isinstance(receipt, Receipt)
        ids.append(receipt.id)
        box.answer(platform, receipt.id, likes=n)
        clock.advance(HOUR)
    now = clock.now()
    read = network.own_posts(now - timedelta(hours=2, minutes=30), now - timedelta(minutes=30), 5)
    assert [(p.id, p.figures.likes) for p in read.posts if p.figures] == [(ids[2], 2), (ids[1], 1)]
    assert read.cost_microusd == (2 * READ_PRICE if platform == "x" else 0)
