"""kill -9 while the newsroom's usual tools go on posting: guards, edits, restorations and strike feeds.

    python -m tests.campaigns.automation --runs 200 --seed 7

On six accounts a tool posts at random beside occupier, which holds, leaves, edits, takes over or deletes; two strike
feeds, one served and one written, are read all the while. The daemon is killed at named points and at random times;
then the strike ends, and `occupier restore` is killed too. What counts is what stands on the networks, and what readers
saw.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from occupier.bootstrap import prepare_process
from occupier.cli.carrying_out import have_it_done
from occupier.domain.action import State
from tests.campaigns.company import EDITED, FEEDS, POSTING, TAKEOVER, WEB, Company
from tests.campaigns.executioner import Executioner
from tests.campaigns.verdict import Found, judge
from tests.campaigns.world import SETTLED, networks

STRIKE = "campagne"
WHEN = ("before", "after")
POINTS = (
    *(
        f"{step}:{when}"
        for step in ("poll", "claim", "settle", "observe", "take_over", "ask", "read", "shelf")
        for when in WHEN
    ),
    *(
        f"call:{when}:{verb}"
        for when in ("before", "gate", "during", "after")
        for verb in ("publish", "edit", "delete")
    ),
    *(f"{call}:{when}" for call in ("recent", "snapshot", "put", "edition") for when in WHEN),
    "put:during",
    "any",
)
RESTORING = (
    "ask:before", "ask:after", "snapshot:before", "snapshot:after", "claim:before", "claim:after", "call:before:edit",
    "call:gate:edit", "call:during:edit", "call:after:edit", "settle:before", "settle:after", "observe:after", "any",
)  # fmt: skip
PATIENCE = 4.0
"""Seconds after which a point that was not reached is replaced by a kill at whatever happens then."""
PATIENT = 900.0
"""Seconds in which everything is through, however busy the machine is."""
BEFORE, NEVER = 0.25, 0.3
"""Of the articles on an account, those that the usual tool announces first, and those that it does not announce."""
MEDDLED = TWICE = COLLEAGUE = 0.06


class Campaign:
    """A strike during which everything dies, all the time."""

    def __init__(self, world: Company, runs: int, patience: float) -> None:
        self._world, self._runs, self._patience = world, runs, patience
        self._chance = world.chance
        self.found = Found(runs=runs)
        self.links: list[str] = []
        self._numbers = count(1)

    def run(self) -> Found:
        """Run it; return what was found."""
        self._open()
        for point in self._shuffled(POINTS, self._runs):
            self._article()
            self._killed(self._world.employ(Executioner(point)), point)
        self._settle()
        self._end()
        for n, point in enumerate(self._shuffled(RESTORING, self._runs // 2)):
            self._killed(self._restore(Executioner(point), asks_only=n % 2 == 1), point, serves=False)
            if n % 2:  # what the command wrote down, a daemon carries out
                self._killed(self._world.employ(Executioner(point)), point)
        self._put_back()
        if self._world.crashes:
            self.found.accuse("crashed", self._world.crashes)
        return judge(self._world, self.links, self.found)

    def _shuffled(self, points: tuple[str, ...], number: int) -> list[str]:
        chosen = [points[n % len(points)] for n in range(number)]
        self._chance.shuffle(chosen)
        return chosen

    def _killed(self, pid: int, point: str, *, serves: bool = True) -> None:
        self.found.kills += 1
        patience = self._chance.uniform(0.1, self._patience) if point == "any" else self._patience
        self.found.reached += self._world.kill(pid, patience, serves=serves)

    def _open(self) -> None:
        """Let a first daemon read the feed, and the tools their own, as they are."""
        world = self._world
        world.open()
        old = self._publish("Déjà là avant tout")
        self._unharmed(lambda: all(reader.reads for reader in world.readers.values()), 60)
        world.announce(EDITED[0], old, "Déjà là avant tout")
        world.declare(STRIKE, 6 * 3600)
        self.links.remove(old)

    def _publish(self, title: str, link: str | None = None) -> str:
        link = link or self._next_link()
        self._world.networks.control("publish", {"feed": "une", "title": title, "link": link, "guid": link})
        self.links.append(link)
        return link

    def _next_link(self) -> str:
        return f"{self._world.networks.url}/articles/{next(self._numbers)}"

    def _article(self) -> None:
        """Publish; the usual tool was quicker, or comes later, or never; somebody may touch what it made."""
        world, chance, title = self._world, self._chance, f"Article {len(self.links)} de la campagne"
        link = self._next_link()
        fates = {name: chance.random() for name in POSTING}
        for name, fate in fates.items():
            if fate < BEFORE:
                self._announce(name, link, title)
            elif fate < 1 - (NEVER if name != TAKEOVER else 0.1):
                world.later(chance.uniform(0, self._patience), partial(self._announce, name, link, title))
        self._publish(title, link)

    def _announce(self, name: str, link: str, title: str) -> None:
        world, chance = self._world, self._chance
        world.announce(name, link, title, by=self._hand(name))
        made = world.usual[-1]
        if chance.random() < MEDDLED:
            world.later(chance.uniform(0, 2 * self._patience), partial(world.meddle, made))
        if chance.random() < TWICE:
            world.later(chance.uniform(0, 2 * self._patience), partial(world.announce, name, link, title, by=made.by))

    def _hand(self, name: str) -> str:
        if self._chance.random() < COLLEAGUE:
            return WEB
        # Facebook lets an application edit its own posts only
        return "sandbox" if name == "page" else "Robot"

    # --- undisturbed --------------------------------------------------------------------------------------------------

    def _unharmed(self, done: Any, seconds: float) -> None:
        """Let a daemon work until something is so, or the time is up."""
        world, end = self._world, time.monotonic() + seconds
        pid = world.employ()
        try:
            while not done() and time.monotonic() < end:
                world.live()
                time.sleep(0.02)
        finally:
            os.kill(pid, signal.SIGTERM)
            os.waitpid(pid, 0)

    def _settle(self) -> None:
        """Let everything come through, and the posts of others be heard of."""
        expected = len(self.links) * (len(POSTING) + len(FEEDS))
        self._unharmed(lambda: not self._world.chores and self._is_through(expected), PATIENT)
        end = time.monotonic() + 4
        self._unharmed(
            lambda: time.monotonic() > end, 10
        )  # who starts listens to all that was said since the beginning

    def _is_through(self, expected: int) -> bool:
        records = self._world.records()
        if any(r["reason"] == "mass" and r["state"] == "held" for r in records):
            house = self._world.house()
            house.controlling.release_all()  # many at once, on a busy machine, wait for a person
            house.store.close()
            return False
        awaited = {usual.link for usual in self._world.usual if usual.account == TAKEOVER and not usual.meddled}
        return len(records) >= expected and all(
            # what is to be made of a usual post that never comes waits until the end
            State(r["state"]) in SETTLED or (r["account"] == TAKEOVER and r["article_url"] not in awaited)
            or (r["state"] == "handed" and r["read_at"]) for r in records
        )  # fmt: skip

    def _end(self) -> None:
        """End the strike early, with articles that no tool came to read; then life goes on as usual."""
        world = self._world
        world.reading = False
        self.found.late = [self._publish(f"Trop tard {n}") for n in range(2)]
        self._unharmed(partial(self._is_ended, self.found.late), 30)
        time.sleep(3 * 60 / world.factor)
        world.reading = True
        self.found.after = [self._publish(f"Comme d'habitude {n}") for n in range(2)]
        for link in self.found.after:
            self.links.remove(link)
        readers = world.readers.values()
        self._unharmed(lambda: all(set(self.found.after) <= r.seen.keys() for r in readers) and self._is_through(0), 30)

    def _is_ended(self, unread: list[str]) -> bool:
        """End the strike as soon as the last articles are decided about; say whether the feed has heard of it."""
        world, document = self._world, self._world.file.read_bytes()
        if self.found.ended_at.year < 9999:
            return not any(link.encode() in document for link in unread)
        known = [r for r in world.records() if r["article_url"] in unread]
        if len(known) >= len(unread) * (len(POSTING) + len(FEEDS)) and unread[-1].encode() in document:
            house = world.house()
            house.striking.end(STRIKE)
            house.store.close()
            self.found.ended_at = datetime.now(UTC)
        return False

    # --- restoring ----------------------------------------------------------------------------------------------------

    def _restore(self, executioner: Executioner, *, asks_only: bool) -> int:
        """Fork `occupier restore`, which writes down what is wanted, and has it done; return its process id."""
        pid = os.fork()
        if pid:
            return pid
        status = 1
        try:
            prepare_process()
            with self._world.manned(executioner) as house:
                wanted = [found for found in house.reinstating.edited(STRIKE) if found.may_be_put_back]
                asked = [(found, house.reinstating.ask(found)) for found in wanted]
                session: Any = SimpleNamespace(settings=self._world.settings(), clock=house.clock, rest=time.sleep,
                                               now=house.clock.now)  # fmt: skip
                for found, action in () if asks_only else asked:
                    assert found.account is not None
                    have_it_done(session, house, found.account, found.target, action)
            status = 0
        except BaseException:  # whatever gets out is what a person would see
            traceback.print_exc()
        finally:
            os._exit(status)

    def _put_back(self) -> None:
        """Let the command come to its end twice: the second time, nothing is left to do."""
        for _ in range(2):
            pid = self._restore(Executioner(""), asks_only=False)
            with suppress(ChildProcessError):
                self._world.kill(pid, 60 + self._runs, serves=False)
        self._unharmed(lambda: all(State(r["state"]) in SETTLED | {State.HANDED} for r in self._world.records()), 60)


def campaign(runs: int, seed: int, *, factor: float = 20, patience: float = PATIENCE) -> Found:
    """Kill daemons and commands while everything posts; return what was found."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, networks(visible_after=30 / factor) as net:
        world = Company(Path(folder), net, factor, chance=random.Random(seed))
        found = Campaign(world, runs, patience).run()
    found.seconds = round(time.monotonic() - began, 1)
    return found


def main() -> int:
    """Run the campaign and print its table; 1 if anything was doubled, lost or wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--factor", type=float, default=20, help="what the waits of the design are divided by")
    parser.add_argument("--patience", type=float, default=PATIENCE)
    options = parser.parse_args()
    found = campaign(options.runs, options.seed, factor=options.factor, patience=options.patience)
    title = f"kill -9 beside the usual tool · waits divided by {options.factor:g} · seed {options.seed}"
    print(found.table(f"{title} · {datetime.now(UTC):%Y-%m-%d}"))
    return 0 if found.clean else 1


if __name__ == "__main__":
    sys.exit(main())
