import logging
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from occupier.domain.errors import SettingsError, UnknownName
from occupier.settings import Settings

Read = Callable[..., Settings]
HEAD = 'timezone = "Europe/Paris"\n[[accounts]]\nname = "m"\nplatform = "mastodon"\nserver = "https://m.example"\n'
BY_ENV = HEAD + 'access_token = { env = "TOKEN" }\n'
BY_FILE = HEAD + 'access_token = { file = "secrets/m" }\n'


@pytest.fixture
def secret_file(tmp_path: Path) -> Path:
    file = tmp_path / "secrets" / "m"
    file.parent.mkdir()
    file.write_text("hush-hush\n")
    file.chmod(0o600)
    return file


def test_a_secret_is_read_from_a_variable(read: Read) -> None:
    assert read(BY_ENV, TOKEN=" hush-hush\n").secrets("m") == {"access_token": "hush-hush"}


def test_a_secret_is_read_from_a_file_beside_the_settings(read: Read, secret_file: Path) -> None:
    settings = read(BY_FILE)
    assert settings.secrets("m") == {"access_token": "hush-hush"}
    assert settings.notes("m") == ()


def test_settings_load_without_any_secret(read: Read) -> None:
    assert read(BY_FILE).connections["m"].secrets["access_token"].file is not None
    assert read(BY_ENV).connections["m"].secrets["access_token"].env == "TOKEN"


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_variable_that_is_not_set_is_named(value: str | None, read: Read) -> None:
    settings = read(BY_ENV, **({} if value is None else {"TOKEN": value}))
    with pytest.raises(SettingsError, match=r"^accounts\[1\]\.access_token: .*TOKEN.*set it"):
        settings.secrets("m")


@pytest.mark.parametrize("value", ["hush\nhush", "hush hush", "hûsh", "hush\x00"])
def test_what_cannot_be_a_secret_is_refused_and_not_shown(value: str, read: Read, secret_file: Path) -> None:
    secret_file.write_text(value, encoding="utf-8")
    for settings in (read(BY_FILE), read(BY_ENV, TOKEN=value)):
        with pytest.raises(SettingsError, match="copy the secret again") as caught:
            settings.secrets("m")
        assert "hush" not in str(caught.value)


def test_a_missing_file_is_named(read: Read, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no file") as caught:
        read(BY_FILE).secrets("m")
    assert str(tmp_path / "secrets" / "m") in str(caught.value)


def test_an_empty_file_is_named(read: Read, secret_file: Path) -> None:
    secret_file.write_text("\n")
    with pytest.raises(SettingsError, match="secrets/m is empty"):
        read(BY_FILE).secrets("m")


def test_a_pipe_is_not_waited_for(read: Read, tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    os.mkfifo(tmp_path / "secrets" / "m")
    with pytest.raises(SettingsError, match="is not a file"):
        read(BY_FILE).secrets("m")


def test_a_file_that_others_can_read_gives_a_warning(
    read: Read, secret_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    secret_file.chmod(0o644)
    settings = read(BY_FILE)
    with caplog.at_level(logging.WARNING):
        assert settings.secrets("m") == {"access_token": "hush-hush"}
    assert [str(note) for note in settings.notes("m")] == [record.getMessage() for record in caplog.records]
    assert "chmod 600" in caplog.text
    assert "hush" not in caplog.text


def test_no_secret_shows_in_what_the_settings_show(read: Read, secret_file: Path) -> None:
    for settings in (read(BY_ENV, TOKEN="hush-hush"), read(BY_FILE, TOKEN="hush-hush")):
        settings.secrets("m")
        assert "hush" not in repr(settings) + str(settings) + repr(settings.source) + repr(asdict(settings))


def test_an_unknown_account_is_refused_with_the_nearest_name(read: Read) -> None:
    with pytest.raises(UnknownName, match="did you mean “m”"):
        read(BY_ENV).secrets("M")


def test_the_addresses_of_messages_are_secrets(read: Read, secret_file: Path) -> None:
    settings = read(
        'notify = [{ env = "NTFY" }, { file = "secrets/m" }]\n' + BY_ENV, NTFY="ntfys://hush", TOKEN="t0k3n-t0k3n"
    )
    assert settings.notify_addresses() == ["ntfys://hush", "hush-hush"]
    assert "hush" not in repr(settings).replace("secrets/m", "")


@pytest.mark.parametrize("written", ['["ntfys://very-secret"]', '"ntfys://very-secret"', "[1]"])
def test_an_address_in_the_settings_themselves_is_refused_and_not_shown(written: str, read: Read) -> None:
    with pytest.raises(SettingsError, match=r"notify.*env") as error:
        read(f"notify = {written}\n" + BY_ENV)
    assert "very-secret" not in str(error.value)


def test_every_key_that_is_missing_is_named(read: Read, secret_file: Path) -> None:
    account = HEAD.replace('"mastodon"', '"x"').replace('server = "https://m.example"\n', "")
    keys = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
    settings = read(
        account + "".join(f'{key} = {{ env = "{key.upper()}" }}\n' for key in keys), CONSUMER_KEY="hush-hush"
    )
    assert [error.sentence.values["variable"] for error in settings.missing("m")] == [k.upper() for k in keys[1:]]
    assert read(BY_FILE).missing("m") == ()
    notified = read('notify = [{ env = "A" }, { env = "B" }, { file = "secrets/m" }]\n' + BY_FILE, A="x://y")
    assert [error.sentence.values["variable"] for error in notified.notify_missing()] == ["B"]
