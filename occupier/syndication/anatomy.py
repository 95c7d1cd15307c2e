"""Where everything is in the bytes of a feed.

The strike feed is the newsroom's own document with a few entries changed, so nothing is parsed and written out again:
what is not about an entry of the strike keeps its bytes, whatever extension it is of.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from occupier.domain.errors import FeedError

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
MEDIA = "http://search.yahoo.com/mrss/"
_RSS = frozenset(
    {"", "http://purl.org/rss/1.0/", "http://backend.userland.com/rss2", "http://channel.netscape.com/rdf/simple/0.9/"}
)
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_START = re.compile(rb"""<[^\s/>]+(?:\s+[^\s=>]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*(/?)>""")
_DECLARATION = re.compile(r"""\A\s*<\?xml[^>]*?(\s+encoding\s*=\s*(?:"[^"]*"|'[^']*'))""")


@dataclass(frozen=True, slots=True)
class Element:
    """One element: offsets of its tags in the bytes, and its attributes. `inside` is None for `<like-this/>`."""

    namespace: str
    name: str
    start: int
    end: int
    inside: tuple[int, int] | None
    attributes: Mapping[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """One entry: its own offsets, and its children's."""

    atom: bool
    start: int
    end: int
    children: tuple[Element, ...]

    def named(self, name: str, *namespaces: str) -> tuple[Element, ...]:
        """Return the children of a name in one of the namespaces; in RSS's own where none is given."""
        wanted = namespaces or ((ATOM,) if self.atom else tuple(_RSS))
        return tuple(child for child in self.children if child.name == name and child.namespace in wanted)

    @property
    def guid(self) -> str | None:
        """Return what the entry says that identifies it, as it is written."""
        found = self.named("id" if self.atom else "guid")
        return found[0].text.strip() or None if found else None

    @property
    def link(self) -> str | None:
        """Return the address of the article, as it is written (RFC 4287, 4.2.7.2: `alternate` where none is said)."""
        if not self.atom:
            return next((child.text.strip() for child in self.named("link")), None)
        links = [child.attributes for child in self.named("link")]
        return next((link.get("href") for link in links if link.get("rel", "alternate") == "alternate"), None)


@dataclass(frozen=True, slots=True)
class Anatomy:
    """A document in UTF-8, and where its entries are, in its order."""

    document: bytes = field(repr=False)
    items: tuple[Item, ...] = ()
    detours: tuple[tuple[int, int], ...] = ()
    """Where the feed names somebody who hands its entries on: whoever follows that reads another feed."""

    @property
    def media_type(self) -> str:
        """What a server says that it is."""
        return "application/atom+xml" if any(item.atom for item in self.items) else "application/rss+xml"


def dissect(document: bytes) -> Anatomy:
    """Find the entries of an RSS or Atom document, mended and whole as `feeds` hands it over.

    Raises FeedError for what is no such XML, or declares entities of its own.
    """
    text = _in_utf8(document)
    surgeon = _Surgeon(text)
    try:
        surgeon.parser.Parse(text, True)
    except expat.ExpatError as error:
        raise FeedError(
            "The feed is not well-formed XML at line {line}; the strike feed stays as it was.", line=str(error.lineno)
        ) from error
    return Anatomy(text, tuple(surgeon.items), tuple(surgeon.detours))


def _in_utf8(document: bytes) -> bytes:
    """Return the document in UTF-8, its declaration too; its own bytes where it is so already."""
    if b"<!ENTITY" in document:
        raise FeedError("The feed declares entities of its own; the strike feed stays as it was.")
    try:
        return document.decode("utf-8").encode() if not _says_other(document) else _recoded(document)
    except (UnicodeDecodeError, LookupError):
        return _recoded(document)


def _says_other(document: bytes) -> bool:
    encoding = _declared(document)
    return encoding is not None and encoding.lower().replace("-", "") != "utf8"


def _declared(document: bytes) -> str | None:
    found = re.search(rb"""\A(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)""", document)
    return found[1].decode("ascii") if found else None


def _recoded(document: bytes) -> bytes:
    try:
        text = document.decode("utf-16" if document.startswith(_UTF16) else _declared(document) or "windows-1252")
    except (UnicodeDecodeError, LookupError) as error:
        raise FeedError("The feed is in no encoding that it says; the strike feed stays as it was.") from error
    found = _DECLARATION.match(text)
    return (text[: found.start(1)] + text[found.end(1) :] if found else text).encode()


class _Surgeon:
    """Notes offsets while expat reads. Depth 2 or 3 is an entry, by its name; one deeper are its children."""

    def __init__(self, document: bytes) -> None:
        self._document = document
        self.items: list[Item] = []
        self.detours: list[tuple[int, int]] = []
        self._detour: tuple[int, int] | None = None  # start, depth
        self._path: list[str] = []
        self._item: tuple[int, int, bool] | None = None  # start, depth, atom
        self._children: list[Element] = []
        self._child: tuple[str, int, dict[str, str]] | None = None
        self._text: list[str] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._opens
        self.parser.EndElementHandler = self._closes
        self.parser.CharacterDataHandler = self._text.append

    def _opens(self, name: str, attributes: dict[str, str]) -> None:
        at = self.parser.CurrentByteIndex
        self._path.append(name)
        if self._item is None:
            if self._detour is None and _leads_elsewhere(name, attributes):
                self._detour = (at, len(self._path))
            elif _is_entry(self._path):
                self._item, self._children = (at, len(self._path), _split(name)[0] == ATOM), []
        elif len(self._path) == self._item[1] + 1:
            self._child = (name, at, attributes)
            self._text.clear()

    def _closes(self, name: str) -> None:
        at = self.parser.CurrentByteIndex
        if self._item and len(self._path) == self._item[1]:
            self.items.append(Item(self._item[2], self._item[0], self._after(at), tuple(self._children)))
            self._item = None
        elif self._item and self._child and len(self._path) == self._item[1] + 1:
            self._children.append(self._finished(at))
            self._child = None
        elif self._detour and len(self._path) == self._detour[1]:
            self.detours.append((self._detour[0], self._closed(self._detour[0], at)))
            self._detour = None
        self._path.pop()

    def _finished(self, closing: int) -> Element:
        assert self._child is not None
        name, start, attributes = self._child
        opening = _START.match(self._document, start)
        if opening is None:  # expat has read it, so it is one
            raise FeedError("The feed has a tag that cannot be found again; the strike feed stays as it was.")
        inside = None if opening[1] else (opening.end(), closing)
        namespace, local = _split(name)
        end = opening.end() if inside is None else self._after(closing)
        return Element(namespace, local, start, end, inside, attributes, "".join(self._text))

    def _closed(self, start: int, closing: int) -> int:
        """Return the end of an element: of `<like-this/>`, expat gives its start for its end."""
        opening = _START.match(self._document, start)
        return opening.end() if opening and opening[1] else self._after(closing)

    def _after(self, closing: int) -> int:
        return self._document.index(b">", closing) + 1


def _is_entry(path: list[str]) -> bool:
    namespace, name = _split(path[-1])
    if namespace == ATOM:
        return name == "entry" and len(path) == 2 and _split(path[0]) == (ATOM, "feed")
    return name == "item" and namespace in _RSS and len(path) in {2, 3}


def _leads_elsewhere(name: str, attributes: Mapping[str, str]) -> bool:
    """Say whether an element of the feed itself names a hub (WebSub, 4) or a cloud (RSS 2.0, `cloud`)."""
    namespace, local = _split(name)
    if namespace == ATOM and local == "link":
        return "hub" in attributes.get("rel", "").split()
    return namespace in _RSS and local == "cloud"


def _split(name: str) -> tuple[str, str]:
    namespace, _, local = name.rpartition(" ")
    return namespace, local
