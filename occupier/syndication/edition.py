"""One edition of the strike feed: the newsroom's document, with the entries of a strike as they must be read."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from urllib.parse import urlsplit

from occupier.domain.handing import Images, Treatment, Words
from occupier.syndication.anatomy import ATOM, CONTENT, MEDIA, Anatomy, Element, Item


def graft(anatomy: Anatomy, other: Anatomy, places: Mapping[int, int]) -> bytes:
    """Return a document with entries of another one, by their places, in the places of its own."""
    taken = ((anatomy.items[mine], other.items[theirs]) for mine, theirs in places.items())
    return _spliced(anatomy.document, ((to.start, to.end, other.document[i.start : i.end]) for to, i in taken))


def compose(anatomy: Anatomy, treatments: Sequence[Treatment]) -> bytes:
    """Return the document with each entry as is said of it; where that is None of all of them, the very same bytes.

    What would lead a reader around this feed (the newsroom's hub, its cloud) is never in it.
    """
    return _spliced(anatomy.document, [*_detours(anatomy), *_treated(anatomy, treatments)])


def _spliced(document: bytes, changes: Iterable[tuple[int, int, bytes]]) -> bytes:
    """Return the document with these bytes from start to end."""
    parts, upto = [], 0
    for start, end, new in sorted(changes):
        parts += [document[upto:start], new]
        upto = end
    parts.append(document[upto:])
    return b"".join(parts)


def _detours(anatomy: Anatomy) -> Iterable[tuple[int, int, bytes]]:
    return ((start, end, b"") for start, end in anatomy.detours)


def _treated(anatomy: Anatomy, treatments: Sequence[Treatment]) -> Iterable[tuple[int, int, bytes]]:
    document = anatomy.document
    for item, treatment in zip(anatomy.items, treatments, strict=True):
        if isinstance(treatment, Words):
            yield item.start, item.end, _retold(document, item, treatment)
        elif treatment is not None:
            yield item.start, _with_blanks(document, item.end), b""


def _retold(document: bytes, item: Item, words: Words) -> bytes:
    """Return the entry with its title, its summary and its content told anew; date, guid and links keep their bytes."""
    changes = {child.start: (child, new) for child, new in _changes(document, item, words)}
    parts, upto = [], item.start
    for start in sorted(changes):
        child, new = changes[start]
        parts += [document[upto:start], new]
        upto = child.end
    return b"".join([*parts, document[upto : item.end]])


def _changes(document: bytes, item: Item, words: Words) -> Iterable[tuple[Element, bytes]]:
    html = "<br/>".join(escape(line, quote=False) for line in words.text.splitlines())
    image = _image(document, item, words.images)
    for child in item.children:
        told = _told(item, child)
        if told is not None:
            text = words.title if told == "title" else html
            yield child, _written(document, child, text, atom=item.atom) + image
            image = b""
        elif words.images != Images.KEEP and _is_image(child):
            yield child, b""


def _told(item: Item, child: Element) -> str | None:
    """Say which of the two texts a child is replaced by: `title`, `text`, or none."""
    own = child in item.named(child.name)
    if own and child.name == "title":
        return "title"
    if own and child.name in ({"summary", "content"} if item.atom else {"description"}):
        return "text"
    if (child.namespace, child.name) in {(CONTENT, "encoded"), (MEDIA, "description")}:
        return "text"
    return "title" if (child.namespace, child.name) == (MEDIA, "title") else None


def _written(document: bytes, child: Element, markup: str, *, atom: bool) -> bytes:
    tag = _tag(document, child)
    kind = ' type="html"' if atom and child.namespace == ATOM and child.name != "title" else ""
    return f"<{tag}{kind}>{escape(markup, quote=False)}</{tag}>".encode()


def _tag(document: bytes, child: Element) -> str:
    return document[child.start : child.end].split(None, 1)[0].lstrip(b"<").rstrip(b"/>").split(b">")[0].decode()


def _image(document: bytes, item: Item, address: str) -> bytes:
    """Return the image that takes the place of all others (RSS 2.0: its size, which nobody knows here, is 0)."""
    if address in tuple(Images):
        return b""
    where = escape(address)
    kind = mimetypes.guess_type(urlsplit(address).path)[0] or "image/jpeg"
    if not item.atom:
        return f'<enclosure url="{where}" length="0" type="{kind}"/>'.encode()
    prefix, colon, _ = _tag(document, item.named("title")[0]).rpartition(":") if item.named("title") else ("", "", "")
    return f'<{prefix}{colon}link rel="enclosure" href="{where}" type="{kind}"/>'.encode()


def _is_image(child: Element) -> bool:
    if child.namespace == MEDIA:
        return child.name in {"content", "thumbnail", "group"}
    if child.name == "link" and child.namespace == ATOM:
        return child.attributes.get("rel") == "enclosure"
    return child.name == "enclosure"


def _with_blanks(document: bytes, end: int) -> int:
    """Return the offset after the blanks that follow: an entry that is not there leaves no hole."""
    while document[end : end + 1].isspace():
        end += 1
    return end
