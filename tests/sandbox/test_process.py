import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from urllib.request import Request, urlopen

import pytest


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    command = [
        sys.executable,
        "-m",
        "occupier.sandbox",
        "--port",
        "0",
        "--visible-after",
        "3600",
        "--ignore-keys",
        "--unlimited",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        yield running
        if running.poll() is None:
            running.kill()


def test_a_process_of_its_own_says_where_it_is_and_ends_on_sigterm(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())
    token = told["credentials"]["mastodon"]["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}
    for _ in range(2):
        with urlopen(Request(f"{told['url']}/api/v1/statuses", b"status=oui", headers), timeout=10) as answer:
            account = json.load(answer)["account"]["id"]
    with urlopen(f"{told['url']}/api/v1/accounts/{account}/statuses", timeout=10) as answer:
        assert json.load(answer) == []
    control = Request(f"{told['url']}/control/posts", headers={"X-Sandbox-Token": told["token"]})
    with urlopen(control, timeout=10) as answer:
        assert len(json.load(answer)["posts"]) == 2
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
