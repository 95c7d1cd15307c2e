"""Housekeeping: what time alone changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from occupier.domain.action import State
from occupier.domain.decision import Miss, Rulebook, decide_due, is_first_held
from occupier.domain.errors import Sentence
from occupier.domain.ports import Change, Notice, Notices, Pause, Store
from occupier.domain.setup import Setup
from occupier.domain.strike import Strike
from occupier.services.lane.first_posts import nobody_said_yes
from occupier.services.lane.spending import day_start


class Housekeeping:
    """Lapses what waited too long, lifts what lasts a day, and keeps the PAUSE file's row true."""

    def __init__(self, store: Store, notices: Notices, setup: Callable[[], Setup], pause_file: Path) -> None:
        self._store = store
        self._notices = notices
        self._setup = setup
        self._pause_file = pause_file
        self._file_seen: bool | None = None

    def lapse(self) -> int:
        """Make missed what waits in vain: the strike is over, or the article is old. Returns how many."""
        setup = self._setup()
        book = Rulebook((), setup.rules, setup.freshness)
        lapsed, news = 0, []
        with self._store.writing() as tx:
            strikes = {s.id: s for s in tx.strikes.all()}
            for action in tx.actions.in_state(State.PENDING, State.RETRY, State.HELD):
                article = tx.articles.get(action.article_id or 0)
                strike = strikes.get(action.strike_id or 0)
                decision = decide_due(action, article, strike, book, setup.limits.guard, tx.now)
                if isinstance(decision, Miss):
                    lapsed += tx.actions.change(action, Change(State.MISSED, decision.reason), "missed")
                    if is_first_held(action) and decision.reason != "strike_over":
                        names = {t.id: t.name for t in tx.targets.all()}
                        news.append(nobody_said_yes(names[action.target_id], article))
        for notice in news:
            self._notices.tell(notice)
        return lapsed

    def new_day(self) -> None:
        """Lift the stops of a spent budget when the day is over, in the settings' zone."""
        with self._store.writing() as tx:
            today = day_start(tx.now, self._setup())
            for pause in tx.pauses.all():
                if pause.reason == "budget" and pause.since < today:
                    tx.pauses.lift(pause.target_id, ["lane"])

    def tell_destructions(self) -> None:
        """Tell once of each strike whose log is to be destroyed from today on; to do it stays a person's command."""
        zone = self._setup().zone
        with self._store.reading() as tx:
            today = tx.now.astimezone(zone).date()
            due = [s for s in tx.strikes.all() if s.destroy_on and s.destroy_on <= today and not s.destroyed_at]
            news = [strike for strike in due if tx.runtime.get(_destruction_note(strike)) is None]
        for strike in news:
            with self._store.writing() as tx:
                tx.runtime.set(_destruction_note(strike), "yes")
            text = (
                "The day has come to destroy the log of the strike “{name}”, as was decided ({day}): occupier log"
                " destroy {name}"
            )
            self._notices.tell(Notice("destroy", Sentence(text, {"name": strike.name, "day": str(strike.destroy_on)})))

    def mind_pause_file(self) -> None:
        """Tell of the PAUSE file when it comes and goes; claims look at the file itself."""
        there = self._pause_file.exists()
        if there == self._file_seen:
            return
        with self._store.writing() as tx:
            if there:
                changed = tx.pauses.add(Pause(None, "file", "file", tx.now))
            else:
                changed = tx.pauses.lift(None, ["file"]) > 0
        self._file_seen = there  # only now: a row that could not be written is tried again
        if changed:
            text = (
                "The file PAUSE is there: nothing is posted until it is removed."
                if there
                else "The file PAUSE is gone: posting goes on."
            )
            self._notices.tell(Notice("pause_file", Sentence(text), serious=there))


def _destruction_note(strike: Strike) -> str:
    return f"destroy:{strike.id}"
