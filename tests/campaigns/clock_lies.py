"""The clock lies: it jumps, it sleeps, it changes its hour, in the middle of everything.

    python -m tests.campaigns.clock_lies --runs 1000 --seed 7

A run is a strike between two hours of a zone's own clock, often inside a gap or a fold, with its articles. Our clock
errs; those of the networks and of the feed's server do not, and their Date is heard with every answer. The services
and the journal are the real ones, and no wait is divided. `--stops` adds real processes that are stopped and go on.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from occupier.bootstrap import House, Live
from occupier.daemon import Daemon
from occupier.domain.action import State
from occupier.domain.article import Entry
from occupier.domain.errors import NetworkError, StrikeError, TimeError
from occupier.domain.limits import Limits
from occupier.domain.outcome import Outcome, Retryable, Uncertain
from occupier.domain.ports import Asked, Fetched, Fetcher, LogQuery, Order, Parsed, Parser
from occupier.domain.reconcile import RemotePost, TimelineRead
from occupier.domain.setup import FeedSource
from occupier.domain.strike import Strike
from occupier.domain.times import parse_instant
from occupier.settings import Settings, load_text
from occupier.storage import migrate
from occupier.storage.store import SqlStore
from tests.campaigns.world import SETTLED, Quiet, Tally, World, networks, tally
from tests.fakes import FakeClock, FakeNetwork
from tests.strategies import CHANGES, ZONES

PLATFORMS = ("mastodon", "x", "facebook")
GUARD, FRESHNESS = timedelta(seconds=5), timedelta(hours=2)
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
JUMPS = (HOUR, -HOUR, DAY, -DAY, 3 * MINUTE, -3 * MINUTE, timedelta(seconds=20), timedelta(seconds=-20))
SETTINGS = """
timezone = "{zone}"
[limits]
per_hour = 100000
per_day = 1000000
spacing = "0s"
[[feeds]]
name = "une"
url = "https://courrier.example/une.xml"
[[accounts]]
name = "mastodon"
platform = "mastodon"
server = "https://mastodon.example"
access_token = {{ env = "M" }}
[[accounts]]
name = "x"
platform = "x"
consumer_key = {{ env = "M" }}
consumer_secret = {{ env = "M" }}
access_token = {{ env = "M" }}
access_token_secret = {{ env = "M" }}
[[accounts]]
name = "facebook"
platform = "facebook"
page_id = "61550000000001"
access_token = {{ env = "M" }}
"""


@dataclass
class ErringClock(FakeClock):
    """Our clock: `true` is the world's, which it follows until it jumps."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self.true = FakeClock(start)

    def advance(self, by: timedelta | float) -> datetime:
        """Let time pass, here and in the world."""
        self.true.advance(by)
        return super().advance(by)

    def leap(self, by: timedelta) -> None:
        """Err by this much more."""
        self.jump(self.now() + by)

    def sleep(self, by: timedelta) -> None:
        """Suspend the machine: the hour goes on, what never jumps stands still."""
        self.true.advance(by)
        self.jump(self.now() + by)

    @property
    def error(self) -> timedelta:
        """How far the world's clock is ahead of ours."""
        return self.true.now() - self.now()


@dataclass(frozen=True)
class FirstByte:
    """A request that began: when by our clock, and which strikes were over before the call was made."""

    platform: str
    link: str
    at: datetime
    over: frozenset[str]


class Clocked(FakeNetwork):
    """A network with a right clock. `befall` is called before the first byte and in the middle of the call."""

    def __init__(self, platform: str, clock: ErringClock, stage: Room) -> None:
        super().__init__(clock.true, name=platform)
        self._platform, self._ours, self._room = platform, clock, stage

    def apply(self, order: Order) -> Outcome:
        over = frozenset(self._room.over)
        self._room.befall(0.25)
        if not order.may_begin():
            return Retryable("late")
        assert order.payload.link is not None
        self._room.began.append(FirstByte(self._platform, order.payload.link, self._ours.now(), over))
        self._ours.advance(self._room.chance.uniform(0, 3))
        die = self._room.chance.random()
        receipt = self.post(order) if die < 0.75 else None
        self._room.befall(0.25)
        if receipt is None:
            return Uncertain("no_answer") if die < 0.9 else Retryable("dns")
        if die > 0.5:
            return Uncertain("no_answer")
        self._date()
        return receipt

    def recent(self, since: datetime) -> TimelineRead:
        self._room.befall(0.1)
        if self._room.chance.random() < 0.1:
            raise NetworkError("unreadable")
        self._date()
        return super().recent(since)

    def _date(self) -> None:
        self._room.house.observe(f"{self._platform}.example", self._ours.error)


class Kiosk(Fetcher, Parser):
    """A feed whose server has a right clock."""

    def __init__(self, clock: ErringClock) -> None:
        self._clock = clock
        self.entries: list[Entry] = []
        self.asked = 0

    def fetch(self, asked: Asked) -> Fetched:
        self.asked += 1
        body = str(len(self.entries)).encode()
        return Fetched(body, url=asked.url, host="courrier.example", skew=self._clock.error)

    def parse(self, body: bytes, content_type: str, url: str) -> Parsed:
        return Parsed(tuple(reversed(self.entries[-20:])))


@dataclass
class ClockTally(Tally):
    """What was found. `outside`: first bytes outside their strike; `reopened`: after it was known to be over;
    `unwatched`: feeds that were not asked within half an hour of the clock being right again.
    """

    outside: int = 0
    reopened: int = 0
    unwatched: int = 0
    untrue: int = 0
    begun: int = 0
    jumps: int = 0
    stopped: int = 0
    divided_by: float = 1

    @property
    def clean(self) -> bool:
        """Whether nothing was found that is promised not to be."""
        return super().clean and not (self.outside or self.reopened or self.untrue or self.unwatched)

    def table(self, title: str) -> str:
        """Return the table, without the line that is about kills."""
        lines = super().table(title).splitlines()
        return "\n".join(line for line in lines if not line.strip().startswith("reached"))


@dataclass
class Room:
    """One journal, one strike after the other, and a clock that cannot be trusted."""

    folder: Path
    chance: random.Random
    zone: ZoneInfo
    clock: ErringClock
    jumps: int = 0
    unwatched: int = 0
    began: list[FirstByte] = field(default_factory=list)
    over: set[str] = field(default_factory=set)
    strikes: dict[str, Strike] = field(default_factory=dict)
    concerned: dict[str, str] = field(default_factory=dict)
    calm: bool = True

    def __post_init__(self) -> None:
        settings = self._settings()
        migrate.create_if_missing(settings.database)
        store = SqlStore(settings.database, self.clock)
        self.house = House(Live(settings), store, self.clock, Quiet(), rest=self.clock.advance)
        self.networks = {name: Clocked(name, self.clock, self) for name in PLATFORMS}
        self.house.networks.update(self.networks)
        self.kiosk = Kiosk(self.clock)
        self.house.watching._fetcher, self.house.watching._parser = self.kiosk, self.kiosk
        self.daemon = Daemon(self.house, self._settings)

    def _settings(self) -> Settings:
        text = SETTINGS.format(zone=self.zone.key)
        settings = load_text(text, self.folder, {"M": "1-secret-token"}, self.clock.now())
        return replace(settings, setup=replace(settings.setup, limits=Limits()))

    # --- what happens -------------------------------------------------------------------------------------------------

    def befall(self, likelihood: float) -> None:
        """Let something happen to the clock, or to the strike, at the worst moment."""
        if self.calm or self.chance.random() > likelihood:
            return
        die = self.chance.random()
        if die < 0.35:
            self.leap()
        elif die < 0.5:
            self.clock.sleep(self.chance.choice((20 * MINUTE, 3 * HOUR)))
        elif die < 0.7:
            self.clock.advance(self.chance.choice((self.chance.uniform(0.5, 4), self.chance.uniform(1, 15))))
        elif die < 0.8:
            self.to_border()
        elif die < 0.9:
            self.house.controlling.pause(self.chance.choice((*PLATFORMS, None)))
        else:
            self.end_one()

    def leap(self) -> None:
        """Set our clock wrong, or right again."""
        self.jumps += 1
        wrong = abs(self.clock.error) > timedelta(0) and self.chance.random() < 0.5
        self.clock.leap(self.clock.error if wrong else self.chance.choice(JUMPS))

    def to_border(self) -> None:
        """Set our clock to a moment before or after a border of the strike."""
        self.jumps += 1
        strike = self.chance.choice(list(self.strikes.values()))
        border = self.chance.choice((strike.starts_at, strike.ends_at))
        self.clock.jump(border + timedelta(seconds=self.chance.choice((-30, -6, -5, -4, -0.001, 0, 0.001, 1, 5))))

    def to_brink(self) -> None:
        """Set our clock to the last second in which a strike post may still begin."""
        self.jumps += 1
        strike = self.chance.choice(list(self.strikes.values()))
        self.clock.jump(strike.ends_at - GUARD - timedelta(seconds=self.chance.uniform(0.1, 1.5)))

    def end_one(self) -> None:
        """Have a person end a strike, if one can be ended."""
        name = self.chance.choice(list(self.strikes))
        try:
            self.house.striking.end(name)
        except StrikeError:
            return
        self.over.add(name)

    def turn(self) -> None:
        """Do what the daemon's jobs do; what a clock that is believed showed to be over stays over."""
        believed = self.house.clocks.is_believed()
        known = [name for name, strike in self.strikes.items() if believed and self.clock.now() >= strike.ends_at]
        self.daemon.control()
        self.daemon.rounds.mind_borders()
        self.over.update(known)
        self.daemon.rounds.housekeep()
        for account in self.house.live.setup().accounts:
            self.daemon.lanes.work(account)

    def publish(self, number: int) -> None:
        """Publish an article and let the feed be read; note the strike that concerns it by our clock."""
        link = f"https://courrier.example/articles/{number}"
        self.kiosk.entries.append(Entry(f"Article {number}", link, guid=link, published_at=self.clock.true.now()))
        now = self.clock.now()
        self.house.watching.poll(self.feed)
        # an article whose own date is a day before it was seen is never announced
        for name, strike in self.strikes.items():
            if name not in self.over and max(strike.starts_at, strike.declared_at) <= now < strike.ends_at:
                self.concerned[link] = name

    @property
    def feed(self) -> FeedSource:
        """The feed."""
        return self.house.live.setup().feeds[0]

    def person(self) -> None:
        """Lift what a person or a lane stopped."""
        self.house.controlling.resume(None)


def typed(text: str, zone: ZoneInfo, chance: random.Random, now: datetime) -> datetime:
    """Read an hour as a person types it; in a gap or a fold, take one of the two that are proposed."""
    try:
        return parse_instant(text, zone, now)
    except TimeError as error:
        return parse_instant(str(error.sentence.values[chance.choice(("one", "two"))]), zone, now)


def period(chance: random.Random, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Choose a strike by its wall clock, near a change of the hour where the zone has one."""
    changes = CHANGES[zone.key] or [datetime(2027, 5, 1, 12, tzinfo=UTC)]
    near = chance.choice(changes).astimezone(zone).replace(tzinfo=None)
    first = near + timedelta(minutes=chance.choice((-180, -60, -31, -30, -1, 0, 15, 30, 59)))
    last = first + timedelta(minutes=chance.choice((30, 45, 60, 90, 120, 300, 1440)))
    now = datetime(2027, 1, 1, tzinfo=UTC)
    starts, ends = (typed(f"{at:%Y-%m-%dT%H:%M}", zone, chance, now) for at in (first, last))
    return (starts, ends) if ends > starts else (starts, starts + HOUR)


def run(folder: Path, seed: int, result: ClockTally) -> None:
    """Live through one strike, and the one that renews it."""
    chance = random.Random(seed)
    random.seed(seed)
    zone = ZoneInfo(chance.choice(ZONES))
    starts, ends = period(chance, zone)
    room = Room(folder, chance, zone, ErringClock(starts - timedelta(minutes=chance.choice((0, 1, 30)))))
    room.kiosk.entries.append(
        Entry("Ancien", "https://courrier.example/articles/0", guid="old", published_at=starts - DAY)
    )
    room.house.watching.poll(room.feed)
    room.turn()
    now = room.clock.now()
    strike = Strike("greve", starts, ends, "AG", "contre la réforme", now)
    room.strikes["greve"] = room.house.striking.declare(strike, long=True).strike
    room.calm = False
    for number in range(1, chance.randint(4, 9)):
        _meanwhile(room)
        if chance.random() < 0.25:
            room.to_brink()
        room.publish(number)
        room.turn()
    _to_the_end(room)
    judge(room, result)
    room.house.store.close()


def _meanwhile(room: Room) -> None:
    chance = room.chance
    strike = next(iter(room.strikes.values()))
    whole = strike.ends_at - strike.starts_at
    for _ in range(chance.randint(0, 4)):
        room.clock.advance(whole * chance.choice((0.0005, 0.01, 0.1, 0.2)))
        room.befall(0.3)
        if chance.random() < 0.5:
            room.person()
        room.turn()
    if room.over and chance.random() < 0.3 and len(room.strikes) < 4:
        ends = room.clock.now() + HOUR
        try:
            renewed = room.house.striking.renew("greve", ends, "AG 2", long=True).strike
        except StrikeError:
            return
        room.strikes[renewed.name] = renewed


def _to_the_end(room: Room) -> None:
    """Set the clock right and let three days pass in good weather."""
    room.calm = True
    room.clock.leap(room.clock.error)
    asked = room.kiosk.asked
    for n, minutes in enumerate((*[2] * 15, *[30] * 8, *[120] * 12, *[720] * 4)):
        room.clock.advance(minutes * MINUTE)
        for source in room.house.watching.due()[0]:
            room.house.watching.poll(source)
        room.unwatched += n == 14 and room.kiosk.asked == asked
        room.person()
        room.turn()


def judge(room: Room, result: ClockTally) -> None:
    """Compare what began, what the networks hold and what the log says."""
    with room.house.store.reading() as tx:
        records = {(str(r["article_url"]), str(r["platform"])): r for r in
                   tx.register.records(LogQuery(everything=True))}  # fmt: skip
    result.runs += 1
    result.begun += len(room.began)
    result.jumps += room.jumps
    result.unwatched += room.unwatched
    for byte in room.began:
        name = str(records[byte.link, byte.platform]["strike"])
        strike = room.strikes[name]
        result.outside += not strike.starts_at <= byte.at < strike.ends_at - GUARD
        result.reopened += name in byte.over
    for (link, _), record in records.items():
        result.wrongly_sent += record["state"] == State.SENT.value and link not in room.concerned
    for link in room.concerned:
        for platform in PLATFORMS:
            there = [p for p in room.networks[platform].posts if link in p.links]
            _judge_one(result, records.get((link, platform)), there)


def _judge_one(result: ClockTally, record: object, there: list[RemotePost]) -> None:
    result.concerned += 1
    result.published += len(there) == 1
    result.twice += max(0, len(there) - 1)
    if not isinstance(record, dict):
        result.lost += 1
        return
    state = State(record["state"])
    if state is State.SENT:
        result.disagree += record["post_id"] not in {p.id for p in there}
    elif state in SETTLED - {State.HELD}:
        result.missed += 1
        result.disagree += bool(there)
        known = {"strike_over", "stale", "old", "attempts"}
        result.untrue += record["reason"] not in known
    elif state in (State.UNCERTAIN, State.HELD):
        result.for_a_person += 1
        result.untrue += record["reason"] != "ask"
    else:
        result.lost += 1


def stops(count: int, seed: int, result: ClockTally, factor: float = 40) -> None:
    """Stop a real daemon in the middle of its work, beyond the end of its strike, and let it go on."""
    chance = random.Random(seed)
    for _ in range(count):
        with tempfile.TemporaryDirectory() as folder, networks(visible_after=0) as net:
            world = World(Path(folder), net, factor)
            net.publish("Déjà là avant tout")
            pid = world.start()
            _until_read(world)
            lasting = chance.uniform(2.5, 4)
            world.declare("arret", lasting)
            ends = datetime.now(UTC) + timedelta(seconds=lasting)
            links = [net.publish(f"Avant l’arrêt {n}") for n in range(4)]
            time.sleep(chance.uniform(0.2, lasting - 0.2))
            os.kill(pid, signal.SIGSTOP)
            net.publish("Pendant l’arrêt")
            time.sleep(lasting + 0.5)
            os.kill(pid, signal.SIGCONT)
            time.sleep(2)
            os.kill(pid, signal.SIGTERM)
            os.waitpid(pid, 0)
            seen = {str(r["article_url"]) for r in world.records()}
            part = tally(world, [link for link in links if link in seen], Tally(), ends - timedelta(seconds=5 / factor))
            _add(result, part)
            result.stopped += 1


def _add(result: ClockTally, part: Tally) -> None:
    for name in ("concerned", "published", "twice", "lost", "missed", "for_a_person", "wrongly_sent", "disagree"):
        setattr(result, name, getattr(result, name) + getattr(part, name))


def _has_baseline(world: World) -> bool:
    house = world.house()
    with house.store.reading() as tx:
        seen = any(feed.baseline_at for feed in tx.feeds.all())
    house.store.close()
    return seen


def _until_read(world: World, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not _has_baseline(world):
        time.sleep(0.05)


def campaign(runs: int, seed: int, stopped: int = 0) -> ClockTally:
    """Live through `runs` strikes on a clock that lies; return what was found."""
    began, result = time.monotonic(), ClockTally()
    stops(stopped, seed, result)  # before anything: daemons are forked from this process
    for n in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            run(Path(folder), seed * 1_000_003 + n, result)
    result.seconds = round(time.monotonic() - began, 1)
    return result


def main() -> int:
    """Run the campaign and print its table; 1 if a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--stops", type=int, default=2, help="real processes that are stopped and go on")
    options = parser.parse_args()
    result = campaign(options.runs, options.seed, options.stops)
    print(result.table(f"The clock lies · controlled clock, waits undivided · seed {options.seed}"))
    return 0 if result.clean else 1


if __name__ == "__main__":
    sys.exit(main())
