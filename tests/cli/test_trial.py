"""`rehearse --account`, typed against the sandbox: real sockets, real libraries, no secret but the account's."""

from __future__ import annotations

import re
import signal
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from occupier.bootstrap import SystemClock
from occupier.sandbox import Sandbox
from occupier.sandbox.faults import Fault, FaultKind
from tests.cli.conftest import DECLARE, Desk, Typed
from tests.fakes import FakeClock

pytestmark = pytest.mark.campaign  # whole scenes: commands, a sandbox and what both wrote

ON_MASTODON = ("rehearse", "--account", "mastodon")
PATIENCE = 30.0


@pytest.fixture
def trials(newsroom: Desk, box: Sandbox) -> Desk:
    """All accounts are test accounts; three articles are in the feed; waiting takes no time."""
    text = newsroom.settings.read_text(encoding="utf-8")
    newsroom.settings.write_text(re.sub(r"(?m)^platform", "test = true\nplatform", text), encoding="utf-8")
    for title in ("Les cheminots votent", "Le préavis est déposé"):
        box.publish(title=title)
    clock = FakeClock(SystemClock().now())
    newsroom.clock, newsroom.rest = clock, clock.advance
    return newsroom


def there(box: Sandbox, platform: str = "mastodon") -> list[str]:
    return [post.text for post in box.posts(platform) if not post.deleted]


def databases(desk: Desk) -> list[str]:
    return sorted(path.name for path in desk.folder.glob("occupier.db*") if not path.name.endswith(".lock"))


class TestPosting:
    def test_the_posts_are_shown_word_for_word_then_posted_listed_and_deleted(self, trials: Desk, box: Sandbox) -> None:
        typed = trials.type(*ON_MASTODON, "--last", "2", "--visibility", "unlisted", "--yes")
        assert typed.status == 0, typed.err
        posts = box.posts("mastodon")
        assert [post.visibility for post in posts] == ["unlisted"] * 2
        assert all(line in typed.out for post in posts for line in post.text.splitlines())
        assert "2 posts will be published on mastodon (" in typed.out
        assert "do not say that this is a rehearsal" in typed.out
        assert all(f"/{post.id}\n" in typed.out for post in posts)
        cleaned = trials.type(*ON_MASTODON, "--clean", "--yes")
        assert (cleaned.status, there(box)) == (0, [])

    @pytest.mark.parametrize("name", ["x", "page-facebook"])
    def test_on_every_network(self, name: str, trials: Desk, box: Sandbox) -> None:
        typed = trials.type("rehearse", "--account", name, "--last", "1", "--yes")
        assert typed.status == 0, typed.err
        assert "nobody chooses who sees one post" in typed.out
        assert ("Posting them costs $0.200, deleting them $0.015." in typed.out) == (name == "x")
        assert trials.type("rehearse", "--account", name, "--clean", "--yes").status == 0
        assert there(box, {"x": "x"}.get(name, "facebook")) == []

    def test_its_journal_is_a_file_of_its_own_that_nobody_else_reads(self, trials: Desk) -> None:
        trials.type(*ON_MASTODON, "--last", "1", "--yes")
        assert databases(trials) == ["occupier.db.rehearsal-mastodon"]
        mode = (trials.folder / "occupier.db.rehearsal-mastodon").stat().st_mode
        assert stat.S_IMODE(mode) == 0o600

    def test_no_secret_but_the_account_s_own_is_read(self, trials: Desk) -> None:
        for name in [n for n in trials.environ if n.startswith(("SANDBOX_X", "SANDBOX_FACEBOOK"))]:
            del trials.environ[name]
        assert trials.type(*ON_MASTODON, "--last", "1", "--yes").status == 0
        refused = trials.type("rehearse", "--account", "x", "--yes")
        assert refused.status == 2
        assert "SANDBOX_X_CONSUMER_KEY" in refused.err

    def test_the_texts_are_those_of_the_strike_that_is_planned(self, trials: Desk, box: Sandbox) -> None:
        assert trials.type(*DECLARE[:-1], "contre la fermeture du site").status == 0
        trials.type(*ON_MASTODON, "--last", "1", "--yes")
        assert "contre la fermeture du site" in there(box)[0]

    def test_the_same_article_is_not_posted_twice(self, trials: Desk, box: Sandbox) -> None:
        trials.type(*ON_MASTODON, "--last", "2", "--yes")
        box.publish(title="Un de plus")
        typed = trials.type(*ON_MASTODON, "--last", "2", "--yes")
        assert "2 posts of rehearsals are still on the account:" in typed.out
        assert len(there(box)) == 3
        again = trials.type(*ON_MASTODON, "--last", "2", "--yes")
        assert "there is nothing to post" in again.out
        assert len(there(box)) == 3

    def test_what_the_network_refused_is_said_and_can_be_tried_again(self, trials: Desk, box: Sandbox) -> None:
        box.fault("mastodon", Fault(FaultKind.STATUS, status=422, times=1))
        typed = trials.type(*ON_MASTODON, "--last", "1", "--yes")
        assert typed.status == 1
        assert "refused by Mastodon" in typed.out
        assert trials.type(*ON_MASTODON, "--last", "1", "--yes").status == 0
        assert len(there(box)) == 1


class TestRefusing:
    def test_an_account_of_the_strike_is_refused_in_one_sentence(self, newsroom: Desk, box: Sandbox) -> None:
        typed = newsroom.type(*ON_MASTODON, "--yes")
        assert (typed.status, typed.out, len(typed.err.splitlines())) == (2, "", 1)
        assert "no test account" in typed.err
        assert box.posts() == []

    def test_an_account_that_nobody_knows(self, trials: Desk) -> None:
        typed = trials.type("rehearse", "--account", "mastodn", "--yes")
        assert (typed.status, "did you mean “mastodon”" in typed.err) == (2, True)

    @pytest.mark.parametrize(("name", "network"), [("x", "X"), ("page-facebook", "Facebook")])
    def test_visibility_where_nobody_chooses_it(self, name: str, network: str, trials: Desk, box: Sandbox) -> None:
        typed = trials.type("rehearse", "--account", name, "--visibility", "private", "--yes")
        assert typed.status == 2
        assert network in typed.err
        assert box.posts() == []

    def test_nothing_leaves_without_a_word(self, trials: Desk, box: Sandbox) -> None:
        typed = trials.type(*ON_MASTODON)
        assert (typed.status, "--yes" in typed.err, box.posts()) == (2, True, [])

    @pytest.mark.parametrize("option", ["--clean", "--yes", "--visibility=private"])
    def test_options_that_want_an_account(self, option: str, desk: Desk) -> None:
        assert desk.type("rehearse", option).status == 2

    def test_nothing_to_clean(self, trials: Desk) -> None:
        typed = trials.type(*ON_MASTODON, "--clean", "--yes")
        assert (typed.status, "Nothing of a rehearsal" in typed.out) == (0, True)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let somebody sit at a terminal and answer so."""

    def give(*lines: str) -> None:
        waiting = list(lines)

        class Terminal:
            def isatty(self) -> bool:
                return True

            def readline(self) -> str:
                return waiting.pop(0) + "\n" if waiting else ""

        monkeypatch.setattr("sys.stdin", Terminal())

    return give


class TestAsking:
    def test_a_no_posts_nothing(self, trials: Desk, box: Sandbox, answers: Callable[..., None]) -> None:
        answers("no")
        typed = trials.type(*ON_MASTODON)
        assert (typed.status, box.posts()) == (1, [])
        assert "Nothing was posted." in typed.err

    def test_it_offers_to_delete_what_it_posted(self, trials: Desk, box: Sandbox, answers: Callable[..., None]) -> None:
        answers("yes", "oui")
        typed = trials.type(*ON_MASTODON, "--last", "2")
        assert (typed.status, len(box.posts("mastodon")), there(box)) == (0, 2, [])
        assert "All posts of the rehearsal are deleted" in typed.out

    def test_what_was_left_can_be_deleted_first_and_all_of_it_begun_anew(
        self, trials: Desk, box: Sandbox, answers: Callable[..., None]
    ) -> None:
        trials.type(*ON_MASTODON, "--last", "1", "--yes")
        answers("yes", "yes", "no")
        assert trials.type(*ON_MASTODON, "--last", "1").status == 0
        assert [post.deleted for post in box.posts("mastodon")] == [True, False]

    def test_what_somebody_edited_is_left(self, trials: Desk, box: Sandbox) -> None:
        trials.type(*ON_MASTODON, "--last", "2", "--yes")
        box.edit("mastodon", box.posts("mastodon")[0].id, "Autre chose")
        typed = trials.type(*ON_MASTODON, "--clean", "--yes")
        assert (typed.status, there(box)) == (1, ["Autre chose"])
        assert "was edited by somebody since" in typed.err


@pytest.mark.campaign
def test_killed_in_the_middle_it_goes_on_where_it_was_and_posts_nothing_twice(trials: Desk, box: Sandbox) -> None:
    slow = trials.settings.read_text(encoding="utf-8").replace('spacing = "1s"', 'spacing = "3s"')
    trials.settings.write_text(slow, encoding="utf-8")
    process = trials.start(*ON_MASTODON, "--last", "3", "--yes", "--settings", str(trials.settings))
    _wait(lambda: len(box.posts("mastodon")) == 1)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    clock = FakeClock(SystemClock().now())
    trials.clock, trials.rest = clock, clock.advance
    typed: Typed = trials.type(*ON_MASTODON, "--last", "3", "--yes")
    assert typed.status == 0, typed.out + typed.err
    texts = there(box)
    assert (len(texts), len(set(texts))) == (3, 3)
    assert trials.type(*ON_MASTODON, "--clean", "--yes").status == 0
    assert there(box) == []


@pytest.mark.campaign
def test_interrupted_the_call_in_flight_is_settled_and_it_says_how_to_go_on(trials: Desk, box: Sandbox) -> None:
    slow = trials.settings.read_text(encoding="utf-8").replace('spacing = "1s"', 'spacing = "9s"')
    trials.settings.write_text(slow, encoding="utf-8")
    process = trials.start(*ON_MASTODON, "--last", "3", "--yes", "--settings", str(trials.settings))
    _wait(lambda: len(box.posts("mastodon")) == 1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "type the command again to go on" in err
    assert f"/{box.posts('mastodon')[0].id}\n" in out


def _wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.campaign
def test_the_daemon_needs_no_key_of_a_test_account(newsroom: Desk, box: Sandbox) -> None:
    text = newsroom.settings.read_text(encoding="utf-8")
    newsroom.settings.write_text(text.replace('platform = "x"', 'platform = "x"\ntest = true'), encoding="utf-8")
    del newsroom.environ["SANDBOX_X_ACCESS_TOKEN"]
    newsroom.type(*DECLARE)
    assert newsroom.type("run", "--once").status == 0
    box.publish(title="Les cheminots votent")
    assert newsroom.type("run", "--once").status == 0
    assert {post.platform for post in box.posts()} == {"mastodon", "facebook"}
    typed = newsroom.type(*DECLARE[:2], "autre", *DECLARE[3:], "--account", "x")
    assert (typed.status, "is a test account" in typed.err) == (2, True)


def test_the_folder_of_the_real_database_is_not_touched(trials: Desk, tmp_path: Path) -> None:
    trials.type(*ON_MASTODON, "--last", "1", "--yes")
    assert not trials.database.exists()
    assert tmp_path == trials.folder
