"""A newsroom to occupy: every service on a real journal, with a clock, feeds and networks that obey the test."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import deque
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from occupier.domain.action import Action, State
from occupier.domain.article import Entry
from occupier.domain.ports import Event, Fetched, Network, Parsed, Pause, Target
from occupier.domain.setup import Account, FeedSource, Setup
from occupier.domain.strike import Strike
from occupier.services.deeds.answering import Answering
from occupier.services.deeds.controlling import Controlling
from occupier.services.deeds.restoring import Restoring
from occupier.services.deeds.retracting import Retracting
from occupier.services.deeds.striking import Striking
from occupier.services.kiosk.keeping import Keeping
from occupier.services.lane.first_posts import FirstPosts
from occupier.services.lane.housekeeping import Housekeeping
from occupier.services.lane.identifying import Identifying
from occupier.services.lane.posting import Posting
from occupier.services.lane.reconciling import Reconciling
from occupier.services.lane.revisiting import Revisiting
from occupier.services.lane.sealing import Sealing
from occupier.services.lane.terms import Step
from occupier.services.review.announcing import Announcing
from occupier.services.review.measuring import Measuring
from occupier.services.review.reviewing import Reviewing
from occupier.services.watch.clockwatch import ClockWatch
from occupier.services.watch.deciding import Deciding
from occupier.services.watch.drafting import Drafting
from occupier.services.watch.taking import Polled
from occupier.services.watch.watching import Watching
from occupier.storage.store import SqlStore
from occupier.syndication.press import Cutter
from occupier.templates import JinjaTemplates
from tests.fakes import FakeClock, FakeFetcher, FakeNetwork, FakeNotices, FakeParser

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TEMPLATES = JinjaTemplates()


def entry(n: int | str, **values: Any) -> Entry:
    """Make an entry of a feed, the same for the same `n`."""
    return Entry(**{"title": f"Article {n}", "link": f"https://www.example.org/{n}", "guid": f"guid-{n}"} | values)


def account(name: str = "courrier", **values: Any) -> Account:
    """Make an account on a host of its own."""
    return Account(**{"name": name, "platform": "mastodon", "host": f"{name}.example"} | values)


def feed(name: str = "une", **values: Any) -> FeedSource:
    """Make a feed."""
    return FeedSource(name, **{"url": f"https://www.example.org/{name}.xml"} | values)


class Newsroom:
    """Wires the services as bootstrap does; `setup` may be replaced at any time, as a reload does."""

    def __init__(self, path: Path, clock: FakeClock, accounts: Iterable[Account], feeds: Iterable[FeedSource]) -> None:
        self.path = path
        self.clock = clock
        self.setup = Setup(ZoneInfo("Europe/Paris"), feeds=tuple(feeds), accounts=tuple(accounts),
                           spacing=timedelta(0), per_hour=1000, per_day=10000)  # fmt: skip
        self.store = SqlStore(path, clock, busy_ms=20)
        self.networks: dict[str, Network] = {a.name: FakeNetwork(clock, name=a.name) for a in self.setup.accounts}
        self.fetcher, self.parser, self.notices = FakeFetcher(), FakeParser(), FakeNotices()
        self.rested: list[float] = []
        self.wire()

    def wire(self) -> None:
        """Make the services, as a process that starts does."""
        store, notices, setup = self.store, self.notices, lambda: self.setup
        self.drafting = Drafting(TEMPLATES, self.networks)
        self.clocks = ClockWatch(store, self.clock, notices, setup)
        deciding = Deciding(self.drafting, setup)
        self.keeping = Keeping(Cutter(), notices, setup)
        watched = deciding, self.keeping, self.clocks
        self.watching = Watching(store, self.fetcher, self.parser, *watched, notices, setup)
        self.identifying = Identifying(store, self.networks, self.clock, notices, setup)
        self.revisiting = Revisiting(store, self.networks, notices, setup)
        self.retracting = Retracting(store, setup)
        self.measuring = Measuring(store, self.networks, self.clock, setup)
        self.first_posts = FirstPosts(store, self.drafting, notices, setup)
        self.sealing = Sealing(store, TEMPLATES, notices, setup)
        rules = self.revisiting, self.sealing, self.first_posts
        self.posting = Posting(store, self.networks, self.drafting, *rules, self.clock, notices, setup, self.rest,
                               lambda: 0.0)  # fmt: skip
        self.reconciling = Reconciling(store, self.networks, self.clocks, self.revisiting, notices, setup)
        self.housekeeping = Housekeeping(store, notices, setup, store.pause_file)
        self.striking = Striking(store, notices, setup)
        self.controlling = Controlling(store, setup)
        self.answering = Answering(store)
        self.restoring = Restoring(store)
        self.reviewing = Reviewing(store, setup)
        self.announcing = Announcing(store, notices)

    def rest(self, seconds: float) -> None:
        """Let time pass, as sleeping would."""
        self.rested.append(seconds)
        self.clock.advance(seconds)

    def change(self, **values: Any) -> None:
        """Change the settings."""
        self.setup = replace(self.setup, **values)
        for one in self.setup.accounts:
            self.networks.setdefault(one.name, FakeNetwork(self.clock, name=one.name))

    # --- the network in -----------------------------------------------------------------------------------------------

    def show(self, *entries: Entry, feed: str = "une", **fetched: Any) -> None:
        """Let a feed hold these entries from now on."""
        source = self.source(feed)
        body = hashlib.sha256(repr((feed, entries)).encode()).hexdigest().encode()
        self.parser.documents[body] = Parsed(entries)
        self.fetcher.answers[source.url] = deque([Fetched(body, url=source.url, host="www.example.org", **fetched)])

    def source(self, name: str) -> FeedSource:
        """Return a feed of the settings."""
        return next(f for f in self.setup.feeds if f.name == name)

    def poll(self, *entries: Entry, feed: str = "une", after: timedelta = MINUTE, **fetched: Any) -> Polled:
        """Let time pass, let the feed hold the entries, and ask it."""
        self.clock.advance(after)
        self.show(*entries, feed=feed, **fetched)
        return self.watching.poll(self.source(feed))

    def occupied(self, *, hours: float = 8, **values: Any) -> Strike:
        """Give every feed a baseline, and declare a strike that has begun."""
        for source in self.setup.feeds:
            self.poll(entry("old"), feed=source.name)
        return self.strike(hours=hours, **values)

    def strike(self, name: str = "greve", *, hours: float = 8, **values: Any) -> Strike:
        """Declare a strike from now on."""
        now = self.clock.now()
        usual: dict[str, Any] = {"mandate": "Assemblée générale", "reason": "contre la réforme", "starts_at": now,
                 "ends_at": now + hours * HOUR, "declared_at": now}  # fmt: skip
        return self.striking.declare(Strike(name, **usual | values)).strike

    def article(self, n: int | str = 1, **values: Any) -> None:
        """Let the first feed show one new article, and ask it."""
        self.poll(entry("old"), entry(n, **values))

    # --- the network out ----------------------------------------------------------------------------------------------

    def network(self, name: str = "courrier") -> FakeNetwork:
        """Return the network of an account."""
        network = self.networks[name]
        assert isinstance(network, FakeNetwork)
        return network

    def account(self, name: str = "courrier") -> Account:
        """Return an account of the settings."""
        found = self.setup.account(name)
        assert found
        return found

    def target(self, name: str = "courrier") -> Target:
        """Return the verified target of an account."""
        known = self.identifying.target(self.account(name)).target
        assert known
        return known

    def step(self, name: str = "courrier") -> Step:
        """Take one step in a lane."""
        return self.posting.step(self.account(name), self.target(name))

    def run_lane(self, name: str = "courrier") -> datetime | None:
        """Work a lane off, as the daemon does; return when to look again."""
        target = self.target(name)
        self.reconciling.recover(target)
        step = self.posting.step(self.account(name), target)
        while step.again:
            step = self.posting.step(self.account(name), target)
        look_at = self.reconciling.look(self.account(name), target)
        return min((at for at in (step.at, look_at) if at), default=None)

    def live_on(self, until: timedelta, *, every: timedelta = MINUTE, name: str = "courrier") -> None:
        """Let the lane look from time to time."""
        end = self.clock.now() + until
        while self.clock.now() < end:
            self.run_lane(name)
            self.clock.advance(every)
        self.run_lane(name)

    # --- the journal --------------------------------------------------------------------------------------------------

    def actions(self, *states: State) -> list[Action]:
        """Return all actions, or those in these states."""
        with self.store.reading() as tx:
            return tx.actions.in_state(*(states or tuple(State)))

    def action(self) -> Action:
        """Return the only action."""
        (only,) = self.actions()
        return only

    def states(self) -> list[tuple[str, str | None]]:
        """Return state and reason of every action."""
        return [(a.state.value, a.reason) for a in self.actions()]

    def events(self, *kinds: str) -> list[Event]:
        """Return the events, or those of these kinds."""
        with self.store.reading() as tx:
            return [e for e in tx.events.since(0) if not kinds or e.kind in kinds]

    def pauses(self) -> list[Pause]:
        """Return the pauses in force."""
        with self.store.reading() as tx:
            return tx.pauses.all()

    def lane_pause(self) -> str | None:
        """Return why the lane stands still, if it does."""
        return next((p.reason for p in self.pauses() if p.by == "lane"), None)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Look into the file itself, behind every service's back."""
        with closing(sqlite3.connect(self.path)) as db, db:
            return db.execute(query).fetchall()

    def close(self) -> None:
        """Close the journal."""
        self.store.close()
