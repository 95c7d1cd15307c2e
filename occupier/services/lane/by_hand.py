"""By hand: tell people what to post, and give up what nobody said to have posted when the strike is over.

What was handed is told at least once: a process that dies between the telling and the note of it tells again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from occupier.domain.action import Action, Payload, State
from occupier.domain.by_hand import MANUAL, NOT_DONE, STILL_ASKED, is_by_hand, posting_page, takes_text
from occupier.domain.errors import Sentence
from occupier.domain.ports import Change, Notice, Notices, Store, Target, Transaction
from occupier.domain.setup import Account, Setup
from occupier.services.lane.told import note_told, told

_TOLD = "told_by_hand"
KIND = "by_hand"
"""The kind of the notices that ask a person to post."""


@dataclass(frozen=True, slots=True)
class Task:
    """A text that a person was handed. `page`: the network's own window with the text, None where it has none."""

    action: Action
    account: Account
    payload: Payload
    title: str
    page: str | None

    @property
    def is_given_up(self) -> bool:
        """Whether the strike was over before anybody said that it was posted."""
        return self.action.state is State.MISSED


def tasks(tx: Transaction, setup: Setup) -> list[Task]:
    """Return what people were handed and have not answered, oldest first; of the last day what was given up too."""
    by_name = {account.name: account for account in setup.accounts if is_by_hand(account)}
    if not by_name:
        return []
    ours = [(by_name[t.name], t) for t in tx.targets.all() if t.platform == MANUAL and t.name in by_name]
    found = [task for account, target in ours for task in _tasks_of(tx, account, target)]
    return sorted(found, key=lambda task: task.action.id)


def _tasks_of(tx: Transaction, account: Account, target: Target) -> Iterator[Task]:
    for action in tx.actions.handed(target.id, tx.now - STILL_ASKED):
        if action.payload is not None and action.reason in ("handed", NOT_DONE):
            title = tx.articles.get(action.article_id or 0).title
            yield Task(action, account, action.payload, title, posting_page(account, action.payload))


class ByHand:
    """Minds what people were handed."""

    def __init__(self, store: Store, notices: Notices, setup: Callable[[], Setup]) -> None:
        self._store = store
        self._notices = notices
        self._setup = setup

    def mind(self) -> None:
        """Tell what was handed since the last look. Raises DatabaseError."""
        with self._store.reading() as tx:
            waiting = [t for t in tasks(tx, self._setup()) if not t.is_given_up and not _is_over(tx, t.action)]
            before = told(tx, _TOLD)
        for task in waiting:
            if str(task.action.id) not in before:
                self._notices.tell(_to_post(task))
        note_told(self._store, _TOLD, before, {str(task.action.id) for task in waiting})

    def lapse(self) -> int:
        """Give up what nobody said to have posted before the strike was over; return how many. Raises DatabaseError."""
        with self._store.reading() as tx:
            if not list(_overtaken(tx)):
                return 0
        with self._store.writing() as tx:
            over = list(_overtaken(tx))
            for action in over:
                tx.actions.change(action, Change(State.MISSED, NOT_DONE), "missed")
        if over:
            text = (
                "The strike is over, and nobody said of these posts that they were made by hand: {ids}. They count as"
                " not posted. For one that was posted, type occupier done and its number."
            )
            self._notices.tell(Notice(KIND, Sentence(text, {"ids": [str(action.id) for action in over]})))
        return len(over)


def _overtaken(tx: Transaction) -> Iterator[Action]:
    """Yield what waits for a person's word after its strike, on accounts that the settings no longer name too."""
    for target in tx.targets.all():
        if target.platform == MANUAL:
            waiting = tx.actions.in_state(State.HANDED, target_id=target.id)
            yield from (action for action in waiting if _is_over(tx, action))


def _to_post(task: Task) -> Notice:
    text = "To post by hand on {account}: {text} – Once it is there: occupier done {id}"
    values = {"account": task.account.name, "text": task.payload.shown, "id": task.action.id, "page": task.page}
    if task.page is not None and takes_text(task.account):
        text = "To post by hand on {account}: {text} – It stands ready at {page} – Once it is there: occupier done {id}"
    elif task.page is not None:
        text = "To post by hand on {account}: {text} – Copy it, then open {page} – Once it is there: occupier done {id}"
    return Notice(KIND, Sentence(text, values))


def _is_over(tx: Transaction, action: Action) -> bool:
    strike = tx.strikes.of(action)
    return strike is not None and strike.is_over(tx.now)
