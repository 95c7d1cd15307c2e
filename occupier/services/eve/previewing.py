"""Preview: what each account would say, before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from occupier.domain.action import Payload
from occupier.domain.article import Article, Entry, identify, oldest_first
from occupier.domain.errors import FeedError, Sentence, TemplateError
from occupier.domain.message import Templates, Voice, ordinary_post, strike_pool, strike_post
from occupier.domain.ports import Asked, Fetcher, Network, Parser
from occupier.domain.setup import Account, FeedSource, Setup
from occupier.domain.strike import Strike, in_force_or_next
from occupier.services.watch.drafting import start_of

_EVENING = 17
"""From this hour on, an example is of tomorrow: on the eve, one that is over would mislead."""


@dataclass(frozen=True, slots=True)
class Preview:
    """One article on one account: the usual text and the strike text; a text that cannot be made has its `error`."""

    account: Account
    feed: str
    article: Article
    ordinary: Payload | None
    strike: Payload | None
    length: int
    limit: int
    error: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Previewed:
    """All previews, and the feeds that could not be read."""

    previews: tuple[Preview, ...]
    errors: tuple[Sentence, ...]


class Previewing:
    """Reads the feeds and renders; writes nothing anywhere."""

    def __init__(
        self,
        fetcher: Fetcher,
        parser: Parser,
        templates: Templates,
        networks: Mapping[str, Network],
        setup: Callable[[], Setup],
    ) -> None:
        self._fetcher = fetcher
        self._parser = parser
        self._templates = templates
        self._networks = networks
        self._setup = setup

    @property
    def templates(self) -> Templates:
        """The template language."""
        return self._templates

    def preview(self, last: int, strike: Strike, now: datetime) -> Previewed:
        """Render the newest `last` articles of each feed as every account would post them under a strike."""
        found, errors = [], []
        for source in self._setup().feeds:
            try:
                articles = self.newest(source, last, now)
            except FeedError as error:
                errors.append(error.sentence)
                continue
            found += [p for n, article in enumerate(articles) for p in self._for(source, article, strike, now, n)]
        return Previewed(tuple(found), tuple(errors))

    def newest(self, source: FeedSource, count: int, now: datetime) -> Sequence[Article]:
        """Return the newest articles of a feed, oldest first; raises FeedError."""
        fetched = self._fetcher.fetch(Asked(source.url))
        parsed = self._parser.parse(fetched.body or b"", fetched.content_type, fetched.url)
        keyed, _ = identify(parsed.entries, 0)
        return [as_article(k.entry, now) for k in oldest_first(keyed)[-count:]]

    def _for(self, source: FeedSource, article: Article, strike: Strike, now: datetime, n: int) -> list[Preview]:
        accounts = [a for a in self._setup().accounts if a.follows(frozenset({source.name}))]
        return [self._one(account, source, article, strike, now, n) for account in accounts]

    def _one(
        self, account: Account, source: FeedSource, article: Article, strike: Strike, now: datetime, n: int
    ) -> Preview:
        setup = self._setup()
        voice = self.voice(account)
        pool = strike_pool(strike, voice, setup.pools)
        wording = pool[(start_of(setup, account) + n) % len(pool)]
        try:
            ordinary = ordinary_post(article, source.name, voice, setup.pools)
            text = strike_post(wording, article, source.name, voice, strike, now)
        except TemplateError as error:
            return Preview(account, source.name, article, None, None, 0, voice.ruler.limit, error.sentence)
        length = voice.ruler.length(text.text)
        return Preview(account, source.name, article, ordinary, text, length, voice.ruler.limit)

    def voice(self, account: Account, limits: Mapping[str, int] | None = None) -> Voice:
        """Return how an account speaks, with the network's usual limits unless others are known."""
        setup = self._setup()
        ruler = self._networks[account.name].ruler(limits or {})
        return Voice(account, account.language or setup.language, setup.zone, ruler, self._templates)


def as_article(entry: Entry, now: datetime) -> Article:
    """Return an entry as an article that the journal does not know, first seen now."""
    return Article(
        id=0,
        title=entry.title,
        link=entry.link,
        summary=entry.summary,
        categories=entry.categories,
        image=entry.image,
        published_at=entry.published_at,
        first_seen_at=now,
        counted_from=now,
        baseline=False,
        feeds=frozenset(),
    )


def example_strike(setup: Setup, strikes: Sequence[Strike], now: datetime, reason: str) -> Strike:
    """Return the strike to show: the one in force, else the next, else an example of today, on the eve of tomorrow."""
    current = in_force_or_next(strikes, now)
    if current is not None:
        return current
    local = now.astimezone(setup.zone)
    start = local.replace(hour=9, minute=0, second=0, microsecond=0)
    if local.hour >= _EVENING:
        start += timedelta(days=1)
    example = Strike("exemple", start, start.replace(hour=19), "exemple", reason, now)
    return replace(example, first_start=start)
