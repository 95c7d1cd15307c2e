"""The daemon: APScheduler's jobs and the signals. No rule lives here; state lives in the journal, not in jobs."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor as JobPool
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from occupier.bootstrap import House
from occupier.domain.errors import OccupierError, Sentence, SettingsError
from occupier.domain.ports import Notice, Target
from occupier.domain.setup import Account, FeedSource
from occupier.services.handing import lapse_unread
from occupier.services.listening import EVERY as LISTEN
from occupier.services.reviewing import HEARTBEAT
from occupier.settings import Settings
from occupier.supervision import ready, stopping, working

TICK = 1.0
"""Seconds between two looks at what people and other processes asked for."""
BEAT = timedelta(seconds=5)
SAFETY = 30.0
"""Seconds after which a lane looks again even if nothing woke it."""
STUCK = timedelta(seconds=90)
"""A job that runs longer than any call may last is announced."""
MEASURE = 60.0
"""Seconds between two looks at which figures are due."""
EVE = 60.0
"""Seconds between two looks at whether a strike is to be checked for."""
SILENCE = 300.0
"""Seconds between two looks at which feeds show nothing new."""
ONE_STROKE = 0.5
"""Seconds within which two Ctrl-C are one: what started us, and has the same terminal, may hand its own on to us."""
POLLERS = 50
RELOAD, RELOADED = "reload", "reloaded"
"""The journal's notes by which `occupier reload` asks and is answered."""


class Daemon:
    """Runs the jobs until it is told to stop."""

    def __init__(self, house: House, reload: Callable[[], Settings], stop: threading.Event | None = None) -> None:
        self._house = house
        self._reload_settings = reload
        self.stop = stop or threading.Event()
        self._told_to_stop = self._told_to_reload = False
        self.interrupted = False
        """Whether it was Ctrl-C that stopped it."""
        self._pollers = ThreadPoolExecutor(POLLERS, thread_name_prefix="poll")
        self._polling: set[str] = set()
        self._next_poll: datetime | None = None
        self._polls_asked_at = datetime.min.replace(tzinfo=UTC)
        self._waking = threading.Lock()
        self._news = True
        self._next_border: datetime | None = None
        self._beaten_at: datetime | None = None
        self._running: dict[str, datetime] = {}
        self._succeeded: dict[str, datetime] = {}
        self._told_stuck: set[str] = set()
        self._lanes: dict[str, threading.Lock] = {}
        self._workers = JobPool(8 + 2 * len(house.live.setup().accounts))
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            # two runs of a lane may wait for each other (see `_lane`), besides the few jobs of the house
            executors={"default": self._workers},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )
        # a lane that is woken a third time is skipped, and said so: that is meant; the watchdog tells what is stuck
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)

    def run(self) -> None:
        """Work until SIGTERM, SIGINT or `stop`; a call in flight is settled first. Raises what start-up raises."""
        self._start()
        try:
            # looking at the clock and for news every second has a thread already, this one; the jobs do the work
            while not (self._told_to_stop or self.stop.is_set()):
                self._watched("control", self._control)
                self.stop.wait(TICK)
        finally:
            self.shutdown()

    def _start(self) -> None:
        # wired before there are threads: two of them must not make two
        house = self._house
        _ = house.watching, house.identifying, house.posting, house.reconciling, house.housekeeping, house.measuring
        _ = house.eve, house.placing
        _ = (
            house.first_posts,
            house.reporting,
            house.summarising,
            house.concluding,
            house.announcing,
            house.by_hand,
            house.reminding,
            house.silence,
            house.overhearing,
        )
        house.striking.take_over()
        house.sealing.mind()
        house.interruptions.look()  # before the first poll: what ends with that one is news
        self._add("polls", self._polls, SAFETY)
        self._add("borders", self._mind_borders, SAFETY)
        self._add("housekeeping", self._housekeep, SAFETY)
        self._add("placing", house.placing.mind, SAFETY)
        self._add("reports", self._report, SAFETY)
        self._add("address", house.listening.listen, LISTEN)
        self._add("watchdog", self._watch_jobs, SAFETY)
        self._add("interruptions", house.interruptions.look, SAFETY)
        self._add("announcing", self._announce, SAFETY)
        if house.checks:
            self._add("eve", self._eve, EVE)
        self._add("silence", house.silence.listen, SILENCE)
        self._add("measuring", self._measure, MEASURE)
        self._add("overhearing", self._overhear, MEASURE)
        self._add_lanes()
        self._scheduler.start()
        ready()

    def shutdown(self) -> None:
        """Stop taking new work and wait for the calls in flight (25 s at most)."""
        self.stop.set()
        stopping()
        if self._scheduler.running:
            # not `wait=True`: it waits for the jobs with a lock in hand that a lane needs to say when to wake it
            self._scheduler.shutdown(wait=False)
            self._workers._pool.shutdown(wait=True)
        self._pollers.shutdown(wait=False, cancel_futures=True)
        with self._house.store.writing() as tx:
            tx.runtime.set(HEARTBEAT, None)

    def listen_to_signals(self) -> None:
        """SIGTERM and a first Ctrl-C stop, SIGHUP reloads, within a tick; a second Ctrl-C does not wait.

        Only in the main thread.
        """

        # plain flags: an event's lock may be held by the very thread that the signal interrupts
        def on_stop(_number: int, _frame: FrameType | None) -> None:
            self._told_to_stop = True

        interrupted_at = 0.0

        def on_interrupt(_number: int, _frame: FrameType | None) -> None:
            nonlocal interrupted_at
            now = time.monotonic()
            if self.interrupted and now - interrupted_at > ONE_STROKE:
                raise KeyboardInterrupt
            self._told_to_stop = self.interrupted = True
            interrupted_at = now

        def on_hangup(_number: int, _frame: FrameType | None) -> None:
            self._told_to_reload = True

        signal.signal(signal.SIGTERM, on_stop)
        signal.signal(signal.SIGINT, on_interrupt)
        signal.signal(signal.SIGHUP, on_hangup)

    def once(self) -> None:
        """Do one tick and end: every feed, then every lane as far as it goes now."""
        self._house.striking.take_over()
        self._house.sealing.mind()
        self._house.housekeeping.mind_pause_file()
        self._watched("address", self._house.listening.listen)
        for _ in self._pollers.map(self._poll, self._house.live.setup().feeds):
            pass
        self._house.watching.write_notes()
        self._mind_borders()  # the feeds' servers have told the hour
        self._housekeep()
        for account in self._accounts():
            try:
                self._work(account)
            except OccupierError as error:
                self._tell("job", error.sentence, serious=True)
            except Exception as error:  # one sick account never stops another
                self._unexpected(f"lane:{account.name}", error)
        self._watched("placing", self._house.placing.mind)
        self._watched("measuring", self._measure)
        self._watched("announcing", self._announce)
        self._watched("silence", self._house.silence.listen)
        self._report()
        self._pollers.shutdown()

    # --- jobs ---------------------------------------------------------------------------------------------------------

    def _add(self, name: str, job: Callable[..., Any], seconds: float, *args: Any, instances: int = 1) -> None:
        self._scheduler.add_job(
            self._watched,
            "interval",
            seconds=seconds,
            args=[name, job, *args],
            id=name,
            next_run_time=datetime.now(UTC),
            max_instances=instances,
            replace_existing=True,
        )

    def _add_lanes(self) -> None:
        wanted = {f"lane:{account.name}": account for account in self._accounts()}
        for job in self._scheduler.get_jobs():
            if job.id.startswith("lane:") and job.id not in wanted:
                job.remove()
        for name in wanted:
            self._lanes.setdefault(name, threading.Lock())
            # two instances: one that works, one that waits for it, so that a wake-up is never lost
            self._add(name, self._lane, SAFETY, name, instances=2)

    def _watched(self, name: str, job: Callable[..., Any], *args: Any) -> None:
        self._running[name] = self._house.clock.now()
        try:
            job(*args)
            self._succeeded[name] = self._house.clock.now()
            self._told_stuck.discard(name)
        except OccupierError as error:
            self._tell("job", error.sentence, serious=True)
        except Exception as error:  # neither the scheduler nor the thread that ticks may end by it
            self._unexpected(name, error)
        finally:
            self._running.pop(name, None)

    def _control(self) -> None:
        if self._told_to_reload:
            self._told_to_reload = False
            self._reload()
        self._house.housekeeping.mind_pause_file()
        now = self._house.clock.now()
        # asked once, the journal does not say it again: what cannot be followed now is news until it is
        self._news = self._house.store.changed() or self._news
        if self._news:
            self._wake("placing", now)
            self._house.sealing.mind()
            self.wake_lanes()
            self._answer_reload()
        if self._news or (self._next_border and now >= self._next_border):
            self._wake("borders", now)
        if self._news:
            self._wake("announcing", now + BEAT)  # what comes in a row is looked at once
        self._news = False
        # asked earlier than now only: a clock that was set back makes every hour a new question
        if self._next_poll is None or not self._polls_asked_at <= now < self._next_poll:
            self._wake("polls", now)
        if self._beaten_at is None or not timedelta(0) <= now - self._beaten_at < BEAT:
            self._beat(now)

    def _beat(self, now: datetime) -> None:
        self._beaten_at = now
        working()
        jobs = {f"job:{name}": at.isoformat() for name, at in list(self._succeeded.items())}
        self._house.store.pulse({HEARTBEAT: now.isoformat(), **jobs})

    def _polls(self) -> None:
        self._polls_asked_at = self._house.clock.now()
        busy = set(self._polling)
        ready, next_poll = self._house.watching.due()
        # a poll that ends meanwhile moves its feed's hour, unseen here: look again at the next tick
        self._next_poll = None if busy or ready else next_poll
        for source in ready:
            if source.name not in self._polling and not self.stop.is_set():
                self._polling.add(source.name)
                self._pollers.submit(self._poll, source)

    def _poll(self, source: FeedSource) -> None:
        name = f"poll:{source.name}"
        self._running[name] = self._house.clock.now()
        try:
            polled = self._house.watching.poll(source)
            if polled.actions:
                self.wake_lanes()
        except OccupierError as error:
            self._tell("job", error.sentence, serious=True)
        except Exception as error:  # a thread of a pool would keep it to itself
            self._unexpected(name, error)
        finally:
            self._running.pop(name, None)
            self._told_stuck.discard(name)
            self._polling.discard(source.name)

    def _lane(self, name: str) -> None:
        account = next((a for a in self._accounts() if f"lane:{a.name}" == name), None)
        if account is None or self.stop.is_set():
            return
        with self._lanes[name]:
            at = self._work(account)
        self._wake(name, at)

    def _work(self, account: Account) -> datetime | None:
        known = self._house.identifying.target(account)
        if known.target is None:
            return known.at
        if self._house.clocks.is_suspect():
            return self._house.clock.now() + BEAT
        target = known.target
        # most wake-ups find nothing: one look is all that they cost
        next_at = self._house.posting.next_at(target)
        if next_at is None or next_at > self._house.clock.now():
            return next_at
        self._house.reconciling.recover(target)
        step = self._house.posting.step(account, target)
        while step.again and not self.stop.is_set():
            step = self._house.posting.step(account, target)
        if self.stop.is_set():  # whoever stops us waits for the call in flight, not for a reading after it
            return None
        look_at = self._house.reconciling.look(account, target)
        # an action that a lane may not take yet is due, and says nothing of when: the step does
        waiting = self._house.posting.next_at(target)
        ahead = waiting if waiting is not None and waiting > self._house.clock.now() else None
        return min((at for at in (step.at, look_at, ahead) if at is not None), default=None)

    def _mind_borders(self) -> None:
        # an hour that is not believed closes nothing, and is looked at again; claims obey the strike's end anyway
        if not self._house.clocks.is_believed():
            self._next_border = self._house.clock.now()
            return
        hours = self._house.striking.tell_begun(), self._house.striking.close_ended()
        self._next_border = min((hour for hour in hours if hour is not None), default=None)
        self._house.by_hand.lapse()

    def _housekeep(self) -> None:
        self._house.first_posts.mind()
        if self._house.clocks.is_believed():
            self._house.housekeeping.lapse()
            lapse_unread(self._house.store)
            self._house.housekeeping.new_day()
            self._house.summarising.tell_day()
            self._house.housekeeping.tell_destructions()

    def _announce(self) -> None:
        self._house.announcing.look()
        if not self._house.dry:
            self._house.by_hand.mind()
            self._house.reminding.mind()
        self._house.concluding.mind()

    def _measure(self) -> None:
        """Count how posts were answered."""
        for account, target in self._idle():
            self._house.measuring.measure(account, target)

    def _overhear(self) -> None:
        """Notice what others post."""
        for account, target in self._idle():
            self._house.posting.look_again(account, target)
            self._house.overhearing.listen(account, target)

    def _idle(self) -> Iterator[tuple[Account, Target]]:
        """Yield the accounts that may be read, beside the lanes: one that works is left alone."""
        for account in self._accounts():
            target = self._house.identifying.known(account)
            lane = self._lanes.get(f"lane:{account.name}")
            busy = lane is not None and lane.locked()
            if target is not None and not (busy or self._house.dry or self.stop.is_set()):
                yield account, target

    def _eve(self) -> None:
        self._house.eve.look(lambda: not self.stop.is_set())

    def _report(self) -> None:
        if self._house.live.setup().report and not self._house.dry:
            self._house.reporting.work_off()

    def _watch_jobs(self) -> None:
        now = self._house.clock.now()
        for name, since in list(self._running.items()):
            if now - since > STUCK and name not in self._told_stuck:
                self._told_stuck.add(name)
                text = "The job {job} runs since {since} and does not end: if this goes on, restart occupier."
                self._tell("stuck", Sentence(text, {"job": name, "since": since}), serious=True)

    # --- waking and reloading -----------------------------------------------------------------------------------------

    def wake_lanes(self) -> None:
        """Let every lane look at once."""
        for name in list(self._lanes):
            self._wake(name, self._house.clock.now())

    def _wake(self, name: str, at: datetime | None) -> None:
        """Let a job run at that instant, if that is sooner than it would; None: there is no hurry."""
        if at is None:
            return
        # the scheduler counts by the system's clock, the journal by the house's: what is due is due now
        wait = max(timedelta(0), at - self._house.clock.now())
        run_at = datetime.now(UTC) + wait
        # one at a time: a later hour must not overwrite an earlier one that was read before
        with self._waking, suppress(JobLookupError):
            job = self._scheduler.get_job(name)
            if job is not None and (job.next_run_time is None or run_at < job.next_run_time):
                job.modify(next_run_time=run_at)

    def _answer_reload(self) -> None:
        with self._house.store.reading() as tx:
            asked, answered = tx.runtime.get(RELOAD), tx.runtime.get(RELOADED)
        if asked is not None and (answered is None or not answered.startswith(asked)):
            problem = self._reload()
            with self._house.store.writing() as tx:
                tx.runtime.set(RELOADED, f"{asked} {problem or ''}".strip())

    def _reload(self) -> str | None:
        """Take the new settings whole, or keep the old ones and say why."""
        live, before, networks = self._house.live, self._house.live.settings, dict(self._house.networks)
        try:
            settings = self._reload_settings()
            if settings.database != before.database:
                # commands would speak to another journal than the one that is worked off: `pause` would stop nothing
                raise SettingsError("The database cannot be changed while occupier runs on {path}: stop it first.",
                                    path=str(before.database))  # fmt: skip
            self._house.connect(settings)
            self._house.striking.take_over()
        except Exception as error:
            # not built anew: a secret that can no longer be read is in these already
            self._house.adopt(before, networks)
            if not isinstance(error, OccupierError):
                raise
            self._tell("reload", error.sentence, serious=True)
            return str(error)
        for account in (*before.setup.accounts, *live.setup().accounts):
            self._house.identifying.forget(account.name)
        self._house.sealing.mind()
        self._add_lanes()
        self._wake("housekeeping", self._house.clock.now())
        self._next_poll = None
        self._tell("reload", Sentence("The settings were read again, and hold from now on."))
        return None

    def _accounts(self) -> tuple[Account, ...]:
        return tuple(account for account in self._house.live.setup().accounts if not account.test)

    def _unexpected(self, job: str, error: BaseException) -> None:
        text = "Unexpected error in {job} ({error}): the rest goes on. --debug shows where."
        self._tell("bug", Sentence(text, {"job": job, "error": type(error).__name__}), serious=True)

    def _tell(self, kind: str, sentence: Sentence, *, serious: bool = False) -> None:
        self._house.notices.tell(Notice(kind, sentence, serious=serious))
