"""Which networks there are. Nothing of theirs is imported before one is built."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from occupier.domain.errors import SettingsError
from occupier.domain.ports import Network

PLATFORMS: Mapping[str, str] = {
    "mastodon": "occupier.platforms.mastodon:Mastodon",
    "x": "occupier.platforms.x:X",
    "facebook": "occupier.platforms.facebook:Facebook",
    "feed": "occupier.platforms.strike_feed:StrikeFeed",
    "manual": "occupier.platforms.manual:Manual",
}

CONNECTING: Mapping[str, str] = {
    "mastodon": "occupier.platforms.mastodon_connecting:MastodonConnecting",
    "x": "occupier.platforms.x_connecting:XConnecting",
    "facebook": "occupier.platforms.facebook_connecting:FacebookConnecting",
}


def build(platform: str, **parameters: Any) -> Network:
    """Make the adapter of one account; the parameters are its constructor's. Raises SettingsError."""
    network: Network = _named(PLATFORMS, platform)(**parameters)
    return network


def connecting(platform: str, **parameters: Any) -> Any:
    """Make the steps that connect an account of a network; the parameters are their constructor's.

    Raises:
        SettingsError: there is no such platform.
    """
    return _named(CONNECTING, platform)(**parameters)


def _named(paths: Mapping[str, str], platform: str) -> Any:
    path = paths.get(platform)
    if path is None:
        raise SettingsError(
            "There is no platform “{platform}”; there are {platforms}.",
            platform=platform,
            platforms=", ".join(paths),
        )
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)
