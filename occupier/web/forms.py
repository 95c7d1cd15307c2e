"""Forms, as they were posted."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

MOST_FIELDS = 20


def form_of(request: Request) -> Mapping[str, str]:
    """Return the fields of a posted form; the gate has read it whole. Of fields of one name, the last counts."""
    return fields(request.scope.get("occupier.body", b""))


def fields(body: bytes) -> Mapping[str, str]:
    """Return the fields of a form's bytes; none of a body that is no form."""
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:  # not UTF-8, or too many
        return {}


def back_of(form: Mapping[str, str]) -> str:
    """Return the page of ours that the form wants to come back to; the overview if it names none, or another site."""
    back = form.get("back", "")
    is_ours = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable() and len(back) < 2000
    return back if is_ours else "/"
