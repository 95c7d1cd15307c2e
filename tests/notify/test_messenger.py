"""What reaches a person: each thing once, in order, and never at the cost of posting."""

from __future__ import annotations

import json
import logging
import threading
from base64 import b64decode
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from occupier.domain.errors import Sentence, SettingsError
from occupier.domain.ports import Notice
from occupier.notify import Delivery, Messenger, deliver
from occupier.notify.messenger import MOST_AN_HOUR, ONCE_IN
from occupier.notify.services import HEAVIEST
from occupier.wire.scrub import hush
from tests.fakes import FakeClock, FakeNotices

SECRET = "tres-secret-8hG2"


class Mailbox:
    """A service that takes messages in Apprise's JSON form, over real HTTP."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.status = 200
        self.carries_no_file = False
        box = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status = 413 if box.carries_no_file and message["attachments"] else box.status
                if status == 200:
                    box.messages.append(message)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"json://{SECRET}:pw@127.0.0.1:{self.server.server_port}/{SECRET}"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    yield box
    box.server.shutdown()
    box.server.server_close()


class Post:
    """A recording sender that a test opens and closes; `sent` is set whenever a message was tried."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.attached: list[list[str]] = []
        self.down: set[str] = set()
        self.open = threading.Event()
        self.open.set()

    def __call__(self, addresses: Sequence[str], title: str, body: str, attached: Sequence[str]) -> list[Delivery]:
        self.open.wait(20)
        self.bodies.append(body)
        self.attached.append(list(attached))
        return [Delivery(n, "ntfy", True, a not in self.down) for n, a in enumerate(addresses, 1)]


def messenger(post: Post, clock: FakeClock, log: FakeNotices, *addresses: str) -> Messenger:
    return Messenger(lambda: addresses, lambda n: str(n.sentence), post, clock, log)


def serious(text: str, kind: str = "ask") -> Notice:
    return Notice(kind, Sentence(text), serious=True)


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def log() -> FakeNotices:
    return FakeNotices()


class TestWhatIsSent:
    def test_what_needs_a_person_and_the_strikes_borders_are(self, post: Post, log: FakeNotices) -> None:
        phone = messenger(post, FakeClock(), log, "a")
        phone.tell(serious("Nobody can tell"))
        phone.tell(Notice("sent", Sentence("A post left")))
        phone.tell(Notice("strike_over", Sentence("The strike is over")))
        phone.close()
        assert "\n".join(post.bodies) == "Nobody can tell\nThe strike is over"

    def test_the_same_sentence_is_sent_once(self, post: Post, log: FakeNotices) -> None:
        clock = FakeClock()
        phone = messenger(post, clock, log, "a")
        for _ in range(5):
            phone.tell(serious("The feed cannot be read"))
            clock.advance(ONCE_IN / 10)
        clock.advance(ONCE_IN)
        phone.tell(serious("The feed cannot be read"))
        phone.close()
        assert "\n".join(post.bodies).count("The feed") == 2

    @pytest.mark.parametrize("kind", ["lane", "paused", "all_clear"])
    def test_another_stop_in_the_same_words_is_news(self, post: Post, log: FakeNotices, kind: str) -> None:
        phone = messenger(post, FakeClock(), log, "a")
        for _ in range(2):
            phone.tell(Notice(kind, Sentence("The account mastodon-une is stopped")))
        phone.close()
        assert "\n".join(post.bodies).count("stopped") == 2

    @pytest.mark.parametrize("kind", ["afterwards", "feed_well", "pause_file", "pause_url", "clock"])
    def test_so_is_what_is_well_again_or_left_to_do(self, post: Post, log: FakeNotices, kind: str) -> None:
        phone = messenger(post, FakeClock(), log, "a")
        phone.tell(Notice(kind, Sentence("It is well again")))
        phone.close()
        assert post.bodies == ["It is well again"]

    def test_a_flood_ends_with_a_word(self, post: Post, log: FakeNotices) -> None:
        phone = messenger(post, FakeClock(), log, "a")
        for n in range(200):
            phone.tell(serious(f"Trouble {n}"))
        phone.close()
        lines = "\n".join(post.bodies).splitlines()
        assert len(lines) == MOST_AN_HOUR
        assert "occupier status" in lines[-1]

    def test_what_comes_while_a_message_is_under_way_goes_together(self, post: Post, log: FakeNotices) -> None:
        phone = messenger(post, FakeClock(), log, "a")
        post.open.clear()
        for n in range(6):
            phone.tell(serious(f"Trouble {n}"))
        post.open.set()
        phone.close()
        assert len(post.bodies) <= 2
        assert "\n".join(post.bodies).splitlines() == [f"Trouble {n}" for n in range(6)]

    def test_a_file_goes_once_with_the_message_that_tells_of_it(self, post: Post, log: FakeNotices) -> None:
        clock = FakeClock()
        phone = messenger(post, clock, log, "a")
        post.open.clear()
        for _ in range(2):
            clock.advance(1)
            phone.tell(Notice("report", Sentence("It is written"), attached="reports/greve.html"))
        phone.tell(serious("Trouble"))
        post.open.set()
        phone.close()
        assert [path for paths in post.attached for path in paths] == ["reports/greve.html"]


class TestFailures:
    def test_an_address_that_fails_is_told_in_the_log_by_its_place_alone(self, post: Post, log: FakeNotices) -> None:
        post.down.add(SECRET)
        phone = messenger(post, FakeClock(), log, "a", SECRET)
        phone.tell(serious("Trouble"))
        phone.close()
        (told,) = log.told
        assert told.sentence.values == {"place": 2}
        assert not told.serious
        assert SECRET not in str(told)

    def test_a_secret_that_is_gone_is_told(self, post: Post, log: FakeNotices) -> None:
        def gone() -> Sequence[str]:
            raise SettingsError("notify[1]: the environment variable {variable} is not set.", variable="N")

        phone = Messenger(gone, lambda n: str(n.sentence), post, FakeClock(), log)
        phone.tell(serious("Trouble"))
        phone.close()
        assert [str(n.sentence) for n in log.told] == ["notify[1]: the environment variable N is not set."]

    def test_telling_waits_for_no_service(self, post: Post, log: FakeNotices) -> None:
        post.open.clear()
        phone = messenger(post, FakeClock(), log, "a")
        phone.tell(serious("Trouble"))  # would hang here
        phone.close(seconds=0)
        assert post.bodies == []
        post.open.set()

    def test_its_own_complaints_are_not_sent(self, post: Post, log: FakeNotices) -> None:
        phone = messenger(post, FakeClock(), log, "a")
        phone.tell(serious("It failed", kind="notify"))
        phone.close()
        assert post.bodies == []


class TestDelivering:
    def test_a_message_arrives_over_http(self, mailbox: Mailbox) -> None:
        (delivery,) = deliver([mailbox.address], "occupier", "La grève commence : 9h00")
        assert delivery == Delivery(1, "JSON", known=True, taken=True)
        (message,) = mailbox.messages
        assert (message["title"], message["message"]) == ("occupier", "La grève commence : 9h00")

    def test_a_file_goes_with_it(self, mailbox: Mailbox, tmp_path: Path) -> None:
        report = tmp_path / "greve.html"
        report.write_text("<p>été</p>", encoding="utf-8")
        assert deliver([mailbox.address], "occupier", "x", [str(report)])[0].taken
        (message,) = mailbox.messages
        (file,) = message["attachments"]
        assert (file["filename"], file["mimetype"]) == ("greve.html", "text/html")
        assert b64decode(file["base64"]).decode() == "<p>été</p>"

    def test_a_service_that_refuses_the_file_has_the_words(self, mailbox: Mailbox, tmp_path: Path) -> None:
        mailbox.carries_no_file = True
        report = tmp_path / "greve.html"
        report.write_text("x")
        assert deliver([mailbox.address], "occupier", "x", [str(report)])[0].taken
        assert [m["attachments"] for m in mailbox.messages] == [[]]

    def test_a_file_that_is_too_heavy_or_gone_stays_here(self, mailbox: Mailbox, tmp_path: Path) -> None:
        heavy = tmp_path / "greve.html"
        with heavy.open("wb") as file:
            file.truncate(HEAVIEST + 1)
        assert deliver([mailbox.address], "occupier", "x", [str(heavy), str(tmp_path / "gone")])[0].taken
        assert [m["attachments"] for m in mailbox.messages] == [[]]

    def test_each_address_is_answered_for_itself(self, mailbox: Mailbox) -> None:
        found = deliver(["nonsense", mailbox.address, "json://127.0.0.1:9/"], "occupier", "x")
        assert [(d.place, d.known, d.taken) for d in found] == [(1, False, False), (2, True, True), (3, True, False)]

    def test_a_refusal_is_a_failure(self, mailbox: Mailbox) -> None:
        mailbox.status = 500
        assert not deliver([mailbox.address], "occupier", "x")[0].taken

    def test_no_address_is_ever_logged(self, mailbox: Mailbox, caplog: pytest.LogCaptureFixture) -> None:
        mailbox.status = 403
        hush()
        with caplog.at_level(logging.DEBUG):
            said = str(deliver([mailbox.address, f"nonsense://{SECRET}"], "occupier", "x"))
        assert SECRET not in said
        assert SECRET not in caplog.text
