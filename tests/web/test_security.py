"""Attacks on the review page, over a real socket."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message

from occupier.web.app import Options, make_app
from occupier.web.peers import can_tell
from occupier.web.routes import ROUTES
from tests.web.newsdesk import ACTING, EVIL, FRONT, READING, Newsdesk, Visitor

FORM = "application/x-www-form-urlencoded"
PAGES = sorted(
    route.path  # type: ignore[attr-defined]
    for route in ROUTES
    if "GET" in (getattr(route, "methods", None) or ()) and "{" not in getattr(route, "path", "{")
)


def paused(desk: Newsdesk) -> int:
    with desk.house.store.reading() as tx:
        return len(tx.pauses.all())


def raw(visitor: Visitor, text: str) -> str:
    """Send bytes that no library would send; return all that comes back."""
    with socket.create_connection(("127.0.0.1", visitor.port), timeout=10) as connection:
        connection.sendall(text.encode())
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode("utf-8", "replace")


@pytest.mark.parametrize("path", [*PAGES, "/nope", "/static/htmx.min.js", "/static/nope", "/?lang=en"])
def test_every_answer_carries_the_headers(visitor: Visitor, path: str) -> None:
    headers = visitor.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Server"] is None
    assert "no-" in headers["Cache-Control"]


@pytest.mark.parametrize("path", PAGES)
def test_what_others_wrote_is_shown_as_text(desk: Newsdesk, visitor: Visitor, path: str) -> None:
    desk.uncertain(EVIL)
    desk.held(EVIL)
    for page in (path, f"{path}?q={EVIL.replace(' ', '+')}&account={EVIL.replace(' ', '+')}"):
        answer = visitor.get(page)
        if answer.headers.get_content_type() == "text/html":
            assert "<script>alert" not in answer.text
            assert "<img src=x" not in answer.text


def test_an_article_whose_title_is_a_script_is_shown_as_text(desk: Newsdesk, visitor: Visitor) -> None:
    action = desk.uncertain(EVIL)
    answer = visitor.get(f"/articles/{action.article_id}")
    assert answer.status == 200
    assert "&lt;script&gt;alert(1)" in answer.text
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:{port}.evil.example", ""]
)
def test_a_name_that_was_made_to_lead_here_is_not_answered(visitor: Visitor, host: str) -> None:
    answer = visitor.get("/", Host=host.format(port=visitor.port))
    assert answer.status == 421
    assert "<" not in answer.text


def test_two_hosts_in_one_request_are_not_answered(visitor: Visitor) -> None:
    said = raw(visitor, f"GET / HTTP/1.1\r\nHost: {visitor.host}\r\nHost: evil.example\r\n\r\n")
    assert said.split()[1] in ("400", "421")


@pytest.mark.parametrize("host", ["localhost:{port}", "LOCALHOST:{port}", "[::1]:{port}"])
def test_the_names_of_this_machine_are_answered(visitor: Visitor, host: str) -> None:
    assert visitor.get("/login", Host=host.format(port=visitor.port)).status == 200


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
def test_a_form_without_our_token_does_nothing(desk: Newsdesk, visitor: Visitor, token: str) -> None:
    assert visitor.post("/pause", token=token).status == 403
    assert paused(desk) == 0


def test_another_visitors_token_does_nothing(desk: Newsdesk, visitor: Visitor) -> None:
    other = Visitor(visitor.port)
    stolen = other.token()
    visitor.get("/login")
    assert visitor.post("/pause", token=stolen).status == 403
    assert paused(desk) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://127.0.0.1:{port}"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
    ],
)
def test_a_form_from_another_site_does_nothing(desk: Newsdesk, visitor: Visitor, headers: dict[str, str]) -> None:
    said = {name: value.format(port=visitor.port) for name, value in headers.items()}
    assert visitor.post("/pause", None, None, **said).status == 403
    assert paused(desk) == 0


def test_a_form_of_ours_is_taken(desk: Newsdesk, visitor: Visitor) -> None:
    answer = visitor.post("/pause", Origin=f"http://{visitor.host}", Sec_Fetch_Site="same-origin")
    assert (answer.status, answer.location) == (303, "/")
    assert paused(desk) == 1


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
def test_only_forms_are_taken(desk: Newsdesk, visitor: Visitor, kind: str) -> None:
    assert visitor.post("/pause", Content_Type=kind).status == 415
    assert paused(desk) == 0


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(visitor: Visitor, method: str) -> None:
    assert visitor.ask(method, "/").status == 405


def test_looking_at_the_address_of_an_act_does_nothing(desk: Newsdesk, visitor: Visitor) -> None:
    assert visitor.get("/pause").status == 405
    assert paused(desk) == 0


def test_a_body_that_is_too_large_is_refused_before_it_is_read(desk: Newsdesk, visitor: Visitor) -> None:
    head = f"POST /pause HTTP/1.1\r\nHost: {visitor.host}\r\nContent-Type: {FORM}\r\n"
    assert " 413 " in raw(visitor, f"{head}Content-Length: 999999999\r\n\r\n").splitlines()[0]


def test_a_body_without_a_length_is_cut_where_it_grows_too_large(visitor: Visitor) -> None:
    head = f"POST /pause HTTP/1.1\r\nHost: {visitor.host}\r\nContent-Type: {FORM}\r\nTransfer-Encoding: chunked\r\n\r\n"
    said = raw(visitor, head + f"{70000:x}\r\n{'a' * 70000}\r\n0\r\n\r\n")
    assert " 413 " in said.splitlines()[0]


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static/..%5capp.py",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/%00",
        "/static/",
        "//etc/passwd",
    ],
)
def test_no_path_leads_out_of_the_static_files(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status in (400, 404, 405)
    assert "root:" not in answer.text
    assert "import" not in answer.text


def test_a_redirection_never_leads_to_another_host(visitor: Visitor) -> None:
    assert visitor.get("//evil.example/?lang=en").location in ("", "/evil.example/")
    for back in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "/\r\nX: y"):
        assert visitor.post("/pause", {"back": back}).location == "/"


def test_a_journal_that_is_gone_is_said_without_its_place(desk: Newsdesk, visitor: Visitor) -> None:
    visitor.get("/")
    desk.house.store.path.rename(desk.folder / "elsewhere")
    answer = visitor.get("/api/log")
    assert answer.status == 503
    assert str(desk.folder) not in answer.text
    assert "Traceback" not in answer.text


def test_our_log_has_no_address_of_a_person_and_no_query(visitor: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "occupier.web"):
        visitor.get("/api/log?account=quelqu-un", User_Agent="Somebody/1.0", X_Forwarded_For="203.0.113.7")
    assert "GET /api/log 404" in caplog.text
    for told in ("127.0.0.1", "203.0.113.7", "Somebody", "quelqu-un"):
        assert told not in caplog.text


def test_each_visitor_is_spoken_to_in_their_language(visitor: Visitor) -> None:
    other = Visitor(visitor.port)
    assert visitor.get("/login?lang=en&back=/x").location == "/login?back=%2Fx"
    assert other.get("/login?lang=fr").status == 303
    for _ in range(2):
        assert '<html lang="en">' in visitor.get("/login").text
        assert '<html lang="fr">' in other.get("/login").text


def test_a_language_that_is_none_changes_nothing(visitor: Visitor) -> None:
    assert visitor.get("/login?lang=x%0d%0aSet-Cookie:a=b").headers.get_all("Set-Cookie") != []
    assert "a" not in visitor.cookies
    assert '<html lang="fr">' in visitor.get("/login").text


def test_on_loopback_the_cookies_are_for_this_site_and_no_script(visitor: Visitor) -> None:
    [line] = visitor.get("/login").headers.get_all("Set-Cookie") or []
    assert line.startswith("occupier=")
    assert {"Path=/", "HttpOnly", "SameSite=Strict"} <= set(line.split("; "))
    assert "Domain" not in line


def test_behind_https_the_cookies_cannot_be_set_by_others(desk: Newsdesk) -> None:
    desk.secrets()
    with desk.open_in_front() as visitor:
        [line] = visitor.get("/login").headers.get_all("Set-Cookie") or []
        assert line.startswith("__Host-occupier=")
        assert {"Path=/", "HttpOnly", "SameSite=Strict", "Secure"} <= set(line.split("; "))


def test_behind_https_nothing_is_said_in_clear(desk: Newsdesk) -> None:
    desk.secrets()
    with desk.open_in_front() as visitor:
        for said in ("http", "", "https, http"):
            answer = visitor.get("/login", X_Forwarded_Proto=said)
            assert (answer.status, answer.headers["Set-Cookie"]) == (403, None)
        assert visitor.get("/login", Host=visitor.host).status == 421
        assert visitor.get("/login").status == 200


def test_behind_https_a_form_comes_from_https(desk: Newsdesk) -> None:
    desk.secrets()
    with desk.open_in_front() as visitor:
        assert visitor.post("/login", {"secret": READING}, Origin=f"http://{FRONT}").status == 403
        assert visitor.post("/login", {"secret": ACTING}, Origin=f"https://{FRONT}").status == 303


def test_an_error_that_nobody_foresaw_shows_nothing_of_itself(desk: Newsdesk, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_request: Request) -> Response:
        raise RuntimeError("a value from inside")

    app = make_app(desk.house, Options(frozenset({"here"})))
    app.router.routes.insert(0, Route("/broken", broken))
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "method": "GET", "path": "/broken", "root_path": "", "query_string": b"",
             "scheme": "http", "headers": [(b"host", b"here")]}  # fmt: skip
    # on a thread of its own, for a browser's driver may have a loop on this one
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(app(scope, receive, send))).result(30)
    assert sent[0]["status"] == 500
    assert "imprévu" in sent[1]["body"].decode()
    assert b"inside" not in sent[1]["body"]
    assert "GET /broken: RuntimeError" in caplog.text
    assert "inside" not in caplog.text


@pytest.mark.skipif(os.geteuid() != 0 or not can_tell(), reason="only the administrator can connect as somebody else")
def test_without_a_secret_other_users_of_the_machine_are_refused(visitor: Visitor) -> None:
    script = (
        "import http.client, sys; c = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]));"
        " c.request('GET', '/api/log'); print(c.getresponse().status)"
    )
    said = subprocess.run(["/usr/bin/env", "python3", "-c", script, str(visitor.port)], capture_output=True, text=True,
                          user=65534, cwd="/", timeout=60)  # fmt: skip
    assert said.stdout.strip() == "403", said.stderr
