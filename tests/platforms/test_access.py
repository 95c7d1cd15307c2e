"""What a token may do, until when, and the newest posts: the calls of the check, held against the sandbox."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from occupier.domain.access import Access
from occupier.domain.errors import NetworkError
from occupier.domain.ports import Network
from occupier.platforms.facebook_reading import calls_left, token
from occupier.platforms.mastodon_reading import lacking, scopes
from occupier.platforms.plain import number
from occupier.sandbox import Sandbox
from occupier.sandbox.faults import Fault, FaultKind
from tests.fakes import FakeClock
from tests.platforms.conftest import HOUR, LINK, Connect, MakeOrder

REAL = ["mastodon", "x", "facebook"]
every_network = pytest.mark.parametrize("platform", REAL)


def examined(network: Network) -> Access:
    return network.examine(network.verify())


@every_network
def test_an_ordinary_token_may_post_and_tells_how_many_calls_are_left(connect: Connect, platform: str) -> None:
    access = examined(connect(platform))
    assert (access.may_post, access.lacking) == (True, ())
    assert access.calls_left is not None
    assert access.calls_of is not None
    assert 0 < access.calls_left <= access.calls_of


@pytest.mark.parametrize(
    ("platform", "lacks"), [("mastodon", ("write:statuses",)), ("x", ()), ("facebook", ("pages_manage_posts",))]
)
def test_a_token_that_may_only_read(box: Sandbox, connect: Connect, platform: str, lacks: tuple[str, ...]) -> None:
    box.fault(platform, Fault(FaultKind.READ_ONLY))
    access = examined(connect(platform))
    assert (access.may_post, access.lacking) == (False, lacks)


def test_until_when_a_token_lasts(box: Sandbox, connect: Connect, clock: FakeClock) -> None:
    box.fault("facebook", Fault(FaultKind.EXPIRING, seconds=3600))
    ends = examined(connect("facebook")).expires_at
    assert ends is not None
    assert abs(ends - clock.now() - HOUR) < timedelta(seconds=2)
    assert examined(connect("mastodon")).expires_at is None


@pytest.mark.parametrize("labelled", [True, False])
def test_the_label_of_automation(box: Sandbox, connect: Connect, *, labelled: bool) -> None:
    if labelled:
        box.fault("mastodon", Fault(FaultKind.LABELLED))
    assert examined(connect("mastodon")).labelled is labelled
    assert examined(connect("x")).labelled is None


def test_what_a_network_does_not_answer_stays_unknown(box: Sandbox, connect: Connect) -> None:
    network = connect("mastodon")
    identity = network.verify()
    box.fault("mastodon", Fault(FaultKind.STATUS, status=404, verb="read"))
    assert network.examine(identity) == identity.access
    page = connect("facebook")
    identity = page.verify()
    box.fault("facebook", Fault(FaultKind.STATUS, status=503, verb="read"))
    assert page.examine(identity) == identity.access


@every_network
def test_the_newest_posts_come_whoever_made_them(
    box: Sandbox, connect: Connect, clock: FakeClock, order: MakeOrder, platform: str
) -> None:
    network = connect(platform)
    box.announce(platform, f"Par l'outil habituel {LINK}", application="dlvr.it", at=clock.now() - HOUR)
    network.apply(order(network))
    ours, theirs = network.latest(40).posts
    assert (ours.created_at, theirs.created_at) == (clock.now().replace(microsecond=0), clock.now() - HOUR)
    assert theirs.application == (None if platform == "x" else "dlvr.it")
    assert LINK in theirs.links
    assert network.latest(1).posts[:1] == (ours,)


@every_network
def test_newest_posts_that_cannot_be_read_say_why(box: Sandbox, connect: Connect, platform: str) -> None:
    box.fault(platform, Fault(FaultKind.STATUS, status=503, verb="read"))
    with pytest.raises(NetworkError):
        connect(platform).latest(40)


def test_reading_posts_on_x_is_billed_by_the_post(box: Sandbox, connect: Connect) -> None:
    for n in range(7):
        box.announce("x", f"Article {n}", application="dlvr.it")
    assert connect("x").latest(5).cost_microusd == 5 * 5000


@pytest.mark.parametrize(
    ("body", "found"),
    [({"scope": ["read", "write"]}, ("read", "write")), ({"scopes": "read write:media"}, ("read", "write:media"))],
)
def test_scopes_are_a_list_or_a_text(body: dict[str, Any], found: tuple[str, ...]) -> None:
    assert scopes(body) == found


@pytest.mark.parametrize(
    ("granted", "missing"),
    [
        (("read", "write"), ()),
        (("read:accounts", "read:statuses", "write:statuses"), ()),
        (("read", "write:media"), ("write:statuses",)),
        (("profile", "write:statuses"), ("read:statuses", "read:accounts")),
    ],
)
def test_a_wide_scope_holds_the_narrow_ones(granted: tuple[str, ...], missing: tuple[str, ...]) -> None:
    assert lacking(granted) == missing


@pytest.mark.parametrize(
    ("said", "left"),
    [('{"call_count":3,"total_cputime":40}', 60), ('{"call_count":130}', 0), ("{}", None), ("[1]", None), ("x", None)],
)
def test_how_much_of_the_hour_is_left_on_facebook(said: str, left: int | None) -> None:
    assert calls_left({"x-app-usage": said}).calls_left == left


def test_a_facebook_token_for_ever_has_no_end() -> None:
    assert token({"data": {"scopes": ["pages_manage_posts", "pages_read_engagement"], "expires_at": 0}}) == Access(True)
    assert token({"data": {}}) == Access()


@pytest.mark.parametrize(("header", "said"), [("12", 12), (" 0 ", 0), ("-1", None), ("1e3", None), ("9" * 20, None)])
def test_a_number_in_a_header(header: str, said: int | None) -> None:
    assert number(header) == said
    assert number(None) is None
