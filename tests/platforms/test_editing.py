"""Posts of others edited in place, and put back: held against the sandbox."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from occupier.domain.action import Payload, Verb
from occupier.domain.outcome import Receipt, RefusalKind, Refused, Retryable, Uncertain
from occupier.domain.ports import Order, Portrayer
from occupier.domain.snapshot import Medium, Snapshot
from occupier.sandbox import Sandbox, SandboxPost
from occupier.sandbox.faults import Fault, FaultKind
from tests.platforms.conftest import LINK, Connect

USUAL, STRIKE = "À la une : les retraites", "Les CM sont en grève."
Find = Callable[[], SandboxPost]


@pytest.fixture(params=["mastodon", "facebook"])
def platform(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def network(platform: str, connect: Connect) -> Portrayer:
    made = connect(platform)
    assert isinstance(made, Portrayer)
    return made


@pytest.fixture
def usual(platform: str, box: Sandbox) -> SandboxPost:
    """The usual tool's post; on Facebook it was made by the application that the token is of."""
    return box.announce(platform, f"{USUAL}\n{LINK}", application="sandbox")


def editing(post_id: str, payload: Payload, *, may_begin: Callable[[], bool] = lambda: True) -> Order:
    return Order(Verb.EDIT, payload, "key", 20.0, may_begin, post_id)


def message(platform: str) -> Payload:
    return Payload(STRIKE if platform == "facebook" else f"{STRIKE}\n{LINK}", LINK)


def taken(network: Portrayer, post_id: str) -> Snapshot:
    found = network.snapshot(post_id)
    assert found is not None
    return found


def test_a_post_is_edited_where_it_stands_and_put_back_as_it_was(
    platform: str, network: Portrayer, usual: SandboxPost, box: Sandbox
) -> None:
    before = taken(network, usual.id)
    assert before.text == usual.text
    strike = before.onto(message(platform))
    outcome = network.apply(editing(usual.id, strike))
    assert isinstance(outcome, Receipt)
    assert outcome.id == usual.id
    now = taken(network, usual.id)
    assert now.is_as(strike)
    assert LINK in now.links
    network.apply(editing(usual.id, before.payload))
    assert taken(network, usual.id).is_as(before.payload)
    assert [post.text for post in box.posts(platform)] == [usual.text]
    assert [edit.text for edit in box.posts(platform)[0].edits] == [usual.text, strike.text]


def test_a_post_that_is_gone_has_no_snapshot_and_is_refused_as_gone(
    platform: str, network: Portrayer, usual: SandboxPost, box: Sandbox
) -> None:
    box.remove(platform, usual.id)
    assert network.snapshot(usual.id) is None
    outcome = network.apply(editing(usual.id, message(platform)))
    assert isinstance(outcome, Refused)
    assert outcome.kind is RefusalKind.GONE


def test_nothing_is_edited_without_leave(platform: str, network: Portrayer, usual: SandboxPost, box: Sandbox) -> None:
    outcome = network.apply(editing(usual.id, message(platform), may_begin=lambda: False))
    assert isinstance(outcome, Retryable)
    assert box.posts(platform)[0].text == usual.text


def test_a_lost_answer_leaves_it_uncertain(platform: str, network: Portrayer, usual: SandboxPost, box: Sandbox) -> None:
    box.fault(platform, Fault(FaultKind.CLOSED, after=True, times=1))
    assert isinstance(network.apply(editing(usual.id, message(platform))), Uncertain)
    assert STRIKE in box.posts(platform)[0].text


def test_a_network_that_edits_nothing_refuses(
    platform: str, network: Portrayer, usual: SandboxPost, box: Sandbox
) -> None:
    box.fault(platform, Fault(FaultKind.EDITS_REFUSED))
    assert isinstance(network.apply(editing(usual.id, message(platform))), Refused)
    assert box.posts(platform)[0].text == usual.text


def test_facebook_edits_no_post_of_another_application(connect: Connect, box: Sandbox) -> None:
    network, post = connect("facebook"), box.announce("facebook", f"{USUAL}\n{LINK}", application="dlvr.it")
    outcome = network.apply(editing(post.id, message("facebook")))
    assert isinstance(outcome, Refused)
    assert outcome.kind is RefusalKind.PERMISSION


def test_on_facebook_a_link_that_was_not_attached_is_written(connect: Connect, box: Sandbox) -> None:
    assert Snapshot("1", USUAL, box.account("facebook").created_at).onto(message("facebook")).text.endswith(LINK)


def test_media_their_texts_and_the_warning_of_a_status_are_sent_again(connect: Connect, box: Sandbox) -> None:
    network = connect("mastodon")
    assert isinstance(network, Portrayer)
    post = box.announce(
        "mastodon", f"{USUAL}\n{LINK}", application="dlvr.it", media=["Une banderole", None], spoiler="Retraites"
    )
    before = taken(network, post.id)
    assert before.media == (Medium(f"{post.id}1", "Une banderole"), Medium(f"{post.id}2", None))
    assert (before.spoiler, before.sensitive, before.application) == ("Retraites", True, "dlvr.it")
    network.apply(editing(post.id, before.onto(message("mastodon"))))
    now = box.posts("mastodon")[0]
    assert STRIKE in now.text
    assert [(m.id, m.description or None) for m in now.media] == [(m.id, m.description) for m in before.media]
    assert (now.spoiler, now.sensitive) == ("Retraites", True)


def test_the_sandbox_drops_what_an_edit_does_not_send_again(connect: Connect, box: Sandbox) -> None:
    network = connect("mastodon")
    post = box.announce("mastodon", f"{USUAL}\n{LINK}", application="dlvr.it", media=["Une banderole"], spoiler="x")
    network.apply(editing(post.id, message("mastodon")))
    now = box.posts("mastodon")[0]
    assert (now.media, now.spoiler, now.sensitive) == ((), "", False)


def test_a_snapshot_survives_being_written_down(network: Portrayer, usual: SandboxPost) -> None:
    before = taken(network, usual.id)
    assert Snapshot.from_json(before.to_json()) == before
