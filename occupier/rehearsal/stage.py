"""Where a rehearsal is shown: plain lines, for a pipe or a narrow screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TextIO

from occupier.domain.action import Purpose, State
from occupier.rehearsal.verdict import Record
from occupier.speech import _, clean_line, network_name

EVERY = 5
"""On a pipe, one line of progress for so many seconds."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One post as it is shown: what would have gone out, and what did (None: the same)."""

    network: str
    account: str
    ordinary: str
    posted: str | None


class Stage(Protocol):
    """Where a rehearsal is shown."""

    def say(self, text: str = "") -> None:
        """Show a line, which stays."""

    def show(self, posts: Sequence[Shown]) -> None:
        """Show posts that have just left."""

    def progress(self, text: str, second: int) -> None:
        """Show how far it is, in the given second; what was shown before is gone."""

    def clear(self) -> None:
        """Take the progress away."""


def shown(record: Record) -> Shown:
    """Make of a record of the log what is shown of it."""
    posted = str(record["strike_text"]) if record["kind"] == Purpose.STRIKE else None
    ordinary = str(record["ordinary_text"] or "")
    return Shown(network_name(str(record["platform"])), str(record["account"]), ordinary, posted)


def has_left(record: Record) -> bool:
    """Say whether a record is about a post that is out."""
    return record["state"] == State.SENT


class PlainStage:
    """Lines, one after the other."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._said_at: int | None = None

    def say(self, text: str = "") -> None:
        """Write a line."""
        print(text, file=self._out, flush=True)

    def show(self, posts: Sequence[Shown]) -> None:
        """Write both texts of every post, each on a line."""
        for post in posts:
            self.say(f"  {post.network} · {clean_line(post.account)}")
            if post.posted is None:
                self.say(f"    {_('went out as usual:')} {clean_line(post.ordinary)}")
            else:
                self.say(f"    {_('would have gone out:')} {clean_line(post.ordinary)}")
                self.say(f"    {_('went out:')} {clean_line(post.posted)}")

    def progress(self, text: str, second: int) -> None:
        """Write a line now and then."""
        if self._said_at is None or abs(second - self._said_at) >= EVERY:
            self._said_at = second
            self.say(f"  … {text}")

    def clear(self) -> None:
        """Leave what is written."""
