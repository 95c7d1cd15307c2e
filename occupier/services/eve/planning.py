"""Plan: everything that a strike will do, computed beforehand. The feeds are read; no network is asked anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from occupier.domain.action import Payload
from occupier.domain.article import Article, Entry
from occupier.domain.errors import FeedError, Sentence, TemplateError
from occupier.domain.message import Templates, Voice, ordinary_post, strike_pool, strike_post
from occupier.domain.plan import (
    LOOKED_BACK,
    Plan,
    PlannedAccount,
    Wording,
    article_to_show,
    busiest_hour,
    expected,
    rhythm,
)
from occupier.domain.ports import Network, Transaction
from occupier.domain.setup import Account, FeedSource, Setup
from occupier.domain.strike import Strike
from occupier.domain.voted import feeds_in_scope, in_scope, voted
from occupier.services.eve.previewing import Previewing, as_article
from occupier.services.lane.sealing import identities
from occupier.services.watch.drafting import start_of

_READ = 200
"""Entries of a feed that are looked at: more than any shows of two weeks would only be older."""
_KNOWN = 600
"""Articles of a feed that the journal is asked for: two weeks of forty a day."""
_EXAMPLE = {
    "fr": Entry("Le titre de l’article", "https://www.example.org/article"),
    "en": Entry("The title of the article", "https://www.example.org/article"),
}


@dataclass(frozen=True, slots=True)
class _Feed:
    """A feed as it was read, the journal's knowledge of it added: articles, oldest first."""

    source: FeedSource
    articles: Sequence[Article]
    appeared: Mapping[str, datetime]


class Planning:
    """Makes plans; writes nothing anywhere."""

    def __init__(
        self,
        previewing: Previewing,
        templates: Templates,
        networks: Mapping[str, Network],
        setup: Callable[[], Setup],
    ) -> None:
        self._previewing = previewing
        self._templates = templates
        self._networks = networks
        self._setup = setup

    def plan(self, strike: Strike, now: datetime, tx: Transaction | None = None) -> Plan:
        """Return the plan of a strike; `tx` is a reading of the journal, where there is one.

        Never raises for a feed: what cannot be read is among the problems.
        """
        setup = self._setup()
        sources = feeds_in_scope(strike, setup)
        feeds, problems = self._read(sources, now, tx)
        instants = _instants(feeds, now)
        found = voted(strike, setup, self._templates)
        seal = tx.seals.of(strike.id) if tx is not None and strike.id else None
        known = identities(tx, setup, strike) if tx is not None else {}
        limits = _limits(tx)
        return Plan(
            at=now,
            strike=strike,
            setup=setup,
            voted=found,
            accounts=tuple(self._account(a, strike, feeds, limits, now) for a in in_scope(strike, setup)),
            feeds=tuple(sources),
            rhythm=rhythm(instants, setup.zone, now),
            ceilings=setup.ceilings(max(busiest_hour(instants), _busiest_known(tx))),
            seal=seal,
            differs=tuple(seal.differs(found, known)) if seal else (),
            problems=tuple(problems),
        )

    def _read(
        self, sources: Iterable[FeedSource], now: datetime, tx: Transaction | None
    ) -> tuple[list[_Feed], list[Sentence]]:
        feeds, problems = [], []
        for source in sources:
            try:
                articles = list(self._previewing.newest(source, _READ, now))
            except FeedError as error:
                articles = []
                problems.append(error.sentence)
            feeds.append(_with_journal(source, articles, tx, now))
        return feeds, problems

    def _account(
        self,
        account: Account,
        strike: Strike,
        feeds: Sequence[_Feed],
        limits: Mapping[tuple[str, str, str], Mapping[str, int]],
        now: datetime,
    ) -> PlannedAccount:
        setup = self._setup()
        mine = [feed for feed in feeds if account.follows(frozenset({feed.source.name}))]
        shown = article_to_show([a for feed in mine for a in feed.articles], setup.zone, now)
        voice = self._previewing.voice(account, limits.get((account.name, account.platform, account.host)))
        article = shown or as_article(_EXAMPLE[voice.language], now)
        feed = next((f.source.name for f in mine if shown in f.articles), mine[0].source.name if mine else "")
        messages = tuple(self._wordings(account, strike, voice, article, feed))
        price = next((self._networks[account.name].cost(w.post) for w in messages if w.post), 0)
        hours = strike.acts_from, strike.ends_at, setup.zone
        return PlannedAccount(
            account=account,
            wordings=messages,
            usual=self._usual(voice, article, feed),
            article=article,
            is_example=shown is None,
            expected=expected(rhythm(_instants(mine, now), setup.zone, now), *hours),
            price_microusd=price,
        )

    def _wordings(
        self, account: Account, strike: Strike, voice: Voice, article: Article, feed: str
    ) -> Iterable[Wording]:
        setup = self._setup()
        pool = strike_pool(strike, voice, setup.pools)
        start = start_of(setup, account) % len(pool)
        for source in (*pool[start:], *pool[:start]):
            try:
                # said as on the strike's first day, whenever the plan is made
                post = strike_post(source, article, feed, voice, strike, strike.acts_from)
            except TemplateError as error:
                yield Wording(source, None, limit=voice.ruler.limit, problem=error.sentence)
                continue
            yield Wording(source, post, voice.ruler.length(post.text), voice.ruler.limit)

    def _usual(self, voice: Voice, article: Article, feed: str) -> Payload | None:
        try:
            return ordinary_post(article, feed, voice, self._setup().pools)
        except TemplateError:
            return None


def _with_journal(source: FeedSource, articles: Sequence[Article], tx: Transaction | None, now: datetime) -> _Feed:
    known = next((f for f in tx.feeds.all() if f.name == source.name), None) if tx is not None else None
    older = tx.articles.newest(known.id, _KNOWN) if tx is not None and known is not None else []
    shown = {article.link for article in articles}
    every = sorted([*(a for a in older if a.link not in shown), *articles], key=lambda a: _at(a) or a.first_seen_at)
    appeared = {article.link: at for article in every if (at := _at(article)) and now - at <= LOOKED_BACK}
    return _Feed(source, every, appeared)


def _at(article: Article) -> datetime | None:
    """Return when an article appeared; None where nobody knows: it was there before."""
    seen = article.first_seen_at if article.id and not article.baseline else None
    return article.published_at or seen


def _instants(feeds: Iterable[_Feed], now: datetime) -> list[datetime]:
    """Return when articles appeared, each counted once however many feeds show it."""
    at = {link: at for feed in feeds for link, at in feed.appeared.items()}
    return sorted(instant for instant in at.values() if instant <= now)


def _busiest_known(tx: Transaction | None) -> int:
    return tx.articles.busiest_hour(tx.now - LOOKED_BACK) if tx is not None else 0


def _limits(tx: Transaction | None) -> Mapping[tuple[str, str, str], Mapping[str, int]]:
    """Return the lengths that each account's network told last."""
    return {(t.name, t.platform, t.host): t.limits for t in (tx.targets.all() if tx is not None else ())}
