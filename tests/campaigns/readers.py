"""Ten tools that read a feed, each as its author understood HTTP, and remember what they saw when."""

from __future__ import annotations

import gzip
import http.client
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

ITEM = re.compile(rb"<item>.*?</item>", re.DOTALL)
LINK = re.compile(rb"<link>(.*?)</link>")


ASLEEP, LATE, IN_THE_PAUSE = "asleep in the strike", "late", "late, in the pause"
"""Readers that the scene lets come when it is their time."""


@dataclass(frozen=True)
class Reading:
    """One answer: when it was asked and when it was there, and each item's bytes by its link."""

    asked: datetime
    there: datetime
    items: Mapping[str, bytes]


@dataclass
class Poller:
    """A tool: how it calls itself, how often it comes (seconds of the day), and what it makes of HTTP."""

    agent: str
    every: float
    conditional: bool = False
    zipped: bool = False
    believes: bool = False
    """It asks again only once its copy may not be believed any more."""
    restarts: bool = False
    """Every fourth time it has forgotten what it had of HTTP, and bears another version."""
    asks_head: bool = False
    readings: list[Reading] = field(default_factory=list)
    unchanged: int = 0
    refused: int = 0
    _tag: str | None = None
    _until: float = 0.0

    def read(self, address: str) -> None:
        """Read the feed once."""
        if self.believes and time.monotonic() < self._until:
            return
        n = len(self.readings) + self.unchanged
        if self.restarts and n % 4 == 3:
            self._tag = None
        asked = datetime.now(UTC)
        try:
            status, headers, body = self._ask(address, f"{self.agent}/{n // 4}.0" if self.restarts else self.agent)
        except OSError:  # the server is being started anew
            self.refused += 1
            return
        believed = re.search(r"max-age=(\d+)", headers.get("cache-control", ""))
        self._until = time.monotonic() + (float(believed[1]) if believed else 0)
        if status == 304:
            self.unchanged += 1
            self.readings.append(Reading(asked, datetime.now(UTC), self.readings[-1].items))
        elif status == 200:
            self._tag = headers["etag"]
            found = {LINK.search(item)[1].decode(): item for item in ITEM.findall(body)}  # type: ignore[index]
            self.readings.append(Reading(asked, datetime.now(UTC), found))
        else:
            self.refused += 1

    def _ask(self, address: str, agent: str) -> tuple[int, dict[str, str], bytes]:
        place, headers = urlsplit(address), {"User-Agent": agent}
        if self.conditional and self._tag:
            headers["If-None-Match"] = self._tag
        if self.zipped:
            headers["Accept-Encoding"] = "gzip"
        line = http.client.HTTPConnection(place.netloc, timeout=20)
        try:
            if self.asks_head:
                line.request("HEAD", place.path, headers={"User-Agent": agent})
                line.getresponse().read()
            line.request("GET", place.path, headers=headers)
            answer = line.getresponse()
            body = answer.read()
        finally:
            line.close()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, told, gzip.decompress(body) if told.get("content-encoding") == "gzip" else body

    def first_seen(self) -> dict[str, Reading]:
        """Return the reading in which each item was there for the first time."""
        seen: dict[str, Reading] = {}
        for reading in self.readings:
            for link in reading.items:
                seen.setdefault(link, reading)
        return seen


def pollers() -> list[Poller]:
    """Return the ten."""
    return [
        Poller("plain", 5),
        Poller("conditional", 5, conditional=True),
        Poller("zipped and conditional", 10, conditional=True, zipped=True),
        Poller("cache", 3, conditional=True, believes=True),
        Poller("restarted", 8, conditional=True, restarts=True),
        Poller("looks first", 12, asks_head=True),
        Poller("slow", 50),
        Poller(ASLEEP, 10),
        Poller(LATE, 10, conditional=True),
        Poller(IN_THE_PAUSE, 10, conditional=True),
    ]
