"""Decide: write, once and for all, what is to be done about an article on each account."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from occupier.domain.action import Purpose, State, Verb
from occupier.domain.agreement import article_hash
from occupier.domain.article import Article
from occupier.domain.decision import Decision, Hold, Leave, Miss, Ordinary, Rulebook, Substitute, decide_new
from occupier.domain.ports import NewAction, Target, Transaction
from occupier.domain.setup import Account, Setup
from occupier.services.watch.drafting import Drafting, feed_names


class Deciding:
    """Writes decisions in the transaction in which their articles are written."""

    def __init__(self, drafting: Drafting, setup: Callable[[], Setup]) -> None:
        self._drafting = drafting
        self._setup = setup

    def decide(self, tx: Transaction, articles: Sequence[Article], *, mass: bool) -> int:
        """Write what is to be done about these articles; return how many actions there are more. Raises DatabaseError.

        Args:
            tx: a transaction that writes.
            articles: seen for the first time, or for the first time in one more feed.
            mass: too many at once: what would be sent is held instead.
        """
        if not articles:
            return 0
        setup = self._setup()
        book = Rulebook(tx.strikes.open(), setup.rules, setup.freshness)
        sitting = _Sitting(tx, setup, book, self._drafting, mass)
        return sum(sitting.decide(article) for article in articles)


@dataclass(slots=True)
class _Sitting:
    """One transaction's decisions: rules, strikes and targets are those of its beginning."""

    tx: Transaction
    setup: Setup
    book: Rulebook
    drafting: Drafting
    mass: bool
    targets: dict[str, Target] = field(default_factory=dict)

    def decide(self, article: Article) -> int:
        names = feed_names(self.tx, article)
        written = 0
        for account in self.setup.accounts:
            decision = decide_new(article, frozenset(names), account, self.book, self.tx.now)
            if decision is not None:
                new = self._action(account, article, decision, names)
                written += self.tx.actions.add(new) is not None
        return written

    def _action(self, account: Account, article: Article, decision: Decision, feeds: Sequence[str]) -> NewAction:
        # what is held in a mass is released as what it would have been
        purpose = Purpose.STRIKE if _is_strike(decision) else Purpose.ORDINARY
        if self.mass and isinstance(decision, Substitute | Ordinary):
            decision = Hold("mass", decision.strike)
        target = self._target(account)
        return NewAction(
            target_id=target.id,
            article_id=article.id,
            purpose=purpose,
            state=state_of(decision),
            reason=decision.reason,
            due_at=self.tx.now,
            decided_at=self.tx.now,
            strike_id=decision.strike.id if decision.strike else None,
            ordinary_text=self._ordinary(account, target, article, decision, next(iter(feeds), "")),
            verb=Verb.PUT if account.is_feed else Verb.PUBLISH,
            article_hash=article_hash(article.title, article.link, article.published_at, article.first_seen_at),
        )

    def _target(self, account: Account) -> Target:
        if account.name not in self.targets:
            self.targets[account.name] = self.tx.targets.ensure(
                account.name, account.platform, account.host, account.remote_id
            )
        return self.targets[account.name]

    def _ordinary(
        self, account: Account, target: Target, article: Article, decision: Decision, feed: str
    ) -> str | None:
        # a mass waits for a person, who lets few of it go: thousands of texts would hold the journal for minutes
        if decision.reason == "mass":
            return None
        return self.drafting.ordinary_text(self.setup, account, target, article, feed)


def state_of(decision: Decision) -> State:
    """Return the state in which a decision puts an action."""
    if isinstance(decision, Substitute | Ordinary):
        return State.PENDING
    return {Hold: State.HELD, Leave: State.LEFT, Miss: State.MISSED}[type(decision)]


def _is_strike(decision: Decision) -> bool:
    return decision.strike is not None and not isinstance(decision, Ordinary)
