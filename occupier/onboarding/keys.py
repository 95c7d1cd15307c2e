"""Where the accounts' keys are kept: files, the environment or the system's keyring; never the settings."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from occupier.domain.errors import FailedError, UsageError
from occupier.onboarding.answers import Answer
from occupier.onboarding.files import keep_copy, write_private
from occupier.onboarding.question import Choice, Question
from occupier.settings.keyrings import has_keyring, into_keyring
from occupier.speech import gettext as _

FILES, ENVIRONMENT, KEYRING = "file", "env", "keyring"
FOLDER, VARIABLES = "secrets", "occupier.env"


def keys_question(heading: str) -> Question:
    """Ask where keys go, once for all accounts."""
    choices = (
        Choice(FILES, _("in files beside the settings, in the folder {folder}, that only you can read").format(
            folder=FOLDER)),
        Choice(ENVIRONMENT, _("in the environment: a file {file} to load before each command").format(file=VARIABLES)),
        Choice(KEYRING, _("in this system's keyring (it must be open when the daemon starts)")),
    )  # fmt: skip
    return Question(
        "keys",
        heading,
        _("Where are the accounts' keys to be kept?"),
        why=lambda: [
            _("A key lets its holder post as the account. It never stands in the settings, which people copy around.")
        ],
        choices=choices,
        default=FILES,
        read=_read,
    )


def _read(chosen: str) -> Answer:
    if chosen == KEYRING and not has_keyring():
        raise UsageError(
            "This machine has no keyring that can be used here: choose the files, which nobody else can read."
        )
    return Answer(chosen)


def keep_keys(place: str, folder: Path, account: str, secrets: Mapping[str, str]) -> None:
    """Put the keys of an account where they were wanted; what stood there under the same names is copied first.

    Raises:
        FailedError: it cannot be written there.
        SettingsError: the keyring does not open.
    """
    try:
        if place == ENVIRONMENT:
            _into_variables(folder / VARIABLES, account, secrets)
            return
        for key, secret in secrets.items():
            if place == KEYRING:
                into_keyring(in_keyring(account, key), secret, key)
            else:
                _into_file(folder / in_file(account, key), secret)
    except OSError as error:
        text = "The keys cannot be written in {folder} ({detail}): make room, or let this user write there."
        raise FailedError(text, folder=str(folder), detail=error.strerror) from None


def reference(place: str, account: str, key: str) -> Mapping[str, str]:
    """Return what the settings say of a key: where it is."""
    names = {FILES: in_file, ENVIRONMENT: variable, KEYRING: in_keyring}
    return {place: names[place](account, key)}


def in_file(account: str, key: str) -> str:
    """Return the file of a key, beside the settings."""
    return f"{FOLDER}/{account}-{key}"


def in_keyring(account: str, key: str) -> str:
    """Return the name of a key in the keyring."""
    return f"{account}-{key}"


def variable(account: str, key: str) -> str:
    """Return the variable of a key."""
    name = f"{account}_{key}".upper().replace("-", "_")
    return name if name[0].isalpha() else f"KEY_{name}"


def _into_file(file: Path, secret: str) -> None:
    if file.exists() and file.read_text(encoding="utf-8").strip() != secret:
        keep_copy(file)
    write_private(file, f"{secret}\n")


def _into_variables(file: Path, account: str, secrets: Mapping[str, str]) -> None:
    new = {variable(account, key): secret for key, secret in secrets.items()}
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    others = [line for line in lines if line.partition("=")[0].strip() not in new]
    if len(others) < len(lines):
        keep_copy(file)
    ours = [f"{name}={shlex.quote(secret)}" for name, secret in new.items()]
    write_private(file, "\n".join([*others, *ours]) + "\n")
