"""Edit: the usual tool's post is made to say the strike where it stands, and later put back as it was.

An announcement that is made so is the same action as ever, on the same article in the same slot, with another verb:
what it edits, and what that was, is written in it before the call. So no article is announced in both ways.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from occupier.domain.action import WAITING, Action, GoneBy, Payload, Proof, Purpose, State, Verb, restored_by
from occupier.domain.article import Key, KeyKind, canonical_link
from occupier.domain.decision import USUAL_OUT
from occupier.domain.errors import NetworkError, Sentence
from occupier.domain.ports import Change, Network, Notice, Notices, Observation, Portrayer, Store, Target, Transaction
from occupier.domain.settling import after_absence, misses, surely_unsent
from occupier.domain.setup import Account, Setup, WhenUncertain
from occupier.domain.snapshot import Snapshot, without
from occupier.services.lane.rereading import Rereading, look_at, weigh

READ_AGAIN = timedelta(minutes=1)
"""Between two readings of a post that could not be read, where the network does not say when."""

OLD_COPY = "old_copy"
"""The reason of a restoration whose post was shown once as it was before the edit."""


class Editing:
    """Looks at a post before it is edited, and after a call about which nothing is known."""

    def __init__(
        self, store: Store, networks: Mapping[str, Network], notices: Notices, setup: Callable[[], Setup]
    ) -> None:
        self._store = store
        self._networks = networks
        self._notices = notices
        self._setup = setup
        self._rereading = Rereading(store, notices, setup, READ_AGAIN)

    def payload(self, tx: Transaction, action: Action) -> Payload:
        """Return what puts back the post that another action edited."""
        return _as_it_was(tx.actions.get(restored_by(action.slot))).payload

    # --- before the call ----------------------------------------------------------------------------------------------

    def look(self, account: Account, target: Target, action: Action) -> Snapshot | None:
        """Read the post as it is now, and return it if it may be edited.

        None where it may not: it is gone, somebody edited it, or it could not be read. Raises DatabaseError.
        """
        try:
            found = self._read(account, action)
        except NetworkError as error:
            self._rereading.before(target, action, error)
            return None
        with self._store.writing() as tx:
            current = tx.actions.get(action.id)
            if current.state not in WAITING or current.post_id != action.post_id:
                return None
            if current.purpose is Purpose.RESTORE:
                return self._if_still_ours(tx, account, current, found)
            return self._if_still_usual(tx, account, current, found)

    def _read(self, account: Account, action: Action) -> Snapshot | None:
        network = self._networks[account.name]
        edits = Verb.EDIT in network.capabilities.verbs
        if not (edits and isinstance(network, Portrayer)):  # the settings named another network when this was decided
            raise NetworkError("Posts on {account} cannot be edited.", account=account.name)
        return network.snapshot(str(action.post_id))

    def _if_still_usual(
        self, tx: Transaction, account: Account, action: Action, found: Snapshot | None
    ) -> Snapshot | None:
        """Return the usual post, written down as it is; else have the article announced in another way, if at all."""
        before = Snapshot.from_json(action.before) if action.before else None
        unsent = _is_untouched(tx, action)
        if found is not None and action.state is State.RETRY and _is_done(action, found):
            self._done(tx, account, action, found)
        elif not unsent and (found is None or before is None or not found.is_same(before)):
            # it may have been edited, and then changed or taken away by somebody: nothing is put in its place
            tx.actions.change(action, Change(State.LEFT, "gone" if found is None else "edited"), "left")
            self._say("edited", "Somebody changed the post {post} on {account} since: it is left as it is.", account,
                      action, serious=True)  # fmt: skip
        elif found is None or not account.edits_usual or not announces(tx, action, found):
            tx.actions.let_go(action, _own(action))
        elif found.cannot is not None:
            tx.actions.let_go(action, _own(action))
            tx.actions.change(tx.actions.get(action.id), Change(State.HELD, USUAL_OUT), "held")
        else:
            if before is None or not found.is_same(before):
                frozen = found.onto(action.payload) if action.payload else None
                tx.actions.take_over(action, found.id, found, frozen)
            return found
        return None

    def _if_still_ours(
        self, tx: Transaction, account: Account, action: Action, found: Snapshot | None
    ) -> Snapshot | None:
        """Return the post if it still says what occupier made it say; else leave it, and say so."""
        edit = tx.actions.get(restored_by(action.slot))
        if found is not None and _is_done(edit, found):
            return found
        if found is not None and action.state is State.RETRY and found.is_as(_as_it_was(edit).payload):
            self._done(tx, account, action, found)
        elif found is None:
            tx.actions.gone(edit, GoneBy.OTHERS, tx.now)
            tx.actions.change(action, Change(State.LEFT, "gone"), "left")
        elif found.is_same(_as_it_was(edit)) and not tx.actions.observations(action.id, action.decided_at):
            # put back by hand, or shown from a copy that is older than the edit: the next reading tells
            tx.actions.observe(Observation(action.id, tx.now, True, "edited", found.id))
            due = tx.now + self._setup().limits.between_reads
            tx.actions.change(action, Change(action.state, OLD_COPY, due_at=due), "looking")
        else:
            tx.actions.change(action, Change(State.LEFT, "edited"), "left")
        return None

    # --- after the call -----------------------------------------------------------------------------------------------

    def note(self, tx: Transaction, action: Action, change: Change) -> None:
        """Note on the record of an edited post that it was put back, where this change says so."""
        if action.purpose is Purpose.RESTORE and change.state is State.SENT:
            tx.actions.gone(tx.actions.get(restored_by(action.slot)), GoneBy.OCCUPIER, change.sent_at or tx.now)

    def reconcile(self, account: Account, action: Action) -> None:
        """Look whether a post says what an uncertain edit was to make it say. Raises DatabaseError.

        That it does proves it. That it does not only suggests the contrary, since networks answer from old copies: two
        readings far enough apart must find it so before it is edited again.
        """
        try:
            found = self._read(account, action)
        except NetworkError as error:
            self._rereading.after(action, error)
            return
        with self._store.writing() as tx:
            current = tx.actions.get(action.id)
            if (current.state, current.claim_token) != (State.UNCERTAIN, action.claim_token):
                return
            done = found is not None and _is_done(current, found)
            verdict = "present" if done else "absent" if found is None else "edited"
            tx.actions.observe(Observation(action.id, tx.now, True, verdict, found.id if found else None))
            if found is not None and done:
                self._done(tx, account, current, found)
            else:
                self._not_done(tx, account, current)

    def _done(self, tx: Transaction, account: Account, action: Action, found: Snapshot) -> None:
        change = Change(State.SENT, "timeline", remote_id=found.id, remote_url=found.url, proof=Proof.TIMELINE)
        if tx.actions.change(action, change, "found"):
            self.note(tx, action, change)
            text = (
                "The post {post} on {account} is as it was before the strike."
                if action.undoes
                else "The usual post {post} on {account} says the strike now."
            )
            self._say("found", text, account, action)

    def _not_done(self, tx: Transaction, account: Account, action: Action) -> None:
        weighed = weigh(tx, account, action, misses, self._setup().limits)
        if not weighed.enough:
            look_at(tx, action, weighed.due)
            return
        strike = tx.strikes.of(action)
        # the same edit twice is one edit: nobody has to be asked
        change = after_absence(action, strike, WhenUncertain.RETRY, tx.now)
        assert change is not None  # RETRY always has an answer
        tx.actions.change(action, change, "not_found")

    def _say(self, kind: str, text: str, account: Account, action: Action, *, serious: bool = False) -> None:
        values = {"account": account.name, "post": action.post_id}
        self._notices.tell(Notice(kind, Sentence(text, values), serious=serious))


def _is_done(action: Action, found: Snapshot) -> bool:
    return action.payload is not None and found.is_as(action.payload)


def announces(tx: Transaction, action: Action, found: Snapshot) -> bool:
    """Say whether a post leads to an action's article, by any of the links that it is known by."""
    keys = [Key(KeyKind.LINK, 0, link) for link in map(canonical_link, found.links) if link]
    return action.article_id in tx.articles.owners(keys).values()


def _is_untouched(tx: Transaction, action: Action) -> bool:
    """Say whether no call can have edited the post; those from before it was taken over were to make another."""
    tried = tx.actions.attempts(action.id)
    if surely_unsent(tried):
        return True
    began: datetime | None = None
    for event in tx.register.history(action.id):
        if event.kind in ("taken_over", "let_go"):
            began = None if event.kind == "let_go" else began or event.at
    return surely_unsent([call for call in tried if began is None or call.started_at >= began])


def _own(action: Action) -> Payload | None:
    return without(action.payload) if action.payload else None


def _as_it_was(edit: Action) -> Snapshot:
    assert edit.before is not None  # written before its first call
    return Snapshot.from_json(edit.before)
