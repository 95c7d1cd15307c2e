"""`plan`: the page that an assembly votes on, and the seal of what it voted."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from occupier.cli.report import check_output
from occupier.cli.session import Session
from occupier.cli.spoken import argument, command, flag, json_flag, option
from occupier.cli.strikes import as_record, iso, known_strikes, strike_named
from occupier.domain.errors import Sentence, UsageError
from occupier.domain.strike import in_force_or_next
from occupier.speech import gettext as _
from occupier.speech import install, ngettext, say

if TYPE_CHECKING:
    from occupier.domain.plan import Plan, PlannedAccount
    from occupier.domain.strike import Strike


@command(
    Sentence(
        "Write the page that an assembly votes on: who decides, when, where, what people will read, how much, how it is"
        " stopped. It reads the feeds, and writes nothing to any network. The ending of the file says the format:"
        " .html (prints on one sheet), .pdf or .md. Without --output, on the screen."
    ),
    argument("strike", Sentence("STRIKE"), required=False),
    option("--output", type=click.Path(dir_okay=False, path_type=Path), metavar=Sentence("FILE"),
           about=Sentence("Where to write it.")),
    option("--language", type=click.Choice(["fr", "en"]), about=Sentence("The language, if not that of the settings.")),
    flag("--seal", about=Sentence("After the vote: from now on nothing leaves under this strike but what was voted.")),
    flag("--force", about=Sentence("Overwrite the file if it is there.")),
    json_flag(),
)  # fmt: skip
def plan(
    session: Session, strike: str | None, output: Path | None, language: str | None, seal: bool, force: bool
) -> int:
    """Make one plan, show it, and seal it if asked."""
    from occupier.bootstrap import make_planning, prepare_process

    prepare_process()
    check_output(output, force=force)
    wanted = _chosen(session, strike)
    if seal:
        wanted = _seal(session, wanted)
    n = len(session.setup.feeds)
    session.tell(ngettext("Reading {n} feed…", "Reading {n} feeds…", n).format(n=n))
    planning = make_planning(session.settings, session.clock)
    with _reading(session) as tx:
        made = planning.plan(wanted, session.now(), tx)
    if language is not None:
        install(language)
    if session.as_json:
        session.show_json(_document(made))
    elif output is not None or not seal:
        _put(session, made, output, force=force)
    for problem in made.problems:
        session.tell(say(problem, session.setup.zone))
    return 1 if made.problems or any(w.problem for a in made.accounts for w in a.wordings) else 0


def _chosen(session: Session, name: str | None) -> Strike:
    """Return the strike of that name as the settings have it now, or the one in force, or the next one."""
    strikes, now = known_strikes(session), session.now()
    found = in_force_or_next(strikes, now) if name is None else strike_named(strikes, name)
    if found is None:
        raise UsageError("No strike is declared, so there is nothing to plan: type occupier strike declare.")
    if found.destroyed_at is not None or found.is_over(now):
        raise UsageError("The strike “{name}” is over already, since {end}.", name=found.name, end=found.ended_at)
    return _as_in_settings(session, found)


def _as_in_settings(session: Session, found: Strike) -> Strike:
    """Return a strike of the settings as they have it now, though nothing may have taken that over yet."""
    written = next((s for s in session.setup.strikes if s.name == found.name and found.source is s.source), None)
    if written is None:
        return found
    return replace(written, id=found.id, declared_at=found.declared_at, closed_at=found.closed_at)


def _seal(session: Session, strike: Strike) -> Strike:
    from occupier.storage.lock import is_held

    house = session.house(create=True)
    if not strike.id:
        house.striking.take_over()
        strike = replace(strike, id=next(s.id for s in house.striking.all() if s.name == strike.name))
    seal = house.sealing.seal(strike)
    text = _("Sealed: {seal}. From now on nothing leaves under the strike “{name}” but this plan.")
    session.say(text.format(seal=seal.short, name=strike.name))
    if is_held(session.settings.database):
        session.say(_("If the settings were changed since the daemon read them: {command}").format(
            command="occupier reload"))  # fmt: skip
    return strike


def _reading(session: Session) -> Any:
    return session.house().store.reading() if session.has_journal else nullcontext(None)


def _put(session: Session, made: Plan, output: Path | None, *, force: bool) -> None:
    from occupier.report import write
    from occupier.report.file import save
    from occupier.report.plan import plan_sheet
    from occupier.report.sheet import as_document

    sheet = plan_sheet(made)
    if output is None:
        from occupier.report.plain import write as write_plain

        for part in write_plain(as_document(sheet)):
            sys.stdout.write(part)
        return
    ending = output.suffix.lower()
    if ending == ".html":
        from occupier.report.sheet_html import write as write_sheet

        save(write_sheet(sheet), output, overwrite=force)
    else:
        save(write(as_document(sheet), ending), output, overwrite=force)
    session.say(_("Written: {path}").format(path=output))


def _document(made: Plan) -> dict[str, Any]:
    return {
        "at": iso(made.at),
        "strike": as_record(made.strike, made.at),
        "fingerprint": made.voted.fingerprint,
        "parts": dict(made.voted.parts),
        "sealed": made.seal.fingerprint if made.seal else None,
        "sealed_at": iso(made.seal.sealed_at) if made.seal else None,
        "differs": [part.value for part in made.differs],
        "expected": round(made.expected, 1),
        "per_hour": made.ceilings.per_hour,
        "per_day": made.ceilings.per_day,
        "accounts": list(_accounts(made)),
        "problems": [say(problem) for problem in made.problems],
    }


def _accounts(made: Plan) -> Iterator[dict[str, Any]]:
    for planned in made.accounts:
        yield {
            "name": planned.account.name,
            "platform": planned.account.platform,
            "owner": planned.account.owner,
            "article_url": planned.article.link,
            "expected": round(made.expected_of(planned), 1),
            "at_most": made.most_of(planned),
            "price_microusd": planned.price_microusd,
            "messages": [_text(planned, n) for n in range(len(planned.wordings))],
        }


def _text(planned: PlannedAccount, n: int) -> str:
    wording = planned.wordings[n]
    return wording.post.text if wording.post else wording.source
