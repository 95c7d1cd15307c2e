"""The log for programs: pages of the record that `occupier log --json` writes."""

from __future__ import annotations

from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from occupier.domain.action import State
from occupier.domain.errors import UnknownName, UsageError
from occupier.domain.ports import LogQuery, Transaction
from occupier.domain.setup import Setup
from occupier.domain.times import parse_instant
from occupier.web.sessions import house_of

USUAL, MOST = 100, 1000
_NAMES = frozenset({"strike", "account", "feed", "state", "since", "until", "limit", "after", "all"})


def log(request: Request) -> Response:
    """Answer `{version, records, next}`: `next` is what to ask `after` for more, null when there was none.

    The parameters are the options of `occupier log`, `all=yes` for ordinary posts too. Without `after` they are the
    newest `limit` (100, at most 1000), oldest first; `after=0` begins with the first.
    """
    query = _query(request)
    with house_of(request).store.reading() as tx:
        _require_known(tx, query, house_of(request).live.setup())
        records = list(tx.register.records(query))
    has_more = len(records) == query.limit
    return JSONResponse({"version": 1, "records": records, "next": records[-1]["id"] if has_more else None})


def _require_known(tx: Transaction, query: LogQuery, setup: Setup) -> None:
    """Raise UnknownName for a name that no strike, account or feed has, or ever had: an empty list would be a lie."""
    if query.strike is not None:
        tx.strikes.get(query.strike)
    accounts = {account.name for account in setup.accounts} | {target.name for target in tx.targets.all()}
    if query.account is not None and query.account not in accounts:
        raise UnknownName("There is no account “{name}”: there are: {known}.",
                          name=query.account, known=", ".join(sorted(accounts)) or "—")  # fmt: skip
    feeds = {feed.name for feed in setup.feeds} | {state.name for state in tx.feeds.all()}
    if query.feed is not None and query.feed not in feeds:
        raise UnknownName("There is no feed “{name}”: there are: {known}.",
                          name=query.feed, known=", ".join(sorted(feeds)) or "—")  # fmt: skip


def _query(request: Request) -> LogQuery:
    asked = dict(request.query_params)
    unknown = sorted(asked.keys() - _NAMES)
    if unknown:
        raise UsageError("There is no parameter “{name}”; there are: {known}.", name=unknown[0],
                         known=", ".join(sorted(_NAMES)))  # fmt: skip
    return LogQuery(
        strike=asked.get("strike"),
        account=asked.get("account"),
        feed=asked.get("feed"),
        state=_state(asked.get("state")),
        since=_instant(request, asked.get("since")),
        until=_instant(request, asked.get("until")),
        limit=min(_number("limit", asked.get("limit"), 1) or USUAL, MOST),
        after=_number("after", asked.get("after"), 0),
        everything=_yes("all", asked.get("all")),
    )


def _state(typed: str | None) -> State | None:
    if typed is not None and typed not in set(State):
        raise UsageError("“{state}” is no state; there are: {known}.", state=typed,
                         known=", ".join(State))  # fmt: skip
    return State(typed) if typed is not None else None


def _yes(name: str, typed: str | None) -> bool:
    if typed not in (None, "yes", "no"):
        raise UsageError("{option}: write yes or no.", option=name)
    return typed == "yes"


def _instant(request: Request, typed: str | None) -> datetime | None:
    house = house_of(request)
    return None if typed is None else parse_instant(typed, house.live.setup().zone, house.clock.now())


def _number(name: str, typed: str | None, least: int) -> int | None:
    if typed is None:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 18 and int(typed) >= least):
        raise UsageError("{option}: write a whole number from {least} on.", option=name, least=least)
    return int(typed)


API = [Route("/api/log", log, methods=["GET"], name="api-log")]
