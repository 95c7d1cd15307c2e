"""`pause`, `resume`, `reload`, `status` and the answers: a person's word."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from occupier.bootstrap import SystemClock
from occupier.domain.action import Payload, Purpose, State
from occupier.domain.limits import Ceilings
from occupier.domain.outcome import Receipt
from occupier.domain.ports import Change, Claim, Claimed, NewAction
from occupier.storage import lock
from occupier.storage.store import SqlStore
from tests.cli.conftest import DECLARE, PLAIN, Desk, Terminal, add_article, speak


@pytest.fixture
def store(desk: Desk) -> SqlStore:
    desk.type(*DECLARE)
    return SqlStore(desk.database, SystemClock())


def write(store: SqlStore, state: State = State.HELD, title: str = "Grève : J+1", reason: str = "mass") -> int:
    """Put one article on the outbox, in a state of before any call."""
    with store.writing() as tx:
        article = add_article(tx, title)
        target = tx.targets.ensure("mastodon-une", "mastodon", "127.0.0.1:9", None)
        [strike] = tx.strikes.all()
        new = NewAction(target.id, article.id, Purpose.STRIKE, state, reason, tx.now, tx.now, strike.id, "usual")
        action = tx.actions.add(new)
        assert action is not None
        return action.id


def claim(store: SqlStore, action_id: int) -> Claimed:
    with store.writing() as tx:
        action = tx.actions.get(action_id)
        claimed = tx.actions.claim(Claim(
            action_id, Payload("En grève", "https://a.example/"), Purpose.STRIKE, action.strike_id, 0, "token",
            timedelta(seconds=5), timedelta(seconds=25), Ceilings(30, 300, timedelta(0)),
        ))  # fmt: skip
        assert isinstance(claimed, Claimed)
        return claimed


def test_pause_and_resume_say_what_they_did(desk: Desk, store: SqlStore) -> None:
    assert "Everything is paused" in desk.type("pause").out
    assert "mastodon-une is paused" in desk.type("pause", "mastodon-une").out
    one = desk.type("resume", "mastodon-une")
    assert one.status == 1
    assert "Everything is stopped: paused by a person" in one.out
    assert desk.type("resume").status == 0
    assert "Nothing was paused" in desk.type("resume").out


@pytest.mark.parametrize(("language", "answer", "stays"), [("fr", "oui", "reprend"), ("en", "yes", "goes on")])
def test_on_a_terminal_what_waits_is_shown_before_it_may_leave(
    desk: Desk, store: SqlStore, monkeypatch: pytest.MonkeyPatch, language: str, answer: str, stays: str
) -> None:
    post = write(store, State.PENDING, "Un avion s'écrase")
    speak(desk, PLAIN, language)
    desk.type("pause")
    monkeypatch.setattr(sys, "stdin", Terminal("\n"))
    kept = desk.type("resume")
    assert kept.status == 1
    assert f"{post}  mastodon-une  Un avion s'écrase" in kept.err
    assert desk.type("status", "--json").document["pauses"]
    monkeypatch.setattr(sys, "stdin", Terminal(f"{answer}\n"))
    assert stays in desk.type("resume").out
    assert not desk.type("status", "--json").document["pauses"]


def test_a_script_is_told_what_leaves_and_asked_nothing(desk: Desk, store: SqlStore) -> None:
    post = write(store, State.PENDING)
    desk.type("pause", "mastodon-une")
    typed = desk.type("resume", "mastodon-une")
    assert typed.status == 0
    assert f"occupier drop {post}" in typed.err


def test_yes_is_an_answer_given_before(desk: Desk, store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    write(store, State.PENDING)
    desk.type("pause")
    monkeypatch.setattr(sys, "stdin", Terminal(""))
    assert desk.type("resume", "--yes").status == 0


def test_what_waits_behind_a_pause_can_be_left_out(desk: Desk, store: SqlStore) -> None:
    post = write(store, State.PENDING)
    desk.type("pause")
    assert desk.type("drop", str(post)).status == 0
    assert "leaves" not in desk.type("resume").err


def test_what_may_have_left_cannot_be_left_out(desk: Desk, store: SqlStore) -> None:
    claimed = claim(store, write(store, State.PENDING))
    with store.writing() as tx:
        tx.actions.change(claimed.action, Change(State.UNCERTAIN, "timeout"), "uncertain")
    with store.writing() as tx:
        lost = tx.actions.get(claimed.action.id)
        tx.actions.change(lost, Change(State.RETRY, "absent", due_at=tx.now), "resolved")
    typed = desk.type("drop", str(claimed.action.id))
    assert (typed.status, "may have left" in typed.err) == (2, True)


def test_one_account_does_not_go_on_while_everything_is_stopped(desk: Desk, store: SqlStore) -> None:
    write(store, State.PENDING)
    desk.type("pause")
    typed = desk.type("resume", "mastodon-une")
    assert "Nothing was changed on mastodon-une" in typed.out
    assert "To go on everywhere: occupier resume" in typed.out
    assert typed.err == ""
    desk.type("pause", "mastodon-une")
    assert "everything is: nothing leaves" in desk.type("resume", "mastodon-une").out


def test_the_file_pause_is_told_by_resume_and_status(desk: Desk, store: SqlStore) -> None:
    (desk.folder / "PAUSE").touch()
    resumed = desk.type("resume")
    assert resumed.status == 1
    assert str(desk.folder / "PAUSE") in resumed.out
    assert str(desk.folder / "PAUSE") in desk.type("status").out
    assert desk.type("status", "--json").document["pause_file"] is True


def test_pause_waits_for_the_call_in_flight_and_tells_its_outcome(desk: Desk, store: SqlStore) -> None:
    claimed = claim(store, write(store, State.PENDING))
    looks: list[float] = []

    def settle(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 3:
            change = Change(State.SENT, "receipt", remote_id="1", remote_url="https://m.example/1")
            with store.writing() as tx:
                assert tx.actions.settle(claimed.action, change, Receipt("1", "https://m.example/1"))

    desk.rest = settle
    typed = desk.type("pause", "mastodon-une")
    assert typed.status == 0
    assert "1 call is in flight" in typed.err
    assert "posted https://m.example/1" in typed.out
    assert len(looks) == 3


def test_status_before_anything_was_done_makes_no_database(desk: Desk) -> None:
    typed = desk.type("status")
    assert typed.status == 0
    assert "occupier run" in typed.out
    assert desk.type("status", "--json").document["running"] is False
    assert not desk.database.exists()


def test_a_daemon_that_was_killed_a_moment_ago_is_not_said_to_run(desk: Desk, store: SqlStore) -> None:
    with store.writing() as tx:
        tx.runtime.set("heartbeat", tx.now.isoformat())
    assert "any more; its last sign of life was" in desk.type("status").out
    document = desk.type("status", "--json").document
    assert (document["running"], document["alive"]) == (False, False)
    renewal = ("strike", "renew", "24-janvier", "--to", "+9h", "--mandate", "AG")
    assert "No daemon is running, so nothing will be posted" in desk.type(*renewal).out


def test_status_names_the_command_for_what_waits(desk: Desk, store: SqlStore) -> None:
    held, uncertain = write(store), write(store, State.PENDING, "Deux \x1b[31m\u202egare")
    claimed = claim(store, uncertain)
    with store.writing() as tx:
        tx.actions.change(claimed.action, Change(State.UNCERTAIN, "timeout"), "uncertain")
    typed = desk.type("status")
    assert f"occupier release {held}" in typed.out
    assert f"occupier resolve {uncertain}" in typed.out
    assert not {"\x1b", "\u202e"} & set(typed.out)
    document = desk.type("status", "--json").document
    assert [w["id"] for w in document["waiting"]] == [str(held), str(uncertain)]
    [account] = document["accounts"]
    assert account["groups"] == {"posted": 0, "under_way": 0, "to_check": 2, "not_posted": 0}
    check_json(document)


def test_answers_are_taken_once(desk: Desk, store: SqlStore) -> None:
    released, dropped, found = write(store, title="a"), write(store, title="b"), write(store, State.PENDING, "c")
    claimed = claim(store, found)
    with store.writing() as tx:
        tx.actions.change(claimed.action, Change(State.UNCERTAIN, "timeout"), "uncertain")
    first = desk.type("release", str(released))
    assert first.status == 0
    assert "occupier run" in first.out
    assert desk.type("release", str(released)).status == 2
    assert desk.type("drop", str(dropped)).status == 0
    assert desk.type("drop", str(dropped)).status == 2
    resolved = desk.type("resolve", str(found), "--published", "https://m.example/@a/123456")
    assert "posted https://m.example/@a/123456" in resolved.out
    assert desk.type("resolve", str(found), "--not-published").status == 2
    states = {r["id"]: r["state"] for r in desk.type("log", "--json").document}
    assert states == {str(released): "pending", str(dropped): "left", str(found): "sent"}


def test_all_that_is_on_hold_is_released_at_once(desk: Desk, store: SqlStore) -> None:
    write(store, title="a")
    write(store, title="b")
    assert "2 posts were released" in desk.type("release", "--all").out
    assert "0 posts were released" in desk.type("release", "--all").out


def test_what_the_usual_post_announces_is_released_by_its_number_only(desk: Desk, store: SqlStore) -> None:
    number = write(store, reason="usual_out")
    typed = desk.type("release", "--all")
    assert "0 posts were released" in typed.out
    assert "1 post stays on hold" in typed.out
    assert "due at" in desk.type("release", str(number)).out


def test_a_feed_begins_anew(desk: Desk, store: SqlStore) -> None:
    write(store)
    assert desk.type("feed", "rebaseline", "une").status == 0
    with store.reading() as tx:
        assert tx.feeds.all()[0].baseline_at is None


def test_reload_needs_a_daemon(desk: Desk, store: SqlStore) -> None:
    typed = desk.type("reload")
    assert typed.status == 1
    assert "No daemon" in typed.err


@pytest.mark.parametrize(("problem", "status"), [("", 0), (" limits.per_day: write a number.", 2)])
def test_reload_gives_the_daemons_own_answer(desk: Desk, store: SqlStore, problem: str, status: int) -> None:
    def answer(_seconds: float) -> None:
        with store.writing() as tx:
            tx.runtime.set("reloaded", f"{tx.runtime.get('reload')}{problem}")

    desk.rest = answer
    with lock.holding(desk.database):
        typed = desk.type("reload")
    assert typed.status == status
    assert problem.strip() in typed.err


def test_reload_checks_the_settings_here_first(desk: Desk, store: SqlStore) -> None:
    desk.write('timezone = "Mars"\n')
    with lock.holding(desk.database):
        assert desk.type("reload").status == 2


def check_json(value: Any) -> None:
    """Every instant in a document is in UTC."""
    match value:
        case Mapping():
            for name, inner in value.items():
                if name.endswith("_at") and inner is not None:
                    assert inner.endswith("Z")
                check_json(inner)
        case list():
            for inner in value:
                check_json(inner)
        case _:
            assert value is None or isinstance(value, str | int | float)


class TestEndOfAStrike:
    def test_on_a_terminal_what_it_means_is_shown_and_asked(
        self, desk: Desk, store: SqlStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(store)
        monkeypatch.setattr(sys, "stdin", Terminal("no\n"))
        typed = desk.type("strike", "end", "24-janvier")
        assert typed.status == 1
        assert "It ends for good" in typed.err
        assert "1 post waits under it, and is not posted." in typed.err
        assert "occupier pause" in typed.err
        assert "the strike goes on" in typed.out
        [strike] = desk.type("strike", "list", "--json").document["strikes"]
        assert strike["stands"] == "in_force"

    @pytest.mark.parametrize("answer", ["yes", "oui"])
    def test_a_yes_ends_it(self, desk: Desk, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
        desk.type(*DECLARE)
        monkeypatch.setattr(sys, "stdin", Terminal(f"{answer}\n"))
        assert "is over" in desk.type("strike", "end", "24-janvier").out

    def test_whoever_says_so_beforehand_is_not_asked(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        desk.type(*DECLARE)
        monkeypatch.setattr(sys, "stdin", Terminal(""))
        typed = desk.type("strike", "end", "24-janvier", "--yes")
        assert (typed.status, "[yes/no]" in typed.err) == (0, False)

    def test_of_one_that_there_is_not_nothing_is_asked(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        desk.type(*DECLARE)
        monkeypatch.setattr(sys, "stdin", Terminal(""))
        typed = desk.type("strike", "end", "ailleurs")
        assert (typed.status, "[yes/no]" in typed.err) == (2, False)
