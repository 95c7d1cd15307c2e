"""The wiring: what is built of the settings, and what is not."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from occupier.bootstrap import (
    Here,
    House,
    Silent,
    SystemClock,
    dry_run_database,
    make_checking,
    make_network,
    make_previewing,
    make_steps,
    open_house,
    prepare_process,
)
from occupier.domain.errors import DatabaseError, Sentence, SettingsError
from occupier.domain.ports import Notice
from occupier.platforms.dry import Dry
from occupier.sandbox import Sandbox
from occupier.services.eve.checks.evidence import DatabaseFound
from occupier.services.review.reviewing import HEARTBEAT
from occupier.settings import Settings, load_text
from occupier.storage import lock
from tests.fakes import FakeClock

ACCOUNTS = """
timezone = "Europe/Paris"
[[feeds]]
name = "une"
url = "https://www.example.org/une.xml"
[[accounts]]
name = "courrier"
platform = "mastodon"
server = "https://courrier.example"
access_token = { env = "MASTODON" }
[[accounts]]
name = "x-une"
platform = "x"
consumer_key = { env = "CK" }
consumer_secret = { env = "CS" }
access_token = { env = "AT" }
access_token_secret = { env = "AS" }
[[accounts]]
name = "page"
platform = "facebook"
page_id = "1234"
access_token = { env = "PAGE" }
"""
SECRETS = {name: f"secret-of-{name}" for name in ("MASTODON", "CK", "CS", "AT", "AS", "PAGE")}


def settings(folder: Path, **environ: str) -> Settings:
    clock = FakeClock()
    return load_text(ACCOUNTS, folder, environ, clock.now())


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = open_house(settings(tmp_path, **SECRETS), clock=FakeClock(), create=True)
    yield house
    house.store.close()


def test_every_account_gets_the_adapter_of_its_network(house: House) -> None:
    house.connect()
    assert {name: type(network).__name__ for name, network in house.networks.items()} == {
        "courrier": "Mastodon", "x-une": "X", "page": "Facebook"
    }  # fmt: skip


def test_the_services_share_one_journal_and_one_watch_of_the_clock(house: House) -> None:
    for service in ("watching", "identifying", "posting", "reconciling", "housekeeping", "striking", "controlling",
                    "answering", "reviewing", "drafting"):  # fmt: skip
        assert getattr(house, service) is getattr(house, service)
    house.observe("a.example", timedelta(minutes=3))
    house.observe("b.example", timedelta(minutes=3))
    assert house.clocks.skew("a.example") == timedelta(minutes=3)
    with house.store.reading() as tx:
        assert [p.by for p in tx.pauses.all()] == ["clock"]


def test_a_missing_secret_is_named_and_nothing_is_taken_on(house: House, tmp_path: Path) -> None:
    house.connect()
    before, networks = house.live.settings, dict(house.networks)
    with pytest.raises(SettingsError, match="PAGE"):
        house.connect(settings(tmp_path, **{k: v for k, v in SECRETS.items() if k != "PAGE"}))
    assert house.live.settings is before
    assert house.networks == networks


def test_a_dry_network_reads_no_secret(tmp_path: Path) -> None:
    for name in ("courrier", "x-une", "page"):
        assert isinstance(make_network(settings(tmp_path), name, FakeClock(), dry=True), Dry)


def test_secrets_are_in_no_repr(house: House) -> None:
    house.connect()
    shown = repr(house) + repr(house.live.settings) + repr(house.networks)
    assert not any(secret in shown for secret in SECRETS.values())


def test_without_a_database_a_command_says_which_one_makes_it(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="no database"):
        open_house(settings(tmp_path))


def test_the_check_can_be_made_without_the_keys_and_names_each_one(tmp_path: Path) -> None:
    some = settings(tmp_path, MASTODON="secret-of-mastodon", CK="key")
    make_checking(some, FakeClock(), None)
    keys = Here(some).keys()
    assert {name: len(errors) for name, errors in keys.missing.items()} == {"courrier": 0, "x-une": 3, "page": 1}
    assert (keys.notify, keys.notify_problems, Here(some).folder()) == (0, (), tmp_path)


class TestTheDatabaseBeforehand:
    def test_in_order_and_whether_a_daemon_is_at_work_on_it(self, house: House) -> None:
        here = Here(house.live.settings, house.store)
        assert here.database() == DatabaseFound(house.live.settings.database)
        at = house.clock.now()
        house.store.pulse({HEARTBEAT: at.isoformat()})
        with lock.holding(house.live.settings.database):
            assert here.database() == DatabaseFound(house.live.settings.database, is_held=True, beat=at)

    def test_not_there_yet(self, tmp_path: Path) -> None:
        assert Here(settings(tmp_path)).database() == DatabaseFound(tmp_path / "occupier.db", is_there=False)
        nowhere = Here(replace(settings(tmp_path), database=tmp_path / "none" / "occupier.db")).database()
        assert nowhere.problem

    def test_damaged(self, house: House) -> None:
        path = house.live.settings.database
        house.store.close()
        data = bytearray(path.read_bytes())
        data[4096:12288] = b"\xff" * 8192
        path.write_bytes(data)
        found = Here(house.live.settings).database()
        assert found.problem
        assert "damaged" in str(found.problem)


def test_the_preview_needs_neither_secret_nor_journal(tmp_path: Path) -> None:
    previewing = make_previewing(settings(tmp_path), FakeClock())
    account = settings(tmp_path).setup.accounts[1]
    assert previewing.voice(account).ruler.limit == 280


def test_what_the_process_writes_is_its_own(tmp_path: Path) -> None:
    kept = os.umask(0o022)
    try:
        prepare_process()
        (tmp_path / "file").touch()
        assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600
    finally:
        os.umask(kept)


def test_dry_runs_have_a_database_beside_the_real_one(tmp_path: Path) -> None:
    assert dry_run_database(tmp_path / "occupier.db") == tmp_path / "occupier.db.dry-run"


def test_the_systems_clock_is_aware_and_silence_tells_nobody() -> None:
    clock = SystemClock()
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.monotonic() <= clock.monotonic()
    Silent().tell(Notice("x", Sentence("x")))


def test_the_steps_of_every_network_can_be_walked_on_a_sandbox() -> None:
    with Sandbox() as box:
        clock = SystemClock()
        mastodon, x, facebook = (make_steps(name, clock, box.url) for name in ("mastodon", "x", "facebook"))
        assert mastodon.begin(box.url).startswith(box.url)
        assert x.with_keys(*box.keys["x"].values()).settings == {"api_url": f"{box.url}/x"}
        keys = box.keys["facebook"]
        assert facebook.pages(keys["User Token"], keys["App ID"], keys["App Secret"])
