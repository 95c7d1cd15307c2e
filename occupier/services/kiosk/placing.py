"""Place: the strike feeds that are put where the tool reads them, whole and only when they differ."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from occupier.domain.action import State
from occupier.domain.errors import NetworkError
from occupier.domain.ports import Delivery, Notice, Notices, Press, Store, Transaction
from occupier.domain.setup import Account, Setup
from occupier.services.kiosk.handing import WRITTEN
from occupier.services.kiosk.racks import Rack, rack, target_of

READ_THERE = "the file"
"""By whom an entry is noted to be read, where nobody sees who reads."""


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What was put there last: its hash, since when anything is there, and since when each strike entry is."""

    hash: str = ""
    since: datetime | None = None
    shown: Mapping[int, datetime] = field(default_factory=dict)


class Placing:
    """Writes whole feeds. A lane and the house may both want to: one after the other, for each feed."""

    def __init__(
        self,
        store: Store,
        press: Press,
        deliveries: Mapping[str, Delivery],
        notices: Notices,
        setup: Callable[[], Setup],
        pause_file: Path,
    ) -> None:
        self._store = store
        self._press = press
        self._deliveries = deliveries
        self._notices = notices
        self._setup = setup
        self._pause_file = pause_file
        self._turns: dict[str, threading.Lock] = defaultdict(threading.Lock)
        self._failing: set[str] = set()
        self._sure: set[str] = set()
        """Feeds that this process has put there itself: what others did to them before is not known."""

    def mind(self) -> None:
        """Put every feed where it belongs that is not there as it is now. Raises DatabaseError."""
        for account in self._setup().accounts:
            if not account.is_written or account.name not in self._deliveries:
                continue
            try:
                self.write(account)
            except NetworkError as error:
                if account.name not in self._failing:
                    self._failing.add(account.name)
                    self._notices.tell(Notice("strike_feed", error.sentence, serious=True))

    def write(self, account: Account) -> None:
        """Put one feed where it belongs; what is being sent just now is in it. Raises NetworkError, DatabaseError.

        An entry that has been there for as long as the tool takes to come again counts as read.
        """
        with self._turns[account.name]:
            with self._store.reading() as tx:
                current, shelf, now = rack(tx, account), _shelf(tx, account), tx.now
            if current is None:
                return
            current = _with_those_sent(current)
            ripe = _ripe(current, shelf, now)
            shown = ripe | {p.action_id for p in current.placed if p and p.read_at} | self._new(current, shelf, now)
            body = self._put(account, current, shelf, shown)
            self._note(current, shelf, hashlib.sha256(body).hexdigest(), shown, ripe)
        self._failing.discard(account.name)

    def _new(self, current: Rack, shelf: _Shelf, now: datetime) -> frozenset[int]:
        # the first edition shows what was there before, and nothing that the tool is to announce
        return frozenset() if shelf.since is None or self._pause_file.exists() else current.new(now)

    def _put(self, account: Account, current: Rack, shelf: _Shelf, shown: frozenset[int]) -> bytes:
        plate = self._press.cut(current.document.body)
        body = plate.edition(current.treatments(shown))
        if hashlib.sha256(body).hexdigest() != shelf.hash or account.name not in self._sure:
            seconds = self._setup().limits.call.total_seconds()
            self._deliveries[account.name].put(body, plate.media_type, seconds)
            self._sure.add(account.name)
        return body

    def _note(self, current: Rack, shelf: _Shelf, digest: str, shown: frozenset[int], ripe: frozenset[int]) -> None:
        known = {p.action_id for p in current.placed if p and p.read_at}
        if digest == shelf.hash and not ripe and shelf.shown.keys() == shown - known:
            return
        with self._store.writing() as tx:
            since = {one: shelf.shown.get(one, tx.now) for one in shown - known - ripe}
            _write(tx, current, replace(shelf, hash=digest, since=shelf.since or tx.now, shown=since))
            tx.actions.read(ripe, READ_THERE)


def _with_those_sent(current: Rack) -> Rack:
    """Return the rack with the entry that is on its way: it is by this very writing that it is handed."""
    placed = [replace(p, state=State.HANDED) if p and p.state is State.SENDING else p for p in current.placed]
    return replace(current, placed=placed)


def _ripe(current: Rack, shelf: _Shelf, now: datetime) -> frozenset[int]:
    """Return the entries that have been there for as long as the tool takes to come again, no pause in between."""
    until = min(now, current.paused_since or now)
    interval = current.account.tool_interval
    assert interval is not None  # every strike feed has one
    handed = {p.action_id for p in current.placed if p and p.is_new_to_somebody and not p.read_at}
    return frozenset(one for one, since in shelf.shown.items() if one in handed and since + interval <= until)


def _shelf(tx: Transaction, account: Account) -> _Shelf:
    target = target_of(tx, account)
    told = target and tx.runtime.get(f"{WRITTEN}{target.id}")
    if not told or target is None:
        return _Shelf()
    said = json.loads(told)
    since = tx.runtime.get(f"{WRITTEN}since:{target.id}")
    shown = {int(one): datetime.fromisoformat(at) for one, at in said["shown"].items()}
    return _Shelf(said["hash"], datetime.fromisoformat(since) if since else None, shown)


def _write(tx: Transaction, current: Rack, shelf: _Shelf) -> None:
    said = {"hash": shelf.hash, "shown": {str(one): at.isoformat() for one, at in shelf.shown.items()}}
    tx.runtime.set(f"{WRITTEN}{current.target.id}", json.dumps(said))
    tx.runtime.set(f"{WRITTEN}since:{current.target.id}", shelf.since.isoformat() if shelf.since else None)
