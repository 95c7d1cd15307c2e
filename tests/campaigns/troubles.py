"""What can go wrong with a machine: each trouble plays on a scene, and says there what it finds."""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from occupier.storage import migrate
from tests.campaigns.daemons import until
from tests.campaigns.scene import Scene
from tests.campaigns.world import Networks

FACTOR = 40
"""What the waits of the design are divided by."""
HOLD = 3.0
"""Seconds for which a trouble lasts."""

Play = Callable[[Scene], None]
TROUBLES: list[tuple[str, Play]] = []


def trouble(name: str) -> Callable[[Play], Play]:
    """Add a case."""

    def add(play: Play) -> Play:
        TROUBLES.append((name, play))
        return play

    return add


# --- the disk ---------------------------------------------------------------------------------------------------------


@trouble("disk full")
def _disk_full(scene: Scene) -> None:
    with _small_disk(scene.stage.folder):
        scene.work()
        filler = scene.stage.folder / "filler"
        _fill(filler)
        scene.suffer(HOLD)
        scene.must_say()
        filler.unlink()
        scene.recover()


@trouble("disk full between claim and answer")
def _disk_full_late(scene: Scene) -> None:
    with _small_disk(scene.stage.folder):
        scene.work()
        scene.stage.networks.control("fault", {"platform": "mastodon", "kind": "slow", "seconds": 0.4, "after": True})
        scene.publish(2)
        time.sleep(0.5)
        filler = scene.stage.folder / "filler"
        _fill(filler)
        scene.suffer(HOLD, 1)
        scene.must_say()
        scene.stage.networks.control("clear", {"platform": "mastodon"})
        _unlimited(scene.stage.networks)
        filler.unlink()
        scene.recover()


@trouble("no file may grow")
def _file_size(scene: Scene) -> None:
    scene.work()
    size = max(file.stat().st_size for file in scene.family)
    with _limited(scene.pid, resource.RLIMIT_FSIZE, size):
        scene.suffer(HOLD)
    scene.recover()


@contextmanager
def _small_disk(folder: Path) -> Iterator[None]:
    """Put a file system of 3 MB there, where that is allowed."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        raise NotPossible("mounting is not allowed")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=False)


def _fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"\0" * 4096)


@contextmanager
def _limited(pid: int, what: int, limit: int) -> Iterator[None]:
    before = resource.prlimit(pid, what)
    resource.prlimit(pid, what, (limit, before[1]))
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            resource.prlimit(pid, what, before)


class NotPossible(Exception):
    """This machine does not allow the case."""


# --- the database -----------------------------------------------------------------------------------------------------


@trouble("database locked, a minute divided")
def _locked_shortly(scene: Scene) -> None:
    scene.work()
    with _locked(scene.database):
        scene.suffer(60 / FACTOR)
    scene.recover()


@trouble("database locked for 12 s")
def _locked_long(scene: Scene) -> None:
    scene.work()
    with _locked(scene.database):
        scene.suffer(12)
        scene.must_say()
        if scene.found.during:
            scene.found.wrong.append("posted without a claim")
    scene.recover()


@contextmanager
def _locked(database: Path) -> Iterator[None]:
    code = (
        "import sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30);"
        "db.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        yield
        assert other.stdin is not None
        other.stdin.close()
        other.wait(10)


@trouble("database read-only at the start")
def _read_only(scene: Scene) -> None:
    scene.work()
    scene.stop()
    scene.heard = len(scene.stage.heard())
    with _mounted_read_only(scene.database):
        scene.pid = scene.stage.start()
        scene.suffer(HOLD)
        scene.must_say()
        _nothing(scene, "posted without a claim")
    scene.recover()


@trouble("folder read-only at the start")
def _folder_read_only(scene: Scene) -> None:
    scene.work()
    scene.stop()
    with _mounted_read_only(scene.stage.folder):
        _refused(scene, 4)
    scene.pid = scene.stage.start()
    scene.recover()


@contextmanager
def _mounted_read_only(path: Path) -> Iterator[None]:
    """Mount a file or a folder over itself, read-only: the only way that holds for root too."""
    for options in (["--bind", str(path), str(path)], ["-o", "remount,ro,bind", str(path)]):
        if subprocess.run(["mount", *options], capture_output=True, check=False).returncode:
            raise NotPossible("mounting is not allowed")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", path], check=False)


@trouble("file taken away, and put back")
def _taken_away(scene: Scene) -> None:
    scene.work()
    elsewhere = scene.stage.folder / "elsewhere"
    elsewhere.mkdir()
    files = scene.family
    for file in files:
        file.rename(elsewhere / file.name)
    scene.suffer(HOLD)
    scene.must_say()
    _nothing(scene, "posted into a file that was gone")
    for file in files:
        (elsewhere / file.name).replace(file)
    scene.recover()


@trouble("file removed")
def _removed(scene: Scene) -> None:
    scene.work()
    for file in scene.family:
        file.unlink()
    scene.suffer(HOLD)
    scene.must_say()
    _nothing(scene, "posted into a file that was gone")
    scene.stage.end(scene.pid)
    if scene.database.exists():
        scene.found.wrong.append("made another one in its place")


@trouble("file replaced by an older copy")
def _replaced(scene: Scene) -> None:
    scene.work()
    copy = migrate.copy(scene.database, datetime.now(UTC))
    scene.publish()
    until(scene.out, 30)
    for file in scene.family:
        file.unlink()
    copy.rename(scene.database)
    scene.suffer(HOLD)
    scene.must_say()
    _nothing(scene, "went on in another file")
    scene.stage.end(scene.pid)


@trouble("truncated while running")
def _truncated(scene: Scene) -> None:
    _damaged_while_running(
        scene, lambda: os.truncate(scene.database, scene.database.stat().st_size // 2 // 4096 * 4096)
    )


@trouble("emptied while running")
def _emptied(scene: Scene) -> None:
    _damaged_while_running(scene, lambda: os.truncate(scene.database, 0))


@trouble("corrupted while running, all pages")
def _corrupted(scene: Scene) -> None:
    _damaged_while_running(scene, lambda: _spoil(scene, 1.0))


@trouble("corrupted while running, some pages")
def _corrupted_partly(scene: Scene) -> None:
    _damaged_while_running(scene, lambda: _spoil(scene, 0.5))


@trouble("truncated between two runs")
def _truncated_before(scene: Scene) -> None:
    _damaged_before(scene, lambda: os.truncate(scene.database, scene.database.stat().st_size // 2 + 17))


@trouble("corrupted between two runs, all pages")
def _corrupted_before(scene: Scene) -> None:
    _damaged_before(scene, lambda: _spoil(scene, 1.0))


@trouble("corrupted between two runs, one page")
def _one_page(scene: Scene) -> None:
    _damaged_before(scene, lambda: _spoil(scene, 0.0))


@trouble("no database at all, but text")
def _text(scene: Scene) -> None:
    _damaged_before(scene, lambda: _overwrite(scene.database))


def _overwrite(database: Path) -> None:
    database.write_bytes(b"This is not a database.\n" * 4000)


def _spoil(scene: Scene, share: float) -> None:
    """Overwrite pages with noise: that share of them, but at least one; the first page is left."""
    with closing(sqlite3.connect(scene.database, timeout=30)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        # the latest events' page is read at every write: one of these is always among the spoiled
        used = [row[0] for row in db.execute("SELECT rootpage FROM sqlite_master WHERE name IN ('actions', 'events')")]
    wanted = {n for n in range(2, pages + 1) if scene.chance.random() < share} | set(used if share else used[:1])
    with scene.database.open("r+b", buffering=0) as file:
        for page in wanted:
            file.seek((page - 1) * 4096)
            file.write(scene.chance.randbytes(4096))


def _damaged_while_running(scene: Scene, damage: Callable[[], None]) -> None:
    scene.work()
    damage()
    told = until(lambda: any(h["serious"] for h in scene.stage.heard(scene.heard)), 15)
    before = _digest(scene)
    scene.suffer(HOLD)
    scene.must_say()
    if told:
        _nothing(scene, "went on after the damage was found")
        if _digest(scene) != before:
            scene.found.wrong.append("wrote to it after the damage was found")
    scene.stage.end(scene.pid)
    _checked(scene)


def _damaged_before(scene: Scene, damage: Callable[[], None]) -> None:
    scene.work()
    scene.stop()
    damage()
    before = _digest(scene)
    _refused(scene, 4)
    if _digest(scene) != before:
        scene.found.wrong.append("wrote to it")
    _checked(scene)


def _digest(scene: Scene) -> str:
    files = [file for file in scene.family if not file.name.endswith("-shm")]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _checked(scene: Scene) -> None:
    from occupier.cli.salvage import readable_rows

    # of an empty file it is said that there is no database
    if scene.database.stat().st_size and not migrate.check(scene.database):
        scene.found.wrong.append("db check finds nothing")
    rows = sum(readable_rows(scene.database).values())
    scene.found.back = f"{rows} rows readable"


def _refused(scene: Scene, status: int) -> None:
    """Expect that a daemon does not even begin, and says why; what was published waits."""
    before = scene.posts()
    scene.publish()
    pid = scene.stage.start()
    ended = scene.stage.ended(pid, 15)
    scene.listen()
    if ended is None:
        scene.found.wrong.append("began")
        scene.stage.end(pid)
    elif ended != status:
        scene.found.wrong.append(f"ended with {ended}")
    scene.must_say()
    scene.found.during = scene.posts() - before
    _nothing(scene, "posted")


def _nothing(scene: Scene, wrong: str) -> None:
    if scene.found.during:
        scene.found.wrong.append(wrong)


@trouble("schema newer than the code")
def _newer(scene: Scene) -> None:
    _schema(scene, "9999", 4)


@trouble("schema older than any")
def _older(scene: Scene) -> None:
    _schema(scene, "0000", 4)


def _schema(scene: Scene, version: str, status: int) -> None:
    scene.work()
    scene.stop()
    _set_version(scene.database, version)
    before = _digest(scene)
    _refused(scene, status)
    if _digest(scene) != before:
        scene.found.wrong.append("wrote to it")
    _set_version(scene.database, migrate.HEAD)
    scene.pid = scene.stage.start()
    scene.recover()


def _set_version(database: Path, version: str) -> None:
    with closing(sqlite3.connect(database)) as db:
        db.execute("UPDATE alembic_version SET version_num = ?", (version,))
        db.commit()


# --- processes --------------------------------------------------------------------------------------------------------


@trouble("two daemons")
def _two(scene: Scene) -> None:
    scene.work()
    pid = scene.stage.start()
    if scene.stage.ended(pid, 15) != 3:
        scene.found.wrong.append("a second one ran")
        scene.stage.end(pid)
    scene.must_say()
    scene.suffer(HOLD)
    scene.recover()


@trouble("the first of two killed")
def _second_takes_over(scene: Scene) -> None:
    scene.work()
    scene.publish(3)
    time.sleep(scene.chance.uniform(0, 0.5))
    os.kill(scene.pid, signal.SIGKILL)
    os.waitpid(scene.pid, 0)
    scene.pid = scene.stage.start()
    scene.suffer(HOLD, 1)
    scene.recover()


@trouble("out of file descriptors")
def _descriptors(scene: Scene) -> None:
    scene.work()
    with _limited(scene.pid, resource.RLIMIT_NOFILE, _lowest_free(scene.pid)):
        scene.suffer(HOLD)
        scene.must_say()
    scene.recover()


@trouble("a few descriptors left")
def _few_descriptors(scene: Scene) -> None:
    scene.work()
    few = _lowest_free(scene.pid) + scene.chance.randrange(1, 5)
    with _limited(scene.pid, resource.RLIMIT_NOFILE, few):
        scene.suffer(HOLD)
    scene.recover()


def _lowest_free(pid: int) -> int:
    """Return the number that the process's next file would get: a limit there lets it open none."""
    taken = {int(name) for name in os.listdir(f"/proc/{pid}/fd")}
    return next(number for number in count() if number not in taken)


@trouble("SIGTERM at any time, ten times")
def _terminated(scene: Scene) -> None:
    scene.work()
    for _ in range(10):
        scene.publish()
        time.sleep(scene.chance.uniform(0, 0.7))
        scene.stop(-signal.SIGTERM)
        scene.pid = scene.stage.start()
        time.sleep(scene.chance.uniform(0, 0.3))
    scene.suffer(0.5, 1)
    scene.recover()


@trouble("SIGTERM while it starts, ten times")
def _terminated_early(scene: Scene) -> None:
    scene.work()
    scene.stop()
    for _ in range(10):
        scene.pid = scene.stage.start()
        # before its handlers are there, SIGTERM ends it as any program
        time.sleep(scene.chance.uniform(0, 0.3))
        scene.stop(-signal.SIGTERM)
    scene.pid = scene.stage.start()
    scene.suffer(0.5, 1)
    scene.recover()


@trouble("SIGHUP at any time, thirty times")
def _hung_up(scene: Scene) -> None:
    scene.work()
    for _ in range(30):
        scene.publish(scene.chance.randrange(2))
        os.kill(scene.pid, signal.SIGHUP)
        time.sleep(scene.chance.uniform(0, 0.3))
    scene.suffer(0.5, 1)
    if not any(h["kind"] == "reload" for h in scene.stage.heard(scene.heard)):
        scene.found.wrong.append("did not read the settings again")
    scene.recover()


def _unlimited(net: Networks) -> None:
    for kind in ("ignore_key", "unlimited"):
        net.control("fault", {"platform": "mastodon", "kind": kind})
