"""Every address of the review page."""

from __future__ import annotations

from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from occupier.web.actions import ACTIONS
from occupier.web.api import API
from occupier.web.login import LOGIN
from occupier.web.pages import PAGES

STATIC = Mount("/static", StaticFiles(packages=[("occupier.web", "static")]), name="static")
ROUTES: list[BaseRoute] = [*PAGES, *ACTIONS, *LOGIN, *API, STATIC]
