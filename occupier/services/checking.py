"""Check: everything that can be found out before it matters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from occupier.domain.article import Article, Entry
from occupier.domain.errors import FeedError, NetworkError, OccupierError, Sentence, TemplateError
from occupier.domain.message import Voice, compose, is_default_who, missing_variables, strike_pool, strike_values
from occupier.domain.ports import Asked, Clock, Fetcher, Identity, Network, Parser
from occupier.domain.setup import Account, FeedSource, Setup
from occupier.domain.strike import LinkRule, Strike
from occupier.services.listening import says
from occupier.services.previewing import Previewing, as_article, example_strike

NEWEST = 20
"""How many articles every wording is tried on."""
STALE = timedelta(hours=24)
"""A feed without anything newer is worth a look."""


EXAMPLE_REASON = {"fr": "contre la réforme des retraites", "en": "against the pension reform"}
"""What wordings are tried with where no strike is declared."""


class Level(StrEnum):
    """How good a finding is."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the check: a stable id, what it is about, its level, and a sentence that says what to do."""

    id: str
    subject: str
    level: Level
    sentence: Sentence


class Checking:
    """Looks at everything and writes nothing: not to a network, not to the database."""

    def __init__(
        self,
        previewing: Previewing,
        fetcher: Fetcher,
        parser: Parser,
        networks: Mapping[str, Network],
        clock: Clock,
        setup: Callable[[], Setup],
    ) -> None:
        self._previewing = previewing
        self._fetcher = fetcher
        self._parser = parser
        self._networks = networks
        self._clock = clock
        self._setup = setup
        self._identities: dict[tuple[str, str, str], str] = {}
        self._skews: dict[str, timedelta] = {}
        self._newest: dict[str, list[Article]] = {}

    def check(self, strikes: Sequence[Strike], problems: Mapping[str, OccupierError]) -> Iterator[Finding]:
        """Yield the findings as they are made.

        Args:
            strikes: those to check messages against.
            problems: accounts that could not even be set up, with the reason (a missing secret).
        """
        setup = self._setup()
        yield from self._strikes(strikes)
        for source in setup.feeds:
            yield self._feed(source)
        for account in setup.accounts:
            if account.name in problems:
                yield Finding("secret", account.name, Level.RED, problems[account.name].sentence)
                continue
            yield from self._account(account, strikes)
        if setup.pause_url is not None:
            yield self._address(setup.pause_url, setup.pause_word)
        yield self._clock_finding()

    def _address(self, address: str, word: str) -> Finding:
        """Look whether the address that can stop everything can be read, and does not do so already."""
        try:
            heard = says(self._fetcher.fetch(Asked(address)).body or b"", word)
        except FeedError as error:
            return Finding("pause_url", "-", Level.RED, error.sentence)
        values = {"word": word, "address": address}
        if heard:
            text = "The word {word} stands at {address} already: nothing is posted while it does. Take it out."
            return Finding("pause_url", "-", Level.AMBER, Sentence(text, values))
        text = "Writing {word} at {address} stops everything within half a minute."
        return Finding("pause_url", "-", Level.GREEN, Sentence(text, values))

    def _strikes(self, strikes: Sequence[Strike]) -> Iterator[Finding]:
        now = self._clock.now()
        open_ = [s for s in strikes if not s.is_over(now)]
        if not open_:
            text = "No strike is declared: outside a strike, no strike post is ever sent. Type occupier strike declare."
            yield Finding("strike", "-", Level.AMBER, Sentence(text))
        for strike in open_:
            text = "From {start} to {end}."
            yield Finding("strike", strike.name, Level.GREEN,
                          Sentence(text, {"start": strike.starts_at, "end": strike.ends_at}))  # fmt: skip

    def _feed(self, source: FeedSource) -> Finding:
        try:
            fetched = self._fetcher.fetch(Asked(source.url))
            parsed = self._parser.parse(fetched.body or b"", fetched.content_type, fetched.url)
        except FeedError as error:
            return Finding("feed", source.name, Level.RED, error.sentence)
        if fetched.skew is not None:
            self._skews[fetched.host] = fetched.skew
        entries = parsed.entries[:NEWEST]
        self._newest[source.name] = [as_article(entry, self._clock.now()) for entry in entries]
        if not entries:
            text = (
                "The feed answers, but holds no article: the first ones that it shows will count as known, and not be"
                " posted."
            )
            return Finding("feed", source.name, Level.AMBER, Sentence(text))
        newest = max((e.published_at for e in parsed.entries if e.published_at), default=None)
        if newest is not None and self._clock.now() - newest > STALE:
            text = "{n} articles, the newest {at}: is this the right feed?"
            return Finding("feed", source.name, Level.AMBER, Sentence(text, {"n": len(parsed.entries), "at": newest}))
        text = "{n} articles; the latest: “{title}”."
        last = next((e for e in parsed.entries if e.published_at == newest), parsed.entries[0])
        values = {"n": len(parsed.entries), "title": last.title}
        return Finding("feed", source.name, Level.GREEN, Sentence(text, values))

    def _account(self, account: Account, strikes: Sequence[Strike]) -> Iterator[Finding]:
        network = self._networks[account.name]
        limits: Mapping[str, int] = {}
        try:
            identity = network.verify()
            limits = network.read_limits()
        except NetworkError as error:
            yield Finding("account", account.name, Level.RED, error.sentence)
        else:
            yield from self._identity(account, identity)
        voice = self._previewing.voice(account, limits)
        now = self._clock.now()
        mine = [s for s in strikes if not s.is_over(now) and (not s.accounts or account.name in s.accounts)]
        for strike in mine or [example_strike(self._setup(), (), now, EXAMPLE_REASON[voice.language])]:
            yield from self._messages(account, voice, strike, now)

    def _identity(self, account: Account, identity: Identity) -> Iterator[Finding]:
        if identity.skew is not None:
            self._skews[account.host] = identity.skew
        same = self._identities.setdefault((account.platform, account.host, identity.remote_id), account.name)
        if same != account.name:
            text = "This is the same account as {other}: keep one of them."
            yield Finding("account", account.name, Level.RED, Sentence(text, {"other": same}))
            return
        text = "This is the account {name}."
        yield Finding("account", account.name, Level.GREEN, Sentence(text, {"name": identity.name}))
        for note in identity.notes:
            yield Finding("account_note", account.name, Level.AMBER, Sentence(note))

    def _messages(self, account: Account, voice: Voice, strike: Strike, now: datetime) -> Iterator[Finding]:
        pool = strike_pool(strike, voice, self._setup().pools)
        shipped = voice.templates.shipped(voice.language, default_who=is_default_who(strike, voice))
        errors = [e for source in pool for e in self._wording(account, voice, strike, source, now, source in shipped)]
        for error in errors:
            yield Finding("message", account.name, Level.RED, error)
        if not errors:
            text = "{n} wordings fit ({limit} characters at most) under the strike “{strike}”."
            values = {"n": len(pool), "limit": voice.ruler.limit, "strike": strike.name}
            yield Finding("message", account.name, Level.GREEN, Sentence(text, values))

    def _wording(
        self, account: Account, voice: Voice, strike: Strike, source: str, now: datetime, shipped: bool
    ) -> Iterator[Sentence]:
        try:
            missing = [] if shipped else missing_variables(source, strike, voice)
            if missing:
                text = "The message “{source}” does not say {missing}: readers must learn it."
                yield Sentence(text, {"source": source, "missing": ", ".join(missing)})
            for article in self._articles(account):
                keep = strike.link is LinkRule.KEEP
                compose(source, article, "", voice, strike_values(strike, voice, now), keep_link=keep)
        except TemplateError as error:
            yield error.sentence

    def _articles(self, account: Account) -> list[Article]:
        names = [name for name in self._newest if account.follows(frozenset({name}))]
        return [article for name in names for article in self._newest[name]] + [_longest(self._clock.now())]

    def _clock_finding(self) -> Finding:
        limit = self._setup().limits.clock_skew
        wrong = [skew for skew in self._skews.values() if abs(skew) > limit]
        if len(wrong) >= 2:
            text = "This machine's clock is wrong by {minutes} min, as {n} servers say: set it, or nothing is posted."
            minutes = round(max(abs(s.total_seconds()) for s in wrong) / 60)
            values = {"minutes": minutes, "n": len(wrong)}
            return Finding("clock", "-", Level.RED, Sentence(text, values))
        if not self._skews:
            return Finding("clock", "-", Level.AMBER, Sentence("No server gave its time: look at the clock yourself."))
        return Finding("clock", "-", Level.GREEN, Sentence("This machine's clock agrees with the servers'."))


def _longest(now: datetime) -> Article:
    """Return an article whose title is longer than any network takes: what gives way must be the title."""
    entry = Entry("Un titre d’une longueur que personne n’a prévue, " * 8, "https://www.example.org/article/1")
    return as_article(entry, now)
