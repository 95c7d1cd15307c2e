"""The sandbox under test, with the networks' real client libraries pointed at it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import facebook
import mastodon
import pytest
import requests
import tweepy
from requests.adapters import HTTPAdapter
from requests_oauthlib import OAuth1

from occupier.sandbox import Sandbox


class Clock:
    """A clock that moves when a test says so."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 24, 9, 30, 15, 250_000, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Answer:
    """An answer read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Ask = Callable[..., Answer]
"""Sends one request and reads its answer."""
Signed = Callable[..., requests.Response]
"""Sends one request to X, signed."""


class SignAgain(HTTPAdapter):
    """Sends tweepy's requests to the sandbox, signed for the address they really go to."""

    def __init__(self, base: str, credentials: Mapping[str, str]) -> None:
        super().__init__()
        self.base, self.credentials = base, credentials

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        assert request.url is not None
        parts = urlsplit(request.url)
        request.url = f"{self.base}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        del request.headers["Authorization"]
        request.prepare_auth(oauth1(self.credentials))
        return super().send(request, *args, **options)


def oauth1(credentials: Mapping[str, str]) -> OAuth1:
    return OAuth1(
        credentials["consumer_key"],
        credentials["consumer_secret"],
        credentials["access_token"],
        credentials["access_token_secret"],
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def box(clock: Clock) -> Iterator[Sandbox]:
    with Sandbox(clock=clock) as running:
        yield running


@pytest.fixture
def ask(box: Sandbox) -> Callable[..., Answer]:
    """Return a function that sends one request on a connection of its own."""

    def send(
        method: str,
        path: str,
        *,
        form: Mapping[str, str] | None = None,
        value: object = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 10,
    ) -> Answer:
        sent = dict(headers or {})
        body = None
        if form is not None:
            body = urlencode(form)
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        if value is not None:
            body = json.dumps(value)
            sent["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection("127.0.0.1", urlsplit(box.url).port or 0, timeout=timeout)
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.headers), answer.read())
        finally:
            connection.close()

    return send


@pytest.fixture
def toot(box: Sandbox, ask: Callable[..., Answer]) -> Callable[..., Answer]:
    """Return a function that posts a status."""
    token = box.credentials["mastodon"]["access_token"]

    def send(text: str = "Bonjour", key: str | None = None, timeout: float = 10) -> Answer:
        headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
        return ask("POST", "/api/v1/statuses", form={"status": text}, headers=headers, timeout=timeout)

    return send


@pytest.fixture
def signed(box: Sandbox) -> Iterator[Callable[..., requests.Response]]:
    """Return a function that sends a signed request to X."""
    with requests.Session() as session:
        auth = oauth1(box.credentials["x"])

        def send(method: str, path: str, **options: Any) -> requests.Response:
            return session.request(method, f"{box.url}/x{path}", auth=auth, timeout=10, **options)

        yield send


@pytest.fixture
def tweeting(box: Sandbox) -> Iterator[tweepy.Client]:
    secret = box.credentials["x"]
    client = tweepy.Client(**secret)
    client.session.mount("https://", SignAgain(f"{box.url}/x", secret))
    yield client
    client.session.close()


@pytest.fixture
def tooting(box: Sandbox) -> Iterator[mastodon.Mastodon]:
    client = mastodon.Mastodon(
        access_token=box.credentials["mastodon"]["access_token"],
        api_base_url=box.url,
        ratelimit_method="throw",
        request_timeout=10,
    )
    yield client
    client.session.close()


@pytest.fixture
def paging(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[facebook.GraphAPI]:
    monkeypatch.setattr(facebook, "FACEBOOK_GRAPH_URL", f"{box.url}/graph/")
    with requests.Session() as session:
        client = facebook.GraphAPI(box.credentials["facebook"]["access_token"], timeout=10, session=session)
        client.version = "v26.0"
        yield client
