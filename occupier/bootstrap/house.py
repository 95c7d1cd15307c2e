"""The house: every service on one journal, wired once."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING

from occupier.bootstrap.adapters import (
    make_delivery,
    make_feed_reader,
    make_network,
    make_press,
    make_strike_feed,
    make_templates,
)
from occupier.bootstrap.desks import make_checking
from occupier.bootstrap.process import SystemClock
from occupier.domain.ports import Clock, Delivery, Network, Notice, Notices
from occupier.domain.setup import Account, Setup
from occupier.settings import Settings
from occupier.storage import migrate
from occupier.storage.store import SqlStore

if TYPE_CHECKING:
    from occupier.domain.strike import Strike
    from occupier.services.deeds.answering import Answering
    from occupier.services.deeds.controlling import Controlling
    from occupier.services.deeds.listening import Listening
    from occupier.services.deeds.reinstating import Reinstating
    from occupier.services.deeds.restoring import Restoring
    from occupier.services.deeds.retracting import Retracting
    from occupier.services.deeds.striking import Striking
    from occupier.services.eve.checks.finding import Finding
    from occupier.services.eve.eve import Eve
    from occupier.services.eve.texting import Reminding
    from occupier.services.eve.trying import Trying
    from occupier.services.kiosk.placing import Placing
    from occupier.services.lane.by_hand import ByHand
    from occupier.services.lane.first_posts import FirstPosts
    from occupier.services.lane.housekeeping import Housekeeping
    from occupier.services.lane.identifying import Identifying
    from occupier.services.lane.posting import Posting
    from occupier.services.lane.reconciling import Reconciling
    from occupier.services.lane.revisiting import Revisiting
    from occupier.services.lane.sealing import Sealing
    from occupier.services.review.announcing import Announcing
    from occupier.services.review.concluding import Concluding
    from occupier.services.review.measuring import Measuring
    from occupier.services.review.overhearing import Overhearing
    from occupier.services.review.recounting import Recounting
    from occupier.services.review.reporting import Reporting
    from occupier.services.review.reviewing import Reviewing
    from occupier.services.review.summarising import Summarising
    from occupier.services.review.vitals import Vitals
    from occupier.services.watch.clockwatch import ClockWatch
    from occupier.services.watch.drafting import Drafting
    from occupier.services.watch.interruptions import Interruptions
    from occupier.services.watch.silence import Silence
    from occupier.services.watch.watching import Watching


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
        from occupier.services.watch.clockwatch import ClockWatch

        return ClockWatch(self.store, self.clock, self.notices, self.live.setup)

    @cached_property
    def drafting(self) -> Drafting:
        """Renders posts."""
        from occupier.services.watch.drafting import Drafting

        return Drafting(make_templates(), self.networks)

    @cached_property
    def watching(self) -> Watching:
        """Polls feeds."""
        from occupier.services.kiosk.keeping import Keeping
        from occupier.services.watch.deciding import Deciding
        from occupier.services.watch.watching import Watching

        setup = self.live.setup
        fetcher, parser = make_feed_reader(self.clock)
        watched = Deciding(self.drafting, setup), Keeping(make_press(), self.notices, setup), self.clocks
        return Watching(self.store, fetcher, parser, *watched, self.notices, setup)

    @cached_property
    def identifying(self) -> Identifying:
        """Verifies accounts."""
        from occupier.services.lane.identifying import Identifying

        return Identifying(self.store, self.networks, self.clock, self.notices, self.live.setup)

    @cached_property
    def posting(self) -> Posting:
        """Works the outbox off."""
        from occupier.services.lane.posting import Posting

        said = self.clock, self.notices, self.live.setup, self.rest
        drafting, revisiting = self.drafting, self.revisiting
        return Posting(self.store, self.networks, drafting, revisiting, self.sealing, self.first_posts, *said)

    @cached_property
    def placing(self) -> Placing:
        """Puts strike feeds where tools read them."""
        from occupier.services.kiosk.placing import Placing

        said = self.notices, self.live.setup, self.store.pause_file
        return Placing(self.store, make_press(), self.deliveries, *said)

    @cached_property
    def sealing(self) -> Sealing:
        """Holds what is not as it was voted."""
        from occupier.services.lane.sealing import Sealing

        return Sealing(self.store, make_templates(), self.notices, self.live.setup)

    @cached_property
    def first_posts(self) -> FirstPosts:
        """Holds the first strike posts for which a yes is wanted."""
        from occupier.services.lane.first_posts import FirstPosts

        return FirstPosts(self.store, self.drafting, self.notices, self.live.setup)

    @cached_property
    def retracting(self) -> Retracting:
        """Takes a person's word that a post is to go."""
        from occupier.services.deeds.retracting import Retracting

        return Retracting(self.store, self.live.setup)

    @cached_property
    def reinstating(self) -> Reinstating:
        """Takes a person's word that edited posts are to be put back."""
        from occupier.services.deeds.reinstating import Reinstating

        return Reinstating(self.store, self.live.setup)

    @cached_property
    def trying(self) -> Trying:
        """Writes a rehearsal's posts on a test account."""
        from occupier.services.eve.trying import Trying

        return Trying(self.store, *make_feed_reader(self.clock), self.drafting, self.live.setup)

    @cached_property
    def measuring(self) -> Measuring:
        """Counts what readers answered."""
        from occupier.services.review.measuring import Measuring

        return Measuring(self.store, self.networks, self.clock, self.live.setup)

    @cached_property
    def revisiting(self) -> Revisiting:
        """Takes posts away."""
        from occupier.services.lane.revisiting import Revisiting

        return Revisiting(self.store, self.networks, self.notices, self.live.setup)

    @cached_property
    def reconciling(self) -> Reconciling:
        """Looks for uncertain posts."""
        from occupier.services.lane.reconciling import Reconciling

        heard = self.clocks, self.revisiting, self.notices
        return Reconciling(self.store, self.networks, *heard, self.live.setup)

    @cached_property
    def housekeeping(self) -> Housekeeping:
        """Does what time alone changes."""
        from occupier.services.lane.housekeeping import Housekeeping

        return Housekeeping(self.store, self.notices, self.live.setup, self.store.pause_file)

    @cached_property
    def striking(self) -> Striking:
        """Writes the strike book."""
        from occupier.services.deeds.striking import Striking

        return Striking(self.store, self.notices, self.live.setup)

    @cached_property
    def controlling(self) -> Controlling:
        """Takes a person's word."""
        from occupier.services.deeds.controlling import Controlling

        return Controlling(self.store, self.live.setup)

    @cached_property
    def answering(self) -> Answering:
        """Takes a person's word about a post of which nobody else can tell."""
        from occupier.services.deeds.answering import Answering

        return Answering(self.store)

    @cached_property
    def restoring(self) -> Restoring:
        """Makes a restored copy harmless."""
        from occupier.services.deeds.restoring import Restoring

        return Restoring(self.store)

    @cached_property
    def recounting(self) -> Recounting:
        """Tells what became of a strike."""
        from occupier.services.review.recounting import Recounting

        return Recounting(self.store, self.live.setup)

    @cached_property
    def reporting(self) -> Reporting:
        """Has the account of each strike written."""
        from occupier.report.keeping import KeptReports
        from occupier.services.review.reporting import Reporting

        reports = KeptReports(self.store.path, lambda: self.live.setup().zone)
        return Reporting(self.store, self.recounting, reports, self.notices)

    @cached_property
    def summarising(self) -> Summarising:
        """Sums each day of strike up."""
        from occupier.services.review.summarising import Summarising

        return Summarising(self.store, self.recounting, self.notices, self.live.setup)

    @cached_property
    def overhearing(self) -> Overhearing:
        """Notices posts of others that announce what the strike announces."""
        from occupier.services.review.overhearing import Overhearing

        return Overhearing(self.store, self.networks, self.clock, self.notices, self.live.setup)

    @cached_property
    def concluding(self) -> Concluding:
        """Says what is left to people after a strike, and that all is clear."""
        from occupier.services.review.concluding import Concluding

        return Concluding(self.store, self.recounting, self.notices, self.live.setup)

    @cached_property
    def announcing(self) -> Announcing:
        """Tells what other processes changed."""
        from occupier.services.review.announcing import Announcing

        return Announcing(self.store, self.notices)

    @cached_property
    def by_hand(self) -> ByHand:
        """Hands texts to the people who post them."""
        from occupier.services.lane.by_hand import ByHand

        return ByHand(self.store, self.notices, self.live.setup)

    @cached_property
    def reminding(self) -> Reminding:
        """Gives the usual tool's old text back."""
        from occupier.services.eve.texting import Reminding
        from occupier.settings.old_texts import read_old_texts

        return Reminding(self.store, lambda: read_old_texts(self.live.settings.old_texts), self.notices)

    @cached_property
    def silence(self) -> Silence:
        """Tells of feeds that show nothing new."""
        from occupier.services.watch.silence import Silence

        return Silence(self.store, self.notices, self.live.setup)

    @cached_property
    def eve(self) -> Eve:
        """Checks before each strike, on adapters of its own: no lane waits for it."""
        from occupier.services.eve.eve import Eve

        return Eve(self.store, self._check, self.notices)

    def _check(self, strikes: Sequence[Strike], go_on: Callable[[], bool]) -> Sequence[Finding]:
        checking = make_checking(self.live.settings, self.clock, self.store, by_daemon=True, go_on=go_on)
        return checking.check(strikes)

    @cached_property
    def listening(self) -> Listening:
        """Reads the address from which anybody can stop everything."""
        from occupier.services.deeds.listening import Listening

        return Listening(self.store, make_feed_reader(self.clock)[0], self.notices, self.live.setup)

    @cached_property
    def reviewing(self) -> Reviewing:
        """Tells how things stand."""
        from occupier.services.review.reviewing import Reviewing

        return Reviewing(self.store, self.live.setup)

    @cached_property
    def interruptions(self) -> Interruptions:
        """Tells what was not watched."""
        from occupier.services.watch.interruptions import Interruptions

        return Interruptions(self.store, self.notices, self.live.setup)

    @cached_property
    def vitals(self) -> Vitals:
        """Says whether the daemon works."""
        from occupier.services.review.vitals import Vitals

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
