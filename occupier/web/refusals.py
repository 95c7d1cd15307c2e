"""What is answered instead: one sentence, and never where an error comes from."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from occupier.domain.errors import Sentence
from occupier.speech import say
from occupier.web.forms import back_of, form_of
from occupier.web.render import page
from occupier.web.sessions import house_of


def refusal(request: Request, code: int, sentence: Sentence, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with one sentence: a page for people, a document for programs."""
    said = say(sentence, house_of(request).live.setup().zone)
    if request.url.path.startswith("/api/"):
        return JSONResponse({"version": 1, "error": said}, code, headers)
    response = page(request, "error.html", code=code, sentence=said, back=back_of(form_of(request)))
    response.headers.update(headers or {})
    return response
