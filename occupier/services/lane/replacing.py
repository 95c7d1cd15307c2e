"""Replace: where no post can be edited, the usual one is taken away and the strike post stands in its place.

Two calls, and so two actions: a deletion with the purpose *replace*, and the announcement, which waits for it. Once the
usual post is gone something is owed, and found by looking: the announcement leaves before anything else, or, where it
may not leave any more, a third action gives back what the usual post said. So nothing that ends an announcement,
whoever does it and whenever occupier dies, leaves an article without one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from occupier.domain.action import (
    GIVEN,
    GIVEN_BACK,
    NOT_DONE,
    REPLACED,
    WAITING,
    Action,
    Proof,
    Purpose,
    State,
    Verb,
    give_back_slot,
    given_back_for,
    post_subject,
    replace_slot,
    replaced_by,
)
from occupier.domain.decision import RELEASED, TAKES_PLACE
from occupier.domain.errors import NetworkError, Sentence
from occupier.domain.ports import (
    Change,
    MetricRead,
    Network,
    NewAction,
    Notice,
    Notices,
    Portrayer,
    Store,
    Target,
    Transaction,
)
from occupier.domain.reconcile import RemotePost
from occupier.domain.settling import surely_unsent
from occupier.domain.setup import Account, Setup
from occupier.domain.snapshot import Snapshot
from occupier.services.lane.editing import announces
from occupier.services.lane.rereading import Rereading
from occupier.services.lane.sealing import Sealing

READ_AGAIN = timedelta(minutes=1)
"""Between two readings of a post that could not be read, where the network does not say when."""
KEPT = "kept"
"""The reason of a deletion that was not made, since what the post holds could not be given back."""
NOT_NEEDED = "not_needed"
"""The reason of a deletion that was not made, since the strike post does not come, or comes in another way."""
PLAN_CHANGED = "plan_changed"
"""The reason of a strike post whose plan was changed once the usual post was gone."""
_UNDER_WAY = WAITING | {State.SENDING, State.UNCERTAIN}


def begin(tx: Transaction, action: Action, post: RemotePost) -> bool:
    """Have the usual post taken away for an announcement; False if that was tried, and given up, before."""
    earlier = tx.actions.replacements(action)
    if any(d.post_id == post.id and _is_in_vain(d) for d in earlier):
        return False
    new = NewAction(
        target_id=action.target_id,
        article_id=action.article_id or 0,
        purpose=Purpose.REPLACE,
        state=State.PENDING,
        reason=TAKES_PLACE,
        due_at=action.due_at,  # before whatever came after the announcement
        decided_at=tx.now,
        strike_id=action.strike_id,
        verb=Verb.DELETE,
        subject=post_subject(post.id),
        slot=replace_slot(action.id, len(earlier) + 1),
    )
    if tx.actions.add(new) is None:
        return False
    reason = RELEASED if action.reason == RELEASED else TAKES_PLACE
    return tx.actions.change(action, Change(action.state, reason), "looking")


def _is_in_vain(deletion: Action) -> bool:
    return deletion.state in (State.REFUSED, State.FAILED) or deletion.reason in (KEPT, "dropped")


def is_owed(tx: Transaction, action: Action) -> bool:
    """Say whether the usual post was taken away for this announcement."""
    return any(d.state is State.SENT for d in tx.actions.replacements(action))


def is_given_back(tx: Transaction, action: Action) -> bool:
    """Say whether the usual post's own text is posted again, or will be: the announcement never is."""
    return any(tx.actions.given_back(d) is not None for d in tx.actions.replacements(action))


def taken_away(tx: Transaction, action: Action) -> set[str]:
    """Return the ids of the posts that were taken away for this article: an old copy may still show them."""
    announcement = tx.actions.get(_announcement_of(tx, action))
    return {str(d.post_id) for d in tx.actions.replacements(announcement) if d.state is State.SENT}


def room_for(tx: Transaction, action: Action) -> tuple[int, ...]:
    """Return the ids of the actions that share the room a deletion made: the announcement, and what gives back.

    Empty where none was made for this one.
    """
    if action.purpose is Purpose.GIVE_BACK:
        return _announcement_of(tx, action), action.id
    return (action.id,) if is_owed(tx, action) else ()


def _announcement_of(tx: Transaction, action: Action) -> int:
    is_back = action.purpose is Purpose.GIVE_BACK
    return replaced_by(tx.actions.get(given_back_for(action.slot)).slot) if is_back else action.id


def before_of(deletion: Action) -> Snapshot:
    """Return the usual post as it was before it was taken away."""
    assert deletion.before is not None  # written before its first call
    return Snapshot.from_json(deletion.before)


def creditor(tx: Transaction, deletion: Action) -> Action:
    """Return the action that is to stand in the place of what was taken away: the announcement, or what gives back."""
    return tx.actions.given_back(deletion) or tx.actions.get(replaced_by(deletion.slot))


def first_owed(tx: Transaction, target: Target) -> Action | None:
    """Return the action that must leave before any other of the account, as something was taken away for it."""
    waiting = [a for a in (_next(tx, creditor(tx, d)) for d in tx.actions.owed(target.id)) if a.state in WAITING]
    return min(waiting, key=lambda a: (a.due_at, a.id), default=None)


def _next(tx: Transaction, owed: Action) -> Action:
    """Return what is to be done next for what is owed: another usual post may have come that has to go too."""
    if owed.purpose is Purpose.GIVE_BACK:
        return owed
    return next((d for d in tx.actions.replacements(owed) if d.state in _UNDER_WAY), owed)


def is_behind(tx: Transaction, target: Target) -> bool:
    """Say whether something was taken away of which `Replacing.settle` has something to write."""
    return any(creditor(tx, d).state in GIVEN | NOT_DONE for d in tx.actions.owed(target.id))


class Replacing:
    """Looks at the usual post before it is taken away, and sees to it that something stands in its place."""

    def __init__(
        self,
        store: Store,
        networks: Mapping[str, Network],
        sealing: Sealing,
        notices: Notices,
        setup: Callable[[], Setup],
    ) -> None:
        self._store = store
        self._networks = networks
        self._sealing = sealing
        self._notices = notices
        self._rereading = Rereading(store, notices, setup, READ_AGAIN)

    # --- what is owed -------------------------------------------------------------------------------------------------

    def settle(self, tx: Transaction, target: Target) -> None:
        """Write what has become of each usual post that was taken away: replaced, or to be given back."""
        for deletion in tx.actions.owed(target.id):
            announcement, back = tx.actions.get(replaced_by(deletion.slot)), tx.actions.given_back(deletion)
            tx.actions.keep(announcement, before_of(deletion))
            if back is not None:
                self._close_given_back(tx, deletion, back)
            elif announcement.state in GIVEN:
                _close(tx, deletion, REPLACED)
            elif self._is_over(tx, announcement):
                _give_back(tx, deletion)

    def _is_over(self, tx: Transaction, announcement: Action) -> bool:
        """Say whether the announcement never comes; what waits for another plan to be sealed does not."""
        if announcement.state in NOT_DONE:
            return True
        if announcement.state not in WAITING or announcement.strike_id is None:
            return False
        strike = tx.strikes.by_id(announcement.strike_id)
        if self._sealing.agrees(tx, strike):
            return False
        return tx.actions.change(announcement, Change(State.LEFT, PLAN_CHANGED), "left")

    def _close_given_back(self, tx: Transaction, deletion: Action, back: Action) -> None:
        if back.state is State.SENT:
            _close(tx, deletion, GIVEN_BACK)
        elif back.state is State.LEFT:  # something else announces the article
            _close(tx, deletion, REPLACED)

    # --- before the deletion ------------------------------------------------------------------------------------------

    def look(self, account: Account, target: Target, deletion: Action) -> Snapshot | None:
        """Read the usual post whole, and return it if it may be taken away.

        None where it may not: it is gone, it is no longer about the article, what it holds could not be given back, or
        it could not be read. Raises DatabaseError.
        """
        try:
            found = self._read(account, target, deletion)
        except NetworkError as error:
            self._rereading.before(target, deletion, error)
            return None
        with self._store.writing() as tx:
            current = tx.actions.get(deletion.id)
            if current.state not in WAITING:
                return None
            return self._if_still_usual(tx, account, current, found)

    def _read(self, account: Account, target: Target, deletion: Action) -> Snapshot | None:
        network = self._networks[account.name]
        if not isinstance(network, Portrayer):  # the settings named another network when this was decided
            raise NetworkError("Posts on {account} cannot be kept.", account=account.name)
        found = network.snapshot(str(deletion.post_id))
        price = network.capabilities.read_microusd
        if found is not None and price:
            with self._store.noting() as tx:
                tx.metrics.note(MetricRead(deletion.strike_id, target.id, Purpose.STRIKE, 1, price))
        return found

    def _if_still_usual(
        self, tx: Transaction, account: Account, deletion: Action, found: Snapshot | None
    ) -> Snapshot | None:
        if found is None:
            self._is_gone(tx, deletion)
        elif not announces(tx, deletion, found):
            tx.actions.change(deletion, Change(State.LEFT, NOT_NEEDED), "left")
        elif found.cannot is not None:
            tx.actions.change(deletion, Change(State.LEFT, KEPT), "left")
            text = (
                "The usual post {post} on {account} holds what could not be given back (an image, a film, a poll, a"
                " quote): it is not deleted, and nothing is posted beside it."
            )
            values = {"account": account.name, "post": found.url or found.id}
            self._notices.tell(Notice("kept", Sentence(text, values)))
        else:
            return found
        return None

    def _is_gone(self, tx: Transaction, deletion: Action) -> None:
        if surely_unsent(tx.actions.attempts(deletion.id)):  # somebody else was there first
            tx.actions.change(deletion, Change(State.LEFT, "gone"), "left")
        else:  # a deletion whose answer was lost shows its effect only now
            done = Change(State.SENT, "timeline", remote_id=deletion.post_id, proof=Proof.TIMELINE, sent_at=tx.now)
            tx.actions.change(deletion, done, "found")


def _close(tx: Transaction, deletion: Action, reason: str) -> None:
    done = Change(State.SENT, reason, remote_id=deletion.remote_id, remote_url=deletion.remote_url,
                  proof=deletion.proof, sent_at=deletion.sent_at)  # fmt: skip
    tx.actions.change(deletion, done, "closed")


def _give_back(tx: Transaction, deletion: Action) -> None:
    new = NewAction(
        target_id=deletion.target_id,
        article_id=deletion.article_id or 0,
        purpose=Purpose.GIVE_BACK,
        state=State.PENDING,
        reason=GIVEN_BACK,
        due_at=tx.now,
        decided_at=tx.now,
        strike_id=deletion.strike_id,
        slot=give_back_slot(deletion.id),
    )
    tx.actions.add(new)
