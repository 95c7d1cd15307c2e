"""One total of many newsrooms, from the spreadsheets that their logs were written to."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from occupier.domain.action import Purpose, State
from occupier.domain.errors import UsageError
from occupier.domain.fates import Fate, fate_of
from occupier.report.document import Block, Document, Figure, Figures, Heading, Paragraph, Table
from occupier.speech import clean_line, language, network_name, ngettext, say
from occupier.speech import gettext as _
from occupier.speech.fates import FATES

if TYPE_CHECKING:
    from _csv import Reader

_NEEDED = ("id", "kind", "strike", "account", "platform", "article_id", "state", "dry_run")
_SEPARATORS = ";,\t"
_LONGEST_LINE = 10_000_000


@dataclass
class Newsroom:
    """What one file says: its strikes, accounts and networks, and what its articles came to."""

    name: str
    fates: Counter[Fate] = field(default_factory=Counter)
    networks: Counter[str] = field(default_factory=Counter)
    accounts: set[tuple[str, str]] = field(default_factory=set)
    strikes: set[str] = field(default_factory=set)

    @property
    def concerned(self) -> int:
        """How many articles were concerned, counted on each account."""
        return self.fates.total()


def merged_report(files: Sequence[Path]) -> Document:
    """Return one document for the logs of several newsrooms.

    Raises:
        UsageError: a file that cannot be read or is no such log, with its line; a file that is named twice.
    """
    if len({path.resolve() for path in files}) < len(files):
        raise UsageError("A file is named twice: its posts would be counted twice.")
    newsrooms = [read_log(path) for path in files]
    title = ngettext("The strike in {n} newsroom", "The strike in {n} newsrooms", len(newsrooms))
    return Document(
        language=language(),
        title=title.format(n=len(newsrooms)),
        subtitle=_("Added up from the logs that they handed over."),
        running=title.format(n=len(newsrooms)),
        page=_("page"),
        blocks=_blocks(newsrooms),
    )


def read_log(path: Path) -> Newsroom:
    """Add up one log, row by row. Raises UsageError."""
    newsroom = Newsroom(clean_line(path.stem))
    csv.field_size_limit(_LONGEST_LINE)
    try:
        with path.open(encoding="utf-8-sig", newline="") as opened:
            separator = _separator(opened.readline())
            opened.seek(0)
            for line, row in _rows(path, csv.reader(opened, delimiter=separator, strict=True)):
                _take(newsroom, path, line, row)
    except OSError as error:
        raise UsageError("{path} cannot be read: {why}.", path=str(path), why=error.strerror or "") from error
    except UnicodeDecodeError as error:
        raise UsageError("{path} is not in UTF-8: have it written again by occupier log --csv.",
                         path=str(path)) from error  # fmt: skip
    return newsroom


def _separator(head: str) -> str:
    return max(_SEPARATORS, key=head.count)


def _rows(path: Path, reader: Reader) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        heads: list[str] = next(reader, [])
        missing = [name for name in _NEEDED if name not in heads]
        if missing:
            raise UsageError("{path}, line 1: this is no log of occupier log --csv; the column {column} is missing.",
                             path=str(path), column=missing[0])  # fmt: skip
        for cells in reader:
            line = reader.line_num
            if len(cells) != len(heads):
                raise UsageError("{path}, line {line}: {found} cells where the head has {wanted}.", path=str(path),
                                 line=line, found=len(cells), wanted=len(heads))  # fmt: skip
            yield line, dict(zip(heads, cells, strict=True))
    except csv.Error as error:
        raise UsageError("{path}, line {line}: no spreadsheet ({why}).", path=str(path), line=reader.line_num,
                         why=str(error)) from error  # fmt: skip


def _take(newsroom: Newsroom, path: Path, line: int, row: dict[str, str]) -> None:
    if row["kind"] not in (Purpose.STRIKE, Purpose.ORDINARY) or not row["strike"]:
        return  # an ordinary post outside a strike, a retraction
    if row["dry_run"] == "true":
        raise UsageError("{path}, line {line}: this is the log of a dry run; nothing of it was posted.",
                         path=str(path), line=line)  # fmt: skip
    if row["state"] not in set(State):
        raise UsageError("{path}, line {line}: “{state}” is no state of the log.", path=str(path), line=line,
                         state=clean_line(row["state"]))  # fmt: skip
    fate = fate_of(Purpose(row["kind"]), State(row["state"]))
    newsroom.fates[fate] += 1
    newsroom.accounts.add((row["platform"], row["account"]))
    newsroom.strikes.add(row["strike"])
    if fate is Fate.REPLACED:
        newsroom.networks[row["platform"]] += 1


def _blocks(newsrooms: Sequence[Newsroom]) -> Iterator[Block]:
    total: Counter[Fate] = Counter()
    for newsroom in newsrooms:
        total.update(newsroom.fates)
    yield Heading(_("The figures"))
    yield Figures([
        Figure(str(len(newsrooms)), _("newsrooms")),
        Figure(str(sum(len(n.accounts) for n in newsrooms)), _("accounts")),
        Figure(str(total.total()), _("articles concerned, counted on each account")),
        Figure(str(total[Fate.REPLACED]), say(FATES[Fate.REPLACED]), strong=True),
        Figure(str(total[Fate.AS_USUAL]), say(FATES[Fate.AS_USUAL])),
        Figure(str(total[Fate.NOT_POSTED]), say(FATES[Fate.NOT_POSTED])),
    ])  # fmt: skip
    heads = [_("newsroom"), _("strikes"), _("concerned"), _("replaced"), _("as usual"), _("under way"), _("to check"),
             _("not posted")]  # fmt: skip
    rows = [[n.name, ", ".join(sorted(map(clean_line, n.strikes))), *_numbers(n.fates)] for n in newsrooms]
    rows.append([_("all"), "", *_numbers(total)])
    yield Table(heads, rows, numbers=2, total=True)
    yield from _by_network(newsrooms)
    yield Paragraph(
        _("Each log shows the posts of its own newsroom only; what was left out when it was written is not here."),
        quiet=True,
    )


def _by_network(newsrooms: Sequence[Newsroom]) -> Iterator[Block]:
    networks: Counter[str] = Counter()
    for newsroom in newsrooms:
        networks.update(newsroom.networks)
    if networks:
        yield Heading(_("Strike posts by network"))
        rows = [[clean_line(network_name(name)), str(count)] for name, count in networks.most_common()]
        yield Table([_("network"), _("strike posts")], rows, numbers=1)


def _numbers(fates: Counter[Fate]) -> list[str]:
    return [str(fates.total()), *(str(fates[fate]) for fate in Fate)]
