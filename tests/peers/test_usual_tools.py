"""A strike through the tools that others wrote: each reads the strike feed, and posts the strike once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from shutil import which

import pytest

from occupier.sandbox import Sandbox
from occupier.storage import migrate
from occupier.web.server import Place, listening_at, running
from occupier.web.strike_feeds import Kiosk as Application
from tests.fakes import START, FakeClock
from tests.peers.programs import Feed2toot, program, run
from tests.services.kiosk.stand import LINK, Kiosk, outlet
from tests.services.newsroom import HOUR, MINUTE

SIMPLEPIE = Path("/usr/share/php/simplepie/autoloader.php")

pytestmark = pytest.mark.campaign
Tool = Callable[[], list[str]]
"""Lets a tool read its feed once, and returns what it has posted, or shown, so far."""


def dated(numbers: list[int | str]) -> bytes:
    """Return the newsroom's feed: of article `n`, dated `n` minutes after the first reading."""
    items = "".join(
        f"<item><title>Titre {n}</title><link>{LINK.format(n=n)}</link><guid>{LINK.format(n=n)}</guid>"
        f"<pubDate>{format_datetime(START + timedelta(seconds=int(n)))}</pubDate>"
        f"<description>R&#233;sum&#233; {n}</description></item>\n"
        for n in numbers
    )
    head = "<title>La une</title><link>https://www.example.org/</link>"
    return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


class Newsstand(Kiosk):
    """A kiosk whose feed is dated, served on a socket of this machine."""

    def hold(self, *numbers: int | str, body: bytes | None = None) -> None:
        """Let the newsroom's feed hold these articles too, and let it be asked."""
        super().hold(*numbers, body=dated([*reversed(numbers), *self.numbers]))

    @contextmanager
    def served(self) -> Iterator[str]:
        """Serve the strike feed inside; give its address."""
        with listening_at(Place("127.0.0.1", 0)) as listener, running(Application(self.offering), listener):
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/feeds/outil.xml"


@pytest.fixture
def newsstand(tmp_path: Path) -> Iterator[Newsstand]:
    migrate.create_if_missing(tmp_path / "occupier.db")
    made = Newsstand(tmp_path / "occupier.db", FakeClock(), outlet(for_platform="mastodon"))
    made.hold()
    made.offering.prepare()
    yield made
    made.close()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as box:
        yield box


def feed2toot(folder: Path, address: str, box: Sandbox) -> Tool:
    program("feed2toot")
    tool = Feed2toot(folder / "feed2toot", address, box.url, box.account("mastodon").credentials["access_token"])
    tool.skip()

    def read() -> list[str]:
        tool.read()
        return [post.text for post in box.posts("mastodon")]

    return read


def feediverse(folder: Path, address: str, box: Sandbox) -> Tool:
    command, keys = program("feediverse"), box.account("mastodon").credentials
    config = {
        "name": "feediverse", "url": box.url, "client_id": "id", "client_secret": "secret", "dupecheck": [],
        "access_token": keys["access_token"], "updated": (START + timedelta(seconds=3)).isoformat(),
        "feeds": [{"url": address, "template": "{title} {url}"}],
    }  # fmt: skip
    (folder / "feediverse.yml").write_text(json.dumps(config))

    def read() -> list[str]:
        run(command, "-c", folder / "feediverse.yml")
        return [post.text for post in box.posts("mastodon")]

    read()
    return read


# the copy of feedparser in reader asks for a library that comes as sources only; its successor is there
READER = """
import sys
import feedparser_sgmllib
sys.modules.setdefault('sgmllib', feedparser_sgmllib)
from reader import make_reader
reader = make_reader(sys.argv[1])
known = {e.id for e in reader.get_entries()} if list(reader.get_feeds()) else None
if known is None: reader.add_feed(sys.argv[2])
print(*(r.value for r in reader.update_feeds_iter(scheduled=False) if isinstance(r.value, Exception)), file=sys.stderr)
if known is None: open(sys.argv[3], 'w').close()
else:
    open(sys.argv[3], 'a').writelines(f"{e.title} {e.link}\\n" for e in reader.get_entries() if e.id not in known)
print(open(sys.argv[3]).read(), end='')
"""


def reader(folder: Path, address: str, box: Sandbox) -> Tool:
    python = program("python")

    def read() -> list[str]:
        return run(python, "-c", READER, folder / "reader.db", address, folder / "posted").splitlines()

    read()
    return read


FEEDPARSER = """
import json, os, sys, feedparser
path = sys.argv[1]
kept = json.load(open(path)) if os.path.exists(path) else {'etag': None, 'known': None, 'posted': []}
found = feedparser.parse(sys.argv[2], etag=kept['etag'])
if found.status != 304:
    kept['etag'] = found.get('etag')
    new = [e for e in reversed(found.entries) if e.id not in (kept['known'] or ())]
    if kept['known'] is not None: kept['posted'] += [f'{e.title} {e.link}' for e in new]
    kept['known'] = sorted({*(kept['known'] or ()), *(e.id for e in new)})
json.dump(kept, open(path, 'w'))
print(*kept['posted'], sep='\\n')
"""


def feedparser_poller(folder: Path, address: str, box: Sandbox) -> Tool:
    python = program("python")

    def read() -> list[str]:
        return [line for line in run(python, "-c", FEEDPARSER, folder / "kept.json", address).splitlines() if line]

    read()
    return read


SIMPLE = """
require '%s';
$path = $argv[1]; $kept = file_exists($path) ? json_decode(file_get_contents($path), true) : null;
$feed = new SimplePie();
$feed->enable_cache(false); $feed->enable_order_by_date(false); $feed->set_feed_url($argv[2]); $feed->init();
if ($feed->error()) { fwrite(STDERR, $feed->error()); exit(1); }
$known = $kept === null ? [] : $kept['known']; $posted = $kept === null ? [] : $kept['posted'];
foreach (array_reverse($feed->get_items()) as $item) {
  if (in_array($item->get_id(), $known)) continue;
  $known[] = $item->get_id();
  if ($kept !== null) $posted[] = html_entity_decode($item->get_title()) . ' ' . $item->get_permalink();
}
file_put_contents($path, json_encode(['known' => $known, 'posted' => $posted]));
echo implode("\\n", $posted);
"""


def simplepie(folder: Path, address: str, box: Sandbox) -> Tool:
    if which("php") is None or not SIMPLEPIE.exists():
        pytest.skip("WordPress's feed reader is not installed: apt install php-cli php-xml php-curl libphp-simplepie")

    def read() -> list[str]:
        said = run(
            "php",
            "-d",
            "error_reporting=1",
            "-d",
            "display_errors=stderr",
            "-r",
            SIMPLE % SIMPLEPIE,
            "--",
            folder / "kept.json",
            address,
        )
        return [line for line in said.splitlines() if line]

    read()
    return read


def of(posts: list[str], n: int) -> str:
    """Return the one post about an article."""
    found = [post for post in posts if LINK.format(n=n) in post]
    assert len(found) == 1
    assert found[0].count("https://") == 1
    return found[0]


@pytest.mark.parametrize("tool", [feed2toot, feediverse, reader, feedparser_poller, simplepie])
def test_a_tool_that_others_wrote_posts_the_strike_with_the_articles_link_once(
    newsstand: Newsstand, sandbox: Sandbox, tmp_path: Path, tool: Callable[[Path, str, Sandbox], Tool]
) -> None:
    (tmp_path / "tool").mkdir()
    with newsstand.served() as address:
        read = tool(tmp_path / "tool", address, sandbox)
        assert read() == []
        newsstand.strike(hours=3)
        newsstand.hold(10)
        newsstand.work()
        assert "grève" in of(read(), 10)
        newsstand.hold(20)
        newsstand.work()
        newsstand.controlling.pause(None)
        assert len(read()) == 1
        newsstand.controlling.resume(None)
        assert "grève" in of(read(), 20)
        assert len(read()) == 2
        newsstand.clock.advance(HOUR * 2 + 5 * MINUTE)
        newsstand.hold()
        newsstand.hold(30)
        newsstand.work()
        assert len(read()) == 2
        newsstand.until(newsstand.clock.now() + HOUR, HOUR / 2)
        newsstand.hold(40)
        newsstand.work()
        posts = read()
        assert "Titre 40" in of(posts, 40)
        assert "grève" not in of(posts, 40)
        assert len(posts) == 3
    assert {action.state.value for action in newsstand.actions()} == {"handed", "missed"}
