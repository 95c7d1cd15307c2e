"""Asking a program of the system, briefly; what it says is read for facts and never passed on."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

_SECONDS = 3.0


def said(line: Sequence[str]) -> str:
    """Return what a program printed; nothing where it is not there, fails, or takes longer than three seconds."""
    environ = {**os.environ, "LC_ALL": "C"}
    try:
        done = subprocess.run(  # noqa: S603 - fixed words, no shell
            line, capture_output=True, stdin=subprocess.DEVNULL, timeout=_SECONDS, env=environ, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
