"""The register: what would have gone out and what did, side by side, filtered by what stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from occupier.domain.browsing import Browsing, Page
from occupier.domain.errors import Sentence
from occupier.domain.ports import Transaction
from occupier.speech import GROUPS, Group
from occupier.web.pages.entries import entries
from occupier.web.pages.frame import show
from occupier.web.sessions import house_of

_FILTERS = ("words", "strike", "account", "feed", "group", "from", "to", "kind")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form offers."""

    strikes: tuple[str, ...]
    accounts: tuple[str, ...]
    feeds: tuple[str, ...]
    groups: tuple[Group, ...] = tuple(Group)


def register(request: Request) -> Response:
    """Answer one page of the register."""
    house, asked = house_of(request), _asked(request)
    zone = house.live.setup().zone
    browsing, problem = _browsing(asked, zone)
    with house.store.reading() as tx:
        choices = _choices(tx)
        page = Page() if problem else tx.register.page(_turned(browsing, request))
    shown = entries(page.records, zone)
    return show(
        request,
        "register.html",
        "register",
        page=page,
        entries=shown,
        asked=asked,
        choices=choices,
        problem=problem,
        newer=_address(asked, newer=shown[0].id) if page.has_newer and shown else None,
        older=_address(asked, older=shown[-1].id) if page.has_older and shown else None,
    )


def _asked(request: Request) -> Mapping[str, str]:
    return {name: request.query_params.get(name, "").strip() for name in _FILTERS}


def _browsing(asked: Mapping[str, str], zone: ZoneInfo) -> tuple[Browsing, Sentence | None]:
    """Return what is asked for; the sentence says what cannot be understood."""
    group = Group(asked["group"]) if asked["group"] in set(Group) else None
    try:
        since = _midnight(asked["from"], zone)
        until = _midnight(asked["to"], zone, after=_DAY)
    except (ValueError, OverflowError):
        return Browsing(), Sentence("Write days as 2020-01-24.")
    found = Browsing(
        strike=asked["strike"] or None,
        account=asked["account"] or None,
        feed=asked["feed"] or None,
        states=frozenset(GROUPS[group]) if group else frozenset(),
        since=since,
        until=until,
        words=asked["words"] or None,
        everything=asked["kind"] == "all",
    )
    return found, None


def _turned(browsing: Browsing, request: Request) -> Browsing:
    older, newer = (_number(request.query_params.get(name, "")) for name in ("older", "newer"))
    return replace(browsing, older_than=older, newer_than=None if older is not None else newer)


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 18 else None


def _midnight(typed: str, zone: ZoneInfo, after: timedelta = timedelta(0)) -> datetime | None:
    """Return the beginning of a day in the zone, or of a day after it; raises ValueError, OverflowError."""
    if not typed:
        return None
    return datetime.combine(date.fromisoformat(typed) + after, time(0), zone).astimezone(UTC)


def _choices(tx: Transaction) -> Choices:
    return Choices(
        strikes=tuple(strike.name for strike in reversed(tx.strikes.all())),
        accounts=tuple(sorted({target.name for target in tx.targets.all()})),
        feeds=tuple(sorted({feed.name for feed in tx.feeds.all()})),
    )


def _address(asked: Mapping[str, str], **turned: int) -> str:
    kept = {name: value for name, value in asked.items() if value}
    return f"/register?{urlencode(kept | turned)}"
