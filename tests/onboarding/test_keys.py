import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from occupier.domain.errors import FailedError, UsageError
from occupier.onboarding.keys import ENVIRONMENT, FILES, KEYRING, keep_keys, keys_question, reference, variable
from occupier.settings import load_text
from tests.onboarding.conftest import NOW
from tests.settings.test_keyrings import InMemory

SECRETS = {"access_token": "hush'hush&$HOME"}
HEAD = 'timezone = "Europe/Paris"\n[[accounts]]\nname = "une-2"\nplatform = "mastodon"\nserver = "https://m.example"\n'


@pytest.fixture
def no_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    yield
    keyring.set_keyring(before)


def written(place: str) -> str:
    [(where, name)] = reference(place, "une-2", "access_token").items()
    return f'{HEAD}access_token = {{ {where} = "{name}" }}\n'


def test_keys_in_files_are_found_by_the_settings_and_read_by_nobody_else(tmp_path: Path) -> None:
    keep_keys(FILES, tmp_path, "une-2", SECRETS)
    settings = load_text(written(FILES), tmp_path, {}, NOW)
    assert settings.secrets("une-2") == SECRETS
    assert settings.notes("une-2") == ()
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def test_keys_in_the_environment_are_found_once_the_file_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "occupier.env").write_text("OTHER=kept\n")
    keep_keys(ENVIRONMENT, tmp_path, "une-2", SECRETS)
    file = tmp_path / "occupier.env"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    loaded = subprocess.run(
        ["sh", "-c", f"set -a; . {file}; env -0"], capture_output=True, text=True, check=True
    ).stdout
    environ = dict(line.partition("=")[::2] for line in loaded.split("\0") if line)
    assert environ["OTHER"] == "kept"
    name = variable("une-2", "access_token")
    settings = load_text(written(ENVIRONMENT), tmp_path, {name: environ[name]}, NOW)
    assert settings.secrets("une-2") == SECRETS


def test_keys_in_the_keyring_are_found_there(tmp_path: Path) -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(InMemory())
    try:
        assert keys_question("Keys").understand("3").text == KEYRING
        keep_keys(KEYRING, tmp_path, "une-2", SECRETS)
        assert load_text(written(KEYRING), tmp_path, {}, NOW).secrets("une-2") == SECRETS
    finally:
        keyring.set_keyring(before)


@pytest.mark.usefixtures("no_keyring")
def test_a_machine_without_a_keyring_is_told_to_take_the_files() -> None:
    with pytest.raises(UsageError, match="choose the files"):
        keys_question("Keys").understand("keyring")


@pytest.mark.parametrize(("place", "name"), [(FILES, "secrets/une-2-access_token"), (ENVIRONMENT, "occupier.env")])
def test_old_keys_are_copied_before_new_ones_take_their_place(place: str, name: str, tmp_path: Path) -> None:
    for secret in ("first", "second", "third"):
        keep_keys(place, tmp_path, "une-2", {"access_token": secret})
    said = [(tmp_path / f"{name}{ending}").read_text() for ending in ("", ".bak", ".bak-2")]
    assert [line.strip().rpartition("=")[2] for line in said] == ["third", "first", "second"]
    assert stat.S_IMODE((tmp_path / f"{name}.bak").stat().st_mode) == 0o600


def test_the_same_key_again_leaves_no_copy(tmp_path: Path) -> None:
    keep_keys(FILES, tmp_path, "une-2", SECRETS)
    keep_keys(FILES, tmp_path, "une-2", SECRETS)
    assert [file.name for file in (tmp_path / "secrets").iterdir()] == ["une-2-access_token"]


def test_a_folder_that_cannot_be_written_is_told_without_the_key(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text("a file")
    with pytest.raises(FailedError, match="cannot be written") as caught:
        keep_keys(FILES, tmp_path, "une-2", SECRETS)
    assert "hush" not in str(caught.value)


def test_a_variable_has_a_name_that_a_shell_takes() -> None:
    assert variable("24-janvier", "access_token") == "KEY_24_JANVIER_ACCESS_TOKEN"
