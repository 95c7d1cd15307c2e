"""Conclude: when a strike is over, say what is left to people; once nothing of it moves or waits, that all is clear."""

from __future__ import annotations

from collections.abc import Callable

from occupier.domain.action import FOR_A_PERSON, WAITING, State
from occupier.domain.afterwards import SAID_FOR, afterwards
from occupier.domain.errors import Sentence
from occupier.domain.fates import Fate
from occupier.domain.ports import Notice, Notices, Store, Transaction
from occupier.domain.recount import Recount
from occupier.domain.setup import Setup
from occupier.domain.strike import Strike
from occupier.services.review.recounting import Recounting

_CHECKLIST, _CLEAR = "afterwards:", "all_clear:"


class Concluding:
    """Tells each thing once, whatever process it is that runs then. Nothing is told of strikes that never began."""

    def __init__(self, store: Store, recounting: Recounting, notices: Notices, setup: Callable[[], Setup]) -> None:
        self._store = store
        self._recounting = recounting
        self._notices = notices
        self._setup = setup

    def mind(self) -> None:
        """Tell what is due of the strikes that are over. Raises DatabaseError."""
        with self._store.reading() as tx:
            strikes, now = tx.strikes.all(), tx.now
            over = [s for s in strikes if s.closed_at and now - s.closed_at < SAID_FOR and not s.destroyed_at]
            due = [s for s in over if tx.runtime.get(f"{_CHECKLIST}{s.id}") is None]
            unclear = [s for s in over if tx.runtime.get(f"{_CLEAR}{s.id}") is None and not _open(tx, s)]
        for strike in due:
            self._note(_CHECKLIST, strike)
            self._tell_afterwards(strike, afterwards(strike, strikes, self._setup(), now))
        for strike in unclear:
            self._tell_clear(strike)

    def _tell_afterwards(self, strike: Strike, steps: tuple[Sentence, ...]) -> None:
        if not steps:
            return
        if strike.ended_at < strike.ends_at:  # at its hour, whoever closes it says so
            text = "The strike “{name}” was ended before its hour, {end}: no strike post leaves any more."
            values = {"name": strike.name, "end": strike.ended_at}
            self._notices.tell(Notice("strike_over", Sentence(text, values)))
        text = "After the strike “{name}”, for people to do:{steps}"
        self._notices.tell(Notice("afterwards", Sentence(text, {"name": strike.name, "steps": steps})))

    def _tell_clear(self, strike: Strike) -> None:
        recount = self._recounting.of(strike.name)
        if not recount.is_settled:
            return
        self._note(_CLEAR, strike)
        if strike.ended_at > strike.starts_at:
            self._notices.tell(Notice("all_clear", _all_clear(recount)))

    def _note(self, key: str, strike: Strike) -> None:
        with self._store.noting() as tx:
            tx.runtime.set(f"{key}{strike.id}", "yes")


def _open(tx: Transaction, strike: Strike) -> bool:
    moving = tx.actions.in_state(State.SENDING, *WAITING, *FOR_A_PERSON)
    # where a usual post was deleted and nothing stands there yet, something is still to come
    return any(action.strike_id == strike.id for action in (*moving, *tx.actions.owed()))


def _all_clear(recount: Recount) -> Sentence:
    text = (
        "Strike “{name}”: all clear. Everything is settled, nothing is under way and nothing waits for a person. Strike"
        " posts: {replaced}. Not posted: {not_posted}. Begun after the end: {late}."
    )
    values = {
        "name": recount.strike.name,
        "replaced": recount.total(Fate.REPLACED),
        "not_posted": recount.total(Fate.NOT_POSTED) + recount.unlisted,
        "late": recount.late,
    }
    return Sentence(text, values)
