"""Guard: is the usual post about an article out already? Looked for just before a post of a strike is claimed.

Nothing is posted beside it, and nothing on an account that could not be read, unless a person says so. The usual post
may still appear between the reading and the call: `overhearing` tells of it then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from occupier.domain.action import Action, Payload, Purpose, State, Verb
from occupier.domain.article import Article
from occupier.domain.decision import (
    AWAITS_USUAL,
    GUARD_UNREAD,
    RELEASED,
    USUAL_MAY_COME,
    USUAL_OUT,
    may_replace,
)
from occupier.domain.errors import NetworkError, Sentence
from occupier.domain.outcome import READING_KINDS
from occupier.domain.ports import (
    Change,
    Clock,
    MetricRead,
    Network,
    Notice,
    Notices,
    Observation,
    Pause,
    Store,
    Target,
    Transaction,
)
from occupier.domain.reconcile import RemotePost, TimelineRead, is_ours
from occupier.domain.settling import found_there
from occupier.domain.setup import Account, IfUsualIsOut, Setup, Takeover
from occupier.services.lane import lateness, others
from occupier.services.lane.outcomes import elsewhere
from occupier.services.lane.replacing import begin, is_owed, taken_away
from occupier.services.lane.spending import day_start

NTH = 5
"""Where reading is billed and its share of the day's budget is spent, one post in so many is looked for."""
SHARE = 4
"""The quarter of a day's budget: what reading costs takes no more from posting."""
AWAITED = timedelta(minutes=5)
"""Where reading is billed, it is looked so often for usual posts that are to be replaced."""


@dataclass(frozen=True, slots=True)
class View:
    """One reading of an account, down to `since`; `at` is when it ended, by the clock that never jumps."""

    read: TimelineRead
    since: datetime
    at: float


def note_beside(tx: Transaction, action: Action) -> None:
    """Write that a person wants this post whatever else announces its article, or unread."""
    tx.runtime.set(_beside(action), "yes")


class Guarding:
    """Reads accounts before posts leave. What it remembers is only how fresh a reading is."""

    def __init__(
        self,
        store: Store,
        networks: Mapping[str, Network],
        clock: Clock,
        notices: Notices,
        setup: Callable[[], Setup],
    ) -> None:
        self._store = store
        self._networks = networks
        self._clock = clock
        self._notices = notices
        self._setup = setup
        self._views: dict[int, View] = {}
        self._unreadable: dict[int, float] = {}
        self._skipped: dict[int, set[int]] = {}
        self._told_seldom: dict[int, datetime] = {}

    # --- whether to look ----------------------------------------------------------------------------------------------

    def must_look(self, tx: Transaction, account: Account, target: Target, action: Action) -> bool:
        """Say whether the account must be read before this post may leave."""
        able = self._networks[account.name].capabilities
        if action.verb is not Verb.PUBLISH or action.strike_id is None or able.without_call:
            return False
        if tx.runtime.get(_beside(action)) is not None:
            return False
        if account.takeover is Takeover.REPLACE and not _hurries(tx, action):
            return True  # it is read more seldom instead: see `_awaits_usual`
        return self._may_spend(tx, account, target, able.read_microusd) or self._is_nth(tx, account, target, action)

    def _may_spend(self, tx: Transaction, account: Account, target: Target, price: int) -> bool:
        if not price or account.budget_microusd is None:
            return True
        spent = tx.actions.spent_reading(target.id, day_start(tx.now, self._setup()))
        return spent < account.budget_microusd // SHARE

    def _is_nth(self, tx: Transaction, account: Account, target: Target, action: Action) -> bool:
        skipped = self._skipped.setdefault(target.id, set())
        if action.id in skipped:  # asked again: a claim was not granted
            return False
        first = action.strike_id is not None and not tx.actions.has_begun(target.id, action.strike_id)
        if first or len(skipped) >= NTH - 1:
            return True
        if not skipped:
            text = (
                "Reading {account} has cost a quarter of the day's budget: until the next day, only one strike post in"
                " {n} is preceded by a look whether the usual post is out."
            )
            self._notices.tell(Notice("guard_budget", Sentence(text, {"account": account.name, "n": NTH})))
        skipped.add(action.id)
        return False

    def fresh(self, tx: Transaction, target: Target, action: Action) -> View | None:
        """Return a reading that serves this post too, as several are looked at in a row; None if there is none.

        It serves for as long as a claim does. Posts are spaced: no two that leave rest on the same reading.
        """
        setup, view = self._setup(), self._views.get(target.id)
        lasts = min(setup.spacing, setup.limits.claim_age).total_seconds()
        if view is None or view.since > self._since(tx, action):
            return None
        return view if 0 <= self._clock.monotonic() - view.at < lasts else None

    def _since(self, tx: Transaction, action: Action) -> datetime:
        setup = self._setup()
        return reaches_back(tx.articles.get(action.article_id or 0), setup.freshness) - setup.limits.look_back

    # --- looking ------------------------------------------------------------------------------------------------------

    def look(self, account: Account, target: Target, action: Action) -> View | None:
        """Read the account; None where it cannot be read: the post waits, and at last is held. Raises DatabaseError."""
        if self._clock.monotonic() < self._unreadable.get(target.id, 0.0):
            self._unread(target, action, None)
            return None
        with self._store.reading() as tx:
            since = self._since(tx, action)
        try:
            return self._read(account, target, action, since)
        except NetworkError as error:
            self._unread(target, action, error)
            return None

    def _read(self, account: Account, target: Target, action: Action, since: datetime) -> View:
        read = self._networks[account.name].recent(since)
        if read.cost_microusd:
            with self._store.noting() as tx:
                paid = len(read.posts), read.cost_microusd
                tx.metrics.note(MetricRead(action.strike_id, target.id, Purpose.STRIKE, *paid))
        view = View(read, since, self._clock.monotonic())
        self._skipped.pop(target.id, None)
        if read.complete:
            self._views[target.id] = view
        return view

    def look_again(self, account: Account, target: Target) -> None:
        """While a person is asked about what is held unread, read on: a reading answers for them. Raises DatabaseError.

        What it lets go is looked at like any other post.
        """
        with self._store.reading() as tx:
            held = tx.actions.held_for(GUARD_UNREAD, target.id)
            paused = any(pause.stops(target.id) for pause in tx.pauses.all())
            since = min((self._since(tx, action) for action in held), default=tx.now)
        if not held or paused or self._clock.monotonic() < self._unreadable.get(target.id, 0.0):
            return
        try:
            if not self._read(account, target, held[0], since).read.complete:
                return
        except NetworkError as error:
            self._wait(target.id, error.not_before, self._clock.now())
            return
        with self._store.writing() as tx:
            for action in tx.actions.held_for(GUARD_UNREAD, target.id):
                tx.actions.change(action, Change(State.PENDING, GUARD_UNREAD, due_at=tx.now), "looking")

    def _wait(self, target_id: int, not_before: datetime | None, now: datetime) -> timedelta:
        """Leave an account that cannot be read in peace for a while; return for how long."""
        wait = max(self._setup().limits.between_reads / 2, (not_before or now) - now)
        until = self._clock.monotonic() + wait.total_seconds()
        self._unreadable[target_id] = max(until, self._unreadable.get(target_id, 0.0))
        return wait

    def _unread(self, target: Target, action: Action, error: NetworkError | None) -> None:
        with self._store.writing() as tx:
            current = tx.actions.get(action.id)
            if error is not None and error.kind in READING_KINDS:
                tx.pauses.add(Pause(target.id, "lane", str(error.kind), tx.now))
            if current.state is action.state:
                self._put_off(tx, current, error.not_before if error else None)
        if error is not None:
            self._notices.tell(Notice("unread", error.sentence, serious=error.kind in READING_KINDS))

    def _put_off(self, tx: Transaction, action: Action, not_before: datetime | None) -> None:
        """Let the post wait for a reading that says something; after a while, for a person."""
        limits, key = self._setup().limits, _unread_since(action)
        first = datetime.fromisoformat(tx.runtime.get(key) or tx.now.isoformat())
        if tx.now >= first + limits.guard_patience:
            tx.runtime.set(key, None)
            if _hurries(tx, action):
                note_beside(tx, action)
                return
            tx.actions.change(action, Change(State.HELD, GUARD_UNREAD), "held")
            return
        tx.runtime.set(key, first.isoformat())
        waits = self._unreadable.get(action.target_id, 0.0) - self._clock.monotonic()
        wait = timedelta(seconds=waits) if waits > 0 else self._wait(action.target_id, not_before, tx.now)
        due = min(tx.now + wait, first + limits.guard_patience)
        # a person's word stands, whatever the post waits for
        reason = RELEASED if action.reason == RELEASED else GUARD_UNREAD
        tx.actions.change(action, Change(action.state, reason, due_at=due), "looking")

    # --- what was seen ------------------------------------------------------------------------------------------------

    def sets_aside(
        self, tx: Transaction, account: Account, target: Target, action: Action, payload: Payload, view: View
    ) -> bool:
        """Take a post out of the way of its claim, if what was read says so; return whether it was."""
        taken = tx.actions.remote_ids(target.id, action.id) | taken_away(tx, action)
        posts = [p for p in view.read.posts if p.id not in taken]
        found = others.about(tx, action.article_id or 0, posts)
        if not found:
            if view.read.complete:
                tx.runtime.set(_unread_since(action), None)
                self._overhear(tx, account, action, posts)
                return self._awaits_usual(tx, account, target, action) or self.waits(tx, account, action)
            self._put_off(tx, action, None)
            return True
        # what was tried before, and was believed not to have left
        tried = action.state is State.RETRY
        ours = next((p for p in found if tried and is_ours(p, payload, view.since)), None)
        if ours is not None:
            self._is_there(tx, account, action, ours)
        else:
            self._usual_is_out(tx, account, action, found)
        return True

    def _overhear(self, tx: Transaction, account: Account, action: Action, posts: Sequence[RemotePost]) -> None:
        """Note what the same reading shows of others beside earlier posts: then the next ones wait for them."""
        if action.reason == USUAL_MAY_COME:
            lateness.note_unheard(tx, action)
        strike = tx.strikes.by_id(action.strike_id or 0)
        for ours, post in others.beside_ours(tx, account, strike, posts):
            self._notices.tell(elsewhere(account, ours, post, serious=others.note_overheard(tx, ours, post)))

    def waits(self, tx: Transaction, account: Account, action: Action) -> bool:
        """Let the post wait while the usual tool may still announce its article; return whether it does."""
        until = lateness.waits_until(tx, account, action, self._setup())
        if until is None or _hurries(tx, action):
            return False
        reason = RELEASED if action.reason == RELEASED else USUAL_MAY_COME
        tx.actions.change(action, Change(action.state, reason, due_at=until), "looking")
        return True

    def _awaits_usual(self, tx: Transaction, account: Account, target: Target, action: Action) -> bool:
        """Let the post wait for the usual one, where it is to be made of that; return whether it is."""
        if account.takeover is not Takeover.REPLACE or _hurries(tx, action):
            return False
        due = self._next_look(tx, account, target)
        reason = RELEASED if action.reason == RELEASED else AWAITS_USUAL
        tx.actions.change(action, Change(action.state, reason, due_at=due), "looking")
        return True

    def _next_look(self, tx: Transaction, account: Account, target: Target) -> datetime:
        """Return when to look again for usual posts; where reading is billed, one reading serves all that wait."""
        price = self._networks[account.name].capabilities.read_microusd
        if not price:
            return tx.now + self._setup().limits.between_reads
        every = AWAITED if self._may_spend(tx, account, target, price) else AWAITED * NTH
        if every > AWAITED and self._told_seldom.get(target.id) != (today := day_start(tx.now, self._setup())):
            self._told_seldom[target.id] = today
            text = (
                "Reading {account} has cost a quarter of the day's budget: until the next day, it is looked only every"
                " {every} whether usual posts are out."
            )
            self._notices.tell(Notice("guard_budget", Sentence(text, {"account": account.name, "every": every})))
        return tx.now + every - (tx.now - day_start(tx.now, self._setup())) % every

    def _take_over(self, tx: Transaction, account: Account, action: Action, found: Sequence[RemotePost]) -> bool:
        """Have the usual post replaced, if it may be: the next step of the lane does it."""
        if action.purpose is not Purpose.STRIKE or action.strike_id is None:
            return False
        strike = tx.strikes.by_id(action.strike_id)
        usual = [post for post in found if may_replace(post, account, strike)]
        first = min(usual, key=lambda post: post.created_at, default=None)
        if account.deletes_usual:  # nothing is deleted for a post that would stand beside another all the same
            return first is not None and len(usual) == len(found) and begin(tx, action, first)
        return first is not None and tx.actions.take_over(action, first.id, None, action.payload)

    def _is_there(self, tx: Transaction, account: Account, action: Action, post: RemotePost) -> None:
        tx.actions.observe(Observation(action.id, tx.now, True, "present", post.id))
        tx.actions.change(action, found_there(post), "found")
        values = {"account": account.name, "id": action.id, "url": post.url or post.id}
        self._notices.tell(Notice("found", Sentence("The post {id} is on {account}: {url}", values)))

    def _usual_is_out(self, tx: Transaction, account: Account, action: Action, found: Sequence[RemotePost]) -> None:
        news = [post for post in found if others.note(tx, action, post)]
        if self._take_over(tx, account, action, found):
            return
        first = others.is_first(tx, action)
        # an ordinary post, as a rule wants it, is out: nobody has to decide anything
        asks = action.purpose is Purpose.STRIKE and account.if_usual_is_out is not IfUsualIsOut.LEAVE
        state = State.HELD if asks else State.LEFT
        tx.actions.change(action, Change(state, USUAL_OUT), state.value)
        # what is held is told by whoever tells of posts on hold
        serious = first and action.purpose is Purpose.STRIKE and not asks
        for n, post in enumerate(news):
            self._notices.tell(elsewhere(account, action, post, serious=serious and n == 0))


def reaches_back(article: Article, freshness: timedelta) -> datetime:
    """Return since when the usual post about an article may be out: it may be quicker than our feed was."""
    known = (at for at in (article.published_at, article.counted_from, article.first_seen_at) if at is not None)
    return max(article.first_seen_at - freshness, min(known))


def _hurries(tx: Transaction, action: Action) -> bool:
    """Say whether the usual post was taken away already: then nothing is waited for, and nobody is asked."""
    return action.purpose is Purpose.GIVE_BACK or is_owed(tx, action)


def _beside(action: Action) -> str:
    return f"beside:{action.id}"


def _unread_since(action: Action) -> str:
    return f"unread:{action.id}"
