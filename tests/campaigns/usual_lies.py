"""The network lies while the usual tool posts beside occupier: about what stands there, and about edits.

    python -m tests.campaigns.usual_lies --runs 300 --seed 7

A run is an article on three networks, each with a guard that holds, leaves or edits. Timelines and posts are shown as
they were before, or not at all; answers to edits are lost, edits refused, or they drop what hangs on a post. The clock
is controlled, no wait divided. After each strike its edited posts are put back, while the networks go on lying.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from occupier.domain.action import State
from occupier.domain.decision import GUARD_UNREAD
from occupier.domain.limits import Limits
from occupier.domain.ports import LogQuery, Transaction
from occupier.domain.setup import Account, IfUsualIsOut, Takeover
from occupier.sandbox.control import plain
from tests.campaigns.company import ROBOT, WEB, Usual
from tests.campaigns.liar import PLATFORMS, Lie
from tests.campaigns.network_lies import Outage, Weather
from tests.campaigns.stage import Network, Stage
from tests.campaigns.verdict import Evidence, Found, Trial
from tests.campaigns.world import SETTLED

HOLD, LEAVE, REPLACE = IfUsualIsOut.HOLD, IfUsualIsOut.LEAVE, IfUsualIsOut.REPLACE
WAYS = {"mastodon": (HOLD, REPLACE, REPLACE), "x": (HOLD, LEAVE), "facebook": (LEAVE, REPLACE)}
OURS = "sandbox"
NEVER, BETWEEN = 0.35, 0.1
"""Of the articles on an account, those that the usual tool does not announce, and those of which it does just as
occupier has read and is about to post."""


class UsualWeather(Weather):
    """Lies about what is read and edited; some posts of the usual tool appear between a reading and the call."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__(chance)
        self.about_to_post: Callable[[str], None] = lambda platform: None

    def choose(self, platform: str, stage: str) -> Lie | None:
        """Say what happens to this platform at this stage."""
        if stage == "write" and self._chance.random() < BETWEEN:
            self.about_to_post(platform)
        return super().choose(platform, stage)

    def _any(self, platform: str, stage: str) -> Lie:
        die = self._chance.random()
        if stage == "read" and die < 0.5:
            return Lie("old", accepted=True)
        if stage == "read" and die < 0.6:
            return Lie("throttled", form=self._chance.choice(("seconds", "date", "none")))
        if stage == "write" and die < 0.2:
            return Lie("drops_media", accepted=True)
        return super()._any(platform, stage)


@dataclass
class LiesFound(Found):
    """What was found. `restored_late`: asked for again, since what was read was an old copy, or an edit refused."""

    asked_unread: int = 0
    hasty: int = 0
    restored_late: int = 0
    lies: int = 0


class Campaign:
    """Strike after strike on one journal, each with its ways and its weather."""

    def __init__(self, folder: Path, runs: int, seed: int) -> None:
        self._chance = random.Random(seed)
        random.seed(seed)  # the jitter of the retries is the house's own
        self._weather = UsualWeather(self._chance)
        self._stage = Stage(folder, seed, self._weather.choose)
        self._weather.now = self._stage.clock.now
        self._weather.about_to_post = self._announce_now
        self._runs = runs
        self._chores: list[tuple[datetime, str, int]] = []
        self.found = LiesFound(runs=runs)
        self.usual: list[Usual] = []
        self.links: list[str] = []

    def run(self) -> LiesFound:
        """Run it; return what was found."""
        with self._stage as stage:
            self._weather.calm = True
            stage.publish("Déjà là avant tout")
            assert stage.poll()
            self._turn()
            left, number = self._runs, 0
            while left:
                count = min(left, self._chance.randint(3, 8))
                self._episode(f"greve-{number}", count)
                left, number = left - count, number + 1
            self._judge()
        return self.found

    # --- a strike -----------------------------------------------------------------------------------------------------

    def _episode(self, name: str, count: int) -> None:
        chance, stage = self._chance, self._stage
        self._choose_ways()
        stage.behave(Network(chance.choice((0.0, 30.0)), ignore_keys=True, duplicates_allowed=chance.random() < 0.5))
        strike = stage.declare(name, timedelta(minutes=chance.choice((60, 180, 360))))
        whole = strike.ends_at - strike.starts_at
        self._weather.calm, self._weather.outages = False, self._outages(strike.starts_at, whole)
        for hour in sorted(whole * chance.uniform(0, 0.9) for _ in range(count)):
            self._until(strike.starts_at + hour)
            self._article()
        self._until(strike.ends_at + timedelta(minutes=5))
        self._chores.clear()
        self._put_back(name)
        self._weather.calm, self._weather.outages = True, []
        self._until(stage.clock.now() + timedelta(hours=1))

    def _choose_ways(self) -> None:
        house = self._stage.house
        settings = house.live.settings
        accounts = tuple(self._with_way(account) for account in settings.setup.accounts)
        house.live.settings = replace(settings, setup=replace(settings.setup, accounts=accounts))

    def _with_way(self, account: Account) -> Account:
        way = self._chance.choice(WAYS[account.platform])
        takes = way is REPLACE and self._chance.random() < 0.2
        usual = OURS if account.platform == "facebook" else ROBOT
        return replace(account, if_usual_is_out=way, usual_application=usual if way is REPLACE else None,
                       takeover=Takeover.REPLACE if takes else Takeover.NONE)  # fmt: skip

    def _outages(self, starts: datetime, whole: timedelta) -> list[Outage]:
        chance = self._chance
        lengths = (timedelta(minutes=4), timedelta(minutes=13), timedelta(minutes=50))
        return [
            Outage(platform, since, since + chance.choice(lengths), Lie(chance.choice(("dns", "5xx", "closed"))))
            for platform in PLATFORMS
            if chance.random() < 0.4
            for since in (starts + whole * chance.uniform(0, 0.9),)
        ]

    def _article(self) -> None:
        stage, chance = self._stage, self._chance
        number = stage.publish(f"Article {len(self.links)} de la campagne")
        link = f"{stage.box.url}/articles/{number}"
        self.links.append(link)
        for platform in PLATFORMS:
            if chance.random() < NEVER:
                continue
            late = timedelta(0) if chance.random() < 0.5 else timedelta(minutes=chance.uniform(0, 12))
            self._chores.append((stage.clock.now() + late, platform, len(self.links) - 1))
        self._do_chores()
        while not stage.poll():
            stage.clock.advance(5)

    def _do_chores(self) -> None:
        now = self._stage.clock.now()
        due, self._chores = [c for c in self._chores if c[0] <= now], [c for c in self._chores if c[0] > now]
        for _, platform, n in due:
            self._announce(platform, self.links[n])

    def _announce_now(self, platform: str) -> None:
        mine = [chore for chore in self._chores if chore[1] == platform]
        for chore in mine:
            self._chores.remove(chore)
            self._announce(platform, self.links[chore[2]])

    def _announce(self, platform: str, link: str) -> None:
        chance = self._chance
        by = WEB if chance.random() < 0.06 else OURS if platform == "facebook" else ROBOT
        told: dict[str, Any] = {"application": by}
        if platform == "mastodon" and chance.random() < 0.6:
            told |= {
                "media": ["Une banderole", None][: chance.randint(1, 2)],
                "spoiler": chance.choice(("", "Conflit")),
            }
        made = self._stage.box.announce(platform, f"À lire : {link}?utm_source=robot&fbclid=1", **told)
        self.usual.append(Usual(platform, link, plain(made), by=by))

    # --- time ---------------------------------------------------------------------------------------------------------

    def _turn(self) -> datetime | None:
        stage = self._stage
        due = stage.turn()
        stage.daemon.rounds.overhear()
        stage.liar.wait_idle()
        return due

    def _until(self, hour: datetime) -> None:
        """Let the usual tool, the daemon, and a person who lifts what stopped, work until then."""
        stage = self._stage
        while stage.clock.now() < hour:
            self._do_chores()
            due = self._turn()
            if stage.stops() and self._chance.random() < 0.3:
                stage.house.controlling.resume(None)
            step = timedelta(seconds=self._chance.choice((10, 30, 60, 120)))
            soonest = max(due or hour, stage.clock.now() + step)
            chore = min((at for at, *_ in self._chores), default=hour)
            soonest = min(soonest, hour, max(chore, stage.clock.now() + timedelta(seconds=1)))
            if stage.clock.now() < hour:
                stage.clock.advance(max(timedelta(0), soonest - stage.clock.now()))

    def _put_back(self, name: str) -> None:
        """Ask for all while the networks lie, as a person does; and in fair weather for what was not put back."""
        stage = self._stage
        for calm in (False, True):
            self._weather.calm, self._weather.outages = calm, []
            for found in stage.house.reinstating.edited(name):
                if found.may_be_put_back:
                    stage.house.reinstating.ask(found)
            for _ in range(60):
                self._until(stage.clock.now() + timedelta(minutes=3))
                if all(State(r["state"]) in SETTLED for r in stage.records()):
                    break

    # --- the verdict --------------------------------------------------------------------------------------------------

    def _judge(self) -> None:
        found, stage = self.found, self._stage
        with stage.house.store.reading() as tx:
            back = [r for r in tx.register.records(LogQuery(everything=True)) if r["kind"] == "restore"]
            refused = {tx.actions.get(int(str(r["id"]))).post_id or "" for r in back if r["state"] == "refused"}
            evidence = Evidence(
                [plain(post) for post in stage.box.posts()], self.usual, self._said(),
                {name: (name, "") for name in PLATFORMS}, is_patient=False, drops_media=True,
                heard_once=frozenset({"x"}), refused=frozenset(refused),
            )  # fmt: skip
            trial = Trial(evidence, found, set(self.links), tx)
            for name in PLATFORMS:
                for link in self.links:
                    trial.judge(name, link)
            self._judge_patience(tx)
        found.restored_late = sum(r["state"] != "sent" for r in back)
        found.lies = sum(self._weather.told.values())

    def _judge_patience(self, tx: Transaction) -> None:
        """Judge that a person is asked about an account that cannot be read after ten minutes, and no sooner."""
        since: dict[int | None, datetime] = {}
        for event in tx.events.since(0):
            if event.data.get("reason") != GUARD_UNREAD:
                since.pop(event.action_id, None)
            elif event.kind == "looking":
                since.setdefault(event.action_id, event.at)
            elif event.kind == "held":
                self.found.asked_unread += 1
                if event.at - since[event.action_id] < Limits().guard_patience:
                    self.found.accuse("hasty", event.action_id, event.at)

    def _said(self) -> list[dict[str, Any]]:
        """Return, for each call to publish, as of when the account had been shown since the call before."""
        said = []
        for call in sorted(self._stage.liar.calls, key=lambda call: call.at):
            readings = [r for r in self._stage.liar.readings if r.platform == call.platform and r.at <= call.at]
            shows = readings[-1].shows if readings else None
            said.append({"account": call.platform, "link": f"{self._stage.box.url}/articles/{call.article}",
                         "read": shows and shows.isoformat(), "at": call.at.isoformat()})  # fmt: skip
        return said


def campaign(runs: int, seed: int) -> LiesFound:
    """Let the networks lie about `runs` articles; return what was found."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        found = Campaign(Path(folder), runs, seed).run()
    found.seconds = round(time.monotonic() - began, 1)
    return found


def main() -> int:
    """Run the campaign and print its table; 1 if a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    found = campaign(options.runs, options.seed)
    print(found.table(f"The network lies beside the usual tool · waits undivided · seed {options.seed}"))
    return 0 if found.clean else 1


if __name__ == "__main__":
    sys.exit(main())
