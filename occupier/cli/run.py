"""`run`: the daemon, one tick of it, or a dry run."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from occupier.bootstrap import House, Live, dry_run_database, open_house, prepare_process
from occupier.cli.opening_words import opening_words
from occupier.cli.serve import opening, place_options
from occupier.cli.session import Session
from occupier.cli.spoken import WholeNumber, command, flag, option
from occupier.cli.telling import Teller, Together
from occupier.domain.errors import DatabaseError, Sentence, UsageError
from occupier.domain.ports import Notice, Notices
from occupier.domain.setup import FirstPost
from occupier.settings import Settings
from occupier.storage import lock, migrate
from occupier.storage.store import SqlStore

HEALTH_PORT, FEED_PORT = 8019, 8020
_UNSERVED = (
    "This does not serve the strike feeds ({feeds}): the usual tool finds nothing to read, unless occupier feed serve"
    " does it elsewhere. With them: occupier run --serve-feed"
)


@command(
    Sentence(
        "Watch the feeds, post, and enter everything in the log, until Ctrl-C. Outside strikes, accounts stay silent"
        " unless the settings say otherwise."
    ),
    flag("--dry-run", about=Sentence("Post nothing and read no secret, on a database of its own beside the real one.")),
    flag("--once", about=Sentence("Read every feed once, post what is due, and end.")),
    option("--log-format", default="text", metavar=Sentence("text|json"),
           about=Sentence("How lines are written on standard error: text, or one JSON object a line.")),
    option("--serve-feed", is_flag=False, flag_value=FEED_PORT, type=WholeNumber(0, 65535),
           metavar=Sentence("[PORT]"),
           about=Sentence("Serve the strike feeds too, on 127.0.0.1, as occupier feed serve does; on port 8020"
                          " unless one is named.")),
    flag("--serve", about=Sentence("Serve the review page too, as occupier serve does.")),
    *place_options(),
    option("--health", is_flag=False, flag_value=HEALTH_PORT, type=WholeNumber(0, 65535), metavar=Sentence("[PORT]"),
           about=Sentence("Tell this machine's monitoring how the daemon is, on 127.0.0.1: /healthz, and /metrics for"
                          " Prometheus; on port 8019 unless one is named.")),
)  # fmt: skip
def run(
    session: Session,
    dry_run: bool,
    once: bool,
    log_format: str,
    health: int | None,
    serve_feed: int | None,
    **page: Any,
) -> int:
    """Hold the database, and work until told to stop."""
    if once and page["serve"]:
        raise UsageError("--once and --serve exclude each other: choose one.")
    if once and health is not None:
        raise UsageError("--once and --health exclude each other: choose one.")
    if serve_feed is not None and (once or dry_run):
        raise UsageError("--serve-feed goes neither with --once nor with --dry-run: choose one.")
    if log_format not in ("text", "json"):
        raise UsageError("--log-format: write text or json.")
    settings = _settings(session, dry_run)
    prepare_process()
    _make_room(settings.database)
    with lock.holding(settings.database):
        live = Live(settings)
        teller = Teller(live.setup, session.clock, as_json=log_format == "json", dry=dry_run)
        _upgrade(settings.database, session, teller)
        with (
            _listening(live, session, teller, dry=dry_run) as notices,
            _opened(live, session, notices, dry=dry_run) as house,
        ):
            return _once(house, session, teller) if once else _run(house, session, teller, health, serve_feed, page)


def _settings(session: Session, dry_run: bool) -> Settings:
    settings = session.read_settings()
    return _dry(settings) if dry_run else settings


def _dry(settings: Settings) -> Settings:
    # a yes is given to the real database: here, nobody could
    accounts = tuple(replace(account, first_post=FirstPost.SEND) for account in settings.setup.accounts)
    setup = replace(settings.setup, accounts=accounts)
    return replace(settings, setup=setup, database=dry_run_database(settings.database))


def _make_room(database: Path) -> None:
    if not database.parent.is_dir():
        raise DatabaseError("There is no folder {path} for the database: make it first.", path=str(database.parent))


@contextmanager
def _opened(live: Live, session: Session, notices: Notices, *, dry: bool) -> Iterator[House]:
    house = open_house(live.settings, notices, clock=session.clock, create=True)
    house = replace(house, live=live, dry=dry, checks=not dry, rest=session.rest)
    try:
        if dry:
            _begin_dry_run(house, session)
        house.connect()
        yield house
    finally:
        house.store.close()


@contextmanager
def _listening(live: Live, session: Session, teller: Teller, *, dry: bool) -> Iterator[Notices]:
    """Tell the terminal, and a person's phone where the settings name one; a dry run sends nothing anywhere."""
    if dry:
        yield teller
        return
    from occupier.notify import Messenger, deliver

    messenger = Messenger(lambda: live.settings.notify_addresses(), teller.words, deliver, session.clock, teller)
    try:
        yield Together(teller, messenger)
    finally:
        messenger.close()


def _upgrade(database: Path, session: Session, teller: Teller) -> None:
    if migrate.standing(database) is migrate.Standing.OLDER:
        saved = migrate.upgrade(database, session.now())
        text = "The database was brought to this version; a copy of it as it was is {path}."
        teller.tell(Notice("upgraded", Sentence(text, {"path": str(saved)})))


def _begin_dry_run(house: House, session: Session) -> None:
    with house.store.writing() as tx:
        tx.runtime.set("dry_run", "yes")
    real = session.settings.database
    if migrate.standing(real) is migrate.Standing.CURRENT:
        store = SqlStore(real, session.clock)
        with store.reading() as tx:
            book, seals = tx.strikes.all(), tx.seals.all()
        store.close()
        named = {strike.name for strike in house.live.setup().strikes}
        house.striking.adopt(strike for strike in book if strike.name not in named)
        house.striking.take_over()
        house.sealing.adopt({strike.name: seals[strike.id] for strike in book if strike.id in seals})


def _once(house: House, session: Session, teller: Teller) -> int:
    from occupier.daemon import Daemon

    Daemon(house, lambda: house.live.settings).once()
    _say_where_to_look(house, teller)
    return 1 if teller.serious else 0


def _run(
    house: House,
    session: Session,
    teller: Teller,
    health: int | None,
    feed_port: int | None,
    page: Mapping[str, Any],
) -> int:
    from occupier.daemon import Daemon

    def reload() -> Settings:
        return _settings(session, house.dry)

    daemon = Daemon(house, reload)
    daemon.signals.listen()
    for sentence in opening_words(house, session):
        teller.tell(Notice("start", sentence))
    with (
        _page(house, teller, **page),
        _health(house, teller, health),
        _strike_feeds(house, teller, feed_port),
        _goodbye(daemon.stop, teller),
    ):
        daemon.run()
    _say_where_to_look(house, teller)
    return 130 if daemon.signals.interrupted else 0


def _say_where_to_look(house: House, teller: Teller) -> None:
    if house.dry:
        teller.tell(Notice("dry_run", Sentence("What would have left is in a log of its own: occupier log --dry-run")))


@contextmanager
def _page(house: House, teller: Teller, *, serve: bool, host: str, port: int, base_url: str | None) -> Iterator[None]:
    """Serve the review page inside, where that was asked for."""
    if not serve:
        yield
        return
    from occupier.web.server import Place, serving

    with serving(house, Place(host, port, base_url)) as address:
        for sentence in opening(house, address):
            teller.tell(Notice("start", sentence))
        yield


@contextmanager
def _health(house: House, teller: Teller, port: int | None) -> Iterator[None]:
    """Answer the machine's monitoring inside, where that was asked for."""
    if port is None:
        yield
        return
    from occupier.web.health import answering

    with answering(house, port) as address:
        text = "For this machine's monitoring: {health}, {metrics}"
        values = {"health": f"{address}/healthz", "metrics": f"{address}/metrics"}
        teller.tell(Notice("start", Sentence(text, values)))
        yield


@contextmanager
def _strike_feeds(house: House, teller: Teller, port: int | None) -> Iterator[None]:
    """Serve the strike feeds inside, where that was asked for."""
    from occupier.cli import feed

    if port is None:
        if not house.dry and (unserved := feed.served_feeds(house.live.setup())):
            teller.tell(Notice("start", Sentence(_UNSERVED, {"feeds": list(unserved)})))
        yield
        return
    from occupier.web.strike_feeds import serving_feeds

    if not feed.served_feeds(house.live.setup()):
        # whoever took the feed out of an installed daemon's settings still wants all the rest of it
        teller.tell(Notice("start", Sentence("The settings have no strike feed to serve.")))
        yield
        return
    with serving_feeds(house, feed.USUAL_HOST, port, "--serve-feed") as addresses:
        for sentence in feed.opening(addresses):
            teller.tell(Notice("start", sentence))
        yield


@contextmanager
def _goodbye(stop: threading.Event, teller: Teller) -> Iterator[None]:
    """Say that the end has begun, for it may take as long as the calls in flight."""

    def wait() -> None:
        stop.wait()
        teller.tell(Notice("stopping", Sentence("Stopping: the calls in flight are waited for, 25 seconds at most.")))

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    yield
    stop.set()
    waiting.join()
    teller.tell(Notice("stopped", Sentence("Stopped.")))
