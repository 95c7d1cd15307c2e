"""The review page and what leaves it, on a register of very many substitutions: wall seconds over a real socket."""

from __future__ import annotations

import http.client
import io
import os
import time
from collections.abc import Callable, Iterable
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from benchmarks.ledger import ACCOUNTS, EVERY, START
from occupier.bootstrap import House, open_house
from occupier.cli import exports
from occupier.domain.ports import LogQuery
from occupier.report import strike_report, write
from occupier.settings import load_text
from occupier.web.server import Place, serving

_SETTINGS = """\
timezone = "Europe/Paris"
language = "fr"
database = "sqlite:///{database}"

[[feeds]]
name = "une"
url = "https://www.example.org/une.xml"
"""
_ACCOUNT = """
[[accounts]]
name = "{name}"
platform = "mastodon"
server = "https://{name}.example"
access_token = {{ env = "TOKEN" }}
"""
_TIMES = 7


def house_on(path: Path) -> House:
    """Open the services on a journal."""
    text = _SETTINGS.format(database=path.name) + "".join(_ACCOUNT.format(name=name) for name in ACCOUNTS)
    return open_house(load_text(text, path.parent, {}, datetime.now(UTC)))


def wall(work: Callable[[], object]) -> float:
    """Return the seconds of the wall that some work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def pages(house: House, count: int) -> dict[str, float]:
    """Return what each page takes to answer, the median of seven, and the overview until it is there the first time."""
    with serving(house, Place(port=0)) as address:
        port = urlsplit(address).port or 0
        found = {"overview, cold": wall(lambda: _until_counted(port))}
        for name, path in _paths(count).items():
            found[name] = median(wall(partial(_get, port, path)) for _ in range(_TIMES))
    return found


def _paths(count: int) -> dict[str, str]:
    middle = START + EVERY * (count // 2)
    period = f"from={middle:%Y-%m-%d}&to={middle + timedelta(days=6):%Y-%m-%d}"
    return {
        "overview, warm": "/",
        "register": "/register",
        "register, deep": f"/register?older={count // 10}",
        "register, account": "/register?account=x",
        "register, period": f"/register?{period}",
        "register, words, few": f"/register?words=article+{count // 3}",
        "register, words, all": "/register?words=article",
        "register, account, period, words": f"/register?account=x&{period}&words=suite",
        "one article": f"/articles/{count // 2}",
        "to check": "/check",
        "accounts": "/accounts",
        "strikes": "/strikes",
        "feeds": "/feeds",
        "not announced": "/strikes/greve/unannounced",
        "api, 100 newest": "/api/log",
        "api, 1000 from the middle": f"/api/log?limit=1000&after={count // 2}",
    }


def _until_counted(port: int) -> None:
    while b'http-equiv="refresh"' in _get(port, "/"):
        time.sleep(0.05)


def _get(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    try:
        connection.request("GET", path, headers={"Host": f"127.0.0.1:{port}"})
        response = connection.getresponse()
        text = response.read()
        assert response.status == 200, (path, response.status)
        return text
    finally:
        connection.close()


def writings(house: House) -> dict[str, float]:
    """Return what it takes to write everything, in each form, to nowhere."""
    return {
        "export, json, wall": wall(lambda: _export(house, exports.write_json)),
        "export, ndjson, wall": wall(lambda: _export(house, exports.write_ndjson)),
        "export, csv, wall": wall(lambda: _export(house, partial(exports.write_csv, separator=";"))),
        "report, html, wall": wall(lambda: _report(house)),
    }


def _export(house: House, write_all: Callable[[Iterable[exports.Record]], None]) -> None:
    with (
        house.store.reading() as tx,
        io.TextIOWrapper(Path(os.devnull).open("wb"), encoding="utf-8") as nowhere,
        redirect_stdout(nowhere),
    ):
        write_all(tx.register.records(LogQuery()))


def _report(house: House) -> None:
    zone = house.live.setup().zone
    with house.recounting.findings("greve") as found, Path(os.devnull).open("wb") as nowhere:
        for part in write(strike_report(found, zone), ".html"):
            nowhere.write(part)
