"""The eve: a check that nobody has to think of, a day and an hour before each strike."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from occupier.domain.errors import Sentence
from occupier.domain.ports import Notice, Notices, Store, Transaction
from occupier.domain.strike import Strike
from occupier.services.eve.checks.finding import EVERYTHING, Finding, Level, is_ready

BEFORE = (timedelta(hours=24), timedelta(hours=1))
"""How long before its start a strike is checked for."""
LAST = "check"
"""The journal's note of the last check: at, ready, red, amber."""
MOST_TOLD = 5
"""Findings that are told one by one; the rest is in `occupier check`."""

GoOn = Callable[[], bool]
Check = Callable[[Sequence[Strike], GoOn], Sequence[Finding]]


class Eve:
    """Checks before each strike, once for each hour named above, and tells what came out.

    A strike that is declared later than that is checked for when it is noticed.
    """

    def __init__(self, store: Store, check: Check, notices: Notices) -> None:
        self._store = store
        self._check = check
        self._notices = notices

    def look(self, go_on: GoOn) -> None:
        """Check for the strikes whose hour has come; `go_on` False: what was found is not whole. Raises DatabaseError.

        It takes as long as networks take to answer, so nothing else may wait for it.
        """
        with self._store.reading() as tx:
            strikes = tx.strikes.all()
            due = [s for s in strikes if not s.is_over(tx.now) and _due(tx, s)]
        if not due:
            return
        findings = self._check(strikes, go_on)
        if not go_on():
            return
        with self._store.writing() as tx:
            for strike in due:
                _note(tx, strike)
                tx.events.add("checked", _record(findings), strike_id=strike.id)
            tx.runtime.set(LAST, json.dumps({"at": tx.now.isoformat(), **_counts(findings)}))
        for strike in due:
            self._tell(strike, findings)
        self._tell_findings(findings)

    def _tell(self, strike: Strike, findings: Sequence[Finding]) -> None:
        values = {"name": strike.name, "start": strike.starts_at, **_counts(findings)}
        if is_ready(findings):
            text = "Checked for the strike “{name}”, from {start}: ready. Worth a look: {amber}; see occupier check."
            self._notices.tell(Notice("check", Sentence(text, values)))
            return
        text = (
            "Checked for the strike “{name}”, from {start}: not ready. Things to mend: {red}; worth a look: {amber}."
            " See occupier check."
        )
        self._notices.tell(Notice("check", Sentence(text, values), serious=True))

    def _tell_findings(self, findings: Sequence[Finding]) -> None:
        for finding in [f for f in findings if f.level is Level.RED][:MOST_TOLD]:
            self._notices.tell(Notice("check_red", _said(finding), serious=True))
        for finding in [f for f in findings if f.level is Level.AMBER]:
            self._notices.tell(Notice("check_amber", _said(finding)))


def _said(finding: Finding) -> Sentence:
    if finding.subject == EVERYTHING:
        return finding.sentence
    return Sentence("{subject}: {finding}", {"subject": finding.subject, "finding": finding.sentence})


def _due(tx: Transaction, strike: Strike) -> bool:
    """Say whether one of the hours has come that nobody checked at; a start that was moved has hours of its own."""
    hours = [before for before in BEFORE if tx.now >= strike.starts_at - before]
    return any(tx.runtime.get(_key(strike, before)) != _start(strike) for before in hours)


def _note(tx: Transaction, strike: Strike) -> None:
    for before in BEFORE:
        if tx.now >= strike.starts_at - before:
            tx.runtime.set(_key(strike, before), _start(strike))


def _key(strike: Strike, before: timedelta) -> str:
    return f"eve:{strike.id}:{round(before / timedelta(hours=1))}"


def _start(strike: Strike) -> str:
    return strike.starts_at.isoformat()


def _counts(findings: Sequence[Finding]) -> dict[str, object]:
    levels = [finding.level for finding in findings]
    return {"ready": is_ready(findings), "red": levels.count(Level.RED), "amber": levels.count(Level.AMBER)}


def _record(findings: Sequence[Finding]) -> dict[str, object]:
    """Return what the chained record keeps: ids and names of the settings, no sentence."""
    wrong = sorted({f"{f.id} {f.subject}" for f in findings if f.level is Level.RED})
    return {**_counts(findings), "mend": wrong}


@dataclass(frozen=True, slots=True)
class LastCheck:
    """What the daemon's last check came to: how many things to mend (`red`) and to look at (`amber`)."""

    at: datetime
    red: int
    amber: int


def last_check(tx: Transaction) -> LastCheck | None:
    """Return what the last check came to; None where there was none."""
    note = tx.runtime.get(LAST)
    if note is None:
        return None
    said = json.loads(note)
    return LastCheck(datetime.fromisoformat(said["at"]), int(said["red"]), int(said["amber"]))
