"""The network lies: at every stage of a call, to every account, for hours if need be.

    python -m tests.campaigns.network_lies --runs 1000 --seed 7

A run is an article, on three networks. The clock is controlled: no wait is divided, save the 25 s of a call, and an
outage of a day lasts a moment. Doubles where a network shows a post later than `settle_after`, or twice a copy of its
timeline as old as that, *and* takes the identical text again are counted apart: there nothing is promised.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from occupier.domain.action import Attempt, State
from occupier.domain.limits import MAX_ATTEMPTS
from occupier.domain.ports import Event
from occupier.domain.strike import Strike
from tests.campaigns.liar import AFTER, BEFORE, CONNECTION_LIES, PLATFORMS, REFUSALS, WAITS, Lie
from tests.campaigns.stage import Network, Stage
from tests.campaigns.world import SETTLED, Tally

LAGS = (0.0, 0.0, 30.0, 30.0, 115.0, 400.0)
"""When a post is seen by its owner, in seconds; the last is later than `settle_after` and the second look."""
SETTLE_AFTER, BETWEEN, BASE = timedelta(seconds=120), timedelta(seconds=60), timedelta(seconds=30)
GUARD, FRESHNESS = timedelta(seconds=5), timedelta(hours=2)
KEY_LIFE = timedelta(hours=1)
WEATHER = {"connect": 0.06, "read": 0.15, "write": 0.45, "feed": 0.2}


@dataclass(frozen=True)
class Outage:
    """A network that is out of reach for a while."""

    platform: str
    since: datetime
    until: datetime
    lie: Lie


@dataclass
class Episode:
    """A strike, its articles, and how the networks behaved meanwhile."""

    strike: Strike
    network: Network
    articles: list[int] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)


@dataclass
class LiesTally(Tally):
    """What was found. `beyond`: doubles and wrong words where nothing is promised. `impolite`: calls too early or
    too many.
    """

    beyond: int = 0
    impolite: int = 0
    untrue: int = 0
    calls: int = 0
    lies: int = 0
    most_attempts: int = 0
    divided_by: float = 1

    @property
    def clean(self) -> bool:
        """Whether nothing was found that is promised not to be."""
        return super().clean and not (self.impolite or self.untrue)

    def table(self, title: str) -> str:
        """Return the table, without the line that is about kills."""
        lines = super().table(title).splitlines()
        return "\n".join(line for line in lines if not line.strip().startswith("reached"))


class Weather:
    """Chooses the lies: the outages of the episode first, then chance."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.now: Callable[[], datetime] = lambda: datetime.max.replace(tzinfo=UTC)
        self.outages: list[Outage] = []
        self.calm = False
        self.told: Counter[str] = Counter()
        self._stale: set[str] = set()
        self.copies: list[tuple[str, datetime]] = []

    def choose(self, platform: str, stage: str) -> Lie | None:
        """Say what happens to this platform at this stage."""
        out = next((o for o in self.outages if o.platform == platform and o.since <= self.now() < o.until), None)
        if out is not None:
            lie = self._during(out, stage)
        elif self.calm or self._chance.random() > WEATHER[stage]:
            lie = None
        else:
            lie = self._any(platform, stage)
        if stage == "read" and (lie is None or lie.kind != "stale"):
            self._stale.discard(platform)
        self.told[f"{stage} {lie}"] += lie is not None
        return lie

    def fooled(self, platform: str, there: Sequence[Any], until: datetime) -> bool:
        """Say whether two copies older than `settle_after` were shown after the first post: a timeline that is late.

        With a failed reading between them, two may follow each other.
        """
        since = [post.created_at + SETTLE_AFTER for post in there[:1]]
        return len([at for name, at in self.copies if since and name == platform and since[0] <= at < until]) >= 2

    def _during(self, out: Outage, stage: str) -> Lie | None:
        return out.lie if (stage == "connect") == (out.lie.kind in CONNECTION_LIES) else None

    def _any(self, platform: str, stage: str) -> Lie:
        pick = self._chance.choice
        if stage == "connect":
            kinds = CONNECTION_LIES if platform in ("mastodon", "facebook") else ("dns", "refused", "slow_dns")
            return Lie(pick(kinds))
        if stage == "read" and platform not in self._stale and self._chance.random() < 0.4:
            self._stale.add(platform)  # an old copy of the timeline, but never twice in a row
            self.copies.append((platform, self.now()))
            return Lie("stale")
        if stage in ("read", "feed"):
            return Lie(pick([k for k in AFTER if k not in ("silence", "drip")]), accepted=True)
        die = self._chance.random()
        if die < 0.2:
            return Lie("throttled", form=pick(WAITS))
        if die < 0.3:
            return Lie("refusal", form=pick(REFUSALS))
        return Lie(pick(BEFORE)) if die < 0.6 else Lie(pick(AFTER), accepted=True)


class Campaign:
    """Strike after strike on one journal, each in its own weather."""

    def __init__(self, folder: Path, runs: int, seed: int) -> None:
        self._chance = random.Random(seed)
        random.seed(seed)  # the jitter of the retries is the house's own
        self._weather = Weather(self._chance)
        self._stage = Stage(folder, seed, self._weather.choose)
        self._weather.now = self._stage.clock.now
        self._runs = runs
        self.episodes: list[Episode] = []

    def run(self) -> LiesTally:
        """Run it; return what was found."""
        began = time.monotonic()
        with self._stage as stage:
            self._weather.calm = True
            stage.publish("Déjà là avant tout")
            assert stage.poll()
            stage.turn()
            left = self._runs
            while left:
                count = min(left, self._chance.randint(3, 9))
                self._episode(count)
                left -= count
            result = judge(stage, self.episodes, self._weather)
        result.seconds = round(time.monotonic() - began, 1)
        return result

    def _episode(self, count: int) -> None:
        chance, stage = self._chance, self._stage
        network = Network(chance.choice(LAGS), chance.random() < 0.5, chance.random() < 0.5)
        stage.behave(network)
        lasting = timedelta(minutes=chance.choice((20, 60, 180, 360)))
        # identified in fair weather: a token that is refused at the start is another campaign's matter
        strike = stage.declare(f"greve-{len(self.episodes)}", lasting)
        episode = Episode(strike, network, outages=list(self._outages(strike)))
        self.episodes.append(episode)
        self._weather.calm, self._weather.outages = False, episode.outages
        self._publish(episode, count)
        self._settle(episode)
        self._weather.calm, self._weather.outages = True, []
        stage.clock.advance(timedelta(hours=1))

    def _outages(self, strike: Strike) -> Iterable[Outage]:
        chance, whole = self._chance, strike.ends_at - strike.starts_at
        for platform in PLATFORMS:
            if chance.random() > 0.3:
                continue
            since = strike.starts_at + whole * chance.uniform(0, 0.9)
            after_end = strike.ends_at - since + timedelta(minutes=30)
            length = chance.choice((timedelta(minutes=3), timedelta(minutes=12), timedelta(hours=3), after_end,
                                    after_end + timedelta(hours=26)))  # fmt: skip
            kind = chance.choice(("dns", "refused", "5xx", "5xx_page", "reset", "closed"))
            yield Outage(platform, since, since + length, Lie(kind))

    def _publish(self, episode: Episode, count: int) -> None:
        """Publish at random times of the strike, the last ones close to its end, and let the daemon see each."""
        chance, stage, strike = self._chance, self._stage, episode.strike
        whole = strike.ends_at - strike.starts_at
        latest = whole - timedelta(seconds=30)
        hours = sorted(min(whole * chance.uniform(0, 1.02), latest) for _ in range(count))
        for hour in hours:
            self._until(strike.starts_at + hour)
            seen = stage.clock.now() < strike.ends_at - 2 * GUARD
            number = stage.publish(f"Article {len(self.episodes)}-{len(episode.articles)} de la campagne")
            while not stage.poll():
                seen = seen and stage.clock.now() < strike.ends_at - 2 * GUARD
                stage.clock.advance(0.2)
            if seen and stage.clock.now() < strike.ends_at:
                episode.articles.append(number)

    def _until(self, hour: datetime) -> None:
        """Let the daemon work, and a person lift what stopped, until then."""
        stage = self._stage
        while stage.clock.now() < hour:
            due = stage.turn()
            self._person()
            # a stopped lane asks every few seconds: over a day, that is not what is looked at
            step = max(timedelta(seconds=self._chance.choice((10, 30, 60, 300))), (hour - stage.clock.now()) / 30)
            soonest = max(due or hour, stage.clock.now() + step)
            if stage.clock.now() < hour:
                stage.clock.advance(max(timedelta(0), min(soonest, hour) - stage.clock.now()))

    def _settle(self, episode: Episode) -> None:
        """Go on past the strike's end until everything is through, or two days have passed."""
        stage, end = self._stage, episode.strike.ends_at
        self._until(end + timedelta(minutes=5))
        for hours in (0.2, 0.5, 1, 3, 12, 26, 50):
            if all(State(r["state"]) in SETTLED for r in stage.records()):
                return
            self._until(end + timedelta(hours=hours))

    def _person(self) -> None:
        if self._stage.stops() and self._chance.random() < 0.3:
            self._stage.house.controlling.resume(None)


# --- judging ----------------------------------------------------------------------------------------------------------


def judge(stage: Stage, episodes: list[Episode], weather: Weather) -> LiesTally:
    """Compare what the newsroom published, what the networks hold, what the proxy saw, and what the log says."""
    result = LiesTally(runs=sum(len(e.articles) for e in episodes))
    records = {(r["article_url"].rpartition("/")[2], r["platform"]): r for r in stage.records()}
    events, attempts = stage.last_events(), stage.attempts()
    held = _held(stage)
    for episode in episodes:
        for number in episode.articles:
            for platform in PLATFORMS:
                record, there = records.get((str(number), platform)), held.get((platform, number), [])
                concluded = there[1].created_at if len(there) > 1 else episode.strike.ends_at + timedelta(days=2)
                late = episode.network.lag > SETTLE_AFTER.total_seconds() or weather.fooled(platform, there, concluded)
                _judge_one(result, episode, platform, record, there, events, attempts, late=late)
    known = {number for episode in episodes for number in episode.articles}
    result.wrongly_sent = sum(1 for _, number in held if number not in known) + _outside(stage, episodes)
    result.impolite = _too_early(stage) + sum(_impatient(tried) for tried in attempts.values())
    result.calls, result.lies = len(stage.liar.calls), sum(weather.told.values())
    result.most_attempts = max(map(len, attempts.values()), default=0)
    return result


def _held(stage: Stage) -> dict[tuple[str, int], list[Any]]:
    held: dict[tuple[str, int], list[Any]] = {}
    for post in stage.box.posts():
        number = int(next((link for link in post.links if "/articles/" in link), "/0").rpartition("/")[2])
        held.setdefault((post.platform, number), []).append(post)
    return held


def _judge_one(
    result: LiesTally, episode: Episode, platform: str, record: Mapping[str, Any] | None, there: list[Any],
    events: Mapping[int, Event], attempts: Mapping[int, list[Attempt]], *, late: bool,
) -> None:  # fmt: skip
    result.concerned += 1
    result.published += len(there) == 1
    if record is None:
        result.lost += 1
        return
    promised = not late or _refuses_again(episode.network, platform, there)
    if len(there) > 1:
        result.twice += (len(there) - 1) * promised
        result.beyond += (len(there) - 1) * (not promised)
    state, action_id = State(record["state"]), int(record["id"])
    if state is State.SENT:
        result.disagree += record["post_id"] not in {p.id for p in there}
    elif state in SETTLED - {State.HELD}:
        result.missed += 1
        result.disagree += bool(there) and not late
        result.beyond += bool(there) and late
        result.untrue += not _is_true(record, episode.strike, events[action_id], attempts[action_id])
    elif state in (State.UNCERTAIN, State.HELD):
        result.for_a_person += 1
        result.untrue += record["reason"] != "ask"
    else:
        result.lost += 1


def _refuses_again(network: Network, platform: str, there: list[Any]) -> bool:
    """Say whether the network refuses the identical text: then nothing is doubled, however late it shows a post."""
    if len(there) < 2:
        return True
    if platform == "x":
        return not network.duplicates_allowed
    if platform == "mastodon":
        first, last = there[0].created_at, there[-1].created_at
        return not network.ignore_keys and last - first < KEY_LIFE
    return False  # Facebook looks at its last post only


def _is_true(record: Mapping[str, Any], strike: Strike, event: Event, attempts: list[Attempt]) -> bool:
    """Say whether the reason that the log gives is so."""
    seen = datetime.fromisoformat(record["first_seen_at"])
    match record["state"], record["reason"]:
        case "missed", "strike_over":
            return event.at >= strike.ends_at - GUARD
        case "missed", "stale":
            return event.at - seen > FRESHNESS
        case "failed", "attempts":
            unsent = [a for a in attempts if a.outcome == "retryable" and a.http_status is None]
            return len(unsent) >= MAX_ATTEMPTS
        case "refused", "content":
            return attempts[-1].outcome == "refused:content"
    return False


def _outside(stage: Stage, episodes: list[Episode]) -> int:
    """Count the requests that began outside the strike of their article."""
    strikes = {number: episode.strike for episode in episodes for number in episode.articles}
    # the proxy moves the clock by at most 1.5 s between the gate and what it notes
    slack = timedelta(seconds=1.5)
    return sum(
        1
        for call in stage.liar.calls
        if call.article in strikes
        and not strikes[call.article].starts_at <= call.at < strikes[call.article].ends_at - GUARD + slack
    )


def _too_early(stage: Stage) -> int:
    """Count the requests to publish that came while the network had asked for silence."""
    calls = stage.liar.calls
    return sum(
        1
        for silence in stage.liar.silences
        for call in calls
        # a second is lost where a network names a full second
        if call.platform == silence.platform
        and silence.since + timedelta(seconds=2) < call.at < silence.until - timedelta(seconds=1)
    )


def _impatient(tried: list[Attempt]) -> int:
    """Count the attempts that came too soon after the one before, and those that were too many."""
    early = 0
    for before, after in zip(tried, tried[1:], strict=False):
        assert before.ended_at is not None
        if before.outcome == "uncertain":
            early += after.started_at - before.ended_at < SETTLE_AFTER + BETWEEN
        elif before.outcome == "retryable":
            early += after.started_at - before.ended_at < BASE * 2 ** (before.n - 1)
            early += before.not_before is not None and after.started_at < before.not_before
    unsent = [a for a in tried if a.outcome == "retryable" and a.http_status is None]
    return early + (len(unsent) > MAX_ATTEMPTS)


def campaign(runs: int, seed: int) -> LiesTally:
    """Let the networks lie about `runs` articles; return what was found."""
    with tempfile.TemporaryDirectory() as folder:
        return Campaign(Path(folder), runs, seed).run()


def main() -> int:
    """Run the campaign and print its table; 1 if a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    result = campaign(options.runs, options.seed)
    print(result.table(f"The network lies · controlled clock, waits undivided · seed {options.seed}"))
    return 0 if result.clean else 1


if __name__ == "__main__":
    sys.exit(main())
