"""A server of many feeds, in a process of its own: ``python -m benchmarks.newsstand --delay 0.1``.

It prints its port. `/<edition>/<n>.xml` is a feed of 50 items, the same bytes at every request, conditional by ETag;
another edition has other items. It answers on a hundred addresses of the loopback network (Linux has them all), as
feeds are on many hosts. It is the standard library's bare protocol: a server must not cost more than what it measures.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache, partial

ITEMS, HOSTS = 50, 100
BODY = " ".join(f"<p>Une phrase {n} de l&apos;article, avec <b>du gras</b> &amp; un lien.</p>" for n in range(12))


@lru_cache(maxsize=4)
def _items(edition: str) -> str:
    return "".join(
        f"<item><title>Article {edition}-{n} de {{feed}} : la grève &amp; la suite</title>"
        f"<link>https://www.example.org/{{feed}}/{edition}/{n}</link>"
        f'<guid isPermaLink="false">{{feed}}-{edition}-{n}</guid>'
        f"<pubDate>Fri, 20 Nov 2026 {n % 24:02}:{n:02}:00 GMT</pubDate>"
        f"<category>Société</category><category>Économie</category>"
        f"<description><![CDATA[{BODY}]]></description></item>"
        for n in range(ITEMS)
    )


def document(edition: str, feed: str) -> bytes:
    """Return one feed: some 50 KB of RSS 2.0, as newsrooms make it."""
    head = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Journal {feed}</title>'
    head += "<link>https://www.example.org/</link><description>Les articles</description>"
    return (head + _items(edition).replace("{feed}", feed) + "</channel></rss>").encode()


class _Connection(asyncio.Protocol):
    """One kept connection; requests follow each other on it."""

    transport: asyncio.Transport

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        while b"\r\n\r\n" in self._read:
            request, _, self._read = self._read.partition(b"\r\n\r\n")
            asyncio.get_running_loop().call_later(self._delay, self._answer, request)

    def _answer(self, request: bytes) -> None:
        path = request.split(b" ", 2)[1].decode()
        edition, _, feed = path.strip("/").removesuffix(".xml").partition("/")
        etag = f'"{edition}-{feed}"'
        head = f"ETag: {etag}\r\nContent-Type: application/rss+xml; charset=utf-8\r\n"
        if etag.encode() in request:
            self.transport.write(f"HTTP/1.1 304 Not Modified\r\n{head}\r\n".encode())
            return
        body = document(edition, feed)
        self.transport.write(f"HTTP/1.1 200 OK\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)


async def _serve(delay: float) -> None:
    loop, answer = asyncio.get_running_loop(), partial(_Connection, delay)
    first = await loop.create_server(answer, "127.0.1.1", backlog=2048)
    port = first.sockets[0].getsockname()[1]
    for host in range(2, HOSTS + 1):
        await loop.create_server(answer, f"127.0.1.{host}", port, backlog=2048)
    print(port, flush=True)
    await first.serve_forever()


@contextmanager
def newsstand(delay: float = 0) -> Iterator[int]:
    """Run one in a process of its own; yield its port."""
    command = [sys.executable, "-m", "benchmarks.newsstand", "--delay", str(delay)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def address(port: int, edition: str, n: int) -> str:
    """Return the address of one feed."""
    return f"http://127.0.1.{n % HOSTS + 1}:{port}/{edition}/{n}.xml"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--delay", type=float, default=0, help="seconds before each answer")
    asyncio.run(_serve(parser.parse_args().delay))
