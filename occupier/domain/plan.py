"""The plan of a strike, as an assembly votes on it: what it will do, how much of it, and at what price."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from occupier.domain.action import Payload
from occupier.domain.article import Article
from occupier.domain.errors import Sentence
from occupier.domain.limits import Ceilings
from occupier.domain.setup import Account, FeedSource, Setup
from occupier.domain.strike import Strike
from occupier.domain.voted import Part, Seal, Voted

LOOKED_BACK = timedelta(days=14)
"""How much of a feed's history says how its days are."""
SHORTEST_RHYTHM = timedelta(hours=3)
"""What is shorter says nothing of a day."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How many articles appeared in each hour of the day, over how long; hours are the zone's, from 0 to 23."""

    counts: tuple[int, ...] = (0,) * 24
    known: tuple[float, ...] = (0.0,) * 24
    """How many times each hour of the day was seen."""

    @property
    def articles(self) -> int:
        """How many articles it was read from."""
        return sum(self.counts)

    @property
    def length(self) -> timedelta:
        """How long a time it was read from."""
        return timedelta(hours=sum(self.known))

    @property
    def tells(self) -> bool:
        """Whether it was read from long enough a time for a day to be expected like it."""
        return self.length >= SHORTEST_RHYTHM

    def per_hour(self, hour: int) -> float:
        """Return the mean of an hour of the day; of one that was never seen, the mean of all."""
        if self.known[hour] >= 1 / 2:
            return self.counts[hour] / self.known[hour]
        total = sum(self.known)
        return self.articles / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Wording:
    """One message of an account's pool, with a real article in it; `problem` where it cannot be made."""

    source: str
    post: Payload | None
    length: int = 0
    limit: int = 0
    problem: Sentence | None = None


@dataclass(frozen=True, slots=True)
class PlannedAccount:
    """One account in scope. The first of its wordings is the one that it begins with; `article` None: an example.

    `expected`: articles in the hours of the strike, by the rhythm of its feeds. The price of one post in millionths of
    a US dollar.
    """

    account: Account
    wordings: tuple[Wording, ...]
    usual: Payload | None
    article: Article
    is_example: bool
    expected: float
    price_microusd: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A strike's plan at `at`. `seal`: what was voted, if it was; `differs`: in what this is another plan.

    `rhythm` is of all feeds in scope together. `problems` tell what could not be read.
    """

    at: datetime
    strike: Strike
    setup: Setup
    voted: Voted
    accounts: tuple[PlannedAccount, ...]
    feeds: tuple[FeedSource, ...]
    rhythm: Rhythm
    ceilings: Ceilings
    seal: Seal | None = None
    differs: tuple[Part, ...] = ()
    problems: tuple[Sentence, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The zone of every hour on the page."""
        return self.setup.zone

    @property
    def expected(self) -> float:
        """How many messages are to be expected, on all accounts."""
        return sum(self.expected_of(planned) for planned in self.accounts)

    @property
    def most(self) -> int:
        """How many messages the ceilings let one account send at the very most."""
        return most_in(self.strike.ends_at - self.strike.acts_from, self.ceilings)

    def most_of(self, planned: PlannedAccount) -> int:
        """Return how many messages of one account its ceiling, and its budget of each day, let out."""
        if planned.account.is_silent:
            return 0
        budget, price = planned.account.budget_microusd, planned.price_microusd
        return self.most if budget is None or not price else min(self.most, budget // price * len(self.days))

    def expected_of(self, planned: PlannedAccount) -> float:
        """Return how many messages of one account are to be expected, within what is let out."""
        return min(planned.expected, self.most_of(planned))

    @property
    def days(self) -> list[datetime]:
        """The calendar days that the strike touches, in its zone."""
        first = self.strike.acts_from.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        last = self.strike.ends_at.astimezone(self.zone) - timedelta(microseconds=1)
        return [first + n * DAY for n in range((last.date() - first.date()).days + 1)]


def rhythm(instants: Iterable[datetime], zone: ZoneInfo, now: datetime) -> Rhythm:
    """Read the hours of the day of what appeared in the last two weeks (aware instants)."""
    recent = [at for at in instants if now - LOOKED_BACK <= at <= now]
    if not recent:
        return Rhythm()
    counted = Counter(at.astimezone(zone).hour for at in recent)
    known = [0.0] * 24
    for hour, share in _hours(min(recent), now, zone):
        known[hour] += share
    return Rhythm(tuple(counted[hour] for hour in range(24)), tuple(known))


def expected(rhythm: Rhythm, since: datetime, until: datetime, zone: ZoneInfo) -> float:
    """Return how many articles are to be expected in a period."""
    return sum(rhythm.per_hour(hour) * share for hour, share in _hours(since, until, zone))


def hours_in(since: datetime, until: datetime, zone: ZoneInfo) -> frozenset[int]:
    """Return the hours of the day that a period touches."""
    return frozenset(hour for hour, share in _hours(since, until, zone) if share)


def _hours(since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[tuple[int, float]]:
    """Yield each clock hour of a period, as the hour of the day in the zone, with the share of it that lies within."""
    at, until = since.astimezone(UTC), until.astimezone(UTC)
    while at < until:
        local = at.astimezone(zone)
        into = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        following = min(at + HOUR - into, until)
        yield local.hour, (following - at) / HOUR
        at = following


def most_in(length: timedelta, ceilings: Ceilings) -> int:
    """Return how many posts the ceilings let out in so long a time, at the very most."""
    by_hour = ceilings.per_hour * math.ceil(length / HOUR)
    by_day = ceilings.per_day * math.ceil(length / DAY)
    spacing = ceilings.spacing
    by_spacing = math.ceil(length / spacing) if spacing > timedelta(0) else by_hour
    return max(0, min(by_hour, by_day, by_spacing))


def busiest_hour(instants: Sequence[datetime]) -> int:
    """Return the most of these instants within one clock hour of UTC, as the journal counts it."""
    hours = Counter(at.astimezone(UTC).replace(minute=0, second=0, microsecond=0) for at in instants)
    return max(hours.values(), default=0)


def article_to_show(articles: Sequence[Article], zone: ZoneInfo, now: datetime) -> Article | None:
    """Return an article of yesterday, the newest one; the newest of all where there is none; None of none."""
    yesterday = now.astimezone(zone).date() - DAY
    dated = sorted((a for a in articles if a.published_at), key=lambda a: a.published_at or now)
    of_yesterday = [a for a in dated if a.published_at and a.published_at.astimezone(zone).date() == yesterday]
    return next(iter([*of_yesterday[-1:], *dated[-1:], *articles[-1:]]), None)
