"""This process: its clock, what it writes, and the files beside the journal."""

from __future__ import annotations

import logging
import os
import time
from datetime import UTC, datetime
from pathlib import Path


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> datetime:
        """Return the instant, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never jump."""
        return time.monotonic()


def prepare_process() -> None:
    """Keep what is written to ourselves, and the libraries' loggers from telling tokens."""
    from occupier.wire.scrub import hush

    os.umask(0o077)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    hush()


def rehearsal_database(database: Path, account: str) -> Path:
    """Return the database of the rehearsals on a test account, beside the real one."""
    return database.with_name(f"{database.name}.rehearsal-{account}")


def dry_run_database(database: Path) -> Path:
    """Return the database of dry runs, beside the real one."""
    return database.with_name(database.name + ".dry-run")
