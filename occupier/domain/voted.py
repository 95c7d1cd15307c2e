"""What an assembly votes on, in one canonical form, and the fingerprint of it.

Whatever changes what goes out is in it; the order and the spelling of what does not is not. docs/plan.md has the form.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from occupier.domain.errors import Sentence
from occupier.domain.message import Templates, ordinary_template, wordings
from occupier.domain.setup import Account, FeedSource, Rule, Setup
from occupier.domain.strike import Strike, a_year_after
from occupier.domain.times import utc_text

SHOWN = 8
"""Characters of a fingerprint that a page shows."""
_FORM = 1
_NOT_OF_STRIKE = {"accounts", "closed_at", "declared_at", "destroy_on", "destroyed_at", "ends_at", "feeds",
                  "first_start", "id", "link", "messages", "renews", "source", "starts_at"}  # fmt: skip
_NOT_OF_ACCOUNT = {"feeds", "language", "metrics", "settle_after", "test"}
_NOT_OF_SETUP = {"accounts", "feeds", "language", "limits", "pause_url", "pause_word", "pools", "report", "rules",
                 "strikes", "usual", "zone"}  # fmt: skip
"""What changes nothing that goes out, or is in the form in another way. Whatever is added to these counts by itself."""


class Part(StrEnum):
    """What a plan is made of; where two plans differ is said by these."""

    DECISION = "decision"
    HOURS = "hours"
    MESSAGES = "messages"
    ACCOUNTS = "accounts"
    FEEDS = "feeds"
    RULES = "rules"
    LIMITS = "limits"


PARTS: Mapping[Part, Sentence] = {
    Part.DECISION: Sentence("the decision"),
    Part.HOURS: Sentence("the hours"),
    Part.MESSAGES: Sentence("the messages"),
    Part.ACCOUNTS: Sentence("the accounts"),
    Part.FEEDS: Sentence("the feeds"),
    Part.RULES: Sentence("the rules"),
    Part.LIMITS: Sentence("the limits"),
}


@dataclass(frozen=True, slots=True)
class Voted:
    """A plan's fingerprint, and a shorter one of each of its parts, to tell where another differs."""

    fingerprint: str
    parts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Seal:
    """The plan of a strike as it was voted.

    `identities`: whose each account was, by its name, as far as its network had said. `held_since`: since when what
    would run is another plan; None while it is this one.
    """

    fingerprint: str
    sealed_at: datetime
    parts: Mapping[str, str] = field(default_factory=dict)
    identities: Mapping[str, str] = field(default_factory=dict)
    held_since: datetime | None = None

    @property
    def short(self) -> str:
        """The fingerprint as pages show it."""
        return self.fingerprint[:SHOWN]

    def differs(self, found: Voted, identities: Mapping[str, str]) -> list[Part]:
        """Return the parts in which what would run, on these accounts, is not this plan; none where it is."""
        strangers = any(identities.get(name, known) != known for name, known in self.identities.items())
        same = self.fingerprint == found.fingerprint
        wrong = [] if same else [part for part in Part if self.parts.get(part) != found.parts.get(part)]
        if strangers and Part.ACCOUNTS not in wrong:
            wrong.append(Part.ACCOUNTS)
        return wrong if same or wrong else list(Part)


def in_scope(strike: Strike, setup: Setup) -> list[Account]:
    """Return the accounts that a strike acts on, in the order of the settings."""
    feeds = strike.feeds or frozenset(feed.name for feed in setup.feeds)
    return [a for a in setup.accounts if not a.test and a.follows(feeds) and strike.covers(a.name, feeds)]


def feeds_in_scope(strike: Strike, setup: Setup) -> list[FeedSource]:
    """Return the feeds that a strike acts on."""
    accounts = in_scope(strike, setup)
    wanted = [feed for feed in setup.feeds if not strike.feeds or feed.name in strike.feeds]
    return [feed for feed in wanted if any(a.follows(frozenset({feed.name})) for a in accounts)]


def voted(strike: Strike, setup: Setup, templates: Templates) -> Voted:
    """Return the SHA-256, in hexadecimal, of the canonical form in UTF-8, and of each of its parts."""
    form = _form(strike, setup, templates)
    return Voted(_digest(form), {part: _digest(form[part])[:SHOWN] for part in Part})


def canonical(strike: Strike, setup: Setup, templates: Templates) -> str:
    """Return the canonical form: JSON with sorted keys and no blanks."""
    return _text(_form(strike, setup, templates))


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _digest(value: object) -> str:
    return hashlib.sha256(_text(value).encode("utf-8", "surrogatepass")).hexdigest()


def _form(strike: Strike, setup: Setup, templates: Templates) -> dict[str, Any]:
    accounts, feeds = in_scope(strike, setup), feeds_in_scope(strike, setup)
    destroyed = strike.destroy_on or a_year_after(strike.ends_at, setup.zone)
    hours = [setup.zone, strike.starts_at, strike.ends_at, strike.first_start or strike.starts_at, setup.limits.guard]
    said = {account.name: _said(account, strike, setup, templates) for account in accounts}
    return {
        "form": _FORM,
        Part.DECISION: _fields(strike, _NOT_OF_STRIKE) | {"destroy_on": destroyed.isoformat()},
        Part.HOURS: _plain(hours),
        Part.MESSAGES: {"link": strike.link.value, "by_account": said},
        Part.ACCOUNTS: {account.name: _account(account, feeds) for account in accounts},
        Part.FEEDS: {feed.name: feed.url for feed in feeds},
        Part.RULES: [_rule(rule) for rule in setup.rules],
        Part.LIMITS: _fields(setup, _NOT_OF_SETUP),
    }


def _said(account: Account, strike: Strike, setup: Setup, templates: Templates) -> dict[str, Any]:
    language, pools = account.language or setup.language, setup.pools
    ordinary = ordinary_template(account, pools)
    strikes = wordings(strike, account, language, templates, pools)
    return {"language": language, "ordinary": ordinary, "strike": list(strikes)}


def _account(account: Account, feeds: Iterable[FeedSource]) -> dict[str, Any]:
    followed = sorted(feed.name for feed in feeds if account.follows(frozenset({feed.name})))
    return _fields(account, _NOT_OF_ACCOUNT) | {"feeds": followed}


def _rule(rule: Rule) -> dict[str, Any]:
    # categories are compared without their capitals, and any of them will do
    return _fields(rule, {"category"}) | {"category": sorted({category.casefold() for category in rule.category})}


def _fields(value: Any, besides: Collection[str]) -> dict[str, Any]:
    """Return the fields that say something: one that keeps its default is as if it did not exist."""
    found = ((f, getattr(value, f.name)) for f in fields(value) if f.name not in besides)
    return {f.name: _plain(said) for f, said in found if not _is_default(f, said)}


def _is_default(of: Any, said: object) -> bool:
    default = of.default_factory() if of.default_factory is not MISSING else of.default
    return bool(default is not MISSING and said == default)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, frozenset):
        return sorted(_plain(one) for one in value)
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if is_dataclass(value):
        return _fields(value, ())
    return _scalar(value)


def _scalar(value: Any) -> Any:
    match value:
        case datetime():
            return utc_text(value)
        case date():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case re.Pattern():
            return value.pattern
        case ZoneInfo():
            return value.key
    return value
