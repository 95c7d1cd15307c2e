"""A document as blocks: what it says is decided once, and each format only sets it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """Begins a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few sentences; `alarm`: somebody must do something; `quiet`: a remark."""

    text: str
    alarm: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with their values."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and what it counts."""

    value: str
    label: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """Numbers in a row."""

    figures: Sequence[Figure]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under heads; from the column `numbers` on, they are numbers. The last row may be the `total`."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: int = 99
    total: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart, in two parts."""

    label: str
    first: int
    second: int = 0

    @property
    def total(self) -> int:
        """Both parts."""
        return self.first + self.second


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars side by side; `about` says in words what they show, for who does not see them."""

    bars: Sequence[Bar]
    first: str
    second: str
    about: str

    @property
    def most(self) -> int:
        """What the longest bar stands for, at least 1: what the others are drawn against."""
        return max((bar.total for bar in self.bars), default=0) or 1


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a list, with its address and a remark."""

    text: str
    url: str | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list, which may be long: read once, as it is written."""

    items: Iterable[Item]


@dataclass(frozen=True, slots=True)
class Substitution:
    """One line of the log: what would have gone out, and what did."""

    article: str
    url: str | None
    account: str
    network: str
    when: str
    state: str
    usual: str | None
    posted: str | None
    post_url: str | None
    is_strike: bool


@dataclass(frozen=True, slots=True)
class Substitutions:
    """All of them, read once, as they are written; `usual`, `strike` and `post` name the parts.

    `left_out` says of so many that they are not on these pages, and where they are, for a format that cannot hold all.
    """

    items: Iterable[Substitution]
    usual: str
    strike: str
    post: str
    left_out: Callable[[int], str] = str


Block = Heading | Paragraph | Facts | Figures | Table | Chart | Items | Substitutions


@dataclass(frozen=True, slots=True)
class Document:
    """A document in one language. `running` stands at the head of each page, `page` is said with the numbers.

    `blocks` are read once, as they are written: what is long is not held.
    """

    language: str
    title: str
    subtitle: str
    running: str
    page: str
    blocks: Iterable[Block]
