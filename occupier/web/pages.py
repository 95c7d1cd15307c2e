"""The pages."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from occupier.web.render import page
from occupier.web.sessions import house_of


def overview(request: Request) -> Response:
    """Answer what a newsroom asks first."""
    return page(request, "overview.html", status=house_of(request).reviewing.status())


PAGES = [Route("/", overview, name="overview")]
