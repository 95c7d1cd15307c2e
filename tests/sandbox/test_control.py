from collections.abc import Callable
from typing import Any

import pytest

from occupier.sandbox import Sandbox
from tests.sandbox.conftest import Ask


@pytest.fixture
def control(ask: Ask, box: Sandbox) -> Callable[..., Any]:
    def send(method: str, path: str, value: object = None) -> object:
        return ask(method, f"/control/{path}", value=value, headers={"X-Sandbox-Token": box.token})

    return send


@pytest.mark.parametrize("headers", [{}, {"X-Sandbox-Token": "wrong"}, {"X-Sandbox-Token": "é"}])
@pytest.mark.parametrize("path", ["fault", "clear", "publish", "accounts", "posts"])
def test_nothing_is_switched_without_the_token(ask: Ask, headers: dict[str, str], path: str) -> None:
    assert ask("POST", f"/control/{path}", value={"platform": "x"}, headers=headers).status == 403


def test_a_fault_is_switched_on_and_off(control: Callable[..., Any], toot: Ask) -> None:
    control("POST", "fault", {"platform": "mastodon", "kind": "status", "status": 500, "after": True})
    assert toot("un").status == 500
    control("POST", "clear", {})
    assert toot("deux").status == 200
    assert [post["text"] for post in control("GET", "posts").json["posts"]] == ["un", "deux"]


@pytest.mark.parametrize(
    "value",
    [
        {"platform": "minitel", "kind": "status"},
        {"platform": "x", "kind": "sulk"},
        {"platform": "x", "kind": "status", "colour": "red"},
        {"kind": "status"},
        {},
    ],
)
def test_a_fault_that_makes_no_sense_is_a_400(control: Callable[..., Any], value: object) -> None:
    assert control("POST", "fault", value).status == 400


def test_articles_and_accounts_are_made(control: Callable[..., Any], box: Sandbox) -> None:
    article = control("POST", "publish", {"title": "Un", "published_at": "2026-01-24T08:00:00+00:00"}).json
    account = control("POST", "accounts", {"platform": "mastodon", "name": "La Gazette"}).json
    assert article["link"] == f"{box.url}/articles/1"
    assert account["access_token"]
    assert account["remote_id"] != box.account("mastodon").id


def test_requests_can_be_counted_from_elsewhere(control: Callable[..., Any], toot: Ask, box: Sandbox) -> None:
    toot("un")
    (seen,) = control("GET", "requests").json["requests"]
    assert (seen["method"], seen["path"]) == ("POST", "/api/v1/statuses")
    assert [(method, path) for method, path, _ in box.requests] == [("POST", "/api/v1/statuses")]


def test_a_platform_may_have_several_accounts_or_none() -> None:
    with Sandbox(accounts={"mastodon": ["La Une", "Les Sports"]}) as several:
        assert several.account("mastodon").display_name == "La Une"
        assert set(several.credentials) == {"mastodon"}
        with pytest.raises(KeyError):
            several.account("x")


def test_somebody_edits_deletes_and_answers_posts(control: Callable[..., Any], toot: Ask, box: Sandbox) -> None:
    number = toot("un").json["id"]
    there = {"platform": "mastodon", "post_id": number}
    edited = control("POST", "edit", {**there, "text": "deux"}).json
    assert (edited["text"], edited["edited_at"]) == ("deux", edited["created_at"])
    assert control("POST", "answer", {**there, "likes": 3, "views": 40}).json["likes"] == 3
    assert control("POST", "delete", there).json["deleted"]
    assert box.posts()[0].deleted


@pytest.mark.parametrize("switch", ["edit", "delete", "answer"])
def test_a_post_that_is_not_there_is_a_400(control: Callable[..., Any], switch: str) -> None:
    text = {"text": "x"} if switch == "edit" else {}
    assert control("POST", switch, {"platform": "x", "post_id": "12", **text}).status == 400
    assert control("POST", switch, {}).status == 400


def test_a_figure_that_no_post_has_is_a_400(control: Callable[..., Any], toot: Ask) -> None:
    there = {"platform": "mastodon", "post_id": toot("un").json["id"]}
    assert control("POST", "answer", {**there, "colour": 1}).status == 400


def test_another_tool_posts_from_another_process(control: Callable[..., Any]) -> None:
    said = {"platform": "x", "text": "Un article", "application": "dlvr.it", "at": "2020-01-24T09:00:00+00:00"}
    assert control("POST", "announce", said).json["application"] == "dlvr.it"
    (post,) = control("GET", "posts").json["posts"]
    assert post["created_at"] == "2020-01-24T09:00:00+00:00"
