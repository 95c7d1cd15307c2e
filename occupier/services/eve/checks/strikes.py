"""The strikes: when, whether two collide, and what the calendar does to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from occupier.domain.errors import Sentence, StrikeError
from occupier.domain.setup import Setup
from occupier.domain.strike import Strike, check_overlaps
from occupier.domain.voted import PARTS
from occupier.services.eve.checks.finding import EVERYTHING, Finding, amber, green, red
from occupier.services.lane.sealing import Compared

HOLE = timedelta(hours=2)
"""A shorter pause between two periods is hardly ever meant."""


def check_strikes(strikes: Sequence[Strike], setup: Setup, now: datetime) -> Iterator[Finding]:
    """Look at every strike that is not over, and at those of the settings that are."""
    open_ = sorted((s for s in strikes if not s.is_over(now)), key=lambda s: s.starts_at)
    yield from _past(strikes, setup, now)
    if not open_:
        text = "No strike is declared: outside a strike, no strike post is ever sent."
        yield amber("strike", EVERYTHING, Sentence(text), Sentence("Type occupier strike declare."))
    for strike in open_:
        yield green("strike", strike.name, _period(strike, now))
        yield from _calendar(strike, setup)
        yield from _scope(strike, setup)
    yield from _overlaps(open_, setup)
    yield from _holes(open_)


def check_plans(compared: Sequence[Compared]) -> Iterator[Finding]:
    """Look whether what would run is what was voted."""
    for one in compared:
        values = {"seal": one.seal.short, "at": one.seal.sealed_at}
        if one.differs:
            text = (
                "Different from the plan that was voted ({seal}, sealed {at}): nothing would leave. What differs:{what}"
            )
            advice = Sentence("Put the settings back, or vote and seal the new plan: occupier plan {name} --seal",
                              {"name": one.strike.name})  # fmt: skip
            what = [PARTS[part] for part in one.differs]
            yield red("strike_plan", one.strike.name, Sentence(text, values | {"what": what}), advice)
        else:
            text = "This is the plan that was sealed {at}: {seal}."
            yield green("strike_plan", one.strike.name, Sentence(text, values))


def _period(strike: Strike, now: datetime) -> Sentence:
    values = {"start": strike.starts_at, "end": strike.ends_at, "last": strike.ends_at - strike.starts_at}
    if strike.starts_at <= now:
        return Sentence("In force: ends {end}.", values)
    return Sentence("{last}: from {start}, to {end}.", values)


def _past(strikes: Sequence[Strike], setup: Setup, now: datetime) -> Iterator[Finding]:
    # what is over in the strike book is history; a date in the settings that nobody took over is a slip
    known = {s.name for s in strikes}
    for strike in setup.strikes:
        if strike.name not in known and strike.is_over(now):
            text = "The settings name a strike that was over before occupier began: it ended {end}. Nothing will leave."
            advice = Sentence("Correct its dates, or take it out of the settings.")
            yield red("strike_past", strike.name, Sentence(text, {"end": strike.ends_at}), advice)


def _calendar(strike: Strike, setup: Setup) -> Iterator[Finding]:
    start, end = (at.astimezone(setup.zone) for at in (strike.starts_at, strike.ends_at))
    if start.utcoffset() != end.utcoffset():
        text = "The clocks change during this strike, which lasts {last}: from {start}, to {end}."
        values = {"start": strike.starts_at, "end": strike.ends_at, "last": strike.ends_at - strike.starts_at}
        advice = Sentence("Look whether that is the end that was decided.")
        yield amber("strike_clock", strike.name, Sentence(text, values), advice)


def _scope(strike: Strike, setup: Setup) -> Iterator[Finding]:
    gone = sorted(strike.accounts - {a.name for a in setup.accounts})
    gone += sorted(strike.feeds - {f.name for f in setup.feeds})
    if gone:
        text = "It was declared for {names}, which the settings no longer have."
        advice = Sentence("Put them back, or end this strike and declare it again.")
        yield red("strike_scope", strike.name, Sentence(text, {"names": gone}), advice)
    feeds = strike.feeds or frozenset(f.name for f in setup.feeds)
    if not any(a.follows(feeds) and strike.covers(a.name, feeds) and not a.test for a in setup.accounts):
        text = "It acts on no account: none of the settings’ accounts follows its feeds, or all are test accounts."
        advice = Sentence("Look at accounts and feeds, in the strike and in the settings.")
        yield red("strike_scope", strike.name, Sentence(text), advice)


def _overlaps(strikes: Sequence[Strike], setup: Setup) -> Iterator[Finding]:
    accounts, feeds = [a.name for a in setup.accounts], [f.name for f in setup.feeds]
    for n, strike in enumerate(strikes):
        try:
            check_overlaps(strike, strikes[:n], accounts, feeds)
        except StrikeError as error:
            yield red("strike_overlap", strike.name, error.sentence)


def _holes(strikes: Sequence[Strike]) -> Iterator[Finding]:
    for earlier, later in pairwise(strikes):
        hole = later.starts_at - earlier.ends_at
        if timedelta(0) < hole < HOLE:
            text = "{hole} lie between “{earlier}” and “{later}”: articles of that time are not concerned."
            values = {"earlier": earlier.name, "later": later.name, "hole": hole}
            advice = Sentence("If this is not meant, let the one begin when the other ends.")
            yield amber("strike_gap", later.name, Sentence(text, values), advice)
