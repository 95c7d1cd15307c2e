import json

import pytest
import requests
import tweepy
from requests_oauthlib import OAuth1

from occupier.sandbox import Fault, FaultKind, Sandbox
from tests.sandbox.conftest import Clock, Signed

FIELDS = "created_at,entities,source"


def test_a_post_is_given_back_with_its_address_shortened_and_its_text_escaped(signed: Signed, box: Sandbox) -> None:
    answer = signed("POST", "/2/tweets", json={"text": "R & D <ici> https://example.org/a?b=1&c=2."})
    assert answer.status_code == 201
    text = answer.json()["data"]["text"]
    assert text.startswith("R &amp; D &lt;ici&gt; https://t.co/")
    me = box.account("x").id
    tweet = signed("GET", f"/2/users/{me}/tweets", params={"tweet.fields": FIELDS}).json()["data"][0]
    (url,) = tweet["entities"]["urls"]
    assert url["expanded_url"] == "https://example.org/a?b=1&c=2"
    assert tweet["text"][url["start"] : url["end"]] == url["url"]
    assert tweet["text"] == text == f"R &amp; D &lt;ici&gt; {url['url']}."
    assert tweet["created_at"] == "2026-01-24T09:30:15.000Z"


def test_a_domain_without_scheme_becomes_a_link_too(signed: Signed, box: Sandbox) -> None:
    signed("POST", "/2/tweets", json={"text": "Voir exemple.fr, et rien d’autre"})
    assert box.posts("x")[0].links == ("http://exemple.fr",)


def test_tweepy_posts_reads_and_deletes(tweeting: tweepy.Client) -> None:
    created = tweeting.create_tweet(text="Bonjour")
    me = tweeting.get_me().data
    assert me.username == "CourrierHalles"
    timeline = tweeting.get_users_tweets(me.id, max_results=5, tweet_fields=["created_at"], user_auth=True)
    assert [str(tweet.id) for tweet in timeline.data] == [created.data["id"]]
    assert tweeting.delete_tweet(created.data["id"]).data == {"deleted": True}
    assert tweeting.get_users_tweets(me.id, max_results=5, user_auth=True).data is None


def test_the_same_text_again_is_refused_until_it_is_deleted(tweeting: tweepy.Client) -> None:
    created = tweeting.create_tweet(text="Encore")
    with pytest.raises(tweepy.Forbidden) as refusal:
        tweeting.create_tweet(text="Encore ")
    assert refusal.value.api_messages == ["You are not allowed to create a Tweet with duplicate content."]
    tweeting.delete_tweet(created.data["id"])
    tweeting.create_tweet(text="Encore")


def test_duplicates_may_be_allowed(tweeting: tweepy.Client, box: Sandbox) -> None:
    box.fault("x", Fault(FaultKind.DUPLICATES_ALLOWED))
    tweeting.create_tweet(text="Encore")
    tweeting.create_tweet(text="Encore")
    assert len(box.posts("x")) == 2


@pytest.mark.parametrize("secret", ["consumer_secret", "access_token_secret"])
def test_a_signature_made_with_a_wrong_secret_is_refused(box: Sandbox, secret: str) -> None:
    keys = dict(box.credentials["x"]) | {secret: "wrong"}
    auth = OAuth1(*(keys[k] for k in ("consumer_key", "consumer_secret", "access_token", "access_token_secret")))
    answer = requests.post(f"{box.url}/x/2/tweets", json={"text": "non"}, auth=auth, timeout=10)
    assert answer.json() == {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}
    assert box.posts() == []


def test_a_signature_made_for_another_host_is_refused(box: Sandbox) -> None:
    keys = box.credentials["x"]
    auth = OAuth1(*(keys[k] for k in ("consumer_key", "consumer_secret", "access_token", "access_token_secret")))
    request = requests.Request("POST", "https://api.twitter.com/2/tweets", json={"text": "non"}, auth=auth).prepare()
    request.url = f"{box.url}/x/2/tweets"
    with requests.Session() as session:
        assert session.send(request, timeout=10).status_code == 401


def test_a_signed_request_cannot_be_sent_twice(box: Sandbox) -> None:
    keys = box.credentials["x"]
    auth = OAuth1(*(keys[k] for k in ("consumer_key", "consumer_secret", "access_token", "access_token_secret")))
    request = requests.Request("POST", f"{box.url}/x/2/tweets", json={"text": "oui"}, auth=auth).prepare()
    with requests.Session() as session:
        assert [session.send(request, timeout=10).status_code for _ in range(2)] == [201, 401]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("x" * 280, 201),
        ("x" * 281, 400),
        ("漢" * 140, 201),
        ("漢" * 141, 400),
        ("x" * 256 + " https://example.org/" + "a" * 200, 201),
        ("x" * 257 + " https://example.org/" + "a" * 200, 400),
        ("👩‍👩‍👧" * 140, 201),
    ],
)
def test_the_limit_is_weighted(signed: Signed, text: str, status: int) -> None:
    assert signed("POST", "/2/tweets", json={"text": text}).status_code == status


def test_the_timeline_is_read_page_by_page(signed: Signed, box: Sandbox) -> None:
    ids = [signed("POST", "/2/tweets", json={"text": str(n)}).json()["data"]["id"] for n in range(12)]
    path, read, token = f"/2/users/{box.account('x').id}/tweets", [], None
    while True:
        params = {"max_results": "5"} | ({"pagination_token": token} if token else {})
        page = signed("GET", path, params=params).json()
        read += [tweet["id"] for tweet in page["data"]]
        assert page["meta"]["result_count"] == len(page["data"])
        assert page["meta"]["oldest_id"] == read[-1]
        token = page["meta"].get("next_token")
        if token is None:
            break
    assert read == ids[::-1]


@pytest.mark.parametrize("count", ["4", "101", "many"])
def test_a_page_has_between_5_and_100_posts(signed: Signed, box: Sandbox, count: str) -> None:
    answer = signed("GET", f"/2/users/{box.account('x').id}/tweets", params={"max_results": count})
    assert (answer.status_code, answer.json()["title"]) == (400, "Invalid Request")


def test_a_hundred_posts_in_a_quarter_of_an_hour_are_the_limit(tweeting: tweepy.Client, clock: Clock) -> None:
    for number in range(100):
        tweeting.create_tweet(text=str(number))
    with pytest.raises(tweepy.TooManyRequests) as refusal:
        tweeting.create_tweet(text="de trop")
    assert refusal.value.reset_time == int(clock.now.timestamp()) + 900
    clock.advance(900)
    tweeting.create_tweet(text="de nouveau")


def test_used_up_credits_are_a_402(signed: Signed, box: Sandbox) -> None:
    box.fault("x", Fault(FaultKind.CREDITS))
    answer = signed("POST", "/2/tweets", json={"text": "cher"})
    assert (answer.status_code, answer.json()["title"]) == (402, "CreditsDepleted")
    assert box.posts() == []


@pytest.mark.parametrize(
    ("kind", "words"),
    [(FaultKind.AUTOMATION, "might be automated"), (FaultKind.PERMISSION, "oauth1 app permissions")],
)
def test_refusals_of_the_account_are_403(tweeting: tweepy.Client, box: Sandbox, kind: FaultKind, words: str) -> None:
    box.fault("x", Fault(kind))
    with pytest.raises(tweepy.Forbidden, match=words):
        tweeting.create_tweet(text="non")


def test_another_account_is_another_timeline(signed: Signed, box: Sandbox) -> None:
    other = box.add_account("x", "La Gazette du Port")
    signed("POST", "/2/tweets", json={"text": "ici"})
    page = signed("GET", f"/2/users/{other['remote_id']}/tweets").json()
    assert page == {"meta": {"result_count": 0}}


def test_the_answer_is_json_that_python_can_read(signed: Signed) -> None:
    answer = signed("GET", "/2/nowhere")
    assert json.loads(answer.text)["status"] == answer.status_code == 404


def test_posts_are_looked_up_with_their_figures_and_those_that_are_gone(tweeting: tweepy.Client, box: Sandbox) -> None:
    number = tweeting.create_tweet(text="Bonjour").data["id"]
    box.answer("x", number, likes=3, reposts=2, replies=1, views=99)
    answer = tweeting.get_tweets([number, "12"], tweet_fields=["public_metrics"], user_auth=True)
    assert answer.data[0].public_metrics == {
        "retweet_count": 2, "reply_count": 1, "like_count": 3, "quote_count": 0, "bookmark_count": 0,
        "impression_count": 99,
    }  # fmt: skip
    assert [error["resource_id"] for error in answer.errors] == ["12"]


def test_an_edited_post_has_a_history(tweeting: tweepy.Client, box: Sandbox) -> None:
    number = tweeting.create_tweet(text="Bonjour").data["id"]
    box.edit("x", number, "Bonsoir")
    (post,) = tweeting.get_tweets([number], user_auth=True).data
    assert (post.text, len(post.edit_history_tweet_ids)) == ("Bonsoir", 2)


@pytest.mark.parametrize("ids", ["", "a", ",".join(str(n) for n in range(1, 102))])
def test_only_a_hundred_posts_are_looked_up_at_once(signed: Signed, ids: str) -> None:
    assert signed("GET", "/2/tweets", params={"ids": ids}).status_code == 400
