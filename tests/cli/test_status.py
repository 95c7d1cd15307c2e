"""`status`: what is to come, what was missed, what is left to do; once or again and again, for people and programs."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from occupier.cli import main
from occupier.cli.session import Session
from occupier.cli.watch import keep_watch
from occupier.domain.action import State
from occupier.domain.outcome import Handed
from occupier.domain.ports import Change, Observation, Transaction
from occupier.domain.reconcile import RemotePost
from occupier.domain.setup import FeedSource
from occupier.storage.store import SqlStore
from tests.cli.conftest import Desk
from tests.fakes import FakeClock
from tests.storage.journal import Journal

EVE = datetime(2020, 1, 23, 22, 30, tzinfo=ZoneInfo("Europe/Paris")).astimezone(UTC)
HOUR = timedelta(hours=1)
SILENT = 'platform = "mastodon"\nduring_strikes = "silence"'
FEED = FeedSource("une", "http://127.0.0.1:9/feed.xml")
STRIKE = ("strike", "declare", "24-janvier", "--from", "2020-01-24T09:00", "--to", "2020-01-25T00:00", "--mandate",
          "AG du 23 janvier", "--reason", "contre la réforme")  # fmt: skip


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(EVE)


@pytest.fixture
def eve(desk: Desk, clock: FakeClock) -> Desk:
    """A strike is declared for tomorrow, and its feed is being read."""
    desk.clock = clock
    assert desk.type(*STRIKE).status == 0
    read(desk, clock)
    return desk


@pytest.fixture
def strike(eve: Desk, clock: FakeClock) -> Desk:
    """It is in force, and its feed went unwatched for two hours."""
    clock.jump(EVE + 12 * HOUR)
    read(eve, clock)
    clock.advance(2 * HOUR)
    read(eve, clock)
    return eve


def journal(desk: Desk, clock: FakeClock) -> Iterator[Transaction]:
    store = SqlStore(desk.database, clock)
    with store.writing() as tx:
        yield tx
    store.close()


def read(desk: Desk, clock: FakeClock) -> None:
    """Note that the feed was read now, as watching does, gap included."""
    for tx in journal(desk, clock):
        state = tx.feeds.ensure(FEED)
        if state.last_ok_at:
            tx.events.add("gap", {"feed": "une", "from": state.last_ok_at, "to": tx.now})
        else:
            tx.events.add("watched", {"feed": "une", "from": tx.now})
        tx.feeds.save(replace(state, last_ok_at=tx.now, baseline_at=tx.now))


def end(desk: Desk, clock: FakeClock) -> None:
    clock.jump(EVE + 26 * HOUR)
    for tx in journal(desk, clock):
        [strike] = tx.strikes.all()
        tx.strikes.close(strike.id, strike.ends_at, "end")


def test_what_is_to_come_is_told_in_order_and_an_end_at_midnight_as_23_59(eve: Desk) -> None:
    assert "summary" not in eve.type("status").out  # nobody is sent one
    eve.write('notify = [{ env = "NOTIFY" }]\n' + eve.settings.read_text(encoding="utf-8"))
    out = eve.type("status").out.partition("To come")[2]
    begins, ends = out.index("the strike “24-janvier” begins"), out.index("is closed for ever")
    assert begins < out.index("summary") < ends < out.index("to be destroyed")
    assert "Friday 24 January 2020 at 11:59 pm, Paris time" in out
    kinds = [coming["kind"] for coming in eve.type("status", "--json").document["next"]]
    assert kinds == ["begins", "summary", "ends", "destruction"]


def test_the_evening_before_nothing_was_missed(eve: Desk) -> None:
    assert "without a gap" in eve.type("status").out
    assert eve.type("status", "--json").document["gaps"] == []


def test_each_account_is_told_with_its_way_while_a_strike_is_near(eve: Desk, clock: FakeClock) -> None:
    silent = eve.settings.read_text(encoding="utf-8").replace('platform = "mastodon"', SILENT, 1)
    assert "occupier posts there itself" in eve.type("status").out
    eve.write(silent)
    assert "Silence: nothing is posted there in a strike" in eve.type("status").out
    assert [account["way"] for account in eve.type("status", "--json").document["accounts"]][:1] == ["silence"]
    end(eve, clock)
    assert "Silence: nothing" not in eve.type("status").out


def test_a_usual_post_beside_the_strike_is_told_with_its_hour_its_application_and_its_address(
    strike: Desk, clock: FakeClock
) -> None:
    journal = Journal(strike.database, clock)
    with journal.store.reading() as tx:
        [declared] = tx.strikes.all()
    action = journal.action(journal.target("mastodon-une"), declared)
    posts = [RemotePost(str(n), "À lire", (), clock.now(), f"https://m.example/{n}", "dlvr.it") for n in (7, 7, 8)]
    with journal.writing() as tx:
        for post in posts:
            tx.actions.observe(Observation(action.id, tx.now, True, "elsewhere", post.id, post=post))
    journal.store.close()
    out = strike.type("status").out
    assert "2 usual posts went out in spite of the strike" in out
    assert "with dlvr.it: https://m.example/8" in out
    account = strike.type("status", "--json").document["accounts"][0]
    assert account["usual_posts"] == 2
    assert account["last_usual_post"]["application"] == "dlvr.it"


def test_what_was_handed_to_the_tool_is_not_said_to_be_posted(strike: Desk, clock: FakeClock) -> None:
    settings = strike.settings.read_text(encoding="utf-8")
    strike.write(f'{settings}\n[[accounts]]\nname = "outil"\nplatform = "feed"\nfor_platform = "x"\n')
    journal = Journal(strike.database, clock)
    with journal.store.reading() as tx:
        [declared] = tx.strikes.all()
    with journal.writing() as tx:
        target = tx.targets.ensure("outil", "feed", "", None)
    action = journal.claimed(journal.action(target, declared))
    assert journal.settle(action, Change(State.HANDED, "handed"), Handed())
    journal.store.close()
    assert "posted 0 · handed to your tool 1 · under way 0" in strike.type("status").out


def test_gaps_of_the_strike_are_told_from_when_for_how_long(strike: Desk) -> None:
    out = strike.type("status").out
    assert "Nobody looked at a feed then" in out
    assert "une: from Friday 24 January 2020 at 10:30 am, Paris time, for 2 h" in out
    gaps = strike.type("status", "--json").document["gaps"]
    assert gaps[-1] == {"feed": "une", "from": "2020-01-24T09:30:00Z", "to": "2020-01-24T11:30:00Z"}


def test_after_the_end_what_is_left_to_do_is_told_with_addresses(strike: Desk, clock: FakeClock) -> None:
    assert "for people to do" not in strike.type("status").out
    end(strike, clock)
    out = strike.type("status").out
    assert "The strike “24-janvier” is over since Friday 24 January 2020 at 11:59 pm, Paris time" in out
    assert "No strike is declared" not in out
    assert "from now, not from its queue" in out
    assert "occupier catch-up 24-janvier" in out
    [left] = strike.type("status", "--json").document["afterwards"]
    assert left["strike"] == "24-janvier"
    assert any("/oauth/authorized_applications" in step for step in left["steps"])
    clock.advance(8 * 24 * HOUR)
    assert strike.type("status", "--json").document["afterwards"] == []


def test_how_to_stop_is_told_with_the_shared_address_if_there_is_one(eve: Desk) -> None:
    assert "To stop everything: type occupier pause" in eve.type("status").out
    text = eve.settings.read_text(encoding="utf-8")
    eve.write(f'pause_url = "https://pad.example/greve"\n{text}')
    assert "write STOP at https://pad.example/greve" in eve.type("status").out


def test_before_there_is_a_database_the_document_has_every_key(desk: Desk, eve: Desk) -> None:
    keys = set(eve.type("status", "--json").document)
    eve.database.unlink()
    assert set(eve.type("status", "--json").document) == keys


class Screen(io.StringIO):
    """Where a watch is shown: a terminal or not."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


class TestWatch:
    def watch(self, desk: Desk, screen: Screen, looks: int, clock: FakeClock) -> None:
        left = [looks]

        def rest(seconds: float) -> None:
            clock.advance(seconds)
            left[0] -= 1
            if not left[0]:
                raise KeyboardInterrupt

        session = Session(desk.environ, clock, rest)
        session.settings_option = str(desk.settings)
        with pytest.raises(KeyboardInterrupt):
            keep_watch(session, screen)
        session.close()

    def test_a_terminal_is_drawn_anew_and_given_back(self, eve: Desk, clock: FakeClock) -> None:
        screen = Screen(is_terminal=True)
        self.watch(eve, screen, 3, clock)
        shown = screen.getvalue()
        assert shown.count("\x1b[H") == 3
        assert shown.startswith("\x1b[?1049h")
        assert shown.endswith("\x1b[?1049l")
        assert "24-janvier" in shown

    @pytest.mark.parametrize(
        ("language", "stopped", "leave"),
        [("fr", "Tout est à l’arrêt", "Ctrl-C pour quitter"), ("en", "Everything is stopped", "Ctrl-C ends this")],
    )
    def test_on_a_small_screen_a_pause_is_first_and_the_way_out_last(
        self, eve: Desk, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, language: str, stopped: str, leave: str
    ) -> None:
        eve.write(eve.settings.read_text(encoding="utf-8"), language)
        eve.type("pause")
        monkeypatch.setenv("COLUMNS", "80")
        monkeypatch.setenv("LINES", "12")
        screen = Screen(is_terminal=True)
        self.watch(eve, screen, 1, clock)
        shown = screen.getvalue().split("\x1b[H")[1].splitlines()
        assert stopped in shown[0]
        assert leave in shown[-2]
        assert "contre la réforme" not in screen.getvalue()  # one line is enough for what is to come

    def test_elsewhere_a_line_is_added_at_each_change(self, eve: Desk, clock: FakeClock) -> None:
        screen = Screen(is_terminal=False)
        self.watch(eve, screen, 21, clock)
        lines = screen.getvalue().splitlines()
        assert len(lines) == 2  # a minute has gone by
        assert "\x1b" not in screen.getvalue()
        assert "strike “24-janvier”: begins in 10 h 30 min" in lines[0]
        assert "begins in 10 h 29 min" in lines[1]

    def test_ctrl_c_ends_it_with_the_status_of_an_interruption(self, eve: Desk, clock: FakeClock) -> None:
        def interrupt(_seconds: float) -> None:
            raise KeyboardInterrupt

        session = Session(eve.environ, clock, interrupt)
        assert main(["status", "--watch", "--settings", str(eve.settings)], session) == 130

    def test_it_is_no_document(self, eve: Desk) -> None:
        typed = eve.type("status", "--watch", "--json")
        assert typed.status == 2
        assert "exclude each other" in typed.err
