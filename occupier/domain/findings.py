"""Everything of one strike, as a report has it: its figures, and the lists that are too long to be held."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from occupier.domain.errors import Sentence
from occupier.domain.fates import Fate
from occupier.domain.metrics import Measured
from occupier.domain.recount import Recount


@dataclass(frozen=True, slots=True)
class HourCount:
    """How many posts of one fate went out in the hour that begins at `at`."""

    at: datetime
    fate: Fate
    count: int


class Announcement(StrEnum):
    """Who announced an article of the strike, if anybody did."""

    STRIKE = "strike"
    NOBODY = "nobody"
    LEFT = "left"
    SILENCE = "silence"
    """Nobody, since an account keeps silent during strikes."""


@dataclass(frozen=True, slots=True)
class Unannounced:
    """An article that was not announced as usual: replaced by a strike post, announced by nobody, or left by a rule.

    `posts` are the addresses of the strike posts. What a rule left to the usual tool may be announced or not: occupier
    cannot see it.
    """

    article_id: int
    title: str
    link: str
    guid: str | None
    first_seen_at: datetime
    published_at: datetime | None
    announcement: Announcement
    feed: str | None = None
    summary: str = ""
    posts: tuple[str, ...] = ()

    @property
    def is_nobodys(self) -> bool:
        """Whether nobody announced it, and nobody was to."""
        return self.announcement in (Announcement.NOBODY, Announcement.SILENCE)


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything of one strike, at one instant: its figures, and what is too long to be held.

    `feeds` are the names of those in scope. `records` are the log's, strike posts and usual ones; these and the
    articles that were not announced as usual are read as they are asked for, once. `unposted` are those among these
    articles that no strike post announced either.
    """

    recount: Recount
    hours: Sequence[HourCount]
    feeds: tuple[str, ...]
    records: Iterator[Mapping[str, object]]
    unannounced: Iterator[Unannounced]
    unposted: Iterator[Unannounced]
    measured: Sequence[Measured] = ()
    steps: tuple[Sentence, ...] = ()
    """What is left to people when the strike is over."""
