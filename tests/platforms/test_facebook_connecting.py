"""Connecting a Facebook page, on the sandbox and against what Facebook may say."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from occupier.domain.action import Payload, Verb
from occupier.domain.connecting import FacebookSteps, PageChoice
from occupier.domain.errors import NetworkError, UsageError
from occupier.domain.outcome import Receipt
from occupier.domain.ports import Order
from occupier.platforms.facebook_access import (
    ENDS_SOON,
    LOOK_AT_POST,
    LOOK_FROM_OUTSIDE,
    NO_PRIVACY_POLICY,
    NOT_ALLOWED,
    UNKNOWN_END,
    UNPUBLISHED,
)
from occupier.platforms.registry import build, connecting
from occupier.sandbox import Fault, FaultKind, Sandbox
from tests.fakes import FakeClock
from tests.loopback import Loopback, answer, says

PAGE = {"id": "7", "name": "Le Courrier", "access_token": "page-token-canary", "tasks": ["CREATE_CONTENT"]}
RIGHTS = ("pages_show_list", "pages_read_engagement", "pages_manage_posts")
GRANTED = {"data": [{"permission": right, "status": "granted"} for right in RIGHTS]}


@pytest.fixture
def steps(box: Sandbox, clock: FakeClock) -> FacebookSteps:
    made: FacebookSteps = connecting("facebook", clock=clock, api_url=f"{box.url}/graph")
    return made


@pytest.fixture
def keys(box: Sandbox) -> tuple[str, str, str]:
    known = box.keys["facebook"]
    return known["User Token"], known["App ID"], known["App Secret"]


def facebook(answers: dict[str, Any], clock: FakeClock) -> tuple[Loopback, FacebookSteps]:
    """Return a Graph API that says these things by the end of the path, and steps that speak to it."""

    def behave(connection: Any, request: bytes) -> None:
        path = request.split(b" ")[1].decode().partition("?")[0]
        body = next((said for end, said in answers.items() if path.endswith(end)), None)
        status = "200 OK" if body is not None and "error" not in body else "400 Bad Request"
        says(answer(json.dumps(body).encode(), status, "Content-Type: application/json"))(connection, request)

    server = Loopback(behave)
    return server, connecting("facebook", clock=clock, api_url=server.url)


def error(code: int, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "type": "OAuthException"}}


def test_a_token_with_the_app_leads_to_a_page_that_lasts(
    box: Sandbox, steps: FacebookSteps, keys: tuple[str, str, str], clock: FakeClock
) -> None:
    (page,) = steps.pages(f" {keys[0]}\n", *keys[1:])
    assert (page.name, page.followers, page.can_publish) == ("Le Courrier des Halles", 212_047, True)
    connected = steps.choose(page)
    assert (connected.display_name, connected.followers) == ("Le Courrier des Halles", 212_047)
    assert connected.settings == {"page_id": page.id, "api_url": f"{box.url}/graph"}
    assert (connected.expires_at, connected.warnings) == (None, (LOOK_FROM_OUTSIDE,))
    clock.advance(timedelta(days=60))
    network = build("facebook", clock=clock, api_version="v26.0", **connected.settings, **connected.secrets)
    published = network.apply(Order(Verb.PUBLISH, Payload("En grève.", None, {}), "key", 10.0, lambda: True))
    assert isinstance(published, Receipt)


def test_a_token_alone_ends_within_the_hour_and_that_is_said(
    steps: FacebookSteps, keys: tuple[str, str, str], clock: FakeClock
) -> None:
    connected = steps.choose(steps.pages(keys[0])[0])
    ends = clock.now() + timedelta(hours=1)
    assert connected.expires_at == ends
    assert [note.text for note in connected.warnings] == [ENDS_SOON.text, LOOK_FROM_OUTSIDE.text]
    assert connected.warnings[0].values == {"when": ends}
    clock.advance(timedelta(hours=1))
    network = build("facebook", clock=clock, api_version="v26.0", **connected.settings, **connected.secrets)
    with pytest.raises(NetworkError):
        network.verify()


def test_every_page_is_a_choice(box: Sandbox, steps: FacebookSteps, keys: tuple[str, str, str]) -> None:
    box.add_account("facebook", "Le Soir")
    choices = steps.pages(*keys)
    assert [page.name for page in choices] == ["Le Courrier des Halles", "Le Soir"]
    assert steps.choose(choices[1]).display_name == "Le Soir"


def test_pages_beyond_the_first_hundred_are_listed_too(clock: FakeClock) -> None:
    def listed(page: dict[str, Any], **paging: Any) -> bytes:
        return answer(json.dumps({"data": [page], "paging": paging}).encode(), "200 OK", "Content-Type: text/json")

    replies = iter([
        answer(json.dumps(GRANTED).encode(), "200 OK", "Content-Type: application/json"),
        listed(PAGE, cursors={"after": "Q"}, next="https://graph.facebook.com/…"),
        listed(PAGE | {"id": "8", "name": "Le Soir"}, cursors={"after": "R"}),
    ])  # fmt: skip
    with Loopback(lambda connection, request: says(next(replies))(connection, request)) as server:
        found = connecting("facebook", clock=clock, api_url=server.url).pages("token")
        assert b"after=Q" in server.requests[-1]
    assert [page.id for page in found] == ["7", "8"]


def test_an_app_without_a_privacy_policy_cannot_be_live(
    box: Sandbox, steps: FacebookSteps, keys: tuple[str, str, str]
) -> None:
    box.fault("facebook", Fault(FaultKind.DEVELOPMENT_MODE))
    assert steps.choose(steps.pages(*keys)[0]).warnings == (NO_PRIVACY_POLICY,)


def test_a_post_that_the_app_made_before_is_the_one_to_look_at(
    box: Sandbox, steps: FacebookSteps, keys: tuple[str, str, str], clock: FakeClock
) -> None:
    page = {"page_id": box.credentials["facebook"]["page_id"], "api_url": f"{box.url}/graph"}
    token = box.credentials["facebook"]["access_token"]
    network = build("facebook", clock=clock, api_version="v26.0", access_token=token, **page)
    published = network.apply(Order(Verb.PUBLISH, Payload("Essai.", None, {}), "key", 10.0, lambda: True))
    assert isinstance(published, Receipt)
    for given in (keys, keys[:1]):
        look = steps.choose(steps.pages(*given)[0]).warnings[-1]
        assert (look.text, look.values) == (LOOK_AT_POST.text, {"address": published.url})


def test_a_post_that_another_app_made_says_nothing_of_this_one(clock: FakeClock) -> None:
    posts = {"data": [{"permalink_url": "https://facebook.com/1", "application": {"id": "9"}}, {"id": "7_2"}]}
    told = {"data": {"app_id": "5", "expires_at": 0}}
    answers = {"/published_posts": posts, "/debug_token": told, "/me": {"id": "7", "name": "C"}}
    server, steps = facebook(answers, clock)
    with server:
        assert steps.choose(PageChoice("7", "C", access_token="t")).warnings == (LOOK_FROM_OUTSIDE,)


def test_what_cannot_be_known_is_said_to_be_unknown(clock: FakeClock) -> None:
    me = {"id": "7", "name": "Le Courrier", "is_published": False}
    server, steps = facebook({"/me": me, "/debug_token": error(100, "no")}, clock)
    with server:
        connected = steps.choose(PageChoice("7", "Le Courrier", can_publish=False, access_token="t"))
    assert connected.warnings == (NOT_ALLOWED, UNPUBLISHED, UNKNOWN_END, LOOK_FROM_OUTSIDE)
    assert (connected.handle, connected.followers, connected.expires_at) == ("7", None, None)


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (lambda f, k: f.pages("nonsense"), "does not accept this token any more"),
        (lambda f, k: f.pages(k[0], "12", k[2]), "does not know this app's number and secret"),
        (lambda f, k: f.pages(k[0], k[1], "wrong"), "does not know this app's number and secret"),
        (lambda f, k: f.pages("nonsense", *k[1:]), "does not accept this token any more"),
        (lambda f, k: f.pages(k[0], k[1]), "give both, or neither"),
        (lambda f, k: f.pages(k[0], "me/x", k[2]), "made of figures alone"),
        (lambda f, k: f.pages("  "), "There is no token"),
        (lambda f, k: f.pages(f.pages(k[0])[0].access_token), "not of a person"),
        (lambda f, k: f.choose(PageChoice("7", "Le Courrier")), "no token for the page Le Courrier"),
        (lambda f, k: f.choose(PageChoice("8", "Le Soir", access_token=f.pages(k[0])[0].access_token)),
         "another page than Le Soir"),
    ],
)  # fmt: skip
def test_mistakes_are_one_sentence_each(
    steps: FacebookSteps,
    keys: tuple[str, str, str],
    step: Callable[[FacebookSteps, tuple[str, str, str]], object],
    sentence: str,
) -> None:
    with pytest.raises((NetworkError, UsageError), match=sentence):
        step(steps, keys)


def test_rights_that_lack_are_named(clock: FakeClock) -> None:
    some = {"data": [*GRANTED["data"][:1], {"permission": "pages_manage_posts", "status": "declined"}]}
    server, steps = facebook({"/permissions": some}, clock)
    with server, pytest.raises(NetworkError, match=r"add pages_read_engagement, pages_manage_posts, and generate"):
        steps.pages("token")


def test_a_token_that_leads_to_no_page_is_one_sentence(clock: FakeClock) -> None:
    server, steps = facebook({"/permissions": GRANTED, "/accounts": {"data": []}}, clock)
    with server, pytest.raises(NetworkError, match="leads to no page: .* tick the page"):
        steps.pages("token")


@pytest.mark.parametrize("said", [{"data": None}, {"data": [5, {}]}, {"data": {"x": 1}}])
def test_a_list_of_nonsense_is_no_page(clock: FakeClock, said: dict[str, Any]) -> None:
    server, steps = facebook({"/permissions": GRANTED, "/accounts": said}, clock)
    with server, pytest.raises(NetworkError, match="leads to no page"):
        steps.pages("token")


def test_other_refusals_are_repeated_without_the_secrets(clock: FakeClock) -> None:
    server, steps = facebook({"/permissions": error(4, "limit for user-token-canary")}, clock)
    with server, pytest.raises(NetworkError, match=r"Facebook refuses \(HTTP 400\): limit for ") as caught:
        steps.pages("user-token-canary")
    assert "canary" not in f"{caught.value!r} {caught.value}"
    assert caught.value.__context__ is None


def test_no_secret_is_said(
    steps: FacebookSteps, keys: tuple[str, str, str], caplog: pytest.LogCaptureFixture, quiet: Callable[[], None]
) -> None:
    quiet()
    caplog.set_level(logging.DEBUG)
    choices = steps.pages(*keys)
    connected = steps.choose(choices[0])
    said = repr(choices) + repr(connected) + repr(steps) + caplog.text
    hidden = (keys[0], keys[2], connected.secrets["access_token"])
    assert not [secret for secret in hidden if secret in said]
