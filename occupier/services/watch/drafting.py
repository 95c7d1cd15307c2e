"""Draft: what an account would say about an article."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from occupier.domain.action import Action, Payload, Purpose
from occupier.domain.article import Article
from occupier.domain.errors import TemplateError
from occupier.domain.message import Templates, Voice, next_in_pool, ordinary_post, strike_pool, strike_post
from occupier.domain.ports import Network, Target, Transaction
from occupier.domain.setup import Account, Setup
from occupier.domain.strike import Strike


@dataclass(frozen=True, slots=True)
class Draft:
    """A payload, and the place in the pool that its wording came from."""

    payload: Payload
    pool_index: int | None = None


class Drafting:
    """Renders posts in each account's own way."""

    def __init__(self, templates: Templates, networks: Mapping[str, Network]) -> None:
        self._templates = templates
        self._networks = networks

    def voice(self, setup: Setup, account: Account, limits: Mapping[str, int]) -> Voice:
        """Return how an account speaks, within the lengths that its server allows."""
        ruler = self._networks[account.name].ruler(limits)
        return Voice(account, account.language or setup.language, setup.zone, ruler, self._templates)

    def ordinary(self, setup: Setup, account: Account, target: Target, article: Article, feed: str) -> Payload:
        """Render the post that the account would ordinarily make; raises TemplateError."""
        voice = self.voice(setup, account, target.limits)
        return ordinary_post(article, feed, voice, setup.pools)

    def ordinary_text(self, setup: Setup, account: Account, target: Target, article: Article, feed: str) -> str | None:
        """Return the ordinary post's text for the log, or None if its template fails."""
        try:
            return self.ordinary(setup, account, target, article, feed).shown
        except TemplateError:
            return None

    def strike(
        self, tx: Transaction, setup: Setup, account: Account, target: Target, article: Article, strike: Strike
    ) -> Draft:
        """Render the strike post in the next wording of the account's pool; raises TemplateError."""
        voice = self.voice(setup, account, target.limits)
        pool = strike_pool(strike, voice, setup.pools)
        index = next_in_pool(tx.actions.last_pool_index(target.id), len(pool), start_of(setup, account))
        return Draft(self.strike_post(tx, voice, pool[index], article, strike), index)

    def strike_post(self, tx: Transaction, voice: Voice, source: str, article: Article, strike: Strike) -> Payload:
        """Render one strike post from one wording; raises TemplateError."""
        return strike_post(source, article, feed_name(tx, article), voice, strike, tx.now)

    def for_action(
        self, tx: Transaction, setup: Setup, account: Account, target: Target, action: Action, strike: Strike | None
    ) -> Draft:
        """Return the frozen payload of an action, or render it; raises TemplateError."""
        if action.payload is not None:
            return Draft(action.payload, action.pool_index)
        article = tx.articles.get(action.article_id or 0)
        if action.purpose is Purpose.STRIKE and strike is not None:
            return self.strike(tx, setup, account, target, article, strike)
        return Draft(self.ordinary(setup, account, target, article, feed_name(tx, article)))


def start_of(setup: Setup, account: Account) -> int:
    """Return where an account starts in its pool: networks forbid the same text on several accounts at once."""
    return [a.name for a in setup.accounts].index(account.name)


def feed_name(tx: Transaction, article: Article) -> str:
    """Return the name of the first feed that the article was seen in."""
    names = feed_names(tx, article)
    return names[0] if names else ""


def feed_names(tx: Transaction, article: Article) -> list[str]:
    """Return the names of the feeds that the article was seen in."""
    return tx.feeds.names(article.feeds)
