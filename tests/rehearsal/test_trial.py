"""The settings of a rehearsal on a test account: that account's, and nobody else's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from occupier.domain.errors import UnknownName, UsageError
from occupier.domain.setup import FirstPost
from occupier.rehearsal.trial import settings_of_trial
from occupier.settings import Settings, load_text

NOW = datetime(2027, 1, 23, 21, tzinfo=UTC)
TEXT = """
timezone = "Europe/Paris"
notify = [{ env = "NOTIFY" }]
[[feeds]]
name = "une"
url = "https://www.example.org/une.xml"
[[feeds]]
name = "sport"
url = "https://www.example.org/sport.xml"
[[accounts]]
name = "essai"
platform = "mastodon"
server = "https://mastodon.example"
access_token = { env = "ESSAI" }
feeds = ["sport"]
test = true
visibility = "private"
first_post = "approve"
first_post_within = "10m"
usual_within = "20m"
[[accounts]]
name = "page"
platform = "facebook"
page_id = "1"
access_token = { env = "PAGE" }
test = true
[[accounts]]
name = "vrai"
platform = "mastodon"
server = "https://autre.example"
access_token = { env = "VRAI" }
[[rules]]
match = { title = "." }
action = "hold"
[[strikes]]
name = "greve"
from = "2027-01-24T09:00"
to = "2027-01-24T19:00"
mandate = "AG"
reason = "contre la réforme"
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_text(TEXT, tmp_path, {}, NOW)


def test_only_the_account_its_feeds_and_its_secrets_are_in_them(settings: Settings) -> None:
    cut = settings_of_trial(settings, "essai", None)
    assert [account.name for account in cut.setup.accounts] == ["essai"]
    assert [feed.name for feed in cut.setup.feeds] == ["sport"]
    assert (set(cut.connections), cut.notify) == ({"essai"}, ())
    assert (cut.setup.strikes, cut.setup.rules) == ((), ())


def test_the_journal_is_another_one(settings: Settings) -> None:
    assert settings_of_trial(settings, "essai", None).database == settings.database.with_name(
        "occupier.db.rehearsal-essai"
    )


def test_it_posts_without_a_further_yes_at_its_own_pace(settings: Settings) -> None:
    cut = settings_of_trial(settings, "essai", None)
    (account,) = cut.setup.accounts
    assert (account.test, account.first_post, account.visibility) == (False, FirstPost.SEND, "private")
    assert account.usual_within == timedelta(0)
    assert cut.setup.spacing == timedelta(seconds=10)


def test_the_visibility_of_one_s_choice(settings: Settings) -> None:
    assert settings_of_trial(settings, "essai", "direct").setup.accounts[0].visibility == "direct"
    with pytest.raises(UsageError, match="nobody chooses"):
        settings_of_trial(settings, "page", "direct")


def test_an_account_of_the_strike_is_refused(settings: Settings) -> None:
    with pytest.raises(UsageError, match="no test account"):
        settings_of_trial(settings, "vrai", None)


def test_an_account_that_nobody_knows_is_refused(settings: Settings) -> None:
    with pytest.raises(UnknownName):
        settings_of_trial(settings, "essay", None)


def test_what_the_settings_say_of_the_first_post(settings: Settings) -> None:
    essai, _page, vrai = settings.setup.accounts
    assert (essai.first_post, essai.first_post_within) == (FirstPost.APPROVE, timedelta(minutes=10))
    assert (vrai.first_post, vrai.first_post_within) == (FirstPost.SEND, timedelta(minutes=30))
