"""The articles that nobody announced, or that the usual tool was left to announce: to read, and to hand over."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO

from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from occupier.bootstrap import House
from occupier.domain.ports import Transaction
from occupier.domain.strike import Strike
from occupier.report.handing import as_feed, as_sheet
from occupier.services.review.recounting import require_kept
from occupier.speech.cells import usual_separator
from occupier.speech.fates import ANNOUNCEMENTS
from occupier.web.pages.entries import web_address
from occupier.web.pages.frame import show
from occupier.web.sessions import house_of

MOST = 500
"""More do not stand on one page; the spreadsheet and the feed have them all."""
_IN_MEMORY, _PIECE = 1 << 20, 1 << 16
_KINDS = {"csv": "text/csv; charset=utf-8", "rss": "application/rss+xml"}


def unannounced(request: Request) -> Response:
    """Answer the list, oldest first."""
    house, name = house_of(request), request.path_params["name"]
    with house.store.reading() as tx:
        strike = tx.strikes.get(name)
        require_kept(strike)
        found = list(islice(tx.recounts.unannounced(strike, replaced=False), MOST + 1))
    return show(
        request,
        "unannounced.html",
        "overview",
        strike=strike,
        articles=[(one, web_address(one.link), ANNOUNCEMENTS[one.announcement]) for one in found[:MOST]],
        is_more=len(found) > MOST,
    )


def handed_over(request: Request) -> Response:
    """Answer the same list whole, as a spreadsheet or as a feed for the newsroom's own tool."""
    house, name, form = house_of(request), request.path_params["name"], request.path_params["form"]
    if form not in _KINDS:
        raise HTTPException(404)
    # whole before the first byte leaves: a slow reader must not hold a snapshot of the journal
    with house.store.reading() as tx:
        strike = tx.strikes.get(name)
        require_kept(strike)
        made = _written(_parts(house, tx, strike, form))
    name = f"{strike.name}-not-announced.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'} if form == "csv" else None
    pieces = iter(partial(made.read, _PIECE), b"")
    return StreamingResponse(pieces, 200, headers, _KINDS[form], background=BackgroundTask(made.close))


def _parts(house: House, tx: Transaction, strike: Strike, form: str) -> Iterator[str]:
    articles, sources = tx.recounts.unannounced(strike, replaced=False), house.live.setup().feeds
    if form == "csv":
        return as_sheet(articles, usual_separator())
    return as_feed(articles, strike, tx.now, sources[0].url if sources else None)


def _written(parts: Iterator[str]) -> IO[bytes]:
    made = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed when the answer is through
    for part in parts:
        made.write(part.encode())
    made.seek(0)
    return made
