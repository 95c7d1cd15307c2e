"""The ways to an account in the sandbox, as an application and a person meet them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
import requests

from occupier.sandbox import Sandbox
from tests.consent import give_access
from tests.sandbox.conftest import Answer, Clock, oauth1

OOB = "urn:ietf:wg:oauth:2.0:oob"


def registered(box: Sandbox, **changes: str) -> requests.Response:
    asked = {"client_name": "essai", "redirect_uris": OOB, "scopes": "read write"} | changes
    return requests.post(f"{box.url}/api/v1/apps", data=asked, timeout=10)


def authorizing(box: Sandbox, app: Mapping[str, str], **changes: str) -> str:
    asked = {"client_id": app["client_id"], "redirect_uri": OOB, "response_type": "code", "scope": "read"} | changes
    return requests.Request("GET", f"{box.url}/oauth/authorize", params=asked).prepare().url or ""


def tokens(box: Sandbox, app: Mapping[str, str], **changes: str) -> requests.Response:
    asked = {
        "grant_type": "authorization_code", "client_id": app["client_id"], "client_secret": app["client_secret"],
        "redirect_uri": OOB,
    } | changes  # fmt: skip
    return requests.post(f"{box.url}/oauth/token", data=asked, timeout=10)


def test_an_application_is_registered_as_mastodon_does(box: Sandbox) -> None:
    app = registered(box).json()
    assert (app["name"], app["scopes"], app["redirect_uris"]) == ("essai", ["read", "write"], [OOB])
    assert app["client_secret_expires_at"] == 0


@pytest.mark.parametrize("changes", [{"client_name": ""}, {"redirect_uris": ""}, {"scopes": "everything"}])
def test_an_application_without_sense_is_refused(box: Sandbox, changes: dict[str, str]) -> None:
    said = registered(box, **changes)
    assert (said.status_code, said.json()["error"][:18]) == (422, "Validation failed:")


@pytest.mark.parametrize(
    "changes",
    [{"client_id": "x"}, {"redirect_uri": "https://x.example"}, {"response_type": "token"}, {"scope": "follow"}],
)
def test_no_access_is_asked_for_what_was_not_registered(box: Sandbox, changes: dict[str, str]) -> None:
    address = authorizing(box, registered(box).json(), **changes)
    page = requests.get(address, timeout=10)
    assert (page.status_code, "<form" in page.text) == (400, False)


def test_a_token_says_its_scopes_and_whose_application_it_is_of(box: Sandbox, clock: Clock) -> None:
    app = registered(box).json()
    token = tokens(box, app, code=give_access(authorizing(box, app))).json()
    assert (token["token_type"], token["scope"], token["created_at"]) == ("Bearer", "read", int(clock().timestamp()))
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    verified = requests.get(f"{box.url}/api/v1/apps/verify_credentials", headers=headers, timeout=10)
    assert verified.json()["name"] == "essai"
    assert requests.get(f"{box.url}/api/v1/apps/verify_credentials", timeout=10).status_code == 401


def test_posts_and_edits_bear_the_name_of_the_application_that_made_them(box: Sandbox) -> None:
    app = registered(box).json()
    token = tokens(box, app, code=give_access(authorizing(box, app, scope="write"))).json()["access_token"]
    own = box.account("mastodon").credentials["access_token"]
    made = [
        requests.post(f"{box.url}/api/v1/statuses", data={"status": "Un", "access_token": one}, timeout=10).json()
        for one in (token, own)
    ]
    assert [post["application"]["name"] for post in made] == ["essai", "sandbox"]
    data = {"status": "Deux", "access_token": token}
    requests.put(f"{box.url}/api/v1/statuses/{made[1]['id']}", data=data, timeout=10)
    assert [edit.application for edit in box.posts("mastodon")[1].edits] == ["essai"]


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"code": "x"}, 400, "invalid_grant"),
        ({"client_secret": "x"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_no_token_without_all_of_it(box: Sandbox, changes: dict[str, str], status: int, error: str) -> None:
    said = tokens(box, registered(box).json(), **changes)
    assert (said.status_code, said.json()["error"]) == (status, error)


def test_only_its_application_gives_a_token_back(box: Sandbox) -> None:
    app, other = registered(box).json(), registered(box).json()
    token = tokens(box, app, code=give_access(authorizing(box, app))).json()["access_token"]
    form = {"client_id": other["client_id"], "client_secret": "x", "token": token}
    assert requests.post(f"{box.url}/oauth/revoke", data=form, timeout=10).status_code == 403
    assert "essai" in requests.get(f"{box.url}/oauth/authorized_applications", timeout=10).text


def test_a_request_token_of_x_needs_its_app_and_no_callback(box: Sandbox) -> None:
    import requests_oauthlib

    x = box.credentials["x"]
    address = f"{box.url}/x/oauth/request_token"

    def asked(secret: str, callback: str) -> requests.Response:
        signed = requests_oauthlib.OAuth1(x["consumer_key"], secret, callback_uri=callback)
        return requests.post(address, auth=signed, timeout=10)

    assert "oauth_callback_confirmed=true" in asked(x["consumer_secret"], "oob").text
    assert asked("x", "oob").json() == {"errors": [{"code": 32, "message": "Could not authenticate you."}]}
    assert asked(x["consumer_secret"], "https://x.example").json()["errors"][0]["code"] == 415


def test_every_answer_of_x_tells_the_apps_level(box: Sandbox, signed: Callable[..., requests.Response]) -> None:
    assert signed("GET", "/2/users/me").headers["x-access-level"] == "read-write"
    assert oauth1(box.credentials["x"])


def test_a_page_of_x_without_a_request_token_says_so(ask: Callable[..., Answer]) -> None:
    said = ask("GET", "/x/oauth/authorize?oauth_token=x")
    assert (said.status, "request token for this page is invalid" in said.body.decode()) == (400, True)


def test_a_token_of_facebook_is_explained_to_its_app_only(box: Sandbox) -> None:
    keys = box.keys["facebook"]
    asked = {"input_token": box.credentials["facebook"]["access_token"]}

    def told(token: str) -> dict[str, object]:
        where = f"{box.url}/graph/v26.0/debug_token"
        found: dict[str, object] = requests.get(where, params={**asked, "access_token": token}, timeout=10).json()
        return found

    data = told(f"{keys['App ID']}|{keys['App Secret']}")["data"]
    assert isinstance(data, dict)
    assert (data["type"], data["is_valid"], data["expires_at"]) == ("PAGE", True, 0)
    assert told("x")["error"]
    asked["input_token"] = "x"
    assert told(keys["User Token"]) == {
        "data": {"error": {"code": 190, "message": "Malformed access token"}, "is_valid": False, "scopes": []}
    }


@pytest.mark.parametrize(("language", "words"), [("fr", "Clés du bac à sable"), ("en", "The sandbox’s keys")])
def test_the_keys_are_shown_in_the_readers_language(box: Sandbox, language: str, words: str) -> None:
    page = requests.get(f"{box.url}/keys", headers={"Accept-Language": language}, timeout=10)
    assert words in page.text
    assert all(key in page.text for table in box.keys.values() for key in table.values())


def test_the_pages_with_a_button_send_nothing_elsewhere_and_escape_names(box: Sandbox) -> None:
    app = registered(box, client_name="<script>alert(1)</script>").json()
    page = requests.get(authorizing(box, app), timeout=10)
    assert "form-action 'self'" in page.headers["Content-Security-Policy"]
    assert "&lt;script&gt;" in page.text
    assert "<script>" not in page.text


def test_a_page_is_listed_with_one_token_until_that_is_taken_back(box: Sandbox) -> None:
    keys = box.keys["facebook"]

    def listed() -> str:
        where = f"{box.url}/graph/v26.0/me/accounts"
        found = requests.get(where, params={"access_token": keys["User Token"]}, timeout=10).json()
        token: str = found["data"][0]["access_token"]
        return token

    first = listed()
    assert listed() == first
    requests.post(f"{box.url}/oauth/authorized_applications", data={"grant": "1"}, timeout=10)
    assert listed() != first
