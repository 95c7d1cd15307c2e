"""The review page as an ASGI application."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from occupier.bootstrap import House
from occupier.domain.errors import DatabaseError, OccupierError, Sentence, UnknownName
from occupier.web.counting import Counting
from occupier.web.login import Doorkeeper
from occupier.web.passwords import Passwords
from occupier.web.refusals import refusal
from occupier.web.routes import ROUTES
from occupier.web.security import Gate
from occupier.web.sessions import Sessions


@dataclass(frozen=True, slots=True)
class Options:
    """Where the page is, as browsers see it.

    Args:
        hosts: the values of `Host` that are answered, any other is refused (a name that was made to lead here).
        https: it stands behind a server that speaks https, and says so in `X-Forwarded-Proto`.
        home_only: it listens on loopback alone, so that it may be open where no secret is set.
    """

    hosts: frozenset[str]
    https: bool = False
    home_only: bool = True


def make_app(house: House, options: Options) -> Starlette:
    """Return the application on this journal."""
    # made before there are threads: two of them must not make two
    _ = house.reviewing, house.controlling, house.answering, house.striking
    counting = Counting(house.store, house.recounting, house.live.setup)
    sessions, passwords = Sessions(house.clock.monotonic), Passwords(house.store.path)
    doorkeeper = Doorkeeper(passwords, sessions, house.clock.monotonic, home_only=options.home_only)
    gate = Middleware(Gate, hosts=options.hosts, https=options.https, doorkeeper=doorkeeper)
    app = Starlette(
        routes=ROUTES, middleware=[gate], exception_handlers={OccupierError: _explain, HTTPException: _missing}
    )
    app.state.house, app.state.sessions, app.state.doorkeeper = house, sessions, doorkeeper
    app.state.counting = counting
    return app


_NO_PAGE = Sentence("There is no such page here.")
_NO_LOG = Sentence("The log cannot be read at this moment: see on the machine what occupier db check says.")


def _explain(request: Request, error: Exception) -> Response:
    assert isinstance(error, OccupierError)
    if isinstance(error, DatabaseError):  # its own sentence names folders of the machine
        return refusal(request, 503, _NO_LOG)
    if request.method != "POST":  # it was asked for wrongly; a form's word came too late
        return refusal(request, 404 if isinstance(error, UnknownName) else 400, error.sentence)
    return refusal(request, 404 if isinstance(error, UnknownName) else 409, error.sentence)


def _missing(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return refusal(request, error.status_code, _NO_PAGE)
