"""Whatever changes what goes out changes the fingerprint, and nothing else does."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from occupier.domain.limits import Limits
from occupier.domain.setup import Account, DuringStrikes, FeedSource, Outside, Pools, Rule, RuleAction, Setup, Usual
from occupier.domain.strike import LinkRule, Messages, Source, Strike
from occupier.domain.voted import Part, Seal, canonical, voted
from occupier.templates import JinjaTemplates

TEMPLATES = JinjaTemplates()
AT = datetime(2026, 1, 24, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
X = Account("x-une", "x", "api.x.example", budget_microusd=5_000_000)
MASTODON = Account("mastodon-une", "mastodon", "social.example", feeds=frozenset({"une", "sport"}))
TEST = Account("essai", "mastodon", "social.example", test=True)
UNE, SPORT = FeedSource("une", "https://www.example.org/une.xml"), FeedSource("sport", "https://www.example.org/s.xml")
ALERT = Rule(RuleAction.ORDINARY, category=("Alerte", "Rectificatif"))
DEATH = Rule(RuleAction.HOLD, title=re.compile("nécrologie"))
DAY = date(2027, 2, 1)
STRIKE = Strike("greve", AT, AT + 8 * HOUR, "AG du 23 janvier", "contre la réforme", AT - HOUR, destroy_on=DAY)
SETUP = Setup(ZoneInfo("Europe/Paris"), feeds=(UNE, SPORT), accounts=(X, MASTODON, TEST), rules=(ALERT, DEATH))


def of(strike: Strike = STRIKE, setup: Setup = SETUP) -> str:
    return voted(strike, setup, TEMPLATES).fingerprint


def with_account(account: Account) -> Setup:
    return replace(SETUP, accounts=tuple(account if a.name == account.name else a for a in SETUP.accounts))


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


class TestWhatMatters:
    @given(texts, st.sampled_from(["mandate", "reason", "who", "url", "agreed", "name"]))
    def test_another_word_of_the_decision_is_another_plan(self, text: str, name: str) -> None:
        changes: dict[str, Any] = {name: text}
        changed = replace(STRIKE, **changes)
        assert (of(changed) == of()) == (changed == STRIKE)

    @given(st.integers(-90_000, 90_000), st.sampled_from(["starts_at", "ends_at"]))
    def test_another_hour_is_another_plan(self, seconds: int, name: str) -> None:
        changes: dict[str, Any] = {name: getattr(STRIKE, name) + timedelta(seconds=seconds)}
        changed = replace(STRIKE, **changes)
        assert (of(changed) == of()) == (seconds == 0)

    @given(st.lists(texts, min_size=1, max_size=4), st.lists(texts, min_size=1, max_size=4))
    def test_another_message_is_another_plan(self, one: list[str], other: list[str]) -> None:
        first, second = (replace(STRIKE, messages=Messages(strike=tuple(pool))) for pool in (one, other))
        assert (of(first) == of(second)) == (one == other)

    @given(st.sampled_from(["by_platform", "by_account"]), texts)
    def test_a_message_of_one_account_alone_is_another_plan(self, kind: str, text: str) -> None:
        key = {"by_platform": "x", "by_account": "x-une"}[kind]
        own: dict[str, Any] = {kind: {key: (text,)}}
        assert of(replace(STRIKE, messages=Messages(**own))) != of()

    @pytest.mark.parametrize(
        "changed",
        [
            replace(X, name="x-autre"),
            replace(X, host="api.autre.example"),
            replace(X, remote_id="7"),
            replace(X, owner="union"),
            replace(X, language="en"),
            replace(X, outside=Outside.PUBLISH),
            replace(X, budget_microusd=6_000_000),
            replace(X, feeds=frozenset({"une"})),
            replace(X, test=True),
            replace(X, visibility="unlisted"),
            replace(X, during_strikes=DuringStrikes.SILENCE),
        ],
        ids=lambda a: repr(sorted(set(map(repr, (getattr(a, f.name) for f in fields(a))))))[:40],
    )
    def test_another_account_is_another_plan(self, changed: Account) -> None:
        assert of(setup=replace(SETUP, accounts=(changed, MASTODON, TEST))) != of()

    @pytest.mark.parametrize(
        "changed",
        [
            replace(SETUP, rules=(DEATH, ALERT)),
            replace(SETUP, rules=(ALERT,)),
            replace(SETUP, rules=(replace(ALERT, action=RuleAction.LEAVE), DEATH)),
            replace(SETUP, per_hour=12),
            replace(SETUP, per_day=20),
            replace(SETUP, spacing=timedelta(seconds=5)),
            replace(SETUP, freshness=timedelta(hours=3)),
            replace(SETUP, limits=Limits(guard=timedelta(seconds=9))),
            replace(SETUP, zone=ZoneInfo("America/New_York")),
            replace(SETUP, language="en"),
            replace(SETUP, feeds=(UNE,)),
            replace(SETUP, feeds=(replace(UNE, url="https://elsewhere.example/f"), SPORT)),
            replace(SETUP, pools=Pools(strike=("{{ title }}",))),
            replace(SETUP, pools=Pools(ordinary="{{ title }}")),
        ],
        ids=range(14),
    )
    def test_other_settings_that_go_out_are_another_plan(self, changed: Setup) -> None:
        assert of(setup=changed) != of()

    def test_scope_and_link_and_the_day_of_destruction_count(self) -> None:
        for changed in (
            replace(STRIKE, accounts=frozenset({"x-une"})),
            replace(STRIKE, feeds=frozenset({"une"})),
            replace(STRIKE, link=LinkRule.NONE),
            replace(STRIKE, destroy_on=date(2027, 2, 2)),
            replace(STRIKE, first_start=AT - 24 * HOUR),
        ):
            assert of(changed) != of()


class TestWhatDoesNot:
    @given(st.permutations([X, MASTODON, TEST]), st.permutations([UNE, SPORT]))
    def test_the_order_of_accounts_and_feeds_does_not(self, accounts: list[Account], feeds: list[FeedSource]) -> None:
        assert of(setup=replace(SETUP, accounts=tuple(accounts), feeds=tuple(feeds))) == of()

    @given(st.permutations(["Alerte", "Rectificatif"]), st.sampled_from([str.upper, str.lower, str.title]))
    def test_the_order_and_the_capitals_of_categories_do_not(
        self, names: list[str], spelt: Callable[[str], str]
    ) -> None:
        rule = replace(ALERT, category=tuple(spelt(name) for name in names))
        assert of(setup=replace(SETUP, rules=(rule, DEATH))) == of()

    def test_the_zone_in_which_an_hour_was_typed_does_not(self) -> None:
        typed = replace(STRIKE, starts_at=AT.astimezone(ZoneInfo("Asia/Tokyo")))
        assert of(typed) == of()

    @pytest.mark.parametrize(
        "changed",
        [
            replace(SETUP, report=False),
            replace(SETUP, pause_url="https://pad.example"),
            replace(SETUP, usual=Usual(paused="le bouton Pause, 8h")),
            replace(SETUP, accounts=(X, MASTODON)),
            replace(SETUP, accounts=(replace(X, metrics=True, settle_after=timedelta(300)), MASTODON)),
            replace(SETUP, feeds=(replace(UNE, interval=timedelta(seconds=30)), SPORT)),
            replace(SETUP, strikes=(STRIKE,)),
            replace(SETUP, pools=Pools(strike_by_account={"essai": ("x",)})),
        ],
        ids=range(8),
    )
    def test_what_changes_nothing_that_goes_out_does_not(self, changed: Setup) -> None:
        assert of(setup=changed) == of()

    def test_how_it_came_into_the_book_does_not(self) -> None:
        there = replace(STRIKE, id=7, source=Source.SETTINGS, declared_at=AT, first_start=STRIKE.starts_at)
        assert of(there) == of()

    def test_an_account_out_of_scope_does_not(self) -> None:
        scoped = replace(STRIKE, accounts=frozenset({"x-une"}))
        assert of(scoped, with_account(replace(MASTODON, owner="union"))) == of(scoped)

    def test_naming_every_account_is_as_naming_none(self) -> None:
        assert of(replace(STRIKE, accounts=frozenset({"x-une", "mastodon-une"}))) == of()


def test_the_canonical_form_is_the_documented_one() -> None:
    form = json.loads(canonical(STRIKE, SETUP, TEMPLATES))
    assert sorted(form) == sorted(["form", *Part])
    assert form["hours"] == [
        "Europe/Paris",
        "2026-01-24T08:00:00.000000Z",
        "2026-01-24T16:00:00.000000Z",
        "2026-01-24T08:00:00.000000Z",
        5.0,
    ]
    assert form["rules"][0] == {"action": "ordinary", "category": ["alerte", "rectificatif"]}
    assert list(form["accounts"]) == ["mastodon-une", "x-une"]
    assert form["messages"]["by_account"]["x-une"]["strike"][0].startswith("✊")


def test_where_two_plans_differ_is_said() -> None:
    seal = _seal()
    for part, setup in [
        (Part.RULES, replace(SETUP, rules=())),
        (Part.LIMITS, replace(SETUP, per_hour=9)),
        (Part.MESSAGES, replace(SETUP, pools=Pools(strike=("x",)))),
        (Part.ACCOUNTS, with_account(replace(X, owner="union"))),
    ]:
        assert seal.differs(voted(STRIKE, setup, TEMPLATES), {}) == [part]
    moved = replace(STRIKE, ends_at=STRIKE.ends_at + HOUR)
    assert seal.differs(voted(moved, SETUP, TEMPLATES), {}) == [Part.HOURS]
    assert seal.differs(voted(STRIKE, SETUP, TEMPLATES), {}) == []


def test_another_account_behind_the_same_name_differs_and_one_not_known_yet_does_not() -> None:
    found, seal = voted(STRIKE, SETUP, TEMPLATES), _seal(identities={"x-une": "1"})
    assert seal.differs(found, {"x-une": "1", "mastodon-une": "9"}) == []
    assert seal.differs(found, {"mastodon-une": "9"}) == []
    assert seal.differs(found, {"x-une": "2"}) == [Part.ACCOUNTS]


def _seal(**values: Any) -> Seal:
    found = voted(STRIKE, SETUP, TEMPLATES)
    return Seal(found.fingerprint, AT, found.parts, **values)
