"""What settings that cannot be used still say: where the database is, which is all that stopping needs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from os.path import isfile
from pathlib import Path
from zoneinfo import ZoneInfo

from occupier.domain.setup import Setup
from occupier.settings.model import Settings
from occupier.settings.secrets import SecretSource

_USUAL_NAME = "occupier.db"
_QUOTES = "\"'“”«»\N{NO-BREAK SPACE}"
_SQLITE = "sqlite:///"


def bare_settings(option: str | Path | None, environ: Mapping[str, str]) -> Settings:
    """Return settings without a feed or an account, on the database that the file or the environment seems to name.

    Nothing is refused: where nothing can be read, it is `occupier.db` beside the file, or in this folder.
    """
    file = Path(option or environ.get("OCCUPIER_SETTINGS") or "settings.toml").absolute()
    text = _text(file)
    named = environ.get("OCCUPIER_DATABASE") or _written(text, "database") or _USUAL_NAME
    language = environ.get("OCCUPIER_LANGUAGE") or _written(text, "language") or _language(environ)
    zone = environ.get("OCCUPIER_TIMEZONE") or _written(text, "timezone")
    setup = Setup(_zone(zone), "en" if language == "en" else "fr")
    return Settings(file, setup, file.parent / named.strip().removeprefix(_SQLITE), {}, SecretSource(environ))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig", errors="replace") if isfile(file) else ""
    except OSError:
        return ""


def _written(text: str, key: str) -> str | None:
    """Read `key = "value"` wherever it stands, with whatever quotes: a line that TOML refuses says enough."""
    found = re.search(rf"(?m)^\s*{key}\s*=\s*[{_QUOTES} ]*([^{_QUOTES}#\n]+)", text)
    return found[1].strip() if found else None


def _language(environ: Mapping[str, str]) -> str:
    from occupier.speech import language_from_environment

    return language_from_environment(environ)


def _zone(name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (LookupError, OSError, ValueError):
        return ZoneInfo("UTC")
