"""Settings of a benchmark's newsroom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from occupier.settings import Settings, load_text

_ACCOUNT = """
[[accounts]]
name = "mastodon"
platform = "mastodon"
server = "http://127.0.0.1:9"
access_token = { env = "TOKEN" }
"""


def settings_of(urls: Iterable[str], folder: Path) -> Settings:
    """Return settings with these feeds and one silent account."""
    feeds = (f'[[feeds]]\nname = "feed-{n}"\nurl = "{url}"\n' for n, url in enumerate(urls))
    text = 'timezone = "Europe/Paris"\n' + "".join(feeds) + _ACCOUNT
    return load_text(text, folder, {"TOKEN": "-"}, datetime.now(UTC))
