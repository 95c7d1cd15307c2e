"""The journal opened: transactions for the services."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from occupier.domain.errors import DatabaseError
from occupier.domain.ports import (
    Actions,
    Articles,
    Clock,
    Events,
    Feeds,
    Kiosk,
    Ledger,
    Metrics,
    Pauses,
    Recounts,
    Register,
    Runtime,
    Seals,
    Strikes,
    Targets,
    Transaction,
)
from occupier.storage.articles import SqlArticles
from occupier.storage.control import SqlPauses, SqlRuntime, SqlStrikes
from occupier.storage.engine import BUSY_MS, WRITES, make_engine
from occupier.storage.events import SqlEvents
from occupier.storage.feeds import SqlFeeds
from occupier.storage.footing import Footing
from occupier.storage.kiosk import SqlKiosk
from occupier.storage.ledger import SqlLedger
from occupier.storage.metrics import SqlMetrics
from occupier.storage.outbox import SqlActions
from occupier.storage.recounts import SqlRecounts
from occupier.storage.register import SqlRegister
from occupier.storage.seals import SqlSeals
from occupier.storage.targets import SqlTargets

PAUSE_FILE = "PAUSE"
"""A file of this name beside the database stops every claim."""


class SqlTransaction:
    """One transaction on the journal; `now` is read once, after the transaction began."""

    def __init__(self, connection: Connection, clock: Clock, pause_file: Path) -> None:
        self.now = clock.now()
        self.feeds: Feeds = SqlFeeds(connection)
        self.articles: Articles = SqlArticles(connection)
        events = SqlEvents(connection, self.now)
        self.events: Events = events
        self.targets: Targets = SqlTargets(connection, events)
        self.actions: Actions = SqlActions(connection, events, self.now, pause_file)
        self.kiosk: Kiosk = SqlKiosk(connection, self.actions, self.now)
        self.strikes: Strikes = SqlStrikes(connection, events)
        self.seals: Seals = SqlSeals(connection, events)
        self.pauses: Pauses = SqlPauses(connection, events)
        self.runtime: Runtime = SqlRuntime(connection)
        self.register: Register = SqlRegister(connection)
        self.metrics: Metrics = SqlMetrics(connection, self.now)
        self.ledger: Ledger = SqlLedger(connection, events, self.now)
        self.recounts: Recounts = SqlRecounts(connection)


class SqlStore:
    """The journal in one SQLite file, which must exist and be of this version (see `migrate`)."""

    def __init__(self, path: Path, clock: Clock, *, busy_ms: int = BUSY_MS) -> None:
        self.path = path
        self.pause_file = path.parent / PAUSE_FILE
        self._clock = clock
        self._engine = make_engine(path, busy_ms)
        self._footing = Footing(path)
        # writers of one process queue here, in order; SQLite's own wait is for other processes
        self._turn = threading.Lock()
        self._watcher: Connection | None = None
        self._version: int | None = None

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Begin a transaction that nobody else writes beside; commit at the end, roll back on an exception.

        Raises:
            DatabaseError: locked for too long, full, read-only or damaged; nothing was written.
        """
        with (
            self._turn,
            self._said(),
            self._engine.connect().execution_options(**WRITES) as connection,
            connection.begin(),
        ):
            yield SqlTransaction(connection, self._clock, self.pause_file)

    @contextmanager
    def noting(self) -> Iterator[Transaction]:
        """Begin a transaction as `writing` does, for what is no news to `changed`: its notes wake nobody."""
        with self._turn, self._said(), self._watching().begin() as begun:
            yield SqlTransaction(begun.connection, self._clock, self.pause_file)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Begin a snapshot to read from; raises DatabaseError."""
        with self._said(), self._engine.connect() as connection, connection.begin():
            yield SqlTransaction(connection, self._clock, self.pause_file)

    @contextmanager
    def _said(self) -> Iterator[None]:
        self._footing.require()
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            self._footing.note(cause)
            raise DatabaseError(
                "The database {path} cannot be used: {cause}. Nothing was lost; occupier db check says more.",
                path=str(self.path),
                cause=str(cause),
            ) from error
        except SQLAlchemyError as error:
            raise DatabaseError(
                "The database {path} cannot be used: {cause}.",
                path=str(self.path),
                cause=type(error).__name__,
            ) from error

    def pulse(self, values: Mapping[str, str]) -> None:
        """Write runtime values without being news to `changed`: a sign of life wakes nobody."""
        put = "INSERT INTO runtime (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
        with self._turn, self._said(), self._watching().begin() as begun:
            begun.connection.exec_driver_sql(put, list(values.items()))

    def changed(self) -> bool:
        """Say, cheaply, whether anybody has written since the last time this was asked (one thread only)."""
        with self._turn, self._said():
            # the version that a connection sees changes with what other connections write, not with its own writes
            with closing(self._watching().connection.cursor()) as cursor:
                cursor.execute("PRAGMA data_version")
                found = cursor.fetchone()
            seen, self._version = self._version, found and int(found[0])
            return seen != self._version

    def _watching(self) -> Connection:
        if self._watcher is None:
            self._watcher = self._engine.connect().execution_options(**WRITES)
        return self._watcher

    def close(self) -> None:
        """Close every connection."""
        if self._watcher is not None:
            self._watcher.close()
            self._watcher = None
        self._engine.dispose()
