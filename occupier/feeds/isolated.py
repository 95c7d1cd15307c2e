"""A process of its own for documents that could take for ever: ``python -m occupier.feeds.isolated``.

It gets one JSON line (`content_type`, `url`) and the document on its standard input, and gives one JSON object back.
It sees neither the settings nor the environment's secrets.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import Any, BinaryIO

from occupier.domain.article import Entry
from occupier.domain.errors import FeedError, Sentence
from occupier.domain.ports import Parsed
from occupier.feeds.address import shown
from occupier.feeds.document import understand

SECONDS = 10
MEMORY = 200 * 1024 * 1024
_MODULE = ["-m", "occupier.feeds.isolated"]
_UNPACKED = "_PYI_"
"""How the variables begin by which the single-file executable tells a child where it is unpacked already."""


def understand_apart(body: bytes, content_type: str, url: str) -> Parsed:
    """Parse in a child process, ended after 10 s or at 200 MB; raises FeedError as parsing does, or for that."""
    told = json.dumps({"content_type": content_type, "url": url}).encode() + b"\n" + body
    try:
        child = subprocess.run(command(), input=told, capture_output=True, timeout=SECONDS, env=environment())
    except subprocess.TimeoutExpired as error:
        raise _too_much(url) from error
    if child.returncode != 0:
        raise _too_much(url)
    return _received(json.loads(child.stdout))


def command() -> list[str]:
    """Return the command line of the child: of an interpreter, or of the single-file executable that plays one."""
    return [sys.executable, *_MODULE] if getattr(sys, "frozen", False) else [sys.executable, "-P", *_MODULE]


def work() -> int:
    """Be the child: answer for the document on standard input, within the limits; return the exit status."""
    _limit()
    main(sys.stdin.buffer, sys.stdout.buffer)
    return 0


def main(stdin: BinaryIO, stdout: BinaryIO) -> None:
    """Answer for one document."""
    about = json.loads(stdin.readline())
    try:
        parsed = understand(stdin.read(), about["content_type"], about["url"])
        answer: dict[str, Any] = asdict(parsed)
        # any bytes survive the way through JSON as characters of that number
        answer["document"] = parsed.document.decode("latin-1")
    except FeedError as error:
        answer = {"error": error.sentence.text, "values": dict(error.sentence.values)}
    stdout.write(json.dumps(answer, default=datetime.isoformat).encode())


def _limit() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    # macOS knows the name of this limit only.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def environment() -> Mapping[str, str]:
    """Return all that the child sees of ours: where the modules are."""
    unpacked = {name: value for name, value in os.environ.items() if name.startswith(_UNPACKED)}
    path = os.pathsep.join(path for path in sys.path if path)
    return {**unpacked, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}


def _too_much(url: str) -> FeedError:
    return FeedError(
        "The feed at {url} could not be understood within {seconds} s and {megabytes} MB, and is not read.",
        url=shown(url),
        seconds=SECONDS,
        megabytes=MEMORY // 2**20,
    )


def _received(answer: Mapping[str, Any]) -> Parsed:
    if "error" in answer:
        raise FeedError(answer["error"], **answer["values"])
    skipped = tuple(Sentence(**said) for said in answer["skipped"])
    entries, document = tuple(_entry(e) for e in answer["entries"]), answer["document"].encode("latin-1")
    return Parsed(entries, answer["title"], skipped, document, tuple(answer["places"]), answer["listed"])


def _entry(told: Mapping[str, Any]) -> Entry:
    published = told["published_at"]
    return Entry(
        **{
            **told,
            "categories": tuple(told["categories"]),
            "published_at": datetime.fromisoformat(published) if published else None,
        }
    )


if __name__ == "__main__":
    sys.exit(work())
