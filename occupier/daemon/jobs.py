"""Jobs: what runs again and again, woken sooner where there is a reason. None of them can end another."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor as JobPool
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from occupier.daemon import pace
from occupier.domain.errors import OccupierError, Sentence
from occupier.domain.ports import Clock, Notice, Notices


class Jobs:
    """Runs jobs on threads of its own; what goes wrong in one is told, and that is all."""

    def __init__(self, clock: Clock, notices: Notices, threads: int) -> None:
        self._clock = clock
        self._notices = notices
        self._waking = threading.Lock()
        self._running: dict[str, datetime] = {}
        self._told_stuck: set[str] = set()
        self.succeeded: dict[str, datetime] = {}
        """When each job ended well last."""
        self._workers = JobPool(threads)
        self.scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": self._workers},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )
        # a lane that is woken a third time is skipped, and said so: that is meant; the watchdog tells what is stuck
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)

    def begin(self) -> None:
        """Let the jobs run."""
        self.scheduler.start()

    def end(self) -> None:
        """Begin no more of them, and wait for those that run."""
        if self.scheduler.running:
            # not `wait=True`: it waits for the jobs with a lock in hand that a lane needs to say when to wake it
            self.scheduler.shutdown(wait=False)
            self._workers._pool.shutdown(wait=True)

    def add(self, name: str, job: Callable[..., Any], seconds: float, *args: Any, instances: int = 1) -> None:
        """Run a job at once, and again every so many seconds."""
        self.scheduler.add_job(
            self.watched,
            "interval",
            seconds=seconds,
            args=[name, job, *args],
            id=name,
            next_run_time=datetime.now(UTC),
            max_instances=instances,
            replace_existing=True,
        )

    def keep(self, wanted: Callable[[str], bool]) -> None:
        """Remove the jobs that are no longer wanted."""
        for job in self.scheduler.get_jobs():
            if not wanted(job.id):
                job.remove()

    def wake(self, name: str, at: datetime | None) -> None:
        """Let a job run at that instant, if that is sooner than it would; None: there is no hurry."""
        if at is None:
            return
        # the scheduler counts by the system's clock, the journal by the house's: what is due is due now
        wait = max(timedelta(0), at - self._clock.now())
        run_at = datetime.now(UTC) + wait
        # one at a time: a later hour must not overwrite an earlier one that was read before
        with self._waking, suppress(JobLookupError):
            job = self.scheduler.get_job(name)
            if job is not None and (job.next_run_time is None or run_at < job.next_run_time):
                job.modify(next_run_time=run_at)

    # --- running ------------------------------------------------------------------------------------------------------

    def watched(self, name: str, job: Callable[..., Any], *args: Any) -> None:
        """Run a job now; note that it succeeded, or tell why not."""
        with self.guarded(name):
            job(*args)
            self.succeeded[name] = self._clock.now()
            self._told_stuck.discard(name)

    @contextmanager
    def guarded(self, name: str) -> Iterator[None]:
        """Tell what goes wrong inside: neither the scheduler nor a thread of a pool may end by it, or keep it."""
        self._running[name] = self._clock.now()
        try:
            yield
        except OccupierError as error:
            self._tell("job", error.sentence)
        except Exception as error:
            text = "Unexpected error in {job} ({error}): the rest goes on. --debug shows where."
            self._tell("bug", Sentence(text, {"job": name, "error": type(error).__name__}))
        finally:
            self._running.pop(name, None)

    def watch(self) -> None:
        """Tell, once each, of jobs that do not end."""
        now = self._clock.now()
        for name, since in list(self._running.items()):
            if now - since > pace.STUCK and name not in self._told_stuck:
                self._told_stuck.add(name)
                text = "The job {job} runs since {since} and does not end: if this goes on, restart occupier."
                self._tell("stuck", Sentence(text, {"job": name, "since": since}))

    def forget_stuck(self, name: str) -> None:
        """Tell again of a job of this name that does not end."""
        self._told_stuck.discard(name)

    def _tell(self, kind: str, sentence: Sentence) -> None:
        self._notices.tell(Notice(kind, sentence, serious=True))
