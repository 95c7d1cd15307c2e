"""What any Unix tells, and the two systems that tell more."""

from __future__ import annotations

import shutil
import stat
import sys
from pathlib import Path

from occupier.domain.machine import Power, Rest, Rights
from occupier.machine import linux, macos


class ThisMachine:
    """The machine that this process runs on."""

    def power(self) -> Power | None:
        """Return what feeds it; None where it has no battery, or does not tell."""
        return macos.power() if sys.platform == "darwin" else linux.power()

    def rest(self) -> Rest:
        """Return when it sleeps by itself."""
        return macos.rest() if sys.platform == "darwin" else linux.rest()

    def free_bytes(self, folder: Path) -> int | None:
        """Return how much may still be written in a folder, or where it would be made."""
        for there in (folder, *folder.parents):
            try:
                return shutil.disk_usage(there).free
            except OSError:
                continue
        return None

    def rights(self, file: Path) -> Rights | None:
        """Return what other users may do with a file; None where it is not there."""
        try:
            mode = file.stat().st_mode
        except (OSError, ValueError):
            return None
        return Rights(bool(mode & (stat.S_IRGRP | stat.S_IROTH)), bool(mode & (stat.S_IWGRP | stat.S_IWOTH)))
