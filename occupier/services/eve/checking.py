"""Check: everything that can be found out before it matters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from occupier.domain.action import Payload
from occupier.domain.article import Article, Entry
from occupier.domain.errors import DatabaseError, FeedError, NetworkError, Sentence
from occupier.domain.machine import Machine
from occupier.domain.ports import Asked, Clock, Fetcher, Identity, Network, Parser, Store
from occupier.domain.setup import Account, FeedSource, Setup
from occupier.domain.strike import Strike
from occupier.services.eve.checks.accounts import check_accounts
from occupier.services.eve.checks.evidence import AccountRead, FeedRead, Premises, Remembered, host_skews
from occupier.services.eve.checks.feeds import check_feeds
from occupier.services.eve.checks.finding import Finding, in_order
from occupier.services.eve.checks.house import check_awake, check_clock, check_database, check_disk, check_files
from occupier.services.eve.checks.messages import check_messages
from occupier.services.eve.checks.pace import check_pace
from occupier.services.eve.checks.stops import check_address, check_notify, check_pauses
from occupier.services.eve.checks.strike_feeds import check_strike_feeds
from occupier.services.eve.checks.strikes import check_plans, check_strikes
from occupier.services.eve.checks.usual import check_usual_posts, check_usual_tool, check_way, newsroom_hosts
from occupier.services.eve.previewing import Previewing, as_article, example_strike
from occupier.services.lane.sealing import compared
from occupier.services.lane.terms import RHYTHM

NEWEST = 20
"""How many articles every wording is tried on."""
POSTS = 40
"""How many of an account's latest posts are looked at."""
AT_ONCE = 8
EXAMPLE_REASON = {"fr": "contre la réforme des retraites", "en": "against the pension reform"}
"""What wordings are tried with where no strike is declared."""
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class World:
    """What a check asks: feeds, networks, the machine and what occupier stands on there. It writes to none of them.

    `networks` lacks the accounts whose secrets are missing, `voices` has them all: how each counts needs no secret.
    `store` is None where there is no journal to read.
    """

    previewing: Previewing
    fetcher: Fetcher
    parser: Parser
    networks: Mapping[str, Network]
    voices: Mapping[str, Network]
    machine: Machine
    premises: Premises
    store: Store | None
    clock: Clock


def _silent(_step: Sentence) -> None:
    return


def _always() -> bool:
    return True


class Checking:
    """Looks at everything and writes nothing: not to a network, not to the database."""

    def __init__(
        self,
        world: World,
        setup: Callable[[], Setup],
        *,
        step: Callable[[Sentence], None] = _silent,
        go_on: Callable[[], bool] = _always,
        by_daemon: bool = False,
    ) -> None:
        """Prepare a check.

        Args:
            world: what is asked.
            setup: the settings in force.
            step: told what is looked at next.
            go_on: asked before each call; False ends the check early.
            by_daemon: nobody typed it: reads that cost money are left out, and the database is the asker's own.
        """
        self._world = world
        self._setup = setup
        self._step = step
        self._go_on = go_on
        self._by_daemon = by_daemon

    def check(self, strikes: Sequence[Strike]) -> list[Finding]:
        """Return the findings, in the order of the table; `strikes`: those known, and those of the settings."""
        setup, now = self._setup(), self._world.clock.now()
        self._step(Sentence("Looking at this machine…"))
        keys = self._world.premises.keys()
        found = [*self._house(strikes, now), *check_files(self._world.premises.settings_file(), keys, self._machine)]
        found += [*check_strikes(strikes, setup, now), *check_notify(keys)]
        self._step(Sentence("Reading the feeds…"))
        feeds = self._side_by_side(self._feed, setup.feeds)
        self._step(Sentence("Asking the networks…"))
        there = [a for a in setup.accounts if a.name in self._world.networks]
        accounts = self._side_by_side(self._account, there)
        found += [*check_feeds(feeds, setup, now), *check_accounts(accounts, keys.missing, strikes, setup, now)]
        found += check_address(setup, self._heard(setup))
        found.append(check_clock(host_skews(feeds, accounts), setup.limits))
        self._step(Sentence("Trying the messages…"))
        remembered = self._remembered(setup)
        found += check_plans(remembered.plans)
        found += check_strike_feeds(setup, feeds, remembered.readers, strikes, now)
        found += [*check_pauses(remembered), *self._usual(accounts, feeds, remembered, strikes, now)]
        known = {read.account.name: read for read in accounts}
        for read in (known.get(a.name, AccountRead(a)) for a in setup.accounts):
            found += self._speaking(read, feeds, strikes, remembered, now)
        return in_order(found, [*(f.name for f in setup.feeds), *(a.name for a in setup.accounts)])

    @property
    def _machine(self) -> Machine:
        return self._world.machine

    def _side_by_side(self, ask: Callable[[T], R], whom: Iterable[T]) -> list[R]:
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="check") as threads:
            return list(threads.map(ask, whom))

    def _house(self, strikes: Sequence[Strike], now: datetime) -> Iterator[Finding]:
        premises = self._world.premises
        yield from check_database(premises.database(), now, we_hold_it=self._by_daemon)
        yield from check_disk(premises.folder(), self._machine)
        yield from check_awake(self._machine, strikes, now)

    # --- asking -------------------------------------------------------------------------------------------------------

    def _feed(self, source: FeedSource) -> FeedRead:
        if not self._go_on():
            return FeedRead(source)
        try:
            fetched = self._world.fetcher.fetch(Asked(source.url))
            parsed = self._world.parser.parse(fetched.body or b"", fetched.content_type, fetched.url)
        except FeedError as error:
            return FeedRead(source, error=error.sentence)
        return FeedRead(source, fetched, parsed)

    def _account(self, account: Account) -> AccountRead:
        network = self._world.networks[account.name]
        if not self._go_on():
            return AccountRead(account)
        try:
            identity, limits = network.verify(), network.read_limits()
        except NetworkError as error:
            return AccountRead(account, error=error.sentence)
        read = AccountRead(account, identity, identity.access, limits)
        asks_nobody = network.capabilities.without_call
        return read if asks_nobody or not self._go_on() else self._further(network, read, identity)

    def _further(self, network: Network, read: AccountRead, identity: Identity) -> AccountRead:
        """Ask what the keys may do, and what was posted last."""
        with suppress(NetworkError):
            read = replace(read, access=network.examine(identity))
        if self._by_daemon and network.capabilities.read_microusd:
            return read  # what a network charges for is read when a person asks, not by itself
        try:
            return replace(read, posts=network.latest(POSTS))
        except NetworkError as error:
            return replace(read, unread=error.sentence)

    def _heard(self, setup: Setup) -> bytes | FeedError | None:
        if setup.pause_url is None or not self._go_on():
            return None
        try:
            return self._world.fetcher.fetch(Asked(setup.pause_url)).body or b""
        except FeedError as error:
            return error

    def _remembered(self, setup: Setup) -> Remembered:
        if self._world.store is None:
            return Remembered()
        try:
            with self._world.store.reading() as tx:
                targets = {t.id: t.name for t in tx.targets.all() if setup.account(t.name)}
                ours = {name: frozenset(tx.actions.remote_ids(id_, besides=0)) for id_, name in targets.items()}
                pauses, busiest = tuple(tx.pauses.all()), tx.articles.busiest_hour(tx.now - RHYTHM)
                readers = {name: tuple(tx.kiosk.readers(id_)) for id_, name in targets.items()}
                plans = tuple(compared(tx, setup, self._world.previewing.templates))
        except DatabaseError:
            return Remembered()
        return Remembered(pauses, targets, ours, busiest, plans, readers)

    # --- trying -------------------------------------------------------------------------------------------------------

    def _usual(
        self,
        accounts: Sequence[AccountRead],
        feeds: Sequence[FeedRead],
        remembered: Remembered,
        strikes: Sequence[Strike],
        now: datetime,
    ) -> Iterator[Finding]:
        setup, hosts = self._setup(), newsroom_hosts(feeds)
        begins_at = min((s.starts_at for s in strikes if not s.is_over(now)), default=None)
        tool = check_usual_tool(setup.usual, setup.accounts, begins_at, now)
        if tool is not None:
            yield tool
        unread = {read.account.name: read.unread for read in accounts}
        for account in setup.accounts:
            yield from check_way(account, unread.get(account.name))
        for read in accounts:
            yield from check_usual_posts(read, hosts, remembered.ours.get(read.account.name, ()), setup.usual, now)

    def _speaking(
        self,
        read: AccountRead,
        feeds: Sequence[FeedRead],
        strikes: Sequence[Strike],
        remembered: Remembered,
        now: datetime,
    ) -> Iterator[Finding]:
        setup, account = self._setup(), read.account
        voice = self._world.previewing.voice(account, read.limits)
        mine = [s for s in strikes if not s.is_over(now) and (not s.accounts or account.name in s.accounts)]
        tried = mine or [example_strike(setup, (), now, EXAMPLE_REASON[voice.language])]
        articles = _articles(account, feeds, now)
        yield from check_messages(voice, tried, articles, setup, now)
        if account.test or account.is_feed:
            return
        price = self._world.voices[account.name].cost(Payload("", articles[-1].link))
        yield from check_pace(account, feeds, setup, busiest_hour=remembered.busiest_hour, post_microusd=price, now=now)


def _articles(account: Account, feeds: Sequence[FeedRead], now: datetime) -> list[Article]:
    """Return the newest articles of each feed that the account follows, and one with the longest of titles."""
    mine = [r.parsed.entries for r in feeds if r.parsed and account.follows(frozenset({r.source.name}))]
    return [as_article(entry, now) for entries in mine for entry in entries[:NEWEST]] + [_longest(now)]


def _longest(now: datetime) -> Article:
    """Return an article whose title is longer than any network takes: what gives way must be the title."""
    entry = Entry("Un titre d’une longueur que personne n’a prévue, " * 8, "https://www.example.org/article/1")
    return as_article(entry, now)
