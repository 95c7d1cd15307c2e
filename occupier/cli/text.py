"""`text`: a strike message for the template field of the tool that one has, and the old text given back."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import click

from occupier.bootstrap import make_texting
from occupier.cli.session import Session
from occupier.cli.spoken import argument, command, flag, json_flag, option
from occupier.cli.strikes import iso, known_strikes, strike_named
from occupier.domain.errors import FailedError, Sentence, UsageError
from occupier.domain.setup import NETWORKS
from occupier.domain.strike import Strike, in_force_or_next
from occupier.domain.tools import OldText, ReadyText, Tool, Where, no_words_for
from occupier.settings.old_texts import keep_old_text, read_old_texts
from occupier.speech import clean_line, end_moment, moment, network_name, ngettext, say
from occupier.speech import gettext as _
from occupier.speech.figures import in_figures
from occupier.templates.tools import known_tool, known_tools

_TOOL = Sentence("TOOL")


@dataclass(frozen=True, slots=True)
class _Field:
    """The field that is meant: of which tool, which of its fields, and for which network where one is named."""

    tool: Tool
    where: Where
    network: str | None = None

    def before(self, strike: Strike, text: str = "") -> OldText:
        """Return what stood in it before a strike."""
        return OldText(strike.name, self.tool.name, text, self.network)


@command(
    Sentence(
        "Write a strike message for the template field of the tool that posts usually, for a strike without keys. The"
        " text that stood there before is kept, and given back at the end. Nothing is posted, and the tool is left"
        " alone."
    ),
    argument("strike", Sentence("NAME"), required=False),
    option(
        "--tool", metavar=_TOOL, about=Sentence("The tool, for its own words for title and link; any name otherwise.")
    ),
    option(
        "--where",
        type=click.Choice([where.value for where in Where]),
        about=Sentence("Which field: what comes before the tool's text, behind it, or the whole of it."),
    ),
    option(
        "--network",
        type=click.Choice(list(NETWORKS)),
        about=Sentence("The network on which the tool posts; all of your accounts' otherwise."),
    ),
    option("--title", metavar=Sentence("WORD"), about=Sentence("What the tool's field calls the article's title.")),
    option("--link", metavar=Sentence("WORD"), about=Sentence("What the tool's field calls the article's address.")),
    option("--old", metavar=Sentence("TEXT"), about=Sentence("The text that stands there now, to be kept.")),
    flag("--back", about=Sentence("Show the old text again, to be put back.")),
    json_flag(),
)
def text(session: Session, strike: str | None, old: str | None, back: bool, **typed: str | None) -> int | None:
    """Write the text and keep the old one; or give the old one back."""
    if back:
        return _give_back(session, strike)
    meant, field = _strike(session, strike), _field(typed)
    texts = make_texting(session.settings).texts(meant, field.tool, field.where, field.network)
    if session.as_json:
        session.show_json(_document(meant, field, texts))
    else:
        for line in _lines(session, meant, field, texts):
            session.say(line)
    _keep(session, meant, field, old)
    return 1 if any(ready.room < 0 for ready in texts) else 0


def _strike(session: Session, name: str | None) -> Strike:
    """Return the strike that is named; without a name the one in force, or the next."""
    strikes = known_strikes(session)
    found = in_force_or_next(strikes, session.now()) if name is None else strike_named(strikes, name)
    if found is None:
        raise UsageError("Declare the strike first (occupier strike declare): the text says why, and until when.")
    return found


def _field(typed: Mapping[str, str | None]) -> _Field:
    known = known_tool(typed["tool"]) if typed["tool"] else None
    tool = known or Tool(typed["tool"] or _("the usual tool"))
    tool = replace(tool, title=typed["title"] or tool.title, link=typed["link"] or tool.link)
    where = Where(typed["where"]) if typed["where"] else tool.usual_field
    if where is None:
        raise no_words_for(tool)
    if where is Where.WHOLE and not tool.has_words:
        raise UsageError(
            "The words of “{tool}” for title and link are not known: name them with --title and --link, or use --where"
            " prefix. Known are: {tools}.",
            tool=typed["tool"] or "–",
            tools=", ".join(key for key, one in known_tools().items() if one.has_words),
        )
    return _Field(tool, where, typed["network"])


# --- what is shown ----------------------------------------------------------------------------------------------------


def _lines(session: Session, strike: Strike, field: _Field, texts: Sequence[ReadyText]) -> Iterator[str]:
    where = {
        Where.PREFIX: _("before the tool's own text"),
        Where.SUFFIX: _("behind the tool's own text"),
        Where.WHOLE: _("the whole text"),
    }[field.where]
    yield _("For {tool}, {where}, under the strike “{name}”:").format(
        tool=clean_line(field.tool.name), where=where, name=strike.name
    )
    for wording in dict.fromkeys(ready.text for ready in texts):
        yield ""
        yield from (f"    {clean_line(line)}" for line in wording.splitlines())
        yield ""
        for ready in (ready for ready in texts if ready.text == wording):
            yield f"  {_fits(ready)}"
    yield from _about(field)
    zone, now = session.setup.zone, session.now()
    hours = {"start": moment(strike.starts_at, zone, now), "end": end_moment(strike.ends_at, zone, now)}
    text = _("Put it in {start}, not before. Put the old text back {end}: occupier cannot do it.")
    if strike.in_force(now):
        text = _("Put it in now. Put the old text back {end}: occupier cannot do it.")
    yield text.format(**hours)


def _about(field: _Field) -> Iterator[str]:
    tool = field.tool
    if tool.source and not tool.is_known_to_take(field.where):
        yield _("Whether {tool} has such a field is not known: see that it is there.").format(tool=tool.name)
    elif tool.source:
        yield _("As {source} has it: try it once, the tool may have changed.").format(source=tool.source)
    if tool.reads_feed:
        yield _("{tool} reads a feed: a strike feed would end by itself, at its hour (occupier init).").format(
            tool=tool.name
        )


def _fits(ready: ReadyText) -> str:
    counted = {"length": ready.length, "limit": ready.limit, "room": ready.room}
    values = {"network": network_name(ready.network)} | {name: in_figures(n) for name, n in counted.items()}
    if ready.room < 0:
        return _("{network}: too long even without a title ({length} of {limit} characters).").format(**values)
    if ready.is_short_of_room:
        return _("{network}: only {room} characters are left for the title: long ones will be cut, or refused.").format(
            **values
        )
    return _("{network}: {length} of {limit} characters with a link; {room} are left for the title.").format(**values)


def _document(strike: Strike, field: _Field, texts: Sequence[ReadyText]) -> Mapping[str, Any]:
    return {
        "strike": strike.name,
        "tool": field.tool.name,
        "where": field.where.value,
        "source": field.tool.source or None,
        "starts_at": iso(strike.starts_at),
        "ends_at": iso(strike.ends_at),
        "texts": [
            {"network": t.network, "text": t.text, "length": t.length, "limit": t.limit, "room": t.room} for t in texts
        ],
    }


# --- the old text -----------------------------------------------------------------------------------------------------


def _keep(session: Session, strike: Strike, field: _Field, typed: str | None) -> None:
    path = session.settings.old_texts
    kept = [old for old in read_old_texts(path) if old.stands_where(field.before(strike))]
    old = typed if typed is not None or kept or session.as_json or not sys.stdin.isatty() else _pasted(session)
    if old and old.strip():
        keep_old_text(path, field.before(strike, old.strip()))
        session.say(_("The old text is kept in {file}. To see it: {command}").format(
            file=path.name, command=f"occupier text {strike.name} --back"))  # fmt: skip
    elif kept:
        session.say(_("The old text is kept already. To see it: {command}").format(
            command=f"occupier text {strike.name} --back"))  # fmt: skip
    else:
        session.say(_("Note the text that stands there now, or give it with --old: nothing else knows it."))


def _pasted(session: Session) -> str:
    session.say(_("Paste the text that stands there now, and end with an empty line (an empty line at once: none)."))
    lines: list[str] = []
    for line in sys.stdin:
        if not line.strip():
            break
        lines.append(line.rstrip("\n"))
    return "\n".join(lines)


def _give_back(session: Session, name: str | None) -> int:
    kept = [old for old in read_old_texts(session.settings.old_texts) if name is None or old.strike == name]
    if not kept:
        raise FailedError("No old text was kept: what stood in the tool's field is known to nobody here.")
    strikes = {strike.name: strike for strike in known_strikes(session)}
    if session.as_json:
        session.show_json({"old": [asdict(old) for old in kept]})
        return 0
    session.say(ngettext("{n} old text:", "{n} old texts:", len(kept)).format(n=len(kept)))
    for old in kept:
        for line in _old(session, old, strikes.get(old.strike)):
            session.say(line)
    return 0


def _old(session: Session, old: OldText, strike: Strike | None) -> Iterator[str]:
    yield ""
    place = old.place
    tool = clean_line(place) if isinstance(place, str) else say(place)
    if strike is None:
        yield "  " + _("{tool}, from before the strike “{name}”:").format(tool=tool, name=old.strike)
    else:
        end = end_moment(strike.ended_at, session.setup.zone, session.now())
        text = _("{tool}, from before the strike “{name}”, to be put back {end}:")
        yield "  " + text.format(tool=tool, name=old.strike, end=end)
    yield from (f"    {clean_line(line)}" for line in old.text.splitlines())
