"""Hostile text made harmless: what comes from a feed is only ever a value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from ipaddress import IPv6Address
from urllib.parse import quote, urlsplit, urlunsplit

#: Letters and marks of every script stay; Cc, Cf (bidi and zero-width included), Cs, Co, Cn go.
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_BLANKS = re.compile(r"\s+")
#: Joiners inside an emoji sequence or a script that needs them are content, not tricks.
_JOINERS = {"\u200d", "\u200c"}
#: Facebook's mention is "@[" and the number of a page.
_MENTION = re.compile(r"([@＠])(?=\S)")
#: Also "magnet:?", which Mastodon links.
_SCHEME = re.compile(r":(?=//|\?)")
#: What a network could take for a bare domain: a dot before two letters or more. Marks are no \w, and many scripts
#: write their vowels with them; before the dot, networks take anything that is neither a blank nor a separator.
_DOMAIN = re.compile(r"(?<=\S)([.。．｡])(?=[^\W\d_](?:[^\W\d_]|[^\x00-\x7f\w\s])|xn--)")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
#: Letters that the standard library, which follows IDNA 2003, would replace: another host than the browsers' one.
_DEVIATIONS = re.compile(r"[ßẞς\u200c\u200d]")
_SAFE_PATH = "/%!$&+,;=:@~-._"
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PATH_END = re.compile(r"[A-Za-z0-9=_#/+-]$")
_QUERY_END = re.compile(r"[A-Za-z0-9=_#/&-]$")
LONGEST_LINK = 2000
"""A link longer than this, in ASCII characters, is not taken for one."""


def clean(text: str, *, lines: bool = False) -> str:
    """Return the text in NFC without controls, bidi marks and zero-width characters, blanks folded.

    With `lines`, line ends are kept as newlines. Used for feeds, terminals and log lines alike.
    """
    kept = unicodedata.normalize("NFC", _visible(unicodedata.normalize("NFC", text)))
    if not lines:
        return _BLANKS.sub(" ", kept).strip()
    folded = (_BLANKS.sub(" ", line).strip() for line in kept.replace("\r\n", "\n").splitlines())
    return "\n".join(folded).strip()


def spaced(text: str) -> str:
    """Return the text in NFC with its blanks folded, so that two texts that read the same are the same."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", text)).strip()


def _visible(text: str) -> str:
    if text.isprintable():  # nearly always: then every character is of a kind that stays
        return text
    return "".join(c for i, c in enumerate(text) if c.isspace() or _is_kept(text, i, c))


def _is_kept(text: str, index: int, char: str) -> bool:
    if char in _JOINERS:
        return 0 < index < len(text) - 1 and _is_joined(text[index - 1]) and _is_joined(text[index + 1])
    return unicodedata.category(char) not in _DROPPED


def _is_joined(char: str) -> bool:
    return not char.isascii() and unicodedata.category(char)[0] in "LMS"


def harmless(title: str) -> str:
    """Return a cleaned title in which nothing is a mention and nothing is a link, for any network.

    `@word` becomes `@ word`, `site.fr` becomes `site. fr`, `http://` becomes `http: //`: a blank is the one
    separator that every network's extractor respects.
    """
    text = _SCHEME.sub(": ", clean(title))
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
        # not `clean`: another normal form of a path is another page
        parts = urlsplit(_BLANKS.sub(" ", _visible(link)).strip())
        host = _ascii_host(parts.hostname or "")
        port = parts.port
    except (ValueError, UnicodeError):
        return None
    if parts.scheme.lower() not in {"http", "https"} or not host or "@" in parts.netloc:
        return None
    if ("[" in parts.netloc) != host.startswith("["):
        return None
    netloc = f"{host}:{port}" if port else host
    path, query, fragment = (_encoded(p) for p in (parts.path or "/", parts.query, parts.fragment))
    safe = _read_to_its_end(urlunsplit((parts.scheme.lower(), netloc, path, query, fragment)))
    return safe if len(safe) <= LONGEST_LINK else None


def _read_to_its_end(link: str) -> str:
    path, mark, query = link.partition("?")
    path = path if _PATH_END.search(path) else _last_encoded(path)
    if not query:
        return path + ("%3F" if mark else "")
    if query.endswith("+") and "#" not in query:
        return f"{path}?{query[:-1]}%20"  # in a query "+" is a blank
    return f"{path}?{query if _QUERY_END.search(query) else _last_encoded(query)}"


def _last_encoded(part: str) -> str:
    return f"{part[:-1]}%{ord(part[-1]):02X}"


def _encoded(part: str) -> str:
    return quote(_LONE_PERCENT.sub("%25", part), safe=_SAFE_PATH + "?")


def _ascii_host(host: str) -> str:
    if ":" in host:
        if "%" in host:
            raise ValueError(host)
        return f"[{IPv6Address(host)}]"
    labels = [_ascii_label(label) for label in re.split(r"[.。．｡]", host.removesuffix("."))]
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError(host)
    return ".".join(labels)


def _ascii_label(label: str) -> str:
    label = label.lower()
    if _DEVIATIONS.search(label):
        return "xn--" + unicodedata.normalize("NFC", label).encode("punycode").decode("ascii")
    return label if label.isascii() else label.encode("idna").decode("ascii").lower()


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
