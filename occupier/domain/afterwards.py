"""What is left to people when a strike is over, in the order in which it is done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from occupier.domain.connecting import revoking
from occupier.domain.errors import Sentence
from occupier.domain.setup import Account, Setup, Takeover
from occupier.domain.strike import Strike

SAID_FOR = timedelta(days=7)
"""After that, whoever has not done it will not learn it from a status."""


def afterwards(strike: Strike, strikes: Iterable[Strike], setup: Setup, now: datetime) -> tuple[Sentence, ...]:
    """Return the steps after a strike, a sentence each; none for one that never began.

    Args:
        strike: the one that is over, or will be.
        strikes: all of them: while another one is to come, accesses stay and the usual tool stays paused.
        setup: the settings, for the accounts and the usual tool.
        now: the instant (aware).
    """
    if strike.ended_at <= strike.starts_at:
        return ()
    following = [s for s in strikes if s.name != strike.name and not s.is_over(now) and s.ends_at > strike.ends_at]
    if following:
        return tuple(_go_on(strike, min(following, key=lambda s: s.starts_at)))
    return tuple(_leave(strike, setup))


def _go_on(strike: Strike, following: Strike) -> Iterator[Sentence]:
    yield Sentence(
        "The strike “{name}” follows: leave the usual tool paused and the accesses in place until that one is over.",
        {"name": following.name},
    )
    yield _unannounced(strike)


def _leave(strike: Strike, setup: Setup) -> Iterator[Sentence]:
    feeds = strike.feeds or frozenset(feed.name for feed in setup.feeds)
    accounts = [a for a in setup.accounts if a.follows(feeds) and strike.covers(a.name, feeds)]
    if any(_wants_silence(account) for account in accounts):
        yield Sentence(
            "Let the usual tool go on from now, not from its queue: empty the queue before you switch it on, or the"
            " articles of the strike will all leave at once."
        )
    yield _unannounced(strike)
    if any(account.edits_usual for account in accounts):
        yield Sentence(
            "The usual posts that were edited go on saying the strike, until you put them back: occupier restore"
            " {name}. Do it before the accesses are taken away.",
            {"name": strike.name},
        )
    for account in accounts:
        yield from _given_back(account)
    yield Sentence(
        "Stop the daemon once it has said that everything is settled: Ctrl-C where it runs, or occupier service remove."
    )
    yield Sentence(
        "The log stays with whoever holds the database of this machine, until {day}; then: occupier log destroy {name}",
        {"day": strike.destroy_on, "name": strike.name},
    )


def _wants_silence(account: Account) -> bool:
    """Say whether the usual tool was to be paused beside it: where it says the strike itself, it went on."""
    return not account.is_feed and account.takeover is Takeover.NONE


def _unannounced(strike: Strike) -> Sentence:
    return Sentence(
        "Hand over the list of what was not announced as usual: occupier catch-up {name}", {"name": strike.name}
    )


def _given_back(account: Account) -> Iterator[Sentence]:
    if account.is_feed:
        yield Sentence(
            "The strike feed {account} keeps from the usual tool what it was not shown in the strike: leave it there"
            " until the newsroom's feed has dropped those articles, then point it back at that one, before this machine"
            " is switched off.",
            {"account": account.name},
        )
    if account.has_keys:
        yield _revoke(account)


def _revoke(account: Account) -> Sentence:
    return Sentence(
        "Take the access to {account} away, at {address}, and delete its keys from this machine.",
        {"account": account.name, "address": revoking(account.platform, account.host)},
    )
