from collections.abc import Callable
from datetime import timedelta

import pytest

from occupier.domain.errors import SettingsError
from occupier.settings import Settings

Read = Callable[..., Settings]
TEXT = 'timezone = "Europe/Paris"\n[limits]\nper_day = 7\n'
ACCOUNT = (
    '[[accounts]]\nname = "m"\nplatform = "mastodon"\nserver = "https://m.example"\n'
    'access_token = { env = "OCCUPIER_TOKEN" }\n'
)


def test_the_environment_prevails_over_the_file(read: Read) -> None:
    setup = read(
        TEXT,
        OCCUPIER_TIMEZONE="America/Cayenne",
        OCCUPIER_LANGUAGE="en",
        OCCUPIER_LIMITS__PER_HOUR="12",
        OCCUPIER_LIMITS__PER_DAY=" 40 ",
        OCCUPIER_LIMITS__SPACING="1m",
        OCCUPIER_LIMITS__FRESHNESS="3h",
        OCCUPIER_LIMITS__GUARD="7s",
    ).setup
    assert (setup.zone.key, setup.language) == ("America/Cayenne", "en")
    assert (setup.per_hour, setup.per_day) == (12, 40)
    assert (setup.spacing, setup.freshness) == (timedelta(minutes=1), timedelta(hours=3))
    assert setup.limits.guard == timedelta(seconds=7)


def test_the_environment_alone_is_enough_for_a_scalar(read: Read) -> None:
    settings = read(
        "", OCCUPIER_TIMEZONE="UTC", OCCUPIER_LIMITS__PER_HOUR="auto", OCCUPIER_DATABASE="sqlite:////a/b.db"
    )
    assert settings.setup.zone.key == "UTC"
    assert settings.setup.per_hour is None
    assert str(settings.database) == "/a/b.db"


@pytest.mark.parametrize(
    ("variable", "value", "mend"),
    [
        ("OCCUPIER_LANGAGE", "fr", "OCCUPIER_LANGUAGE"),
        ("OCCUPIER_LIMITS_PER_DAY", "3", "OCCUPIER_LIMITS__PER_DAY"),
        ("OCCUPIER_Q", "hush", "unset it"),
        ("OCCUPIER_LANGUAGE", "de", "fr, en"),
        ("OCCUPIER_TIMEZONE", "", "write a text"),
        ("OCCUPIER_LIMITS__PER_DAY", "many", "whole number"),
        ("OCCUPIER_LIMITS__PER_DAY", "1e3", "whole number"),
        ("OCCUPIER_LIMITS__GUARD", "5", "90s"),
        ("OCCUPIER_DATABASE", "postgresql://me:hush@db", "sqlite:///occupier.db"),
    ],
)
def test_a_mistake_in_the_environment_names_the_variable(variable: str, value: str, mend: str, read: Read) -> None:
    with pytest.raises(SettingsError) as caught:
        read(TEXT, **{variable: value})
    assert str(caught.value).startswith(variable)
    assert mend in str(caught.value)
    assert "hush" not in str(caught.value)


def test_reserved_variables_and_those_of_others_are_never_refused(read: Read) -> None:
    read(TEXT, OCCUPIER_SETTINGS="x", OCCUPIER_DEBUG="1", OCCUPIERS="1", PATH="/bin")


def test_a_variable_named_by_a_secret_is_known(read: Read) -> None:
    assert read(TEXT + ACCOUNT, OCCUPIER_TOKEN="t").secrets("m") == {"access_token": "t"}
    with pytest.raises(SettingsError):
        read(TEXT, OCCUPIER_TOKEN="t")


def test_arrays_never_come_from_the_environment(read: Read) -> None:
    with pytest.raises(SettingsError, match="^OCCUPIER_FEEDS__0__NAME: .*not known"):
        read(TEXT, OCCUPIER_FEEDS__0__NAME="une")
