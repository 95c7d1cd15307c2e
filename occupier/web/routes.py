"""Every address of the review page."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from occupier.web.actions import ACTIONS
from occupier.web.api import API
from occupier.web.login import LOGIN
from occupier.web.pages import PAGES


def icon(_request: Request) -> Response:
    """Answer what browsers ask for by themselves."""
    return FileResponse(Path(__file__).parent / "static" / "icon.svg")


ICON = Route("/favicon.ico", icon)
STATIC = Mount("/static", StaticFiles(packages=[("occupier.web", "static")]), name="static")
ROUTES: list[BaseRoute] = [*PAGES, *ACTIONS, *LOGIN, *API, ICON, STATIC]
