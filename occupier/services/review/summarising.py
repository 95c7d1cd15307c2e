"""Summary: once a day of strike, where it has come to, for whoever is not before a screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from occupier.domain.agenda import SUMMARY_HOUR
from occupier.domain.decision import SILENCE
from occupier.domain.errors import Sentence
from occupier.domain.fates import Fate
from occupier.domain.ports import Notice, Notices, Store
from occupier.domain.recount import Recount
from occupier.domain.setup import Setup
from occupier.services.lane.spending import day_start
from occupier.services.review.recounting import Recounting

_NOTE = "summary"


class Summarising:
    """Tells the day's figures, and the head of the log, so that it is noted outside this machine."""

    def __init__(self, store: Store, recounting: Recounting, notices: Notices, setup: Callable[[], Setup]) -> None:
        self._store = store
        self._recounting = recounting
        self._notices = notices
        self._setup = setup

    def tell_day(self) -> None:
        """Tell of each strike that was in force today, once a day. Raises DatabaseError."""
        with self._store.reading() as tx:
            now, today = tx.now, self._today(tx.now)
            if now.astimezone(self._setup().zone).time() < SUMMARY_HOUR or tx.runtime.get(_NOTE) == today.isoformat():
                return
            strikes = [s.name for s in tx.strikes.all() if s.starts_at <= now and s.ended_at > today]
        if not strikes:
            return
        told = [_sentence(self._recounting.of(name)) for name in strikes]
        with self._store.noting() as tx:
            tx.runtime.set(_NOTE, today.isoformat())
        for sentence in told:
            self._notices.tell(Notice("summary", sentence))

    def _today(self, now: datetime) -> datetime:
        return day_start(now, self._setup())


def _sentence(recount: Recount) -> Sentence:
    text = (
        "Strike “{name}”, today’s summary. Articles concerned, on all accounts: {concerned}. Strike posts: {replaced}."
        " Usual posts, by a rule: {usual}. Under way: {under_way}. To check: {to_check}. Not posted: {not_posted}."
        "{ways} Gaps in watching: {gaps}. Head of the log, to be kept: {head}"
    )
    return Sentence(
        text,
        {
            "name": recount.strike.name,
            "concerned": recount.concerned,
            "replaced": recount.total(Fate.REPLACED),
            "usual": recount.total(Fate.AS_USUAL),
            "under_way": recount.total(Fate.UNDER_WAY),
            "to_check": recount.total(Fate.TO_CHECK),
            "not_posted": recount.total(Fate.NOT_POSTED) + recount.unlisted,
            "ways": _ways(recount),
            "gaps": len(recount.gaps),
            "head": recount.head.hash if recount.head else "–",
        },
    )


def _ways(recount: Recount) -> Sentence | str:
    """Say which other ways posts went than by occupier's own hand; nothing where none did."""
    values = {"edited": recount.edited, "handed": recount.handed, "silence": recount.left_for(SILENCE),
              "elsewhere": recount.elsewhere}  # fmt: skip
    text = (
        " Of the strike posts, usual posts edited in place: {edited}, handed to tools or people: {handed}. Of the not"
        " posted, by silence: {silence}. Usual posts in spite of the strike: {elsewhere}."
    )
    return Sentence(text, values) if any(values.values()) else ""
