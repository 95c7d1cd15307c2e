"""Control: pause and resume, release and drop. No network is called here: the lanes work it off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from occupier.domain.action import (
    GIVEN_BACK,
    WAITING,
    Action,
    Purpose,
    State,
)
from occupier.domain.decision import GUARD_UNREAD, RELEASED, USUAL_OUT, Miss, Rulebook, decide_due, is_first_held
from occupier.domain.errors import Sentence, UnknownName, UsageError
from occupier.domain.ports import Change, FeedState, Pause, Store, Target, Transaction
from occupier.domain.settling import surely_unsent
from occupier.domain.setup import Setup
from occupier.services.deeds.answering import answerable
from occupier.services.lane.first_posts import note_yes
from occupier.services.lane.guarding import note_beside
from occupier.services.lane.replacing import is_given_back
from occupier.services.lane.sealing import held_strikes
from occupier.services.lane.spending import RESUMED

_POSTS = (Purpose.STRIKE, Purpose.ORDINARY)
_SELF_MADE = ("lane", "person", "address")
"""What `resume` lifts: a file is removed by hand, the clock by being right."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """How many pauses were lifted, and which remain in the way."""

    lifted: int
    remaining: tuple[Pause, ...]
    held: tuple[Sentence, ...] = ()
    """Strikes that no pause stops, but their plan: sealing is what lifts that."""


@dataclass(frozen=True, slots=True)
class Behind:
    """A post that leaves once a pause is lifted, its account and its article's title."""

    action: Action
    account: str
    title: str


class Controlling:
    """A person's word, written where every claim reads it."""

    def __init__(self, store: Store, setup: Callable[[], Setup]) -> None:
        self._store = store
        self._setup = setup

    def pause(self, account: str | None) -> list[Action]:
        """Stop an account, or all, at once; return the calls that are in flight at that moment.

        Raises:
            UnknownName: no such account.
        """
        with self._store.writing() as tx:
            ids = self._meant(tx, account)
            for target_id in ids:
                tx.pauses.add(Pause(target_id, "person", "person", tx.now))
            calls = [call for target_id in ids for call in tx.actions.in_state(State.SENDING, target_id=target_id)]
            return [call for call in calls if call.deadline and call.deadline > tx.now]

    def behind(self, account: str | None) -> list[Behind]:
        """Return what `resume` would let leave, oldest first: not what is too late. Raises UnknownName."""
        with self._store.writing() as tx:
            opened = self._opened(tx, self._meant(tx, account))
            # what makes room for a post is no post
            waiting = [a for a in tx.actions.in_state(*WAITING) if a.target_id in opened and a.purpose in _POSTS]
            return [
                Behind(action, opened[action.target_id], tx.articles.get(action.article_id).title)
                for action in waiting
                if action.article_id and not self._too_late(tx, action)
            ]

    def _opened(self, tx: Transaction, meant: list[int | None]) -> dict[int, str]:
        """Return the accounts that only a pause which `resume` lifts keeps from posting, with their names."""
        pauses, targets = tx.pauses.all(), {t.id: t.name for t in tx.targets.all()}
        lifts_all = meant == [None]
        kept = {p.target_id for p in pauses if p.by not in _SELF_MADE}
        stopped = {p.target_id for p in pauses if p.by in _SELF_MADE}
        if None in kept or (None in stopped and not lifts_all):
            return {}
        if None not in stopped:
            targets = {i: name for i, name in targets.items() if i in stopped and (lifts_all or i in meant)}
        return {i: name for i, name in targets.items() if i not in kept}

    def resume(self, account: str | None) -> Resumed:
        """Lift what a person or a lane stopped, on one account or everywhere. Raises UnknownName."""
        with self._store.writing() as tx:
            meant = self._meant(tx, account)
            ids = [None, *(t.id for t in tx.targets.all())] if meant == [None] else meant
            lifted = sum(self._lift(tx, target_id) for target_id in ids)
            left = [p for p in tx.pauses.all() if p.target_id is None or p.target_id in ids]
            return Resumed(lifted, tuple(left), tuple(held_strikes(tx)))

    def _lift(self, tx: Transaction, target_id: int | None) -> int:
        lifted = tx.pauses.lift(target_id, _SELF_MADE)
        if lifted and target_id is not None:
            tx.runtime.set(f"{RESUMED}{target_id}", tx.now.isoformat())
        return lifted

    def outcome(self, action_id: int) -> Action:
        """Return an action as it stands now, to tell what became of a call. Raises UnknownName."""
        with self._store.reading() as tx:
            return tx.actions.get(action_id)

    def release(self, action_id: int) -> Action:
        """Let a held post go, or try again one that was refused or given up; too late, it becomes missed.

        Raises:
            UnknownName: no such record.
            UsageError: nothing holds it.
        """
        with self._store.writing() as tx:
            return self._release(tx, answerable(tx, action_id, State.HELD, State.REFUSED, State.FAILED))

    def release_all(self) -> list[Action]:
        """Let every held post go, but for those whose article the usual post announces: these are named one by one."""
        with self._store.writing() as tx:
            held = tx.actions.in_state(State.HELD)
            return [self._release(tx, action) for action in held if action.reason != USUAL_OUT]

    def _release(self, tx: Transaction, action: Action) -> Action:
        late = self._too_late(tx, action)
        if is_first_held(action) and not late:
            note_yes(tx, action)
            # those behind it go on by themselves, and it goes before them
            change = Change(State.PENDING, RELEASED, due_at=action.decided_at)
        elif action.state is State.HELD:
            if action.reason in (USUAL_OUT, GUARD_UNREAD) and not late:
                note_beside(tx, action)
            change = Change(State.MISSED, late) if late else Change(State.PENDING, RELEASED, due_at=tx.now)
        elif late:
            raise UsageError("It is too late for the post {id}: nothing was changed.", id=action.id)
        else:
            # what surely never left may be worded anew; what may have left goes out as it was, or not at all
            thaw = surely_unsent(tx.actions.attempts(action.id)) and not action.undoes
            change = Change(State.RETRY, RELEASED, due_at=tx.now, thaw=thaw)
        tx.actions.change(action, change, "released")
        return tx.actions.get(action.id)

    def _too_late(self, tx: Transaction, action: Action) -> str | None:
        if action.purpose is Purpose.STRIKE and is_given_back(tx, action):
            return GIVEN_BACK
        setup = self._setup()
        strike = tx.strikes.of(action)
        article = tx.articles.get(action.article_id or 0)
        book = Rulebook((), setup.rules, setup.freshness)
        decision = decide_due(action, article, strike, book, setup.limits.guard, tx.now)
        return decision.reason if isinstance(decision, Miss) else None

    def drop(self, action_id: int) -> Action:
        """Leave a post that is on hold, or has not left yet, to the usual way, on purpose.

        Raises:
            UnknownName: no such record.
            UsageError: it has left, or may have; or it takes something back.
        """
        with self._store.writing() as tx:
            action = answerable(tx, action_id, State.HELD, *WAITING)
            if action.state in WAITING and (action.undoes or not surely_unsent(tx.actions.attempts(action.id))):
                raise UsageError("The post {id} may have left already: it cannot be left out any more.", id=action_id)
            tx.actions.change(action, Change(State.LEFT, "dropped"), "dropped")
            return tx.actions.get(action_id)

    def rebaseline(self, feed: str) -> None:
        """Take the feed as it is at the next reading for known: nothing that is in it now will be posted."""
        with self._store.writing() as tx:
            state = next((f for f in tx.feeds.all() if f.name == feed), None)
            if state is None:
                raise UnknownName("There is no feed “{name}”: see occupier check.", name=feed)
            forget_feed(tx, state)
            tx.events.add("rebaselined", {"feed": feed})

    def _meant(self, tx: Transaction, account: str | None) -> list[int | None]:
        """Return the targets that a person means by a name; [None] for all.

        A name that its network has not confirmed may be an account's new name in settings that a running daemon has
        not read yet: the accounts of that network that no settings name any more are meant too.
        """
        target = self._target(tx, account)
        if target is None or target.verified_at is not None:
            return [target.id if target else None]
        named = {a.name for a in self._setup().accounts}
        others = [t for t in tx.targets.all() if (t.platform, t.host) == (target.platform, target.host)]
        return [target.id, *(t.id for t in others if t.name not in named)]

    def _target(self, tx: Transaction, account: str | None) -> Target | None:
        if account in (None, "all"):
            return None
        configured = self._setup().account(account or "")
        if configured is not None:
            return tx.targets.ensure(configured.name, configured.platform, configured.host, configured.remote_id)
        for target in tx.targets.all():
            if target.name == account:
                return target
        raise UnknownName("There is no account “{name}”: see occupier status.", name=account)


def forget_feed(tx: Transaction, state: FeedState) -> None:
    """Let a feed begin anew, with a baseline at its next reading."""
    tx.feeds.save(replace(state, etag=None, modified=None, body_hash=None, baseline_at=None, next_at=None))
