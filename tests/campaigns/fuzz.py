"""Accidents everywhere: in feeds, in settings, in what networks answer.

    python -m tests.campaigns.fuzz --runs 2000 --seed 7

Nothing may come out but what is documented, nothing may hang, and no secret may be told by anything.
"""

from __future__ import annotations

import argparse
import base64
import logging
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import hypothesis
from hypothesis import HealthCheck
from hypothesis import strategies as st

from occupier.bootstrap import House, Live, prepare_process
from occupier.domain.action import Payload, Verb
from occupier.domain.errors import FeedError, NetworkError, OccupierError, SettingsError
from occupier.domain.outcome import Receipt, Refused, Retryable, Uncertain
from occupier.domain.ports import Network, Notice, Order
from occupier.domain.strike import Strike
from occupier.feeds.parse import FeedParser, is_ordinary
from occupier.platforms.registry import build
from occupier.settings import load_text
from occupier.speech import say
from occupier.storage import migrate
from occupier.storage.store import SqlStore
from tests.campaigns.daemons import aligned
from tests.campaigns.mutations import TYPES, XML_TOKENS, Recorded, damaged, damaged_answers
from tests.campaigns.recordings import record
from tests.fakes import FakeClock
from tests.loopback import Loopback

HANG = 2.0
ISOLATED_HANG = 12.0
ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
CANARIES = {
    "MASTODON": "kanari-Mastodon-7Zq1xW9vT3",
    "X_CONSUMER_KEY": "kanariKonsumer5Lr8yB2nC6",
    "X_CONSUMER_SECRET": "kanari-Secret+/0Pd4sF7gH1",
    "X_ACCESS_TOKEN": "1234567-kanariAccess9Jk2mN5",
    "X_ACCESS_TOKEN_SECRET": "kanari&Token=Secret6Vb3cX8",
    "FACEBOOK": "EAAkanariPage4Hg7fD1sA0qW3",
}
FORMS = [
    form
    for secret in CANARIES.values()
    for form in {secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode().rstrip("=")[4:-4]}
]


class Told(AssertionError):
    """A secret was found where it should not be."""


def no_secret(*said: object) -> None:
    """Look for a secret in texts, values and bytes."""
    for each in said:
        text = each.decode("latin-1") if isinstance(each, bytes) else f"{each!r} {each}"
        for form in FORMS:
            if form in text:
                raise Told(f"{form[:10]}… in {text[max(0, text.index(form) - 80) :][:120]!r}")


class Ear(logging.Handler):
    """Keeps what is logged at the process's own level: as much as a person's log would."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record, as it would be printed."""
        self.records.append(self.format(record))


@dataclass
class Part:
    """One of the campaign's parts, and what was found."""

    name: str
    examples: int = 0
    slowest: float = 0
    came: Counter[str] = field(default_factory=Counter)
    wrong: str = ""

    def row(self) -> list[str]:
        """Return its line of the table."""
        came = ", ".join(f"{n} {what}" for what, n in self.came.most_common(6))
        return [self.name, str(self.examples), came, f"{self.slowest:.2f} s", self.wrong or "none"]

    @contextmanager
    def timed(self, limit: float) -> Iterator[None]:
        """Count one example; raise AssertionError if it takes too long."""
        self.examples += 1
        began = time.monotonic()
        yield
        took = time.monotonic() - began
        self.slowest = max(self.slowest, took)
        assert took < limit, f"took {took:.1f} s"


def hunt(part: Part, runs: int, seed: int, strategy: st.SearchStrategy[Any], look: Callable[[Any], None]) -> Part:
    """Try that many examples; keep the smallest that is wrong."""

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=runs, deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=False
    )
    @hypothesis.given(strategy)
    def one(example: Any) -> None:
        look(example)

    try:
        one()
    except BaseException as error:  # whatever it is, it is what was looked for
        if isinstance(error, KeyboardInterrupt):
            raise
        part.wrong = f"{type(error).__name__}: {error}"[:300].replace("\n", " ")
        traceback.print_exc()
    return part


# --- feeds ------------------------------------------------------------------------------------------------------------


def feeds(runs: int, seed: int, folder: Path) -> Part:
    """Damage feeds; one in some declares entities that name a file with a secret in it."""
    hidden = folder / "hidden"
    hidden.write_text(CANARIES["MASTODON"])
    entity = f'<!DOCTYPE rss [<!ENTITY a SYSTEM "file://{hidden}">]>'.encode()
    files = [path for path in (ROOT / "tests/data/feeds").iterdir() if not path.name.endswith("expected.json")]
    bodies = [path.read_bytes() for path in sorted(files)]
    parser, part = FeedParser(FakeClock(NOW)), Part("feeds")

    def look(example: tuple[bytes, str]) -> None:
        body, kind = example
        ordinary = is_ordinary(body, kind)
        with part.timed(HANG if ordinary else ISOLATED_HANG):
            try:
                parsed = parser.parse(body, kind, "https://www.example.org/feed")
            except FeedError as error:
                no_secret(error, say(error.sentence), "".join(traceback.format_exception(error)))
                part.came["errors"] += 1
                return
        no_secret(parsed, *map(say, parsed.skipped))
        assert all(entry.link.startswith(("http://", "https://")) and entry.link.isascii() for entry in parsed.entries)
        part.came["feeds" if parsed.entries else "without entries"] += 1
        part.came["in a process of its own"] += not ordinary

    tokens = (*XML_TOKENS, entity)
    return hunt(part, runs, seed, st.tuples(damaged(bodies, tokens), st.sampled_from(TYPES)), look)


# --- settings ---------------------------------------------------------------------------------------------------------

TOML_TOKENS: tuple[bytes, ...] = (
    b"=", b"[", b"]", b"[[", b"{", b"}", b'"', b"'", b'"""', b"#", b"\n", b"\\", b"\\u0000", b"\0", b"\xff", b"1",
    b"-1",
    b"inf", b"nan", b"true", b"[[accounts]]\n", b"[limits]\n", b'name = "x"\n', b"{ env = ", b"{ file = ", b"url = ",
    b"access_token = ", b"9" * 30, b"2026-11-20T12:00:00", b"{{ strike.end }}", b"{% for x in y %}", b"{{", b"(?",
    b"https://[", b"0s", b"1000000000d", b"a.b.c = 1\n",
)  # fmt: skip


def settings(runs: int, seed: int, folder: Path) -> Part:
    """Damage settings; the secrets are in the environment, in files, and (wrongly) in the text itself."""
    example = (ROOT / "settings.example.toml").read_bytes()
    whole = b"\n".join(line.removeprefix(b"# ") if b" = " in line else line for line in example.splitlines())
    (folder / "secrets").mkdir(exist_ok=True)
    (folder / "secrets" / "facebook").write_text(CANARIES["FACEBOOK"])
    (folder / "secrets" / "facebook").chmod(0o600)
    pasted = example.replace(b'{ env = "X_ACCESS_TOKEN" }', f'"{CANARIES["X_ACCESS_TOKEN"]}"'.encode())
    part = Part("settings")

    def look(body: bytes) -> None:
        with part.timed(HANG):
            try:
                found = load_text(body.decode("utf-8", "replace"), folder, CANARIES, NOW)
                part.came["settings"] += 1
                no_secret(found)
                for account in found.setup.accounts:
                    found.secrets(account.name)
            except SettingsError as error:
                part.came["sentences"] += 1
                said = say(error.sentence)
                # cut in two by an accident, half of a pasted token may stand where a name stood
                no_secret(error, said, "".join(traceback.format_exception(error)))
                assert len(said.splitlines()) == 1

    return hunt(part, runs, seed, damaged([example, whole, pasted], TOML_TOKENS), look)


# --- networks ---------------------------------------------------------------------------------------------------------


def secrets_of(platform: str) -> dict[str, str]:
    """Return the canaries that an adapter gets."""
    if platform == "x":
        return {name[2:].lower(): value for name, value in CANARIES.items() if name.startswith("X_")}
    return {"access_token": CANARIES[platform.upper()]}


def adapter(platform: str, url: str, clock: FakeClock) -> Network:
    """Make an adapter that speaks to that address, with canaries for secrets."""
    where: dict[str, dict[str, Any]] = {
        "mastodon": {"server": url},
        "x": {"api_url": f"{url}/x"},
        "facebook": {"api_url": f"{url}/graph", "api_version": "v26.0", "page_id": "100"},
    }
    return build(platform, **where[platform], **secrets_of(platform), clock=clock)


def networks(runs: int, seed: int, recorded: list[Recorded], ear: Ear) -> Part:
    """Answer every call of every adapter with damaged recordings of all of them."""
    part, clock, numbers = Part("networks"), FakeClock(NOW), count(1)
    script: list[Callable[[bytes], bytes]] = []

    def behave(connection: Any, request: bytes) -> None:
        # the last answer is given again and again: some calls take several requests
        made = script.pop(0) if len(script) > 1 else script[0]
        connection.sendall(made(request))
        connection.close()

    with Loopback(behave) as server:

        def look(example: tuple[str, str, list[Callable[[bytes], bytes]]]) -> None:
            platform, call, answers = example
            script[:] = answers
            ear.records.clear()
            network = adapter(platform, server.url.replace("localhost", "127.0.0.1"), clock)
            with part.timed(HANG):
                came = _called(network, call, next(numbers))
            part.came[came] += 1
            no_secret(*ear.records)

        return hunt(part, runs, seed, _plans(recorded), look)


@st.composite
def _plans(draw: st.DrawFn, recorded: list[Recorded]) -> tuple[str, str, list[Callable[[bytes], bytes]]]:
    """A call, and its damaged answers: its own mostly, and those of anything else."""
    platform = draw(st.sampled_from(("mastodon", "x", "facebook")))
    call = draw(st.sampled_from(("apply", "apply", "recent", "verify", "read_limits")))
    own = [r for r in recorded if (r.platform, r.call) == (platform, call)] if draw(st.integers(0, 3)) else []
    return platform, call, draw(st.lists(damaged_answers(own or recorded), min_size=1, max_size=3))


def _called(network: Network, call: str, number: int) -> str:
    payload = Payload(f"En grève {number}", f"https://www.example.org/{number}")
    order = Order(Verb.PUBLISH, payload, f"key{number}", 25.0, lambda: True)
    try:
        found: Any = {
            "apply": lambda: network.apply(order),
            "recent": lambda: network.recent(NOW - timedelta(hours=1)),
            "verify": network.verify,
            "read_limits": network.read_limits,
        }[call]()
    except NetworkError as error:
        no_secret(error, say(error.sentence), "".join(traceback.format_exception(error)))
        return "NetworkError"
    no_secret(found)
    if call == "apply":
        assert isinstance(found, Receipt | Retryable | Refused | Uncertain)
    if call == "read_limits":
        network.ruler(found)
    return type(found).__name__


# --- the whole house --------------------------------------------------------------------------------------------------

HOUSE = """
timezone = "Europe/Paris"
[limits]
per_hour = 100000
per_day = 1000000
spacing = "0s"
[[feeds]]
name = "une"
url = "{url}/feed"
[[accounts]]
name = "mastodon"
platform = "mastodon"
server = "{url}"
access_token = {{ env = "MASTODON" }}
[[accounts]]
name = "x"
platform = "x"
api_url = "{url}/x"
consumer_key = {{ env = "X_CONSUMER_KEY" }}
consumer_secret = {{ env = "X_CONSUMER_SECRET" }}
access_token = {{ env = "X_ACCESS_TOKEN" }}
access_token_secret = {{ env = "X_ACCESS_TOKEN_SECRET" }}
budget_per_day = 100000.0
[[accounts]]
name = "facebook"
platform = "facebook"
api_url = "{url}/graph"
page_id = "100"
access_token = {{ env = "FACEBOOK" }}
"""


class Attentive:
    """Notices that are searched, and kept by kind."""

    def __init__(self, part: Part) -> None:
        self._part = part

    def tell(self, notice: Notice) -> None:
        """Search one."""
        no_secret(notice, say(notice.sentence))
        self._part.came[notice.kind] += 1
        assert notice.kind != "bug", say(notice.sentence)


def house(runs: int, seed: int, recorded: list[Recorded], ear: Ear, folder: Path) -> Part:
    """Let the daemon's own steps meet damaged answers; search the journal byte by byte."""
    part, clock, articles = Part("the whole house"), FakeClock(NOW), count(1)
    script: list[Callable[[bytes], bytes]] = []

    def behave(connection: Any, request: bytes) -> None:
        if request.startswith(b"GET /feed "):
            connection.sendall(_one_article(next(articles)))
        elif (honest := _honest(recorded, request)) is not None:
            connection.sendall(honest)
        else:
            made = script.pop(0) if len(script) > 1 else script[0]
            connection.sendall(made(request))
        connection.close()

    with Loopback(behave) as server:
        url = server.url.replace("localhost", "127.0.0.1")
        live = Live(load_text(HOUSE.format(url=url), folder, CANARIES, NOW))
        migrate.create_if_missing(live.settings.database)
        built = House(live, SqlStore(live.settings.database, clock), clock, Attentive(part), rest=clock.advance)
        built.connect()
        now = clock.now()
        built.striking.declare(Strike("s", now, now + timedelta(days=20), "AG", "les retraites", now))
        built.watching.poll(live.setup().feeds[0])

        def look(answers: list[Callable[[bytes], bytes]]) -> None:
            script[:] = answers
            ear.records.clear()
            with part.timed(10 * HANG):
                _turn(built, clock)
            no_secret(*ear.records)

        hunt(part, runs, seed, st.lists(damaged_answers(recorded), min_size=1, max_size=12), look)
        with built.store.reading() as tx:
            no_secret(*tx.events.since(0))
        built.store.close()
    for file in folder.glob("*.db*"):
        try:
            no_secret(file.read_bytes())
        except Told as error:
            part.wrong = part.wrong or f"{file.name}: {error}"
    return part


def _honest(recorded: list[Recorded], request: bytes) -> bytes | None:
    """Return who the account is, if that is asked: what nobody is known for is not posted to."""
    line = request.partition(b"\r\n")[0].decode("latin-1")
    asked = {"verify_credentials": "mastodon", "/x/2/users/me": "x", "/me?": "facebook"}
    platform = next((platform for path, platform in asked.items() if path in line), None)
    found = (r for r in recorded if (r.platform, r.call, r.status) == (platform, "verify", 200))
    first = next(found, None)
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
    return None if first is None else f"{head}Content-Length: {len(first.body)}\r\n\r\n".encode() + first.body


def _turn(built: House, clock: FakeClock) -> None:
    """Do what the daemon does, once for all accounts; pauses are lifted, and an hour passes."""
    clock.advance(3600 if clock.now() < NOW + timedelta(days=19) else 1)
    for source in built.live.setup().feeds:
        built.watching.poll(source)
    for account in built.live.setup().accounts:
        try:
            target = built.identifying.target(account).target
            if target is None:
                continue
            built.reconciling.recover(target)
            for _ in range(3):
                if not built.posting.step(account, target).again:
                    break
            built.reconciling.look(account, target)
        except OccupierError as error:
            no_secret(error, say(error.sentence))
    built.housekeeping.lapse()
    built.controlling.resume(None)


def _one_article(number: int) -> bytes:
    items = "".join(f"<item><title>Article {n}</title><link>https://www.example.org/{n}</link></item>"
                    for n in range(max(1, number - 20), number + 1))  # fmt: skip
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>J</title>{items}</channel></rss>'.encode()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body


# --- the campaign -----------------------------------------------------------------------------------------------------


def campaign(runs: Mapping[str, int], seed: int) -> list[Part]:
    """Run every part that many times; return what was found."""
    prepare_process()
    ear = Ear()
    logging.getLogger().addHandler(ear)
    parts = []
    try:
        with tempfile.TemporaryDirectory() as name:
            folder, recorded = Path(name), record()
            if runs["feeds"]:
                parts.append(feeds(runs["feeds"], seed, folder))
            if runs["settings"]:
                parts.append(settings(runs["settings"], seed, folder))
            if runs["networks"]:
                parts.append(networks(runs["networks"], seed, recorded, ear))
            if runs["house"]:
                parts.append(house(runs["house"], seed, recorded, ear, folder))
    finally:
        logging.getLogger().removeHandler(ear)
    return parts


def table(parts: list[Part]) -> str:
    """Return the campaign's table."""
    return aligned([["accidents in", "examples", "came out", "slowest", "wrong"], *(part.row() for part in parts)])


def main() -> int:
    """Run the campaign and print its table; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2000, help="of each part; a tenth of the whole house")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", default="", choices=["", "feeds", "settings", "networks", "house"])
    options = parser.parse_args()
    began = time.monotonic()
    wanted = dict.fromkeys(("feeds", "settings", "networks"), options.runs) | {"house": options.runs // 10}
    parts = campaign({name: n if options.only in ("", name) else 0 for name, n in wanted.items()}, options.seed)
    wrong = sum(1 for part in parts if part.wrong)
    took = timedelta(seconds=round(time.monotonic() - began))
    print(f"fuzz · {wrong} wrong · seed {options.seed} · {took} · {datetime.now(UTC):%Y-%m-%d}")
    print(table(parts))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
