from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from occupier.domain.action import Action, Purpose, State, Verb
from occupier.domain.article import Article
from occupier.domain.decision import (
    Decision,
    Hold,
    Leave,
    Miss,
    Ordinary,
    Rulebook,
    Substitute,
    decide_due,
    decide_new,
    too_old,
)
from occupier.domain.setup import Account, DuringStrikes, Outside, Rule, RuleAction
from occupier.domain.strike import Strike

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)
GUARD = timedelta(seconds=5)
STRIKE = Strike("s", NOON - HOUR, NOON + HOUR, "m", "r", NOON - 2 * HOUR)
SILENT = Account("a", "mastodon", "h")
PUBLISHING = replace(SILENT, outside=Outside.PUBLISH)
QUIET = replace(PUBLISHING, during_strikes=DuringStrikes.SILENCE)
ARTICLE = Article(1, "Alerte", "https://a.fr/1", "", ("Météo",), None, None, NOON, NOON, False, frozenset({1}))
BEFORE = replace(ARTICLE, first_seen_at=NOON - 2 * HOUR, counted_from=NOON - 2 * HOUR)


def book(*rules: Rule, strikes: tuple[Strike, ...] = (STRIKE,)) -> Rulebook:
    return Rulebook(strikes, rules, 2 * HOUR)


def rule(action: RuleAction, *category: str, title: str | None = None) -> Rule:
    return Rule(action, category, re.compile(title) if title else None)


HOLD_ALL, LEAVE_ALL, WEATHER = rule(RuleAction.HOLD), rule(RuleAction.LEAVE), rule(RuleAction.ORDINARY, "MÉTÉO")
NEW_CASES: list[tuple[Account, Article, Rulebook, Decision | None]] = [
    (SILENT, ARTICLE, book(), Substitute(STRIKE)),
    (PUBLISHING, ARTICLE, book(), Substitute(STRIKE)),
    (SILENT, ARTICLE, book(strikes=()), None),
    (PUBLISHING, ARTICLE, book(strikes=()), Ordinary("outside")),
    (PUBLISHING, BEFORE, book(), Ordinary("outside")),
    (SILENT, BEFORE, book(), None),
    (SILENT, replace(ARTICLE, baseline=True), book(), None),
    (replace(SILENT, test=True), ARTICLE, book(), None),
    (replace(SILENT, feeds=frozenset({"g"})), ARTICLE, book(), None),
    (SILENT, replace(ARTICLE, published_at=NOON - 24 * HOUR - TICK), book(), Miss("old", STRIKE)),
    (SILENT, replace(ARTICLE, published_at=NOON - 24 * HOUR), book(), Substitute(STRIKE)),
    (SILENT, replace(ARTICLE, counted_from=NOON - 2 * HOUR - TICK), book(), Miss("old", STRIKE)),
    (PUBLISHING, replace(ARTICLE, published_at=NOON - 25 * HOUR), book(strikes=()), Miss("old", None)),
    (SILENT, ARTICLE, book(WEATHER, HOLD_ALL), Ordinary("rule", STRIKE)),
    (SILENT, replace(ARTICLE, categories=()), book(WEATHER, HOLD_ALL), Hold("rule", STRIKE)),
    (SILENT, ARTICLE, book(LEAVE_ALL), Leave("rule", STRIKE)),
    (SILENT, ARTICLE, book(rule(RuleAction.LEAVE, "Météo", title="^Autre")), Substitute(STRIKE)),
    (SILENT, ARTICLE, book(rule(RuleAction.LEAVE, "Météo", title="lert")), Leave("rule", STRIKE)),
    (SILENT, ARTICLE, book(strikes=(replace(STRIKE, closed_at=NOON),)), None),
    (QUIET, ARTICLE, book(), Leave("silence", STRIKE)),
    (QUIET, ARTICLE, book(WEATHER), Leave("silence", STRIKE)),
    (QUIET, ARTICLE, book(HOLD_ALL), Leave("silence", STRIKE)),
    (QUIET, ARTICLE, book(strikes=()), Ordinary("outside")),
    (QUIET, BEFORE, book(), Ordinary("outside")),
    (SILENT, ARTICLE, book(strikes=(replace(STRIKE, accounts=frozenset({"b"})),)), None),
]


@pytest.mark.parametrize(("account", "article", "rules", "decided"), NEW_CASES)
def test_a_new_article(account: Account, article: Article, rules: Rulebook, decided: Decision | None) -> None:
    assert decide_new(article, frozenset({"f"}), account, rules, NOON) == decided


def action(purpose: Purpose = Purpose.STRIKE, reason: str | None = "rule") -> Action:
    return Action(1, 1, Verb.PUBLISH, "article:1", "announce", purpose, State.PENDING, NOON, NOON, reason)


FOR_STRIKE, PLAIN = action(), action(Purpose.ORDINARY)
CLOSED = replace(STRIKE, closed_at=NOON)
STALE = replace(ARTICLE, counted_from=NOON - 3 * HOUR)
END = STRIKE.ends_at
DUE_CASES: list[tuple[Action, Article, Strike | None, datetime, Decision]] = [
    (FOR_STRIKE, ARTICLE, STRIKE, NOON, Substitute(STRIKE)),
    (FOR_STRIKE, ARTICLE, STRIKE, END - GUARD - TICK, Substitute(STRIKE)),
    (FOR_STRIKE, ARTICLE, STRIKE, END - GUARD, Miss("strike_over", STRIKE)),
    (FOR_STRIKE, ARTICLE, STRIKE, END, Miss("strike_over", STRIKE)),
    (FOR_STRIKE, ARTICLE, CLOSED, NOON, Miss("strike_over", CLOSED)),
    (FOR_STRIKE, ARTICLE, None, NOON, Miss("strike_over", None)),
    (FOR_STRIKE, STALE, STRIKE, NOON, Miss("stale", STRIKE)),
    (PLAIN, ARTICLE, None, NOON, Ordinary("rule", None)),
    (action(Purpose.ORDINARY, None), ARTICLE, None, NOON, Ordinary("outside", None)),
    (PLAIN, ARTICLE, CLOSED, NOON, Ordinary("rule", CLOSED)),
    (PLAIN, STALE, STRIKE, NOON, Miss("stale", STRIKE)),
]


@pytest.mark.parametrize(("due", "article", "strike", "now", "decided"), DUE_CASES)
def test_an_action_whose_hour_has_come(
    due: Action, article: Article, strike: Strike | None, now: datetime, decided: Decision
) -> None:
    assert decide_due(due, article, strike, book(), GUARD, now) == decided


def test_an_article_ages_while_it_waits() -> None:
    assert not too_old(ARTICLE, NOON + 2 * HOUR, 2 * HOUR)
    assert too_old(ARTICLE, NOON + 2 * HOUR + TICK, 2 * HOUR)
