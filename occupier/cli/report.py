"""`report`: the account of a strike, on paper."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from occupier.cli.colour import is_terminal
from occupier.cli.session import Session
from occupier.cli.spoken import argument, command, flag, option
from occupier.domain.errors import Sentence, UsageError
from occupier.speech import gettext as _
from occupier.speech import install

if TYPE_CHECKING:
    from occupier.report import Document


@command(
    Sentence(
        "Write the account of a strike: decision, figures, gaps, every substitution, incidents, and how to verify it."
        " The ending of the file says the format: .html, .pdf or .md. Without --output, Markdown on the screen."
    ),
    argument("strike", Sentence("STRIKE"), required=False),
    option("--output", type=click.Path(dir_okay=False, path_type=Path), metavar=Sentence("FILE"),
           about=Sentence("Where to write it.")),
    option("--language", type=click.Choice(["fr", "en"]), about=Sentence("The language, if not that of the settings.")),
    option("--merge", "merged", multiple=True, type=click.Path(path_type=Path), metavar=Sentence("FILE"),
           about=Sentence("Instead of a strike: add up the logs of several newsrooms, made by occupier log --csv.")),
    argument("more", Sentence("FILE"), nargs=-1, required=False, type=click.Path(path_type=Path)),
    flag("--force", about=Sentence("Overwrite the file if it is there.")),
)  # fmt: skip
def report(
    session: Session,
    strike: str | None,
    output: Path | None,
    language: str | None,
    merged: tuple[Path, ...],
    more: tuple[Path, ...],
    force: bool,
) -> None:
    """Write one report."""
    check_output(output, force=force)
    if merged:
        files = [*merged, *([Path(strike)] if strike else []), *more]
        if language is not None:
            install(language)
        from occupier.report.merging import merged_report

        _put(session, merged_report(files), output, force=force)
        return
    if strike is None or more:
        raise UsageError("Name one strike (see occupier strike list), or add up logs with --merge FILE FILE….")
    _report_strike(session, strike, output, language, force=force)


def check_output(output: Path | None, *, force: bool) -> None:
    """Refuse a file of another format, or one that is there, before anything is read. Raises UsageError."""
    from occupier.report import FORMATS

    if output is None:
        return
    if output.suffix.lower() not in FORMATS:
        raise UsageError("The ending of {path} says no format: use .html, .pdf or .md.", path=str(output))
    if output.exists() and not force:
        raise UsageError("{path} is there already: choose another name, or add --force.", path=str(output))


def _report_strike(session: Session, strike: str, output: Path | None, language: str | None, *, force: bool) -> None:
    from occupier.report import strike_report

    setup, house = session.setup, session.house()
    if language is not None:
        install(language)
    with house.recounting.findings(strike) as found:
        _put(session, strike_report(found, setup.zone), output, force=force)
    if output is None and is_terminal(sys.stdout):
        _say_as_page(session, strike)


def _say_as_page(session: Session, strike: str) -> None:
    from occupier.report.keeping import report_path

    kept = report_path(session.settings.database, strike)
    if kept.exists():
        session.tell(_("As a page for a browser: {path}").format(path=kept))
    else:
        command = f"occupier report {strike} --output {strike}.html"
        session.tell(_("As a page for a browser: {path}").format(path=command))


def _put(session: Session, document: Document, output: Path | None, *, force: bool) -> None:
    from occupier.report import write
    from occupier.report.file import save

    if output is None:
        for part in write(document, ".md"):
            sys.stdout.write(part.decode())
        return
    save(write(document, output.suffix.lower()), output, overwrite=force)
    session.say(_("Written: {path}").format(path=output))
