"""Try: strike posts of the newest articles on a test account, shown before they leave, taken away again afterwards.

They go the way of every post: an action each, claimed before the call and settled after it, in a journal of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from occupier.domain.action import ANNOUNCE, Action, Payload, Purpose, State, Verb
from occupier.domain.agreement import article_hash
from occupier.domain.article import Article, Keyed, identify, oldest_first
from occupier.domain.decision import ASKED
from occupier.domain.errors import FeedError
from occupier.domain.message import next_in_pool, strike_pool
from occupier.domain.ports import (
    Asked,
    Change,
    Fetcher,
    NewAction,
    NewArticle,
    Parser,
    Store,
    Target,
    Transaction,
)
from occupier.domain.setup import Account, FeedSource, Setup
from occupier.domain.strike import Strike
from occupier.services.eve.previewing import as_article
from occupier.services.watch.drafting import Drafting, start_of

LASTS = timedelta(days=30)
"""How long a rehearsal that was interrupted can be taken up again."""
_MOVING = (State.PENDING, State.RETRY, State.SENDING)


@dataclass(frozen=True, slots=True)
class Found:
    """An article of a feed that the journal may not know yet."""

    feed: FeedSource
    keyed: Keyed

    @property
    def published_at(self) -> datetime | None:
        """Its own date."""
        return self.keyed.entry.published_at


@dataclass(frozen=True, slots=True)
class Trial:
    """One post as it will be: the article, and the finished text."""

    found: Found
    payload: Payload
    pool_index: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What rehearsals left: posts that are there, those still to leave, and those nobody knows of."""

    posted: tuple[Action, ...] = ()
    waiting: tuple[Action, ...] = ()
    doubtful: tuple[Action, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether nothing is left of them."""
        return not (self.posted or self.waiting or self.doubtful)


class Trying:
    """Writes the posts of a rehearsal on one account; nothing is called here but the feeds."""

    def __init__(
        self, store: Store, fetcher: Fetcher, parser: Parser, drafting: Drafting, setup: Callable[[], Setup]
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._parser = parser
        self._drafting = drafting
        self._setup = setup

    def standing(self, target: Target) -> Standing:
        """Return what is left of earlier rehearsals on this account. Raises DatabaseError."""
        with self._store.reading() as tx:
            mine = [a for a in tx.actions.in_state(*State, target_id=target.id) if a.verb is Verb.PUBLISH]
        return Standing(
            posted=tuple(a for a in mine if a.state is State.SENT and a.gone_at is None),
            waiting=tuple(a for a in mine if a.state in _MOVING),
            doubtful=tuple(a for a in mine if a.state is State.UNCERTAIN),
        )

    def newest(self, count: int) -> tuple[list[Found], list[FeedError]]:
        """Read the feeds; return their newest articles, oldest first, and what could not be read."""
        found: list[Found] = []
        unread: list[FeedError] = []
        for source in self._setup().feeds:
            try:
                found += self._of(source, count)
            except FeedError as error:
                unread.append(error)
        newest = max((one.published_at for one in found if one.published_at), default=None)
        if newest is not None:  # without a date, an article may be as new as the newest
            found.sort(key=lambda one: one.published_at or newest)
        return found[-count:], unread

    def _of(self, source: FeedSource, count: int) -> list[Found]:
        with self._store.writing() as tx:
            feed = tx.feeds.ensure(source)
        fetched = self._fetcher.fetch(Asked(source.url))
        parsed = self._parser.parse(fetched.body or b"", fetched.content_type, fetched.url)
        keyed, _shared = identify(parsed.entries, feed.id)
        return [Found(source, one) for one in oldest_first(keyed)[-count:]]

    def propose(self, account: Account, target: Target, found: Sequence[Found], strike: Strike) -> list[Trial]:
        """Render the articles that were not posted there yet, as the strike would have them. Raises TemplateError."""
        setup = self._setup()
        voice = self._drafting.voice(setup, account, target.limits)
        pool = strike_pool(strike, voice, setup.pools)
        trials: list[Trial] = []
        left = self.standing(target)
        there = {action.article_id for action in (*left.posted, *left.waiting, *left.doubtful)}
        with self._store.reading() as tx:
            index = tx.actions.last_pool_index(target.id)
            for one in found:
                if there.intersection(tx.articles.owners(one.keyed.keys).values()):
                    continue
                index = next_in_pool(index, len(pool), start_of(setup, account))
                article = as_article(one.keyed.entry, tx.now)
                payload = self._drafting.strike_post(tx, voice, pool[index], article, strike)
                trials.append(Trial(one, payload, index))
        return trials

    def begin(self, account: Account, target: Target, trials: Sequence[Trial], strike: Strike) -> list[Action]:
        """Write the posts, each with the text that was shown, all of them or none; a lane may take them from now on.

        Args:
            account: the test account.
            target: the account as its network told who it is.
            trials: what was shown, and said yes to.
            strike: of this journal, in force.
        """
        with self._store.writing() as tx:
            return [self._write(tx, account, target, trial, strike) for trial in trials]

    def give_up(self, target: Target) -> None:
        """Leave unposted what was still to leave and surely has not."""
        with self._store.writing() as tx:
            for action in tx.actions.in_state(State.PENDING, State.RETRY, target_id=target.id):
                if action.verb is Verb.PUBLISH:
                    tx.actions.change(action, Change(State.LEFT, "dropped"), "dropped")

    def _write(self, tx: Transaction, account: Account, target: Target, trial: Trial, strike: Strike) -> Action:
        article = self._article(tx, trial)
        before = [a for a in tx.actions.in_state(*State, target_id=target.id) if a.article_id == article.id]
        action = tx.actions.add(
            NewAction(
                target_id=target.id,
                article_id=article.id,
                purpose=Purpose.STRIKE,
                state=State.HELD,
                reason=ASKED,
                due_at=tx.now,
                decided_at=tx.now,
                strike_id=strike.id,
                ordinary_text=self._usual(account, target, trial, tx.now),
                article_hash=article_hash(article.title, article.link, None, article.first_seen_at),
                # one that was rehearsed before, and taken away, may be posted once more: as another action, so that
                # the network does not take it for the first one again
                slot=f"{ANNOUNCE}:{len(before) + 1}" if before else ANNOUNCE,
            )
        )
        assert action is not None  # its slot was free
        frozen = Change(State.PENDING, ASKED, payload=trial.payload, pool_index=trial.pool_index)
        tx.actions.change(action, frozen, "released")
        return tx.actions.get(action.id)

    def _article(self, tx: Transaction, trial: Trial) -> Article:
        known = tx.articles.owners(trial.found.keyed.keys)
        if known:
            return tx.articles.get(min(known.values()))
        feed = tx.feeds.ensure(trial.found.feed)
        # without its date, which may be days ago: here alone, what is old may be announced
        entry = replace(trial.found.keyed.entry, published_at=None)
        new = NewArticle(entry, trial.found.keyed.keys, tx.now, baseline=False)
        (article,) = tx.articles.add([new], feed.id, tx.now)
        return article

    def _usual(self, account: Account, target: Target, trial: Trial, now: datetime) -> str | None:
        article = as_article(trial.found.keyed.entry, now)
        return self._drafting.ordinary_text(self._setup(), account, target, article, trial.found.feed.name)
