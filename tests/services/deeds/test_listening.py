"""Stopping everything from elsewhere: a word at a shared address."""

from __future__ import annotations

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from occupier.domain.errors import FeedError
from occupier.domain.ports import Fetched
from occupier.services.deeds.listening import Listening, says
from tests.fakes import FakeFetcher, FakeNotices
from tests.services.newsroom import Newsroom

PAD = "https://pad.example/greve/export/txt"


class Pad:
    """A text that several people write, and the daemon that reads it."""

    def __init__(self, room: Newsroom) -> None:
        self.room, self.fetcher, self.notices = room, FakeFetcher(), FakeNotices()
        room.change(pause_url=PAD, pause_word="STOP")
        self.start()

    def start(self) -> None:
        self.listening = Listening(self.room.store, self.fetcher, self.notices, lambda: self.room.setup)

    def holds(self, text: str | FeedError) -> None:
        answer = text if isinstance(text, FeedError) else fetched(text)
        self.fetcher.answers[PAD] = deque([answer])
        self.listening.listen()

    @property
    def stopped(self) -> bool:
        with self.room.store.reading() as tx:
            return bool(tx.pauses.all())


def fetched(text: str) -> Fetched:
    return Fetched(text.encode(), url=PAD, host="pad.example")


@pytest.fixture
def pad(room: Newsroom) -> Pad:
    return Pad(room)


def test_the_word_stops_everything_and_its_disappearance_goes_on(pad: Pad) -> None:
    pad.holds("Grève : écrivez le mot convenu.")
    assert not pad.stopped
    pad.holds("Grève. Attentat à Paris, stop !")
    assert pad.stopped
    pad.holds("Grève.")
    assert not pad.stopped
    assert [n.serious for n in pad.notices.told] == [True, True]


def test_nothing_is_posted_while_it_stands(pad: Pad) -> None:
    pad.room.occupied()
    pad.holds("STOP")
    pad.room.article(1)
    pad.room.step()
    assert pad.room.network().orders == []


def test_what_cannot_be_read_stops_nothing_lifts_nothing_and_is_told_once(pad: Pad) -> None:
    broken = FeedError("The server of {url} refuses the connection.", url=PAD)
    pad.holds(broken)
    pad.holds(broken)
    assert not pad.stopped
    pad.holds("STOP")
    pad.holds(broken)
    assert pad.stopped
    assert [str(n.sentence)[:60] for n in pad.notices.told].count(
        "The address where anybody can stop everything cannot be read"
    ) == 2


def test_whoever_resumes_is_not_stopped_again_by_the_word_that_is_still_there(pad: Pad) -> None:
    pad.holds("STOP")
    pad.room.controlling.resume(None)
    pad.holds("STOP")
    assert not pad.stopped
    pad.holds("")
    pad.holds("STOP")
    assert pad.stopped


def test_a_daemon_that_starts_again_obeys_the_word(pad: Pad) -> None:
    pad.holds("STOP")
    pad.start()
    pad.holds("STOP")
    assert pad.stopped
    pad.start()
    pad.holds("")
    assert not pad.stopped


def test_settings_that_no_longer_name_an_address_leave_no_stop_behind(pad: Pad) -> None:
    pad.holds("STOP")
    pad.room.change(pause_url=None)
    pad.listening.listen()
    assert not pad.stopped


@pytest.mark.parametrize("text", ["STOP", "stop.", "<p>Stop</p>", "on arrête : STOP!", "a\nSTOP\nb", "«STOP»"])
def test_the_word_is_heard_however_it_is_written(text: str) -> None:
    assert says(text.encode(), "STOP")


@pytest.mark.parametrize("text", ["", "stopper", "nonstop", "S T O P", '<a class="stop">x</a>'])
def test_another_word_is_not_it(text: str) -> None:
    assert not says(text.encode(), "STOP")


@given(st.binary(max_size=200), st.text(min_size=1, max_size=12))
def test_no_text_and_no_word_break_the_listener(body: bytes, word: str) -> None:
    assert isinstance(says(body, word), bool)
