from collections.abc import Callable, Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked

from occupier.domain.errors import SettingsError
from occupier.settings import Settings
from occupier.settings.keyrings import SERVICE, has_keyring, into_keyring

Read = Callable[..., Settings]
IN_KEYRING = (
    'timezone = "Europe/Paris"\n[[accounts]]\nname = "m"\nplatform = "mastodon"\nserver = "https://m.example"\n'
    'access_token = { keyring = "mastodon-une" }\n'
)


class InMemory(KeyringBackend):
    """A keyring of its own, for one test."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.is_locked:
            raise KeyringLocked("hush-hush")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.is_locked:
            raise KeyringLocked("hush-hush")
        self.kept[service, username] = password


@pytest.fixture
def ring() -> Iterator[InMemory]:
    before, made = keyring.get_keyring(), InMemory()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_what_is_put_into_the_keyring_is_read_from_it(read: Read, ring: InMemory) -> None:
    into_keyring("mastodon-une", "hush-hush", "access_token")
    assert ring.kept == {(SERVICE, "mastodon-une"): "hush-hush"}
    assert read(IN_KEYRING).secrets("m") == {"access_token": "hush-hush"}


def test_the_keyring_is_not_opened_before_somebody_asks_for_the_secret(read: Read, ring: InMemory) -> None:
    ring.is_locked = True
    settings = read(IN_KEYRING)
    assert settings.notes("m") == ()
    with pytest.raises(SettingsError, match=r"^accounts\[1\]\.access_token: the keyring did not open") as caught:
        settings.secrets("m")
    assert "hush" not in str(caught.value)


def test_a_name_that_is_not_there_is_answered_with_the_command_that_puts_it(read: Read, ring: InMemory) -> None:
    with pytest.raises(SettingsError, match="keyring set occupier …"):
        read(IN_KEYRING).secrets("m")


def test_a_machine_without_a_keyring_says_so(read: Read, ring: InMemory) -> None:
    assert has_keyring()
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    assert not has_keyring()
    with pytest.raises(SettingsError, match="no keyring that can be used") as caught:
        read(IN_KEYRING).secrets("m")
    assert '{ file = "secrets/…" }' in str(caught.value)
    with pytest.raises(SettingsError, match="no keyring that can be used"):
        into_keyring("mastodon-une", "hush-hush", "access_token")


def test_a_keyring_that_stays_closed_takes_nothing(ring: InMemory) -> None:
    ring.is_locked = True
    with pytest.raises(SettingsError, match="did not open"):
        into_keyring("mastodon-une", "hush-hush", "access_token")


@pytest.mark.parametrize("pasted", ["EAAGm0PX4ZCpsBAxyz", "hush hush", "a" * 65])
def test_a_secret_in_the_place_of_its_name_is_refused_and_not_shown(pasted: str, read: Read) -> None:
    with pytest.raises(SettingsError, match="not the secret itself") as caught:
        read(IN_KEYRING.replace("mastodon-une", pasted))
    assert pasted not in str(caught.value)
