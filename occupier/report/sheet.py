"""The page that an assembly votes on: twelve points on one sheet, and the other wordings behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from occupier.report.document import (
    Block,
    Chart,
    Document,
    Heading,
    Item,
    Items,
    Paragraph,
    Substitution,
    Substitutions,
)


@dataclass(frozen=True, slots=True)
class Card:
    """A post as its network shows it: `platform` is the id, `network` the name; `url` is the article's."""

    account: str
    platform: str
    network: str
    text: str
    url: str | None
    headline: str
    summary: str
    usual: str | None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Cards:
    """Posts side by side; `usual` and `strike` name the two texts of each."""

    cards: Sequence[Card]
    usual: str
    strike: str


@dataclass(frozen=True, slots=True)
class Vote:
    """The box at the foot: what is filled in by hand, and the fingerprint of what is voted."""

    lines: Sequence[str]
    label: str
    fingerprint: str
    remark: str


@dataclass(frozen=True, slots=True)
class Point:
    """One of the twelve, with its number."""

    number: int
    title: str
    blocks: Sequence[Block | Cards | Vote]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page in one language: the points fit one sheet of paper, the annex does not need to."""

    language: str
    title: str
    subtitle: str
    running: str
    page: str
    points: Sequence[Point]
    annex_title: str
    annex: Sequence[Block]
    remarks: Sequence[str] = ()


def as_document(sheet: Sheet) -> Document:
    """Return the sheet as a document of blocks, for Markdown, PDF and the terminal."""
    return Document(sheet.language, sheet.title, sheet.subtitle, sheet.running, sheet.page, _blocks(sheet))


def _blocks(sheet: Sheet) -> Iterator[Block]:
    for remark in sheet.remarks:
        yield Paragraph(remark, alarm=True)
    for point in sheet.points:
        yield Heading(f"{point.number}. {point.title}")
        for block in point.blocks:
            yield from _plain(block)
    yield Heading(sheet.annex_title)
    yield from sheet.annex


def _plain(block: Block | Cards | Vote) -> Iterator[Block]:
    match block:
        case Cards(cards, usual, strike):
            yield Substitutions((_substitution(card, strike) for card in cards), usual, strike, "")
        case Vote(lines, label, fingerprint, remark):
            yield Items([Item(line) for line in lines])
            yield Paragraph(f"{label} {fingerprint}", alarm=True)
            yield Paragraph(remark, quiet=True)
        case Chart() if not any(bar.total for bar in block.bars):
            return
        case _:
            yield block


def _substitution(card: Card, state: str) -> Substitution:
    return Substitution(
        article=card.headline,
        url=card.url,
        account=card.account,
        network=card.network,
        when=card.remark,
        state=state,
        usual=card.usual,
        posted=card.text,
        post_url=None,
        is_strike=True,
    )
