"""Rulers: how each network counts a text, cuts it, and which links it makes of it.

A ruler may count more than its network does, never less, and may see a link where the network sees none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from occupier.domain.message import Ruler

X_LIMIT = 280
"""Weighted characters; an address weighs 23 (docs.x.com, "Counting characters"; twitter-text, config v3)."""
MASTODON_LIMIT = 500
MASTODON_PER_LINK = 23
"""What a Mastodon server takes unless it says otherwise (app/validators/status_length_validator.rb)."""
FACEBOOK_LIMIT = 63_206
"""UTF-16 units of a page's post; long ones are folded, not refused."""

#: Mastodon makes links of these too (config/initializers/twitter_regex.rb); twitter-text does not know them.
_OTHER_SCHEMES = re.compile(r"(?i)\b(?:(?:dat|dweb|ipfs|ipns|ssb|gopher|gemini)://|xmpp:|magnet:\?)[^\s<>]+")
#: `@name@host` counts as `@name` (Account::MENTION_RE).
_MENTION = re.compile(r"(?<![=/\w])(@(?=[A-Za-z0-9_])[A-Za-z0-9_.-]*(?<=[A-Za-z0-9_]))@[\w.-]+\w")
#: No host has so many labels, or is so long (RFC 1035, 2.3.4); twitter-text takes minutes over one that does.
_MAZE = re.compile(r"(?:[^\s/.]{1,253}\.){12,}[^\s/]*|(?<!\S)(?:https?://)?(?=[^\s/.]*\.)[^\s/]{254,}")
#: The most that a character of a maze may weigh: a link of four characters weighs 23.
_PER_CHARACTER = 6
#: Facebook says nowhere what it makes links of: any scheme, any `www.`, anything like a domain.
_FACEBOOK_LINK = re.compile(r"(?i)(?:https?://|\bwww\.)[^\s<>]+|\b(?:[\w-]+\.)+[^\W\d_]{2,}\b(?:[/?#][^\s<>]*)?")
_AFTER_LINK = ".,;:!?…'\"’”»)]}"


def _graphemes(text: str) -> list[str]:
    import grapheme  # type: ignore[import-untyped]

    return list(grapheme.graphemes(text))


def _without_mazes(text: str) -> tuple[str, list[re.Match[str]]]:
    """Blank out what would take minutes to search, and return it."""
    return _MAZE.sub(lambda maze: " " * len(maze.group()), text), list(_MAZE.finditer(text))


def _addresses(text: str, *, bare: bool) -> list[tuple[int, int]]:
    """Return where twitter-text finds addresses, in code points; mazes may be some and are not looked into."""
    from twitter_text import extract_urls_with_indices

    found = extract_urls_with_indices(text, bare)
    return [(int(f["indices"][0]), int(f["indices"][1])) for f in found]


def _links(text: str, spans: list[tuple[int, int]], mazes: list[re.Match[str]]) -> list[str]:
    return [text[start:end] for start, end in sorted([*spans, *(maze.span() for maze in mazes)])]


@dataclass(frozen=True)
class XRuler:
    """X: weighted length; bare domains are links."""

    limit: int = X_LIMIT
    link_in_field: bool = False

    def length(self, text: str) -> int:
        """Return the weighted length."""
        from twitter_text import parse_tweet

        searched, mazes = _without_mazes(text)
        return int(parse_tweet(searched).weightedLength) + sum(_PER_CHARACTER * len(m.group()) for m in mazes)

    def links(self, text: str) -> list[str]:
        """Return what twitter-text extracts."""
        searched, mazes = _without_mazes(text)
        return _links(text, _addresses(searched, bare=True), mazes)

    def graphemes(self, text: str) -> list[str]:
        """Cut into grapheme clusters."""
        return _graphemes(text)


@dataclass(frozen=True)
class MastodonRuler:
    """Mastodon: graphemes, where an address weighs the same whatever its length."""

    limit: int = MASTODON_LIMIT
    per_link: int = MASTODON_PER_LINK
    link_in_field: bool = False

    def length(self, text: str) -> int:
        """Return graphemes, with `per_link` for each address and mentions without their server."""
        searched, _ = _without_mazes(text)
        rest, last, found = [], 0, _addresses(searched, bare=False)
        for start, end in found:
            rest.append(text[last:start])
            last = end
        words = "x".join([*rest, text[last:]])
        return len(_graphemes(_MENTION.sub(r"\1", words))) + (self.per_link - 1) * len(found)

    def links(self, text: str) -> list[str]:
        """Return addresses with a scheme, in order."""
        searched, mazes = _without_mazes(text)
        others = [m.span() for m in _OTHER_SCHEMES.finditer(searched)]
        return _links(text, _addresses(searched, bare=False) + others, mazes)

    def graphemes(self, text: str) -> list[str]:
        """Cut into grapheme clusters."""
        return _graphemes(text)


@dataclass(frozen=True)
class FacebookRuler:
    """Facebook: the link travels in a field of its own."""

    limit: int = FACEBOOK_LIMIT
    link_in_field: bool = True

    def length(self, text: str) -> int:
        """Return UTF-16 units: never less than any other way of counting characters."""
        return len(text.encode("utf-16-le", "surrogatepass")) // 2

    def links(self, text: str) -> list[str]:
        """Return everything that looks like an address or a domain, in order."""
        return [m.group().rstrip(_AFTER_LINK) for m in _FACEBOOK_LINK.finditer(text)]

    def graphemes(self, text: str) -> list[str]:
        """Cut into grapheme clusters."""
        return _graphemes(text)


RULERS: Mapping[str, Callable[[], Ruler]] = {"mastodon": MastodonRuler, "x": XRuler, "facebook": FacebookRuler}
"""How each network counts, as far as nobody asks its server."""
