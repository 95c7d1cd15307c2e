"""What the settings say, as the decisions need it: no secret, no address of a database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from occupier.domain.article import Article
from occupier.domain.handing import Images
from occupier.domain.limits import Ceilings, Limits
from occupier.domain.strike import Strike


class Outside(StrEnum):
    """What an account does outside strikes."""

    SILENT = "silent"
    PUBLISH = "publish"


class WhenUncertain(StrEnum):
    """What to do with a post that two complete reads did not find."""

    RETRY = "retry"
    ASK = "ask"


class FirstPost(StrEnum):
    """What an account does with its first strike post of a strike."""

    SEND = "send"
    APPROVE = "approve"


class DuringStrikes(StrEnum):
    """What an account does with the articles of a strike: announces the strike, or says nothing at all."""

    POST = "post"
    SILENCE = "silence"


class IfUsualIsOut(StrEnum):
    """What becomes of a strike post whose article the usual post announces already on the account."""

    HOLD = "hold"
    LEAVE = "leave"
    REPLACE = "replace"
    """Made to say the strike (see `ReplaceBy`); held where it may not be."""


class Takeover(StrEnum):
    """Whether an account posts by itself, or waits for the usual tool's posts and replaces them."""

    NONE = "none"
    REPLACE = "replace"


class ReplaceBy(StrEnum):
    """How the usual post is replaced: edited where it stands, or deleted and the strike message posted anew."""

    EDIT = "edit"
    DELETE = "delete"


class RuleAction(StrEnum):
    """What a rule of minimum service does with an article during a strike."""

    ORDINARY = "ordinary"
    HOLD = "hold"
    LEAVE = "leave"


NETWORKS: Mapping[str, str] = {"mastodon": "Mastodon", "x": "X", "facebook": "Facebook"}
"""The networks by their ids, each with its name as it writes it."""
FEED = "feed"
"""The platform of a strike feed."""
WRITING = timedelta(minutes=1)
"""Within which a new edition of a feed that is put somewhere is there, or is tried again."""


@dataclass(frozen=True, slots=True)
class FeedSource:
    """A feed to watch."""

    name: str
    url: str
    interval: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Account:
    """An account to post on; its secrets are elsewhere.

    `feeds` empty: every feed. `remote_id` is what the settings know of its identity (a Facebook page's id).
    `first_post_within`: how long the first strike post waits for a person's yes, where one is wanted.
    `for_platform`: the network to which a tool or a person outside posts what is handed to them. `tool_interval`: how
    often that tool reads its feed; `is_written`: the feed is put somewhere, and occupier does not serve it.
    `usual_application`: whose posts may be replaced, as the network names it. `usual_within`: how long after an article
    the usual tool may still post it, so that strike posts wait for that.
    """

    name: str
    platform: str
    host: str
    remote_id: str | None = None
    feeds: frozenset[str] = frozenset()
    outside: Outside = Outside.SILENT
    owner: str = "employer"
    when_uncertain: WhenUncertain = WhenUncertain.RETRY
    settle_after: timedelta = timedelta(seconds=120)
    visibility: str | None = None
    language: str | None = None
    test: bool = False
    budget_microusd: int | None = None
    metrics: bool = False
    first_post: FirstPost = FirstPost.SEND
    first_post_within: timedelta = timedelta(minutes=30)
    for_platform: str | None = None
    tool_interval: timedelta | None = None
    images: str = Images.KEEP
    is_written: bool = False
    during_strikes: DuringStrikes = DuringStrikes.POST
    if_usual_is_out: IfUsualIsOut = IfUsualIsOut.HOLD
    takeover: Takeover = Takeover.NONE
    replace_by: ReplaceBy = ReplaceBy.EDIT
    usual_application: str | None = None
    usual_within: timedelta = timedelta(0)

    @property
    def replaces_usual(self) -> bool:
        """Whether the usual tool's posts about articles of a strike are replaced."""
        return self.takeover is Takeover.REPLACE or self.if_usual_is_out is IfUsualIsOut.REPLACE

    @property
    def edits_usual(self) -> bool:
        """Whether they are edited where they stand."""
        return self.replaces_usual and self.replace_by is ReplaceBy.EDIT

    @property
    def deletes_usual(self) -> bool:
        """Whether they are deleted, and the strike message posted anew."""
        return self.replaces_usual and self.replace_by is ReplaceBy.DELETE

    @property
    def is_silent(self) -> bool:
        """Whether nothing of a strike is posted on it: neither strike posts nor what a rule lets through."""
        return self.during_strikes is DuringStrikes.SILENCE

    @property
    def network(self) -> str:
        """The network whose lengths and messages count: that of the tool where another tool posts."""
        return self.for_platform or self.platform

    @property
    def is_network(self) -> bool:
        """Whether it is an account that occupier itself reads and posts on: nothing is handed to others there."""
        return self.for_platform is None

    @property
    def is_feed(self) -> bool:
        """Whether it is a strike feed, to which the usual tool is pointed."""
        return self.platform == FEED

    @property
    def has_keys(self) -> bool:
        """Whether occupier posts there itself, and so has keys that are taken away afterwards."""
        return self.network == self.platform

    def guard(self, usual: timedelta) -> timedelta:
        """Return how long before the end of a strike nothing more begins on this account."""
        if self.tool_interval is None:
            return usual
        # what is written somewhere takes a moment to be there, and the tool must have read it before the end
        return self.tool_interval + (WRITING if self.is_written else usual)

    def follows(self, feeds: frozenset[str]) -> bool:
        """Say whether this account posts articles of these feeds."""
        return not self.feeds or bool(self.feeds & feeds)


@dataclass(frozen=True, slots=True)
class Rule:
    """Minimum service: every condition given must match; `title` is searched, `category` is any of the list."""

    action: RuleAction
    category: tuple[str, ...] = ()
    title: re.Pattern[str] | None = None

    def matches(self, article: Article) -> bool:
        """Say whether the article falls under this rule."""
        if self.category:
            wanted = {c.casefold() for c in self.category}
            if not any(c.casefold() in wanted for c in article.categories):
                return False
        return self.title is None or bool(self.title.search(article.title))


@dataclass(frozen=True, slots=True)
class Pools:
    """Message templates of the settings; an empty pool is none."""

    strike: tuple[str, ...] = ()
    strike_by_platform: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    strike_by_account: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ordinary: str | None = None
    ordinary_by_platform: Mapping[str, str] = field(default_factory=dict)


class Poster(StrEnum):
    """What posts the newsroom's links when nobody is on strike."""

    SITE = "site"
    SERVICE = "service"
    HAND = "hand"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Usual:
    """The usual tool, as those who strike know it.

    `access`: whether they can get into it before the strike, None where nobody said. `paused`: by which of its
    functions, and when, it was paused; None while it was not.
    """

    by: Poster = Poster.UNKNOWN
    access: bool | None = None
    name: str | None = None
    paused: str | None = None


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything that the services read of the settings. `per_hour` None: from the feeds' own rhythm.

    `report`: the account of a strike is written when it is over. `pause_url`: an address where `pause_word` stops all.
    """

    zone: ZoneInfo
    language: str = "fr"
    feeds: tuple[FeedSource, ...] = ()
    accounts: tuple[Account, ...] = ()
    rules: tuple[Rule, ...] = ()
    pools: Pools = field(default_factory=Pools)
    strikes: tuple[Strike, ...] = ()
    per_hour: int | None = None
    per_day: int = 300
    spacing: timedelta = timedelta(seconds=30)
    freshness: timedelta = timedelta(hours=2)
    limits: Limits = field(default_factory=Limits)
    report: bool = True
    pause_url: str | None = None
    pause_word: str = "STOP"
    usual: Usual = field(default_factory=Usual)

    def account(self, name: str) -> Account | None:
        """Return the account of that name."""
        return next((a for a in self.accounts if a.name == name), None)

    def ceilings(self, busiest_hour: int) -> Ceilings:
        """Return the ceilings, `auto` being twice the feeds' busiest hour, at least 6, at most 30."""
        per_hour = self.per_hour if self.per_hour is not None else min(30, max(6, 2 * busiest_hour))
        return Ceilings(per_hour, self.per_day, self.spacing)
