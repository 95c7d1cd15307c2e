"""The setup of a rehearsal: one's own, moved onto the sandbox."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from occupier.domain.limits import Limits
from occupier.domain.setup import FeedSource, Outside, Takeover
from occupier.domain.strike import LinkRule
from occupier.rehearsal.arrangement import arrange, default_setup, faster, strike_to_rehearse, with_feed
from occupier.rehearsal.rehearsing import empty_sandbox
from occupier.rehearsal.telling import whose_words
from occupier.sandbox import Sandbox
from occupier.settings import Settings, load_text
from occupier.speech import Language, speaking

NOW = datetime(2027, 1, 24, 9, 0, tzinfo=UTC)
SETTINGS = """
timezone = "America/Martinique"
[[feeds]]
name = "journal"
url = "https://journal.example.com/feed.xml"
[[feeds]]
name = "sport"
url = "https://journal.example.com/sport.xml"
[[accounts]]
name = "mastodon-une"
platform = "mastodon"
server = "https://mastodon.example"
access_token = { env = "MASTODON_TOKEN" }
[[accounts]]
name = "mastodon-sport"
platform = "mastodon"
feeds = ["sport"]
test = true
server = "https://mastodon.example"
access_token = { file = "nowhere" }
[[accounts]]
name = "page"
platform = "facebook"
page_id = "1234567890"
access_token = { env = "FACEBOOK_TOKEN" }
[messages]
strike = ["Grève {{ strike.reason }} {{ strike.end }} {{ strike.who }} {{ title }} {{ link }}"]
[limits]
spacing = "5m"
per_hour = 6
[[strikes]]
name = "demain"
from = "2027-01-25T09:00"
to = "2027-01-25T19:00"
mandate = "AG du 24"
reason = "pour les salaires"
link = "none"
feeds = ["sport"]
"""


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with empty_sandbox() as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_text(SETTINGS, tmp_path, {"MASTODON_TOKEN": "canary"}, NOW)


def test_nothing_of_an_arranged_rehearsal_leads_out_of_the_sandbox(
    box: Sandbox, settings: Settings, tmp_path: Path
) -> None:
    arranged = arrange(box, settings.setup, tmp_path)
    assert not re.findall(r"mastodon\.example|journal\.example|graph\.facebook|1234567890", repr(arranged.settings))
    assert {feed.url for feed in arranged.setup.feeds} == {box.feed_url("journal"), box.feed_url("sport")}
    assert {urlsplit(c.base_url).netloc for c in arranged.settings.connections.values()} == {urlsplit(box.url).netloc}
    assert {account.host for account in arranged.setup.accounts} == {urlsplit(box.url).netloc}
    assert arranged.settings.database.parent == tmp_path


def test_the_secrets_are_the_sandbox_s_own(box: Sandbox, settings: Settings, tmp_path: Path) -> None:
    arranged = arrange(box, settings.setup, tmp_path)
    tokens = {name: arranged.settings.secrets(name)["access_token"] for name in arranged.remote_ids}
    assert tokens["mastodon-une"] == box.credentials["mastodon"]["access_token"]
    assert tokens["page"] == box.credentials["facebook"]["access_token"]
    assert len(set(tokens.values())) == 3
    assert not any(token in repr(arranged) for token in tokens.values())


def test_the_accounts_keep_their_names_feeds_and_messages(box: Sandbox, settings: Settings, tmp_path: Path) -> None:
    setup = arrange(box, settings.setup, tmp_path).setup
    assert [(a.name, a.platform, a.feeds) for a in setup.accounts] == [
        (a.name, a.platform, a.feeds) for a in settings.setup.accounts
    ]
    assert setup.pools == settings.setup.pools
    assert setup.zone == settings.setup.zone
    assert box.account("mastodon").display_name == "mastodon-une"


def test_every_account_takes_part_and_shows_its_ordinary_posts(
    box: Sandbox, settings: Settings, tmp_path: Path
) -> None:
    for account in arrange(box, settings.setup, tmp_path).setup.accounts:
        assert account.outside is Outside.PUBLISH
        assert not account.test


def test_no_account_waits_for_a_usual_tool_that_is_not_there(box: Sandbox, settings: Settings, tmp_path: Path) -> None:
    usual = {"takeover": Takeover.REPLACE, "usual_application": "dlvr.it", "usual_within": timedelta(minutes=20)}
    waiting = tuple(replace(account, **usual) for account in settings.setup.accounts)  # type: ignore[arg-type]
    for account in arrange(box, replace(settings.setup, accounts=waiting), tmp_path).setup.accounts:
        assert (account.takeover, account.usual_within) == (Takeover.NONE, timedelta(0))


def test_the_spacing_and_the_ceilings_are_the_rehearsal_s_own(box: Sandbox, settings: Settings, tmp_path: Path) -> None:
    setup = arrange(box, settings.setup, tmp_path).setup
    assert setup.spacing == timedelta(seconds=1)
    assert setup.per_hour == setup.per_day == 1000
    assert setup.strikes == ()
    assert setup.freshness == settings.setup.freshness


def test_what_bounds_a_call_is_no_shorter_in_a_rehearsal() -> None:
    assert faster(Limits()).guard == timedelta(seconds=0.5)
    assert faster(Limits()).call == Limits().call
    assert faster(Limits()).claim_age == Limits().claim_age


def test_the_strike_has_the_words_and_the_scope_of_the_next_one(settings: Settings) -> None:
    strike = strike_to_rehearse(settings.setup, NOW, NOW + timedelta(seconds=25), NOW)
    assert (strike.mandate, strike.reason, strike.link) == ("AG du 24", "pour les salaires", LinkRule.NONE)
    assert strike.feeds == {"sport"}
    assert (strike.starts_at, strike.ends_at) == (NOW, NOW + timedelta(seconds=25))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "fr",
            ("de votre grève «\N{NO-BREAK SPACE}demain\N{NO-BREAK SPACE}»", "sur mastodon-une, mastodon-sport, page"),
        ),
        ("en", ("of your strike “demain”", "on mastodon-une, mastodon-sport, page")),
    ],
)
def test_what_is_one_s_own_and_what_is_an_example_is_said(
    settings: Settings, language: Language, words: tuple[str, str]
) -> None:
    with speaking(language):
        own, silent = whose_words(settings.setup, NOW)
        [example, _] = whose_words(replace(settings.setup, strikes=()), NOW)
    assert words[0] in own
    assert words[1] in silent
    assert own != example


def test_a_strike_that_is_over_is_not_rehearsed(settings: Settings) -> None:
    later = NOW + timedelta(days=30)
    assert strike_to_rehearse(settings.setup, later, later + timedelta(seconds=25), later).reason != "pour les salaires"


def test_another_feed_takes_the_place_of_all(settings: Settings) -> None:
    setup = with_feed(settings.setup, FeedSource("une", "https://example.org/feed"))
    assert [feed.name for feed in setup.feeds] == ["une"]
    assert all(account.follows(frozenset({"une"})) for account in setup.accounts)
    assert strike_to_rehearse(setup, NOW, NOW + timedelta(seconds=25), NOW).feeds == frozenset()


def test_without_settings_there_is_one_account_on_each_network(box: Sandbox, tmp_path: Path) -> None:
    arranged = arrange(box, default_setup(), tmp_path, paper="Le Courrier des Halles")
    assert [account.platform for account in arranged.setup.accounts] == ["mastodon", "x", "facebook"]
    assert box.account("x").display_name == "Le Courrier des Halles"


def test_where_people_post_by_hand_the_rehearsal_posts_in_their_place(box: Sandbox, tmp_path: Path) -> None:
    by_hand = '[[accounts]]\nname = "a-la-main"\nplatform = "manual"\nfor_platform = "x"\n'
    text = f'timezone = "Europe/Paris"\n[[feeds]]\nname = "une"\nurl = "https://www.example.org/feed"\n{by_hand}'
    arranged = arrange(box, load_text(text, tmp_path, {}, NOW).setup, tmp_path)
    (account,) = arranged.setup.accounts
    assert (account.platform, account.for_platform, account.host) == ("x", None, urlsplit(box.url).netloc)
    assert arranged.settings.connections["a-la-main"].base_url == f"{box.url}/x"
