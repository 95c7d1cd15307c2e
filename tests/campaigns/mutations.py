"""Accidents that befall bytes, JSON values and HTTP answers, for Hypothesis to choose from and to shrink."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

XML_TOKENS: tuple[bytes, ...] = (
    b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!--", b"\0", b"\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\xe2\x80\xae",
    b"&#99999999999;", b"&#x0;", b"&#xD800;", b"&a;", b"&nbsp;", b"&amp;amp;", b"%x;", b'"', b"'", b"{", b"[[", b"}",
    b"<title>", b"</title>", b"<item>", b"</item>", b"<entry>", b"</channel>", b"</rss>", b"<link>", b"<link href=",
    b"<guid isPermaLink='true'>", b"<html>", b"<!DOCTYPE html>", b"<content type='xhtml'>", b"<pubDate>",
    b"javascript:alert(1)", b"http://[", b"//", b"http://a@b:99999/", b" xml:base='//['", b" xmlns='urn:x'", b"<a:b>",
    b"<?xml version='1.0' encoding='utf-7'?>", b"<?xml version='1.0' encoding='idna'?>", b"\xff\xfe", b"\xfe\xff",
    b"<![", b"<!A", b"9" * 400, b"1e999", b"-", b"Thu, 99 Foo 2026", b"\r\n", b"a\xcc\x81" * 30, b"\x1b[2J",
)  # fmt: skip
TYPES = (
    "", "application/rss+xml", "text/html; charset=utf-8", "application/xml; charset=utf-16", "text/xml; charset=x",
    "application/json", "text/plain; charset=utf-7", "application/octet-stream", ";;charset='", "text/xml; charset=\"",
)  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn, bodies: Sequence[bytes], tokens: Sequence[bytes]) -> bytes:
    """One of the bodies after up to eight accidents."""
    body = draw(st.sampled_from(bodies))
    for _ in range(draw(st.integers(0, 8))):
        at, length = draw(st.integers(0, len(body))), draw(st.sampled_from((0, 1, 3, 30, 300)))
        kind = draw(st.sampled_from(("insert", "insert", "many", "delete", "repeat", "cut", "noise")))
        token = draw(st.sampled_from(tokens))
        if kind == "insert":
            body = body[:at] + token + body[at:]
        elif kind == "many":
            body = body[:at] + token * draw(st.sampled_from((20, 1_000))) + body[at:]
        elif kind == "delete":
            body = body[:at] + body[at + length :]
        elif kind == "repeat":
            body = body[:at] + body[at : at + length] * 20 + body[at:]
        elif kind == "cut":
            body = body[:at]
        else:
            body = body[:at] + draw(st.binary(max_size=6)) + body[at + length :]
    return body


ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**63, 10**400, 1e308, float("inf"), float("nan"), "", " ", "0", "\ud800", "\0",
    "a" * 5000, "\u202e", "{x}", "%s", "{0.__class__}", "<script>", "9999-99-99T99:99:99Z", "2026-11-20T12:00:00",
    "http://[", [], {},
    [[]], [None], {"": None}, {"error": {}}, {"id": None}, [{"id": 1}] * 50, json.loads("[" * 200 + "]" * 200),
)  # fmt: skip


@st.composite
def damaged_json(draw: st.DrawFn, value: Any) -> Any:
    """The value with up to four of its parts replaced or gone."""
    value = copy.deepcopy(value)
    for _ in range(draw(st.integers(0, 4))):
        places = list(_places(value))
        if not places:
            return draw(st.sampled_from(ODD))
        holder, key = draw(st.sampled_from(places))
        kind = draw(st.sampled_from(("odd", "odd", "drop", "nest")))
        if kind == "drop":
            del holder[key]
        else:
            holder[key] = [holder[key]] if kind == "nest" else copy.deepcopy(draw(st.sampled_from(ODD)))
    return value


def _places(value: Any) -> list[tuple[Any, Any]]:
    pairs = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    return [place for key, inner in pairs for place in [(value, key), *_places(inner)]]


@dataclass(frozen=True)
class Recorded:
    """An answer as a network gave it."""

    platform: str
    call: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


STATUSES = (
    200,
    200,
    201,
    202,
    204,
    206,
    301,
    307,
    400,
    401,
    402,
    403,
    404,
    410,
    413,
    422,
    429,
    500,
    502,
    503,
    599,
    999,
)
ODD_HEADERS = (
    ("Retry-After", "-1"), ("Retry-After", "9" * 400), ("Retry-After", "Thu, 99 Foo"), ("Retry-After", "²"),
    ("x-rate-limit-reset", "nan"), ("x-rate-limit-reset", "1e400"), ("x-rate-limit-reset", ""),
    ("X-RateLimit-Reset", "9999-12-31T23:59:59+99:00"), ("Date", "0"), ("Date", "Fri, 31 Dec 9999 23:59:59 -2359"),
    ("Content-Type", "text/html"), ("Content-Type", "application/json; charset=utf-7"), ("Content-Type", "image/png"),
    ("Content-Encoding", "gzip"), ("Content-Encoding", "br"), ("Transfer-Encoding", "chunked"), ("Location", "//["),
    ("Location", "http://127.0.0.1:1/"), ("Location", "/a"), ("Set-Cookie", "a=b"), ("X", "y" * 70_000), ("", ""),
    ("X-Business-Use-Case-Usage", '{"1":[{"estimated_time_to_regain_access":1e999}]}'), ("x-access-level", "read"),
    ("Link", '<http://[>; rel="next"'), ("X-App-Usage", "["), ("x-user-limit-24hour-reset", "x"),
    ("Content-Length", "-5"),
)  # fmt: skip


@st.composite
def damaged_answers(draw: st.DrawFn, recorded: Sequence[Recorded]) -> Callable[[bytes], bytes]:
    """How to answer: given the request, the whole answer."""
    first = draw(st.sampled_from(recorded))
    status = draw(st.sampled_from((first.status, first.status, *STATUSES)))
    body = _body(draw, first)
    headers = [*first.headers, *draw(st.lists(st.sampled_from(ODD_HEADERS), max_size=3))]
    echo = draw(st.sampled_from(("", "", "", "value", "plain", "header", "reason")))
    packed = draw(st.sampled_from((False, False, False, True)))
    cut = draw(st.sampled_from((None, None, None, 0, 10, 60, 300)))

    def answer(request: bytes) -> bytes:
        said, more, reason = body, list(headers), "OK"
        told = request.decode("latin-1")
        if echo == "value":
            said = json.dumps({"error": told, "errors": [{"message": told}], "title": told}).encode()
        elif echo == "plain":
            said = request
        elif echo == "header":
            more.append(("X-Echo", " ".join(told.split())))
        elif echo == "reason":
            reason = " ".join(told.split())[:2000]
        if packed:
            said = gzip.compress(said)
            more.append(("Content-Encoding", "gzip"))
        lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in more)]
        if not any(name == "Content-Length" for name, _ in more):
            lines.append(f"Content-Length: {len(said)}")
        whole = "\r\n".join([*lines, "Connection: close", "", ""]).encode("utf-8", "replace") + said
        return whole if cut is None else whole[:cut]

    return answer


def _body(draw: st.DrawFn, first: Recorded) -> bytes:
    kind = draw(st.sampled_from(("json", "json", "json", "bytes", "odd", "deep")))
    if kind == "deep":
        return b"[" * 100_000
    if kind == "odd":
        return json.dumps(draw(st.sampled_from(ODD))).encode()
    if kind == "bytes":
        return draw(damaged([first.body], XML_TOKENS))
    try:
        value = json.loads(first.body)
    except ValueError:
        return first.body
    return json.dumps(draw(damaged_json(value))).encode()
