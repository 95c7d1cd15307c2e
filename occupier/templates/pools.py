"""The strike messages that ship, read from `pools.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("pools.toml")


@dataclass(frozen=True, slots=True)
class ShippedPool:
    """One language's wordings, and who its first pool says is on strike."""

    who: str
    community_managers: tuple[str, ...]
    anyone: tuple[str, ...]


@cache
def shipped_pools() -> Mapping[str, ShippedPool]:
    """Return the wordings by language."""
    tables = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {
        language: ShippedPool(table["who"], tuple(table["community_managers"]), tuple(table["anyone"]))
        for language, table in tables.items()
    }
