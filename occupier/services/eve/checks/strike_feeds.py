"""Strike feeds: is there a tool that reads them, as often as the settings say, and can they be made at all?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from occupier.domain.errors import Sentence
from occupier.domain.handing import Reader
from occupier.domain.setup import Account, Setup
from occupier.domain.strike import Strike
from occupier.services.eve.checks.evidence import FeedRead
from occupier.services.eve.checks.finding import Finding, amber, green, red

TOLERANCE = 1.25
"""A tool that comes a quarter later than was said is on time: schedules drift."""


def check_strike_feeds(
    setup: Setup,
    feeds: Sequence[FeedRead],
    readers: Mapping[str, Sequence[Reader]],
    strikes: Sequence[Strike],
    now: datetime,
) -> Iterator[Finding]:
    """Look at each strike feed; `readers` has who was seen to read it, by account."""
    for account in setup.accounts:
        if account.is_feed:
            yield from _source(account, feeds)
            yield _reading(account, readers.get(account.name, ()))
            yield from _too_short(account, setup, strikes, now)


def _source(account: Account, feeds: Sequence[FeedRead]) -> Iterator[Finding]:
    read = next((r for r in feeds if r.source.name in account.feeds and r.parsed is not None), None)
    if read is not None and read.parsed is not None and not read.parsed.document:
        text = "The feed {feed} is no XML: a strike feed can be made of RSS or Atom only."
        advice = Sentence("Watch the newsroom's RSS or Atom feed instead.")
        yield red("strike_feed", account.name, Sentence(text, {"feed": read.source.name}), advice)


def _reading(account: Account, readers: Sequence[Reader]) -> Finding:
    if account.is_written:
        text = "Your tool reads it where occupier puts it; who reads, and how often, cannot be seen from here."
        return green("strike_feed", account.name, Sentence(text))
    if not readers:
        text = "No tool has read it yet: until one has, nothing is handed to it."
        advice = Sentence("Point the usual tool at it now: it must know what was there before the strike.")
        return amber("strike_feed", account.name, Sentence(text), advice)
    tool = max(readers, key=lambda reader: reader.reads)
    values = {"agent": tool.agent, "every": tool.every, "said": account.tool_interval}
    if tool.every is not None and account.tool_interval and tool.every > TOLERANCE * account.tool_interval:
        text = "{agent} reads it every {every}, and the settings say {said}: it would post the last ones after the end."
        return amber("strike_feed", account.name, Sentence(text, values), Sentence("Make tool_interval longer."))
    if tool.every is None:
        return green("strike_feed", account.name, Sentence("{agent} has read it.", values))
    return green("strike_feed", account.name, Sentence("{agent} reads it every {every}.", values))


def _too_short(account: Account, setup: Setup, strikes: Sequence[Strike], now: datetime) -> Iterator[Finding]:
    for strike in strikes:
        if strike.is_over(now) or not strike.covers(account.name, account.feeds):
            continue
        if strike.ends_at - account.guard(setup.limits.guard) <= strike.acts_from:
            text = "The strike “{name}” is over before the tool reads again: nothing would be handed to it."
            advice = Sentence("Make the strike longer, or have the tool read more often (tool_interval).")
            yield amber("strike_feed", account.name, Sentence(text, {"name": strike.name}), advice)
