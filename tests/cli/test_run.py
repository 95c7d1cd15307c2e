"""`run`, `check` and `preview` against the sandbox, in processes of their own where a process is what matters."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.request import urlopen

import pytest

from occupier.sandbox import Sandbox
from occupier.storage import lock
from occupier.storage.migrate import create_if_missing
from tests.cli.conftest import DECLARE, PLAIN, Desk

pytestmark = pytest.mark.campaign  # whole scenes: processes, signals and a sandbox


@contextmanager
def running(desk: Desk, *arguments: str, until: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Start a daemon, and wait until it says something."""
    process = desk.start("run", *arguments)
    assert process.stdout is not None
    assert process.stderr is not None
    said: list[str] = []
    reader = threading.Thread(target=lambda: said.extend(process.stderr or ()))
    try:
        for line in process.stderr:
            said.append(line)
            if until in line:
                break
        else:
            pytest.fail("".join(said))
        reader.start()
        yield process, said
    finally:
        process.kill()
        process.wait()
        if reader.is_alive():
            reader.join()
        process.stdout.close()
        process.stderr.close()


def test_one_tick_posts_the_strike_and_the_log_has_it(newsroom: Desk, box: Sandbox) -> None:
    newsroom.type(*DECLARE)
    baseline = newsroom.type("run", "--once")
    assert baseline.status == 0, baseline.err
    assert "none of them will be posted" in baseline.err
    box.publish(title="Les cheminots votent", summary="")
    once = newsroom.type("run", "--once")
    assert (once.status, once.out) == (0, "")
    assert {p.platform for p in box.posts()} == {"mastodon", "x", "facebook"}
    assert once.err.count("Strike post on") == 3
    records = newsroom.type("log", "--json").document
    assert [r["state"] for r in records] == ["sent"] * 3
    status = newsroom.type("status")
    assert "last post" in status.out
    assert records[0]["post_url"] in status.out


def test_lines_for_programs_are_one_object_each(newsroom: Desk, box: Sandbox) -> None:
    newsroom.type(*DECLARE)
    typed = newsroom.type("run", "--once", "--log-format", "json")
    lines = [json.loads(line) for line in typed.err.splitlines()]
    [line] = [line for line in lines if line["kind"] != "strike_begins"]
    assert set(line) == {"at", "kind", "serious", "message", "values"}
    assert line["kind"] == "baseline"
    assert line["values"] == {"feed": "une", "n": 1}
    assert datetime.fromisoformat(line["at"]).tzinfo == UTC


def test_after_a_strike_the_daemon_says_what_is_left_and_that_all_is_clear(newsroom: Desk, box: Sandbox) -> None:
    newsroom.type(*DECLARE)
    newsroom.type("strike", "end", "24-janvier")
    told = newsroom.type("run", "--once").err
    assert "for people to do" in told
    assert f"{box.url}/oauth/authorized_applications" in told
    assert "all clear" in told


def test_a_tick_that_finds_a_feed_broken_fails(desk: Desk) -> None:
    typed = desk.type("run", "--once")
    assert typed.status == 1
    assert "feed.xml" in typed.err


def test_a_dry_run_posts_nothing_and_reads_no_secret(newsroom: Desk, box: Sandbox) -> None:
    newsroom.type(*DECLARE)
    newsroom.environ = {"LANG": "en"}
    assert newsroom.type("run", "--once", "--dry-run").status == 0
    box.publish(title="Les cheminots votent", summary="")
    typed = newsroom.type("run", "--once", "--dry-run")
    assert typed.status == 0
    told = [line for line in typed.err.splitlines() if "Would have left on" in line]
    assert len(told) == 3, "one line for each account, the page whose identity the settings know included"
    assert all("Les cheminots votent" in line and "strike" in line for line in told), told
    assert box.posts() == []
    assert newsroom.type("log", "--json").document == []
    assert "occupier log --dry-run" in typed.err.splitlines()[-1]
    records = newsroom.type("log", "--dry-run", "--json").document
    assert len(records) == 3
    assert {(r["dry_run"], r["strike"]) for r in records} == {(True, "24-janvier")}
    assert newsroom.type("log", "--dry-run").out.count("would have been posted (dry run)") == 3


def test_a_log_of_dry_runs_that_were_never_made(newsroom: Desk) -> None:
    typed = newsroom.type("log", "--dry-run")
    assert (typed.status, "occupier run --dry-run" in typed.err) == (0, True)


def test_a_secret_that_is_missing_is_named_before_anything_runs(newsroom: Desk) -> None:
    del newsroom.environ["SANDBOX_X_CONSUMER_KEY"]
    typed = newsroom.type("run", "--once")
    assert typed.status == 2
    assert "SANDBOX_X_CONSUMER_KEY" in typed.err


@pytest.mark.parametrize("arguments", [("run",), ("run", "--once"), ("db", "upgrade")])
def test_a_second_occupier_is_kept_out(desk: Desk, arguments: tuple[str, ...]) -> None:
    create_if_missing(desk.database)
    with lock.holding(desk.database):
        typed = desk.type(*arguments)
    assert (typed.status, typed.out) == (3, "")
    assert str(desk.database) in typed.err


def test_a_daemon_obeys_pause_resume_reload_and_ctrl_c(newsroom: Desk, box: Sandbox) -> None:
    newsroom.type(*DECLARE)
    with running(newsroom, until="none of them will be posted") as (process, said):
        newsroom.rest = threading.Event().wait
        assert newsroom.type("status", "--json").document["running"] is True
        assert newsroom.type("run", "--once").status == 3
        assert newsroom.type("pause").status == 0
        assert newsroom.type("resume").status == 0
        newsroom.settings.write_text(newsroom.settings.read_text().replace('"1s"', '"2s"'))
        reloaded = newsroom.type("reload")
        assert reloaded.status == 0, reloaded.err
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
    text = "".join(said)
    assert "Strike “24-janvier”, in force" in text
    assert "Watching une" in text
    assert "read again" in text
    assert "Stopped." in text
    assert "Traceback" not in text


def test_sigterm_is_an_end_in_order(newsroom: Desk) -> None:
    flags = "--health", "0", "--serve-feed", "0", "--log-format", "json"
    with running(newsroom, *flags, until='"kind": "baseline"') as (process, said):
        (figures,) = [v["metrics"] for line in said if "metrics" in (v := json.loads(line)["values"])]
        with urlopen(figures, timeout=30) as answer:
            assert "occupier_info" in answer.read().decode()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    kinds = [json.loads(line)["kind"] for line in said]
    assert kinds[-1] == "stopped"
    assert any("no strike feed to serve" in line for line in said)  # and works all the same


def test_check_and_preview_say_so_when_a_feed_is_out_of_reach(desk: Desk) -> None:
    assert desk.type("check").status == 1
    typed = desk.type("preview", "--json")
    assert typed.status == 1
    assert typed.document["previews"] == []
    assert len(typed.document["errors"]) == 1


def test_preview_shows_both_texts_with_their_length(newsroom: Desk, box: Sandbox) -> None:
    newsroom.environ = {"LANG": "en"}
    box.publish(title="Les cheminots \x1b[31mvotent", summary="")
    typed = newsroom.type("preview", "--last", "1")
    assert typed.status == 0, typed.err
    assert "mastodon · une · Les cheminots" in typed.out
    assert "usually" in typed.out
    assert "during the strike (" in typed.out
    assert "/280)" in typed.out
    assert "\x1b" not in typed.out
    previews = newsroom.type("preview", "--json").document["previews"]
    assert len(previews) == 2 * 3
    assert all(p["length"] <= p["limit"] and p["strike_text"] != p["ordinary_text"] for p in previews)


def test_a_process_speaks_the_language_of_its_settings(desk: Desk) -> None:
    desk.write(PLAIN, "fr")
    typed = desk.process("status")
    assert typed.status == 0
    assert "Aucune grève n’est déclarée" in typed.out
    assert "\x1b" not in typed.out


def test_health_is_for_a_daemon_that_stays(newsroom: Desk) -> None:
    typed = newsroom.type("run", "--once", "--health")
    assert (typed.status, "--once and --health exclude each other" in typed.err) == (2, True)


def test_a_health_page_that_cannot_listen_is_said_before_anything_runs(newsroom: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        typed = newsroom.type("run", "--health", str(port))
    assert (typed.status, f"127.0.0.1:{port}" in typed.err) == (1, True)


def test_a_strike_feed_that_this_does_not_serve_is_named(newsroom: Desk) -> None:
    newsroom.settings.write_text(
        newsroom.settings.read_text() + '\n[[accounts]]\nname = "tool-x"\nplatform = "feed"\nfor_platform = "x"\n'
    )
    with running(newsroom, until="occupier run --serve-feed") as (_, said):
        assert "(tool-x)" in "".join(said)
