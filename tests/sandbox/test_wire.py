import http.client
import re
import socket

import pytest

from occupier.domain.errors import UsageError
from occupier.sandbox import Sandbox
from tests.sandbox.conftest import Ask, Clock


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1", "127.0.0.1:1", "evil.test:80"])
def test_another_host_name_is_not_answered(ask: Ask, host: str) -> None:
    assert ask("GET", "/", headers={"Host": host}).status == 421


def test_localhost_is_answered(ask: Ask, box: Sandbox) -> None:
    assert (
        ask("GET", "/", headers={"Host": box.url.removeprefix("http://").replace("127.0.0.1", "localhost")}).status
        == 200
    )


def test_a_connection_is_kept_for_the_next_request(box: Sandbox) -> None:
    connection = http.client.HTTPConnection(box.url.removeprefix("http://"), timeout=10)
    connection.connect()
    kept = connection.sock
    for _ in range(3):
        connection.request("GET", "/api/v2/instance")
        assert connection.getresponse().read()
        assert connection.sock is kept
    connection.close()


def test_a_body_over_a_mebibyte_is_refused(box: Sandbox) -> None:
    connection = http.client.HTTPConnection(box.url.removeprefix("http://"), timeout=10)
    connection.putrequest("POST", "/api/v1/statuses")
    connection.putheader("Content-Length", str(1024 * 1024 + 1))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


@pytest.mark.parametrize("body", ["status=%ff%00&status", "{", "[]", "\x00"])
def test_a_body_that_cannot_be_read_is_an_empty_one(ask: Ask, box: Sandbox, body: str) -> None:
    token = box.credentials["mastodon"]["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection(box.url.removeprefix("http://"), timeout=10)
    connection.request("POST", "/api/v1/statuses", body.encode(), headers)
    assert connection.getresponse().status == 422
    connection.close()


def test_requests_are_remembered_with_the_time(ask: Ask, box: Sandbox, clock: Clock) -> None:
    ask("GET", "/feeds/une.xml?x=1")
    ask("GET", "/")
    (seen,) = box.requests
    assert (seen.method, seen.path, seen.at) == ("GET", "/feeds/une.xml", clock.now)


def test_a_taken_port_is_said_in_a_sentence(box: Sandbox) -> None:
    port = int(box.url.rpartition(":")[2])
    with pytest.raises(UsageError, match=re.escape(f"127.0.0.1:{port}")):
        Sandbox(port=port)


def test_closing_twice_is_harmless_and_frees_the_port() -> None:
    box = Sandbox()
    port = int(box.url.rpartition(":")[2])
    box.close()
    box.close()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
