"""How strikes, accounts and feeds stand, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from occupier.domain.action import State
from occupier.domain.errors import Sentence
from occupier.domain.gaps import Gap
from occupier.domain.ports import FeedState
from occupier.domain.setup import Setup
from occupier.domain.strike import Strike
from occupier.domain.ways import NAMES, in_full, way_of
from occupier.services.review.reviewing import AccountStatus
from occupier.services.watch.gaps import gaps
from occupier.speech import GROUPS, Group
from occupier.speech.figures import dollars
from occupier.web.pages.entries import web_address
from occupier.web.pages.frame import show
from occupier.web.sessions import house_of

_LOOKED_BACK = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class ShownAccount:
    """An account with its four groups counted, and its way. What was handed to others stands apart from the posted."""

    status: AccountStatus
    groups: tuple[tuple[Group, int], ...]
    handed: int
    last_url: str | None
    slipped_url: str | None
    spent: str
    budget: str | None

    @property
    def way(self) -> Sentence:
        """The way of its articles in a strike, in a few words."""
        return NAMES[way_of(self.status.account)]

    @property
    def way_in_full(self) -> tuple[Sentence, ...]:
        """What the way means."""
        return in_full(self.status.account)


@dataclass(frozen=True, slots=True)
class ShownFeed:
    """A feed: its host and path (what follows may hold a key), and its gaps of a month."""

    name: str
    place: str
    state: FeedState | None
    gaps: tuple[Gap, ...]


def strikes(request: Request) -> Response:
    """Answer every strike ever declared, newest first."""
    house = house_of(request)
    with house.store.reading() as tx:
        found, now = list(reversed(tx.strikes.all())), tx.now
    setup = house.live.setup()
    ways = {strike.id: dict(_ways(strike, setup)) for strike in found if not strike.is_over(now)}
    return show(request, "strikes.html", "strikes", strikes=found, ways=ways)


def _ways(strike: Strike, setup: Setup) -> Iterator[tuple[str, Sentence]]:
    """Yield the accounts that a strike concerns, each with its way; those of the past may have had others."""
    feeds = strike.feeds or frozenset(feed.name for feed in setup.feeds)
    for account in setup.accounts:
        if not account.test and account.follows(feeds) and strike.covers(account.name, feeds):
            yield account.name, NAMES[way_of(account)]


def accounts(request: Request) -> Response:
    """Answer how each account stands."""
    status = house_of(request).reviewing.status()
    return show(request, "accounts.html", "accounts", accounts=[_account(found) for found in status.accounts])


def _account(found: AccountStatus) -> ShownAccount:
    seen = {group: [state for state in GROUPS[group] if state is not State.HANDED] for group in Group}
    groups = tuple((group, sum(found.counts.get(state, 0) for state in states)) for group, states in seen.items())
    budget = found.account.budget_microusd
    return ShownAccount(
        status=found,
        groups=groups,
        handed=found.counts.get(State.HANDED, 0),
        last_url=web_address(found.last_post.remote_url) if found.last_post else None,
        slipped_url=web_address(found.slipped.url) if found.slipped else None,
        spent=dollars(found.spent_microusd),
        budget=None if budget is None else dollars(budget),
    )


def feeds(request: Request) -> Response:
    """Answer how each feed is read, and when it was not."""
    house = house_of(request)
    sources = house.live.setup().feeds
    with house.store.reading() as tx:
        states = {state.name: state for state in tx.feeds.all()}
        since = tx.now - _LOOKED_BACK
        # what begins with the month itself is the time before this feed was watched at all
        found = [gap for gap in gaps(tx, sources, since, tx.now) if gap.since > since]
    shown = [
        ShownFeed(
            source.name,
            _place(source.url),
            states.get(source.name),
            tuple(gap for gap in reversed(found) if gap.feed == source.name),
        )
        for source in sources
    ]
    return show(request, "feeds.html", "feeds", feeds=shown)


def _place(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.hostname or ''}{parts.path}"
