"""Health and figures, asked over a real socket and read as Prometheus reads them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from prometheus_client.parser import text_string_to_metric_families

from occupier.domain.action import State
from occupier.domain.errors import FailedError
from occupier.domain.ports import Pause
from occupier.web.health import FRESH, SHARE, Kept, answering
from tests.web.newsdesk import EVIL, Answer, Newsdesk, Visitor

Figures = dict[tuple[str, ...], float]


@contextmanager
def asking(desk: Newsdesk) -> Iterator[Visitor]:
    with answering(desk.house, 0) as address:
        port = urlsplit(address).port
        assert port is not None
        yield Visitor(port)


@pytest.fixture
def visitor(desk: Newsdesk) -> Iterator[Visitor]:
    with asking(desk) as found:
        yield found


def beat(desk: Newsdesk) -> None:
    now = desk.clock.now().isoformat()
    desk.house.store.pulse({"heartbeat": now, "job:polls": now})


def figures(answer: Answer) -> Figures:
    """Every figure by its name and its labels' values (ordered by label), as Prometheus's own parser reads the page."""
    assert answer.status == 200
    families = text_string_to_metric_families(answer.text)
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


def test_a_daemon_that_works_is_well(desk: Newsdesk, visitor: Visitor) -> None:
    beat(desk)
    answer = visitor.get("/healthz")
    assert (answer.status, answer.text) == (200, "ok\n")


def test_what_is_wrong_is_named(visitor: Visitor) -> None:
    answer = visitor.get("/healthz")
    assert (answer.status, answer.text) == (503, "heartbeat\npolls\n")


def test_a_journal_that_cannot_be_read_is_an_ailment(desk: Newsdesk, visitor: Visitor) -> None:
    desk.house.store.path.rename(desk.folder / "elsewhere.db")
    desk.house.store.path.mkdir()
    desk.house.store.close()
    assert (visitor.get("/healthz").text, visitor.get("/metrics").text) == ("database\n", "database\n")


def test_the_figures_are_those_of_the_journal(desk: Newsdesk, visitor: Visitor) -> None:
    beat(desk)
    desk.uncertain()
    desk.held()
    desk.journal.action(desk.target, desk.strike)
    with desk.house.store.writing() as tx:
        tx.pauses.add(Pause(desk.target.id, "lane", "credentials", tx.now))
        tx.pauses.add(Pause(None, "person", "", tx.now))
    found = figures(visitor.get("/metrics"))
    account = ("compte", "mastodon")
    assert found["occupier_healthy",] == 1
    assert found["occupier_heartbeat_age_seconds",] == 0
    assert {s: found["occupier_posts", *account, s] for s in State if found["occupier_posts", *account, s]} == {
        "uncertain": 1, "held": 1, "pending": 1
    }  # fmt: skip
    assert (found["occupier_queue", *account], found["occupier_waiting_for_person", *account]) == (1, 2)
    assert found["occupier_lane_paused", "compte", "lane", "mastodon"] == found["occupier_paused", "person"] == 1
    assert found["occupier_strike_in_force", desk.strike.name] == 1
    assert found["occupier_strike_end_timestamp_seconds", desk.strike.name] == desk.strike.ends_at.timestamp()
    assert found["occupier_feed_failures", "une"] == 0
    assert found["occupier_spent_today_dollars", *account] == 0


def test_the_page_says_that_it_is_prometheus_text_0_0_4(visitor: Visitor) -> None:
    assert visitor.get("/metrics").headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"


def test_every_name_is_ours_and_every_figure_is_explained(desk: Newsdesk, visitor: Visitor) -> None:
    families = list(text_string_to_metric_families(visitor.get("/metrics").text))
    assert families
    assert [f.name for f in families if not (f.name.startswith("occupier_") and f.documentation.endswith("."))] == []


def test_no_word_of_an_article_or_of_an_answer_is_in_it(desk: Newsdesk, visitor: Visitor) -> None:
    desk.uncertain("Un titre à ne pas répandre")
    text = visitor.get("/metrics").text
    assert "occupier_posts" in text
    assert [word for word in ("répandre", EVIL, "<script>", "a.fr", "AG du 12", "les retraites") if word in text] == []


@pytest.mark.parametrize("path", ["/", "/metrics/", "/login", "/../etc/passwd"])
def test_nothing_else_is_there(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status == 404


@pytest.mark.parametrize("host", ["evil.example:80", "evil.example", "", "127.0.0.1.evil.example:1"])
def test_a_name_that_was_made_to_lead_here_is_refused(visitor: Visitor, host: str) -> None:
    answer = visitor.get("/metrics", Host=host)
    assert (answer.status, answer.text) == (421, "")


def test_nothing_can_be_changed_there(visitor: Visitor) -> None:
    assert visitor.ask("POST", "/healthz", b"x=1").status == 501


def test_only_this_machine_is_answered(desk: Newsdesk) -> None:
    with answering(desk.house, 0) as address:
        assert urlsplit(address).hostname == "127.0.0.1"


def test_a_port_that_is_taken_is_said_in_a_sentence(desk: Newsdesk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(FailedError, match="--health PORT") as raised, answering(desk.house, port):
            pytest.fail("it was not free")
    assert str(port) in str(raised.value)


class Ticking:
    """A steady clock, and somebody who looks and takes `cost` seconds for it."""

    def __init__(self, cost: float) -> None:
        self.now, self.cost, self.looks = 0.0, cost, 0

    def look(self) -> int:
        self.looks += 1
        self.now += self.cost
        return self.looks


@pytest.mark.parametrize(("cost", "good_for"), [(0.0, FRESH), (1.0, SHARE)])
def test_an_answer_is_kept_for_a_while_and_longer_where_it_was_dear(cost: float, good_for: float) -> None:
    ticking = Ticking(cost)
    kept = Kept(ticking.look, lambda: ticking.now)
    kept()
    found = ticking.now
    ticking.now = found + good_for - 0.01
    assert kept() == 1
    ticking.now = found + good_for
    assert kept() == 2
