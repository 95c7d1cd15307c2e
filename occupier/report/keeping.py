"""The account of each strike in a folder, as HTML: light to make, and any browser prints it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from occupier.domain.errors import FailedError
from occupier.domain.findings import Findings
from occupier.report.file import save
from occupier.report.strike import strike_report
from occupier.report.writing import write

FOLDER = "reports"


def report_path(database: Path, strike: str) -> Path:
    """Return where the daemon puts the account of a strike: beside the database."""
    return database.parent / FOLDER / f"{strike}.html"


def remove_report(database: Path, strike: str) -> Path | None:
    """Remove the account that the daemon put there, and return where it was; None if there is none.

    Raises:
        FailedError: it is there, and cannot be removed.
    """
    path = report_path(database, strike)
    try:
        path.unlink()
    except FileNotFoundError:
        return None
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise FailedError("{path} cannot be removed: {why}.", path=str(path), why=why) from error
    return path


class KeptReports:
    """Writes into the folder beside the database, readable by its owner only."""

    def __init__(self, database: Path, zone: Callable[[], ZoneInfo]) -> None:
        self._database = database
        self._zone = zone

    def keep(self, found: Findings) -> str:
        """Write it whole or not at all, and return where it is; raises FailedError."""
        path = report_path(self._database, found.recount.strike.name)
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise FailedError("{path} cannot be written: {why}.", path=str(path), why=why) from error
        save(write(strike_report(found, self._zone()), ".html"), path, overwrite=True)
        return str(path)
