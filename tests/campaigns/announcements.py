"""What a whole day came to: each article on each account, as the timelines have it and as the log tells it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

Post = Mapping[str, Any]
GIVEN = frozenset({"sent", "handed"})
STRIKE, USUAL = "strike", "usual"


def words_of(post: Post) -> str:
    """Say whose words a post has: the strike's, or the usual ones."""
    return STRIKE if "on strike" in post["text"] else USUAL


@dataclass
class Day:
    """What was found: `ways` counts how the articles went on each account, by the log's own word and the timeline."""

    articles: int = 0
    of_the_strike: int = 0
    concerned: int = 0
    tools_ran: int = 0
    once: int = 0
    told_as_unannounced: int = 0
    twice: int = 0
    before_heard: int = 0
    lost: int = 0
    disagree: int = 0
    wrong_words: int = 0
    restored: int = 0
    not_restored: int = 0
    unsaid: int = 0
    seconds: float = 0
    ways: dict[str, Counter[str]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether no article was announced twice or lost, and every word about it is true."""
        return not (self.twice or self.lost or self.disagree or self.wrong_words or self.not_restored or self.unsaid)

    def table(self, title: str) -> str:
        """Return the tables that the campaign prints."""
        rows = [f"{n.replace('_', ' '):>20}  {v:g}" for n, v in vars(self).items() if isinstance(v, int | float)]
        ways = [f"{f'{name}: {way}':>60}  {n}" for name, ways in self.ways.items() for way, n in sorted(ways.items())]
        return "\n".join([title, *rows, *ways, *self.wrong])

    def find(self, what: str, told: str) -> None:
        """Note what is wrong."""
        setattr(self, what, getattr(self, what) + 1)
        self.wrong.append(f"{what.replace('_', ' ')}: {told}")

    def judge(self, name: str, link: str, there: Sequence[Post], record: Mapping[str, Any] | None) -> None:
        """Compare what stands on an account about an article with its line of the log, if a strike concerned it."""
        stands = [words_of(post) for post in there]
        told = "no line" if record is None else f"{record['verb']} {record['state']} ({record['reason']})"
        self.ways.setdefault(name, Counter())[f"{told} → {' + '.join(stands) or 'nothing'}"] += 1
        self.concerned += record is not None
        what = _wrong(stands, record)
        if what is not None:
            posts = [(post["created_at"], post["application"], words_of(post)) for post in there]
            self.find(what, f"{name}, {link}, {told}, {posts}")
        elif there:
            self.once += 1
        else:
            self.told_as_unannounced += 1


def _wrong(stands: Sequence[str], record: Mapping[str, Any] | None) -> str | None:
    if len(stands) > 1:
        return "twice"
    if record is None:
        return "lost" if not stands else "wrong_words" if stands != [USUAL] else None
    expected = [STRIKE] if record["state"] in GIVEN else [USUAL] if record["reason"] == "usual_out" else None
    if expected is not None and list(stands) != expected:
        return "disagree"
    return "disagree" if expected is None and STRIKE in stands else None


def unforeseen(there: Sequence[Post], heard_at: datetime | None, grace: timedelta) -> bool:
    """Say whether a double was unavoidable: ours left before a late usual post could have been heard of."""
    ours = [post for post in there if words_of(post) == STRIKE]
    if len(there) != 2 or len(ours) != 1:
        return False
    return heard_at is None or datetime.fromisoformat(ours[0]["created_at"]) <= heard_at + grace
