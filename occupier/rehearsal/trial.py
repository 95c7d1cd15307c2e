"""A rehearsal on a test account: the settings cut down to that account, and its lane worked off, step by step."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from occupier.bootstrap import House, rehearsal_database
from occupier.domain.action import OVER, Action
from occupier.domain.errors import UsageError
from occupier.domain.ports import Target
from occupier.domain.setup import Account, DuringStrikes, FirstPost, IfUsualIsOut, Outside, Takeover
from occupier.domain.strike import Strike
from occupier.rehearsal.arrangement import ENOUGH, NAMES
from occupier.services.eve.trying import LASTS
from occupier.settings import Settings
from occupier.speech import _, language

ALWAYS = timedelta(days=3650)
"""Nothing is too old for a rehearsal."""
SPACING = timedelta(seconds=10)
"""Between two posts, at most: somebody waits for it."""
MARGIN = timedelta(seconds=30)
LOOK = 0.25
"""Seconds, at least, between two looks."""
_KEEPS_GOING = frozenset({"spacing", "throttled"})
_NOT_CHOSEN = {
    "x": "On X nobody chooses who sees a single post: whoever sees the account sees it. Leave --visibility out; to be"
    " seen by few, protect the account in its settings on X.",
    "facebook": "On a Facebook page nobody chooses who sees what occupier posts: whoever sees the page sees it. Leave"
    " --visibility out; to be seen by few, rehearse on a page that is not published.",
}


def settings_of_trial(settings: Settings, name: str, visibility: str | None) -> Settings:
    """Return the settings of a rehearsal on one test account: no other account is in them, so no other secret is read.

    Args:
        settings: the real ones.
        name: of the account.
        visibility: of the posts, on Mastodon; the account's own by default.

    Raises:
        UnknownName: no such account.
        UsageError: it is no test account, or its network lets nobody choose the visibility.
    """
    connection = settings.connection(name)
    setup = settings.setup
    account = setup.account(name)
    assert account is not None  # it has a connection
    if not account.test:
        text = (
            "“{account}” is no test account: a rehearsal posts on accounts with test = true only, which no strike ever"
            " uses."
        )
        raise UsageError(text, account=name)
    if visibility is not None and account.platform in _NOT_CHOSEN:
        raise UsageError(_NOT_CHOSEN[account.platform])
    feeds = tuple(feed for feed in setup.feeds if account.follows(frozenset({feed.name})))
    cut = replace(
        setup,
        feeds=feeds,
        accounts=(_for_trial(account, visibility),),
        strikes=(),
        rules=(),
        per_hour=ENOUGH,
        per_day=ENOUGH,
        spacing=min(setup.spacing, SPACING),
        freshness=ALWAYS,
    )
    database = rehearsal_database(settings.database, name)
    return replace(settings, setup=cut, database=database, connections={name: connection}, notify=())


def _for_trial(account: Account, visibility: str | None) -> Account:
    return replace(
        account,
        test=False,
        outside=Outside.SILENT,
        metrics=False,
        first_post=FirstPost.SEND,
        during_strikes=DuringStrikes.POST,
        # of a rehearsal whose journal is gone, the posts may still stand there: nobody is asked about them
        if_usual_is_out=IfUsualIsOut.LEAVE,
        takeover=Takeover.NONE,
        usual_within=timedelta(0),
        visibility=visibility or account.visibility,
    )


def strike_of_trial(house: House) -> Strike:
    """Return the strike that a rehearsal's posts are claimed under: its words are in the posts already."""
    now = house.clock.now()
    known = house.striking.all()
    current = next((strike for strike in known if strike.in_force(now)), None)
    if current is not None:
        return current
    name = f"{NAMES[language()]}-{len(known) + 1}"
    return house.striking.declare(Strike(name, now, now + LASTS, _("rehearsal"), _("rehearsal"), now)).strike


@dataclass
class Errand:
    """The account's lane, worked off until some actions are through. `stop` ends it after the call in flight."""

    house: House
    account: Account
    target: Target
    stop: threading.Event
    tell: Callable[[int, int, float], object]
    """How many are through, of how many, and in how many seconds the next one is due."""

    def work(self, ids: Collection[int]) -> str | None:
        """Work until the actions are through; return the reason of what stands in the way, if anything does."""
        patient_until = self._later()
        while not self.stop.is_set():
            self.house.reconciling.recover(self.target)
            step = self.house.posting.step(self.account, self.target)
            if step.again:
                patient_until = self._later()
                continue
            if step.blocked is not None and step.blocked not in _KEEPS_GOING:
                return step.blocked
            self.house.reconciling.look(self.account, self.target)
            through, left = self._progress(ids)
            if not left or self.house.clock.monotonic() > patient_until:
                return None
            wait = ((step.at or min(a.due_at for a in left)) - self.house.clock.now()).total_seconds()
            self.tell(through, len(ids), max(0.0, wait))
            self.house.rest(min(max(wait, LOOK), 1.0))
        return None

    def _progress(self, ids: Collection[int]) -> tuple[int, list[Action]]:
        with self.house.store.reading() as tx:
            asked = [tx.actions.get(action_id) for action_id in ids]
        left = [action for action in asked if action.state not in OVER]
        return len(asked) - len(left), left

    def _later(self) -> float:
        """Return until when something must have happened: what was lost may be found as late as that."""
        limits = self.house.live.setup().limits
        longest = limits.call + limits.grace + self.account.settle_after + limits.between_reads + MARGIN
        return self.house.clock.monotonic() + longest.total_seconds()


@contextmanager
def stopping(stop: threading.Event) -> Iterator[None]:
    """Let a first Ctrl-C, or SIGTERM, end it after the call in flight; a second Ctrl-C does not wait."""

    def on_signal(_number: int, _frame: object) -> None:
        stop.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
