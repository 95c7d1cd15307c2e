"""A strike of a morning, on a real journal, with everything that a report may have to tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from shutil import copyfile

import pytest

from occupier.domain.findings import Findings
from occupier.domain.outcome import RefusalKind, Refused
from occupier.domain.setup import Rule, RuleAction
from occupier.report import Document, strike_report
from occupier.services.review.recounting import Recounting
from occupier.speech import set_language
from tests.fakes import FakeClock
from tests.services.newsroom import HOUR, MINUTE, Newsroom, account, entry, feed
from tests.storage.journal import empty_journal_at

HOSTILE = '"><script>alert(1)</script> **gras** [lien](javascript:x) `code`'
ARABIC, EMOJI, CHINESE = "إضراب في غرفة الأخبار", "🚀 Une fusée ✊", "新聞"
RULES = (Rule(RuleAction.ORDINARY, title=re.compile("alerte")), Rule(RuleAction.LEAVE, title=re.compile("météo")))
TITLES = (HOSTILE, ARABIC, EMOJI, CHINESE, "une alerte", "la météo", "un refus")


@pytest.fixture(autouse=True)
def _as_found() -> Iterator[None]:
    yield
    set_language("fr")


@pytest.fixture(scope="session")
def journals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal of a strike that is over, made once; tests work on copies of it: `over.db`."""
    folder = tmp_path_factory.mktemp("journals")
    made = _newsroom(empty_journal_at(folder / "over.db"), FakeClock())
    _strike(made)
    made.close()
    (folder / "over.at").write_text(made.clock.now().isoformat())
    return folder


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    made = _newsroom(empty_journal_at(tmp_path / "occupier.db"), FakeClock())
    yield made
    made.close()


@pytest.fixture
def over(tmp_path: Path, journals: Path) -> Iterator[Newsroom]:
    """The strike is over, and nothing of it waits."""
    clock = FakeClock(datetime.fromisoformat((journals / "over.at").read_text()))
    made = _newsroom(Path(copyfile(journals / "over.db", tmp_path / "over.db")), clock)
    made.change(rules=RULES)
    yield made
    made.close()


def _newsroom(path: Path, clock: FakeClock) -> Newsroom:
    accounts = (account("mastodon-une"), account("x-une", platform="x"))
    return Newsroom(path, clock, accounts, (feed(),))


def _strike(room: Newsroom) -> None:
    room.change(rules=RULES)
    room.occupied(hours=4, url="https://example.org/pourquoi", who="la rédaction")
    shown = [entry("old")]
    for n, title in enumerate(TITLES):
        if title == "un refus":
            for name in ("mastodon-une", "x-une"):
                room.network(name).outcomes.append(Refused(RefusalKind.CONTENT, 422, "no"))
        shown.append(entry(n, title=title))
        room.poll(*shown, after=4 * MINUTE)
        for name in ("mastodon-une", "x-une"):
            room.run_lane(name)
    room.controlling.pause(None)
    room.clock.advance(20 * MINUTE)
    room.controlling.resume(None)
    room.clock.advance(4 * HOUR)
    room.striking.close_ended()


@contextmanager
def findings(room: Newsroom) -> Iterator[Findings]:
    with Recounting(room.store, lambda: room.setup).findings("greve") as found:
        yield found


@contextmanager
def told(room: Newsroom, language: str = "en") -> Iterator[Document]:
    """Open the strike's report in a language."""
    set_language("en" if language == "en" else "fr")
    with findings(room) as found:
        yield strike_report(found, room.setup.zone)
