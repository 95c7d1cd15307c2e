"""What the conversation knows and can do: what is there already, and what it may ask of the outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from occupier.domain.article import Article
from occupier.domain.ports import Clock
from occupier.domain.setup import FeedSource, Setup
from occupier.settings import Settings

if TYPE_CHECKING:
    from occupier.feeds.discover import Found


@dataclass(frozen=True)
class World:
    """Around one conversation.

    Attributes:
        file: the settings to be; secrets go beside it.
        clock: the hour shown.
        environ: the environment that the settings will be read in.
        current: the settings that are there already; None where there are none.
        sandbox: the address of a sandbox that stands in for every network; None for the networks themselves.
        open_browser: shows an address to the person; False where it could not.
    """

    file: Path
    clock: Clock
    environ: Mapping[str, str] = field(repr=False)
    current: Settings | None = None
    sandbox: str | None = None
    open_browser: Callable[[str], bool] = lambda _address: False

    def now(self) -> datetime:
        """Read the clock."""
        return self.clock.now()

    def steps(self, platform: str) -> Any:
        """Return the steps of a network, to lead a person through one account."""
        from occupier.bootstrap import make_steps

        return make_steps(platform, self.clock, self.sandbox)

    @cached_property
    def _reader(self) -> tuple[Any, Any]:
        from occupier.bootstrap import make_feed_reader

        return make_feed_reader(self.clock)

    def find_feeds(self, address: str) -> Sequence[Found]:
        """Return the feeds of a site; raises FeedError."""
        from occupier.feeds.discover import discover_all

        return discover_all(address, self._reader[0])

    def newest(self, url: str, count: int) -> Sequence[Article]:
        """Return the newest articles of a feed, oldest first; raises FeedError."""
        from occupier.bootstrap import make_templates
        from occupier.services.eve.previewing import Previewing

        setup = self.current.setup if self.current else Setup(ZoneInfo("UTC"))
        reading = Previewing(*self._reader, make_templates(), {}, lambda: setup)
        return reading.newest(FeedSource("une", url), count, self.now())
