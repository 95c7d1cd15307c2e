"""Articles, and what makes two entries of feeds the same article."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from occupier.domain.text import safe_link

GLOBAL_SCOPE = 0
"""Link keys hold in every feed; guid keys only in theirs."""
_TRACKERS = re.compile(
    r"(?i)^(utm_.*|at_(medium|campaign|custom\d|creation|variant|emission|format|link.*)|mtm_.*|pk_.*|piwik_.*|xtor|xts|"
    r"fbclid|gclid|dclid|msclkid|twclid|yclid|igshid|mc_[ce]id|_hs(enc|mi)|oly_(anon|enc)_id|wt_mc|cmpid|s_kwcid|ns_.*|"
    r"ito|ref_src|spm|__twitter_impression)$"
)
_ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(string.ascii_letters + string.digits + "-._~")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed, cleaned: the title is plain text, the link ASCII; times are aware and in UTC."""

    title: str
    link: str
    guid: str | None = None
    summary: str = ""
    categories: tuple[str, ...] = ()
    image: str | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """An article as the journal knows it. `feeds` are the ids of the feeds it was seen in.

    `counted_from` is the instant from which its freshness counts: when it was first seen while the feed was
    watched without a gap, its own date after one.
    """

    id: int
    title: str
    link: str
    summary: str
    categories: tuple[str, ...]
    image: str | None
    published_at: datetime | None
    first_seen_at: datetime
    counted_from: datetime
    baseline: bool
    feeds: frozenset[int]


class KeyKind(StrEnum):
    """What a key was made of."""

    GUID = "guid"
    LINK = "link"


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Something that identifies an article: a guid within its feed, or a canonical link anywhere."""

    kind: KeyKind
    scope: int
    value: str


@lru_cache(maxsize=1024)  # each link of a document is asked for several times
def canonical_link(link: str) -> str | None:
    """Return the link without what does not identify: scheme, host case, default port, trackers, fragment.

    None if it is no http(s) link at all.
    """
    safe = safe_link(link.partition("#")[0])
    if safe is None:
        return None
    parts = urlsplit(_ENCODED.sub(_one_spelling, safe))
    netloc = parts.netloc.removesuffix({"http": ":80", "https": ":443"}[parts.scheme])
    # bytes that are no UTF-8 must stay apart: old sites have addresses in Latin-1
    pairs = parse_qsl(parts.query, keep_blank_values=True, errors="surrogateescape")
    query = [(k, v) for k, v in pairs if not _TRACKERS.match(k)]
    return urlunsplit(("", netloc, parts.path, urlencode(query, errors="surrogateescape"), ""))


def _one_spelling(encoded: re.Match[str]) -> str:
    """Networks give links back re-encoded; RFC 3986, 6.2.2 says which spellings are one."""
    char = chr(int(encoded[1], 16))
    return char if char in _UNRESERVED else encoded[0].upper()


def keys_of(entry: Entry, feed_id: int) -> tuple[Key, ...]:
    """Return the keys that an entry carries."""
    keys = []
    if entry.guid:
        keys.append(Key(KeyKind.GUID, feed_id, entry.guid))
    link = canonical_link(entry.link)
    if link:
        keys.append(Key(KeyKind.LINK, GLOBAL_SCOPE, link))
    return tuple(keys)


@dataclass(frozen=True, slots=True)
class Keyed:
    """An entry with the keys that identify it, once those shared by several entries are set aside."""

    entry: Entry
    keys: tuple[Key, ...]


def identify(entries: Sequence[Entry], feed_id: int) -> tuple[list[Keyed], frozenset[Key]]:
    """Return the entries that can be told apart, and the keys that several of them share.

    A constant guid or the home page as a link identifies nothing: such a key is set aside for the document, and an
    entry left without a key is not an article. An entry repeated (in two categories, say, or under a mended title)
    counts once: with the same guid and the same link (but a home page), or word for word.
    """
    unique = list({_sameness(e, feed_id): e for e in reversed(entries)}.values())[::-1]
    counts = Counter(key for entry in unique for key in keys_of(entry, feed_id))
    shared = frozenset(key for key, n in counts.items() if n > 1)
    keyed = (Keyed(e, tuple(k for k in keys_of(e, feed_id) if k not in shared)) for e in unique)
    return [k for k in keyed if k.keys], shared


def _sameness(entry: Entry, feed_id: int) -> object:
    keys = keys_of(entry, feed_id)
    leads_somewhere = urlsplit(entry.link).path.strip("/") or urlsplit(entry.link).query
    return keys if len(keys) > 1 and leads_somewhere else (entry.title, keys)


def oldest_first(entries: Iterable[Keyed]) -> list[Keyed]:
    """Return the entries by their own dates; those without one keep the feed's order, newest first, reversed."""
    listed = list(entries)[::-1]
    dated = sorted((e for e in listed if e.entry.published_at), key=lambda e: e.entry.published_at or datetime.min)
    following = iter(dated)
    return [next(following) if e.entry.published_at else e for e in listed]


def after_gap(entry: Entry, now: datetime, *, gap: bool) -> tuple[bool, datetime]:
    """Say whether an entry belongs to a new baseline, and from when its freshness counts.

    Without a gap in watching, from `now`, when it is first seen. After one, a dated entry counts from its date
    (never from the future); an undated one cannot be told from an old one, and joins a new baseline.
    """
    if not gap:
        return False, now
    if entry.published_at is None:
        return True, now
    return False, min(entry.published_at, now)


def watched_with_gap(last_ok_at: datetime | None, now: datetime, freshness: timedelta) -> bool:
    """Say whether the feed went unwatched for longer than `freshness`."""
    return last_ok_at is not None and now - last_ok_at > freshness
