import facebook
import pytest

from occupier.sandbox import Fault, FaultKind, Sandbox
from tests.sandbox.conftest import Ask, Clock

ASKED = "id,message,created_time,permalink_url,attachments{url,unshimmed_url,title},application{name},from"


def test_a_post_is_read_back_with_the_fields_asked_and_no_other(paging: facebook.GraphAPI, box: Sandbox) -> None:
    page = box.credentials["facebook"]["page_id"]
    article = box.publish(title="Les digues ont tenu")
    post = paging.put_object(page, "feed", message="Oui", link=article.link)
    assert post["id"].startswith(f"{page}_")
    (read,) = paging.get_object(f"{page}/feed", fields=ASKED)["data"]
    (attachment,) = read["attachments"]["data"]
    assert set(attachment) == {"url", "unshimmed_url", "title"}
    assert (attachment["unshimmed_url"], attachment["title"]) == (article.link, "Les digues ont tenu")
    assert attachment["url"].startswith("https://l.facebook.com/l.php?u=http%3A%2F%2F127")
    assert read["created_time"] == "2026-01-24T09:30:15+0000"
    assert read["from"] == {"name": "Le Courrier des Halles", "id": page}
    assert set(paging.get_object(f"{page}/feed")["data"][0]) == {"id", "message", "created_time"}
    assert paging.get_object(post["id"], fields="message") == {"message": "Oui", "id": post["id"]}


def test_the_page_tells_who_it_is(paging: facebook.GraphAPI, box: Sandbox) -> None:
    page = box.credentials["facebook"]["page_id"]
    assert paging.get_object("me") == {"id": page, "name": "Le Courrier des Halles"}
    assert "CREATE_CONTENT" in paging.get_object(page, fields="tasks,followers_count")["tasks"]


def test_the_feed_is_read_page_by_page(paging: facebook.GraphAPI, box: Sandbox) -> None:
    page = box.credentials["facebook"]["page_id"]
    ids = [paging.put_object(page, "feed", message=str(n))["id"] for n in range(5)]
    read = [post["id"] for post in paging.get_all_connections(page, "feed", limit=2)]
    assert read == ids[::-1]


def test_since_and_until_hold(paging: facebook.GraphAPI, box: Sandbox, clock: Clock) -> None:
    for text in ("un", "deux", "trois"):
        paging.put_object("me", "feed", message=text)
        clock.advance(60)
    start = int(clock.now.timestamp()) - 130
    read = paging.get_object("me/feed", since=start, until=start + 60)["data"]
    assert [post["message"] for post in read] == ["deux"]


def test_the_last_post_again_is_a_duplicate(paging: facebook.GraphAPI) -> None:
    paging.put_object("me", "feed", message="Encore")
    with pytest.raises(facebook.GraphAPIError) as refusal:
        paging.put_object("me", "feed", message="Encore")
    assert refusal.value.code == 506
    assert refusal.value.result["error"]["error_subcode"] == 1455006
    paging.put_object("me", "feed", message="Autre")
    paging.put_object("me", "feed", message="Encore")


def test_a_deleted_post_is_unknown(paging: facebook.GraphAPI) -> None:
    post = paging.put_object("me", "feed", message="Adieu")
    assert paging.delete_object(post["id"]) == {"success": True}
    with pytest.raises(facebook.GraphAPIError) as refusal:
        paging.delete_object(post["id"])
    assert refusal.value.result["error"]["error_subcode"] == 33


def test_a_retired_version_is_refused(paging: facebook.GraphAPI) -> None:
    paging.version = "v2.8"
    with pytest.raises(facebook.GraphAPIError) as refusal:
        paging.get_object("me")
    assert refusal.value.code == 2635


@pytest.mark.parametrize(
    ("fault", "code", "status"),
    [
        (Fault(FaultKind.PERMISSION), 200, 403),
        (Fault(FaultKind.AUTOMATION), 368, 400),
        (Fault(FaultKind.TOKEN_REVOKED), 190, 400),
        (Fault(FaultKind.STATUS, status=500), 2, 500),
        (Fault(FaultKind.STATUS, status=500, code=1), 1, 500),
        (Fault(FaultKind.STATUS, status=400, code=32), 32, 400),
        (Fault(FaultKind.STATUS, status=429), 4, 429),
    ],
)
def test_errors_come_as_graphs_own_object(ask: Ask, box: Sandbox, fault: Fault, code: int, status: int) -> None:
    box.fault("facebook", fault)
    secret = box.credentials["facebook"]
    form = {"message": "non", "access_token": secret["access_token"]}
    answer = ask("POST", f"/graph/v26.0/{secret['page_id']}/feed", form=form)
    assert (answer.status, answer.json["error"]["code"]) == (status, code)
    assert {"message", "type", "fbtrace_id"} <= set(answer.json["error"])
    assert box.posts() == []


def test_a_token_may_not_post_on_another_page(paging: facebook.GraphAPI, box: Sandbox) -> None:
    other = box.add_account("facebook", "La Gazette du Port")
    with pytest.raises(facebook.GraphAPIError) as refusal:
        paging.put_object(other["remote_id"], "feed", message="non")
    assert refusal.value.code == 200


def test_a_post_made_in_development_mode_is_not_public(paging: facebook.GraphAPI, box: Sandbox) -> None:
    box.fault("facebook", Fault(FaultKind.DEVELOPMENT_MODE))
    paging.put_object("me", "feed", message="Entre nous")
    assert [post.public for post in box.posts()] == [False]


@pytest.mark.parametrize("fields", ["id,attachments{url", "id}", "{id}", "id,<b>"])
def test_fields_that_cannot_be_read_are_an_error_100(paging: facebook.GraphAPI, fields: str) -> None:
    with pytest.raises(facebook.GraphAPIError) as refusal:
        paging.get_object("me/feed", fields=fields)
    assert refusal.value.code == 100
