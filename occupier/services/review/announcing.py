"""Announce what the journal's rows say has changed: a person's pause, a lane that goes on, a post that waits for a yes.

Whoever causes such a change may be another process, so it is found by looking, not by being there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from occupier.domain.action import Action, State
from occupier.domain.decision import FIRST_POST, USUAL_OUT
from occupier.domain.errors import Sentence
from occupier.domain.ports import Notice, Notices, Pause, Store, Transaction
from occupier.domain.text import clean
from occupier.services.lane.empty_places import SOON, Empty, left_empty, stands_empty
from occupier.services.lane.told import note_told, told

_BY_PEOPLE_AND_LANES = ("person", "lane")
"""The other causes tell of themselves: see housekeeping, listening and clockwatch."""
_TOLD_BY_THEMSELVES = frozenset({"mass", FIRST_POST})
_TOLD = "told_held"
_TOLD_EMPTY = "told_empty"
MOST_ONE_BY_ONE = 3

Stop = tuple[int | None, str]


class Announcing:
    """Tells of each change once. What stood when the process began was told by the one before, or is in `status`."""

    def __init__(self, store: Store, notices: Notices) -> None:
        self._store = store
        self._notices = notices
        self._stops: set[Stop] | None = None

    def look(self) -> None:
        """Tell what has changed since the last look. Raises DatabaseError."""
        with self._store.reading() as tx:
            names = {target.id: target.name for target in tx.targets.all()}
            pauses = tx.pauses.all()
            held = tx.actions.in_state(State.HELD)
            before = told(tx, _TOLD)
            said = {a.id: _told_of(tx, a) for a in self._fresh(held, before)}
            empty, before_empty = list(left_empty(tx, SOON)), told(tx, _TOLD_EMPTY)
            titles = {one.deletion.id: _title(tx, one.deletion) for one in empty}
        self._tell_stops(pauses, names)
        self._tell_held(held, before, names, said)
        self._tell_empty(empty, before_empty, names, titles)

    # --- stops --------------------------------------------------------------------------------------------------------

    def _tell_stops(self, pauses: Sequence[Pause], names: Mapping[int, str]) -> None:
        stops: set[Stop] = {(p.target_id, p.by) for p in pauses if p.by in _BY_PEOPLE_AND_LANES}
        before, self._stops = self._stops, stops
        if before is None:
            return
        for target_id, by in sorted(stops - before, key=str):
            if by == "person":
                self._notices.tell(Notice("paused", _paused(names.get(target_id or 0))))
        still = {target_id for target_id, _by in stops}
        for target_id in sorted({target_id for target_id, _by in before - stops} - still, key=str):
            self._notices.tell(Notice("all_clear", _goes_on(names.get(target_id or 0))))

    # --- places left empty ----------------------------------------------------------------------------------------

    def _tell_empty(
        self, empty: Sequence[Empty], before: set[str], names: Mapping[int, str], titles: Mapping[int, str]
    ) -> None:
        note_told(self._store, _TOLD_EMPTY, before, {str(one.deletion.id) for one in empty})
        for one in empty:
            if str(one.deletion.id) not in before:
                sentence = stands_empty(one, names[one.deletion.target_id], titles[one.deletion.id])
                self._notices.tell(Notice("owed", sentence, serious=True))

    # --- posts on hold ------------------------------------------------------------------------------------------------

    def _tell_held(
        self, held: Sequence[Action], before: set[str], names: Mapping[int, str], said: Mapping[int, Sentence]
    ) -> None:
        fresh = self._fresh(held, before)
        standing = {str(action.id) for action in held if action.reason not in _TOLD_BY_THEMSELVES}
        note_told(self._store, _TOLD, before, standing)
        if len(fresh) > MOST_ONE_BY_ONE:
            text = "{n} posts wait for a person's decision: occupier status lists them, with what to type."
            self._say("held", text, {"n": len(fresh)}, serious=True)
            return
        for action in fresh:
            sentence = said[action.id]
            self._say("held", sentence.text, {**sentence.values, "account": names[action.target_id]}, serious=True)

    def _fresh(self, held: Sequence[Action], before: set[str]) -> list[Action]:
        return [a for a in held if str(a.id) not in before and a.reason not in _TOLD_BY_THEMSELVES]

    def _say(self, kind: str, text: str, values: Mapping[str, object], *, serious: bool = False) -> None:
        self._notices.tell(Notice(kind, Sentence(text, values), serious=serious))


def _told_of(tx: Transaction, action: Action) -> Sentence:
    """Say what waits, why, and what to type; the account's name is still to come."""
    title = _title(tx, action)
    if action.reason != USUAL_OUT:
        text = (
            "A post on {account} waits for a person's decision: {title}. Why: {reason}. Type occupier release {id}, or"
            " occupier drop {id}."
        )
        return Sentence(text, {"reason": action.reason, "title": title, "id": action.id})
    seen = [event.data for event in tx.register.history(action.id) if event.kind == "announced_elsewhere"]
    last = seen[-1] if seen else {}
    text = (
        "The usual post is out already on {account}: {title} ({who}, {url}). Pause the tool. The strike post waits:"
        " occupier release {id} posts it beside that one, occupier drop {id} leaves it out."
    )
    who = last.get("application") or Sentence("Somebody else")
    where = last.get("url") or last.get("remote_id") or "–"
    return Sentence(text, {"who": who, "url": where, "title": title, "id": action.id})


def _title(tx: Transaction, action: Action) -> str:
    return clean(tx.articles.get(action.article_id).title if action.article_id else "") or "–"


def _paused(name: str | None) -> Sentence:
    if name is None:
        return Sentence("A person paused everything: nothing is posted until occupier resume.")
    text = "A person paused {account}: nothing is posted there until occupier resume {account}."
    return Sentence(text, {"account": name})


def _goes_on(name: str | None) -> Sentence:
    if name is None:
        return Sentence("The pause of everything is over: posting goes on.")
    return Sentence("The account {account} is no longer stopped: posting goes on there.", {"account": name})
