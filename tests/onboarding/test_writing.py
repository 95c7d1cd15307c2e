import tomllib
from pathlib import Path

import pytest

from occupier.domain.setup import FeedSource, Poster, Usual
from occupier.onboarding.account import NewAccount
from occupier.onboarding.writing import Draft
from occupier.settings import load_text
from tests.onboarding.conftest import NOW

KEYS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
ACCOUNT = NewAccount("x-une", "x", "x", "@une", {"owner": "union", "outside_strikes": "silent"}, KEYS)
SAME = {"owner": "employer", "server": "https://m.example"}
OLD = """\
# Nos réglages
timezone   =  "Europe/Paris" # ne pas toucher

[messages]
strike = ["En grève {{ strike.reason }} jusqu'au {{ strike.end }} : {{ strike.who }}. {{ link }}"] # voté

# le flux
[[feeds]]
name = 'une'
url = "https://www.example.org/feed.xml"

[[accounts]]
name = "mastodon-une" # celui du syndicat
platform = "mastodon"
server = "https://m.example"
access_token = { env = "TOKEN" }

[limits]
per_day = 12
"""


def test_new_settings_have_their_comments_and_load(tmp_path: Path) -> None:
    made = Draft(None)
    made.ground("Europe/Paris", "fr")
    made.usual(Usual(Poster.SERVICE, True, "dlvr.it", None))
    made.feeds([FeedSource("une", "https://www.example.org/feed.xml")])
    made.account(ACCOUNT, "file")
    settings = load_text(made.text, tmp_path, {}, NOW)
    assert settings.setup.usual == Usual(Poster.SERVICE, True, "dlvr.it", None)
    assert [account.owner for account in settings.setup.accounts] == ["union"]
    assert settings.connections["x-une"].secrets["access_token"].file == tmp_path / "secrets/x-une-access_token"
    assert made.text.count("# ") >= 5
    assert "\n\n[[accounts]]\n" in made.text


def test_what_somebody_wrote_stays_to_the_letter(tmp_path: Path) -> None:
    made = Draft(OLD)
    made.ground("Europe/Paris", "fr")
    made.feeds([FeedSource("sport", "https://www.example.org/sport.xml")])
    made.account(ACCOUNT, "env")
    assert [line for line in OLD.splitlines() if line not in made.text.splitlines()] == []
    settings = load_text(made.text, tmp_path, {}, NOW)
    assert [feed.name for feed in settings.setup.feeds] == ["une", "sport"]
    assert [account.name for account in settings.setup.accounts] == ["mastodon-une", "x-une"]
    assert (settings.setup.language, settings.setup.per_day) == ("fr", 12)


def test_a_zone_that_changed_keeps_the_words_beside_it() -> None:
    made = Draft(OLD)
    made.ground("Indian/Reunion", "fr")
    assert 'timezone   =  "Indian/Reunion" # ne pas toucher' in made.text


def test_new_keys_change_nothing_else_of_an_account(tmp_path: Path) -> None:
    made = Draft(OLD)
    renewed = NewAccount("mastodon-une", "mastodon", "mastodon", "@u", SAME, ("access_token",))
    made.account(renewed, "file")
    assert 'name = "mastodon-une" # celui du syndicat' in made.text
    [account] = load_text(made.text, tmp_path, {}, NOW).setup.accounts
    assert account.name == "mastodon-une"
    assert load_text(made.text, tmp_path, {}, NOW).connections["mastodon-une"].secrets["access_token"].file


def test_a_tool_that_was_paused_and_is_not_any_more_loses_the_line() -> None:
    made = Draft(OLD + '[usual]\nby = "service" # le nôtre\npaused = "Pause, 22h30"\n')
    made.usual(Usual(Poster.SERVICE, True, None, None))
    assert tomllib.loads(made.text)["usual"] == {"by": "service", "access": True}
    assert "# le nôtre" in made.text


@pytest.mark.parametrize("kind", ["feeds", "accounts"])
def test_tables_written_between_brackets_are_added_to_in_their_own_way(kind: str, tmp_path: Path) -> None:
    feed = '{ name = "une", url = "https://www.example.org/feed.xml" }'
    account = '{ name = "m", platform = "mastodon", server = "https://m.example", access_token = { env = "T" } }'
    made = Draft(f'timezone = "Europe/Paris"\n{kind} = [{feed if kind == "feeds" else account}]\n')
    made.feeds([FeedSource("sport", "https://www.example.org/sport.xml")])
    made.account(ACCOUNT, "keyring")
    settings = load_text(made.text, tmp_path, {}, NOW)
    assert "sport" in {one.name for one in settings.setup.feeds}
    assert "x-une" in {one.name for one in settings.setup.accounts}
