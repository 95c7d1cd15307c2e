from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from occupier.domain.errors import SettingsError
from occupier.domain.setup import Outside
from occupier.domain.strike import LinkRule, Source
from occupier.settings import Settings, load, settings_path

Read = Callable[..., Settings]
NOW = datetime(2020, 1, 23, 20, 0, tzinfo=UTC)
HEAD = 'timezone = "Europe/Paris"\n'
FEEDS = "".join(f'[[feeds]]\nname = "{name}"\nurl = "https://www.example.org/{name}"\n' for name in ("une", "sport"))
MASTODON = '[[accounts]]\nname = "m"\nplatform = "mastodon"\naccess_token = { env = "T" }\n'
PAGE = '[[accounts]]\nname = "p"\nplatform = "facebook"\npage_id = "1"\naccess_token = { env = "T" }\n'
STRIKE = '[[strikes]]\nname = "greve"\nmandate = "AG"\nreason = "contre"\n'


def test_defaults_need_only_a_zone(read: Read, tmp_path: Path) -> None:
    settings = read(HEAD)
    assert settings.path is None
    assert settings.database == tmp_path / "occupier.db"
    assert (settings.setup.language, settings.setup.per_hour, settings.setup.per_day) == ("fr", None, 300)


def test_paths_are_relative_to_the_file_wherever_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "settings.toml").write_text(HEAD + 'database = "sqlite:///data/o.db"')
    monkeypatch.chdir(tmp_path)
    settings = load(Path("etc/settings.toml"), {}, NOW)
    assert settings.path == tmp_path / "etc" / "settings.toml"
    assert settings.database == tmp_path / "etc" / "data" / "o.db"


def test_the_option_comes_before_the_variable_and_the_variable_before_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("option.toml", "variable.toml", "settings.toml"):
        (tmp_path / name).write_text(HEAD)
    environ = {"OCCUPIER_SETTINGS": "variable.toml"}
    assert settings_path("option.toml", environ) == tmp_path / "option.toml"
    assert settings_path(None, environ) == tmp_path / "variable.toml"
    assert load(None, {}, NOW).path == tmp_path / "settings.toml"


def test_a_missing_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"type occupier init") as caught:
        settings_path(tmp_path / "none.toml", {})
    assert str(tmp_path / "none.toml") in str(caught.value)


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_bytes(HEAD.encode() + b"# gr\xe8ve")
    with pytest.raises(SettingsError, match="UTF-8"):
        load(tmp_path / "s.toml", {}, NOW)


def test_a_file_with_the_mark_of_some_editors_is_read(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_bytes(b"\xef\xbb\xbf" + HEAD.replace("\n", "\r\n").encode())
    assert load(tmp_path / "s.toml", {}, NOW).setup.zone.key == "Europe/Paris"


def test_an_error_of_syntax_names_file_line_and_column(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(HEAD + "language = fr")
    with pytest.raises(SettingsError, match=r"^s\.toml, line 2, column 12: "):
        load(tmp_path / "s.toml", {}, NOW)


@pytest.mark.parametrize(
    ("server", "base_url", "host"),
    [
        ("https://Mastodon.Example/", "https://mastodon.example", "mastodon.example"),
        ("https://mastodon.example:443", "https://mastodon.example", "mastodon.example"),
        ("https://mastodon.example:8443", "https://mastodon.example:8443", "mastodon.example:8443"),
        ("http://localhost:3000", "http://localhost:3000", "localhost:3000"),
        ("http://127.1.2.3:3000", "http://127.1.2.3:3000", "127.1.2.3:3000"),
        ("http://[::1]:3000", "http://[::1]:3000", "[::1]:3000"),
    ],
)
def test_a_server_is_https_or_on_loopback(server: str, base_url: str, host: str, read: Read) -> None:
    settings = read(HEAD + MASTODON + f'server = "{server}"')
    assert settings.connections["m"].base_url == base_url
    assert settings.setup.accounts[0].host == host


def test_a_page_has_its_number_and_its_version(read: Read) -> None:
    settings = read(HEAD + PAGE + 'api_version = "v25.0"\napi_url = "https://proxy.example/graph/"')
    connection = settings.connections["p"]
    assert settings.setup.accounts[0].remote_id == connection.page_id == "1"
    assert connection.api_version == "v25.0"
    assert connection.base_url == "https://proxy.example/graph"


def test_an_account_keeps_what_is_written(read: Read) -> None:
    account = read(
        HEAD + FEEDS + MASTODON + 'server = "https://m.example"\nfeeds = ["une"]\noutside_strikes = "publish"\n'
        'owner = "union"\nsettle_after = "3m"\nvisibility = "unlisted"\nlanguage = "en"\ntest = true\n'
    ).setup.accounts[0]
    assert account.feeds == {"une"}
    assert account.outside is Outside.PUBLISH
    assert (account.owner, account.visibility, account.language, account.test) == ("union", "unlisted", "en", True)
    assert account.settle_after == timedelta(minutes=3)


def test_dollars_become_millionths(read: Read) -> None:
    text = '[[accounts]]\nname = "x"\nplatform = "x"\n' + "".join(
        f'{key} = {{ env = "T" }}\n'
        for key in ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
    )
    assert read(HEAD + text + "budget_per_day = 0.29").setup.accounts[0].budget_microusd == 290_000
    assert read(HEAD + text).setup.accounts[0].budget_microusd == 10_000_000


def test_pools_are_kept_by_platform_and_by_account(read: Read) -> None:
    pools = read(
        HEAD + PAGE + '[accounts.messages]\nstrike = ["a"]\n'
        '[messages]\nstrike = ["s", "t"]\nordinary = "o"\n[messages.x]\nstrike = ["x"]\nordinary = "ox"\n'
    ).setup.pools
    assert (pools.strike, pools.strike_by_platform, pools.strike_by_account) == (
        ("s", "t"),
        {"x": ("x",)},
        {"p": ("a",)},
    )
    assert (pools.ordinary, pools.ordinary_by_platform) == ("o", {"x": "ox"})


def test_a_strike_is_declared_as_the_settings_are_read(read: Read) -> None:
    strike = read(
        HEAD + FEEDS + PAGE + STRIKE + "from = 2020-01-24T09:00:00\nto = 2020-01-24 19:00:00+02:00\n"
        'link = "none"\n[strikes.messages.account.p]\nstrike = ["a"]\n'
    ).setup.strikes[0]
    assert (strike.starts_at, strike.ends_at) == (
        datetime(2020, 1, 24, 8, 0, tzinfo=UTC),
        datetime(2020, 1, 24, 17, 0, tzinfo=UTC),
    )
    assert (strike.declared_at, strike.source, strike.link) == (NOW, Source.SETTINGS, LinkRule.NONE)
    assert strike.messages.by_account == {"p": ("a",)}


def test_a_strike_that_is_over_stays_as_history(read: Read) -> None:
    text = HEAD + FEEDS + PAGE + STRIKE + 'from = "2020-01-20T09:00"\nto = "2020-01-20T19:00"\n'
    assert [strike.is_over(NOW) for strike in read(text).setup.strikes] == [True]


def test_a_long_strike_is_taken_when_it_is_meant(read: Read) -> None:
    text = HEAD + STRIKE + 'from = "2020-01-24T09:00"\nto = "2020-03-24T19:00"\nlong = true\n'
    assert len(read(text).setup.strikes) == 1


def test_strikes_of_different_feeds_do_not_overlap(read: Read) -> None:
    day = 'from = "2020-01-24T09:00"\nto = "2020-01-24T19:00"\n'
    text = STRIKE + day + 'feeds = ["une"]\n' + STRIKE.replace("greve", "autre") + day + 'feeds = ["sport"]\n'
    assert len(read(HEAD + FEEDS + PAGE + text).setup.strikes) == 2


def test_a_rule_keeps_its_conditions(read: Read) -> None:
    rule = read(HEAD + '[[rules]]\nmatch = { category = ["Alerte"], title = "(?i)né" }\naction = "leave"').setup.rules[
        0
    ]
    assert rule.category == ("Alerte",)
    assert rule.title is not None
    assert rule.title.search("NÉCROLOGIE")
