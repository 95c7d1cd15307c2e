"""The pace: would a ceiling or a budget hold articles back, at the rhythm that the feeds really have?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from occupier.domain.errors import Sentence
from occupier.domain.rhythm import Rhythm, rhythm_of
from occupier.domain.setup import Account, Setup
from occupier.services.eve.checks.evidence import FeedRead
from occupier.services.eve.checks.finding import Finding, amber, green

_HOUR = timedelta(hours=1)


def check_pace(
    account: Account,
    feeds: Sequence[FeedRead],
    setup: Setup,
    *,
    busiest_hour: int,
    post_microusd: int,
    now: datetime,
) -> Iterator[Finding]:
    """Compare an account's ceilings, and its budget, with what its feeds bring.

    Args:
        account: of the settings.
        feeds: as they were read; those that it does not follow are left out.
        setup: for the ceilings.
        busiest_hour: as the journal knows it, for ceilings that follow the feeds.
        post_microusd: what one strike post costs there, in millionths of a US dollar.
        now: aware.
    """
    mine = [r.parsed.entries for r in feeds if r.parsed and account.follows(frozenset({r.source.name}))]
    rhythm = rhythm_of((entry.published_at for entries in mine for entry in entries), now)
    if rhythm is None:
        return
    yield from _ceilings(account, rhythm, setup, busiest_hour)
    if account.budget_microusd is not None and post_microusd:
        yield _budget(account.name, rhythm, account.budget_microusd, post_microusd)


def _ceilings(account: Account, rhythm: Rhythm, setup: Setup, busiest_hour: int) -> Iterator[Finding]:
    ceilings = setup.ceilings(max(busiest_hour, rhythm.busiest_hour))
    spaced = int(_HOUR / ceilings.spacing) if ceilings.spacing else ceilings.per_hour
    per_hour = min(ceilings.per_hour, spaced)
    hour = {"n": rhythm.busiest_hour, "most": per_hour, "freshness": setup.freshness}
    day = {"n": rhythm.a_day, "most": ceilings.per_day}
    if rhythm.busiest_hour > per_hour:
        text = (
            "The feeds brought {n} articles within an hour, and no more than {most} an hour are posted: the rest waits,"
            " and what waits for longer than {freshness} is not posted."
        )
        key = "spacing" if spaced < ceilings.per_hour else "per_hour"
        advice = Sentence("If all of them are to be announced, change {key} under [limits].", {"key": key})
        yield amber("ceiling", account.name, Sentence(text, hour), advice)
    if rhythm.a_day > ceilings.per_day:
        text = "The feeds bring about {n} articles a day, and no more than {most} a day are posted."
        advice = Sentence("If all of them are to be announced, change {key} under [limits].", {"key": "per_day"})
        yield amber("ceiling", account.name, Sentence(text, day), advice)
    if rhythm.busiest_hour <= per_hour and rhythm.a_day <= ceilings.per_day:
        text = "At most {most} posts an hour; articles in the feeds’ busiest hour: {n}."
        yield green("ceiling", account.name, Sentence(text, hour))


def _budget(name: str, rhythm: Rhythm, budget: int, price: int) -> Finding:
    posts = budget // price
    values = {"budget": f"{budget / 1_000_000:.2f}", "posts": posts, "n": rhythm.a_day}
    if posts < rhythm.a_day:
        text = "{budget} US dollars pay for {posts} posts a day, and the feeds bring about {n} articles."
        advice = Sentence("Raise budget_per_day, or let the strike post on fewer feeds there.")
        return amber("budget", name, Sentence(text, values), advice)
    text = "{budget} US dollars a day pay for {posts} posts; the feeds bring about {n} articles."
    return green("budget", name, Sentence(text, values))
