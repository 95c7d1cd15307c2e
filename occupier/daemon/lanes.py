"""Lanes: one for each account, so that one that waits never keeps another waiting."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime

from occupier.bootstrap import House
from occupier.daemon import pace
from occupier.daemon.jobs import Jobs
from occupier.domain.ports import Target
from occupier.domain.setup import Account


class Lanes:
    """Works each account's outbox off."""

    def __init__(self, house: House, jobs: Jobs, stop: threading.Event) -> None:
        self._house = house
        self._jobs = jobs
        self._stop = stop
        self.locks: dict[str, threading.Lock] = {}
        """One for each lane, by its job's name: held while it works."""

    def follow(self) -> None:
        """Have a lane for each account of the settings, and no other."""
        wanted = [_job(account) for account in self.accounts()]
        self._jobs.keep(lambda name: not name.startswith("lane:") or name in wanted)
        for name in wanted:
            self.locks.setdefault(name, threading.Lock())
            # two instances: one that works, one that waits for it, so that a wake-up is never lost
            self._jobs.add(name, self.run, pace.SAFETY, name, instances=2)

    def wake(self) -> None:
        """Let every lane look at once."""
        for name in list(self.locks):
            self._jobs.wake(name, self._house.clock.now())

    def run(self, name: str) -> None:
        """Work a lane off, by its job's name, and have it woken when there is more to do."""
        account = next((a for a in self.accounts() if _job(a) == name), None)
        if account is None or self._stop.is_set():
            return
        with self.locks[name]:
            at = self.work(account)
        self._jobs.wake(name, at)

    def run_once(self) -> None:
        """Work every lane off, one after the other; a sick account never stops another."""
        for account in self.accounts():
            with self._jobs.guarded(_job(account)):
                self.work(account)

    def work(self, account: Account) -> datetime | None:
        """Take what is due on an account as far as it goes; return when to look again, None where nothing waits."""
        known = self._house.identifying.target(account)
        if known.target is None:
            return known.at
        if self._house.clocks.is_suspect():
            return self._house.clock.now() + pace.BEAT
        target = known.target
        # most wake-ups find nothing: one look is all that they cost
        next_at = self._house.posting.next_at(target)
        if next_at is None or next_at > self._house.clock.now():
            return next_at
        self._house.reconciling.recover(target)
        step = self._house.posting.step(account, target)
        while step.again and not self._stop.is_set():
            step = self._house.posting.step(account, target)
        if self._stop.is_set():  # whoever stops us waits for the call in flight, not for a reading after it
            return None
        look_at = self._house.reconciling.look(account, target)
        # an action that a lane may not take yet is due, and says nothing of when: the step does
        waiting = self._house.posting.next_at(target)
        ahead = waiting if waiting is not None and waiting > self._house.clock.now() else None
        return min((at for at in (step.at, look_at, ahead) if at is not None), default=None)

    def idle(self) -> Iterator[tuple[Account, Target]]:
        """Yield the accounts that may be read, beside the lanes: one that works is left alone."""
        for account in self.accounts():
            target = self._house.identifying.known(account)
            lane = self.locks.get(_job(account))
            busy = lane is not None and lane.locked()
            if target is not None and not (busy or self._house.dry or self._stop.is_set()):
                yield account, target

    def accounts(self) -> tuple[Account, ...]:
        """Return the accounts of the settings that have a lane."""
        return tuple(account for account in self._house.live.setup().accounts if not account.test)


def _job(account: Account) -> str:
    return f"lane:{account.name}"
