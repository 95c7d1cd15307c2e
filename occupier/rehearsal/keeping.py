"""What a rehearsal leaves behind beside its database: settings, so that every other command can be tried on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from occupier.domain.setup import Account
from occupier.rehearsal.arrangement import Arranged
from occupier.settings import Connection


def leave_settings(arranged: Arranged, folder: Path) -> Path:
    """Write settings that lead to the sandbox, with its keys in files; return their path.

    They are made like a person's: rules and messages of their own are not among them.
    """
    secrets = folder / "secrets"
    secrets.mkdir(mode=0o700)
    path = folder / "settings.toml"
    path.write_text("\n".join(_lines(arranged, secrets)) + "\n", encoding="utf-8")
    path.chmod(0o600)
    return path


def _lines(arranged: Arranged, secrets: Path) -> Iterator[str]:
    setup, settings = arranged.setup, arranged.settings
    yield f"timezone = {_text(setup.zone.key)}"
    yield f"language = {_text(setup.language)}"
    yield f"database = {_text('sqlite:///' + settings.database.name)}"
    for feed in setup.feeds:
        yield f"\n[[feeds]]\nname = {_text(feed.name)}\nurl = {_text(feed.url)}"
    for account in setup.accounts:
        yield from _account(account, settings.connections[account.name])
        for key, secret in settings.secrets(account.name).items():
            file = secrets / f"{account.name}-{key}"
            file.touch(0o600)
            file.write_text(secret, encoding="utf-8")
            yield f"{key} = {{ file = {_text(f'secrets/{file.name}')} }}"


def _account(account: Account, connection: Connection) -> Iterator[str]:
    yield f"\n[[accounts]]\nname = {_text(account.name)}\nplatform = {_text(account.platform)}"
    key = "server" if account.platform == "mastodon" else "api_url"
    yield f"{key} = {_text(connection.base_url)}"
    if connection.page_id is not None:
        yield f"page_id = {_text(connection.page_id)}"


def _text(value: str) -> str:
    # a JSON string without escapes of its own is a TOML string
    return json.dumps(value, ensure_ascii=False)
