"""Control: pause and resume, and a person's answers. No network is called here: the lanes work it off."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from occupier.domain.action import (
    GIVEN_BACK,
    WAITING,
    Action,
    GoneBy,
    Proof,
    Purpose,
    State,
    Verb,
    restored_by,
    retracted_by,
)
from occupier.domain.by_hand import NOT_BY_HAND
from occupier.domain.decision import GUARD_UNREAD, RELEASED, USUAL_OUT, Miss, Rulebook, decide_due, is_first_held
from occupier.domain.errors import Sentence, UnknownName, UsageError
from occupier.domain.ports import Change, FeedState, Pause, Store, Target, Transaction
from occupier.domain.settling import after_absence, surely_unsent
from occupier.domain.setup import Setup, WhenUncertain
from occupier.services.first_posts import note_yes
from occupier.services.guarding import note_beside
from occupier.services.replacing import is_given_back
from occupier.services.sealing import held_strikes
from occupier.services.spending import RESUMED

_POST_ID = re.compile(r"(\d{5,})(?:\D*)$")
_STORY = re.compile(r"(?:story_fbid=|/posts/(?:[^/?]*/)?|\d_)(\d{5,})")
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

    def resolve(self, action_id: int, url: str | None) -> Action:
        """Take a person's answer about an uncertain post: its address, or None for not published.

        Raises:
            UnknownName: no such record.
            UsageError: it is not uncertain, or the post belongs to another record.
        """
        with self._store.writing() as tx:
            action = self._in(tx, action_id, State.UNCERTAIN)
            if action.verb is Verb.DELETE:
                return self._resolve_retraction(tx, action, is_there=url is not None)
            if action.verb is Verb.EDIT:
                return self._resolve_edit(tx, action, says_it=url is not None)
            if url is None:
                strike = tx.strikes.of(action)
                change = after_absence(action, strike, WhenUncertain.RETRY, tx.now)
                assert change is not None  # RETRY always has an answer
                reason = "person" if change.state is State.RETRY else change.reason
                tx.actions.change(action, Change(change.state, reason, due_at=change.due_at), "resolved")
                return tx.actions.get(action_id)
            remote_id = self._own_post_id(tx, action, url)
            change = Change(State.SENT, "person", remote_id=remote_id, remote_url=url, proof=Proof.PERSON)
            tx.actions.change(action, change, "resolved")
            return tx.actions.get(action_id)

    def done(self, action_id: int, url: str | None, *, is_posted: bool) -> Action:
        """Take a person's word about what a tool or a person outside was handed, during the strike or after it.

        Args:
            action_id: the record.
            url: where the post is, as far as the person says.
            is_posted: whether it was posted at all.

        Raises:
            UnknownName: no such record.
            UsageError: nobody was handed it, that was answered already, or the post belongs to another record.
        """
        with self._store.writing() as tx:
            action = self._in(tx, action_id, State.HANDED, State.MISSED)
            if action.handed_at is None:
                raise UsageError(
                    "The post {id} was handed to nobody: there is nothing to answer about it.", id=action_id
                )
            if not is_posted:
                tx.actions.change(action, Change(State.MISSED, NOT_BY_HAND), "done")
                return tx.actions.get(action_id)
            remote_id = self._own_post_id(tx, action, url) if url else None
            # when a person posted is that person's business: the log knows when they were handed it
            change = Change(State.SENT, "person", remote_id=remote_id, remote_url=url, proof=Proof.PERSON,
                            sent_at=action.handed_at)  # fmt: skip
            tx.actions.change(action, change, "done")
            return tx.actions.get(action_id)

    def _own_post_id(self, tx: Transaction, action: Action, url: str) -> str:
        remote_id = self._post_id(tx, action, url)
        if remote_id in tx.actions.remote_ids(action.target_id, action.id):
            raise UsageError("The post {url} already belongs to another record of the log.", url=url)
        return remote_id

    def _resolve_retraction(self, tx: Transaction, action: Action, *, is_there: bool) -> Action:
        if is_there:
            tx.actions.change(action, Change(State.RETRY, "person", due_at=tx.now), "resolved")
        else:
            done = Change(State.SENT, "person", remote_id=action.post_id, proof=Proof.PERSON)
            tx.actions.change(action, done, "resolved")
            if action.purpose is Purpose.RETRACT:
                tx.actions.gone(tx.actions.get(retracted_by(action.slot)), GoneBy.OCCUPIER, tx.now)
        return tx.actions.get(action.id)

    def _resolve_edit(self, tx: Transaction, action: Action, *, says_it: bool) -> Action:
        if not says_it:
            tx.actions.change(action, Change(State.RETRY, "person", due_at=tx.now), "resolved")
            return tx.actions.get(action.id)
        done = Change(State.SENT, "person", remote_id=action.post_id, proof=Proof.PERSON)
        tx.actions.change(action, done, "resolved")
        if action.undoes:
            tx.actions.gone(tx.actions.get(restored_by(action.slot)), GoneBy.OCCUPIER, tx.now)
        return tx.actions.get(action.id)

    def _post_id(self, tx: Transaction, action: Action, url: str) -> str:
        """Return the id that a post's address holds, as its network would have given it with a receipt."""
        match = _POST_ID.search(url.split("?")[0]) or _STORY.search(url)
        if match is None:
            return url
        target = next(t for t in tx.targets.all() if t.id == action.target_id)
        # Graph ids are "page_post"; the addresses of a page's posts hold the two apart
        found = _STORY.search(url) or match
        return f"{target.remote_id}_{found[1]}" if target.platform == "facebook" else match[1]

    def release(self, action_id: int) -> Action:
        """Let a held post go, or try again one that was refused or given up; too late, it becomes missed.

        Raises:
            UnknownName: no such record.
            UsageError: nothing holds it.
        """
        with self._store.writing() as tx:
            return self._release(tx, self._in(tx, action_id, State.HELD, State.REFUSED, State.FAILED))

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
            action = self._in(tx, action_id, State.HELD, *WAITING)
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

    def _in(self, tx: Transaction, action_id: int, *states: State) -> Action:
        action = tx.actions.get(action_id)
        if action.state not in states:
            raise UsageError(
                "The post {id} is “{state}”: there is nothing of the kind to answer about it.",
                id=action_id,
                state=action.state.value,
            )
        return action

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
