"""The tools whose placeholders are known, read from `tools.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from occupier.domain.tools import Tool, Where

_FILE = Path(__file__).with_name("tools.toml")


@cache
def known_tools() -> Mapping[str, Tool]:
    """Return the tools by the name that is typed."""
    tables = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {typed: _tool(table) for typed, table in tables.items()}


def known_tool(typed: str) -> Tool | None:
    """Return the tool of a name, however that is spelled: DLVRIT, Jetpack Social, nonli; None where it is not known."""
    wanted = _plain(typed)
    return next((tool for key, tool in known_tools().items() if wanted in (_plain(key), _plain(tool.name))), None)


def _plain(name: str) -> str:
    return "".join(sign for sign in name.partition("(")[0].casefold() if sign.isalnum())


def _tool(table: Mapping[str, Any]) -> Tool:
    takes = tuple(Where(field) for field in table.get("takes", (Where.PREFIX, Where.SUFFIX)))
    words = table.get("title", ""), table.get("link", "")
    return Tool(
        table["name"], *words, table["source"], takes, table.get("reads_feed", False), table.get("is_fed", False)
    )
