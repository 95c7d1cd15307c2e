"""A strike feed of 500 entries, a tenth of them of a strike: one answer, and 1,000 readers one after another."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from occupier.bootstrap import SystemClock, make_offering
from occupier.domain.action import Payload, Purpose, State, Verb
from occupier.domain.article import Entry
from occupier.domain.handing import Document
from occupier.domain.ports import Change, NewAction, NewArticle, Transaction
from occupier.domain.setup import FeedSource
from occupier.domain.strike import Strike
from occupier.settings import load_text
from occupier.storage import migrate
from occupier.storage.store import SqlStore
from occupier.web.strike_feeds import Kiosk

ENTRIES, OF_A_STRIKE = 500, 50
_SETTINGS = """\
timezone = "Europe/Paris"
database = "sqlite:///{database}"
[[feeds]]
name = "une"
url = "https://www.example.org/une.xml"
[[accounts]]
name = "outil"
platform = "feed"
for_platform = "x"
"""
_ITEM = (
    "<item><title>Un titre d’une longueur ordinaire, numéro {n}</title><link>https://www.example.org/{n}</link>"
    "<guid>https://www.example.org/{n}</guid><description>{words}</description></item>\n"
)


def main(readers: int) -> dict[str, float]:
    """Return the medians in milliseconds, and the wall seconds of all the readers."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "occupier.db"
        migrate.create_if_missing(path)
        settings = load_text(_SETTINGS.format(database=path), Path(folder), {}, datetime.now(UTC))
        offering, store = make_offering(settings, SystemClock(), lambda: settings.setup)
        offering.prepare()
        _fill(SqlStore(path, SystemClock()))
        kiosk = Kiosk(offering)
        _ask(kiosk, "tool")
        headers = dict(_ask(kiosk, "tool")[1])
        found = {
            "from memory, ms": _median(lambda: _ask(kiosk, "tool")),
            "304, ms": _median(lambda: _ask(kiosk, "tool", headers[b"etag"])),
        }
        began = time.perf_counter()
        for n in range(readers):
            _ask(kiosk, f"reader {'abcdefghij'[n % 10]}{'abcdefghij'[n // 10 % 10]}{'abcdefghij'[n // 100 % 10]}")
        found[f"{readers} readers, wall s"] = time.perf_counter() - began
        store.close()
        return found


def _ask(kiosk: Kiosk, agent: str, tag: bytes = b"") -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    asked = {b"user-agent": agent.encode(), b"if-none-match": tag, b"accept-encoding": b"gzip"}
    return kiosk.answer("GET", "/feeds/outil.xml", asked)


def _median(work: Callable[[], object], times: int = 500) -> float:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return 1000 * median(took)


def _fill(store: SqlStore) -> None:
    words = "Le résumé d’un article, tel qu’une rédaction l’écrit. " * 8
    body = "".join(_ITEM.format(n=n, words=words) for n in range(ENTRIES))
    document = f'<rss version="2.0"><channel><title>La une</title>\n{body}</channel></rss>'.encode()
    with store.writing() as tx:
        (target,) = tx.targets.all()
        strike = tx.strikes.add(Strike("greve", tx.now, tx.now + timedelta(hours=8), "AG", "contre", tx.now))
        feed = tx.feeds.ensure(FeedSource("une", "https://www.example.org/une.xml"))
        new = [NewArticle(Entry(f"{n}", f"https://a.fr/{n}"), (), tx.now, baseline=False) for n in range(ENTRIES)]
        ids = [article.id for article in tx.articles.add(new, feed.id, tx.now)]
        for article_id in ids[:OF_A_STRIKE]:
            _hand(tx, target.id, article_id, strike.id)
        digest = hashlib.sha256(document).hexdigest()
        tx.kiosk.keep(feed.id, Document(document, tuple(ids), digest))
        tx.feeds.save(replace(feed, document_hash=digest))
    store.close()


def _hand(tx: Transaction, target_id: int, article_id: int, strike_id: int) -> None:
    new = NewAction(target_id, article_id, Purpose.STRIKE, State.PENDING, "strike", tx.now, tx.now, strike_id,
                    verb=Verb.PUT)  # fmt: skip
    action = tx.actions.add(new)
    assert action is not None
    payload = Payload(f"En grève. https://a.fr/{article_id}", f"https://a.fr/{article_id}")
    tx.actions.change(action, Change(State.HANDED, "handed", payload=payload), "handed")


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
