from __future__ import annotations

import gzip
import socket
import ssl
import subprocess
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from occupier import __version__
from occupier.domain.errors import FeedError
from occupier.domain.ports import Asked
from occupier.feeds.fetch import LARGEST, HttpFetcher

from .conftest import FEED, NOW, Frozen, Handler, Site, says

OpenSite = Callable[[str], Site]


def failure(fetcher: HttpFetcher, url: str) -> FeedError:
    with pytest.raises(FeedError) as caught:
        fetcher.fetch(Asked(url))
    assert url.partition("?")[0] in str(caught.value)
    return caught.value


def test_a_feed_comes_with_what_is_needed_to_ask_again(site: Site, fetcher: HttpFetcher) -> None:
    site.answers["/f"] = says(
        200,
        FEED,
        ETag='"a"',
        Last_Modified="Fri, 20 Nov 2026 10:00:00 GMT",
        Content_Type="text/xml; charset=utf-8",
        Date="Fri, 20 Nov 2026 18:00:30 GMT",
    )
    got = fetcher.fetch(Asked(site.url("/f")))
    assert (got.body, got.etag, got.modified) == (FEED, '"a"', "Fri, 20 Nov 2026 10:00:00 GMT")
    assert (got.content_type, got.url, got.host) == ("text/xml; charset=utf-8", site.url("/f"), "127.0.0.1")
    assert got.skew == timedelta(seconds=30)
    assert got.not_before is None
    assert site.requests[0][1]["user-agent"] == f"occupier/{__version__} (strike automation)"
    assert "if-none-match" not in site.requests[0][1]


def test_an_unchanged_feed_has_no_body_and_keeps_its_validators(site: Site, fetcher: HttpFetcher) -> None:
    site.answers["/f"] = says(304)
    got = fetcher.fetch(Asked(site.url("/f"), etag='"a"', modified="Fri, 20 Nov 2026 10:00:00 GMT"))
    assert (got.body, got.etag, got.modified) == (None, '"a"', "Fri, 20 Nov 2026 10:00:00 GMT")
    asked = site.requests[0][1]
    assert (asked["if-none-match"], asked["if-modified-since"]) == ('"a"', "Fri, 20 Nov 2026 10:00:00 GMT")


def test_unchanged_is_no_answer_to_a_feed_never_seen(site: Site, fetcher: HttpFetcher) -> None:
    site.answers["/f"] = says(304)
    assert "HTTP 304" in str(failure(fetcher, site.url("/f")))


def test_connections_are_kept(site: Site, fetcher: HttpFetcher) -> None:
    site.answers = {"/f": says(200, FEED), "/304": says(304), "/r": says(302, b"moved", Location="/f")}
    for path in ("/f", "/304", "/r", "/f"):
        fetcher.fetch(Asked(site.url(path), etag='"a"'))
    assert (site.connections, len(site.requests)) == (1, 5)


def test_many_feeds_are_asked_at_once(site: Site, fetcher: HttpFetcher) -> None:
    together = threading.Barrier(16, timeout=10)

    def answer(handler: Handler) -> None:
        together.wait()
        handler.say(200, handler.path.encode())

    paths = [f"/{n}" for n in range(16)]
    site.answers = dict.fromkeys(paths, answer)
    with ThreadPoolExecutor(16) as threads:
        bodies = list(threads.map(lambda path: fetcher.fetch(Asked(site.url(path))).body, paths))
    assert bodies == [path.encode() for path in paths]


def test_a_kept_connection_that_the_server_closed_meanwhile_is_replaced(site: Site, fetcher: HttpFetcher) -> None:
    def once_more(handler: Handler) -> None:
        # The second request on a connection is read, and dropped without an answer.
        if len(site.requests) == 2:
            handler.close_connection = True
        else:
            handler.say(200, FEED)

    site.answers["/f"] = once_more
    fetcher.fetch(Asked(site.url("/f")))
    assert fetcher.fetch(Asked(site.url("/f"))).body == FEED
    assert len(site.requests) == 3


def test_gzip_is_understood(site: Site, fetcher: HttpFetcher) -> None:
    site.answers["/f"] = says(200, gzip.compress(FEED), Content_Encoding="gzip")
    assert fetcher.fetch(Asked(site.url("/f"))).body == FEED
    assert site.requests[0][1]["accept-encoding"] == "gzip"


def test_a_gzip_bomb_is_given_up_at_bounded_memory(site: Site, fetcher: HttpFetcher) -> None:
    bomb = gzip.compress(bytes(64 * 2**20), 9)
    site.answers["/f"] = says(200, bomb, Content_Encoding="gzip")
    tracemalloc.start()
    try:
        error = failure(fetcher, site.url("/f"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "larger than 5 MiB" in str(error)
    assert peak < 4 * LARGEST


def test_five_mebibytes_are_read_and_not_a_byte_more(site: Site, fetcher: HttpFetcher) -> None:
    site.answers = {"/all": says(200, bytes(LARGEST)), "/more": says(200, bytes(LARGEST + 1))}
    assert len(fetcher.fetch(Asked(site.url("/all"))).body or b"") == LARGEST
    assert "larger" in str(failure(fetcher, site.url("/more")))


@pytest.mark.parametrize("drips_headers", [True, False])
def test_a_drip_ends_at_the_deadline(site: Site, drips_headers: bool) -> None:
    def drip(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"X: " if drips_headers else b"Content-Length: 9999\r\n\r\n"))
        while not site.over.wait(0.05):
            handler.wfile.write(b"a")

    site.answers["/f"] = drip
    fetcher = HttpFetcher(Frozen(), seconds=0.5)
    began = time.monotonic()
    assert "was not there within" in str(failure(fetcher, site.url("/f")))
    assert time.monotonic() - began < 5


def test_a_body_that_breaks_off_is_no_feed(site: Site, fetcher: HttpFetcher) -> None:
    def cut(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + FEED)
        handler.close_connection = True

    site.answers["/f"] = cut
    assert "broke off" in str(failure(fetcher, site.url("/f")))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_each_time_anew(site: Site, fetcher: HttpFetcher, status: int) -> None:
    site.answers = {"/old": says(status, Location="/new?x=1#part"), "/new?x=1": says(200, FEED)}
    for _ in range(2):
        assert fetcher.fetch(Asked(site.url("/old"))).url == site.url("/new?x=1")
    assert [path for path, _ in site.requests] == ["/old", "/new?x=1"] * 2


def test_a_redirect_loop_ends_after_five_hops(site: Site, fetcher: HttpFetcher) -> None:
    site.answers["/f"] = says(301, Location="/f")
    assert "more than 5 times" in str(failure(fetcher, site.url("/f")))
    assert len(site.requests) == 6


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://f.example/", "javascript:alert(1)", "http://[", "//u@h/"]
)
def test_a_redirect_leads_to_http_only(site: Site, fetcher: HttpFetcher, target: str) -> None:
    site.answers["/f"] = says(302, Location=target)
    assert "not an http or https address" in str(failure(fetcher, site.url("/f")))


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://f.example/feed", "gopher://f.example/1"])
def test_only_http_is_asked(fetcher: HttpFetcher, url: str) -> None:
    assert "is not an http or https address" in str(failure(fetcher, url))


def loopback_2_is_public(address: str) -> bool:
    return address != "127.0.0.2"


@pytest.fixture
def outside(open_site: OpenSite) -> Site:
    return open_site("127.0.0.2")


@pytest.mark.parametrize("was_connected_before", [False, True])
def test_a_public_feed_cannot_send_us_into_a_private_network(
    site: Site, outside: Site, was_connected_before: bool
) -> None:
    fetcher = HttpFetcher(Frozen(), private=loopback_2_is_public)
    site.answers["/secret"] = says(200, b"secret")
    if was_connected_before:
        assert fetcher.fetch(Asked(site.url("/secret"))).body == b"secret"
    seen = len(site.requests)
    # A name is as good as an address: what counts is where the connection really ends.
    outside.answers["/f"] = says(302, Location=f"http://localhost:{site.port}/secret")
    assert "private network" in str(failure(fetcher, outside.url("/f")))
    outside.answers["/f"] = says(302, Location=site.url("/secret"))
    assert "private network" in str(failure(fetcher, outside.url("/f")))
    assert len(site.requests) == seen


def test_a_private_feed_may_redirect_within_its_network(site: Site, open_site: OpenSite) -> None:
    other = open_site("127.0.0.1")
    other.answers["/f"] = says(200, FEED)
    site.answers["/f"] = says(302, Location=other.url("/f"))
    fetcher = HttpFetcher(Frozen(), private=loopback_2_is_public)
    assert fetcher.fetch(Asked(site.url("/f"))).body == FEED


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "password"),
        (403, "refuses"),
        (404, "no feed"),
        (410, "gone"),
        (418, "HTTP 418"),
        (429, "too frequent"),
        (500, "trouble"),
        (503, "trouble (HTTP 503)"),
    ],
)
def test_each_refusal_is_one_sentence(site: Site, fetcher: HttpFetcher, status: int, words: str) -> None:
    site.answers["/f?key=secret"] = says(status, b"<h1>no</h1>")
    said = str(failure(fetcher, site.url("/f?key=secret")))
    assert words in said
    assert "secret" not in said


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("120", 120),
        ("Fri, 20 Nov 2026 18:05:00 GMT", 300),
        ("Fri, 20 Nov 2026 17:00:00 GMT", 0),
        ("99999999999999999999", 86_400),
        ("Fri, 20 Nov 2099 18:05:00 GMT", 86_400),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_server_says_when_to_come_back(
    site: Site, fetcher: HttpFetcher, status: int, told: str, seconds: int
) -> None:
    site.answers["/f"] = says(status, Retry_After=told)
    assert failure(fetcher, site.url("/f")).not_before == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize("told", ["", "soon", "-5", "²"])
def test_a_wait_that_means_nothing_is_ignored(site: Site, fetcher: HttpFetcher, told: str) -> None:
    site.answers["/f"] = lambda handler: handler.say(503, Retry_After=told.encode().decode("latin-1"))
    assert failure(fetcher, site.url("/f")).not_before is None


def test_a_copy_from_a_cache_does_not_make_our_clock_look_wrong(site: Site, fetcher: HttpFetcher) -> None:
    site.answers["/f"] = says(200, FEED, Date="Fri, 20 Nov 2026 17:00:00 GMT", Age="3600")
    assert fetcher.fetch(Asked(site.url("/f"))).skew == timedelta(0)


def test_a_refused_connection_is_said(fetcher: HttpFetcher) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/f"
    assert "refuses the connection" in str(failure(fetcher, url))


def test_an_unknown_host_is_said(fetcher: HttpFetcher) -> None:
    assert "cannot be found (DNS)" in str(failure(fetcher, "http://nowhere.invalid/f"))


def test_a_server_without_tls_is_not_believed(site: Site, fetcher: HttpFetcher) -> None:
    assert "(TLS)" in str(failure(fetcher, site.url("/f").replace("http:", "https:")))


@contextmanager
def tls_server(folder: Path) -> Iterator[int]:
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", "key", "-out", "cert"]
    subprocess.run([*made, *subject], cwd=folder, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert", folder / "key")
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def shake() -> None:
            try:
                context.wrap_socket(listening.accept()[0], server_side=True).close()
            except OSError:
                return

        hand = threading.Thread(target=shake)
        hand.start()
        yield listening.getsockname()[1]
        hand.join(10)


def test_a_certificate_that_nobody_vouches_for_is_not_believed(tmp_path: Path, fetcher: HttpFetcher) -> None:
    try:
        subprocess.run(["openssl", "version"], check=True, capture_output=True)
    except OSError:
        pytest.skip("openssl makes the certificate, and is not installed")
    with tls_server(tmp_path) as port:
        assert "(TLS)" in str(failure(fetcher, f"https://localhost:{port}/f"))
