"""The usual tools of a month of strike: one that is forgotten now and then, one that reads the strike feed."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from occupier.domain.action import State
from occupier.domain.reconcile import RemotePost
from occupier.services.kiosk.offering import Offering
from occupier.services.review.overhearing import Overhearing
from occupier.storage.store import SqlStore
from occupier.syndication.press import Cutter
from tests.campaigns.company import AGENT, Reader
from tests.fakes import FakeNetwork
from tests.services.newsroom import MINUTE, Newsroom

GUARDED, SILENT, FED = "garde", "muet", "fil"
ROBOT = "Robot"
FORGOTTEN = 0.5
"""Of the days, those on which somebody lets the usual tool run."""
READS, LISTENS = 15, 5
"""Minutes between two readings of the strike feed by the tool, and of the account by occupier."""


@dataclass
class Tools:
    """What the tools do, and what they saw; `usual` are the tool's posts by the article's link."""

    room: Newsroom
    chance: random.Random
    first_read: Mapping[str, datetime]
    usual: dict[str, RemotePost] = field(default_factory=dict)
    reader: Reader = field(default_factory=Reader)
    _coming: list[tuple[datetime, str]] = field(default_factory=list)
    _known: int = 0
    _day: int = -1
    _runs: bool = False

    def start(self) -> None:
        """Open the journal anew, as a process that starts does."""
        room, setup = self.room, lambda: self.room.setup
        self._store = SqlStore(room.path, room.clock)
        self._offering = Offering(self._store, Cutter(), room.clock, setup, room.store.pause_file)
        self._overhearing = Overhearing(room.store, room.networks, room.clock, room.notices, setup)

    def begin(self) -> None:
        """Read the strike feed for the first time."""
        self._offering.prepare()
        self.read()

    def close(self) -> None:
        """Close it."""
        self._store.close()

    def tick(self, now: datetime) -> None:
        """Let a minute pass."""
        self._wonder(now)
        due, self._coming = [c for c in self._coming if c[0] <= now], [c for c in self._coming if c[0] > now]
        for _, link in due:
            self._announce(link, now)
        if now.minute % LISTENS == 0:
            account, target = self.room.account(GUARDED), self.room.target(GUARDED)
            self.room.posting.look_again(account, target)
            self._overhearing.listen(account, target)
        if now.minute % READS == 0:
            self.read()

    def _wonder(self, now: datetime) -> None:
        """Let the tool take up what is new, on the days on which it runs."""
        if now.day != self._day:
            self._day, self._runs = now.day, self.chance.random() < FORGOTTEN
        new, self._known = list(self.first_read)[self._known :], len(self.first_read)
        if self._runs:
            self._coming += [(now + self.chance.uniform(-3, 25) * MINUTE, link) for link in new]

    def _announce(self, link: str, now: datetime) -> None:
        network = self.room.networks[GUARDED]
        assert isinstance(network, FakeNetwork)
        there = f"{link}?utm_source=robot"
        post = RemotePost(f"usual-{len(self.usual)}", f"À lire {there}", (there,), now, application=ROBOT)
        self.usual[link] = post
        network.posts.insert(0, post)

    def read(self) -> None:
        """Read the strike feed."""
        edition = self._offering.edition(FED, AGENT)
        if edition is not None:
            self.reader.take(edition.body)

    # --- the verdict --------------------------------------------------------------------------------------------------

    def is_true(self, name: str, record: Mapping[str, Any], link: str, own: RemotePost | None) -> bool:
        """Say whether a line of the log is what came of an article on one of the tools' accounts."""
        state, reason = State(record["state"]), record["reason"]
        if name == SILENT:
            return (state, reason) == (State.LEFT, "silence") and own is None
        if name == FED:
            item = self.reader.seen.get(link)
            handed = state is State.HANDED and record["read_at"] is not None
            return handed == (item is not None) and (item is None or "grève".encode() in item)
        return (state, reason) != (State.LEFT, "usual_out") or (link in self.usual and own is None)

    def is_beside(self, link: str, own: RemotePost | None) -> bool:
        """Say whether a strike post was posted though the usual one stood there before it was looked for."""
        usual = self.usual.get(link)
        return own is not None and usual is not None and usual.created_at < own.created_at

    def untold(self, concerned: set[str], told: set[str], in_strike: Callable[[datetime], bool]) -> int:
        """Count the usual posts about articles of the strike, made in it, that no event tells of."""
        slipped = {post.id for link, post in self.usual.items() if link in concerned and in_strike(post.created_at)}
        return len(slipped - told)
