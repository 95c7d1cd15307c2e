"""What is exchanged with the sandbox: requests as they arrived, answers and how they leave."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime
from enum import StrEnum
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlsplit

# A page of ours runs and shows nothing but its own files.
SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class Delivery(StrEnum):
    """How an answer leaves: whole, or in one of the ways that hurt."""

    WHOLE = "whole"
    CLOSED = "closed"
    RESET = "reset"
    TRUNCATED = "truncated"
    DRIP = "drip"


@dataclass(frozen=True)
class Request:
    """A request as it arrived; header names are lower case."""

    method: str
    target: str
    host: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def path(self) -> str:
        """The path without the query."""
        return urlsplit(self.target).path

    @property
    def url(self) -> str:
        """The absolute URL that was asked, which is what an OAuth 1 signature covers."""
        return f"http://{self.host}{self.target}"

    @property
    def verb(self) -> str:
        """ "read" or "write"."""
        return "read" if self.method in ("GET", "HEAD") else "write"

    @cached_property
    def query(self) -> dict[str, str]:
        """The query's parameters."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @cached_property
    def fields(self) -> dict[str, Any]:
        """The body's fields, from a form or from JSON; empty when it is neither."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "application/json":
            return _json_object(self.body)
        if kind == "application/x-www-form-urlencoded":
            return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))
        return {}

    @property
    def bearer(self) -> str | None:
        """The token of the Authorization header, if it carries one."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None


@dataclass(frozen=True)
class Response:
    """An answer, and how it leaves; `pace` is the seconds between the bytes of a drip."""

    status: int
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    delivery: Delivery = Delivery.WHOLE
    pace: float = 0.0
    skew: float = 0.0

    def with_headers(self, headers: Mapping[str, str]) -> "Response":
        """Return the same answer with more headers."""
        return replace(self, headers={**self.headers, **headers})


def json_response(status: int, value: object, headers: Mapping[str, str] | None = None) -> Response:
    """Make an answer of a JSON value."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(status, body, headers=headers or {})


def html_response(status: int, page: str, headers: Mapping[str, str] | None = None) -> Response:
    """Make an answer of an HTML page."""
    return Response(status, page.encode(), "text/html; charset=utf-8", headers or {})


def http_date(moment: datetime) -> str:
    """Format an aware UTC datetime for an HTTP header or an RSS feed (RFC 1123)."""
    return format_datetime(moment, usegmt=True)


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
