"""Mastodon's API as somebody else understood it: the server `mastodon_mock`, in an environment of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from occupier.bootstrap import SystemClock
from occupier.domain.action import Payload, Verb
from occupier.domain.outcome import Receipt, Refused, Retryable, Uncertain
from occupier.domain.ports import Order
from occupier.domain.reconcile import look_for
from occupier.platforms.mastodon import Mastodon

PROGRAM = Path(__file__).parents[2] / ".venv-peers" / "bin" / "mastodon_mock"
LINK = "https://www.example.org/articles/12?page=1&x=%C3%A9"
TEXT = (
    f"✊ En grève « contre la réforme » jusqu’au vendredi 24 janvier à 19h.\nL’été & <b>l’hiver</b> #retraites\n{LINK}"
)

pytestmark = pytest.mark.campaign


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    if not PROGRAM.exists():
        if os.environ.get("CI"):
            pytest.fail("make campaigns installs mastodon_mock in .venv-peers")
        pytest.skip("mastodon_mock is not installed: make campaigns does it")
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [str(PROGRAM), "serve", "--in-memory", "--port", str(port), "--host", "127.0.0.1", "--log-level", "info"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if "running on" in line:
                break
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture
def account(server: str) -> Mastodon:
    return Mastodon(server=server, access_token="mock_token", clock=SystemClock())


def order(text: str, link: str | None = LINK, key: str = "k") -> Order:
    return Order(Verb.PUBLISH, Payload(text, link, {"visibility": "unlisted", "language": "fr"}), key, 10, lambda: True)


def fault(server: str, effect: dict[str, object], count: int = 1) -> None:
    rule = {"match": {"methods": ["POST"], "path": "/api/v1/statuses"}, "effect": effect, "count": count}
    headers = {"Content-Type": "application/json", "Authorization": "Bearer mock_token"}
    request = urllib.request.Request(f"{server}/api/v1/_mock/faults", json.dumps(rule).encode(), headers)
    urllib.request.urlopen(request, timeout=10).close()


def test_who_it_is_and_what_it_takes(account: Mastodon) -> None:
    assert account.verify().remote_id
    assert account.read_limits()["max_characters"] > 0


def test_a_post_is_accepted_and_found_again_as_ours(account: Mastodon) -> None:
    since = SystemClock().now()
    sent = account.apply(order(TEXT, key="found"))
    assert isinstance(sent, Receipt)
    read = account.recent(since - timedelta(minutes=10))
    assert read.complete
    found = look_for(Payload(TEXT, LINK), LINK, read.posts, since - timedelta(seconds=2), ())
    assert found.ours is not None
    assert found.ours.id == sent.id


def test_other_words_on_the_same_link_are_somebody_elses(account: Mastodon) -> None:
    since = SystemClock().now()
    assert isinstance(account.apply(order(f"Le post habituel\n{LINK}", key="usual")), Receipt)
    read = account.recent(since - timedelta(minutes=10))
    wanted = Payload("Un autre texte de grève\n" + LINK, LINK)
    found = look_for(wanted, LINK, read.posts, since - timedelta(seconds=2), ())
    assert found.ours is None
    assert len(found.elsewhere) >= 1


def test_what_it_refuses_and_what_it_leaves_open_are_told_apart(server: str, account: Mastodon) -> None:
    stranger = Mastodon(server=server, access_token="no-such-token", clock=SystemClock())
    refused = stranger.apply(order(TEXT, key="stranger"))
    assert isinstance(refused, Refused)
    assert refused.kind == "credentials"
    fault(server, {"type": "ratelimit"})
    assert isinstance(account.apply(order(TEXT, key="limited")), Retryable)
    fault(server, {"type": "status", "status": 503})
    assert isinstance(account.apply(order(TEXT, key="broken")), Uncertain)
    fault(server, {"type": "malformed"})
    assert isinstance(account.apply(order(TEXT, key="cut")), Uncertain)
