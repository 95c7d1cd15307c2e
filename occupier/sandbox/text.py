"""How the networks find addresses in a text and count its characters."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

_SCHEMED = r"https?://[^\s<>\"«»]+"
_BARE = (
    r"(?<![\w@./-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+"
    r"(?:com|org|net|fr|eu|info|news|media|paris|io|co|be|ch|de|uk|ca|tv|app|dev)\b(?:/[^\s<>\"«»]*)?"
)
_SCHEMED_RE = re.compile(_SCHEMED, re.IGNORECASE)
_ANY_RE = re.compile(f"{_SCHEMED}|{_BARE}", re.IGNORECASE)
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_TRAILING = ".,;:!?…'’”]"
_JOINER, _VARIATION = "\u200d", "\ufe0f"


@dataclass(frozen=True)
class Address:
    """An address found in a text, with where it stands (code points)."""

    url: str
    start: int
    end: int


def addresses(text: str, *, bare: bool = False) -> list[Address]:
    """Find the addresses in a text; with `bare`, also those without a scheme, as X does."""
    found = (_ANY_RE if bare else _SCHEMED_RE).finditer(text)
    return [_trimmed(match.group(), match.start()) for match in found]


def _trimmed(url: str, start: int) -> Address:
    url = url.rstrip(_TRAILING)
    while url.endswith(")") and url.count(")") > url.count("("):
        url = url[:-1].rstrip(_TRAILING)
    return Address(url, start, start + len(url))


def clusters(text: str) -> Iterator[str]:
    """Split a text into what a reader calls characters: near enough to Unicode's grapheme clusters."""
    cluster = ""
    for char in text:
        if cluster and not _continues(cluster, char):
            yield cluster
            cluster = ""
        cluster += char
    if cluster:
        yield cluster


def _continues(cluster: str, char: str) -> bool:
    if cluster.endswith(_JOINER) or char in (_JOINER, _VARIATION) or "\U0001f3fb" <= char <= "\U0001f3ff":
        return True
    if _is_flag_half(char):
        return len(cluster) == 1 and _is_flag_half(cluster)
    return cluster == "\r" and char == "\n" or unicodedata.category(char) in ("Mn", "Me", "Mc")


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def x_length(text: str) -> int:
    """Return the weighted length of a text on X: 280 is the limit, an address counts 23.

    Source: twitter-text configuration v3 (docs.x.com, "Counting characters").
    """
    text = unicodedata.normalize("NFC", text)
    found = addresses(text, bare=True)
    return 23 * len(found) + sum(_weight(c) for c in clusters(_without(text, found)))


def _weight(cluster: str) -> int:
    if ord(cluster[0]) >= 0x1F000 or _VARIATION in cluster or _JOINER in cluster:
        return 2
    return sum(1 if any(a <= ord(char) <= b for a, b in _LIGHT) else 2 for char in cluster)


def mastodon_length(text: str, per_address: int = 23) -> int:
    """Return the length of a text on Mastodon: an address counts 23, a mention without its server."""
    found = addresses(text)
    rest = re.sub(r"(?<!\w)(@\w+)@[\w.-]+\w", r"\1", _without(text, found))
    return per_address * len(found) + sum(1 for _ in clusters(rest))


def _without(text: str, found: list[Address]) -> str:
    return woven(text, ((address.start, address.end, "") for address in found), str)


def woven(text: str, found: Iterable[tuple[int, int, str]], between: Callable[[str], str]) -> str:
    """Return a text in which what was found (from, to, what stands there instead) is replaced, the rest made over."""
    pieces, last = [], 0
    for start, end, instead in found:
        pieces += [between(text[last:start]), instead]
        last = end
    return "".join([*pieces, between(text[last:])])
