"""What stood in the usual tool's field before a strike: kept in a file beside the settings until it is given back."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

from occupier.domain.errors import SettingsError
from occupier.domain.tools import OldText

NAME = "old-texts.json"


def read_old_texts(path: Path) -> tuple[OldText, ...]:
    """Return what is kept; nothing where there is no file. Raises SettingsError."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return tuple(OldText(row["strike"], row["tool"], row["text"], row.get("network")) for row in rows)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        text = "{file} cannot be read: the old text of the usual tool is in it; open it in an editor, or take it away."
        raise SettingsError(text, file=str(path)) from None


def keep_old_text(path: Path, old: OldText) -> None:
    """Keep a text, in the place of one for the same strike and field. Raises SettingsError."""
    others = [kept for kept in read_old_texts(path) if not kept.stands_where(old)]
    rows = [asdict(kept) for kept in (*others, old)]
    new = path.with_name(f".{path.name}.new")
    try:
        new.touch(0o600)
        new.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        os.replace(new, path)
    except OSError as error:
        text = "{file} cannot be written ({detail}): note the old text elsewhere."
        raise SettingsError(text, file=str(path), detail=error.strerror or type(error).__name__) from None
