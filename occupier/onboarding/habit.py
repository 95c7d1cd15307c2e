"""The usual tool: who posts when nobody is on strike, and whether one gets into it tonight."""

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
    """Ask who posts, what it is called, and whether one gets in."""
    current = world.current.setup.usual if world.current else Usual()
    yield _who(current)
    by = Poster(answers.text("usual.by"))
    if by in (Poster.SITE, Poster.SERVICE):
        yield _name(by, current)
        yield _access(current)


def usual_of(answers: Answers) -> Usual:
    """Return what was answered."""
    access = {YES: True, NO: False}.get(answers.text("usual.access"))
    name, paused = (answers.text(f"usual.{key}").removeprefix("-") or None for key in ("name", "paused"))
    return Usual(Poster(answers.text("usual.by", "unknown")), access, name, paused)


def _who(current: Usual) -> Question:
    why = _(
        "During the strike the usual tool has to be silent, or to say the strike itself: else every article goes out as"
        " usual."
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


def _access(current: Usual) -> Question:
    default = {True: YES, False: NO, None: _UNSURE}[current.access]
    return Question(
        "usual.access",
        section(USUAL),
        _("Can you, or someone who strikes with you, get into it tonight?"),
        choices=(*yes_or_no(), Choice(_UNSURE, _("I don't know"))),
        default=default,
        read=lambda chosen: Answer(chosen, said=_what_follows(chosen)),
    )


def _what_follows(access: str) -> tuple[str, ...]:
    if access == YES:
        return (_("Good: then it can be paused, or the strike can go through it, without any key. It is asked below."),)
    return (
        _(
            "Then ask somebody who can, before the strike. Where it goes on, occupier sees its posts on the accounts"
            " that it has keys for, posts nothing beside them, and takes nothing of the tool's away."
        ),
    )
