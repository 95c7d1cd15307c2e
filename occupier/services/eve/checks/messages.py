"""The messages: every wording, with every article that there is to try it on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from occupier.domain.article import Article
from occupier.domain.errors import Sentence, TemplateError
from occupier.domain.message import Voice, lacking, missing_variables, ordinary_post, strike_pool, strike_post
from occupier.domain.setup import Outside, RuleAction, Setup
from occupier.domain.strike import Strike
from occupier.services.eve.checks.finding import Finding, amber, green, red

_ADVICE = "Change that message; occupier preview shows the texts."


def check_messages(
    voice: Voice, strikes: Sequence[Strike], articles: Sequence[Article], setup: Setup, now: datetime
) -> Iterator[Finding]:
    """Try an account's strike messages under these strikes, and its usual post.

    Args:
        voice: the account's, with the lengths that its network allows.
        strikes: at least one.
        articles: what to try them on.
        setup: for the pools.
        now: aware.
    """
    for strike in strikes:
        yield from _strike_messages(voice, strike, articles, setup, now)
    yield from _usual_message(voice, articles, setup)


def _strike_messages(
    voice: Voice, strike: Strike, articles: Sequence[Article], setup: Setup, now: datetime
) -> Iterator[Finding]:
    name, pool = voice.account.name, strike_pool(strike, voice, setup.pools)
    errors = [e for source in pool for e in _wording(voice, strike, source, articles, now)]
    for error in errors:
        yield red("message", name, error, Sentence(_ADVICE))
    if not errors:
        text = (
            "Wordings that fit under the strike “{strike}” ({limit} characters at most): {n}; articles tried with them:"
            " {articles}."
        )
        values = {"n": len(pool), "limit": voice.ruler.limit, "strike": strike.name, "articles": len(articles)}
        yield green("message", name, Sentence(text, values))


def _wording(voice: Voice, strike: Strike, source: str, articles: Sequence[Article], now: datetime) -> list[Sentence]:
    """Say what is wrong with one wording; the first article that breaks it is enough."""
    try:
        missing = missing_variables(source, strike, voice)
        if missing:
            return [lacking(source, missing)]
        for article in articles:
            strike_post(source, article, "", voice, strike, now)
    except TemplateError as error:
        return [error.sentence]
    return []


def _usual_message(voice: Voice, articles: Sequence[Article], setup: Setup) -> Iterator[Finding]:
    try:
        for article in articles:
            ordinary_post(article, "", voice, setup.pools)
    except TemplateError as error:
        used = voice.account.outside is Outside.PUBLISH or any(r.action is RuleAction.ORDINARY for r in setup.rules)
        say = red if used else amber
        yield say("usual_message", voice.account.name, error.sentence, Sentence(_ADVICE))
    else:
        yield green("usual_message", voice.account.name, Sentence("The usual post fits as well."))
