"""Hostile text made harmless: what comes from a feed is only ever a value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from urllib.parse import quote, urlsplit, urlunsplit

#: Letters and marks of every script stay; Cc, Cf (bidi and zero-width included), Cs, Co, Cn go.
_BLANKS = re.compile(r"\s+")
#: Joiners inside an emoji sequence or a script that needs them are content, not tricks.
_JOINERS = {"\u200d", "\u200c"}
_MENTION = re.compile(r"([@＠])(?=[\w])")
_SCHEME = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*):(?=//)")
#: What a network could take for a bare domain: a dot between a letter or digit and two letters or more.
_DOMAIN = re.compile(r"(?<=\w)([.。．｡])(?=[^\W\d_]{2,}|xn--)")
_SAFE_PATH = "/%!$&'*+,;=:@~-._"
_SAFE_ENDS = re.compile(r"[A-Za-z0-9=_#/+-]$")
LONGEST_LINK = 2000
"""A link longer than this, in ASCII characters, is not taken for one."""


def clean(text: str, *, lines: bool = False) -> str:
    """Return the text in NFC without controls, bidi marks and zero-width characters, blanks folded.

    With `lines`, line ends are kept as newlines. Used for feeds, terminals and log lines alike.
    """
    kept = "".join(
        c for i, c in enumerate(text) if _is_kept(text, i, c) or c.isspace() or unicodedata.category(c) == "Zs"
    )
    kept = unicodedata.normalize("NFC", kept)
    if not lines:
        return _BLANKS.sub(" ", kept).strip()
    folded = (_BLANKS.sub(" ", line).strip() for line in kept.replace("\r\n", "\n").splitlines())
    return "\n".join(folded).strip()


def _is_kept(text: str, index: int, char: str) -> bool:
    if char in _JOINERS:
        return 0 < index < len(text) - 1 and not text[index - 1].isascii() and not text[index + 1].isascii()
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


def harmless(title: str) -> str:
    """Return a cleaned title in which nothing is a mention and nothing is a link, for any network.

    `@word` becomes `@ word`, `site.fr` becomes `site. fr`, `http://` becomes `http: //`: a blank is the one
    separator that every network's extractor respects.
    """
    text = _SCHEME.sub(r"\1: ", clean(title))
    text = _MENTION.sub(r"\1 ", text)
    return _DOMAIN.sub(r"\1 ", text)


def bare(title: str) -> str:
    """Return only the words of a title: the last resort when a network still sees a link in it."""
    return _BLANKS.sub(" ", re.sub(r"[^\w\s’'«»,;!?-]", " ", clean(title)).replace("_", " ")).strip()


def safe_link(link: str) -> str | None:
    """Return the link in ASCII (punycode host, percent-encoded), or None if it is not a plain http(s) address.

    Whatever would make a network stop reading it early (brackets, quotes, a last dot) is percent-encoded.
    """
    try:
        parts = urlsplit(clean(link))
        host = _ascii_host(parts.hostname or "")
        port = parts.port
    except (ValueError, UnicodeError):
        return None
    if parts.scheme.lower() not in {"http", "https"} or not host or "@" in parts.netloc:
        return None
    netloc = f"{host}:{port}" if port else host
    path, query, fragment = (_encoded(p) for p in (parts.path, parts.query, parts.fragment))
    safe = urlunsplit((parts.scheme.lower(), netloc, path, query, fragment))
    if not _SAFE_ENDS.search(safe):
        safe = safe[:-1] + f"%{ord(safe[-1]):02X}"
    return safe if len(safe) <= LONGEST_LINK else None


def _encoded(part: str) -> str:
    return quote(part, safe=_SAFE_PATH + "?").replace("'", "%27").replace("*", "%2A")


def _ascii_host(host: str) -> str:
    if ":" in host:
        return f"[{host}]"
    ascii_host = host.encode("idna").decode("ascii").lower() if not host.isascii() else host.lower()
    if not re.fullmatch(r"[a-z0-9._-]+", ascii_host):
        raise ValueError(host)
    return ascii_host.rstrip(".")


def shorten(title: str, fits: Callable[[str], bool], graphemes: Callable[[str], Sequence[str]]) -> str | None:
    """Return the longest beginning of the title that `fits`, ended by "…" at a word; None if nothing does.

    A single word too long is cut between two graphemes. `fits` must accept every shorter text once it accepts one.
    """
    if fits(title):
        return title
    words = title.split(" ")
    cut = _longest(len(words) - 1, lambda n: fits(_ellipsis(" ".join(words[:n]))))
    if cut:
        return _ellipsis(" ".join(words[:cut]))
    letters = graphemes(words[0])
    cut = _longest(len(letters) - 1, lambda n: fits(_ellipsis("".join(letters[:n]))))
    if cut:
        return _ellipsis("".join(letters[:cut]))
    return "" if fits("") else None


def _ellipsis(text: str) -> str:
    return text.rstrip(" ,;:.!?–—-«(") + "…"


def _longest(most: int, good: Callable[[int], bool]) -> int:
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if good(middle) else (low, middle - 1)
    return low
