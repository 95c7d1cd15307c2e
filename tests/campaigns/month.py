"""A month of strike: renewed day after day by assemblies that are sometimes late, with the faults of every month.

    python -m tests.campaigns.month --days 30 --seed 7

The services and the journal are the real ones, on a clock that obeys and on networks that fail at the rates of ordinary
months. The process starts anew every other day. What went out is counted on the networks themselves, and what had to
go out from the hours at which the feed was read, by nobody who looks into the journal.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import sys
import tempfile
import time
from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from occupier.domain.action import State
from occupier.domain.article import Entry
from occupier.domain.errors import FeedError, NetworkError
from occupier.domain.ledger import GENESIS
from occupier.domain.outcome import Outcome, RefusalKind, Refused, Retryable, Uncertain
from occupier.domain.ports import Asked, Fetched, LogQuery, Order, Parsed
from occupier.domain.reconcile import TimelineRead
from occupier.domain.setup import Account, DuringStrikes, IfUsualIsOut
from occupier.domain.strike import Strike
from occupier.platforms.strike_feed import StrikeFeed
from occupier.services.kiosk.handing import lapse_unread
from occupier.storage import migrate
from tests.campaigns.month_tools import FED, GUARDED, ROBOT, SILENT, Tools
from tests.campaigns.world import Quiet
from tests.chain import event_hash
from tests.fakes import FakeClock, FakeFetcher, FakeNetwork, FakeParser
from tests.services.kiosk.stand import outlet
from tests.services.newsroom import DAY, HOUR, MINUTE, SECOND, Newsroom, account, feed

START = datetime(2026, 11, 2, 11, tzinfo=UTC)
ACCOUNTS = ("mastodon", "x", "facebook", GUARDED, SILENT, FED)
ARTICLES = 40
LENGTH = 50
"""Entries that the feed shows."""
FLATNESS = 14.0
"""Megabytes by which the process may grow between its second day and its last; the networks' posts are among them."""


class Unreliable(FakeNetwork):
    """A network of ordinary months: out of fifty calls, some two meet with something."""

    def __init__(self, clock: FakeClock, chance: random.Random, *, name: str) -> None:
        super().__init__(clock, name=name)
        self._chance = chance
        self.faults: Counter[str] = Counter()

    def apply(self, order: Order) -> Outcome:
        if not order.may_begin():
            return Retryable("late")
        fate = self._chance.random()
        for name, rate in RATES.items():
            if fate < rate:
                self.faults[name] += 1
                return self._befall(name, order)
            fate -= rate
        return self.post(order)

    def recent(self, since: datetime) -> TimelineRead:
        if self._chance.random() < UNREADABLE:
            self.faults["unreadable"] += 1
            raise NetworkError("The network is in trouble.")
        return super().recent(since)

    def _befall(self, name: str, order: Order) -> Outcome:
        if name == "answer lost":
            self.post(order)
        if name in ("answer lost", "request lost"):
            return Uncertain("reset")
        if name == "throttled":
            return Retryable("throttled", not_before=self.clock.now() + 15 * MINUTE, http_status=429)
        if name == "unreachable":
            return Retryable("connect")
        return Refused(RefusalKind(name), http_status=403)


RATES = {"unreachable": 0.015, "answer lost": 0.01, "request lost": 0.004, "throttled": 0.005, "content": 0.002,
         "automation": 0.001, "credentials": 0.001}  # fmt: skip


UNREADABLE = 0.01


class Newsfeed(FakeFetcher, FakeParser):
    """The feed of the month, which is out of order now and then; it notes when an article was first read."""

    def __init__(self, clock: FakeClock, chance: random.Random, days: int) -> None:
        FakeFetcher.__init__(self)
        FakeParser.__init__(self)
        self.clock = clock
        self.broken_until = START
        self.first_read: dict[str, datetime] = {}
        self._chance = chance
        self._coming = deque(_articles(chance, days))
        self._shown: deque[Entry] = deque([_entry("déjà là", START - HOUR)], maxlen=LENGTH)

    def fetch(self, asked: Asked) -> Fetched:
        now = self.clock.now()
        if now < self.broken_until or self._breaks(now):
            raise FeedError("The server of {url} is in trouble.", url=asked.url)
        while self._coming and (self._coming[0].published_at or now) <= now:
            self._shown.appendleft(self._coming.popleft())
        etag = self._shown[0].link
        return Fetched(None if etag == asked.etag else etag.encode(), etag=etag, url=asked.url, host="courrier.example")

    def _breaks(self, now: datetime) -> bool:
        breaks = self._chance.random() < 1 / 3000
        if breaks:
            self.broken_until = now + self._chance.uniform(5, 50) * MINUTE
        return breaks

    def parse(self, body: bytes, content_type: str, url: str) -> Parsed:
        for entry in self._shown:
            self.first_read.setdefault(entry.link, self.clock.now())
        items = "".join(
            f"<item><title>{entry.title}</title><link>{entry.link}</link><guid>{entry.guid}</guid></item>"
            for entry in self._shown
        )
        document = f'<rss version="2.0"><channel><title>La une</title>{items}</channel></rss>'.encode()
        places = tuple(range(len(self._shown)))
        return Parsed(tuple(self._shown), document=document, places=places, listed=len(places))


def _articles(chance: random.Random, days: int) -> list[Entry]:
    """Return the month's articles, at any hour."""
    at = sorted(START + DAY * n + chance.uniform(0, 24) * HOUR for n in range(days) for _ in range(ARTICLES))
    return [_entry(f"{n}", when.replace(microsecond=0)) for n, when in enumerate(at)]


def _entry(name: str, published_at: datetime) -> Entry:
    link = f"https://courrier.example/articles/{name.replace(' ', '-').encode('ascii', 'ignore').decode()}"
    return Entry(f"Article {name}", link, link, "Un résumé.", published_at=published_at)


@dataclass
class Month:
    """What the campaign found; `disagree` counts every figure of the log that the networks do not hold."""

    days: int = 0
    strikes: int = 0
    articles: int = 0
    concerned: int = 0
    sent: int = 0
    missed: int = 0
    left: int = 0
    handed: int = 0
    refused: int = 0
    failed: int = 0
    for_a_person: int = 0
    late_renewals: int = 0
    restarts: int = 0
    faults: int = 0
    looked_for_and_found: int = 0
    usual_posts: int = 0
    unavoidable: int = 0
    beside: int = 0
    untold: int = 0
    changed: int = 0
    twice: int = 0
    lost: int = 0
    wrongly_sent: int = 0
    disagree: int = 0
    events: int = 0
    chain_broken: int = 0
    kilobytes_per_1000: float = 0
    grown_megabytes: float = 0
    seconds: float = 0

    @property
    def clean(self) -> bool:
        """Whether every figure adds up and nothing grew that should not."""
        whole = self.sent + self.missed + self.left + self.refused + self.failed + self.for_a_person + self.handed
        wrong = self.twice or self.lost or self.wrongly_sent or self.disagree or self.chain_broken
        wrong = wrong or self.beside or self.untold or self.changed
        return whole == self.concerned and not wrong and self.grown_megabytes < FLATNESS

    def table(self, title: str) -> str:
        """Return the table that every campaign prints."""
        rows = [f"{name.replace('_', ' '):>20}  {value:g}" for name, value in vars(self).items()]
        return "\n".join([title, *rows])


@dataclass
class Occupation:
    """A newsroom on strike for so many days."""

    folder: Path
    days: int
    chance: random.Random
    found: Month = field(default_factory=Month)

    def __post_init__(self) -> None:
        path = self.folder / "occupier.db"
        migrate.create_if_missing(path)
        self.clock = FakeClock(START)
        accounts = [_account(name) for name in ACCOUNTS]
        self.room = Newsroom(path, self.clock, accounts, [feed(interval=5 * MINUTE)])
        self.feed = Newsfeed(self.clock, self.chance, self.days)
        self.networks = {name: Unreliable(self.clock, self.chance, name=name) for name in ACCOUNTS if name != FED}
        self.room.networks.update({**self.networks, FED: StrikeFeed(FED, "mastodon")})
        self.tools = Tools(self.room, self.chance, self.feed.first_read)
        self.room.change(spacing=30 * SECOND, per_hour=None)
        self.lanes: dict[str, datetime | None] = dict.fromkeys(ACCOUNTS, START)
        self.next_poll: datetime | None = None
        self.before: set[str] = set()
        self.resume_at: dict[str, datetime] = {}
        self.in_force: list[tuple[datetime, datetime]] = []
        self._start_process()

    def _start_process(self) -> None:
        self.room.notices = Quiet()  # type: ignore[assignment]
        self.room.fetcher = self.room.parser = self.feed
        self.room.wire()
        self.tools.start()

    def go(self) -> Month:
        """Live through the month, and a day after it."""
        self._tick()  # the baseline
        self.tools.begin()
        self._declare()
        last_vote = START + DAY * (self.days - 1)
        vote_at, restart_at = self._next_vote(), START + 2 * DAY
        memory = 0.0
        while self.clock.now() < START + DAY * self.days + 26 * HOUR:
            now = self.clock.advance(MINUTE)
            if vote_at <= now and vote_at < last_vote:
                self._renew()
                vote_at = self._next_vote()
            if restart_at <= now:
                self.tools.close()
                self._start_process()
                self.found.restarts += 1
                restart_at += 2 * DAY
            self._tick()
            if not memory and now >= START + DAY:
                memory = _megabytes()
        self.found.grown_megabytes = round(_megabytes() - memory, 1)
        return self.count()

    def _declare(self) -> None:
        now = self.clock.now()
        self.room.striking.declare(Strike("greve", now, now + DAY, "Assemblée", "contre la réforme", now))
        self.in_force.append((now, now + DAY))
        self.before = set(self.feed.first_read)

    def _next_vote(self) -> datetime:
        late = self.chance.random() < 0.1
        return self.in_force[-1][1] + (self.chance.uniform(0.1, 1) if late else -self.chance.uniform(1, 6)) * HOUR

    def _renew(self) -> None:
        """Vote another day; after the end it acts from now on."""
        now, (_, ended) = self.clock.now(), self.in_force[-1]
        end = max(now, ended) + DAY
        self.room.striking.renew("greve", end, f"Assemblée du {now:%d/%m}")
        self.found.late_renewals += now >= ended
        self.in_force.append((max(now, ended), end))

    def _tick(self) -> None:
        now = self.clock.now()
        if self.next_poll is None or self.next_poll <= now:
            self._poll(now)
        if now.minute % 10 == 0:
            self.room.striking.close_ended()
            self.room.housekeeping.lapse()
            lapse_unread(self.room.store)
            self._mend(now)
        for name, at in self.lanes.items():
            if at is not None and at <= now:
                self.lanes[name] = self._lane(name)
        self.tools.tick(now)

    def _poll(self, now: datetime) -> None:
        ready, self.next_poll = self.room.watching.due()
        for source in ready:
            self.next_poll = None
            if self.room.watching.poll(source).actions:
                self.lanes.update(dict.fromkeys(ACCOUNTS, now))

    def _lane(self, name: str) -> datetime | None:
        at = self.room.run_lane(name)
        waiting = self.room.posting.next_at(self.room.target(name))
        ahead = max(waiting, self.clock.now() + MINUTE) if waiting else None
        return min((when for when in (at, ahead) if when), default=None)

    def _mend(self, now: datetime) -> None:
        """Let a person find each stopped lane within two hours, mend it, and resume it."""
        for pause in self.room.pauses():
            name = next(name for name in ACCOUNTS if self.room.target(name).id == pause.target_id)
            due = self.resume_at.setdefault(name, now + self.chance.uniform(0.1, 2) * HOUR)
            if due <= now:
                self.room.controlling.resume(name)
                self.lanes[name] = now
                del self.resume_at[name]

    # --- the count ------------------------------------------------------------------------------------------------

    def count(self) -> Month:
        """Compare the log with what the networks hold and with what the feed showed when."""
        found, room = self.found, self.room
        with room.store.reading() as tx:
            records = {(r["article_url"], r["account"]): r for r in tx.register.records(LogQuery(everything=True))}
        read = {link: at for link, at in self.feed.first_read.items() if link not in self.before}
        concerned = [link for link, at in read.items() if self._concerns(at)]
        found.days, found.strikes = self.days, len(self.in_force)
        found.articles, found.concerned = len(read), len(concerned) * len(ACCOUNTS)
        found.faults = sum(sum(network.faults.values()) for network in self.networks.values())
        found.usual_posts, found.changed = len(self.tools.usual), self.tools.reader.changed
        for name in ACCOUNTS:
            self._count_account(name, concerned, records)
        found.disagree += len(records)  # what concerns nobody
        self._check_chain(set(concerned))
        self.tools.close()
        room.close()
        size = room.path.stat().st_size / 1024
        found.kilobytes_per_1000 = round(size / (found.concerned or 1) * 1000)
        return found

    def _count_account(self, name: str, concerned: list[str], records: dict[tuple[object, object], Any]) -> None:
        posts = self.networks[name].posts if name in self.networks else []
        ours = {post.links[0]: post for post in posts if post.application != ROBOT}
        there = Counter(post.links[0] for post in posts if post.application != ROBOT)
        found = self.found
        found.twice += sum(n - 1 for n in there.values())
        found.wrongly_sent += len(there.keys() - set(concerned))
        found.wrongly_sent += sum(not self._concerns(post.created_at) for post in ours.values())
        for link in concerned:
            record, own = records.pop((link, name), None), ours.get(link)
            self._judge(record, own.id if own else None)
            if name in (GUARDED, SILENT, FED) and record is not None:
                found.disagree += not self.tools.is_true(name, record, link, own)
            if name == GUARDED:
                found.beside += self.tools.is_beside(link, own)
                found.unavoidable += own is not None and link in self.tools.usual

    def _concerns(self, at: datetime) -> bool:
        return any(start <= at < end for start, end in self.in_force)

    def _judge(self, record: Any, post_id: str | None) -> None:
        found = self.found
        if record is None:
            found.lost += 1
            return
        state = State(record["state"])
        if state in (State.UNCERTAIN, State.HELD):
            found.for_a_person += 1
        elif state in (State.SENT, State.MISSED, State.LEFT, State.REFUSED, State.FAILED, State.HANDED):
            setattr(found, state.value, getattr(found, state.value) + 1)
            found.disagree += record["post_id"] != post_id
            found.looked_for_and_found += record["proof"] == "timeline"
        else:
            found.lost += 1

    def _check_chain(self, concerned: set[str]) -> None:
        told = {str(event.data["remote_id"]) for event in self.room.events("announced_elsewhere")}
        self.found.untold = self.tools.untold(concerned, told, self._concerns)
        before = GENESIS
        for event in self.room.events():
            self.found.events += 1
            self.found.chain_broken += event.prev_hash != before or event.hash != event_hash(event)
            before = event.hash


def _account(name: str) -> Account:
    if name == FED:
        return outlet(FED)
    ways: dict[str, dict[str, Any]] = {
        GUARDED: {"if_usual_is_out": IfUsualIsOut.LEAVE},
        SILENT: {"during_strikes": DuringStrikes.SILENCE},
    }
    return account(name, **ways.get(name, {}))


def _megabytes() -> float:
    """Return the memory that this process holds now."""
    gc.collect()
    with suppress(OSError):
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    return 0.0


def campaign(days: int, seed: int) -> Month:
    """Live through so many days of strike; return what was found."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        found = Occupation(Path(folder), days, random.Random(seed)).go()
    found.seconds = round(time.monotonic() - began, 1)
    return found


def main() -> int:
    """Run the campaign and print its table; 1 if a figure does not add up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    found = campaign(options.days, options.seed)
    print(found.table(f"a month of strike · {options.days} days · seed {options.seed} · {datetime.now(UTC):%Y-%m-%d}"))
    return 0 if found.clean else 1


if __name__ == "__main__":
    sys.exit(main())
