"""The usual tool: who posts when nobody is on strike, and whether it can be paused tonight."""

from __future__ import annotations

from collections.abc import Iterator

from occupier.domain.setup import Poster, Usual
from occupier.onboarding.answers import Answer, Answers
from occupier.onboarding.question import NO, YES, Choice, Question, yes_or_no
from occupier.onboarding.sections import USUAL, section
from occupier.onboarding.world import World
from occupier.speech import gettext as _

_UNSURE = "unsure"


def usual_questions(world: World, answers: Answers) -> Iterator[Question]:
    """Ask who posts, what it is called, whether one gets in, and whether it is paused."""
    current = world.current.setup.usual if world.current else Usual()
    yield _who(current)
    by = Poster(answers.text("usual.by"))
    if by in (Poster.SITE, Poster.SERVICE):
        yield _name(by, current)
        yield _access(by, current)
    if answers.text("usual.access") == YES:
        yield _paused(current)


def usual_of(answers: Answers) -> Usual:
    """Return what was answered."""
    access = {YES: True, NO: False}.get(answers.text("usual.access"))
    name, paused = (answers.text(f"usual.{key}").removeprefix("-") or None for key in ("name", "paused"))
    return Usual(Poster(answers.text("usual.by", "unknown")), access, name, paused)


def _who(current: Usual) -> Question:
    why = _(
        "During the strike the usual tool has to be silent, or every article goes out twice: as usual, and with the"
        " strike message."
    )
    choices = (
        Choice(Poster.SITE, _("the site itself (WordPress or another, with an extension)")),
        Choice(Poster.SERVICE, _("a service (dlvr.it, Buffer, Echobox, IFTTT, Zapier, Hootsuite…)")),
        Choice(Poster.HAND, _("people, by hand")),
        Choice(Poster.UNKNOWN, _("I don't know")),
    )
    return Question(
        "usual.by",
        section(USUAL),
        _("On an ordinary day, who posts the links to the articles?"),
        why=lambda: [why],
        choices=choices,
        default=current.by,
        read=lambda chosen: Answer(chosen, said=_about(Poster(chosen))),
    )


def _about(by: Poster) -> tuple[str, ...]:
    if by is Poster.HAND:
        return (_("Then nothing has to be paused: agree with those who post that nobody does during the strike."),)
    if by is Poster.UNKNOWN:
        return (
            _(
                "Open the account's latest posts: some networks write below them which application posted. occupier"
                " check looks too."
            ),
        )
    return ()


def _name(by: Poster, current: Usual) -> Question:
    examples = "WordPress, Drupal…" if by is Poster.SITE else "dlvr.it, Buffer, Echobox…"
    return Question(
        "usual.name",
        section(USUAL),
        _("What is it called ({examples})? A hyphen if you don't know.").format(examples=examples),
        default=current.name or "-",
    )


def _access(by: Poster, current: Usual) -> Question:
    default = {True: YES, False: NO, None: _UNSURE}[current.access]
    return Question(
        "usual.access",
        section(USUAL),
        _("Can you, or someone who strikes with you, get into it tonight?"),
        choices=(*yes_or_no(), Choice(_UNSURE, _("I don't know"))),
        default=default,
        read=lambda chosen: Answer(chosen, said=_what_to_do(by, chosen)),
    )


def _what_to_do(by: Poster, access: str) -> tuple[str, ...]:
    if access != YES:
        return (
            _(
                "Then ask somebody who can, before the strike. If it goes on, articles go out twice; occupier"
                " tells you when it sees that, and takes nothing of the tool's away."
            ),
        )
    where = {
        Poster.SITE: _("In the site's administration: the extension that shares on networks, automatic sharing off."),
        Poster.SERVICE: _(
            "dlvr.it: the route's Pause. Buffer: each channel's Pause Queue. IFTTT and Zapier: the applet or the Zap"
            " off. Echobox and Hootsuite: automation off."
        ),
    }
    after = _(
        "Pause it, delete nothing, a quarter of an hour before the strike begins. When it ends, empty its queue before"
        " you switch it on: it must go on from then, not from what waited."
    )
    return tuple(line for line in (where.get(by), after) if line)


def _paused(current: Usual) -> Question:
    why = _("This stands on the plan that the assembly votes on. It can be written later: occupier init again.")
    return Question(
        "usual.paused",
        section(USUAL),
        _("Is it paused already? Write by which function and since when; a hyphen if it is not yet."),
        why=lambda: [why],
        default=current.paused or "-",
    )
