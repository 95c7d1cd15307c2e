"""The table of the check: one line a finding, group by group; a sign and a word beside the colour."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TextIO

from occupier.cli.colour import is_coloured, is_terminal
from occupier.domain.errors import Sentence
from occupier.services.eve.checks.finding import EVERYTHING, Finding, Level
from occupier.speech import clean_line
from occupier.speech import gettext as _

_COLOURS = {Level.GREEN: "green", Level.AMBER: "yellow", Level.RED: "bold red"}
_SIGNS = {Level.GREEN: "✓", Level.AMBER: "!", Level.RED: "✗"}
Said = Callable[[Sentence, str], str]


def show_findings(findings: Sequence[Finding], said: Said, stream: TextIO) -> None:
    """Print the findings, which are in the table's order.

    Args:
        findings: group by group.
        said: says a sentence about a subject.
        stream: drawn there for a person's terminal, with tabs between the cells for anything else.
    """
    draw = _draw if is_terminal(stream) else _write
    draw(_together(findings), said, stream)


def _together(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings, what is said alike of several accounts or feeds being said once, of all of them."""
    alike: dict[str, list[Finding]] = {}
    for finding in findings:
        said = replace(finding, subject="")
        alike.setdefault(repr(said), []).append(finding)
    return [replace(same[0], subject=", ".join(f.subject for f in same)) for same in alike.values()]


def level_words(level: Level) -> str:
    """Return a level's sign and word."""
    words = {Level.GREEN: _("good"), Level.AMBER: _("look"), Level.RED: _("mend")}
    return f"{_SIGNS[level]} {words[level]}"


def topic_words(topic: str) -> str:
    """Return the words of a group."""
    return {
        "settings": _("settings and keys"),
        "machine": _("this machine"),
        "strikes": _("strikes"),
        "feeds": _("feeds"),
        "accounts": _("accounts"),
        "messages": _("messages"),
        "pace": _("pace"),
        "usual": _("usual tool"),
        "stops": _("stops and notifications"),
    }.get(topic, topic)


def _write(findings: Sequence[Finding], said: Said, stream: TextIO) -> None:
    for finding in findings:
        subject = finding.subject if finding.subject == EVERYTHING else clean_line(finding.subject)
        cells = [level_words(finding.level), topic_words(finding.topic), subject, said(finding.sentence, subject)]
        cells += [said(finding.advice, subject)] if finding.advice else []
        print("\t".join(cells), file=stream)


def _draw(findings: Sequence[Finding], said: Said, stream: TextIO) -> None:
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=stream, no_color=not is_coloured(stream), highlight=False)
    table, topic = Table(box=SIMPLE, pad_edge=False, show_header=False), ""
    for finding in findings:
        if finding.topic != topic:
            topic = finding.topic
            table.add_row("", "")
            table.add_row("", Text(topic_words(topic).upper(), style="bold"))
        level = Text(level_words(finding.level), style=_COLOURS[finding.level], no_wrap=True)
        found = Text("", overflow="fold")
        if finding.subject != EVERYTHING:
            found.append(f"{clean_line(finding.subject)}  ", style="bold")
        found.append(said(finding.sentence, finding.subject))
        if finding.advice:
            found.append(f"\n→ {said(finding.advice, finding.subject)}", style="italic")
        table.add_row(level, found)
    console.print(table)
