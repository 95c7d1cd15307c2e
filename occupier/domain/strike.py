"""A declared strike: what it concerns, and when it is in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from occupier.domain.errors import StrikeError
from occupier.domain.limits import LONGEST_STRIKE


class LinkRule(StrEnum):
    """Whether the article's link stands in the strike post."""

    KEEP = "keep"
    NONE = "none"


class Source(StrEnum):
    """Where a strike was declared."""

    COMMAND = "command"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class Messages:
    """Pools of a strike: for all, by platform, by account. An empty pool is none."""

    strike: tuple[str, ...] = ()
    by_platform: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by_account: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Strike:
    """A period `[starts_at, ends_at)` decided by a body. Empty `accounts` or `feeds`: all of them.

    `first_start` is the start of the first period of a renewed strike, from which days are counted.
    """

    name: str
    starts_at: datetime
    ends_at: datetime
    mandate: str
    reason: str
    declared_at: datetime
    who: str | None = None
    url: str | None = None
    agreed: str | None = None
    link: LinkRule = LinkRule.KEEP
    accounts: frozenset[str] = frozenset()
    feeds: frozenset[str] = frozenset()
    messages: Messages = field(default_factory=Messages)
    source: Source = Source.COMMAND
    renews: str | None = None
    first_start: datetime | None = None
    closed_at: datetime | None = None
    destroy_on: date | None = None
    """The day from which its register is to be destroyed, in the settings' zone."""
    destroyed_at: datetime | None = None
    id: int = 0

    @property
    def acts_from(self) -> datetime:
        """A start in the past acts from the declaration on: what was seen before is not concerned."""
        return max(self.starts_at, self.declared_at)

    @property
    def ended_at(self) -> datetime:
        """When it ended or will: at its hour, or earlier where a person ended it."""
        return min(self.ends_at, self.closed_at) if self.closed_at else self.ends_at

    def concerns(self, seen_at: datetime) -> bool:
        """Say whether an article first seen at that instant falls into the period, however it ended."""
        return self.acts_from <= seen_at < self.ended_at

    def in_force(self, now: datetime, guard: timedelta = timedelta(0)) -> bool:
        """Say whether a strike post may begin to leave at `now`."""
        return self.closed_at is None and self.starts_at <= now < self.ends_at - guard

    def is_over(self, now: datetime) -> bool:
        """Say whether it has ended, by its hour or by a person."""
        return self.closed_at is not None or now >= self.ends_at

    def covers(self, account: str, feeds: Iterable[str]) -> bool:
        """Say whether an article of these feeds on this account is in scope."""
        in_feeds = not self.feeds or any(f in self.feeds for f in feeds)
        return in_feeds and (not self.accounts or account in self.accounts)

    def day(self, now: datetime, zone: ZoneInfo) -> int:
        """Return the calendar day of the strike in the zone, counted from 1."""
        first = (self.first_start or self.starts_at).astimezone(zone).date()
        return (now.astimezone(zone).date() - first).days + 1


def check_period(strike: Strike, *, long: bool) -> None:
    """Refuse a period that ends before it starts, is over already, or is too long to be meant.

    Raises:
        StrikeError: with the mend.
    """
    if strike.ends_at <= strike.starts_at:
        raise StrikeError(
            "The strike “{name}” would end ({end}) before it starts ({start}): check the two dates.",
            name=strike.name,
            start=strike.starts_at,
            end=strike.ends_at,
        )
    if strike.ends_at <= strike.declared_at:
        raise StrikeError(
            "The strike “{name}” would already be over: it ends {end}. Check the date.",
            name=strike.name,
            end=strike.ends_at,
        )
    if strike.ends_at - strike.starts_at > LONGEST_STRIKE and not long:
        raise StrikeError(
            "The strike “{name}” would last more than 31 days (until {end}). If this is meant, add --long"
            " (or long = true in the settings).",
            name=strike.name,
            end=strike.ends_at,
        )


def a_year_after(end: datetime, zone: ZoneInfo) -> date:
    """Return the day, a year after an end, on which a register is destroyed where nobody chose another."""
    day = end.astimezone(zone).date()
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # the 29th of February
        return date(day.year + 1, 3, 1)


def check_destruction(strike: Strike, zone: ZoneInfo) -> None:
    """Refuse to destroy a register before its strike has ended; raises StrikeError."""
    if strike.destroy_on is not None and strike.destroy_on <= strike.ends_at.astimezone(zone).date():
        raise StrikeError(
            "The register of the strike “{name}” cannot be destroyed on {day}: the strike ends {end}. Choose a later"
            " day.",
            name=strike.name,
            day=strike.destroy_on.isoformat(),
            end=strike.ends_at,
        )


def check_overlaps(new: Strike, others: Sequence[Strike], accounts: Iterable[str], feeds: Iterable[str]) -> None:
    """Refuse a strike that shares an account, a feed and an instant with another one.

    Args:
        new: the strike to declare.
        others: the strikes already declared, ended ones too.
        accounts: the names of all accounts.
        feeds: the names of all feeds.

    Raises:
        StrikeError: naming both.
    """
    accounts, feeds = list(accounts), list(feeds)
    for other in others:
        ends = other.ended_at
        apart = new.ends_at <= other.starts_at or ends <= new.starts_at or ends <= new.declared_at
        if other.name == new.name or apart:
            continue
        for account in accounts:
            if any(new.covers(account, [f]) and other.covers(account, [f]) for f in feeds):
                raise StrikeError(
                    "“{new}” and “{other}” would both be in force on the account {account}: the second one from {start}"
                    " to {end}. End or move one of them.",
                    new=new.name,
                    other=other.name,
                    account=account,
                    start=other.starts_at,
                    end=ends,
                )


def concerning(strikes: Iterable[Strike], account: str, feeds: Iterable[str], seen_at: datetime) -> Strike | None:
    """Return the strike that concerns an article first seen then, on this account; None if none does."""
    names = list(feeds)
    return next((s for s in strikes if s.covers(account, names) and s.concerns(seen_at)), None)


def in_force_or_next(strikes: Iterable[Strike], now: datetime) -> Strike | None:
    """Return the strike that is in force, or else the next one; None if all are over."""
    return min((s for s in strikes if not s.is_over(now)), key=lambda s: s.starts_at, default=None)
