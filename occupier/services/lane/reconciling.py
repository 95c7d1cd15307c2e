"""Reconcile: is an uncertain post there? Presence proves it; absence only suggests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from occupier.domain.action import Action, Payload, State, Verb
from occupier.domain.errors import NetworkError, Sentence
from occupier.domain.limits import Limits
from occupier.domain.outcome import Outcome, Retryable, Uncertain
from occupier.domain.ports import Change, Network, Notice, Notices, Observation, Store, Target, Transaction
from occupier.domain.reconcile import Found, TimelineRead, is_old_copy, look_for
from occupier.domain.settling import absences, after_absence, found_there
from occupier.domain.setup import Account, Setup
from occupier.services.lane import others
from occupier.services.lane.editing import Editing
from occupier.services.lane.outcomes import elsewhere
from occupier.services.lane.rereading import weigh
from occupier.services.lane.revisiting import Revisiting
from occupier.services.watch.clockwatch import ClockWatch

ROUNDING = timedelta(seconds=2)
"""Networks round a post's time down, some to the second."""
ASK_AGAIN = timedelta(minutes=15)
"""While a person is asked, the timeline is still read this often: presence answers for them."""

VAIN_READINGS = 10
"""After so many from which nothing can be concluded a person is told, and the timeline is read less often."""


class Reconciling:
    """Reads timelines for what may be on them."""

    def __init__(
        self,
        store: Store,
        networks: Mapping[str, Network],
        clocks: ClockWatch,
        revisiting: Revisiting,
        notices: Notices,
        setup: Callable[[], Setup],
    ) -> None:
        self._store = store
        self._networks = networks
        self._clocks = clocks
        self._revisiting = revisiting
        self._notices = notices
        self._setup = setup
        self._editing = Editing(store, networks, notices, setup)

    def recover(self, target: Target) -> int:
        """Make uncertain what a process left in the middle of a call, once its deadline and the grace are past."""
        grace = self._setup().limits.grace
        with self._store.reading() as tx:
            if not tx.actions.in_state(State.SENDING, target_id=target.id):
                return 0
        recovered = 0
        with self._store.writing() as tx:
            for action in tx.actions.in_state(State.SENDING, target_id=target.id):
                if action.deadline and tx.now > action.deadline + grace:
                    recovered += tx.actions.settle(action, *crashed(action, tx.now))
        return recovered

    def look(self, account: Account, target: Target) -> datetime | None:
        """Look for the uncertain posts of an account whose hour has come; return the next hour to look.

        One reading of the timeline serves them all; what was to be taken away or edited is looked up one by one. Raises
        DatabaseError.
        """
        with self._store.reading() as tx:
            uncertain = tx.actions.in_state(State.UNCERTAIN, target_id=target.id)
            began = tx.now
            ripe = [action for action in uncertain if action.due_at <= began]
            due = [action for action in ripe if action.verb is Verb.PUBLISH]
            since = {action.id: self._started(tx, action) for action in due}
        if due:
            limits = self._setup().limits
            read = self._read(account, min(since.values()) - limits.look_back + self._clocks.furthest_behind())
            for n, action in enumerate(due):
                # what a reading costs is told once
                cost = read.cost_microusd if n == 0 and read else 0
                self._conclude(account, target, action, since[action.id], read, cost, began)
        for action in ripe:
            if action.verb is Verb.DELETE:
                self._revisiting.look(account, action)
            elif action.verb is Verb.EDIT:
                self._editing.reconcile(account, action)
        with self._store.reading() as tx:
            waiting = tx.actions.in_state(State.UNCERTAIN, target_id=target.id)
            return min((action.due_at for action in waiting), default=None)

    def _started(self, tx: Transaction, action: Action) -> datetime:
        attempts = tx.actions.attempts(action.id)
        return attempts[0].started_at if attempts else action.decided_at

    def _read(self, account: Account, since: datetime) -> TimelineRead | None:
        try:
            return self._networks[account.name].recent(since)
        except NetworkError:
            return None

    def _conclude(
        self,
        account: Account,
        target: Target,
        action: Action,
        started: datetime,
        read: TimelineRead | None,
        cost: int,
        began: datetime,
    ) -> None:
        with self._store.writing() as tx:
            current = tx.actions.get(action.id)
            if current.state is not State.UNCERTAIN:
                return
            if read is None:
                self._look_later(tx, account, current)
                return
            found = self._search(tx, target, current, started, read)
            if found.ours is not None:
                self._found(tx, account, current, found, cost)
                return
            self._tell_elsewhere(tx, account, current, found)
            complete = read.complete and not self._is_old_copy(tx, account, target, started, read, began)
            # what a reading does not show was absent when it began, not when it ended
            tx.actions.observe(Observation(current.id, began, complete, "absent", None, cost))
            self._not_found(tx, account, current)

    def _is_old_copy(
        self, tx: Transaction, account: Account, target: Target, started: datetime, read: TimelineRead, began: datetime
    ) -> bool:
        # half of the way back: the reading reaches as far by the network's clock, the hours of posts are of either
        since = started - self._setup().limits.look_back / 2
        return is_old_copy(read, tx.actions.newest_post(target.id, since, began - account.settle_after))

    def _search(self, tx: Transaction, target: Target, action: Action, started: datetime, read: TimelineRead) -> Found:
        assert action.payload is not None  # it was sent
        article = tx.articles.get(action.article_id or 0)
        taken = tx.actions.remote_ids(target.id, action.id)
        return look_for(action.payload, article.link, read.posts, self._since(target, action.payload, started), taken)

    def _since(self, target: Target, payload: Payload, started: datetime) -> datetime:
        """Return from when on, by their clock, a post may be that of an attempt which began at `started` by ours."""
        if payload.link is None:  # the hour alone tells equal texts apart
            return started + min(timedelta(0), self._clocks.skew(target.host)) - ROUNDING
        # ours may have been ahead then and right again now; and less than this is never told
        return started + self._clocks.furthest_behind() - max(ROUNDING, self._setup().limits.clock_skew)

    def _found(self, tx: Transaction, account: Account, action: Action, found: Found, cost: int) -> None:
        post = found.ours
        assert post is not None
        tx.actions.observe(Observation(action.id, tx.now, True, "present", post.id, cost))
        tx.actions.change(action, found_there(post), "found")
        self._say("found", "The post {id} is on {account}: {url}", account, action, url=post.url or post.id)

    def _tell_elsewhere(self, tx: Transaction, account: Account, action: Action, found: Found) -> None:
        for post in found.elsewhere:
            if others.note(tx, action, post):
                self._notices.tell(elsewhere(account, action, post))

    def _not_found(self, tx: Transaction, account: Account, action: Action) -> None:
        limits = self._setup().limits
        weighed = weigh(tx, account, action, absences, limits)
        if not weighed.enough:
            in_vain = not weighed.counted and weighed.readings >= VAIN_READINGS
            if in_vain or self._is_enough(tx, action, limits):
                self._ask(tx, account, action, limits)
            else:
                self._again_at(tx, action, weighed.due, action.reason or "uncertain")
            return
        change = after_absence(action, tx.strikes.of(action), account.when_uncertain, tx.now)
        if change is None:
            self._ask(tx, account, action, limits)
        else:
            tx.actions.change(action, change, "not_found")

    def _look_later(self, tx: Transaction, account: Account, action: Action) -> None:
        """An unreadable network says nothing: go on for a day after the end, then leave it to a person."""
        limits = self._setup().limits
        if self._is_enough(tx, action, limits):
            self._ask(tx, account, action, limits)
        else:
            self._again_at(tx, action, tx.now + limits.between_reads / 2, action.reason or "uncertain")

    def _ask(self, tx: Transaction, account: Account, action: Action, limits: Limits) -> None:
        if action.reason != "ask":
            text = (
                "Nobody can tell whether the post {id} is on {account}: look at the account, then type occupier resolve"
                " {id} --published URL or --not-published."
            )
            self._say("ask", text, account, action, serious=True)
        wait = limits.look_for if self._is_enough(tx, action, limits) else ASK_AGAIN
        self._again_at(tx, action, tx.now + wait, "ask")

    def _is_enough(self, tx: Transaction, action: Action, limits: Limits) -> bool:
        strike = tx.strikes.of(action)
        end = (strike.closed_at or strike.ends_at) if strike else (action.claimed_at or action.decided_at)
        return tx.now > end + limits.look_for

    def _again_at(self, tx: Transaction, action: Action, at: datetime, reason: str) -> None:
        tx.actions.change(action, Change(State.UNCERTAIN, reason, due_at=at), "looking")

    def _say(
        self, kind: str, text: str, account: Account, action: Action, *, serious: bool = False, **values: object
    ) -> None:
        sentence = Sentence(text, {"account": account.name, "id": action.id, **values})
        self._notices.tell(Notice(kind, sentence, serious=serious))


def crashed(action: Action, now: datetime) -> tuple[Change, Outcome]:
    """Return what becomes of an action whose process died in the middle of the call.

    A feed is written whole: to write it again does no harm, so that nothing of it is ever uncertain.
    """
    if action.verb is Verb.PUT:
        return Change(State.RETRY, "crashed", due_at=now), Retryable("crashed")
    return Change(State.UNCERTAIN, "crashed", due_at=now), Uncertain("crashed")
