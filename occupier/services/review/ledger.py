"""The ledger: is the log what was written, all of it, and nothing else? And its lawful destruction."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from occupier.domain.action import State
from occupier.domain.agreement import History, Known, disagreement
from occupier.domain.errors import Sentence, UsageError
from occupier.domain.kept import SEALED
from occupier.domain.ledger import ACCOUNT, DESTROYED, SHORTEST_HEAD, Break, Destruction, Record, follow
from occupier.domain.ports import Emptied, Store, StrikeTold, Transaction

UNDER_WAY = (State.PENDING, State.SENDING, State.RETRY, State.UNCERTAIN, State.HELD)
"""States in which something may yet become of a post."""
_EVERY = 1000

Progress = Callable[[int, int], object]
"""Told now and then how many of how many steps are done."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What verifying found: how many of each there are, the last record's hash, and the first break, if any."""

    records: int = 0
    rows: int = 0
    attempts: int = 0
    head: str | None = None
    broken: Break | None = None
    destructions: tuple[Destruction, ...] = ()

    @property
    def destroyed_rows(self) -> int:
        """How many rows of the log were destroyed lawfully."""
        return sum(done.rows for done in self.destructions)

    @property
    def destroyed_records(self) -> int:
        """How many records of the chain were."""
        return sum(done.records for done in self.destructions)


class Verifying:
    """Checks the chain, and that rows, attempts and readings are what it tells."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def verify(self, head: str | None = None, progress: Progress = lambda _done, _of: None) -> Verified:
        """Go through all of the record twice, once in its own order and once row by row, at constant memory.

        Args:
            head: a head noted elsewhere, or its first characters: it must be in the record.
            progress: told now and then.

        Raises:
            UsageError: that is no head.
            DatabaseError: the journal cannot be read.
        """
        _check_head(head)
        with self._store.reading() as tx:
            last = tx.recounts.head()
            total = 2 * last.seq if last else 0
            notes = _Notes()
            found = follow(notes.taken(tx.ledger.records()), head, lambda done: progress(done, total))
            verified = Verified(found.records, 0, 0, found.head, found.broken, found.destructions)
            if found.broken is not None:
                return verified
            broken = notes.misnamed(tx.ledger.accounts()) or _misdeclared(tx, notes)
            return replace(verified, broken=broken) if broken else self._compare(tx, verified, notes, progress)

    def _compare(self, tx: Transaction, verified: Verified, notes: _Notes, progress: Progress) -> Verified:
        known = Known({done.strike_id for done in verified.destructions}, notes.handed)
        rows = attempts = passed = 0
        emptied: dict[int, int] = {}
        for history in tx.ledger.histories():
            rows, attempts = rows + 1, attempts + len(history.attempts)
            passed += len(history.records)
            broken = disagreement(history, known)
            if broken is not None:
                return replace(verified, rows=rows, attempts=attempts, broken=broken)
            _count_emptied(history, emptied)
            if rows % _EVERY == 0:
                progress(verified.records + passed, 2 * verified.records)
        return replace(verified, rows=rows, attempts=attempts, broken=_miscounted(verified, emptied))


def _misdeclared(tx: Transaction, notes: _Notes) -> Break | None:
    try:
        return notes.disagreement(tx.ledger.strikes())
    except ValueError:  # a byte of an hour, of a rule or of the messages: nothing can be compared any more
        return Break(Sentence("one of its cells cannot be read any more: it was changed"))


def _check_head(head: str | None) -> None:
    if head is not None and not (len(head) >= SHORTEST_HEAD and set(head) <= set("0123456789abcdef")):
        raise UsageError(
            "--head: “{head}” is no head: it is made of the 64 figures and letters a–f that occupier status shows; the"
            " first 8 are enough.",
            head=head[:80],
        )


def _count_emptied(history: History, emptied: dict[int, int]) -> None:
    row = history.action
    if row is not None and row["purpose"] == DESTROYED:
        emptied[row["strike_id"]] = emptied.get(row["strike_id"], 0) + 1


def _miscounted(verified: Verified, emptied: Mapping[int, int]) -> Break | None:
    for done in verified.destructions:
        found = emptied.get(done.strike_id, 0)
        if found != done.rows:
            text = "it says that {said} rows of “{name}” were destroyed, and {found} are there"
            return Break(Sentence(text, {"said": done.rows, "name": done.name, "found": found}), done.seq)
    return None


@dataclass(slots=True)
class _Notes:
    """What the second look needs of the first: accounts handed over, and what was told of the strikes."""

    handed: dict[int, int] = field(default_factory=dict)
    told: dict[int, tuple[int, str]] = field(default_factory=dict)
    closed: dict[int, tuple[int, str]] = field(default_factory=dict)
    sealed: dict[int, tuple[int, str]] = field(default_factory=dict)
    destroyed: set[int] = field(default_factory=set)
    named: dict[int, tuple[int, str]] = field(default_factory=dict)

    def taken(self, records: Iterable[Record]) -> Iterator[Record]:
        """Yield the records, and note what they tell once they were found unchanged."""
        before: Record | None = None
        for record in records:
            if before is not None:
                self._note(before)
            before = record
            yield record
        if before is not None:
            self._note(before)

    def _note(self, record: Record) -> None:
        if record.kind == "handed_over" and record.target_id is not None:
            self.handed[json.loads(record.data)["from"]] = record.target_id
        if record.kind == ACCOUNT and record.target_id is not None:
            self.named[record.target_id] = (record.seq, record.data)
        if record.strike_id is None:
            return
        if record.kind in ("strike_declared", "strike_changed"):
            self.told[record.strike_id] = (record.seq, record.data)
        elif record.kind == SEALED:
            self.sealed[record.strike_id] = (record.seq, json.loads(record.data)["fingerprint"])
        elif record.kind == "strike_closed":
            self.closed[record.strike_id] = (record.seq, json.loads(record.data)["closed_at"])
        elif record.kind == DESTROYED:
            self.destroyed.add(record.strike_id)

    def misnamed(self, accounts: Mapping[int, str]) -> Break | None:
        """Return the first account that is not the one that was recorded under its number."""
        wrong = (seq for target_id, (seq, data) in self.named.items() if accounts.get(target_id) != data)
        what = Sentence("the account is no longer the one that was recorded: its name, network or number there differs")
        return next((Break(what, seq) for seq in wrong), None)

    def disagreement(self, strikes: Iterable[StrikeTold]) -> Break | None:
        """Return the first strike of which the book and the record do not say the same."""
        book = {strike.id: strike for strike in strikes}
        gone = next((seq for strike_id, (seq, _) in self.told.items() if strike_id not in book), None)
        if gone is not None:
            return Break(Sentence("the strike that it declares is not in the strike book"), gone)
        return next((found for strike in book.values() if (found := self._of(strike)) is not None), None)

    def _of(self, strike: StrikeTold) -> Break | None:
        named = {"name": strike.name}
        if strike.is_destroyed or strike.id in self.destroyed:
            agrees = strike.is_destroyed and strike.id in self.destroyed
            return (
                None
                if agrees
                else Break(Sentence("the strike “{name}” is marked as destroyed in one place only", named))
            )
        seq, data = self.told.get(strike.id, (None, None))
        if data != strike.data:
            return Break(Sentence("the strike “{name}” is not what was declared", named), seq)
        seq, closed_at = self.closed.get(strike.id, (seq, None))
        if closed_at != strike.closed_at:
            return Break(Sentence("the strike “{name}” did not end when the record says so", named), seq)
        seq, sealed = self.sealed.get(strike.id, (seq, None))
        if sealed != strike.seal:
            return Break(Sentence("the plan of the strike “{name}” is not the one that was sealed", named), seq)
        return None


class Destroying:
    """Empties a strike's register, for good."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def check(self, name: str) -> bool:
        """Say whether there is something to destroy; False if it is destroyed already.

        Raises:
            UnknownName: no such strike.
            UsageError: the strike is not over, or something of it is under way.
        """
        with self._store.reading() as tx:
            strike = tx.strikes.get(name)
            if not strike.is_over(tx.now):
                raise UsageError("The strike “{name}” is not over: its log cannot be destroyed before its end, {end}.",
                                 name=name, end=strike.ends_at)  # fmt: skip
            waiting = sum(action.strike_id == strike.id for action in tx.actions.in_state(*UNDER_WAY))
            if waiting:
                raise UsageError(
                    "{n} posts of the strike “{name}” are under way or wait for a person: its log cannot be destroyed"
                    " yet. See occupier status.",
                    n=waiting,
                    name=name,
                )
            return strike.destroyed_at is None

    def empty(self, name: str) -> Emptied | None:
        """Destroy its register; None if this journal has no such strike, or destroyed it already.

        Raises:
            DatabaseError: nothing was destroyed.
        """
        with self._store.writing() as tx:
            strike = next((s for s in tx.strikes.all() if s.name == name and s.destroyed_at is None), None)
            return tx.ledger.empty(strike) if strike else None
