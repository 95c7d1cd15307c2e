"""Offer: the strike feeds that occupier serves, each reader's own edition, from memory."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from occupier.domain.handing import MOST_READERS
from occupier.domain.ports import Clock, Plate, Press, Store, Transaction
from occupier.domain.setup import Account, Setup
from occupier.services.kiosk.racks import Rack, mark, rack

LONGEST_BELIEVED = timedelta(seconds=60)
"""How long an edition may be believed by who has it: a pause, or an end, must be heard of."""
WRITE_AGAIN = timedelta(seconds=30)
"""Between two writings of how often readers came."""


@dataclass(frozen=True)
class Edition:
    """A whole feed as one reader may have it."""

    body: bytes = field(repr=False)
    media_type: str

    @cached_property
    def tag(self) -> str:
        """What tells it from every other edition."""
        return hashlib.sha256(self.body).hexdigest()[:32]

    @cached_property
    def zipped(self) -> bytes:
        """The same, compressed; alike for the same bytes."""
        return gzip.compress(self.body, mtime=0)


@dataclass
class _Stand:
    """One strike feed in memory; `has` follows what is noted while the journal is not read anew."""

    rack: Rack
    plate: Plate
    editions: dict[frozenset[int], Edition] = field(default_factory=dict)
    has: dict[str, frozenset[int]] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ids = {agent: reader.id for agent, reader in self.rack.readers.items()}
        self.has = {agent: frozenset(self.rack.has.get(r.id, ())) for agent, r in self.rack.readers.items()}

    def edition(self, shown: Collection[int]) -> Edition:
        wanted = frozenset(shown)
        if wanted not in self.editions:
            self.editions[wanted] = Edition(self.plate.edition(self.rack.treatments(wanted)), self.plate.media_type)
        return self.editions[wanted]


class Offering:
    """Answers readers. Not to be used by two threads at once."""

    def __init__(self, store: Store, press: Press, clock: Clock, setup: Callable[[], Setup], pause_file: Path) -> None:
        self._store = store
        self._press = press
        self._clock = clock
        self._setup = setup
        self._pause_file = pause_file
        self._stands: dict[str, _Stand | None] = {}
        self._plates: dict[str, Plate] = {}
        self._of: Setup | None = None
        self._again: dict[int, tuple[datetime, int]] = {}
        self._written_at = clock.now()

    def feeds(self) -> list[str]:
        """Return the names of the strike feeds that are served."""
        return [account.name for account in self._accounts()]

    def prepare(self) -> None:
        """Make the strike feeds known to the journal, so that readers can be noted. Raises DatabaseError."""
        with self._store.writing() as tx:
            for one in self._accounts():
                tx.targets.ensure(one.name, one.platform, one.host, one.remote_id)

    def edition(self, name: str, agent: str, *, is_read: bool = True) -> Edition | None:
        """Return a feed as this reader may have it, and note that it has it; None of one that is not there (yet).

        What is new to the reader is in the journal before it is returned; nothing is to one who reads no body
        (`is_read`). Raises DatabaseError.
        """
        stand, now = self._stand(name), self._clock.now()
        if stand is None:
            return None
        has = stand.has.get(agent)
        if not is_read:
            return stand.edition(has or frozenset())
        if has is None:
            return self._first(stand, agent)
        if self._new(stand.rack, now) - has:
            return self._hand(name, stand, agent)
        self._count(stand.ids[agent], now)
        return stand.edition(has)

    def believed_for(self, name: str) -> timedelta:
        """Return for how long an edition may be believed: no longer than its strike lasts."""
        stand, now = self._stands.get(name), self._clock.now()
        border = stand.rack.next_border(now) if stand else None
        return min(LONGEST_BELIEVED, border - now) if border else LONGEST_BELIEVED

    def write_notes(self) -> None:
        """Write how often readers came. Raises DatabaseError: then it is still to be written."""
        if self._again:
            with self._store.noting() as tx:
                tx.kiosk.note_again(self._again)
        self._again, self._written_at = {}, self._clock.now()

    # --- who reads ----------------------------------------------------------------------------------------------------

    def _first(self, stand: _Stand, agent: str) -> Edition:
        """Show what was there before: what else a first reading sees would never be announced."""
        if len(stand.has) < MOST_READERS:
            with self._store.writing() as tx:  # news to the daemon: entries may be handed from now on
                stand.ids[agent] = tx.kiosk.note(stand.rack.target.id, agent, ()).id
            stand.has[agent] = frozenset()
        return stand.edition(frozenset())

    def _hand(self, name: str, stand: _Stand, agent: str) -> Edition:
        """Show what is new, as the journal has it now: a pause may have come in between."""
        with self._store.writing() as tx:
            current = rack(tx, stand.rack.account)
            if current is None:
                return stand.edition(stand.has[agent])
            reader = current.readers[agent]
            had = frozenset(current.has.get(reader.id, ()))
            fresh = self._new(current, tx.now) - had
            tx.kiosk.note(current.target.id, agent, fresh)
        is_same = (current.document, current.placed) == (stand.rack.document, stand.rack.placed)
        editions = stand.editions if is_same else {}
        self._stands[name] = stand = _Stand(current, self._plate(current), editions)
        stand.has[agent] = had | fresh
        return stand.edition(had | fresh)

    def _new(self, current: Rack, now: datetime) -> frozenset[int]:
        if self._pause_file.exists():
            return frozenset()
        # a tool that stayed away would post hours of the strike at once; one that is only slow comes twice in that time
        fresh = max(self._setup().freshness, 2 * current.account.guard(timedelta(0)))
        return current.new(now, now - fresh)

    def _count(self, reader_id: int, now: datetime) -> None:
        _, more = self._again.get(reader_id, (now, 0))
        self._again[reader_id] = now, more + 1
        if now - self._written_at > WRITE_AGAIN:
            self.write_notes()

    # --- what is there ------------------------------------------------------------------------------------------------

    def _accounts(self) -> list[Account]:
        return [a for a in self._setup().accounts if a.is_feed and not a.is_written]

    def _stand(self, name: str) -> _Stand | None:
        self._forget_what_changed()
        if name not in self._stands:
            account = next((a for a in self._accounts() if a.name == name), None)
            with self._store.reading() as tx:
                self._stands[name] = self._made(tx, account) if account else None
        return self._stands[name]

    def _forget_what_changed(self) -> None:
        if self._of is not self._setup():
            self._stands.clear()
            self._of = self._setup()
        # a sign of life is a change too: only what differs is read anew
        if self._store.changed():
            with self._store.reading() as tx:
                same = {n: s for n, s in self._stands.items() if s and s.rack.mark == mark(tx, s.rack.account)}
            self._stands = dict(same)

    def _made(self, tx: Transaction, account: Account) -> _Stand | None:
        found = rack(tx, account)
        return _Stand(found, self._plate(found)) if found else None

    def _plate(self, found: Rack) -> Plate:
        digest = found.document.hash
        if digest not in self._plates:
            if len(self._plates) > 2 * len(self._accounts()):
                self._plates.clear()
            self._plates[digest] = self._press.cut(found.document.body)
        return self._plates[digest]
