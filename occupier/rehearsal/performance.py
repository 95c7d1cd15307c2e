"""The rehearsal itself: the daemon's own code at work on the sandbox, and somebody who watches it and tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from occupier.bootstrap import House, open_house
from occupier.daemon import Daemon
from occupier.domain.action import WAITING, State
from occupier.domain.errors import FailedError, Sentence
from occupier.domain.ports import Clock, LogQuery
from occupier.domain.strike import Strike
from occupier.rehearsal.arrangement import Arranged, strike_to_rehearse
from occupier.rehearsal.company import Company, Prompter
from occupier.rehearsal.programme import Cue, Pace, Phase, Programme, cues
from occupier.rehearsal.stage import Stage, has_left, shown
from occupier.rehearsal.stories import Story
from occupier.rehearsal.verdict import Evidence, Record, expected, told
from occupier.sandbox import Sandbox
from occupier.speech import _, clean_line, ngettext, say

LOOK = 0.2
"""Seconds between two looks at the journal."""


class Performance:
    """One rehearsal, from the first article to the last look."""

    def __init__(
        self, box: Sandbox, arranged: Arranged, programme: Programme, stage: Stage, clock: Clock, pace: Pace
    ) -> None:
        self._box = box
        self._arranged = arranged
        self._setup = arranged.setup
        self._programme = programme
        self._stage = stage
        self._clock = clock
        self._pace = pace
        self._prompter = Prompter()
        self._shown: set[object] = set()
        self._records: list[Record] = []
        self._alarms: dict[str, Sentence] = {}

    def run(self) -> Evidence:
        """Play it; raises OccupierError when it cannot go on."""
        house = open_house(self._arranged.settings, self._prompter, clock=self._clock, create=True)
        try:
            house.connect()
            for story in self._programme.baseline:
                self._publish(story)
            company = Company(Daemon(house, lambda: self._arranged.settings))
            with company.at_work():
                self._wait_until_ready(house, company)
                strike = self._declare(house)
                self._play(house, company, strike)
            self._stage.clear()
            return self._evidence(house, strike)
        finally:
            self._stage.clear()
            house.store.close()

    def _wait_until_ready(self, house: House, company: Company) -> None:
        began = self._clock.monotonic()
        while not _is_ready(house):
            waited = self._clock.monotonic() - began
            if waited > self._pace.ready.total_seconds():
                raise FailedError("The rehearsal could not begin: its feeds and accounts were not ready in time.")
            self._stage.progress(_("The feeds and the accounts are being looked at."), int(waited))
            self._tell()
            company.rest(LOOK)

    def _declare(self, house: House) -> Strike:
        now = self._clock.now()
        starts_at = now + self._pace.lead
        wanted = strike_to_rehearse(self._arranged.own, starts_at, starts_at + self._pace.strike, now)
        strike = house.striking.declare(wanted).strike
        hours = [f"{at.astimezone(self._setup.zone):%H:%M:%S}" for at in (strike.starts_at, strike.ends_at)]
        text = _("The strike “{name}” is declared, from {start} to {end}.")
        self._stage.say(text.format(name=strike.name, start=hours[0], end=hours[1]))
        return strike

    def _play(self, house: House, company: Company, strike: Strike) -> None:
        waiting = cues(self._programme, strike.starts_at, self._pace)
        phase = Phase.BEFORE
        while not self._is_over(strike, waiting):
            now = self._clock.now()
            phase = self._enter(phase, strike, now)
            while waiting and waiting[0].at <= now:
                self._give(waiting.pop(0))
            self._look(house)
            self._stage.progress(self._how_far(strike, now), int((now - strike.starts_at).total_seconds()))
            company.rest(LOOK)

    def _enter(self, phase: Phase, strike: Strike, now: datetime) -> Phase:
        present = _phase(strike, now)
        if present is not phase and present is Phase.DURING:
            self._stage.say(_("▶ The strike begins: from now on, strike posts in place of the usual ones."))
        if present is not phase and present is Phase.AFTER:
            self._stage.say(_("■ The strike is over: from now on, no strike post may leave."))
        return present

    def _give(self, cue: Cue) -> None:
        self._publish(cue.story)
        self._stage.say(_("The newsroom publishes: “{title}”").format(title=clean_line(cue.story.title)))

    def _publish(self, story: Story) -> None:
        self._box.publish(
            story.feed, title=story.title, summary=story.summary, categories=story.categories, link=story.link
        )

    def _look(self, house: House) -> None:
        with house.store.reading() as tx:
            self._records = list(tx.register.records(LogQuery(everything=True)))
        new = [record for record in self._records if has_left(record) and record["id"] not in self._shown]
        if new:
            self._shown |= {record["id"] for record in new}
            self._stage.show([shown(record) for record in new])
        self._tell()

    def _tell(self) -> None:
        for notice in self._prompter.told():
            if notice.serious:  # the rest is told from the journal
                said = say(notice.sentence, self._setup.zone)
                self._alarms.setdefault(said, notice.sentence)
                self._stage.say(f"! {said}")

    def _is_over(self, strike: Strike, waiting: list[Cue]) -> bool:
        since = self._clock.now() - strike.ends_at
        if waiting or since < self._pace.watch:
            return False
        return self._is_settled() or since > self._pace.tail

    def _is_settled(self) -> bool:
        under_way = {*WAITING, State.SENDING, State.UNCERTAIN}
        return told(self._records) >= expected(self._programme.stories, self._setup.accounts) and not any(
            record["state"] in under_way for record in self._records
        )

    def _how_far(self, strike: Strike, now: datetime) -> str:
        count = sum(record["kind"] == "strike" and has_left(record) for record in self._records)
        said = ngettext("{n} strike post", "{n} strike posts", count).format(n=count)
        match _phase(strike, now):
            case Phase.BEFORE:
                return _("before the strike: it begins in {n} s").format(n=_seconds(strike.starts_at - now))
            case Phase.DURING:
                left = _seconds(strike.ends_at - now)
                return _("on strike: {n} s to go · {posts}").format(n=left, posts=said)
            case _:
                seconds = _seconds(now - strike.ends_at)
                return _("after the strike, for {n} s: no strike post may leave · {posts}").format(
                    n=seconds, posts=said
                )

    def _evidence(self, house: House, strike: Strike) -> Evidence:
        self._look(house)
        ids = self._arranged.remote_ids
        accounts = [replace(account, remote_id=ids[account.name]) for account in self._setup.accounts]
        return Evidence(
            self._programme, accounts, strike, self._records, self._box.posts(), tuple(self._alarms.values())
        )


def _is_ready(house: House) -> bool:
    status = house.reviewing.status()
    return len(status.feeds) == len(house.live.setup().feeds) and all(
        (*(feed.baseline_at is not None for feed in status.feeds), *(a.verified for a in status.accounts))
    )


def _phase(strike: Strike, now: datetime) -> Phase:
    if now < strike.starts_at:
        return Phase.BEFORE
    return Phase.DURING if now < strike.ends_at else Phase.AFTER


def _seconds(length: timedelta) -> int:
    return max(0, -(-int(length / timedelta(milliseconds=1)) // 1000))
