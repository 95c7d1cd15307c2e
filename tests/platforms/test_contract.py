"""What every network must do, held against the sandbox; the fake is held to the same."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest

from occupier.domain.action import Verb
from occupier.domain.errors import NetworkError
from occupier.domain.message import Ruler
from occupier.domain.outcome import Receipt, RefusalKind, Refused, Retryable, Uncertain
from occupier.domain.ports import Network
from occupier.domain.reconcile import is_ours, look_for
from occupier.platforms.lengths import FacebookRuler
from occupier.sandbox import Sandbox
from occupier.sandbox.faults import Fault, FaultKind
from tests.fakes import FakeClock, FakeNetwork
from tests.platforms.conftest import HOUR, LINK, Connect, MakeOrder

REAL = ["mastodon", "x", "facebook"]
every_network = pytest.mark.parametrize("platform", REAL)


@pytest.fixture(params=[*REAL, "fake", "fake-field"])
def network(request: pytest.FixtureRequest, connect: Connect, clock: FakeClock) -> Network:
    if request.param.startswith("fake"):
        ruler: Ruler | None = FacebookRuler() if request.param == "fake-field" else None
        return FakeNetwork(clock, ruler=ruler)
    return connect(request.param)


def test_a_post_is_published_once_and_read_back_as_ours(network: Network, order: MakeOrder, clock: FakeClock) -> None:
    began = clock.now()
    asked = order(network, "Grève «&» <b> à 100 % : les CM\n\ndébrayent… #grève")
    receipt = network.apply(asked)
    assert isinstance(receipt, Receipt)
    read = network.recent(began - HOUR)
    found = look_for(asked.payload, LINK, read.posts, began, ())
    assert found.ours
    assert found.ours.id == receipt.id
    assert found.elsewhere == ()
    assert read.complete


def test_a_text_without_a_link_is_read_back_as_ours(network: Network, order: MakeOrder, clock: FakeClock) -> None:
    asked = order(network, link=None)
    assert isinstance(network.apply(asked), Receipt)
    (post,) = network.recent(clock.now() - HOUR).posts
    assert is_ours(post, asked.payload, clock.now())


def test_the_same_link_in_other_words_is_not_ours(network: Network, order: MakeOrder, clock: FakeClock) -> None:
    network.apply(order(network, "Un robot annonce l'article"))
    found = look_for(order(network).payload, LINK, network.recent(clock.now() - HOUR).posts, clock.now(), ())
    assert found.ours is None
    assert len(found.elsewhere) == 1


def test_nothing_is_sent_without_leave(network: Network, order: MakeOrder, clock: FakeClock) -> None:
    outcome = network.apply(order(network, may_begin=lambda: False))
    assert isinstance(outcome, Retryable)
    assert outcome.reason == "late"
    assert network.recent(clock.now() - HOUR).posts == ()


def test_an_account_says_who_it_is_the_same_each_time(network: Network) -> None:
    identity = network.verify()
    assert identity.remote_id
    assert identity.name
    assert network.verify().remote_id == identity.remote_id


def test_limits_fit_the_ruler(network: Network) -> None:
    ruler = network.ruler(network.read_limits())
    assert ruler.limit >= 280
    assert ruler.length("x" * 280) == 280


def test_publishing_is_what_it_can_do(network: Network) -> None:
    assert Verb.PUBLISH in network.capabilities.verbs


@pytest.mark.parametrize("platform", [*REAL, "fake"])
def test_a_longer_text_than_the_limit_is_refused_or_never_made(
    platform: str, connect: Connect, order: MakeOrder, clock: FakeClock
) -> None:
    network = FakeNetwork(clock, outcomes=[Refused(RefusalKind.CONTENT)]) if platform == "fake" else connect(platform)
    outcome = network.apply(order(network, "x" * (network.ruler({}).limit + 1)))
    assert isinstance(outcome, Refused)
    assert outcome.kind is RefusalKind.CONTENT


@every_network
def test_a_repr_of_an_adapter_shows_no_secret(platform: str, connect: Connect, box: Sandbox) -> None:
    network = connect(platform)
    network.verify()
    secrets = [v for k, v in box.credentials[platform].items() if k != "page_id"]
    shown = f"{network!r} {getattr(network, '_calls')!r}"  # noqa: B009
    assert not any(secret in shown for secret in secrets)


AFTER = [
    Fault(FaultKind.CLOSED, after=True),
    Fault(FaultKind.RESET, after=True),
    Fault(FaultKind.TRUNCATED),
    Fault(FaultKind.STATUS, after=True, status=500),
    Fault(FaultKind.STATUS, after=True, status=502, body="html"),
    Fault(FaultKind.STATUS, after=True, status=503, body="empty"),
    Fault(FaultKind.STATUS, after=True, status=200, body="html"),
    Fault(FaultKind.STATUS, after=True, status=403, body="html"),
    Fault(FaultKind.STATUS, after=True, status=400, body="empty"),
    Fault(FaultKind.ERROR_INSIDE, after=True),
    Fault(FaultKind.NO_ID, after=True),
    Fault(FaultKind.REDIRECT, after=True),
    Fault(FaultKind.SLOW, after=True, seconds=30),
]


@every_network
@pytest.mark.parametrize("fault", AFTER, ids=lambda f: f"{f.kind}-{f.status}-{f.body}")
def test_an_answer_that_is_lost_is_uncertain_and_the_timeline_tells(
    platform: str, fault: Fault, connect: Connect, order: MakeOrder, box: Sandbox, clock: FakeClock
) -> None:
    network = connect(platform)
    began = clock.now()
    box.fault(platform, fault)
    asked = order(network, seconds=0.6 if fault.kind is FaultKind.SLOW else 20.0)
    outcome = network.apply(asked)
    assert isinstance(outcome, Uncertain)
    assert len(box.posts(platform)) == 1
    box.clear()
    found = look_for(asked.payload, LINK, network.recent(began - HOUR).posts, began, ())
    assert found.ours
    assert found.ours.id == box.posts(platform)[0].id


@every_network
@pytest.mark.parametrize(
    "fault",
    [
        Fault(FaultKind.CLOSED),
        Fault(FaultKind.STATUS, status=503),
        Fault(FaultKind.STATUS, status=500, body="html"),
        Fault(FaultKind.NO_ID),
    ],
    ids=lambda f: f"{f.kind}-{f.status}-{f.body}",
)
def test_what_cannot_be_known_is_uncertain_even_when_nothing_was_posted(
    platform: str, fault: Fault, connect: Connect, order: MakeOrder, box: Sandbox, clock: FakeClock
) -> None:
    network = connect(platform)
    box.fault(platform, fault)
    asked = order(network)
    assert isinstance(network.apply(asked), Uncertain)
    box.clear()
    read = network.recent(clock.now() - HOUR)
    assert (read.posts, read.complete) == ((), True)


@every_network
def test_an_answer_that_drips_ends_with_the_order(
    platform: str, connect: Connect, order: MakeOrder, box: Sandbox
) -> None:
    network = connect(platform)
    box.fault(platform, Fault(FaultKind.DRIP, seconds=0.05))
    outcome = network.apply(order(network, seconds=0.6))
    assert isinstance(outcome, Uncertain)
    assert len(box.posts(platform)) == 1


@every_network
def test_too_many_requests_are_surely_unsent_and_wait_as_long_as_they_say(
    platform: str, connect: Connect, order: MakeOrder, box: Sandbox, clock: FakeClock
) -> None:
    network = connect(platform)
    box.fault(platform, Fault(FaultKind.STATUS, status=429, retry_after=90, times=1))
    outcome = network.apply(order(network))
    assert isinstance(outcome, Retryable)
    assert (outcome.reason, outcome.http_status) == ("throttled", 429)
    assert outcome.not_before == clock.now() + timedelta(seconds=90)
    assert box.posts() == []


@every_network
def test_too_many_requests_without_a_word_of_how_long_say_nothing_of_it(
    platform: str, connect: Connect, order: MakeOrder, box: Sandbox
) -> None:
    network = connect(platform)
    box.fault(platform, Fault(FaultKind.STATUS, status=429, times=1))
    outcome = network.apply(order(network))
    assert isinstance(outcome, Retryable)
    assert outcome.not_before is None


REFUSED = {
    FaultKind.PERMISSION: dict.fromkeys(REAL, RefusalKind.PERMISSION),
    FaultKind.AUTOMATION: dict.fromkeys(REAL, RefusalKind.AUTOMATION),
    FaultKind.TOKEN_REVOKED: dict.fromkeys(REAL, RefusalKind.CREDENTIALS),
    FaultKind.CREDITS: {"mastodon": RefusalKind.MONEY, "x": RefusalKind.MONEY},
}


@every_network
@pytest.mark.parametrize("fault", list(REFUSED))
def test_a_refusal_is_surely_unsent_and_its_kind_is_understood(
    platform: str, fault: FaultKind, connect: Connect, order: MakeOrder, box: Sandbox
) -> None:
    network = connect(platform)
    box.fault(platform, Fault(fault))
    outcome = network.apply(order(network))
    if platform not in REFUSED[fault]:  # Facebook takes no money: its limit is one of requests
        assert isinstance(outcome, Retryable)
        return
    assert isinstance(outcome, Refused)
    assert outcome.kind is REFUSED[fault][platform]
    assert outcome.excerpt
    assert box.posts() == []


@pytest.mark.parametrize("platform", ["x", "facebook"])
def test_the_same_text_again_is_refused_as_a_duplicate(platform: str, connect: Connect, order: MakeOrder) -> None:
    network = connect(platform)
    assert isinstance(network.apply(order(network)), Receipt)
    outcome = network.apply(order(network))
    assert isinstance(outcome, Refused)
    assert outcome.kind is RefusalKind.DUPLICATE


@every_network
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(FaultKind.TOKEN_REVOKED, verb="any"), "credentials"),
        (Fault(FaultKind.STATUS, status=503, verb="read"), None),
        (Fault(FaultKind.CLOSED, verb="read"), None),
        (Fault(FaultKind.STATUS, status=200, body="html", verb="read"), None),
        (Fault(FaultKind.STATUS, status=429, verb="read"), None),
    ],
    ids=["revoked", "503", "closed", "html", "429"],
)
def test_a_network_that_cannot_be_read_says_so_without_secrets(
    platform: str, fault: Fault, kind: str | None, connect: Connect, box: Sandbox, clock: FakeClock
) -> None:
    network = connect(platform)
    box.fault(platform, fault)
    for reading in (network.verify, lambda: network.recent(clock.now() - HOUR)):
        with pytest.raises(NetworkError) as caught:
            reading()
        assert caught.value.kind == kind
        told = f"{caught.value} {caught.value!r} {caught.value.__context__!r}"
        assert not any(secret in told for secret in _secrets(box, platform))


@every_network
def test_pages_are_read_without_a_gap_down_to_what_was_asked(
    platform: str, connect: Connect, order: MakeOrder, box: Sandbox, clock: FakeClock
) -> None:
    network = connect(platform)
    for number in range(110 if platform == "facebook" else 90):
        network.apply(order(network, f"Grève, article {number}"))
        clock.advance(61)
        if number == 30:
            asked_from = clock.now() - timedelta(seconds=1)
    read = network.recent(asked_from)
    assert read.complete
    wanted = {p.id for p in box.posts(platform)[31:]}
    assert wanted <= {p.id for p in read.posts}
    assert [p.created_at for p in read.posts] == sorted((p.created_at for p in read.posts), reverse=True)


@every_network
def test_no_library_logs_a_secret_even_where_everything_is_logged(
    platform: str,
    connect: Connect,
    order: MakeOrder,
    box: Sandbox,
    caplog: pytest.LogCaptureFixture,
    quiet: Callable[[], None],
) -> None:
    network = connect(platform)
    caplog.set_level(logging.DEBUG)
    quiet()
    network.verify()
    network.apply(order(network))
    box.fault(platform, Fault(FaultKind.CLOSED, verb="any"))
    network.apply(order(network, "autre"))
    assert not any(secret in caplog.text for secret in _secrets(box, platform))


@every_network
def test_the_clock_of_the_network_is_compared_with_ours(platform: str, connect: Connect, box: Sandbox) -> None:
    box.fault(platform, Fault(FaultKind.CLOCK_SKEW, seconds=180))
    assert connect(platform).verify().skew == timedelta(seconds=180)


def _secrets(box: Sandbox, platform: str) -> list[str]:
    return [value for name, value in box.credentials[platform].items() if name != "page_id"]
