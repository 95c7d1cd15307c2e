"""What a feed can say that is not so: each lie as bytes, and what may come of it."""

from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

LENGTH = 50
XML = {"Content-Type": "application/rss+xml; charset=utf-8"}


@dataclass(frozen=True)
class Item:
    """One entry of a feed; an attribute that is None is left out."""

    link: str | None
    title: str
    guid: str | None
    date: str | None
    raw_title: bool = False

    def xml(self) -> str:
        """Return it as RSS."""
        title = self.title if self.raw_title else escape(self.title)
        parts = [("title", title), ("link", self.link and escape(self.link)), ("pubDate", self.date)]
        inside = "".join(f"<{name}>{value}</{name}>" for name, value in parts if value is not None)
        guid = f'<guid isPermaLink="false">{escape(self.guid)}</guid>' if self.guid is not None else ""
        return f"<item>{inside}{guid}</item>\n"


@dataclass(frozen=True)
class Newspaper:
    """The honest feed: fifty entries, the newest first."""

    base: str
    now: datetime

    def item(self, n: int) -> Item:
        """Return its n-th entry; those above LENGTH came later than the first reading."""
        date = format_datetime(self.now - timedelta(minutes=10 * (LENGTH - n)) if n <= LENGTH else self.now)
        return Item(f"{self.base}/a/{n}", f"Article {n} du journal", f"urn:journal:{n}", date)

    def items(self, newest: int = LENGTH) -> list[Item]:
        """Return the fifty entries whose newest is that one."""
        return [self.item(n) for n in range(newest, newest - LENGTH, -1)]


def rss(items: Sequence[Item], head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    """Return a document of these entries."""
    inside = "".join(item.xml() for item in items)
    return f'{head}\n<rss version="2.0"><channel><title>Journal</title>{inside}</channel></rss>\n'


@dataclass(frozen=True)
class Answer:
    """What is answered instead of the feed; `news` are links in it that really are new."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: XML)
    mode: str = "plain"
    news: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lie:
    """One case: its answer, and the kinds of notices of which one must be heard (none: nothing need be said)."""

    name: str
    make: Callable[[Newspaper, random.Random], Answer]
    said: frozenset[str] = frozenset()


LIES: list[Lie] = []
_Make = Callable[[Newspaper, random.Random], Answer]


def lie(name: str, *said: str) -> Callable[[_Make], _Make]:
    """Add a lie to the list."""

    def add(make: _Make) -> _Make:
        LIES.append(Lie(name, make, frozenset(said)))
        return make

    return add


def _text(paper: Newspaper, items: Sequence[Item] | None = None) -> str:
    return rss(paper.items() if items is None else items)


def _simple(
    name: str, body: bytes, *said: str, status: int = 200, mode: str = "plain", kind: str = "text/html"
) -> None:
    lie(name, *said)(lambda _paper, _chance: Answer(body, status, {"Content-Type": kind}, mode))


FAILS = "feed_failing"
_simple("empty body", b"", FAILS)
_simple(
    "a web page",
    b"<!DOCTYPE html><html><head><title>Maintenance</title></head><body>bient\xc3\xb4t</body></html>",
    FAILS,
)
_simple("plain text", b"It works!", FAILS, kind="text/plain")
_simple("random JSON", b'{"error": [1, 2, {"items": "none"}]}', FAILS, kind="application/json")
for _status in (204, 304, 401, 403, 404, 410, 429, 500, 503):
    _simple(f"HTTP {_status}", b"" if _status in (204, 304) else b"<h1>no</h1>", FAILS, status=_status)
_simple("redirect loop", b"-", FAILS, mode="loop")
_simple("one byte every 0.2 s", b"<rss>" * 1000, FAILS, mode="slow")
_simple("no answer at all", b"-", FAILS, mode="silent")
_simple("100 MB", b"<item><title>x</title></item>", FAILS, mode="huge")


@lie("broken off half-way", FAILS)
def _broken_off(paper: Newspaper, chance: random.Random) -> Answer:
    return Answer(_text(paper).encode(), mode="cut")


@lie("truncated in an entry", "entries_skipped", FAILS)
def _truncated(paper: Newspaper, chance: random.Random) -> Answer:
    body = _text(paper).encode()
    return Answer(body[: chance.randrange(400, len(body) - 200)])


@lie("an empty channel")
def _empty_channel(paper: Newspaper, chance: random.Random) -> Answer:
    return Answer(_text(paper, []).encode())


@lie("gzip bomb, 1 GB", FAILS)
def _bomb(paper: Newspaper, chance: random.Random) -> Answer:
    packer = zlib.compressobj(1, wbits=31)
    block = b" " * 2**20
    packed = b"".join(packer.compress(block) for _ in range(1024)) + packer.flush()
    return Answer(packed, headers={**XML, "Content-Encoding": "gzip"})


@lie("gzip in gzip", FAILS)
def _twice_packed(paper: Newspaper, chance: random.Random) -> Answer:
    return Answer(gzip.compress(gzip.compress(_text(paper).encode())), headers={**XML, "Content-Encoding": "gzip"})


@lie("gzip that is none", FAILS)
def _not_packed(paper: Newspaper, chance: random.Random) -> Answer:
    return Answer(_text(paper).encode(), headers={**XML, "Content-Encoding": "gzip"})


def _laughs(paper: Newspaper) -> str:
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE rss [{entities}]>'
    return rss([*paper.items(), replace(paper.item(99), title="&a9;", raw_title=True, link=None)], head)


@lie("billion laughs")
def _billion(paper: Newspaper, chance: random.Random) -> Answer:
    return Answer(_laughs(paper).encode())


@lie("billion laughs in UTF-16")
def _billion_wide(paper: Newspaper, chance: random.Random) -> Answer:
    return Answer(_laughs(paper).encode("utf-16"), headers={"Content-Type": "application/xml"})


def _entity(paper: Newspaper, what: str) -> Answer:
    head = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "{what}">]>'
    new = replace(paper.item(77), title="Canari &x; fin", raw_title=True)
    return Answer(rss([new, *paper.items()], head).encode(), news=(str(new.link),))


@lie("XXE to a file", "new")
def _xxe_file(paper: Newspaper, chance: random.Random) -> Answer:
    return _entity(paper, "file:///etc/passwd")


@lie("XXE to an address", "new")
def _xxe_url(paper: Newspaper, chance: random.Random) -> Answer:
    return _entity(paper, f"{paper.base}/leak")


@lie("external DTD")
def _dtd(paper: Newspaper, chance: random.Random) -> Answer:
    head = f'<?xml version="1.0"?><!DOCTYPE rss SYSTEM "{paper.base}/leak.dtd">'
    return Answer(rss(paper.items(), head).encode())


@lie("1 M nested tags", FAILS)
def _nested(paper: Newspaper, chance: random.Random) -> Answer:
    return Answer(b"<rss><channel><item>" + b"<a>" * 1_000_000)


@lie("1 M nested tags, 7 MB", FAILS)
def _nested_large(paper: Newspaper, chance: random.Random) -> Answer:
    return Answer(b"<rss>" + b"<nested" * 1 + b">" + b"<title>" * 1_000_000)


@lie("an attribute of 4 MB")
def _attribute(paper: Newspaper, chance: random.Random) -> Answer:
    return Answer(_text(paper).replace("<channel>", f'<channel x="{"y" * 4_000_000}">').encode())


@lie("Latin-1 that says UTF-8")
def _latin(paper: Newspaper, chance: random.Random) -> Answer:
    items = [replace(item, title=f"{item.title} é") for item in paper.items()]
    return Answer(_text(paper, items).encode("latin-1"))


@lie("UTF-8 that says UTF-16")
def _says_wide(paper: Newspaper, chance: random.Random) -> Answer:
    return Answer(rss(paper.items(), '<?xml version="1.0" encoding="UTF-16"?>').encode())


@lie("UTF-16 without a mark")
def _wide(paper: Newspaper, chance: random.Random) -> Answer:
    return Answer(_text(paper).encode("utf-16-le"))


@lie("an encoding that does not exist")
def _unknown_encoding(paper: Newspaper, chance: random.Random) -> Answer:
    return Answer(rss(paper.items(), '<?xml version="1.0" encoding="x-klingon"?>').encode())


@lie("NULs and controls all over")
def _nuls(paper: Newspaper, chance: random.Random) -> Answer:
    body = bytearray(_text(paper).encode())
    for _ in range(500):
        body.insert(chance.randrange(60, len(body)), chance.choice(b"\0\x01\x08\x0b\x1b"))
    return Answer(bytes(body))


@lie("one guid for all")
def _one_guid(paper: Newspaper, chance: random.Random) -> Answer:
    return Answer(_text(paper, [replace(item, guid="42") for item in paper.items()]).encode())


@lie("other guids at each reading")
def _guids(paper: Newspaper, chance: random.Random) -> Answer:
    return Answer(_text(paper, [replace(item, guid=str(chance.random())) for item in paper.items()]).encode())


@lie("no guid, links with trackers")
def _trackers(paper: Newspaper, chance: random.Random) -> Answer:
    items = [replace(item, guid=None, link=f"{item.link}?utm_source=rss&fbclid=1#top") for item in paper.items()]
    return Answer(_text(paper, items).encode())


@lie("other guids, one link for all", "mass")
def _one_link(paper: Newspaper, chance: random.Random) -> Answer:
    items = [replace(item, guid=f"neu:{item.guid}", link=f"{paper.base}/") for item in paper.items()]
    return Answer(_text(paper, items).encode())


@lie("all dates wrong")
def _dates(paper: Newspaper, chance: random.Random) -> Answer:
    wrong = ("demain", "1795176000", "Thu, 99 Foo 2026 25:61:00 +9999", "0000-00-00", "", "-1", "31/02/2026")
    return Answer(_text(paper, [replace(item, date=chance.choice(wrong)) for item in paper.items()]).encode())


@lie("dates in the future, one new", "new")
def _future(paper: Newspaper, chance: random.Random) -> Answer:
    date = format_datetime(datetime(2099, 1, 1, tzinfo=UTC))
    items = [replace(item, date=date) for item in [paper.item(78), *paper.items()]]
    return Answer(_text(paper, items).encode(), news=(str(items[0].link),))


@lie("a new entry from last year")
def _old(paper: Newspaper, chance: random.Random) -> Answer:
    old = replace(paper.item(79), date=format_datetime(paper.now - timedelta(days=365)))
    return Answer(_text(paper, [old, *paper.items()]).encode())


@lie("order reversed")
def _reversed(paper: Newspaper, chance: random.Random) -> Answer:
    return Answer(_text(paper, paper.items()[::-1]).encode())


@lie("all entries edited")
def _edited(paper: Newspaper, chance: random.Random) -> Answer:
    items = [
        replace(item, title=f"MISE À JOUR {item.title}", date=format_datetime(paper.now)) for item in paper.items()
    ]
    return Answer(_text(paper, items).encode())


@lie("all links moved, guids kept")
def _moved(paper: Newspaper, chance: random.Random) -> Answer:
    items = [replace(item, link=f"{item.link}-neu") for item in paper.items()]
    return Answer(_text(paper, items).encode())


@lie("replaced by another feed", "mass")
def _replaced(paper: Newspaper, chance: random.Random) -> Answer:
    other = [Item(f"{paper.base}/autre/{n}", f"Recette {n}", f"r{n}", None) for n in range(LENGTH)]
    return Answer(_text(paper, other).encode())


@lie("one odd entry among fifty", "entries_skipped")
def _odd(paper: Newspaper, chance: random.Random) -> Answer:
    items = paper.items()
    items[chance.randrange(LENGTH)] = Item("javascript:alert(1)", "x", "odd", "??")
    return Answer(_text(paper, items).encode())


@lie("javascript: and data: links", "entries_skipped")
def _javascript(paper: Newspaper, chance: random.Random) -> Answer:
    bad = ("javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "file:///etc/passwd", "//[", "http://")
    new = [Item(link, f"Lien {n}", f"js{n}", None) for n, link in enumerate(bad)]
    return Answer(_text(paper, [*new, *paper.items()]).encode())


def _new_title(paper: Newspaper, number: int, title: str) -> Answer:
    new = replace(paper.item(number), title=title)
    return Answer(_text(paper, [new, *paper.items()]).encode(), news=(str(new.link),))


@lie("script in a title", "new")
def _script(paper: Newspaper, chance: random.Random) -> Answer:
    return _new_title(paper, 80, "<script>alert(1)</script><img src=x onerror=alert(1)> Grève")


@lie("bidi, zero width and combining", "new")
def _bidi(paper: Newspaper, chance: random.Random) -> Answer:
    return _new_title(paper, 81, "Gr\u202eève\u2066 \u200b\ufeff a" + "\u0301" * 500 + " \x07fin")


@lie("addresses and @names in a title", "new")
def _addresses(paper: Newspaper, chance: random.Random) -> Answer:
    return _new_title(paper, 82, "@patron https://evil.example/x evil.example @a@b.example [1:2:x] #grève")


@lie("a title of 1 MB", "new")
def _long_title(paper: Newspaper, chance: random.Random) -> Answer:
    return _new_title(paper, 83, "Grève " * 170_000)


@lie("10,000 new entries", "mass")
def _many(paper: Newspaper, chance: random.Random) -> Answer:
    many = [replace(paper.item(n), date=None) for n in range(1000, 11_000)]
    return Answer(_text(paper, many).encode())
