"""Connecting a Mastodon account, on the sandbox and on servers that are none."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
import requests

from occupier.domain.action import Payload, Verb
from occupier.domain.connecting import MastodonSteps, revoking
from occupier.domain.errors import NetworkError, UsageError
from occupier.domain.outcome import Receipt
from occupier.domain.ports import Order
from occupier.platforms.mastodon_connecting import SCOPES
from occupier.platforms.mastodon_server import server_address
from occupier.platforms.registry import build, connecting
from occupier.sandbox import Sandbox
from tests.consent import give_access
from tests.fakes import FakeClock
from tests.loopback import Loopback, answer, closes, says


@pytest.fixture
def steps(clock: FakeClock) -> MastodonSteps:
    made: MastodonSteps = connecting("mastodon", clock=clock)
    return made


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("mastodon.social", "https://mastodon.social"),
        (" https://piaille.fr/@courrier ", "https://piaille.fr"),
        ("http://piaille.fr", "https://piaille.fr"),
        ("@courrier@piaille.fr", "https://piaille.fr"),
        ("courrier@piaille.fr", "https://piaille.fr"),
        ("https://piaille.fr:8443/", "https://piaille.fr:8443"),
        ("Épicerie.Example", "https://épicerie.example"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("https://localhost:8000", "https://localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_a_server_is_read_out_of_what_people_type(typed: str, address: str) -> None:
    assert server_address(typed) == address


@pytest.mark.parametrize("typed", ["", "courrier", "@courrier", "ftp://piaille.fr", "piaille .fr", "a..b", "x.fr:port"])
def test_what_names_no_server_is_answered_with_an_example(typed: str) -> None:
    with pytest.raises(UsageError, match="for example mastodon.social"):
        server_address(typed)


def test_a_server_and_a_code_are_enough(box: Sandbox, steps: MastodonSteps) -> None:
    address = steps.begin(box.url.removeprefix("http://"))
    assert address.startswith(f"{box.url}/oauth/authorize?")
    connected = steps.finish(f"  {give_access(address)}\n")
    host = box.url.removeprefix("http://")
    assert connected.handle == f"@courrierhalles@{host}"
    assert (connected.display_name, connected.followers) == ("Le Courrier des Halles", 18_240)
    assert connected.settings == {"server": box.url}
    assert set(connected.secrets) == {"access_token"}
    assert (connected.expires_at, connected.warnings) == (None, ())


def test_the_address_of_the_page_that_shows_the_code_serves_as_well(box: Sandbox, steps: MastodonSteps) -> None:
    code = give_access(steps.begin(box.url))
    assert steps.finish(f"{box.url}/oauth/authorize/native?code={code}").followers == 18_240


def test_the_account_is_the_one_chosen_in_the_browser(box: Sandbox, steps: MastodonSteps) -> None:
    other = box.add_account("mastodon", "Le Soir")["remote_id"]
    assert steps.finish(give_access(steps.begin(box.url), other)).display_name == "Le Soir"


def test_the_rights_asked_for_are_enough_to_publish_verify_find_again_and_delete(
    box: Sandbox, steps: MastodonSteps, clock: FakeClock
) -> None:
    connected = steps.finish(give_access(steps.begin(box.url)))
    network = build("mastodon", clock=clock, **connected.settings, **connected.secrets)
    assert network.verify().name == "courrierhalles"
    published = network.apply(Order(Verb.PUBLISH, Payload("En grève.", None, {}), "key", 10.0, lambda: True))
    assert isinstance(published, Receipt)
    assert len(network.recent(clock.now() - timedelta(hours=1)).posts) == 1
    assert network.look_up([published.id]).posts
    gone = network.apply(Order(Verb.DELETE, Payload("", None, {}), "key-2", 10.0, lambda: True, published.id))
    assert isinstance(gone, Receipt)


@pytest.mark.parametrize("left_out", SCOPES)
def test_none_of_these_rights_can_be_done_without(box: Sandbox, left_out: str) -> None:
    given = [scope for scope in SCOPES if scope != left_out]
    token = granted(box, given)
    calls = {
        "read:accounts": ("GET", "/api/v1/accounts/verify_credentials"),
        "read:statuses": ("GET", f"/api/v1/accounts/{box.account('mastodon').id}/statuses"),
        "write:statuses": ("POST", "/api/v1/statuses"),
    }
    method, path = calls[left_out]
    said = requests.request(
        method, box.url + path, headers={"Authorization": f"Bearer {token}"}, data={"status": "x"}, timeout=10
    )
    assert (said.status_code, said.json()["error"]) == (403, "This action is outside the authorized scopes")


def granted(box: Sandbox, scopes: list[str]) -> str:
    """Return a token of these scopes, got as any application gets one."""
    asked = {"client_name": "essai", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": " ".join(scopes)}
    app = requests.post(f"{box.url}/api/v1/apps", data=asked, timeout=10).json()
    query = f"client_id={app['client_id']}&redirect_uri={asked['redirect_uris']}&response_type=code"
    code = give_access(f"{box.url}/oauth/authorize?{query}&scope={'+'.join(scopes)}")
    form = {**app, "redirect_uri": asked["redirect_uris"], "grant_type": "authorization_code", "code": code}
    token: str = requests.post(f"{box.url}/oauth/token", data=form, timeout=10).json()["access_token"]
    return token


def test_a_wrong_a_used_and_an_old_code_are_one_sentence(box: Sandbox, steps: MastodonSteps, clock: FakeClock) -> None:
    address = steps.begin(box.url)
    code = give_access(address)
    steps.finish(code)
    old = give_access(address)
    clock.advance(timedelta(minutes=11))
    for given in ("abc", code, old, ""):
        with pytest.raises(NetworkError, match="does not take this code: it serves once, for ten minutes"):
            steps.finish(given)


def test_access_that_is_given_back_is_over(box: Sandbox, steps: MastodonSteps, clock: FakeClock) -> None:
    connected = steps.finish(give_access(steps.begin(box.url)))
    steps.discard()
    with pytest.raises(NetworkError, match="HTTP 401"):
        build("mastodon", clock=clock, **connected.settings, **connected.secrets).verify()
    steps.discard()


def test_the_page_where_access_ends_ends_it(box: Sandbox, steps: MastodonSteps, clock: FakeClock) -> None:
    connected = steps.finish(give_access(steps.begin(box.url)))
    page = revoking("mastodon", box.url.removeprefix("http://"))
    assert "occupier · Mastodon" in requests.get(page, timeout=10).text
    requests.post(page, data={"grant": "1"}, timeout=10)
    with pytest.raises(NetworkError, match="HTTP 401"):
        build("mastodon", clock=clock, **connected.settings, **connected.secrets).verify()


def test_an_app_is_registered_once_per_server(box: Sandbox, steps: MastodonSteps) -> None:
    assert steps.begin(box.url) == steps.begin(box.url)
    assert [seen.path for seen in box.requests].count("/api/v1/apps") == 1


@pytest.mark.parametrize(
    "said",
    [
        answer(b"<html>404</html>", "404 Not Found", "Content-Type: text/html"),
        answer(b"<html>Bienvenue</html>", "200 OK", "Content-Type: text/html"),
        answer(b'{"error":{"code":"NO_SUCH_ENDPOINT"}}', "404 Not Found", "Content-Type: application/json"),
        answer(b"", "301 Moved Permanently", "Location: https://www.example.org/"),
        answer(b"[]", "200 OK", "Content-Type: application/json"),
        answer(b'{"client_id": 5}', "200 OK", "Content-Type: application/json"),
    ],
)
def test_a_server_that_is_none_of_mastodons_is_one_sentence(steps: MastodonSteps, said: bytes) -> None:
    with Loopback(says(said)) as server, pytest.raises(NetworkError, match="does not answer as a Mastodon server does"):
        steps.begin(server.url)


def test_a_server_that_takes_no_new_app_says_why(steps: MastodonSteps) -> None:
    body = b'{"error": "Registrations are closed"}'
    with (
        Loopback(says(answer(body, "403 Forbidden", "Content-Type: application/json"))) as server,
        pytest.raises(NetworkError, match=r"lets no new app in \(.*Registrations are closed.*\): ask the people"),
    ):
        steps.begin(server.url)


def test_a_name_behind_which_nobody_answers_is_one_sentence(steps: MastodonSteps) -> None:
    with pytest.raises(NetworkError, match=r"Nothing answers at 127\.0\.0\.1:1: check the name"):
        steps.begin("127.0.0.1:1")


def test_a_server_that_hangs_up_is_one_sentence(steps: MastodonSteps) -> None:
    with Loopback(closes) as server, pytest.raises(NetworkError, match="did not answer in time, or broke off"):
        steps.begin(server.url)


def test_a_code_before_a_server_is_one_sentence(steps: MastodonSteps) -> None:
    with pytest.raises(UsageError, match="give the name of the server first"):
        steps.finish("abc")


def test_no_secret_is_said(
    box: Sandbox, steps: MastodonSteps, caplog: pytest.LogCaptureFixture, quiet: Callable[[], None]
) -> None:
    quiet()
    caplog.set_level(logging.DEBUG)
    connected = steps.finish(give_access(steps.begin(box.url)))
    token = connected.secrets["access_token"]
    said = repr(connected) + repr(vars(steps)["_apps"]) + caplog.text
    box_apps = [app.client_secret for app in vars(steps)["_apps"].values()]
    assert not [secret for secret in (token, *box_apps) if secret in said]
