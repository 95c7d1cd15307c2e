"""The tools whose placeholders are known, read from `tools.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from occupier.domain.tools import Tool

_FILE = Path(__file__).with_name("tools.toml")


@cache
def known_tools() -> Mapping[str, Tool]:
    """Return the tools by the name that is typed."""
    tables = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {
        typed: Tool(table["name"], table["title"], table["link"], table["source"]) for typed, table in tables.items()
    }
