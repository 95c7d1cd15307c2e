"""The composition root: the only place that names concrete adapters."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from occupier.domain.by_hand import is_by_hand
from occupier.domain.errors import DatabaseError, Sentence
from occupier.domain.ports import Clock, Delivery, Network, Notice, Notices, Press
from occupier.domain.setup import FEED, Account, Setup
from occupier.settings import Connection, Settings
from occupier.storage import lock, migrate
from occupier.storage.probing import probe
from occupier.storage.store import SqlStore

if TYPE_CHECKING:
    from occupier.domain.strike import Strike
    from occupier.services.announcing import Announcing
    from occupier.services.by_hand import ByHand
    from occupier.services.checking import Checking
    from occupier.services.checks.evidence import DatabaseFound, Keys
    from occupier.services.checks.finding import Finding
    from occupier.services.clockwatch import ClockWatch
    from occupier.services.concluding import Concluding
    from occupier.services.controlling import Controlling
    from occupier.services.drafting import Drafting
    from occupier.services.eve import Eve
    from occupier.services.first_posts import FirstPosts
    from occupier.services.housekeeping import Housekeeping
    from occupier.services.identifying import Identifying
    from occupier.services.interruptions import Interruptions
    from occupier.services.listening import Listening
    from occupier.services.measuring import Measuring
    from occupier.services.offering import Offering
    from occupier.services.overhearing import Overhearing
    from occupier.services.placing import Placing
    from occupier.services.planning import Planning
    from occupier.services.posting import Posting
    from occupier.services.previewing import Previewing
    from occupier.services.reconciling import Reconciling
    from occupier.services.recounting import Recounting
    from occupier.services.reinstating import Reinstating
    from occupier.services.reporting import Reporting
    from occupier.services.restoring import Restoring
    from occupier.services.retracting import Retracting
    from occupier.services.reviewing import Reviewing
    from occupier.services.revisiting import Revisiting
    from occupier.services.sealing import Sealing
    from occupier.services.silence import Silence
    from occupier.services.striking import Striking
    from occupier.services.summarising import Summarising
    from occupier.services.texting import Reminding, Texting
    from occupier.services.trying import Trying
    from occupier.services.vitals import Vitals
    from occupier.services.watching import Watching


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> datetime:
        """Return the instant, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never jump."""
        return time.monotonic()


@dataclass
class Silent:
    """Notices that nobody listens to, for commands that say their own."""

    def tell(self, notice: Notice) -> None:
        """Tell nobody."""


@dataclass
class Live:
    """The settings in force, replaced whole by a reload."""

    settings: Settings

    def setup(self) -> Setup:
        """Return what the services read of them."""
        return self.settings.setup


@dataclass(frozen=True)
class House:
    """Every service on one journal, wired once. `networks` is filled by `connect`."""

    live: Live
    store: SqlStore
    clock: Clock
    notices: Notices
    networks: dict[str, Network] = field(default_factory=dict)
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    rest: Callable[[float], object] = time.sleep
    dry: bool = False
    checks: bool = False
    """Whether the daemon checks by itself before each strike."""

    def connect(self, settings: Settings | None = None) -> None:
        """Build the adapters of every account, and take on the settings; nothing changes unless all can be built.

        Raises:
            SettingsError: a secret is missing.
        """
        settings = settings or self.live.settings
        built = {
            account.name: self._network(settings, account)
            for account in settings.setup.accounts
            if not account.test  # nothing is posted there but by a rehearsal, so its secrets are not needed
        }
        self.adopt(settings, built)

    def _network(self, settings: Settings, account: Account) -> Network:
        if not account.is_written or self.dry:
            return make_network(settings, account.name, self.clock, self.observe, dry=self.dry)
        self.deliveries[account.name] = delivery = make_delivery(settings, account.name, self.clock)
        return make_strike_feed(account, delivery, partial(self._write, account.name))

    def _write(self, account_name: str) -> None:
        account = self.live.setup().account(account_name)
        if account is not None:
            self.placing.write(account)

    def connect_one(self, account_name: str) -> None:
        """Build the adapter of one account, for a command that calls no other. Raises SettingsError."""
        self.networks[account_name] = make_network(
            self.live.settings, account_name, self.clock, self.observe, dry=self.dry
        )

    def adopt(self, settings: Settings, networks: Mapping[str, Network]) -> None:
        """Take on settings with their adapters; at no moment is an account of the settings without one."""
        self.networks.update(networks)
        self.live.settings = settings
        for name in set(self.networks) - set(networks):
            del self.networks[name]

    def observe(self, host: str, skew: timedelta) -> None:
        """Take the Date of a network's answer."""
        self.clocks.observe(host, skew)

    @cached_property
    def clocks(self) -> ClockWatch:
        """What other hosts say of our clock."""
        from occupier.services.clockwatch import ClockWatch

        return ClockWatch(self.store, self.clock, self.notices, self.live.setup)

    @cached_property
    def drafting(self) -> Drafting:
        """Renders posts."""
        from occupier.services.drafting import Drafting

        return Drafting(make_templates(), self.networks)

    @cached_property
    def watching(self) -> Watching:
        """Polls feeds."""
        from occupier.services.deciding import Deciding
        from occupier.services.keeping import Keeping
        from occupier.services.watching import Watching

        setup = self.live.setup
        fetcher, parser = make_feed_reader(self.clock)
        watched = Deciding(self.drafting, setup), Keeping(make_press(), self.notices, setup), self.clocks
        return Watching(self.store, fetcher, parser, *watched, self.notices, setup)

    @cached_property
    def identifying(self) -> Identifying:
        """Verifies accounts."""
        from occupier.services.identifying import Identifying

        return Identifying(self.store, self.networks, self.clock, self.notices, self.live.setup)

    @cached_property
    def posting(self) -> Posting:
        """Works the outbox off."""
        from occupier.services.posting import Posting

        said = self.clock, self.notices, self.live.setup, self.rest
        drafting, revisiting = self.drafting, self.revisiting
        return Posting(self.store, self.networks, drafting, revisiting, self.sealing, self.first_posts, *said)

    @cached_property
    def placing(self) -> Placing:
        """Puts strike feeds where tools read them."""
        from occupier.services.placing import Placing

        said = self.clock, self.notices, self.live.setup, self.store.pause_file
        return Placing(self.store, make_press(), self.deliveries, *said)

    @cached_property
    def sealing(self) -> Sealing:
        """Holds what is not as it was voted."""
        from occupier.services.sealing import Sealing

        return Sealing(self.store, make_templates(), self.notices, self.live.setup)

    @cached_property
    def first_posts(self) -> FirstPosts:
        """Holds the first strike posts for which a yes is wanted."""
        from occupier.services.first_posts import FirstPosts

        return FirstPosts(self.store, self.drafting, self.notices, self.live.setup)

    @cached_property
    def retracting(self) -> Retracting:
        """Takes a person's word that a post is to go."""
        from occupier.services.retracting import Retracting

        return Retracting(self.store, self.live.setup)

    @cached_property
    def reinstating(self) -> Reinstating:
        """Takes a person's word that edited posts are to be put back."""
        from occupier.services.reinstating import Reinstating

        return Reinstating(self.store, self.live.setup)

    @cached_property
    def trying(self) -> Trying:
        """Writes a rehearsal's posts on a test account."""
        from occupier.services.trying import Trying

        return Trying(self.store, *make_feed_reader(self.clock), self.drafting, self.live.setup)

    @cached_property
    def measuring(self) -> Measuring:
        """Counts what readers answered."""
        from occupier.services.measuring import Measuring

        return Measuring(self.store, self.networks, self.clock, self.live.setup)

    @cached_property
    def revisiting(self) -> Revisiting:
        """Takes posts away."""
        from occupier.services.revisiting import Revisiting

        return Revisiting(self.store, self.networks, self.notices, self.live.setup)

    @cached_property
    def reconciling(self) -> Reconciling:
        """Looks for uncertain posts."""
        from occupier.services.reconciling import Reconciling

        heard = self.clocks, self.revisiting, self.notices
        return Reconciling(self.store, self.networks, *heard, self.live.setup)

    @cached_property
    def housekeeping(self) -> Housekeeping:
        """Does what time alone changes."""
        from occupier.services.housekeeping import Housekeeping

        return Housekeeping(self.store, self.notices, self.live.setup, self.store.pause_file)

    @cached_property
    def striking(self) -> Striking:
        """Writes the strike book."""
        from occupier.services.striking import Striking

        return Striking(self.store, self.notices, self.live.setup)

    @cached_property
    def controlling(self) -> Controlling:
        """Takes a person's word."""
        from occupier.services.controlling import Controlling

        return Controlling(self.store, self.live.setup)

    @cached_property
    def restoring(self) -> Restoring:
        """Makes a restored copy harmless."""
        from occupier.services.restoring import Restoring

        return Restoring(self.store)

    @cached_property
    def recounting(self) -> Recounting:
        """Tells what became of a strike."""
        from occupier.services.recounting import Recounting

        return Recounting(self.store, self.live.setup)

    @cached_property
    def reporting(self) -> Reporting:
        """Has the account of each strike written."""
        from occupier.report.keeping import KeptReports
        from occupier.services.reporting import Reporting

        reports = KeptReports(self.store.path, lambda: self.live.setup().zone)
        return Reporting(self.store, self.recounting, reports, self.notices)

    @cached_property
    def summarising(self) -> Summarising:
        """Sums each day of strike up."""
        from occupier.services.summarising import Summarising

        return Summarising(self.store, self.recounting, self.notices, self.live.setup)

    @cached_property
    def overhearing(self) -> Overhearing:
        """Notices posts of others that announce what the strike announces."""
        from occupier.services.overhearing import Overhearing

        return Overhearing(self.store, self.networks, self.clock, self.notices, self.live.setup)

    @cached_property
    def concluding(self) -> Concluding:
        """Says what is left to people after a strike, and that all is clear."""
        from occupier.services.concluding import Concluding

        return Concluding(self.store, self.recounting, self.notices, self.live.setup)

    @cached_property
    def announcing(self) -> Announcing:
        """Tells what other processes changed."""
        from occupier.services.announcing import Announcing

        return Announcing(self.store, self.notices, self.live.setup)

    @cached_property
    def by_hand(self) -> ByHand:
        """Hands texts to the people who post them."""
        from occupier.services.by_hand import ByHand

        return ByHand(self.store, self.notices, self.live.setup)

    @cached_property
    def reminding(self) -> Reminding:
        """Gives the usual tool's old text back."""
        from occupier.services.texting import Reminding
        from occupier.settings.old_texts import read_old_texts

        return Reminding(self.store, lambda: read_old_texts(self.live.settings.old_texts), self.notices)

    @cached_property
    def silence(self) -> Silence:
        """Tells of feeds that show nothing new."""
        from occupier.services.silence import Silence

        return Silence(self.store, self.notices, self.live.setup)

    @cached_property
    def eve(self) -> Eve:
        """Checks before each strike, on adapters of its own: no lane waits for it."""
        from occupier.services.eve import Eve

        return Eve(self.store, self._check, self.notices)

    def _check(self, strikes: Sequence[Strike], go_on: Callable[[], bool]) -> Sequence[Finding]:
        checking = make_checking(self.live.settings, self.clock, self.store, by_daemon=True, go_on=go_on)
        return checking.check(strikes)

    @cached_property
    def listening(self) -> Listening:
        """Reads the address from which anybody can stop everything."""
        from occupier.services.listening import Listening

        return Listening(self.store, make_feed_reader(self.clock)[0], self.notices, self.live.setup)

    @cached_property
    def reviewing(self) -> Reviewing:
        """Tells how things stand."""
        from occupier.services.reviewing import Reviewing

        return Reviewing(self.store, self.live.setup)

    @cached_property
    def interruptions(self) -> Interruptions:
        """Tells what was not watched."""
        from occupier.services.interruptions import Interruptions

        return Interruptions(self.store, self.notices, self.live.setup)

    @cached_property
    def vitals(self) -> Vitals:
        """Says whether the daemon works."""
        from occupier.services.vitals import Vitals

        return Vitals(self.store, self.live.setup)


def open_house(
    settings: Settings, notices: Notices | None = None, *, clock: Clock | None = None, create: bool = False
) -> House:
    """Open the journal of these settings for a command.

    Args:
        settings: in force.
        notices: where to tell things; nowhere by default.
        clock: the system's by default.
        create: make the database where there is none.

    Raises:
        DatabaseError: none there, older, newer or unusable.
    """
    clock = clock or SystemClock()
    if create:
        migrate.create_if_missing(settings.database)
    migrate.require_current(settings.database)
    return House(Live(settings), SqlStore(settings.database, clock), clock, notices or Silent())


def make_network(
    settings: Settings,
    account_name: str,
    clock: Clock,
    on_date: Callable[[str, timedelta], None] | None = None,
    *,
    dry: bool = False,
) -> Network:
    """Build the adapter of one account; a dry one reads no secret. Raises SettingsError."""
    from occupier.platforms.dry import Dry
    from occupier.platforms.registry import build

    connection, account = settings.connections[account_name], settings.setup.account(account_name)
    if account is not None and account.is_written and not dry:
        return make_strike_feed(account, make_delivery(settings, account_name, clock))
    secrets = dict.fromkeys(connection.secrets, "-") if dry else settings.secrets(account_name)
    parameters = _parameters(connection, account)
    network = build(connection.platform, clock=clock, on_date=on_date, **parameters, **secrets)
    return Dry(network, account_name, account.remote_id if account else None) if dry else network


def make_strike_feed(
    account: Account, delivery: Delivery | None = None, write: Callable[[], None] | None = None
) -> Network:
    """Build the adapter of a strike feed; without `write`, whoever serves the feed reads the journal."""
    from occupier.platforms.registry import build

    return build(FEED, name=account.name, network=account.network, delivery=delivery, write=write)


def make_delivery(settings: Settings, account_name: str, clock: Clock) -> Delivery:
    """Return what puts a strike feed where its tool reads it. Raises SettingsError: a secret is missing."""
    from occupier.syndication.delivery import make

    delivery = settings.connections[account_name].delivery
    assert delivery is not None  # the account is written somewhere
    password = settings.secrets(account_name).get("password")
    return make(delivery.way, delivery.where, delivery.command, password, clock.now)


def make_offering(settings: Settings, clock: Clock, setup: Callable[[], Setup]) -> tuple[Offering, SqlStore]:
    """Return what answers the readers of strike feeds, and the journal of its own by which it hears of changes."""
    from occupier.services.offering import Offering

    store = SqlStore(settings.database, clock)
    return Offering(store, make_press(), clock, setup, store.pause_file), store


def _parameters(connection: Connection, account: Account | None) -> dict[str, Any]:
    if account is not None and (is_by_hand(account) or account.is_feed):
        return {"name": account.name, "network": account.network}
    if connection.platform == "mastodon":
        return {"server": connection.base_url}
    if connection.platform == "facebook":
        version, page = connection.api_version, connection.page_id
        return {"api_url": connection.base_url, "api_version": version, "page_id": page}
    return {"api_url": connection.base_url}


def make_steps(platform: str, clock: Clock, sandbox: str | None = None) -> Any:
    """Return the steps that connect an account of a network; `sandbox` is the address of one that stands in for it."""
    from occupier.platforms.registry import connecting

    roots = {"x": "/x", "facebook": "/graph"}
    elsewhere = {"api_url": sandbox + roots[platform]} if sandbox and platform in roots else {}
    return connecting(platform, clock=clock, **elsewhere)


def make_templates() -> Any:
    """Return the template language."""
    from occupier.templates import JinjaTemplates

    return JinjaTemplates()


def make_press() -> Press:
    """Return what cuts the newsroom's documents."""
    from occupier.syndication.press import Cutter

    return Cutter()


def make_feed_reader(clock: Clock) -> tuple[Any, Any]:
    """Return a fetcher and a parser."""
    from occupier.feeds.fetch import HttpFetcher
    from occupier.feeds.parse import FeedParser

    return HttpFetcher(clock), FeedParser(clock)


def make_previewing(settings: Settings, clock: Clock) -> Previewing:
    """Return the preview, which needs neither a secret nor the journal."""
    from occupier.services.previewing import Previewing

    fetcher, parser = make_feed_reader(clock)
    networks = {a.name: make_network(settings, a.name, clock, dry=True) for a in settings.setup.accounts}
    return Previewing(fetcher, parser, make_templates(), networks, lambda: settings.setup)


def make_texting(settings: Settings) -> Texting:
    """Return what writes texts for the usual tool's own field."""
    from occupier.platforms.manual import RULERS
    from occupier.services.texting import Texting

    return Texting(make_templates(), {name: ruler() for name, ruler in RULERS.items()}, lambda: settings.setup)


def make_planning(settings: Settings, clock: Clock) -> Planning:
    """Return what makes plans, which reads the feeds and no secret."""
    from occupier.services.planning import Planning
    from occupier.services.previewing import Previewing

    fetcher, parser = make_feed_reader(clock)
    networks = {a.name: make_network(settings, a.name, clock, dry=True) for a in settings.setup.accounts}
    templates = make_templates()
    previewing = Previewing(fetcher, parser, templates, networks, lambda: settings.setup)
    return Planning(previewing, templates, networks, lambda: settings.setup)


def make_checking(settings: Settings, clock: Clock, store: SqlStore | None, **how: Any) -> Checking:
    """Return the check, on adapters of its own; `store` is None where there is no journal. `how`: see `Checking`."""
    from occupier.machine import ThisMachine
    from occupier.services.checking import Checking, World
    from occupier.services.previewing import Previewing

    there = [a.name for a in settings.setup.accounts if not settings.missing(a.name)]
    networks = {name: make_network(settings, name, clock) for name in there}
    voices = {a.name: make_network(settings, a.name, clock, dry=True) for a in settings.setup.accounts}
    fetcher, parser = make_feed_reader(clock)
    previewing = Previewing(fetcher, parser, make_templates(), voices, lambda: settings.setup)
    here = Here(settings, store)
    world = World(previewing, fetcher, parser, networks, voices, ThisMachine(), here, store, clock)
    return Checking(world, lambda: settings.setup, **how)


@dataclass(frozen=True)
class Here:
    """The files and keys that these settings name, for the check to look at."""

    settings: Settings
    store: SqlStore | None = None

    def settings_file(self) -> Path | None:
        """Return the settings' file."""
        return self.settings.path

    def folder(self) -> Path:
        """Return the folder of the database."""
        return self.settings.database.parent

    def database(self) -> DatabaseFound:
        """Look at the database, without writing to it."""
        from occupier.services.checks.evidence import DatabaseFound

        path = self.settings.database
        try:
            if migrate.standing(path) is migrate.Standing.MISSING:
                return DatabaseFound(path, is_there=False, problem=_no_room(path.parent))
            probe(path)
            return DatabaseFound(path, is_held=lock.is_held(path), beat=self._beat())
        except DatabaseError as error:
            return DatabaseFound(path, problem=error.sentence)

    def keys(self) -> Keys:
        """Look for every secret that the settings name."""
        from occupier.services.checks.evidence import Keys

        settings, accounts = self.settings, [a.name for a in self.settings.setup.accounts]
        return Keys(
            missing={name: settings.missing(name) for name in accounts},
            exposed={name: settings.notes(name) for name in accounts},
            notify=len(settings.notify),
            notify_problems=settings.notify_missing(),
        )

    def _beat(self) -> datetime | None:
        from occupier.services.reviewing import HEARTBEAT

        if self.store is None:
            return None
        with self.store.reading() as tx:
            beat = tx.runtime.get(HEARTBEAT)
        return datetime.fromisoformat(beat) if beat else None


def _no_room(folder: Path) -> Sentence | None:
    if os.access(folder, os.W_OK | os.X_OK):
        return None
    text = "The database cannot be made in {folder}: make that folder, or let this user write in it."
    return Sentence(text, {"folder": str(folder)})


def prepare_process() -> None:
    """Keep what is written to ourselves, and the libraries' loggers from telling tokens."""
    from occupier.wire.scrub import hush

    os.umask(0o077)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    hush()


def rehearsal_database(database: Path, account: str) -> Path:
    """Return the database of the rehearsals on a test account, beside the real one."""
    return database.with_name(f"{database.name}.rehearsal-{account}")


def dry_run_database(database: Path) -> Path:
    """Return the database of dry runs, beside the real one."""
    return database.with_name(database.name + ".dry-run")
