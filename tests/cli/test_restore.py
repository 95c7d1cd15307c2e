"""`restore`, typed against the sandbox, where another tool posts and nobody paused it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import timedelta

import pytest

from occupier.sandbox import Sandbox, SandboxPost
from occupier.sandbox.faults import Fault, FaultKind
from tests.cli.conftest import DECLARE, Desk
from tests.cli.test_retract import set_clock, wait_for

pytestmark = pytest.mark.campaign  # a scene in processes of its own, seconds each
PATIENCE = 30.0
every_network = pytest.mark.parametrize("platform", ["mastodon", "facebook"])
Post = Callable[[str], SandboxPost]


@pytest.fixture
def struck(newsroom: Desk, box: Sandbox) -> Desk:
    """An article of a strike is out, and the usual tool has announced it on two networks."""
    text = newsroom.settings.read_text(encoding="utf-8")
    for platform in ("mastodon", "facebook"):
        named = f'platform = "{platform}"\n'
        assert named in text
        keys = 'if_usual_is_out = "replace"\nusual_application = "sandbox"\n'
        text = text.replace(named, f"{named}{keys}")
    newsroom.write(text)
    newsroom.type("run", "--once")
    newsroom.type(*DECLARE)
    article = box.publish(title="Le préavis est déposé")
    set_clock(newsroom, timedelta(seconds=30))
    for platform in ("mastodon", "facebook"):
        box.announce(platform, f"À lire : {article.title}\n{article.link}", application="sandbox", media=["Une foule"])
    return newsroom


@pytest.fixture
def post(box: Sandbox) -> Post:
    def found(platform: str) -> SandboxPost:
        (only,) = box.posts(platform)
        return only

    return found


def test_the_usual_posts_are_edited_put_back_and_both_texts_are_in_the_log(
    struck: Desk, box: Sandbox, post: Post
) -> None:
    struck.type("run", "--once")
    assert [len(box.posts(platform)) for platform in ("mastodon", "facebook")] == [1, 1]
    assert all("réforme" in post(platform).text for platform in ("mastodon", "facebook"))
    log = struck.type("log").out
    assert "in place of the usual post" in log
    assert "À lire : Le préavis est déposé" in log
    typed = struck.type("restore", "24-janvier", "--yes")
    assert (typed.status, typed.err) == (0, "")
    assert "À lire : Le préavis est déposé" in typed.out
    assert typed.out.count("is as it was before the strike.") == 2
    assert all(post(platform).text.startswith("À lire") for platform in ("mastodon", "facebook"))
    assert [medium.description for medium in post("mastodon").media] == ["Une foule"]
    assert "then put back" in struck.type("log").out
    again = struck.type("restore", "24-janvier", "--yes")
    assert again.status == 0
    assert again.out.count("was put back before.") == 2
    assert struck.type("log", "verify").status == 0


def test_what_is_not_ours_any_more_is_listed_and_left(struck: Desk, box: Sandbox, post: Post) -> None:
    struck.type("run", "--once")
    box.edit("mastodon", post("mastodon").id, "Précision de la rédaction")
    typed = struck.type("restore", "24-janvier", "--yes")
    assert typed.status == 1
    assert "somebody changed the post" in typed.out
    assert post("mastodon").text == "Précision de la rédaction"
    assert post("facebook").text.startswith("À lire")


def test_nothing_is_put_back_without_a_yes(struck: Desk, post: Post) -> None:
    struck.type("run", "--once")
    typed = struck.type("restore", "24-janvier")
    assert typed.status == 2
    assert "--yes" in typed.err
    assert "réforme" in post("mastodon").text


def test_a_strike_that_edited_nothing_says_so(newsroom: Desk) -> None:
    newsroom.type("run", "--once")
    newsroom.type(*DECLARE)
    typed = newsroom.type("restore", "24-janvier", "--yes")
    assert (typed.status, "edited no post" in typed.out) == (0, True)


@every_network
@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize("what", ["replace", "restore"])
def test_kill_9_in_the_middle_leaves_neither_both_nor_none(
    what: str, after: bool, platform: str, struck: Desk, box: Sandbox, post: Post
) -> None:
    if what == "restore":
        struck.type("run", "--once")
    began = len(box.requests)
    box.fault(platform, Fault(FaultKind.SLOW, after=after, seconds=PATIENCE, times=1))
    line = ("run", "--once") if what == "replace" else ("restore", "24-janvier", "--yes")
    command: subprocess.Popen[str] = struck.start(*line)
    changing = {"PUT", "POST"}
    number = post(platform).id
    wait_for(lambda: any(s.method in changing and s.path.endswith(number) for s in box.requests[began:]))
    if after:
        wait_for(lambda: ("réforme" in post(platform).text) is (what == "replace"))
    command.kill()
    command.communicate(timeout=PATIENCE)
    box.clear(platform)
    for minutes in (2, 4, 6, 8, 10):
        set_clock(struck, timedelta(minutes=minutes))
        struck.type(*line)
    assert ("réforme" in post(platform).text) is (what == "replace")
    assert struck.type("log", "verify").status == 0


@pytest.fixture
def on_x(newsroom: Desk, box: Sandbox) -> Desk:
    """An article of a strike is out, and the usual tool has announced it on X, where no post can be edited."""
    text = newsroom.settings.read_text(encoding="utf-8")
    keys = 'if_usual_is_out = "replace"\nreplace_by = "delete"\n'
    newsroom.write(text.replace('platform = "x"\n', f'platform = "x"\n{keys}'))
    newsroom.type("run", "--once")
    newsroom.type(*DECLARE)
    article = box.publish(title="Le préavis est déposé")
    set_clock(newsroom, timedelta(seconds=30))
    box.announce("x", f"À lire : {article.title}\n{article.link}", application="dlvr.it")
    return newsroom


def test_what_was_deleted_on_x_is_listed_with_both_texts_and_cannot_be_put_back(on_x: Desk, box: Sandbox) -> None:
    on_x.type("run", "--once")
    usual, strike = box.posts("x")
    assert (usual.deleted, strike.deleted) == (True, False)
    assert "in place of the usual post, which was deleted" in on_x.type("log").out
    typed = on_x.type("restore", "24-janvier", "--yes")
    assert (typed.status, typed.err) == (0, "")
    assert "cannot be put back" in typed.out
    assert "À lire : Le préavis est déposé" in typed.out
    assert "The strike message says:" in typed.out
    assert [post.deleted for post in box.posts("x")] == [True, False]
    assert on_x.type("log", "verify").status == 0


def test_the_plan_and_the_check_say_that_usual_posts_are_deleted(on_x: Desk) -> None:
    for words in (("plan", "24-janvier"), ("check",)):
        said = " ".join(on_x.type(*words).out.split())
        assert "it is deleted with its likes and answers" in said
        assert "the usual message is posted again" in said
