"""Secrets: named in the settings, read from the environment, a file or the keyring only when somebody asks."""

from __future__ import annotations

import logging
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from occupier.domain.errors import Sentence, SettingsError
from occupier.settings.context import OVERRIDES, RESERVED
from occupier.settings.keyrings import from_keyring
from occupier.settings.shown import shown
from occupier.settings.table import Table
from occupier.settings.value import Value

_log = logging.getLogger(__name__)
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
"""Capitals only: a token pasted in the place of a variable's name is then told from one, and never shown."""
_NAME_IN_KEYRING = re.compile(r"[a-z0-9_-]{1,64}")
_FORMS = {"env": '{ env = "…" }', "file": '{ file = "…" }', "keyring": '{ keyring = "…" }'}
_LONGEST = 8192
_LONGEST_PATH = 4096
_OPEN_TO_OTHERS = stat.S_IRGRP | stat.S_IROTH


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Where a secret is: a variable, a file, or a name in the system's keyring. `path` is the setting that says so."""

    path: str
    env: str | None = None
    file: Path | None = None
    keyring: str | None = None


def read_secret_ref(table: Table, key: str) -> SecretRef:
    """Read `{ env = "…" }`, `{ file = "…" }` or `{ keyring = "…" }`.

    Raises:
        SettingsError: on a secret written in the settings themselves, without showing it.
    """
    return _secret_ref(table.required(key, _FORMS["env"]))


def read_secret_refs(table: Table, key: str) -> tuple[SecretRef, ...]:
    """Read a list of secrets, `[{ env = "…" }, …]`; raises SettingsError as `read_secret_ref` does."""
    value = table.get(key, [])
    if not isinstance(value.raw, list):
        raise SettingsError("{path}: write a list, [{env}].", path=value.path, env=_FORMS["env"])
    return tuple(
        _secret_ref(Value(item, f"{value.path}[{place}]", value.context)) for place, item in enumerate(value.raw, 1)
    )


def _secret_ref(value: Value) -> SecretRef:
    if not isinstance(value.raw, Mapping):
        raise SettingsError(
            "{path}: a secret does not stand in the settings; write it as {env}, {file} or {keyring}.",
            path=value.path,
            **_FORMS,
        )
    inner = Table(value.raw, value.path, value.context)
    given = [place for place in map(inner.optional, _FORMS) if place]
    inner.done()
    if len(given) != 1:
        raise SettingsError("{path}: write one of {env}, {file} and {keyring}.", path=value.path, **_FORMS)
    [place] = given
    match place.path.rpartition(".")[2]:
        case "env":
            return SecretRef(value.path, env=_variable(place))
        case "file":
            return SecretRef(value.path, file=value.context.base / place.text())
        case _:
            return SecretRef(value.path, keyring=_name_in_keyring(place))


def _name_in_keyring(value: Value) -> str:
    name = value.text()
    if not _NAME_IN_KEYRING.fullmatch(name):
        text = "{path}: write the secret's name in the keyring, for example {example}; not the secret itself."
        raise SettingsError(text, path=value.path, example="mastodon-une")
    return name


def _variable(value: Value) -> str:
    name = value.text()
    if not _VARIABLE.fullmatch(name):
        raise SettingsError(
            "{path}: write a variable's name, in capitals, for example MASTODON_TOKEN; not the secret itself.",
            path=value.path,
        )
    if name in OVERRIDES | RESERVED:
        raise SettingsError(
            "{path}: {variable} is a variable of occupier itself; choose another name for the secret.",
            path=value.path,
            variable=name,
        )
    value.context.named.add(name)
    return name


class SecretSource:
    """Reads secrets when asked. It shows nothing of the environment that it holds."""

    __slots__ = ("_environ",)

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def __repr__(self) -> str:
        return "SecretSource()"

    def resolve(self, ref: SecretRef) -> str:
        """Return a secret.

        Raises:
            SettingsError: which setting, and which variable, file or name is missing, empty or unreadable.
        """
        if ref.keyring is not None:
            return from_keyring(ref.keyring, ref.path)
        if ref.file is None:
            return self._from_environment(ref)
        note = open_to_others(ref)
        if note:
            _log.warning("%s", note)
        return _from_file(ref, ref.file)

    def _from_environment(self, ref: SecretRef) -> str:
        secret = self._environ.get(ref.env or "", "").strip()
        if not secret:
            raise SettingsError(
                "{path}: the environment variable {variable} is not set; set it to the secret.",
                path=ref.path,
                variable=ref.env,
            )
        if not _is_plain(secret):
            raise SettingsError(
                "{path}: the environment variable {variable} does not hold one line of plain characters; copy the"
                " secret again.",
                path=ref.path,
                variable=ref.env,
            )
        return secret


def open_to_others(ref: SecretRef) -> Sentence | None:
    """Return a warning if other users of the machine can read the secret's file."""
    try:
        mode = ref.file.stat().st_mode if ref.file else 0
    except (OSError, ValueError):
        return None
    if not mode & _OPEN_TO_OTHERS:
        return None
    return Sentence(
        "{path}: other users of this machine can read {file}; forbid it with chmod 600.",
        {"path": ref.path, "file": _named(ref.file)},
    )


def _from_file(ref: SecretRef, file: Path) -> str:
    secret = _content(ref, file)
    if not secret:
        raise SettingsError("{path}: the file {file} is empty; put the secret there.", path=ref.path, file=_named(file))
    if not _is_plain(secret):
        raise SettingsError(
            "{path}: the file {file} does not hold one line of plain characters; copy the secret again.",
            path=ref.path,
            file=_named(file),
        )
    return secret


def _content(ref: SecretRef, file: Path) -> str:
    try:
        if file.exists() and not file.is_file():  # reading a pipe would wait for ever
            raise SettingsError(
                "{path}: {file} is not a file; put the secret in one.", path=ref.path, file=_named(file)
            )
        with file.open(encoding="utf-8-sig", errors="replace") as opened:
            return opened.read(_LONGEST).strip()
    except FileNotFoundError:
        raise SettingsError(
            "{path}: there is no file {file}; make it, with nothing but the secret in it.",
            path=ref.path,
            file=_named(file),
        ) from None
    except (OSError, ValueError) as error:
        raise SettingsError(
            "{path}: the file {file} cannot be read ({detail}); put the secret there, readable by this user.",
            path=ref.path,
            file=_named(file),
            detail=getattr(error, "strerror", None) or type(error).__name__,
        ) from None


def _named(file: Path | None) -> str:
    return shown(str(file), most=_LONGEST_PATH)


def _is_plain(secret: str) -> bool:
    return secret.isascii() and secret.isprintable() and " " not in secret
