"""Report: when a strike is over and settled, its account is written, once, and told."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from occupier.domain.errors import OccupierError, Sentence
from occupier.domain.ports import Notice, Notices, Reports, Store, Transaction
from occupier.domain.strike import Strike
from occupier.services.review.recounting import Recounting

AT_LATEST = timedelta(hours=6)
"""What still waits for a person then is told by the report itself."""
_TOO_OLD = timedelta(days=7)
"""Strikes that ended longer ago were over before anybody asked for reports."""


class Reporting:
    """Has the account of each strike written. Reads in a snapshot that keeps nobody waiting; never raises."""

    def __init__(self, store: Store, recounting: Recounting, reports: Reports, notices: Notices) -> None:
        self._store = store
        self._recounting = recounting
        self._reports = reports
        self._notices = notices
        self._failing: set[int] = set()

    def work_off(self) -> None:
        """Write the accounts that are due. What fails is told once, and tried again the next time."""
        try:
            with self._store.reading() as tx:
                due = [strike for strike in tx.strikes.all() if _may_be_due(tx, strike)]
        except OccupierError:
            return  # the jobs that post say it already
        for strike in due:
            try:
                self._write(strike)
            except Exception as error:  # nothing about a report may disturb the posting
                self._tell_failed(strike, error)

    def _write(self, strike: Strike) -> None:
        with self._recounting.findings(strike.name) as found:
            if not (found.recount.is_settled or found.recount.at >= strike.ended_at + AT_LATEST):
                return
            at, path = found.recount.at, self._reports.keep(found)
        self._note(strike, at)
        self._failing.discard(strike.id)
        text = (
            "The account of the strike “{name}” is written: {path}, beside the database. As PDF:"
            " occupier report {name} --output {name}.pdf"
        )
        # without the folders above, whose names may be a person's: this goes to phones
        said = Sentence(text, {"name": strike.name, "path": "/".join(Path(path).parts[-2:])})
        self._notices.tell(Notice("report", said, attached=path))

    def _note(self, strike: Strike, at: datetime) -> None:
        # only after the file is there: a process that dies between the two writes it again
        with self._store.noting() as tx:
            tx.runtime.set(_note_key(strike), at.isoformat())

    def _tell_failed(self, strike: Strike, error: Exception) -> None:
        if strike.id in self._failing:
            return
        self._failing.add(strike.id)
        why = error.sentence if isinstance(error, OccupierError) else type(error).__name__
        text = "The account of the strike “{name}” could not be written ({why}). Type occupier report {name}."
        self._notices.tell(Notice("report_failed", Sentence(text, {"name": strike.name, "why": why}), serious=True))


def _may_be_due(tx: Transaction, strike: Strike) -> bool:
    if strike.closed_at is None or strike.destroyed_at is not None:
        return False
    if strike.ended_at <= strike.starts_at:  # called off before it began
        return False
    return tx.now - strike.ended_at < _TOO_OLD and tx.runtime.get(_note_key(strike)) is None


def _note_key(strike: Strike) -> str:
    return f"report:{strike.id}"
