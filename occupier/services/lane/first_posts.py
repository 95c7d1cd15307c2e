"""First posts: where the settings say so, the first strike post of an account waits for a person's yes.

The finished text is frozen when it begins to wait: what a person says yes to is what leaves. The strike posts behind it
stay pending, and the lane passes them over, so that none overtakes. A yes is a note of the journal, for the account and
the strike; a first post that goes without one makes the next article's the first.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from occupier.domain.action import Action, Payload, State
from occupier.domain.article import Article
from occupier.domain.decision import FIRST_POST, Rulebook, is_first_held, yes_until
from occupier.domain.errors import Sentence, TemplateError
from occupier.domain.ports import Change, Notice, Notices, Store, Target, Transaction
from occupier.domain.setup import Account, FirstPost, Setup
from occupier.domain.strike import Strike
from occupier.services.watch.drafting import Draft, Drafting

_YES = "first_post"


def note_yes(tx: Transaction, action: Action) -> None:
    """Write that a person said yes to strike posts on this action's account, under its strike."""
    tx.runtime.set(_note(action.target_id, action.strike_id), "yes")


def nobody_said_yes(account: str, article: Article) -> Notice:
    """Return what is told of a first strike post for which no yes came in time."""
    text = (
        "Nobody said yes in time to the first strike post on {account}: “{title}” is not announced there. The next"
        " article on {account} waits for a yes in its turn."
    )
    return Notice("first_post", Sentence(text, {"account": account, "title": article.title}), serious=True)


class FirstPosts:
    """Holds first strike posts, and tells of them what is to be said yes to."""

    def __init__(self, store: Store, drafting: Drafting, notices: Notices, setup: Callable[[], Setup]) -> None:
        self._store = store
        self._drafting = drafting
        self._notices = notices
        self._setup = setup
        self._told: dict[int, str] = {}
        self._telling = threading.Lock()

    def closed(self, tx: Transaction, target: Target) -> frozenset[int]:
        """Return the strikes whose first post waits on this account: none behind it may overtake."""
        return frozenset(a.strike_id for a in tx.actions.held_for(FIRST_POST, target.id) if a.strike_id is not None)

    def has_yes(self, tx: Transaction, account: Account, action: Action) -> bool:
        """Say whether strike posts may leave: no yes is wanted, or one was given, or one has left already."""
        if account.first_post is FirstPost.SEND or action.strike_id is None:
            return True
        given = tx.runtime.get(_note(action.target_id, action.strike_id)) is not None
        return given or tx.actions.has_begun(action.target_id, action.strike_id)

    def hold(self, tx: Transaction, account: Account, action: Action, strike: Strike, draft: Draft) -> None:
        """Let the account's first strike post wait, with its finished text, and tell how to say yes."""
        setup = self._setup()
        article = tx.articles.get(action.article_id or 0)
        book = Rulebook((), setup.rules, setup.freshness)
        until = yes_until(article, strike, account.first_post_within, book, account.guard(setup.limits.guard), tx.now)
        if tx.actions.change(action, _waiting(draft, until), "held"):
            self._tell(account, tx.actions.get(action.id), draft.payload, strike)

    def mind(self) -> None:
        """Tell of what waits and was not told of by this process, and follow the settings. Raises DatabaseError.

        Messages that were mended are what waits from then on; an account that no longer wants a yes goes on.
        """
        with self._store.reading() as tx:
            waiting = tx.actions.held_for(FIRST_POST)
            names = {target.id: target for target in tx.targets.all()} if waiting else {}
        for action in waiting:
            target = names[action.target_id]
            account = self._setup().account(target.name)
            if account is not None:
                self._mind_one(account, target, action.id)

    def _mind_one(self, account: Account, target: Target, action_id: int) -> None:
        with self._store.writing() as tx:
            action = tx.actions.get(action_id)
            if not is_first_held(action) or action.strike_id is None or action.payload is None:
                return
            if tx.now >= action.due_at:  # it is dropped in a moment
                return
            if account.first_post is FirstPost.SEND:
                tx.actions.change(action, Change(State.PENDING, "strike", due_at=action.decided_at), "released")
                return
            strike = tx.strikes.by_id(action.strike_id)
            draft = self._draft(tx, account, target, action, strike)
            if draft.payload != action.payload:
                tx.actions.change(action, _waiting(draft, action.due_at), "held")
        self._tell(account, action, draft.payload, strike)

    def _draft(self, tx: Transaction, account: Account, target: Target, action: Action, strike: Strike) -> Draft:
        article = tx.articles.get(action.article_id or 0)
        assert action.payload is not None
        try:
            return self._drafting.strike(tx, self._setup(), account, target, article, strike)
        except TemplateError:  # messages that cannot be used do not undo one that can
            return Draft(action.payload, action.pool_index)

    def _tell(self, account: Account, action: Action, payload: Payload, strike: Strike) -> None:
        """Tell once in the life of a process: one that died may have died before it told."""
        with self._telling:
            if self._told.get(action.id) == payload.hash:
                return
            self._told[action.id] = payload.hash
        text = (
            "The first strike post on {account} waits for your yes until {until} (strike “{name}”); the others"
            " wait behind"
            " it. To post it: occupier release {id}. To leave it out: occupier drop {id}. It says: {text}"
        )
        values = {"account": account.name, "until": action.due_at, "name": strike.name, "id": action.id,
                  "text": payload.shown}  # fmt: skip
        self._notices.tell(Notice("first_post", Sentence(text, values), serious=True))


def _waiting(draft: Draft, until: datetime) -> Change:
    return Change(State.HELD, FIRST_POST, due_at=until, payload=draft.payload, pool_index=draft.pool_index)


def _note(target_id: int, strike_id: int | None) -> str:
    return f"{_YES}:{strike_id}:{target_id}"
