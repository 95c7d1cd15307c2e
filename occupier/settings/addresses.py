"""Addresses: of feeds, of networks, of the database."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from occupier.domain.connecting import is_this_machine
from occupier.domain.errors import SettingsError
from occupier.domain.text import safe_link
from occupier.settings.value import Value

_DEFAULT_PORTS = {"http": 80, "https": 443}
_SQLITE = "sqlite:///"


def read_web_address(value: Value) -> str:
    """Read the address of a page or a feed: http or https, without a password."""
    _split(value)
    address = value.text()
    if safe_link(address) is None:
        raise _no_address(value)
    return address


def read_server(value: Value, *, with_path: bool = True) -> tuple[str, str]:
    """Read the address that tokens are sent to: https, but on loopback.

    Returns:
        The address without a slash at its end, and its `host[:port]` in small letters.

    Raises:
        SettingsError: with the path and what to write; never with the address, which may hold a password.
    """
    parts = _split(value)
    if parts.scheme != "https" and not is_this_machine(parts.hostname or ""):
        raise SettingsError("{path}: a token must not travel in clear; write https://, not http://.", path=value.path)
    if parts.query or parts.fragment:
        raise SettingsError("{path}: write the address without ? and #.", path=value.path)
    if parts.path.strip("/") and not with_path:
        raise SettingsError(
            "{path}: write only the server, for example https://{host}.", path=value.path, host=parts.hostname
        )
    return f"{parts.scheme}://{_host(parts)}{parts.path.rstrip('/')}", _host(parts)


def read_database(value: Value) -> Path:
    """Read `sqlite:///occupier.db`, relative to the settings file, or `sqlite:////var/lib/occupier.db`.

    Raises:
        SettingsError: on any other database; never with the address, which may hold a password.
    """
    address = value.text()
    name = address.removeprefix(_SQLITE)
    if not address.startswith(_SQLITE) or not name or name.endswith("/") or "?" in name:
        raise SettingsError(
            "{path}: only a SQLite file is known; write sqlite:///occupier.db, relative to the settings file.",
            path=value.path,
        )
    if name == ":memory:":
        raise SettingsError(
            "{path}: a database in memory would forget what was posted; write sqlite:///occupier.db.",
            path=value.path,
        )
    return value.context.base / name


def _split(value: Value) -> SplitResult:
    address = value.text()
    try:
        parts = urlsplit(address)
        known = parts.scheme in _DEFAULT_PORTS and parts.hostname and parts.port != 0
    except ValueError:
        known = False
    if not known or any(sign.isspace() for sign in address):
        raise _no_address(value)
    if parts.username is not None:
        raise SettingsError(
            "{path}: a user name or a password in an address ends up in logs; write the address without.",
            path=value.path,
        )
    return parts


def _no_address(value: Value) -> SettingsError:
    return SettingsError("{path}: this is not an address; write one that begins with https://.", path=value.path)


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").lower()
    bracketed = f"[{host}]" if ":" in host else host
    return bracketed if parts.port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{bracketed}:{parts.port}"
