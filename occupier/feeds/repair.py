"""Bytes mended before they are parsed, so that one odd entry does not cost its whole feed."""

from __future__ import annotations

import codecs
import re
from html.entities import html5

from occupier.domain.errors import FeedError
from occupier.feeds.address import shown

_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"\0\0\0<", b"<\0", b"\0<", b"\x4c\x6f\xa7\x94")
_CONTROLS = bytes(c for c in range(32) if c not in b"\t\n\r")
_LITERAL = re.compile(rb"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
_AMPERSAND = re.compile(rb"&(?:#x([0-9a-f]+);|#([0-9]+);|([a-z][a-z0-9]*;))?", re.IGNORECASE)
_XML_ENTITIES = {b"amp;", b"lt;", b"gt;", b"quot;", b"apos;"}
_DECLARED = re.compile(rb"""encoding\s*=\s*['"]([^'"]*)""")
_ORDINARY = re.compile(r"utf-?8|us-ascii|ascii|iso-?8859-\d+|latin-?1|windows-125\d|cp125\d")
_UTF8 = {"utf-8", "utf8"}
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
_ROOT = re.compile(rb"<((?:[\w.-]+:)?(?:rss|feed|rdf))[\s>]", re.IGNORECASE)
_ROOT_END = re.compile(rb"</(?:[\w.-]+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
_ENTRY_END = re.compile(rb"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
_TAIL = 4096


def mended(body: bytes, content_type: str) -> bytes:
    """Return an XML document without what no XML parser accepts: stray controls and ampersands, mixed bytes.

    What is not XML is read by a lenient parser, in which a guid or a category may come out otherwise than the day
    before. HTML's entities become characters; a document's own are not expanded, whatever they declare. UTF-16
    and UTF-32 documents are returned as they are.
    """
    if body.startswith(_WIDE):
        return body
    body = body.removeprefix(codecs.BOM_UTF8).translate(None, _CONTROLS)
    body = b"".join(_without_stray_ampersands(part) for part in _LITERAL.split(body))
    says_utf8 = all(name in _UTF8 for name in _encodings(body, content_type)[:1])
    return _one_encoding(body) if says_utf8 else body


def labelled(body: bytes, content_type: str) -> str:
    """Return the content type to parse a document with: bytes that are UTF-8 are, whatever a server says."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return content_type or "application/xml"
    return "application/xml; charset=utf-8" if is_in_ordinary_encoding(body, content_type) else content_type


def is_in_ordinary_encoding(body: bytes, content_type: str) -> bool:
    """Say whether a document is in one of the encodings of newsrooms; some others take for ever to decode."""
    named = _encodings(body, content_type)
    return not body.startswith(_WIDE) and all(_ORDINARY.fullmatch(name) for name in named)


def whole(body: bytes, url: str) -> tuple[bytes, bool]:
    """Return the document, and whether it was cut off: then without the entry that the cut went through.

    Its end is put back, so that the entries before are read as usual. Raises FeedError if nothing is left.
    """
    root = _ROOT.search(body)
    if root is None or _ROOT_END.search(body[-_TAIL:]):
        return body, False
    ends = [end.end() for end in _ENTRY_END.finditer(body)]
    if not ends:
        text = "The feed at {url} is cut off before the end of its first entry; it will be asked again."
        raise FeedError(text, url=shown(url))
    closing = b"</channel></%s>" if root[1].lower() == b"rss" else b"</%s>"
    return body[: ends[-1]] + closing % root[1], True


def _without_stray_ampersands(part: bytes) -> bytes:
    return part if part.startswith(b"<![CDATA[") else _AMPERSAND.sub(_reference, part)


def _reference(found: re.Match[bytes]) -> bytes:
    if found[1] or found[2]:
        return found[0] if _is_character(found) else b""
    if found[3] in _XML_ENTITIES:
        return found[0]
    named = html5.get((found[3] or b"").decode("ascii"))
    return "".join(f"&#{ord(c)};" for c in named).encode() if named else b"&amp;" + (found[3] or b"")


def _is_character(found: re.Match[bytes]) -> bool:
    digits = (found[1] or found[2]).lstrip(b"0")[:8] or b"0"
    code = int(digits, 16 if found[1] else 10)
    return code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF


def _encodings(body: bytes, content_type: str) -> list[str]:
    """Return the encodings that the document, then its answer's content type, names."""
    first_line = body.lstrip().partition(b"\n")[0]
    declared = _DECLARED.findall(first_line) if first_line.startswith(b"<?") else []
    names = [name.decode("latin-1") for name in declared] + _CHARSET.findall(content_type)
    return [name.strip().lower().replace("_", "-") for name in names]


def _one_encoding(body: bytes) -> bytes:
    """Return a UTF-8 document in which a few bytes of Windows-1252 were pasted, as UTF-8.

    Left to itself, the parser would read the whole document as Windows-1252: every accent of every title wrong.
    """
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
    else:
        return body
    accents = sum(1 for c in text if c > "\x7f")
    if text.count("\ufffd") * 2 > accents:
        return body
    codecs.register_error("windows-1252", _pasted)
    return body.decode("utf-8", "windows-1252").encode("utf-8")


def _pasted(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("windows-1252", "replace"), error.end
