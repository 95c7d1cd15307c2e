"""The style of a post's card, which the sandbox's timeline and these pages share."""

from __future__ import annotations

from importlib.resources import files

from starlette.requests import Request
from starlette.responses import FileResponse, Response


def cards_style(request: Request) -> Response:
    """Answer the sandbox's own sheet: one hand for both."""
    return FileResponse(str(files("occupier.sandbox").joinpath("static", "cards.css")), media_type="text/css")
