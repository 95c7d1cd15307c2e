import mastodon
import pytest

from occupier.sandbox import Fault, FaultKind, Sandbox
from tests.sandbox.conftest import Ask, Clock


def test_a_status_comes_back_as_html_with_its_id_and_time(tooting: mastodon.Mastodon, box: Sandbox) -> None:
    link = "https://www.example.org/rubrique/un-article-au-titre-tres-long?a=1&b=2"
    status = tooting.status_post(f"« Non » & <i>\nla #grève\n\n{link}", visibility="unlisted", language="fr")
    assert status.content == (
        "<p>« Non » &amp; &lt;i&gt;<br />la "
        f'<a href="{box.url}/tags/grève" class="mention hashtag" rel="tag">#<span>grève</span></a></p>'
        '<p><a href="https://www.example.org/rubrique/un-article-au-titre-tres-long?a=1&amp;b=2" target="_blank" '
        'rel="nofollow noopener noreferrer" translate="no"><span class="invisible">https://www.</span>'
        '<span class="ellipsis">example.org/rubrique/un-articl</span>'
        '<span class="invisible">e-au-titre-tres-long?a=1&amp;b=2</span></a></p>'
    )
    assert (status.visibility, status.language) == ("unlisted", "fr")
    assert status.created_at.isoformat() == "2026-01-24T09:30:15.250000+00:00"
    assert [post.id for post in box.posts("mastodon")] == [str(status.id)]


def test_the_same_key_posts_once_within_the_hour(toot: Ask, box: Sandbox, clock: Clock) -> None:
    first = toot("un", key="k").json
    clock.advance(3599)
    assert toot("deux", key="k").json["id"] == first["id"]
    clock.advance(1)
    assert toot("trois", key="k").json["id"] != first["id"]
    assert [post.text for post in box.posts()] == ["un", "trois"]


def test_a_server_that_ignores_keys_posts_twice(toot: Ask, box: Sandbox) -> None:
    box.fault("mastodon", Fault(FaultKind.IGNORE_KEY))
    assert toot("un", key="k").json["id"] != toot("un", key="k").json["id"]


def test_ids_grow_while_the_clock_stands_still(toot: Ask) -> None:
    ids = [int(toot(str(n)).json["id"]) for n in range(5)]
    assert ids == sorted(set(ids))


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("x" * 500, 200),
        ("x" * 501, 422),
        ("é" * 476 + " https://example.org/" + "a" * 300, 200),
        ("é" * 477 + " https://example.org/" + "a" * 300, 422),
        ("👩‍👩‍👧" * 500, 200),
    ],
)
def test_the_limit_counts_readers_characters_and_23_for_an_address(toot: Ask, text: str, status: int) -> None:
    answer = toot(text)
    assert answer.status == status
    if status == 422:
        assert answer.json == {"error": "Validation failed: Text character limit of 500 exceeded"}


def test_an_empty_status_is_refused(toot: Ask) -> None:
    assert toot("  ").json == {"error": "Validation failed: Text can't be blank"}


def test_a_wrong_token_is_said_as_mastodon_says_it(box: Sandbox) -> None:
    stranger = mastodon.Mastodon(access_token="wrong", api_base_url=box.url, ratelimit_method="throw")
    with pytest.raises(mastodon.MastodonUnauthorizedError, match="The access token is invalid"):
        stranger.status_post("non")
    stranger.session.close()


def test_a_revoked_token_neither_writes_nor_reads(tooting: mastodon.Mastodon, box: Sandbox) -> None:
    box.fault("mastodon", Fault(FaultKind.TOKEN_REVOKED))
    with pytest.raises(mastodon.MastodonUnauthorizedError, match="revoked"):
        tooting.me()
    box.clear("mastodon")
    assert tooting.me().display_name == "Le Courrier des Halles"


def test_the_timeline_is_read_page_by_page_newest_first(tooting: mastodon.Mastodon) -> None:
    ids = [str(tooting.status_post(str(n)).id) for n in range(7)]
    page = tooting.account_statuses(tooting.me().id, limit=3)
    read = [str(status.id) for status in page]
    while page := tooting.fetch_next(page):
        read += [str(status.id) for status in page]
    assert read == ids[::-1]


def test_max_id_excludes_the_status_itself(tooting: mastodon.Mastodon) -> None:
    old, new = tooting.status_post("1"), tooting.status_post("2")
    me = tooting.me().id
    assert [s.id for s in tooting.account_statuses(me, max_id=new.id)] == [old.id]
    assert [s.id for s in tooting.account_statuses(me, since_id=old.id)] == [new.id]


def test_a_deleted_status_gives_its_source_back_and_is_gone(tooting: mastodon.Mastodon) -> None:
    status = tooting.status_post("R & D #un")
    assert tooting.status_delete(status.id).text == "R & D #un"
    with pytest.raises(mastodon.MastodonNotFoundError):
        tooting.status_delete(status.id)
    assert tooting.account_statuses(tooting.me().id) == []


def test_both_instance_documents_tell_the_limits(tooting: mastodon.Mastodon) -> None:
    for configuration in (tooting.instance_v1().configuration, tooting.instance_v2().configuration):
        assert configuration.statuses.max_characters == 500
        assert configuration.statuses.characters_reserved_per_url == 23


def test_three_hundred_calls_in_five_minutes_are_the_limit(toot: Ask, clock: Clock) -> None:
    answers = [toot("x", key="same") for _ in range(301)]
    assert {answer.status for answer in answers[:300]} == {200}
    assert answers[300].status == 429
    assert answers[300].json == {"error": "Too many requests"}
    assert answers[300].headers["X-RateLimit-Reset"] == "2026-01-24T09:35:15.250000Z"
    clock.advance(300)
    assert toot("x", key="same").headers["X-RateLimit-Remaining"] == "299"


def test_one_account_cannot_delete_the_status_of_another(tooting: mastodon.Mastodon, box: Sandbox) -> None:
    status = tooting.status_post("à moi")
    other = box.add_account("mastodon", "La Gazette du Port")
    stranger = mastodon.Mastodon(access_token=other["access_token"], api_base_url=box.url)
    with pytest.raises(mastodon.MastodonNotFoundError):
        stranger.status_delete(status.id)
    stranger.session.close()


def test_the_history_of_an_edited_status_begins_with_its_first_version(
    tooting: mastodon.Mastodon, box: Sandbox, clock: Clock
) -> None:
    status = tooting.status_post("un")
    clock.advance(60)
    tooting.status_update(status.id, "deux")
    tooting.status_update(status.id, "deux")
    history = tooting.status_history(status.id)
    assert [version.content for version in history] == ["<p>un</p>", "<p>deux</p>"]
    assert (history[1].created_at - history[0].created_at).total_seconds() == 60
    assert tooting.status_source(status.id).text == "deux"
