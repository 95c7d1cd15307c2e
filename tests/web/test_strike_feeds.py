"""Strike feeds over HTTP: conditional, compressed, believed for a minute, and served without a trace of who reads."""

from __future__ import annotations

import gzip
import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest

from occupier.bootstrap import House, Live, Silent
from occupier.domain.errors import FailedError
from occupier.settings import load_text
from occupier.web.strike_feeds import Kiosk as Application
from occupier.web.strike_feeds import serving_feeds
from tests.fakes import FakeClock
from tests.services.kiosk.stand import Kiosk, rss
from tests.storage.journal import empty_journal_at

HERE = "127.0.0.1"
ANSWER = tuple[int, dict[str, str], bytes]


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    made = Kiosk(empty_journal_at(tmp_path / "occupier.db"), FakeClock())
    made.hold()
    made.offering.prepare()
    yield made
    made.close()


def ask(kiosk: Kiosk, path: str = "/feeds/outil.xml", method: str = "GET", **headers: str) -> ANSWER:
    asked = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    status, told, body = Application(kiosk.offering).answer(method, path, {b"user-agent": b"tool/1", **asked})
    return status, {name.decode(): value.decode() for name, value in told}, body


def test_a_reader_gets_the_feed_and_how_long_to_believe_it(kiosk: Kiosk) -> None:
    status, headers, body = ask(kiosk)
    assert (status, body) == (200, rss([3, 2, 1]))
    assert headers["content-type"] == "application/rss+xml; charset=utf-8"
    assert headers["cache-control"] == "private, max-age=60, must-revalidate"
    assert headers["vary"] == "User-Agent, Accept-Encoding"


def test_whoever_has_it_is_told_so(kiosk: Kiosk) -> None:
    _, headers, _ = ask(kiosk)
    for tag in (headers["etag"], f"W/{headers['etag']}", f'"other", {headers["etag"]}', "*"):
        status, told, body = ask(kiosk, if_none_match=tag)
        assert (status, body, told["etag"]) == (304, b"", headers["etag"])
    kiosk.hold(4)
    assert ask(kiosk, if_none_match=headers["etag"])[0] == 200


def test_it_is_compressed_where_that_is_understood(kiosk: Kiosk) -> None:
    status, headers, body = ask(kiosk, accept_encoding="deflate, gzip")
    assert (status, headers["content-encoding"], gzip.decompress(body)) == (200, "gzip", rss([3, 2, 1]))
    assert ask(kiosk, accept_encoding="gzip", if_none_match=headers["etag"])[0] == 304
    assert headers["etag"] != ask(kiosk)[1]["etag"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/feeds/ailleurs.xml", 404),
        ("GET", "/feeds/outil", 404),
        ("GET", "/feeds/../outil.xml", 404),
        ("GET", "/", 404),
        ("POST", "/feeds/outil.xml", 405),
    ],
)
def test_there_is_nothing_else(kiosk: Kiosk, method: str, path: str, status: int) -> None:
    assert ask(kiosk, path, method)[0] == status


def test_to_ask_for_the_head_is_no_reading(kiosk: Kiosk) -> None:
    assert ask(kiosk, method="HEAD")[0] == 200
    with kiosk.store.reading() as tx:
        assert tx.kiosk.readers(kiosk.target("outil").id) == []


def test_a_journal_that_cannot_be_used_is_no_empty_feed(kiosk: Kiosk) -> None:
    kiosk.path.rename(kiosk.path.with_suffix(".away"))
    status, headers, body = ask(kiosk)
    assert (status, headers["retry-after"], headers["cache-control"], body) == (503, "60", "no-store", b"")


def test_it_is_served_on_a_socket_of_this_machine(tmp_path: Path, kiosk: Kiosk) -> None:
    text = (
        'timezone = "Europe/Paris"\n[[feeds]]\nname = "une"\nurl = "https://www.example.org/une.xml"\n'
        '[[accounts]]\nname = "outil"\nplatform = "feed"\nfor_platform = "x"\n'
    )
    house = House(Live(load_text(text, tmp_path, {}, kiosk.clock.now())), kiosk.store, kiosk.clock, Silent())
    with serving_feeds(house, HERE, 0) as addresses:
        host, _, path = addresses["outil"].removeprefix("http://").partition("/")
        connection = http.client.HTTPConnection(host, timeout=5)
        connection.request("GET", f"/{path}", headers={"User-Agent": "feed2toot/0.17"})
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, rss([3, 2, 1]))
        connection.close()
        taken = int(host.rpartition(":")[2])
        with pytest.raises(FailedError, match="with --serve-feed"), serving_feeds(house, HERE, taken, "--serve-feed"):
            raise AssertionError
    with kiosk.store.reading() as tx:
        assert [reader.agent for reader in tx.kiosk.readers(kiosk.target("outil").id)] == ["feed2toot"]
