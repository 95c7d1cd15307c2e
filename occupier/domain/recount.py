"""What became of a strike, in figures: for its report, for the page, for the list that is handed over afterwards."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from occupier.domain.action import Purpose, State
from occupier.domain.by_hand import MANUAL
from occupier.domain.fates import Exemption, Fate, Tally
from occupier.domain.gaps import Gap
from occupier.domain.incidents import Incident
from occupier.domain.kept import Kept
from occupier.domain.ledger import LedgerHead
from occupier.domain.strike import Strike
from occupier.domain.ways import Way


@dataclass(frozen=True, slots=True)
class AccountRecount:
    """One account. `unlisted`: articles that fell into the strike while the account did not watch their feed.

    That is before it was in the settings, or while it followed other feeds. `elsewhere` counts the posts by others,
    seen on the account, that announce an article of the strike in other words. `last_post_at` is of any post under
    the strike, `last_claim_at` of the last call made for one of its strike posts. `way` is that of the settings as
    they are; None of an account that they do not name any more.
    """

    account: str
    platform: str
    tallies: tuple[Tally, ...] = ()
    unlisted: int = 0
    elsewhere: int = 0
    cost_microusd: int = 0
    target_id: int | None = None
    way: Way | None = None

    def count(self, fate: Fate) -> int:
        """Return how many articles came to this."""
        return sum(t.count for t in self.tallies if t.fate is fate)

    @property
    def concerned(self) -> int:
        """The articles that the strike concerns on this account: the sum of the fates, and of the unlisted."""
        return sum(t.count for t in self.tallies) + self.unlisted

    @property
    def last_post_at(self) -> datetime | None:
        """When its last post under the strike went out."""
        return max((t.last_sent_at for t in self.tallies if t.last_sent_at), default=None)

    @property
    def last_claim_at(self) -> datetime | None:
        """When the last call for a strike post was committed to; its first byte left within ten seconds, or never."""
        strike = (t for t in self.tallies if t.purpose is Purpose.STRIKE)
        return max((t.last_claimed_at for t in strike if t.last_claimed_at), default=None)

    @property
    def late(self) -> int:
        """How many strike posts were begun after the end."""
        return sum(t.late for t in self.tallies)

    @property
    def gone(self) -> int:
        """How many of its posts were taken away since."""
        return sum(t.gone for t in self.tallies)

    @property
    def handed(self) -> int:
        """How many strike posts went to a tool or a person outside: counted as replaced, and their end is not seen."""
        return sum(t.count for t in self.tallies if t.state is State.HANDED and t.purpose is Purpose.STRIKE)

    @property
    def is_awaited(self) -> bool:
        """Whether people were handed anything that they have not answered for."""
        return self.platform == MANUAL and any(t.state is State.HANDED for t in self.tallies)

    @property
    def edited(self) -> int:
        """How many are the usual posts, made to say the strike where they stood: counted as replaced."""
        return sum(t.edited for t in self.tallies)

    def left_for(self, reason: str) -> int:
        """Return how many were left unposted for this reason."""
        return sum(t.count for t in self.tallies if t.state is State.LEFT and t.reason == reason)

    @property
    def unposted(self) -> tuple[tuple[State, str, int], ...]:
        """Why articles were not posted, the commonest reason first."""
        found: Counter[tuple[State, str]] = Counter()
        for tally in self.tallies:
            if tally.fate is Fate.NOT_POSTED:
                found[tally.state, tally.reason] += tally.count
        whys = ((state, reason, count) for (state, reason), count in found.items())
        return tuple(sorted(whys, key=lambda why: (-why[2], why[0], why[1])))


@dataclass(frozen=True, slots=True)
class Doubts:
    """What became of the posts of which nobody could tell whether they were there."""

    found: int = 0
    absent: int = 0
    answered: int = 0
    open: int = 0

    @property
    def total(self) -> int:
        """How many there were."""
        return self.found + self.absent + self.answered + self.open


@dataclass(frozen=True, slots=True)
class Slipped:
    """A post of another tool or person that announced an article beside the strike, made `at` (aware); `url` if known.

    `application` is None where the network does not tell it.
    """

    at: datetime
    account: str
    url: str | None = None
    application: str | None = None


class Wording(StrEnum):
    """Where the messages in force came from, and whether they are still those of the declaration."""

    AS_DECLARED = "as_declared"
    CHANGED = "changed"
    FROM_SETTINGS = "from_settings"


@dataclass(frozen=True, slots=True)
class Watch:
    """What was watched: articles first seen during the strike on the feeds in scope, and those without a single line.

    `unaccounted` is 0: an article and its lines are written in one transaction.
    """

    seen: int = 0
    unaccounted: int = 0


@dataclass(frozen=True, slots=True)
class Recount:
    """The strike as the journal tells it at `at`. Times are aware, in UTC.

    `renewals` are the periods of the same strike, this one included, in order. `nobody` counts the articles that no
    account announced and that no rule left to the usual tool.
    """

    at: datetime
    strike: Strike
    renewals: tuple[Strike, ...]
    accounts: tuple[AccountRecount, ...]
    watch: Watch
    exemptions: tuple[Exemption, ...]
    doubts: Doubts
    incidents: tuple[Incident, ...]
    gaps: tuple[Gap, ...]
    nobody: int
    wording: Wording
    head: LedgerHead | None
    plan: Kept = Kept()
    slipped: tuple[Slipped, ...] = ()
    """The latest of the posts of others, newest first."""

    @property
    def ended_at(self) -> datetime:
        """When it ended or will: the declared hour, or the earlier one at which a person ended it."""
        return self.strike.ended_at

    @property
    def is_over(self) -> bool:
        """Whether its end is past."""
        return self.strike.is_over(self.at)

    @property
    def is_settled(self) -> bool:
        """Whether it is over and nothing of it is still moving or waiting for a person.

        What people were to post by hand is given up right after the end, and counts in another way from then on.
        """
        by_hand = any(account.is_awaited for account in self.accounts)
        return self.is_over and not (self.total(Fate.UNDER_WAY) or self.total(Fate.TO_CHECK) or by_hand)

    def total(self, fate: Fate) -> int:
        """Return how many articles came to this, over all accounts (an article counts once on each)."""
        return sum(account.count(fate) for account in self.accounts)

    @property
    def concerned(self) -> int:
        """The articles concerned, counted once on each account."""
        return sum(account.concerned for account in self.accounts)

    @property
    def unlisted(self) -> int:
        """The articles that fell into the strike on an account that did not watch their feed then."""
        return sum(account.unlisted for account in self.accounts)

    @property
    def late(self) -> int:
        """How many strike posts were begun after the end: none, ever."""
        return sum(account.late for account in self.accounts)

    @property
    def gone(self) -> int:
        """How many posts were taken away since, by occupier or by others."""
        return sum(account.gone for account in self.accounts)

    @property
    def restored(self) -> int:
        """How many usual posts that said the strike were put back as they were."""
        return sum(tally.restored for account in self.accounts for tally in account.tallies)

    @property
    def handed(self) -> int:
        """How many strike posts went to tools or people outside, over all accounts."""
        return sum(account.handed for account in self.accounts)

    @property
    def edited(self) -> int:
        """How many usual posts were made to say the strike where they stood, over all accounts."""
        return sum(account.edited for account in self.accounts)

    def left_for(self, reason: str) -> int:
        """Return how many were left unposted for this reason, over all accounts."""
        return sum(account.left_for(reason) for account in self.accounts)

    @property
    def elsewhere(self) -> int:
        """How many posts of others announced an article of the strike on the accounts."""
        return sum(account.elsewhere for account in self.accounts)

    @property
    def cost_microusd(self) -> int:
        """What posting and looking cost, in millionths of a US dollar."""
        return sum(account.cost_microusd for account in self.accounts)

    @property
    def last_post_at(self) -> datetime | None:
        """When the last post under the strike went out, on any account."""
        return max((a.last_post_at for a in self.accounts if a.last_post_at), default=None)

    @property
    def last_claim_at(self) -> datetime | None:
        """When the last call for a strike post was committed to, on any account."""
        return max((a.last_claim_at for a in self.accounts if a.last_claim_at), default=None)
