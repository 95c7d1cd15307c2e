"""What a document says of an entry, made into an entry that is safe to keep."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from unicodedata import normalize

from occupier.domain.article import Entry
from occupier.domain.errors import Sentence
from occupier.domain.ports import Parsed
from occupier.domain.text import clean, safe_link
from occupier.feeds.markup import LONGEST_MARKUP, plain, untagged

MOST_ENTRIES = 10_000
MOST_CATEGORIES = 50
LONGEST_TITLE = 1_000
LONGEST_SUMMARY = 1_000
LONGEST_CATEGORY = 200
LONGEST_GUID = 2_000
_TITLE_FROM_SUMMARY = 120
_MOST_SENTENCES = 20


class NoLink(ValueError):
    """An entry has no http(s) address, so there is nothing to announce."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text as the document gives it, and whether it says that it is HTML."""

    value: str = ""
    is_html: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What a document tells about one entry; links are absolute already. Authors are not even read."""

    title: Text = Text()
    link: str | None = None
    guid: str | None = None
    summary: Text = Text()
    categories: Sequence[Text] = ()
    image: str | None = None
    published_at: datetime | None = None


def shaped(told: Told) -> Entry:
    """Return the entry that was told; raises NoLink."""
    link = safe_link(told.link or "")
    if link is None:
        raise NoLink
    summary = _tidy(told.summary, LONGEST_SUMMARY)
    return Entry(
        title=_tidy(told.title, LONGEST_TITLE) or _beginning(summary),
        link=link,
        guid=_guid(told.guid),
        summary=summary,
        categories=_categories(told.categories),
        image=safe_link(told.image or ""),
        published_at=told.published_at,
    )


def tidy_title(text: Text) -> str:
    """Return a title as plain text: decoded once, without tags and controls, in NFC, on one line."""
    return _tidy(text, LONGEST_TITLE)


def without_link(told: Told) -> Sentence:
    """Say that an entry leads nowhere."""
    return Sentence("The entry “{entry}” has no http or https link, and is skipped.", {"entry": _name(told)})


def odd(told: Told, error: Exception) -> Sentence:
    """Say that an entry cannot be understood."""
    values = {"entry": _name(told), "kind": type(error).__name__}
    return Sentence("The entry “{entry}” cannot be understood ({kind}), and is skipped.", values)


def _name(told: Told) -> str:
    return _cut(tidy_title(told.title) or clean(told.guid or "") or "?", _TITLE_FROM_SUMMARY)


def gathered(entries: Iterable[Entry], title: str, skipped: Sequence[Sentence]) -> Parsed:
    """Return the whole, with a bounded number of sentences about what could not be used."""
    said = tuple(skipped[:_MOST_SENTENCES])
    if len(skipped) > _MOST_SENTENCES:
        said += (Sentence("{n} more entries were skipped.", {"n": len(skipped) - _MOST_SENTENCES}),)
    return Parsed(tuple(entries), title, said)


def _tidy(text: Text, longest: int) -> str:
    markup = text.value[:LONGEST_MARKUP]
    words = plain(markup) if text.is_html else untagged(markup)
    # Some blanks and marks will go: twice the length is enough to fill it.
    return _cut(_cleaned(words.lstrip()[: 2 * longest]), longest)


def _cleaned(text: str) -> str:
    """Return what `clean` does, in a tenth of the time where nothing has to go, as in nearly every text."""
    folded = " ".join(text.split())
    return normalize("NFC", folded) if folded.isprintable() else clean(text)


def _cut(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    return text[: longest - 1].rpartition(" ")[0].rstrip() + "…" if " " in text[:longest] else text[:longest]


def _beginning(summary: str) -> str:
    return _cut(summary, _TITLE_FROM_SUMMARY)


def _guid(written: str | None) -> str | None:
    guid = clean(written or "")
    return guid if 0 < len(guid) <= LONGEST_GUID else None


def _categories(told: Sequence[Text]) -> tuple[str, ...]:
    names = (_tidy(category, LONGEST_CATEGORY) for category in told[: 4 * MOST_CATEGORIES])
    return tuple(dict.fromkeys(name for name in names if name))[:MOST_CATEGORIES]
