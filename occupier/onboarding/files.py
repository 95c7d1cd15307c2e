"""Files that hold what others must not read: 0600, whole or not at all, and nothing overwritten without a copy."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path

_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700


def write_private(file: Path, text: str) -> None:
    """Put a text in the place of a file, readable by this user alone; raises OSError, and then nothing changed."""
    file.parent.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    # a link stays one: what it leads to is replaced
    target = Path(os.path.realpath(file))
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_FILE)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        os.replace(beside, target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def keep_copy(file: Path) -> Path | None:
    """Copy a file to `<name>.bak`, or the next name that is free; None where there is no file. Raises OSError."""
    try:
        content = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None
    names = (file.with_name(f"{file.name}.bak" + (f"-{n}" if n > 1 else "")) for n in count(1))
    copy = next(name for name in names if not name.exists())
    write_private(copy, content)
    return copy
