"""Decide: what is to be done with an article on an account, now. Pure: data and `now` in, an answer out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from occupier.domain.action import Action, State, Verb
from occupier.domain.article import Article
from occupier.domain.limits import OLDEST_NEWS
from occupier.domain.reconcile import RemotePost
from occupier.domain.setup import Account, Outside, Rule, RuleAction
from occupier.domain.strike import Strike, concerning

FIRST_POST, FIRST_POST_LATE = "first_post", "first_post_late"
"""The reasons of an account's first strike post that waits for a person's yes, and of one for which none came."""

DECIDED = "strike"
"""The reason of a strike post that nobody but the strike itself decided."""
BY_RULE = "rule"
"""The reason of what a rule of minimum service decided."""
USUAL_OUT, GUARD_UNREAD = "usual_out", "guard_unread"
"""The reasons of a post whose article the usual post announces already, and of one whose account could not be read."""
AWAITS_USUAL, USUAL_MAY_COME = "awaits_usual", "usual_may_come"
"""The reasons of a post that is to be made of the usual one, and of one that waits to see whether that comes."""
TAKES_PLACE = "takes_place"
"""The reason of a post for which the usual one is being taken away, and of that deletion."""
ASKED = "asked"
"""The reason of what a person asked for."""
RELEASED = "released"
"""The reason of an action that a person lets go: what it went through before does not end it."""
SILENCE = "silence"
"""The reason of what an account that keeps silent during strikes leaves."""


@dataclass(frozen=True, slots=True)
class Substitute:
    """Send a strike post in place of the ordinary one."""

    strike: Strike
    reason: str = DECIDED


@dataclass(frozen=True, slots=True)
class Ordinary:
    """Send the ordinary post."""

    reason: str
    strike: Strike | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """Wait for a person."""

    reason: str
    strike: Strike | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """Do nothing, on purpose."""

    reason: str
    strike: Strike | None = None


@dataclass(frozen=True, slots=True)
class Miss:
    """Too late."""

    reason: str
    strike: Strike | None = None


@dataclass(frozen=True, slots=True)
class Undoing:
    """Take back what was done, as a person asked: the post goes, or is put back as it was."""

    reason: str


Decision = Substitute | Ordinary | Hold | Leave | Miss
Due = Decision | Undoing


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What a decision is made from, besides the article and the hour. `feed_names` are the article's own."""

    strikes: Sequence[Strike]
    rules: Sequence[Rule]
    freshness: timedelta


def decide_new(
    article: Article, feed_names: frozenset[str], account: Account, book: Rulebook, now: datetime
) -> Decision | None:
    """Decide about an article just seen, on one account; None where nothing may ever be sent, so no row is kept.

    `now` is the instant at which the article was first seen (aware).
    """
    if article.baseline or account.test or not account.follows(feed_names):
        return None
    strike = concerning(book.strikes, account.name, feed_names, article.first_seen_at)
    if strike is None and account.outside is Outside.SILENT:
        return None
    if too_old(article, now, book.freshness):
        return Miss("old", strike)
    if strike is None:
        return Ordinary("outside")
    if account.is_silent:
        return Leave(SILENCE, strike)
    return _under(strike, article, book.rules)


def _under(strike: Strike, article: Article, rules: Sequence[Rule]) -> Decision:
    rule = next((r for r in rules if r.matches(article)), None)
    if rule is None:
        return Substitute(strike)
    if rule.action is RuleAction.ORDINARY:
        return Ordinary(BY_RULE, strike)
    return Hold(BY_RULE, strike) if rule.action is RuleAction.HOLD else Leave(BY_RULE, strike)


def decide_due(
    action: Action,
    article: Article,
    strike: Strike | None,
    book: Rulebook,
    guard: timedelta,
    now: datetime,
    *,
    has_yes: bool = True,
) -> Due:
    """Decide about an action whose hour has come: what it was made for never changes, only whether it still may.

    Args:
        action: pending, retry or held.
        article: its article.
        strike: the strike that it was decided under, as it stands now; None for an ordinary post outside one.
        book: the freshness that holds.
        guard: nothing begins in the last `guard` before the strike's end.
        now: aware.
        has_yes: whether strike posts may leave on the account, or a person must say yes to its first one before.
    """
    if action.undoes:  # what a person asked for is bound to no strike, and does not go stale
        return Undoing(action.reason or ASKED)
    if action.purpose.is_bound:
        if strike is None or strike.is_over(now):
            return _too_late(action, "strike_over", strike)
        if now >= strike.ends_at - guard:
            return _too_late(action, "tool_interval" if action.verb is Verb.PUT else "strike_over", strike)
        if too_old(article, now, book.freshness):
            return _too_late(action, "stale", strike)
        return _for_strike(action, strike, now, has_yes=has_yes)
    if too_old(article, now, book.freshness):
        return Miss("stale", strike)
    return Ordinary(action.reason or "outside", strike)


def _too_late(action: Action, reason: str, strike: Strike | None) -> Miss:
    # where nobody answered, it is the usual post that announces the article: that stays to be read
    unanswered = action.state is State.HELD and action.reason == USUAL_OUT
    return Miss(USUAL_OUT if unanswered else reason, strike)


def _for_strike(action: Action, strike: Strike, now: datetime, *, has_yes: bool) -> Due:
    if is_first_held(action):
        return Miss(FIRST_POST_LATE, strike) if now >= action.due_at else Substitute(strike)
    return Substitute(strike) if has_yes else Hold(FIRST_POST, strike)


def is_first_held(action: Action) -> bool:
    """Say whether this is a first strike post that waits for a yes: until its `due_at`."""
    return action.state is State.HELD and action.reason == FIRST_POST


def yes_until(
    article: Article, strike: Strike, within: timedelta, book: Rulebook, guard: timedelta, now: datetime
) -> datetime:
    """Return until when a yes to the first strike post is of use: while it may still leave, and `within` at most."""
    return min(now + within, article.counted_from + book.freshness, strike.ends_at - guard)


def decide_again(action: Action, decision: Due, article: Article, rules: Sequence[Rule]) -> Due:
    """Ask the rules once more about a strike post of which nothing has been tried and nobody has decided.

    A rule that would have let the ordinary post out comes too late for that: a person decides.
    """
    asked = (DECIDED, GUARD_UNREAD, AWAITS_USUAL, USUAL_MAY_COME, TAKES_PLACE)
    nobody_did = action.state is State.PENDING and action.reason in asked
    if not isinstance(decision, Substitute) or not nobody_did:
        return decision
    now = _under(decision.strike, article, rules)
    return Hold(BY_RULE, decision.strike) if isinstance(now, Ordinary) else now


def decide_silent(decision: Due, account: Account) -> Due:
    """Leave what was decided under a strike while the account did not keep silent yet, whoever decided it."""
    if isinstance(decision, Substitute | Ordinary | Hold) and decision.strike is not None and account.is_silent:
        return Leave(SILENCE, decision.strike)
    return decision


def may_replace(post: RemotePost, account: Account, strike: Strike) -> bool:
    """Say whether a post that announces an article of the strike may be replaced: the usual tool's, made in the strike.

    Where the network does not tell what a post was made with, it is taken for the usual tool's.
    """
    named = account.usual_application
    by_usual = post.application is None or (named or "").casefold() == post.application.casefold()
    # networks tell the second of a post, and no more
    return account.replaces_usual and by_usual and post.created_at >= strike.acts_from.replace(microsecond=0)


def too_old(article: Article, now: datetime, freshness: timedelta) -> bool:
    """Say whether announcing the article now would announce something old."""
    if article.published_at and article.first_seen_at - article.published_at > OLDEST_NEWS:
        return True
    return now - article.counted_from > freshness
