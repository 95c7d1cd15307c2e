"""A line of the check, and the one table of what lines there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from occupier.domain.errors import Sentence


class Level(StrEnum):
    """How good a finding is: in order, worth a look, to be mended."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the check: a stable id, what it is about (“-”: everything), its level, what was found, what to do."""

    id: str
    subject: str
    level: Level
    sentence: Sentence
    advice: Sentence | None = None

    @property
    def topic(self) -> str:
        """The group that it is shown in."""
        return TOPICS[self.id]


TOPICS: Mapping[str, str] = {
    "settings_file": "settings",
    "secret": "settings",
    "secret_file": "settings",
    "database": "machine",
    "daemon": "machine",
    "disk": "machine",
    "clock": "machine",
    "sleep": "machine",
    "battery": "machine",
    "strike": "strikes",
    "strike_past": "strikes",
    "strike_overlap": "strikes",
    "strike_gap": "strikes",
    "strike_clock": "strikes",
    "strike_scope": "strikes",
    "strike_plan": "strikes",
    "feed": "feeds",
    "feed_rhythm": "feeds",
    "feed_interval": "feeds",
    "account": "accounts",
    "account_note": "accounts",
    "strike_feed": "accounts",
    "rights": "accounts",
    "expiry": "accounts",
    "app_mode": "accounts",
    "label": "accounts",
    "calls": "accounts",
    "message": "messages",
    "usual_message": "messages",
    "ceiling": "pace",
    "budget": "pace",
    "usual_tool": "usual",
    "usual_posts": "usual",
    "usual_guard": "usual",
    "pause": "stops",
    "pause_url": "stops",
    "notify": "stops",
}
"""Every id that a finding can have, and its group, in the order of the table; docs/en/check.md says what each means."""
EVERYTHING = "-"
"""The subject of what concerns no feed, account or strike alone."""


def green(kind: str, subject: str, text: Sentence) -> Finding:
    """Say that something is in order."""
    return Finding(kind, subject, Level.GREEN, text)


def amber(kind: str, subject: str, text: Sentence, advice: Sentence | None = None) -> Finding:
    """Say that something is worth a look."""
    return Finding(kind, subject, Level.AMBER, text, advice)


def red(kind: str, subject: str, text: Sentence, advice: Sentence | None = None) -> Finding:
    """Say that something must be mended."""
    return Finding(kind, subject, Level.RED, text, advice)


def in_order(findings: Iterable[Finding], names: Sequence[str] = ()) -> list[Finding]:
    """Return the findings group by group, subject by subject, as the table shows them; `names`: of subjects, in order.

    Subjects of another name follow as they come.
    """
    groups, kinds = list(dict.fromkeys(TOPICS.values())), list(TOPICS)
    found = list(findings)
    subjects = list(dict.fromkeys([EVERYTHING, *names, *(f.subject for f in found)]))
    return sorted(found, key=lambda f: (groups.index(f.topic), subjects.index(f.subject), kinds.index(f.id)))


def is_ready(findings: Sequence[Finding]) -> bool:
    """Say whether nothing must be mended."""
    return all(f.level is not Level.RED for f in findings)
