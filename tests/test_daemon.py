"""The jobs and the signals, driven by events and a clock that obeys."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from occupier.bootstrap import House, Live, make_press
from occupier.daemon import RELOAD, RELOADED, Daemon, pace, signals
from occupier.domain.action import State
from occupier.domain.errors import DatabaseError, NetworkError, SettingsError
from occupier.domain.outcome import Outcome, Uncertain
from occupier.domain.ports import Asked, Fetched, Notice, Order, Parsed, Pause
from occupier.domain.strike import Source, Strike
from occupier.services.kiosk.keeping import Keeping
from occupier.services.watch.deciding import Deciding
from occupier.services.watch.watching import Watching
from occupier.settings import Settings, load_text
from occupier.storage.store import SqlStore
from tests.fakes import FakeClock, FakeFetcher, FakeNetwork, FakeNotices, FakeParser
from tests.services.newsroom import HOUR, MINUTE, SECOND, entry
from tests.storage.journal import empty_journal_at

PATIENCE = 20.0
"""Seconds after which an event that did not come is a failure; nothing waits so long when all is well."""
ACCOUNT = """
[[accounts]]
name = "{name}"
platform = "mastodon"
server = "https://{name}.example"
access_token = {{ env = "TOKEN" }}
"""


class Stage:
    """A daemon on a real journal, with fakes at both ends."""

    def __init__(self, folder: Path, *accounts: str) -> None:
        self.folder, self.clock, self.notices = folder, FakeClock(), FakeNotices()
        path = empty_journal_at(folder / "occupier.db")
        self.wanted = self.settings(*accounts)
        self.store = SqlStore(path, self.clock, busy_ms=50)
        self.other = SqlStore(path, self.clock)
        self.house = House(Live(self.wanted), self.store, self.clock, self.notices)
        self.house.networks.update({name: FakeNetwork(self.clock, name=name) for name in accounts})
        self.fetcher, self.parser = FakeFetcher(), FakeParser()
        # the real reader asks the real network: this one is put where the house keeps its own
        self.house.__dict__["watching"] = Watching(
            self.store, self.fetcher, self.parser, Deciding(self.house.drafting, self.house.live.setup),
            Keeping(make_press(), self.notices, self.house.live.setup), self.house.clocks, self.notices,
            self.house.live.setup,
        )  # fmt: skip
        self.daemon = Daemon(self.house, self.read)
        self.show()

    def settings(self, *accounts: str, more: str = "", token: str = "secret-token") -> Settings:
        text = 'timezone = "Europe/Paris"\n' + more
        text += '[[feeds]]\nname = "une"\nurl = "https://www.example.org/une.xml"\n'
        text += "".join(ACCOUNT.format(name=name) for name in accounts)
        return load_text(text, self.folder, {"TOKEN": token}, self.clock.now())

    def read(self) -> Settings:
        """Read the settings, as a reload does."""
        if isinstance(self.wanted, Exception):
            raise self.wanted
        return self.wanted

    def show(self, *names: str) -> None:
        """Let the feed hold these articles."""
        body = repr(names).encode()
        self.parser.documents[body] = Parsed((entry("old"), *(entry(n) for n in names)))
        self.fetcher.answers.pop("https://www.example.org/une.xml", None)
        self.fetcher.give("https://www.example.org/une.xml", Fetched(body))

    def network(self, name: str = "courrier") -> FakeNetwork:
        network = self.house.networks[name]
        assert isinstance(network, FakeNetwork)
        return network

    def strike(self, store: SqlStore | None = None) -> None:
        """Declare a strike, as a command of another process does."""
        now = self.clock.now()
        strike = Strike("greve", now, now + 8 * HOUR, "AG", "les retraites", now, source=Source.COMMAND)
        with (store or self.other).writing() as tx:
            tx.strikes.add(replace(strike, declared_at=tx.now))

    def occupied(self) -> None:
        """Give the feed a baseline, declare a strike, and let one article come."""
        self.house.watching.poll(self.wanted.setup.feeds[0])
        self.strike()
        self.clock.advance(MINUTE)
        self.show("1")

    def states(self) -> list[State]:
        with self.other.reading() as tx:
            return [a.state for a in tx.actions.in_state(*State)]

    @contextmanager
    def running(self) -> Iterator[threading.Thread]:
        thread = threading.Thread(target=self.daemon.run)
        thread.start()
        try:
            yield thread
        finally:
            self.daemon.stop.set()
            thread.join(PATIENCE)
            assert not thread.is_alive()

    def close(self) -> None:
        self.store.close()
        self.other.close()


@pytest.fixture
def make_stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Stage]]:
    monkeypatch.setattr(pace, "TICK", 0.01)
    with ExitStack() as opened:

        def make(*accounts: str) -> Stage:
            stage = Stage(tmp_path, *(accounts or ("courrier",)))
            opened.callback(stage.close)
            return stage

        yield make


@pytest.fixture
def stage(make_stage: Callable[..., Stage]) -> Stage:
    return make_stage()


def announce(network: FakeNetwork, event: threading.Event) -> None:
    """Set the event when the network is called."""

    def apply(order: Order) -> Outcome:
        event.set()
        return network.post(order)

    network.outcomes.append(apply)


class TestStopping:
    def test_a_call_in_flight_is_settled_before_it_ends(self, stage: Stage) -> None:
        stage.occupied()
        began, answer = threading.Event(), threading.Event()

        def slow(order: Order) -> Outcome:
            began.set()
            assert answer.wait(PATIENCE)
            return stage.network().post(order)

        stage.network().outcomes.append(slow)
        with stage.running() as thread:
            assert began.wait(PATIENCE)
            stage.daemon.stop.set()
            assert thread.is_alive()
            assert stage.states() == [State.SENDING]
            answer.set()
        assert stage.states() == [State.SENT]
        with stage.other.reading() as tx:
            assert tx.runtime.get("heartbeat") is None

    def test_no_reading_of_a_timeline_begins_after_the_call_in_flight(self, stage: Stage) -> None:
        stage.occupied()
        stage.house.watching.poll(stage.wanted.setup.feeds[0])

        before: list[datetime] = []

        def lost(order: Order) -> Outcome:
            before.extend(stage.network().reads)
            stage.daemon.stop.set()
            return Uncertain("no_answer")

        stage.network().outcomes.append(lost)
        stage.daemon.lanes.work(stage.wanted.setup.accounts[0])
        assert stage.states() == [State.UNCERTAIN]
        assert stage.network().reads == before
        stage.daemon.shutdown()

    def test_nothing_begins_once_it_was_told_to_stop(self, stage: Stage) -> None:
        stage.occupied()
        stage.daemon.stop.set()
        stage.daemon.polls.hand_out()
        stage.daemon.lanes.run("lane:courrier")
        assert stage.network().orders == []
        stage.daemon.shutdown()

    def test_signals_stop_and_reload(self, stage: Stage) -> None:
        kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
        try:
            stage.daemon.signals.listen()
            signal.raise_signal(signal.SIGHUP)
            stage.daemon.control()
            assert stage.notices.kinds == ["reload"]
            stage.daemon.control()
            assert stage.notices.kinds == ["reload"]
            signal.raise_signal(signal.SIGTERM)
            stage.daemon.run()
            assert stage.daemon.stop.is_set()
        finally:
            for number, handler in kept.items():
                signal.signal(number, handler)
            stage.daemon.shutdown()

    def test_a_second_ctrl_c_does_not_wait_unless_it_is_the_first_one_handed_on(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)}
        try:
            stage.daemon.signals.listen()
            monkeypatch.setattr(signals, "ONE_STROKE", float("inf"))
            for _ in range(3):
                signal.raise_signal(signal.SIGINT)
            assert stage.daemon.signals.interrupted
            monkeypatch.setattr(signals, "ONE_STROKE", -1.0)
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
        finally:
            for number, handler in kept.items():
                signal.signal(number, handler)
            stage.daemon.shutdown()

    def test_what_ends_with_the_first_poll_is_told_as_missed(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pace, "SAFETY", 0.1)
        stage.occupied()
        stage.clock.advance(HOUR)
        stage.show("1")
        told = threading.Event()
        tell = stage.notices.tell

        def listen(notice: Notice) -> None:
            tell(notice)
            if notice.kind == "gap":
                told.set()

        stage.notices.tell = listen  # type: ignore[method-assign]
        with stage.running():
            assert told.wait(PATIENCE)
        (gap,) = [notice for notice in stage.notices.told if notice.kind == "gap"]
        assert gap.serious


class TestWaking:
    def test_a_new_strike_is_obeyed_within_a_tick(self, stage: Stage) -> None:
        posted = threading.Event()
        announce(stage.network(), posted)
        stage.house.watching.poll(stage.wanted.setup.feeds[0])
        with stage.running():
            stage.strike()
            stage.show("1")
            stage.clock.advance(MINUTE)
            assert posted.wait(PATIENCE)
        assert stage.states() == [State.SENT]

    def test_another_processs_write_wakes_the_lanes(self, stage: Stage) -> None:
        stage.occupied()
        with stage.other.writing() as tx:
            tx.pauses.add(Pause(None, "person", "person", tx.now))
        stage.daemon.once()
        assert stage.states() == [State.PENDING]
        posted = threading.Event()
        announce(stage.network(), posted)
        stage.daemon = Daemon(stage.house, stage.read)
        with stage.running():
            with stage.other.writing() as tx:
                tx.pauses.lift(None, ["person"])
            assert posted.wait(PATIENCE)

    def test_an_earlier_hour_is_never_overwritten_by_a_later_one(self, stage: Stage) -> None:
        daemon, clock = stage.daemon, stage.clock
        daemon.jobs.scheduler.start(paused=True)
        daemon.lanes.follow()

        def ahead() -> timedelta:
            at: datetime = daemon.jobs.scheduler.get_job("lane:courrier").next_run_time
            return at - datetime.now(UTC)

        daemon.jobs.scheduler.get_job("lane:courrier").modify(next_run_time=datetime.now(UTC) + HOUR)
        daemon.jobs.wake("lane:courrier", clock.now() + 10 * MINUTE)
        assert 9 * MINUTE < ahead() < 11 * MINUTE
        daemon.jobs.wake("lane:courrier", clock.now() + 20 * MINUTE)
        assert ahead() < 11 * MINUTE
        daemon.lanes.wake()
        assert ahead() < SECOND
        daemon.jobs.wake("lane:gone", clock.now())
        daemon.jobs.scheduler.shutdown()
        daemon.shutdown()

    def test_news_that_could_not_be_followed_is_news_until_it_is(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[int] = []

        def locked_once() -> None:
            asked.append(1)
            if len(asked) == 1:
                raise DatabaseError("The database {path} cannot be used: {cause}.", path="x", cause="locked")

        monkeypatch.setattr(stage.daemon.lanes, "wake", locked_once)
        for _ in range(3):
            stage.daemon.jobs.watched("control", stage.daemon.control)
        assert len(asked) == 2
        assert stage.notices.kinds == ["job"]
        stage.daemon.shutdown()

    def test_a_poll_that_ends_while_the_next_hours_are_read_is_not_forgotten(self, stage: Stage) -> None:
        fetching, go_on = threading.Event(), threading.Event()
        fetch = stage.fetcher.fetch

        def slow(asked: Asked) -> Fetched:
            fetching.set()
            assert go_on.wait(PATIENCE)
            return fetch(asked)

        stage.fetcher.fetch = slow  # type: ignore[method-assign]
        stage.daemon.polls.hand_out()
        assert fetching.wait(PATIENCE)
        stage.daemon.polls.hand_out()
        assert len(stage.fetcher.asked) == 0
        assert stage.daemon.polls.next_at is None
        go_on.set()
        stage.daemon.polls.end(wait=True)
        assert len(stage.fetcher.asked) == 1
        stage.daemon.polls.hand_out()
        assert stage.daemon.polls.next_at == stage.clock.now() + MINUTE
        stage.daemon.shutdown()


class TestWatching:
    def test_a_job_that_does_not_end_is_announced_once(self, stage: Stage) -> None:
        fetching, go_on = threading.Event(), threading.Event()

        def stuck(asked: Asked) -> Fetched:
            fetching.set()
            assert go_on.wait(PATIENCE)
            return Fetched(None)

        stage.fetcher.fetch = stuck  # type: ignore[method-assign]
        stage.daemon.polls.hand_out()
        assert fetching.wait(PATIENCE)
        stage.clock.advance(90 * SECOND)
        stage.daemon.jobs.watch()
        assert stage.notices.kinds == []
        stage.clock.advance(SECOND)
        stage.daemon.jobs.watch()
        stage.daemon.jobs.watch()
        assert stage.notices.kinds == ["stuck"]
        assert "poll:une" in str(stage.notices.told[0].sentence)
        go_on.set()
        stage.daemon.shutdown()

    def test_what_succeeds_is_written_beside_the_heartbeat(self, stage: Stage) -> None:
        stage.daemon.jobs.watched("housekeeping", stage.daemon.rounds.housekeep)
        stage.daemon.control()
        with stage.other.reading() as tx:
            assert tx.runtime.get("heartbeat") == stage.clock.now().isoformat()
            assert tx.runtime.get("job:housekeeping") == stage.clock.now().isoformat()
        stage.daemon.shutdown()

    def test_a_journal_that_cannot_be_written_is_said_and_tried_again(self, stage: Stage) -> None:
        stage.house.clocks.observe("www.example.org", timedelta(0))
        with stage.other._engine.connect().execution_options(occupier_writes=True) as held, held.begin():
            stage.daemon.jobs.watched("housekeeping", stage.daemon.rounds.housekeep)
        assert stage.notices.kinds == ["job"]
        stage.daemon.jobs.watched("housekeeping", stage.daemon.rounds.housekeep)
        assert stage.notices.kinds == ["job"]
        stage.daemon.shutdown()

    def test_a_mistake_of_ours_stops_nothing_and_tells_no_more_than_its_name(self, stage: Stage) -> None:
        def mistake() -> None:
            raise RuntimeError("secret-token")

        stage.daemon.jobs.watched("housekeeping", mistake)
        assert stage.notices.kinds == ["bug"]
        assert "secret-token" not in str(stage.notices.told[0].sentence)
        stage.daemon.shutdown()


class TestAClockThatLeapsAhead:
    def test_it_neither_closes_a_strike_nor_gives_up_a_post(self, stage: Stage) -> None:
        stage.occupied()
        stage.house.watching.poll(stage.wanted.setup.feeds[0])
        stage.house.clocks.observe("www.example.org", timedelta(0))
        right = stage.clock.now()
        stage.clock.jump(right + 30 * 24 * HOUR)
        stage.daemon.rounds.mind_borders()
        stage.daemon.rounds.housekeep()
        stage.daemon.lanes.work(stage.wanted.setup.accounts[0])
        assert stage.states() == [State.PENDING]
        stage.clock.jump(right)
        stage.daemon.rounds.mind_borders()
        stage.daemon.lanes.work(stage.wanted.setup.accounts[0])
        assert stage.states() == [State.SENT]
        stage.daemon.shutdown()

    def test_after_a_sleep_a_host_tells_and_the_border_is_kept(self, stage: Stage) -> None:
        stage.occupied()
        stage.house.watching.poll(stage.wanted.setup.feeds[0])
        stage.house.clocks.observe("www.example.org", timedelta(0))
        stage.clock.jump(stage.clock.now() + 9 * HOUR)
        stage.daemon.rounds.mind_borders()
        stage.house.clocks.observe("www.example.org", timedelta(0))
        stage.daemon.rounds.mind_borders()
        stage.daemon.rounds.housekeep()
        assert stage.states() == [State.MISSED]
        with stage.other.reading() as tx:
            assert tx.strikes.get("greve").closed_at == stage.clock.now()
        stage.daemon.shutdown()


class TestReloading:
    def test_new_settings_hold_whole(self, stage: Stage) -> None:
        stage.wanted = stage.settings("courrier", "second")
        stage.daemon.jobs.scheduler.start(paused=True)
        stage.daemon.lanes.follow()
        assert stage.daemon.reloading.reload() is None
        assert set(stage.house.networks) == {"courrier", "second"}
        assert stage.daemon.jobs.scheduler.get_job("lane:second")
        stage.wanted = stage.settings("second")
        assert stage.daemon.reloading.reload() is None
        assert set(stage.house.networks) == {"second"}
        assert stage.daemon.jobs.scheduler.get_job("lane:courrier") is None
        stage.daemon.lanes.run("lane:courrier")
        stage.daemon.jobs.scheduler.shutdown()
        stage.daemon.shutdown()

    @pytest.mark.parametrize("reason", ["unreadable", "secret", "strike", "database"])
    def test_refused_settings_change_nothing_and_say_why(self, stage: Stage, reason: str) -> None:
        before, networks = stage.house.live.settings, dict(stage.house.networks)
        if reason == "unreadable":
            stage.wanted = SettingsError("accounts: there is no such key.")  # type: ignore[assignment]
        elif reason == "secret":
            stage.wanted = stage.settings("courrier", "second", token="")
        elif reason == "database":
            stage.wanted = stage.settings("courrier", "second", more='database = "sqlite:///other.db"\n')
        else:
            stage.strike()
            now = stage.clock.now().isoformat(timespec="seconds")
            later = (stage.clock.now() + HOUR).isoformat(timespec="seconds")
            stage.wanted = stage.settings(
                "courrier",
                "second",
                more=f'[[strikes]]\nname = "x"\nfrom = "{now}"\nto = "{later}"\nmandate = "AG"\nreason = "r"\n',
            )
        with stage.other.writing() as tx:
            tx.runtime.set(RELOAD, "7f")
        stage.daemon.control()
        assert stage.house.live.settings is before
        assert stage.house.networks == networks
        assert [n.serious for n in stage.notices.told if n.kind == "reload"] == [True]
        with stage.other.reading() as tx:
            answer = tx.runtime.get(RELOADED)
        assert answer is not None
        assert answer.startswith("7f ")
        stage.daemon.shutdown()

    def test_a_mistake_of_ours_changes_nothing_either(self, stage: Stage) -> None:
        before = stage.house.live.settings
        stage.wanted = RuntimeError()  # type: ignore[assignment]
        stage.daemon.signals.reload = True
        stage.daemon.jobs.watched("control", stage.daemon.control)
        assert stage.house.live.settings is before
        assert stage.notices.kinds == ["bug"]
        stage.daemon.shutdown()

    def test_a_request_is_answered_once(self, stage: Stage) -> None:
        with stage.other.writing() as tx:
            tx.runtime.set(RELOAD, "7f")
        for _ in range(3):
            stage.daemon.control()
        assert stage.notices.kinds == ["reload"]
        with stage.other.reading() as tx:
            assert tx.runtime.get(RELOADED) == "7f"
        stage.daemon.shutdown()


class TestOneTick:
    def test_it_polls_posts_and_ends(self, stage: Stage) -> None:
        stage.occupied()
        stage.daemon.once()
        assert stage.states() == [State.SENT]

    def test_a_sick_account_does_not_stop_the_others(self, make_stage: Callable[..., Stage]) -> None:
        stage = make_stage("sick", "courrier")
        stage.occupied()
        stage.network("sick").outcomes.append(RuntimeError())
        stage.network("sick").verify = lambda: 1 / 0  # type: ignore[assignment,method-assign,return-value]
        stage.daemon.once()
        assert sorted(stage.states()) == [State.PENDING, State.SENT]
        assert "bug" in stage.notices.kinds

    def test_an_account_that_does_not_answer_waits(self, make_stage: Callable[..., Stage]) -> None:
        stage = make_stage("silent", "courrier")
        stage.occupied()
        stage.network("silent").refuses_to_say = NetworkError("{host} does not answer.", host="silent.example")
        stage.daemon.once()
        assert sorted(stage.states()) == [State.PENDING, State.SENT]

    def test_a_feed_that_breaks_does_not_stop_the_lanes(self, stage: Stage) -> None:
        stage.occupied()
        stage.house.watching.poll(stage.wanted.setup.feeds[0])

        def breaks(_source: object) -> None:
            raise RuntimeError

        stage.house.watching.poll = breaks  # type: ignore[assignment,method-assign]
        stage.daemon.once()
        assert stage.states() == [State.SENT]
        assert "bug" in stage.notices.kinds
