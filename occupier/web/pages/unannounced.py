"""The articles that nobody announced, or that the usual tool was left to announce."""

from __future__ import annotations

from itertools import islice

from starlette.requests import Request
from starlette.responses import Response

from occupier.domain.recount import Announcement
from occupier.web.pages.entries import web_address
from occupier.web.pages.frame import show
from occupier.web.sessions import house_of

MOST = 500
"""More do not stand on one page; `occupier catch-up` has them all."""


def unannounced(request: Request) -> Response:
    """Answer the list, oldest first."""
    house, name = house_of(request), request.path_params["name"]
    with house.store.reading() as tx:
        strike = tx.strikes.get(name)
        wanted = (a for a in tx.recounts.unannounced(strike) if a.announcement is not Announcement.STRIKE)
        found = list(islice(wanted, MOST + 1))
    return show(
        request,
        "unannounced.html",
        "overview",
        strike=strike,
        articles=[(article, web_address(article.link)) for article in found[:MOST]],
        is_more=len(found) > MOST,
    )
