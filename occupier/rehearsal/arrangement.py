"""One's own accounts and messages, or those of the newsroom that ships, moved onto the sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from occupier.domain.limits import Limits
from occupier.domain.setup import Account, FeedSource, FirstPost, Outside, Setup, Takeover
from occupier.domain.strike import Source, Strike, in_force_or_next
from occupier.rehearsal.stories import sample
from occupier.sandbox import Sandbox
from occupier.settings import Connection, SecretRef, SecretSource, Settings
from occupier.speech import _, language

FASTER = 10
"""A rehearsal waits this many times less than a real strike."""
SPACING = INTERVAL = timedelta(seconds=1)
ENOUGH = 1000
"""Posts an hour: a rehearsal must not meet a ceiling."""
NAMES = {"fr": "repetition", "en": "rehearsal"}
"""How the rehearsed strike is called: names have no accents."""
ZONE = ZoneInfo("Europe/Paris")
API_VERSION = "v26.0"
_PATHS = {"mastodon": "", "x": "/x", "facebook": "/graph"}


@dataclass(frozen=True)
class Arranged:
    """Settings that lead nowhere but to the sandbox, the setup they were made of, and the accounts' ids there."""

    settings: Settings
    own: Setup
    remote_ids: Mapping[str, str]

    @property
    def setup(self) -> Setup:
        """What the services read."""
        return self.settings.setup


def default_setup() -> Setup:
    """Return what is rehearsed without settings: one account on each network."""
    names = {"mastodon": "mastodon", "x": "x", "facebook": "page-facebook"}
    accounts = tuple(Account(name, platform, "") for platform, name in names.items())
    return Setup(ZONE, language(), (FeedSource(sample().feed, ""),), accounts)


def with_feed(setup: Setup, source: FeedSource) -> Setup:
    """Return the setup with this feed in the place of all others, followed by every account."""
    accounts = tuple(replace(account, feeds=frozenset()) for account in setup.accounts)
    strikes = tuple(replace(strike, feeds=frozenset()) for strike in setup.strikes)
    return replace(setup, feeds=(source,), accounts=accounts, strikes=strikes)


def arrange(box: Sandbox, setup: Setup, folder: Path, *, paper: str | None = None) -> Arranged:
    """Open an account on the sandbox for each of the setup's, and point everything there.

    Args:
        box: the running sandbox.
        setup: whose accounts, feeds, rules and messages are rehearsed; none of its addresses is kept.
        folder: for the database.
        paper: the name that the accounts bear there; each its own by default.
    """
    environ: dict[str, str] = {}
    accounts, connections, ids = [], {}, {}
    for number, account in enumerate(map(_as_posted, setup.accounts)):
        credentials = dict(box.add_account(account.platform, paper or account.name))
        ids[account.name] = credentials.pop("remote_id")
        page_id = credentials.pop("page_id", None)
        variables = {key: f"REHEARSAL_{number}_{key.upper()}" for key in credentials}
        environ |= {variables[key]: secret for key, secret in credentials.items()}
        connections[account.name] = _connection(box, account.platform, variables, page_id)
        accounts.append(_on_sandbox(box, account, page_id))
    moved = replace(
        setup,
        feeds=tuple(FeedSource(feed.name, box.feed_url(feed.name), INTERVAL) for feed in setup.feeds),
        accounts=tuple(accounts),
        strikes=(),
        per_hour=ENOUGH,
        per_day=ENOUGH,
        spacing=SPACING,
        limits=faster(Limits()),
    )
    settings = Settings(None, moved, folder / "rehearsal.db", connections, SecretSource(environ))
    return Arranged(settings, setup, ids)


def faster(limits: Limits) -> Limits:
    """Return the waits of a rehearsal: what bounds a call stays, as a busy machine is no faster for it."""
    kept = {"call": limits.call, "claim_age": limits.claim_age, "clock_skew": limits.clock_skew}
    return replace(limits.divided(FASTER), **kept)


def strike_to_rehearse(setup: Setup, starts_at: datetime, ends_at: datetime, now: datetime) -> Strike:
    """Return the strike of the rehearsal: the words and the scope of one's own, in force or next."""
    own = in_force_or_next(setup.strikes, now)
    if own is None:
        return Strike(NAMES[language()], starts_at, ends_at, _("rehearsal"), _("against the pension reform"), now)
    return replace(
        own,
        name=NAMES[language()],
        starts_at=starts_at,
        ends_at=ends_at,
        declared_at=now,
        source=Source.COMMAND,
        renews=None,
        first_start=None,
        id=0,
    )


def _connection(box: Sandbox, platform: str, variables: Mapping[str, str], page_id: str | None) -> Connection:
    refs = {key: SecretRef(key, env=variable) for key, variable in variables.items()}
    version = API_VERSION if platform == "facebook" else None
    return Connection(platform, box.url + _PATHS[platform], refs, version, page_id)


def _as_posted(account: Account) -> Account:
    """Return an account on which people or a tool post as one of its network: the rehearsal posts in their place."""
    if account.has_keys:
        return account
    return replace(account, platform=account.network, for_platform=None, tool_interval=None, is_written=False)


def _on_sandbox(box: Sandbox, account: Account, page_id: str | None) -> Account:
    return replace(
        account,
        host=urlsplit(box.url).netloc,
        remote_id=page_id,
        outside=Outside.PUBLISH,
        settle_after=account.settle_after / FASTER,
        test=False,
        first_post=FirstPost.SEND,  # nobody is there to say yes in the half minute that it lasts
        budget_microusd=None,
        # no usual tool posts there: what waits for one would wait until the rehearsal is over
        takeover=Takeover.NONE,
        usual_within=timedelta(0),
    )
