"""The daemon itself: what it begins, what it looks at every second, and how it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from occupier.bootstrap import House
from occupier.daemon import pace
from occupier.daemon.jobs import Jobs
from occupier.daemon.lanes import Lanes
from occupier.daemon.polls import Polls
from occupier.daemon.reloading import Reloading
from occupier.daemon.rounds import Rounds
from occupier.daemon.signals import Signals
from occupier.services.deeds.listening import EVERY as LISTEN
from occupier.services.review.reviewing import HEARTBEAT
from occupier.settings import Settings
from occupier.supervision import ready, stopping, working


class Daemon:
    """Runs the jobs until it is told to stop."""

    def __init__(self, house: House, reload: Callable[[], Settings], stop: threading.Event | None = None) -> None:
        self._house = house
        self.stop = stop or threading.Event()
        self.signals = Signals()
        # two runs of a lane may wait for each other (see `Lanes.follow`), besides the few jobs of the house
        self.jobs = Jobs(house.clock, house.notices, 8 + 2 * len(house.live.setup().accounts))
        self.lanes = Lanes(house, self.jobs, self.stop)
        self.polls = Polls(house, self.jobs, self.stop, self.lanes.wake)
        self.rounds = Rounds(house, self.lanes, self.stop)
        self.reloading = Reloading(house, reload, self.jobs, self.lanes, self.polls)
        self._news = True
        self._beaten_at: datetime | None = None

    def run(self) -> None:
        """Work until SIGTERM, SIGINT or `stop`; a call in flight is settled first. Raises what start-up raises."""
        self._start()
        try:
            # looking at the clock and for news every second has a thread already, this one; the jobs do the work
            while not (self.signals.stop or self.stop.is_set()):
                self.jobs.watched("control", self.control)
                self.stop.wait(pace.TICK)
        finally:
            self.shutdown()

    def _start(self) -> None:
        house = self._house
        _wire(house)
        house.striking.take_over()
        house.sealing.mind()
        house.interruptions.look()  # before the first poll: what ends with that one is news
        self._add_jobs()
        self.jobs.begin()
        ready()

    def _add_jobs(self) -> None:
        house, rounds, add = self._house, self.rounds, self.jobs.add
        add("polls", self.polls.hand_out, pace.SAFETY)
        add("borders", rounds.mind_borders, pace.SAFETY)
        add("housekeeping", rounds.housekeep, pace.SAFETY)
        add("placing", house.placing.mind, pace.SAFETY)
        add("reports", rounds.report, pace.SAFETY)
        add("address", house.listening.listen, LISTEN)
        add("watchdog", self.jobs.watch, pace.SAFETY)
        add("interruptions", house.interruptions.look, pace.SAFETY)
        add("announcing", rounds.announce, pace.SAFETY)
        if house.checks:
            add("eve", rounds.check_on_the_eve, pace.EVE)
        add("silence", house.silence.listen, pace.SILENCE)
        add("measuring", rounds.measure, pace.MEASURE)
        add("overhearing", rounds.overhear, pace.MEASURE)
        self.lanes.follow()

    def shutdown(self) -> None:
        """Stop taking new work and wait for the calls in flight (25 s at most)."""
        self.stop.set()
        stopping()
        self.jobs.end()
        self.polls.end()
        with self._house.store.writing() as tx:
            tx.runtime.set(HEARTBEAT, None)

    def once(self) -> None:
        """Do one tick and end: every feed, then every lane as far as it goes now."""
        house, rounds, watched = self._house, self.rounds, self.jobs.watched
        house.striking.take_over()
        house.sealing.mind()
        house.housekeeping.mind_pause_file()
        watched("address", house.listening.listen)
        self.polls.ask_all()
        rounds.mind_borders()  # the feeds' servers have told the hour
        rounds.housekeep()
        self.lanes.run_once()
        watched("placing", house.placing.mind)
        watched("measuring", rounds.measure)
        watched("announcing", rounds.announce)
        watched("silence", house.silence.listen)
        rounds.report()
        self.polls.end(wait=True)

    def control(self) -> None:
        """Look at what people and other processes asked for, and wake what has to do with it."""
        if self.signals.reload:
            self.signals.reload = False
            self.reloading.reload()
        self._house.housekeeping.mind_pause_file()
        now = self._house.clock.now()
        # asked once, the journal does not say it again: what cannot be followed now is news until it is
        self._news = self._house.store.changed() or self._news
        if self._news:
            self.jobs.wake("placing", now)
            self._house.sealing.mind()
            self.lanes.wake()
            self.reloading.answer()
        if self._news or self.rounds.reaches_border(now):
            self.jobs.wake("borders", now)
        if self._news:
            self.jobs.wake("announcing", now + pace.BEAT)  # what comes in a row is looked at once
        self._news = False
        if self.polls.is_due(now):
            self.jobs.wake("polls", now)
        if self._beaten_at is None or not timedelta(0) <= now - self._beaten_at < pace.BEAT:
            self._beat(now)

    def _beat(self, now: datetime) -> None:
        self._beaten_at = now
        working()
        jobs = {f"job:{name}": at.isoformat() for name, at in list(self.jobs.succeeded.items())}
        self._house.store.pulse({HEARTBEAT: now.isoformat(), **jobs})


def _wire(house: House) -> tuple[object, ...]:
    """Have the house make what its threads will use: two of them must not make two."""
    return (
        house.watching,
        house.identifying,
        house.posting,
        house.reconciling,
        house.housekeeping,
        house.measuring,
        house.eve,
        house.placing,
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
