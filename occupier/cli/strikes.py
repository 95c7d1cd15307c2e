"""Strikes in words, and as records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from occupier.cli.session import Session
from occupier.domain.errors import UnknownName
from occupier.domain.setup import Account, Setup
from occupier.domain.strike import LinkRule, Strike
from occupier.speech import clean_line, countdown, end_moment, full_day, moment, period
from occupier.speech import gettext as _


def known_strikes(session: Session) -> list[Strike]:
    """Return the strike book's, and those of the settings that no daemon has taken over yet."""
    written = session.house().striking.all() if session.has_journal else []
    names = {strike.name for strike in written}
    waiting = [s for s in session.setup.strikes if s.name not in names and not s.is_over(session.now())]
    return sorted([*written, *waiting], key=lambda s: s.starts_at)


def strike_named(strikes: Iterable[Strike], name: str) -> Strike:
    """Return the strike of that name. Raises UnknownName."""
    found = next((strike for strike in strikes if strike.name == name), None)
    if found is None:
        raise UnknownName("There is no strike “{name}”: see occupier strike list.", name=name)
    return found


def concerned(strike: Strike, setup: Setup) -> list[Account]:
    """Return the accounts that a strike acts on."""
    feeds = strike.feeds or frozenset(f.name for f in setup.feeds)
    return [a for a in setup.accounts if not a.test and a.follows(feeds) and (strike.covers(a.name, feeds))]


def describe(strike: Strike, setup: Setup, now: datetime) -> Iterator[str]:
    """Yield what was understood, a line each, in full words."""
    accounts = ", ".join(a.name for a in concerned(strike, setup)) or _("none")
    yield _("from {start}").format(start=moment(strike.starts_at, setup.zone, now))
    yield _("to {end}").format(end=end_moment(strike.ends_at, setup.zone, now))
    yield _("decided by: {mandate}").format(mandate=clean_line(strike.mandate))
    yield _("reason: {reason}").format(reason=clean_line(strike.reason))
    if strike.who:
        yield _("who strikes: {who}").format(who=clean_line(strike.who))
    if strike.agreed:
        yield _("agreed: {agreed}").format(agreed=clean_line(strike.agreed))
    yield _("accounts: {accounts}").format(accounts=accounts)
    yield _("feeds: {feeds}").format(feeds=", ".join(sorted(strike.feeds or [f.name for f in setup.feeds])))
    if strike.link is LinkRule.NONE:
        yield _("messages carry no link to the article")
    if strike.destroy_on or strike.destroyed_at:
        yield _("its log: {fate}").format(fate=fate_of_log(strike, setup))


def in_brief(strike: Strike, setup: Setup, now: datetime) -> Iterator[str]:
    """Yield a strike in three lines: how it stands, its hours, who decided it and what becomes of its log."""
    yield f"{clean_line(strike.name)}, {standing_words(strike, now)}"
    yield f"  {period(strike.starts_at, strike.ends_at, setup.zone)}"
    yield "  " + ", ".join(filter(None, (clean_line(strike.mandate), fate_of_log(strike, setup))))


def fate_of_log(strike: Strike, setup: Setup) -> str:
    """Say until when what was done under a strike is kept, or since when it is destroyed."""
    if strike.destroyed_at:
        day = full_day(strike.destroyed_at.astimezone(setup.zone).date())
        return _("destroyed {day}").format(day=day)
    return _("to be destroyed {day}").format(day=full_day(strike.destroy_on)) if strike.destroy_on else ""


def standing_words(strike: Strike, now: datetime) -> str:
    """Say whether a strike is over, in force or to come, and how far its border is."""
    if strike.is_over(now):
        return _("over, {when}").format(when=countdown(strike.ended_at, now))
    if strike.in_force(now):
        return _("in force, ends {when}").format(when=countdown(strike.ends_at, now))
    return _("begins {when}").format(when=countdown(strike.starts_at, now))


def standing_id(strike: Strike, now: datetime) -> str:
    """Return `over`, `in_force` or `to_come`."""
    if strike.is_over(now):
        return "over"
    return "in_force" if strike.in_force(now) else "to_come"


def as_record(strike: Strike, now: datetime) -> dict[str, Any]:
    """Return a strike for programs: times in UTC, absent values null."""
    return {
        "name": strike.name,
        "stands": standing_id(strike, now),
        "from": iso(strike.starts_at),
        "to": iso(strike.ends_at),
        "closed_at": iso(strike.closed_at),
        "declared_at": iso(strike.declared_at),
        "mandate": strike.mandate,
        "who": strike.who,
        "reason": strike.reason,
        "url": strike.url,
        "agreed": strike.agreed,
        "link": strike.link.value,
        "accounts": sorted(strike.accounts),
        "feeds": sorted(strike.feeds),
        "renews": strike.renews,
        "source": strike.source.value,
        "destroy_on": strike.destroy_on.isoformat() if strike.destroy_on else None,
        "destroyed_at": iso(strike.destroyed_at),
    }


def iso(at: datetime | None) -> str | None:
    """Return an instant as the log writes it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None
