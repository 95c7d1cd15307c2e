"""What a network says of an account's keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from occupier.domain.access import Access
from occupier.domain.errors import SettingsError
from occupier.domain.ports import Identity
from occupier.domain.setup import Setup
from occupier.domain.strike import Strike
from occupier.services.eve.checks.accounts import check_accounts
from occupier.services.eve.checks.evidence import AccountRead
from occupier.services.eve.checks.finding import Finding, Level
from tests.services.newsroom import account

NOW = datetime(2027, 1, 23, 21, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOMORROW = Strike("greve", NOW + 12 * HOUR, NOW + 22 * HOUR, "AG", "contre la réforme", NOW)


def found(access: Access, *strikes: Strike, **values: Any) -> dict[str, Finding]:
    of = account(**values)
    read = AccountRead(of, Identity("1", "courrier"), access)
    setup = Setup(ZoneInfo("Europe/Paris"), accounts=(of,))
    findings = {f.id: f for f in check_accounts([read], {}, strikes, setup, NOW)}
    for finding in findings.values():
        str(finding.sentence), str(finding.advice)
    return findings


@pytest.mark.parametrize(
    ("access", "level"),
    [
        (Access(may_post=True), Level.GREEN),
        (Access(may_post=False), Level.RED),
        (Access(may_post=False, lacking=("write:statuses",)), Level.RED),
        (Access(), Level.AMBER),
    ],
)
def test_whether_the_keys_may_post(access: Access, level: Level) -> None:
    assert found(access)["rights"].level is level


@pytest.mark.parametrize(
    ("ends", "level"),
    [
        (NOW - HOUR, Level.RED),
        (NOW, Level.RED),
        (TOMORROW.ends_at - HOUR, Level.RED),
        (TOMORROW.ends_at + HOUR, Level.AMBER),
        (NOW + 8 * DAY, Level.GREEN),
    ],
)
def test_until_when_the_keys_last(ends: datetime, level: Level) -> None:
    assert found(Access(expires_at=ends), TOMORROW)["expiry"].level is level


def test_a_strike_of_other_accounts_does_not_make_keys_end_too_early() -> None:
    theirs = Strike("autre", NOW, NOW + 20 * DAY, "AG", "x", NOW, accounts=frozenset({"autre"}))
    assert found(Access(expires_at=NOW + 10 * DAY), theirs)["expiry"].level is Level.GREEN


def test_keys_without_an_end_have_no_line_of_it() -> None:
    assert "expiry" not in found(Access())


@pytest.mark.parametrize(
    ("platform", "labelled", "level"),
    [
        ("mastodon", True, Level.GREEN),
        ("mastodon", False, Level.AMBER),
        ("mastodon", None, None),
        ("x", None, Level.AMBER),
        ("facebook", None, None),
    ],
)
def test_the_label_of_automation(platform: str, labelled: bool | None, level: Level | None) -> None:
    finding = found(Access(labelled=labelled), platform=platform).get("label")
    assert (finding.level if finding else None) == level


def test_only_facebook_hides_whether_its_app_is_live() -> None:
    assert found(Access(), platform="facebook")["app_mode"].level is Level.AMBER
    assert "app_mode" not in found(Access(), platform="x")


@pytest.mark.parametrize(
    ("left", "of", "level"), [(299, 300, Level.GREEN), (30, 300, Level.AMBER), (0, 300, Level.AMBER)]
)
def test_how_many_calls_are_left(left: int, of: int, level: Level) -> None:
    assert found(Access(calls_left=left, calls_of=of))["calls"].level is level


def test_every_missing_key_is_named_and_a_test_accounts_stops_no_strike() -> None:
    one, trial = account("x-une"), account("essai", test=True)
    setup = Setup(ZoneInfo("Europe/Paris"), accounts=(one, trial))
    missing = {name: (SettingsError("A is missing."), SettingsError("B is missing.")) for name in ("x-une", "essai")}
    findings = list(check_accounts([], missing, [], setup, NOW))
    assert [(f.id, f.subject, f.level, str(f.sentence)[0]) for f in findings] == [
        ("secret", "x-une", Level.RED, "A"), ("secret", "x-une", Level.RED, "B"),
        ("secret", "essai", Level.AMBER, "A"), ("secret", "essai", Level.AMBER, "B"),
    ]  # fmt: skip


def test_settings_without_an_account_are_not_ready() -> None:
    (finding,) = check_accounts([], {}, [], Setup(ZoneInfo("Europe/Paris")), NOW)
    assert (finding.id, finding.level) == ("account", Level.RED)
