"""The waits and ceilings, in one place each, so that a test or a campaign can divide them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import timedelta


def _seconds(value: float) -> timedelta:
    return timedelta(seconds=value)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long occupier waits, and for what. Only `guard` and `settle_after` are settings."""

    guard: timedelta = _seconds(5)
    """No request begins in the last `guard` before a strike's end."""
    settle_after: timedelta = _seconds(120)
    """An absence is believed no earlier than this after an attempt's deadline."""
    claim_age: timedelta = _seconds(10)
    """A claim older than this sends nothing."""
    call: timedelta = _seconds(25)
    """A call to a network ends by then, all included."""
    grace: timedelta = _seconds(60)
    """Another process's claim is left alone until its deadline plus this."""
    between_reads: timedelta = _seconds(60)
    """Two reads that find nothing are at least this far apart."""
    look_back: timedelta = _seconds(600)
    """A complete read of a timeline goes back to this much before the attempt."""
    look_for: timedelta = _seconds(24 * 3600)
    """After a strike's end, an uncertain action is looked for this long, then waits for a person."""
    clock_skew: timedelta = _seconds(120)
    """A clock further than this from two hosts' Date claims nothing."""
    guard_patience: timedelta = _seconds(600)
    """A post waits this long for a reading of its account; then a person is asked about it."""
    usual_patience: timedelta = _seconds(900)
    """Where the usual tool was heard after us, the next posts wait for it this long at least."""
    retry_base: timedelta = _seconds(30)
    """The first wait before a new attempt; each further one is four times as long."""

    def divided(self, factor: float) -> Limits:
        """Return the same waits, each divided by `factor`: for rehearsals and campaigns."""
        return replace(self, **{f.name: getattr(self, f.name) / factor for f in fields(self)})


MAX_ATTEMPTS = 5
"""Attempts that were surely not sent, before an action is given up."""
STRIKES_IN_A_ROW = 3
"""Uncertain outcomes, or refusals of unknown kind, in a row, before a lane stops."""
MASS_GUARD_FLOOR = 10
"""More than this many new articles at once, and more than half of the feed, are held."""
LONGEST_STRIKE = timedelta(days=31)
"""A longer period needs `--long`."""
OLDEST_NEWS = timedelta(hours=24)
"""An article whose own date is older than this is never announced."""


@dataclass(frozen=True, slots=True)
class Ceilings:
    """What one account may be made to send, by anyone and for whatever purpose: sliding windows of claims."""

    per_hour: int
    per_day: int
    spacing: timedelta
    """Between two claims of one account."""


UNBOUNDED = Ceilings(per_hour=1_000_000, per_day=1_000_000, spacing=timedelta(0))
"""Of what is only handed over."""
