"""Connecting an account on X, on the sandbox."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from occupier.domain.action import Payload, Verb
from occupier.domain.connecting import XSteps
from occupier.domain.errors import NetworkError, UsageError
from occupier.domain.outcome import Receipt
from occupier.domain.ports import Order
from occupier.platforms.registry import build, connecting
from occupier.platforms.x import POST_WITH_LINK_PRICE
from occupier.platforms.x_connecting import NO_CREDIT, PROTECTED, READ_ONLY, XConnecting, _Keys
from occupier.sandbox import Fault, FaultKind, Sandbox
from tests.consent import give_access
from tests.fakes import FakeClock
from tests.loopback import Loopback, answer, says

FOUR = ("key", "secret", "5-token", "token-secret")


@pytest.fixture
def steps(box: Sandbox, clock: FakeClock) -> XSteps:
    made: XSteps = connecting("x", clock=clock, api_url=f"{box.url}/x")
    return made


@pytest.fixture
def app(box: Sandbox) -> tuple[str, str]:
    return box.keys["x"]["API Key"], box.keys["x"]["API Key Secret"]


def elsewhere(server: Loopback, clock: FakeClock) -> XSteps:
    made: XSteps = connecting("x", clock=clock, api_url=server.url)
    return made


def test_two_keys_and_a_pin_are_enough(box: Sandbox, steps: XSteps, app: tuple[str, str], clock: FakeClock) -> None:
    address = steps.begin(*app)
    assert address.startswith(f"{box.url}/x/oauth/authorize?oauth_token=")
    connected = steps.finish(f" {give_access(address)} ")
    assert (connected.handle, connected.display_name) == ("@CourrierHalles", "Le Courrier des Halles")
    assert (connected.followers, connected.warnings) == (96_512, ())
    assert connected.settings == {"api_url": f"{box.url}/x"}
    network = build("x", clock=clock, **connected.settings, **connected.secrets)
    published = network.apply(Order(Verb.PUBLISH, Payload("En grève.", None, {}), "key", 10.0, lambda: True))
    assert isinstance(published, Receipt)


def test_the_account_is_the_one_chosen_in_the_browser(box: Sandbox, steps: XSteps, app: tuple[str, str]) -> None:
    other = box.add_account("x", "Le Soir")["remote_id"]
    assert steps.finish(give_access(steps.begin(*app), other)).display_name == "Le Soir"


def test_what_a_post_costs_is_said_beforehand(steps: XSteps) -> None:
    assert any(f"about {POST_WITH_LINK_PRICE / 1_000_000:.2f} US dollars" in need.text for need in steps.needs)


def test_four_keys_are_enough(box: Sandbox, steps: XSteps) -> None:
    connected = steps.with_keys(*(f" {key}\n" for key in box.keys["x"].values()))
    assert connected.handle == "@CourrierHalles"
    assert dict(connected.secrets) == dict(box.credentials["x"])


def test_the_address_of_x_itself_is_no_setting(clock: FakeClock) -> None:
    assert XConnecting(clock=clock)._made(_Keys(*FOUR), "c", "C", None, ()).settings == {}


def test_an_app_that_may_only_read_is_said(box: Sandbox, steps: XSteps, app: tuple[str, str]) -> None:
    box.fault("x", Fault(FaultKind.READ_ONLY))
    assert steps.with_keys(*box.keys["x"].values()).warnings == (READ_ONLY,)
    assert steps.finish(give_access(steps.begin(*app))).warnings == (READ_ONLY,)


def test_without_credit_the_name_that_came_with_the_pin_is_enough(
    box: Sandbox, steps: XSteps, app: tuple[str, str]
) -> None:
    pin = give_access(steps.begin(*app))
    box.fault("x", Fault(FaultKind.CREDITS, verb="read"))
    connected = steps.finish(pin)
    assert (connected.handle, connected.warnings) == ("@CourrierHalles", (NO_CREDIT,))
    with pytest.raises(NetworkError, match="has no credit left: buy some"):
        steps.with_keys(*box.keys["x"].values())


def test_protected_posts_are_said(clock: FakeClock) -> None:
    me = b'{"data": {"id": "5", "name": "C", "username": "c", "protected": true}}'
    with Loopback(says(answer(me, "200 OK", "Content-Type: application/json"))) as server:
        assert elsewhere(server, clock).with_keys(*FOUR).warnings == (PROTECTED,)


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (lambda x, _: x.begin("nobody", "knows"), "does not know these two keys"),
        (lambda x, _: x.begin("two words", "b"), "A key of X is one word"),
        (lambda x, _: x.begin("", "b"), "A key of X is one word"),
        (lambda x, _: x.finish("1234567"), "give the app's two keys first"),
        (lambda x, app: x.with_keys(*app, "AAAAAAAAbearer", "s"), "This is not an access token of X"),
        (lambda x, app: x.with_keys(*app, "5-token", "s"), "does not accept these four keys"),
    ],
)
def test_mistakes_are_one_sentence_each(
    steps: XSteps, app: tuple[str, str], step: Callable[[XSteps, tuple[str, str]], object], sentence: str
) -> None:
    with pytest.raises((NetworkError, UsageError), match=sentence):
        step(steps, app)


def test_a_wrong_pin_is_one_sentence_and_so_is_a_used_one(steps: XSteps, app: tuple[str, str]) -> None:
    pin = give_access(steps.begin(*app))
    with pytest.raises(NetworkError, match="does not take this PIN"):
        steps.finish(str((int(pin) + 1) % 10_000_000))
    with pytest.raises(UsageError, match="a row of figures"):
        steps.finish("PIN: 12")
    steps.finish(pin)
    with pytest.raises(UsageError, match="give the app's two keys first"):
        steps.finish(pin)


def test_an_app_without_its_settings_is_one_sentence(clock: FakeClock) -> None:
    body = b'<errors><error code="415">Callback URL not approved for this client application.</error></errors>'
    with (
        Loopback(says(answer(body, "403 Forbidden", "Content-Type: text/xml"))) as server,
        pytest.raises(NetworkError, match=r"Callback URL not approved.*fill in its “User authentication settings”"),
    ):
        elsewhere(server, clock).begin("key", "secret")


def test_an_app_outside_any_project_hears_what_x_says(clock: FakeClock) -> None:
    body = b'{"title":"Client Forbidden","detail":"attached to a Project","status":403}'
    with (
        Loopback(says(answer(body, "403 Forbidden", "Content-Type: application/json"))) as server,
        pytest.raises(NetworkError, match=r"read its own account \(HTTP 403\): .*attached to a Project"),
    ):
        elsewhere(server, clock).with_keys(*FOUR)


def test_an_x_that_is_down_is_one_sentence(clock: FakeClock) -> None:
    with (
        Loopback(says(answer(b"over capacity", "503 Service Unavailable"))) as server,
        pytest.raises(NetworkError, match=r"X has trouble of its own \(HTTP 503\)"),
    ):
        elsewhere(server, clock).begin("key", "secret")


def test_an_answer_that_says_the_keys_back_is_not_repeated(clock: FakeClock) -> None:
    body = b"you said consumer-secret-canary and access-secret-canary"
    with Loopback(says(answer(body, "403 Forbidden"))) as server, pytest.raises(NetworkError) as caught:
        elsewhere(server, clock).with_keys("key", "consumer-secret-canary", "5-token", "access-secret-canary")
    assert "canary" not in f"{caught.value!r} {caught.value}"
    assert caught.value.__context__ is None


def test_no_secret_is_said(
    box: Sandbox, steps: XSteps, app: tuple[str, str], caplog: pytest.LogCaptureFixture, quiet: Callable[[], None]
) -> None:
    quiet()
    caplog.set_level(logging.DEBUG)
    address = steps.begin(*app)
    said = repr(vars(steps)) + address
    connected = steps.finish(give_access(address))
    said += repr(connected) + repr(vars(steps)) + caplog.text
    hidden = [connected.secrets[key] for key in ("consumer_secret", "access_token", "access_token_secret")]
    assert not [secret for secret in hidden if secret in said]
