"""The strike feed: what each reader sees, when, and what the log says of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from email.utils import format_datetime
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

from occupier.domain.action import Payload, Purpose, State
from occupier.domain.handing import Images, Placed, agent_of, treatment, words_of
from occupier.domain.ports import LogQuery
from occupier.domain.setup import DuringStrikes, FirstPost, Rule, RuleAction
from occupier.services.review.ledger import Verifying
from tests.fakes import FakeClock
from tests.services.kiosk.stand import LINK, TOOL, Kiosk, outlet, rss, titles
from tests.services.newsroom import HOUR, MINUTE, SECOND

Open = Callable[..., Kiosk]


@pytest.fixture
def open_kiosk(tmp_path: Path, empty_journal: Path) -> Iterator[Open]:
    with ExitStack() as opened:

        def kiosk(*accounts: Any, **setup: Any) -> Kiosk:
            path = tmp_path / "occupier.db"
            copyfile(empty_journal, path)
            made = Kiosk(path, FakeClock(), *accounts, **setup)
            opened.callback(made.close)
            return made

        yield kiosk


@pytest.fixture
def kiosk(open_kiosk: Open) -> Kiosk:
    return open_kiosk()


def says_strike(title: str) -> bool:
    return "grève" in title


# --- outside strikes --------------------------------------------------------------------------------------------------


def test_outside_strikes_it_is_the_newsrooms_feed_to_the_byte(kiosk: Kiosk) -> None:
    kiosk.hold()
    kiosk.offering.prepare()
    assert kiosk.bytes_for() == rss([3, 2, 1])
    kiosk.hold(4)
    assert kiosk.bytes_for() == rss([4, 3, 2, 1]) == kiosk.bytes_for("somebody new")
    assert kiosk.actions() == []


def test_nothing_is_served_that_was_not_read(kiosk: Kiosk) -> None:
    kiosk.offering.prepare()
    assert kiosk.offering.edition("outil", TOOL) is None
    assert kiosk.offering.edition("ailleurs", TOOL) is None


def test_an_account_that_comes_later_gets_the_document_though_the_feed_did_not_change(open_kiosk: Open) -> None:
    kiosk = open_kiosk()
    accounts, kiosk.setup = kiosk.setup.accounts, kiosk.setup.__class__(kiosk.setup.zone, feeds=kiosk.setup.feeds)
    kiosk.hold()
    kiosk.change(accounts=accounts)
    kiosk.hold()
    kiosk.offering.prepare()
    assert kiosk.bytes_for() == rss([3, 2, 1])
    assert [asked.etag for asked in kiosk.fetcher.asked] == [None, None]


def test_a_document_that_cannot_be_cut_leaves_the_last_one(kiosk: Kiosk) -> None:
    kiosk.opened()
    entity = b'<!DOCTYPE rss [<!ENTITY x "y">]>'
    kiosk.hold(4, body=entity + rss([4, 3, 2, 1]))
    kiosk.work()
    assert kiosk.read() == {"g-3": "Titre 3", "g-2": "Titre 2", "g-1": "Titre 1"}
    assert [notice.kind for notice in kiosk.notices.told].count("strike_feed") == 1


# --- in a strike ------------------------------------------------------------------------------------------------------


def test_a_new_article_says_the_strike_under_its_own_link_and_guid(kiosk: Kiosk) -> None:
    kiosk.opened()
    kiosk.hold(4)
    kiosk.work()
    document = kiosk.bytes_for()
    assert says_strike(titles(document)["g-4"])
    assert "Titre 4" in titles(document)["g-4"]
    assert "\n" not in titles(document)["g-4"]
    assert document.count(LINK.format(n=4).encode()) == 2
    assert b"R\xc3\xa9sum\xc3\xa9 4" not in document
    assert document.endswith(rss([3, 2, 1]).partition(b"La une</title>\n")[2])
    (action,) = kiosk.actions()
    assert (action.state, action.verb.value, action.read_at) == (State.HANDED, "put", kiosk.clock.now())


def test_what_is_handed_to_the_tool_is_told(kiosk: Kiosk) -> None:
    kiosk.opened()
    kiosk.hold(4)
    kiosk.work()
    (told,) = (notice.sentence for notice in kiosk.notices.told if notice.kind == "handed")
    assert "outil" in str(told)
    assert "Titre 4" in str(told)


def test_what_a_tool_sees_first_is_only_what_was_there_before(kiosk: Kiosk) -> None:
    kiosk.opened()
    kiosk.hold(4)
    kiosk.work()
    assert set(kiosk.read("WordPress")) == {"g-3", "g-2", "g-1"}
    assert says_strike(kiosk.read("WordPress")["g-4"])


def test_nothing_is_handed_before_a_tool_knows_what_was_there(kiosk: Kiosk) -> None:
    kiosk.hold()
    kiosk.offering.prepare()
    kiosk.strike()
    kiosk.hold(4)
    kiosk.work()
    assert kiosk.states() == [("pending", "strike")]
    assert set(kiosk.read()) == {"g-3", "g-2", "g-1"}
    kiosk.work()
    assert kiosk.states() == [("handed", "handed")]
    assert says_strike(kiosk.read()["g-4"])


def test_an_entry_once_read_never_changes(kiosk: Kiosk) -> None:
    kiosk.opened(hours=3)
    kiosk.hold(4)
    kiosk.work()
    seen = kiosk.read()["g-4"]
    kiosk.give(rss(["4"]).replace(b"Titre 4", "Titre 4 corrigé".encode()))
    kiosk.clock.advance(MINUTE)
    kiosk.watching.poll(kiosk.source("une"))
    assert kiosk.read()["g-4"] == seen
    kiosk.controlling.pause(None)
    assert kiosk.read()["g-4"] == seen
    kiosk.controlling.resume(None)
    kiosk.until(kiosk.clock.now() + 5 * HOUR, HOUR / 2)
    assert kiosk.read()["g-4"] == seen
    kiosk.wire()
    assert kiosk.read()["g-4"] == seen


def test_a_correction_gives_an_entry_no_new_date(kiosk: Kiosk) -> None:
    kiosk.opened(hours=3)
    at = kiosk.clock.now()
    first, later = (f"<pubDate>{format_datetime(when)}</pubDate>" for when in (at, at + MINUTE))
    dated = rss([4, 3]).replace(b"</guid>", f"</guid>{first}".encode())
    kiosk.hold(4, body=dated)
    kiosk.work()
    seen = kiosk.bytes_for()
    kiosk.give(dated.replace(first.encode(), later.encode()))
    kiosk.clock.advance(MINUTE)
    kiosk.watching.poll(kiosk.source("une"))
    strike, usual = kiosk.bytes_for().split(b"<item>")[1:]
    assert strike == seen.split(b"<item>")[1]
    assert first.encode() in strike
    assert later.encode() in usual


def test_other_images_in_the_settings_are_for_entries_to_come(open_kiosk: Open) -> None:
    kiosk = open_kiosk(outlet(images=Images.DROP))
    kiosk.opened(hours=3)
    enclosed = rss([4, 3]).replace(b"</guid>", b'</guid><enclosure url="https://www.example.org/4.jpg" length="1"/>')
    kiosk.hold(4, body=enclosed)
    kiosk.work()
    seen = kiosk.bytes_for()
    assert seen.count(b"enclosure") == 1  # of the entry that is no strike's
    kiosk.change(accounts=(outlet(images=Images.KEEP),))
    kiosk.wire()
    assert kiosk.bytes_for() == seen


def test_a_pause_holds_back_what_nobody_has_read(kiosk: Kiosk) -> None:
    kiosk.opened()
    kiosk.hold(4)
    kiosk.work()
    kiosk.controlling.pause("outil")
    assert "g-4" not in kiosk.read()
    assert kiosk.action().read_at is None
    kiosk.controlling.resume("outil")
    assert says_strike(kiosk.read()["g-4"])


def test_the_pause_file_holds_back_too_though_nobody_noted_it_yet(kiosk: Kiosk) -> None:
    kiosk.opened()
    kiosk.hold(4)
    kiosk.work()
    kiosk.store.pause_file.touch()
    assert "g-4" not in kiosk.read()
    kiosk.store.pause_file.unlink()
    assert "g-4" in kiosk.read()


def test_what_nobody_read_in_time_is_missed_and_absent_for_good(kiosk: Kiosk) -> None:
    kiosk.opened(hours=3)
    kiosk.hold(4)
    kiosk.work()
    kiosk.until(kiosk.clock.now() + 4 * HOUR, HOUR / 2)
    assert kiosk.states() == [("missed", "not_read")]
    kiosk.hold(5)
    assert set(kiosk.read()) == {"g-5", "g-3", "g-2", "g-1"}
    assert kiosk.read()["g-5"] == "Titre 5"


def test_who_has_not_read_an_entry_by_the_end_never_sees_it(kiosk: Kiosk) -> None:
    kiosk.opened(hours=3)
    kiosk.read("late")
    kiosk.hold(4)
    kiosk.work()
    assert "g-4" in kiosk.read()
    kiosk.until(kiosk.clock.now() + 4 * HOUR, HOUR / 2)
    assert kiosk.states() == [("handed", "handed")]
    assert "g-4" in kiosk.read()
    assert "g-4" not in kiosk.read("late")


def test_a_tool_that_stayed_away_does_not_post_what_is_old_by_now(kiosk: Kiosk) -> None:
    kiosk.opened(hours=9)
    kiosk.read("another")
    kiosk.hold(4)
    kiosk.work()
    assert "g-4" in kiosk.read("another")
    kiosk.until(kiosk.clock.now() + 2 * HOUR, HOUR / 2)
    kiosk.hold(5)
    kiosk.work()
    assert set(kiosk.read()) == {"g-5", "g-3", "g-2", "g-1"}
    assert set(kiosk.read("another")) == {"g-5", "g-4", "g-3", "g-2", "g-1"}
    assert "g-4" not in kiosk.read()


def test_a_slow_tool_has_twice_its_own_time(kiosk: Kiosk) -> None:
    kiosk.change(accounts=(outlet(tool_interval=3 * HOUR),))
    kiosk.opened(hours=9)
    kiosk.hold(4)
    kiosk.work()
    kiosk.until(kiosk.clock.now() + 5 * HOUR, HOUR / 2)
    assert "g-4" in kiosk.read()


def test_nothing_is_handed_so_late_that_the_tool_would_post_it_after_the_end(kiosk: Kiosk) -> None:
    kiosk.opened(hours=2)
    kiosk.clock.advance(HOUR)
    kiosk.hold(4)
    kiosk.work()
    assert kiosk.states() == [("missed", "tool_interval")]
    assert "g-4" not in kiosk.read()


def test_ending_a_strike_early_hands_out_nothing_more(kiosk: Kiosk) -> None:
    kiosk.opened()
    kiosk.hold(4)
    kiosk.work()
    kiosk.striking.end("greve")
    assert "g-4" not in kiosk.read()


@pytest.mark.parametrize(
    ("action", "state", "shown"), [("ordinary", "handed", "Titre 4"), ("hold", "held", None), ("leave", "left", None)]
)
def test_rules_hold(open_kiosk: Open, action: str, state: str, shown: str | None) -> None:
    kiosk = open_kiosk(rules=(Rule(RuleAction(action), title=re.compile("Titre 4")),))
    kiosk.opened()
    kiosk.hold(4)
    kiosk.work()
    assert kiosk.read().get("g-4") == shown
    assert kiosk.action().state.value == state
    kiosk.until(kiosk.clock.now() + 9 * HOUR, HOUR)
    assert kiosk.read().get("g-4") == shown


def test_silence_withholds_for_good(open_kiosk: Open) -> None:
    kiosk = open_kiosk(outlet(during_strikes=DuringStrikes.SILENCE))
    kiosk.opened()
    kiosk.hold(4)
    kiosk.work()
    assert kiosk.states() == [("left", "silence")]
    kiosk.until(kiosk.clock.now() + 9 * HOUR, HOUR)
    assert set(kiosk.read()) == {"g-3", "g-2", "g-1"}


def test_a_first_entry_may_wait_for_a_yes(open_kiosk: Open) -> None:
    kiosk = open_kiosk(outlet(first_post=FirstPost.APPROVE))
    kiosk.opened()
    kiosk.hold(4)
    kiosk.work()
    assert "g-4" not in kiosk.read()
    kiosk.controlling.release(kiosk.action().id)
    kiosk.work()
    assert says_strike(kiosk.read()["g-4"])


def test_many_at_once_are_not_spaced(kiosk: Kiosk) -> None:
    kiosk.change(per_hour=1, spacing=HOUR)
    kiosk.opened()
    kiosk.hold(4, 5)
    kiosk.hold(6)
    kiosk.work()
    assert [says_strike(kiosk.read()[f"g-{n}"]) for n in (4, 5, 6)] == [True] * 3


def test_what_identifies_nothing_stays_as_it_is(kiosk: Kiosk) -> None:
    kiosk.opened()
    same = b"<item><title>Bref</title><link>https://www.example.org/</link></item>"
    kiosk.hold(body=rss([3, 2, 1]).replace(b"</channel>", same + same.replace(b"Bref", b"Rien") + b"</channel>"))
    kiosk.work()
    assert kiosk.bytes_for().count(b"<link>https://www.example.org/</link>") == 2


def test_the_log_tells_what_was_handed_and_agrees_with_itself(kiosk: Kiosk) -> None:
    kiosk.opened()
    kiosk.hold(4)
    kiosk.work()
    kiosk.clock.advance(5 * MINUTE)
    kiosk.read()
    with kiosk.store.reading() as tx:
        (record,) = tx.register.records(LogQuery())
    assert (record["state"], record["post_url"], record["sent_at"]) == ("handed", None, None)
    assert (record["handed_at"], record["read_at"]) == ("2026-11-20T12:02:00Z", "2026-11-20T12:07:00Z")
    assert "Titre 4" in str(record["strike_text"])
    assert [event.data for event in kiosk.events("read")] == [{"by": TOOL}]
    assert Verifying(kiosk.store).verify().broken is None


def test_how_often_a_tool_reads_is_known(kiosk: Kiosk) -> None:
    kiosk.opened()
    for _ in range(4):
        kiosk.clock.advance(10 * MINUTE)
        kiosk.read()
    kiosk.offering.write_notes()
    with kiosk.store.reading() as tx:
        (reader,) = tx.kiosk.readers(kiosk.target("outil").id)
    assert (reader.agent, reader.reads, reader.every) == (TOOL, 5, 10 * MINUTE)


def test_an_edition_is_believed_no_longer_than_its_strike_lasts(kiosk: Kiosk) -> None:
    kiosk.opened(hours=2)
    assert kiosk.offering.believed_for("outil") == MINUTE
    kiosk.clock.advance(2 * HOUR - 20 * SECOND)
    kiosk.read()
    assert kiosk.offering.believed_for("outil") == 20 * SECOND


# --- ten pollers across both borders ----------------------------------------------------------------------------------


@pytest.mark.campaign
@pytest.mark.parametrize("paused_at", [0, 85, 115])
def test_each_of_ten_pollers_sees_each_article_in_one_form_and_none_is_new_after_the_end(
    kiosk: Kiosk, paused_at: int
) -> None:
    kiosk.hold()
    kiosk.offering.prepare()
    begin, end, start = 60, 180, kiosk.clock.now()
    appears = {30: "before", 65: "early", 90: "middle", 118: "just", 140: "late", 190: "after"}
    seen: list[dict[str, tuple[str, float]]] = [{} for _ in range(10)]
    for minute in range(0, 300, 5):
        kiosk.clock.jump(start + minute * MINUTE)
        if minute == begin:
            kiosk.strike(hours=2)
        if minute == paused_at:
            kiosk.controlling.pause(None)
        if minute == paused_at + 15:
            kiosk.controlling.resume(None)
        kiosk.hold(*(name for at, name in appears.items() if minute <= at < minute + 5))
        kiosk.work()
        for n, mine in enumerate(seen):
            if minute % 60 // 5 == n:
                for guid, title in kiosk.read(f"poller {'abcdefghij'[n]}").items():
                    assert mine.setdefault(guid, (title, minute))[0] == title
    for mine in seen:
        assert {guid for guid, (title, _) in mine.items() if says_strike(title)} <= {"g-early", "g-middle", "g-just"}
        assert all(begin <= at < end for title, at in mine.values() if says_strike(title))
        assert {"g-before", "g-after", "g-3"} <= {guid for guid, (title, _) in mine.items() if not says_strike(title)}
        assert says_strike(mine.get("g-early", ("en grève", 0))[0])
        assert "g-late" not in mine
    assert sum("g-early" in mine for mine in seen) >= 8


# --- the rule ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("has_read", [True, False])
def test_what_is_concerned_never_goes_out_as_usual_unless_a_rule_says_so(
    state: State, purpose: Purpose, has_read: bool
) -> None:
    placed = Placed(1, purpose, state, Payload("En grève https://a.fr/", "https://a.fr/"), 1)
    said = treatment(placed, has_read=has_read, may_be_new=not has_read)
    is_ordinary = purpose is Purpose.ORDINARY and state in (State.SENT, State.HANDED)
    assert (said is None) == is_ordinary


def test_the_words_leave_the_link_to_the_tool() -> None:
    words = words_of(Payload("En grève.\nTitre https://a.fr/1\nPlus : https://b.fr/", "https://a.fr/1"))
    assert words.title == "En grève. Titre Plus : https://b.fr/"
    assert words.text == "En grève.\nTitre https://a.fr/1\nPlus : https://b.fr/"
    beside = words_of(Payload("En grève", "https://a.fr/1"))
    assert (beside.title, beside.text) == ("En grève", "En grève\nhttps://a.fr/1")


@pytest.mark.parametrize(
    ("header", "agent"),
    [
        ("feed2toot/0.17.1", "feed2toot"),
        ("Mozilla/5.0 (compatible; dlvr.it/1.0)", "Mozilla (compatible; dlvr.it)"),
        (None, "-"),
        ("  ", "-"),
        ("a\r\nb\x00", "a b"),
        ("x" * 500, "x" * 120),
    ],
)
def test_a_tool_that_was_brought_up_to_date_is_the_same_tool(header: str | None, agent: str) -> None:
    assert agent_of(header) == agent
