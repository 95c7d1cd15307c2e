"""A post on X read whole, as it takes to delete it and to post it again: held against the sandbox."""

from __future__ import annotations

from typing import Any

import pytest

from occupier.domain.action import Payload, Verb
from occupier.domain.errors import NetworkError
from occupier.domain.outcome import Receipt, RefusalKind, Refused
from occupier.domain.ports import Order, Portrayer
from occupier.domain.snapshot import Medium, Snapshot
from occupier.platforms.x_reading import portrait
from occupier.sandbox import Sandbox
from occupier.sandbox.faults import Fault, FaultKind
from tests.platforms.conftest import LINK, Connect

USUAL = "À la une <& plus> : les salarié.es, example.org"


@pytest.fixture
def network(connect: Connect) -> Portrayer:
    made = connect("x")
    assert isinstance(made, Portrayer)
    return made


def delete(network: Portrayer, post_id: str) -> object:
    return network.apply(Order(Verb.DELETE, Payload(""), "key", 20.0, lambda: True, post_id))


def publish(network: Portrayer, text: str) -> object:
    return network.apply(Order(Verb.PUBLISH, Payload(text), "key", 20.0, lambda: True))


def taken(network: Portrayer, post_id: str) -> Snapshot:
    found = network.snapshot(post_id)
    assert found is not None
    return found


def test_the_text_is_that_of_its_author_and_can_be_posted_again(network: Portrayer, box: Sandbox) -> None:
    post = box.announce("x", f"{USUAL} {LINK}", application="dlvr.it")
    box.answer("x", post.id, likes=3, views=40)
    before = taken(network, post.id)
    assert before.text == post.text
    assert LINK in before.links
    assert (before.figures.likes, before.figures.views, before.cannot) == (3, 40, None)
    assert isinstance(delete(network, post.id), Receipt)
    assert network.snapshot(post.id) is None
    again = publish(network, before.payload.text)
    assert isinstance(again, Receipt)
    assert taken(network, again.id).is_as(before.payload)
    assert [p.text for p in box.posts("x") if not p.deleted] == [post.text]


def test_what_holds_media_says_so_with_their_texts_and_without_the_address_that_x_adds(
    network: Portrayer, box: Sandbox
) -> None:
    post = box.announce("x", f"À lire {LINK}", application="dlvr.it", media=["Une banderole", None])
    before = taken(network, post.id)
    assert before.text == post.text
    assert before.media == (Medium(f"3_{post.id}1", "Une banderole"), Medium(f"3_{post.id}2", None))
    assert before.cannot == "media"


def test_what_cannot_be_read_is_no_absence(network: Portrayer, box: Sandbox) -> None:
    post = box.announce("x", f"À lire {LINK}", application="dlvr.it")
    box.fault("x", Fault(FaultKind.STATUS, status=503, verb="read", times=1))
    with pytest.raises(NetworkError):
        network.snapshot(post.id)


def test_a_server_that_remembers_deleted_posts_refuses_their_texts(network: Portrayer, box: Sandbox) -> None:
    post = box.announce("x", f"À lire {LINK}", application="dlvr.it")
    box.fault("x", Fault(FaultKind.DELETED_REMEMBERED))
    delete(network, post.id)
    refused = publish(network, post.text)
    assert isinstance(refused, Refused)
    assert refused.kind is RefusalKind.DUPLICATE


def tweet(**values: Any) -> dict[str, Any]:
    return {"id": "9", "text": "À lire", "created_at": "2026-11-20T12:00:00.000Z", **values}


@pytest.mark.parametrize(
    ("values", "lost"),
    [
        ({}, None),
        ({"attachments": {"poll_ids": ["1"]}}, "poll"),
        ({"attachments": {"media_keys": ["3_1"]}}, "media"),
        ({"referenced_tweets": [{"type": "quoted", "id": "1"}]}, "quote"),
        ({"referenced_tweets": [{"type": "replied_to", "id": "1"}]}, "answer"),
        ({"edit_history_tweet_ids": ["9", "10"]}, "version"),
        ({"edit_history_tweet_ids": ["8", "9"]}, None),
    ],
)
def test_what_could_not_be_posted_again_is_named(values: dict[str, Any], lost: str | None) -> None:
    found = portrait({"data": tweet(**values)}, "9")
    assert found is not None
    assert found.cannot == lost


def test_of_a_long_post_the_whole_text_is_kept() -> None:
    urls = [{"url": "https://t.co/1", "expanded_url": LINK, "display_url": "example.org/…"}]
    whole = {"text": "Un long &amp; bon texte https://t.co/1", "entities": {"urls": urls}}
    found = portrait({"data": tweet(text="Un long…", note_tweet=whole)}, "9")
    assert found is not None
    assert found.text == f"Un long & bon texte {LINK}"


def test_an_answer_that_says_nothing_of_the_post_is_no_absence() -> None:
    withheld = {"errors": [{"type": "https://api.twitter.com/2/problems/not-authorized-for-resource", "value": "9"}]}
    with pytest.raises(ValueError, match="nothing"):
        portrait(withheld, "9")
