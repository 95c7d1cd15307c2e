"""A report in a file: whole, or not at all; readable by its owner only."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from occupier.domain.errors import FailedError, UsageError


def save(parts: Iterable[bytes], path: Path, *, overwrite: bool = False) -> None:
    """Write a file, 0600, in one move.

    Raises:
        UsageError: it is there already, and must not be overwritten.
        FailedError: it cannot be written there; whatever was there before is as it was.
    """
    if not overwrite and path.exists():
        raise UsageError("{path} is there already: choose another name, or add --force.", path=str(path))
    try:
        _replace(parts, path)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise FailedError("{path} cannot be written: {why}.", path=str(path), why=why) from error


def _replace(parts: Iterable[bytes], path: Path) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
