"""Revisit: is a post that is to be taken away still what occupier posted, and is it still there?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from occupier.domain.action import WAITING, Action, GoneBy, Payload, Proof, Purpose, State, retracted_by
from occupier.domain.errors import NetworkError, Sentence
from occupier.domain.ports import Change, Network, Notice, Notices, Observation, Store, Target, Transaction
from occupier.domain.reconcile import LookUp, is_unchanged
from occupier.domain.settling import presences, surely_unsent
from occupier.domain.setup import Account, Setup
from occupier.services.lane.replacing import before_of
from occupier.services.lane.rereading import Rereading, look_at, weigh

READ_AGAIN = timedelta(minutes=2)
"""Between two readings of a post that could not be read, where the network does not say when."""


class Revisiting:
    """Looks at a post before it is taken away, and after a call about which nothing is known."""

    def __init__(
        self, store: Store, networks: Mapping[str, Network], notices: Notices, setup: Callable[[], Setup]
    ) -> None:
        self._store = store
        self._networks = networks
        self._notices = notices
        self._setup = setup
        self._rereading = Rereading(store, notices, setup, READ_AGAIN)

    def payload(self, tx: Transaction, action: Action) -> Payload:
        """Return what was published, and is to be taken away."""
        if action.purpose is Purpose.REPLACE:
            return Payload(before_of(action).text)
        payload = tx.actions.get(retracted_by(action.slot)).payload
        assert payload is not None  # it was sent
        return payload

    # --- before the call ----------------------------------------------------------------------------------------------

    def revisit(self, account: Account, target: Target, action: Action) -> Payload | None:
        """Read the post as it is now; return what is to be taken away.

        None where that is not to be: somebody edited it, it is gone, or it could not be read. Raises DatabaseError.
        """
        try:
            found = self._look_up(account, action)
        except NetworkError as error:
            self._rereading.before(target, action, error)
            return None
        with self._store.writing() as tx:
            payload = self.payload(tx, action)
            current = tx.actions.get(action.id)
            if current.state not in WAITING:
                return None
            verdict = self._observe(tx, action, payload, found)
            if verdict == "present":
                return payload
            self._leave(tx, account, current, verdict)
        return None

    def _look_up(self, account: Account, action: Action) -> LookUp:
        return self._networks[account.name].look_up([str(action.post_id)])

    def _observe(self, tx: Transaction, action: Action, payload: Payload, found: LookUp) -> str:
        post = next((p for p in found.posts if p.id == action.post_id), None)
        verdict = "absent" if post is None else "present" if is_unchanged(post, payload) else "edited"
        seen = post.id if post else None
        tx.actions.observe(Observation(action.id, tx.now, True, verdict, seen, found.cost_microusd))
        return verdict

    def _leave(self, tx: Transaction, account: Account, action: Action, verdict: str) -> None:
        if verdict == "edited":
            tx.actions.change(action, Change(State.LEFT, "edited"), "left")
            text = "The strike post {post} on {account} was edited by somebody since: it is left as it is."
            self._say("edited", text, account, action, serious=True)
            return
        # a deletion whose answer was lost may show its effect only now
        by = GoneBy.OTHERS if surely_unsent(tx.actions.attempts(action.id)) else GoneBy.UNKNOWN
        tx.actions.gone(tx.actions.get(retracted_by(action.slot)), by, tx.now)
        tx.actions.change(action, Change(State.LEFT, "gone"), "left")
        self._say(
            "gone", "The strike post {post} is no longer on {account}: there is nothing to retract.", account, action
        )

    # --- after the call -----------------------------------------------------------------------------------------------

    def note(self, tx: Transaction, action: Action, change: Change) -> None:
        """Note on the record of a post that it was taken away, where this change says so."""
        if action.purpose is Purpose.RETRACT and change.state is State.SENT:
            tx.actions.gone(tx.actions.get(retracted_by(action.slot)), GoneBy.OCCUPIER, change.sent_at or tx.now)

    def look(self, account: Account, action: Action) -> None:
        """Look whether a post whose deletion is uncertain is still there. Raises DatabaseError.

        Absence proves that it is gone. Presence only suggests the contrary, since networks answer from old copies: two
        readings far enough apart must find it before it is taken away again.
        """
        try:
            found = self._look_up(account, action)
        except NetworkError as error:
            self._rereading.after(action, error)
            return
        with self._store.writing() as tx:
            current = tx.actions.get(action.id)
            if (current.state, current.claim_token) != (State.UNCERTAIN, action.claim_token):
                return
            verdict = self._observe(tx, action, self.payload(tx, action), found)
            if verdict == "absent":
                self._taken_away(tx, account, current)
            else:
                self._still_there(tx, account, current)

    def _taken_away(self, tx: Transaction, account: Account, action: Action) -> None:
        change = Change(State.SENT, "timeline", remote_id=action.post_id, proof=Proof.TIMELINE, sent_at=tx.now)
        if tx.actions.change(action, change, "found"):
            self.note(tx, action, change)
            text = (
                "Retracted on {account}: the strike post {post}."
                if action.purpose is Purpose.RETRACT
                else "The usual post {post} on {account} is deleted."
            )
            self._say("retracted", text, account, action)

    def _still_there(self, tx: Transaction, account: Account, action: Action) -> None:
        weighed = weigh(tx, account, action, presences, self._setup().limits)
        if weighed.enough:
            tx.actions.change(action, Change(State.RETRY, "still_there", due_at=tx.now), "not_found")
        else:
            look_at(tx, action, weighed.due)

    def _say(self, kind: str, text: str, account: Account, action: Action, *, serious: bool = False) -> None:
        values = {"account": account.name, "post": action.post_id}
        self._notices.tell(Notice(kind, Sentence(text, values), serious=serious))
