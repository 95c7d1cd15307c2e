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
}


def build(platform: str, **parameters: Any) -> Network:
    """Make the adapter of one account; the parameters are its constructor's. Raises SettingsError."""
    path = PLATFORMS.get(platform)
    if path is None:
        raise SettingsError(
            "There is no platform “{platform}”; there are {platforms}.",
            platform=platform,
            platforms=", ".join(PLATFORMS),
        )
    module, _, name = path.partition(":")
    network: Network = getattr(import_module(module), name)(**parameters)
    return network
