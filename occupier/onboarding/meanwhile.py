"""The usual tool during the strike: its pause, and what becomes of a usual post that is out all the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from occupier.domain.errors import UsageError
from occupier.domain.setup import FEED, Account, IfUsualIsOut, Poster, Takeover, Usual
from occupier.onboarding.account import NewAccount, Way, existing, way_of
from occupier.onboarding.answers import Answer, Answers
from occupier.onboarding.question import YES, Choice, Question
from occupier.onboarding.sections import MEANWHILE, section
from occupier.onboarding.world import World
from occupier.speech import gettext as _

_EDITING = ("mastodon",)
"""Where the post of another application can be edited; Facebook lets an app edit its own posts only."""
_TAKEOVER = "takeover"
_WITHIN = "usual.within"
_USUAL_MINUTES, _MOST_MINUTES = 20, 60


def meanwhile_questions(world: World, answers: Answers, new: Sequence[NewAccount]) -> Iterator[Question]:
    """Ask what to do about a tool that posts beside accounts with keys; nothing where there is none of either."""
    if Poster(answers.text("usual.by")) not in (Poster.SITE, Poster.SERVICE):
        return
    connected = [one for one in new if one.platform == one.network]
    names = {one.name for one in connected}
    stay = [one for one in existing(world) if one.name not in {known.name for known in new}]
    beside = [one.name for one in stay if way_of(one) is Way.KEYS and not one.test] + sorted(names)
    if not beside:
        return
    if answers.text("usual.access") == YES:
        current = world.current.setup.usual if world.current else Usual()
        reads = [one.name for one in stay if one.is_feed] + [one.name for one in new if one.platform == FEED]
        yield _paused(answers, current, beside, reads)
    if connected:
        before = next((one for one in existing(world) if one.name in names), None)
        yield _if_out(answers, connected, before)
        if answers.text("usual.out") in (IfUsualIsOut.REPLACE, _TAKEOVER):
            yield _application(answers, before)
        if answers.text("usual.access") != YES and answers.text("usual.out") != _TAKEOVER:
            yield _within(before)


def about_usual(answers: Answers, account: NewAccount) -> Mapping[str, object]:
    """Return what the settings of a new account say of it; None for a key that is to go."""
    if account.platform != account.network or "usual.out" not in answers:
        return {}
    out = answers.text("usual.out")
    edits = out in (IfUsualIsOut.REPLACE, _TAKEOVER) and account.network in _EDITING
    takes_over = edits and out == _TAKEOVER
    return {
        "if_usual_is_out": out if (edits and not takes_over) or out == IfUsualIsOut.LEAVE else str(IfUsualIsOut.HOLD),
        _TAKEOVER: str(Takeover.REPLACE) if takes_over else None,
        "usual_application": answers.text("usual.application") if edits else None,
        "usual_within": answers.text(_WITHIN) or None if not takes_over else None,
        "replace_by": None,  # to delete posts is nothing that a conversation proposes
    }


def _paused(answers: Answers, current: Usual, beside: Sequence[str], reads: Sequence[str]) -> Question:
    lines = [
        _("Beside these accounts it has to be silent: {accounts}.").format(accounts=", ".join(beside)),
        _WHERE[Poster(answers.text("usual.by"))](),
        _(
            "Pause it, delete nothing, a quarter of an hour before the strike begins. When it ends, empty its queue"
            " before you switch it on: it must go on from then, not from what waited."
        ),
    ]
    if reads:
        text = _("What reads the strike feed goes on, for it is what posts: {feeds}.")
        lines.append(text.format(feeds=", ".join(reads)))
    lines.append(_("This stands on the plan that the assembly votes on. It can be written later: occupier init again."))
    return Question(
        "usual.paused",
        section(MEANWHILE),
        _("Is it paused already? Write by which function and since when; a hyphen if it is not yet."),
        why=lambda: lines,
        default=current.paused or "-",
    )


def _in_the_site() -> str:
    return _("In the site's administration: the extension that shares on networks, automatic sharing off.")


def _in_the_service() -> str:
    return _(
        "dlvr.it: the route's Pause. Buffer: each channel's Pause Queue. IFTTT and Zapier: the applet or the Zap off."
        " Echobox and Hootsuite: automation off."
    )


_WHERE = {Poster.SITE: _in_the_site, Poster.SERVICE: _in_the_service}


def _if_out(answers: Answers, connected: Sequence[NewAccount], before: Account | None) -> Question:
    can_edit = any(one.network in _EDITING for one in connected)
    choices = [
        Choice(IfUsualIsOut.HOLD, _("ask us each time: a person decides, nothing leaves meanwhile")),
        Choice(IfUsualIsOut.LEAVE, _("leave it at that: this article does without a strike post")),
    ]
    if can_edit:
        choices.append(
            Choice(IfUsualIsOut.REPLACE, _("edit it where it stands, so that it says the strike (Mastodon only)"))
        )
    if can_edit and answers.text("usual.access") != YES:
        text = _("post nothing ourselves: wait for each of the tool's posts, and edit it (Mastodon only)")
        choices.append(Choice(_TAKEOVER, text))
    why = _(
        "If the tool posts all the same: occupier looks before each strike post, and posts nothing beside a usual post"
        " that is out. One that comes later it cannot see ahead. What then?"
    )
    default = _default(before)
    is_there = any(one.id == default for one in choices)
    return Question(
        "usual.out",
        section(MEANWHILE),
        _("When the usual post about an article is out already?"),
        why=lambda: [why],
        choices=tuple(choices),
        default=default if is_there else IfUsualIsOut.HOLD,
        read=lambda chosen: Answer(chosen, said=_put_back(chosen)),
    )


def _default(before: Account | None) -> str:
    if before is None:
        return IfUsualIsOut.HOLD
    return _TAKEOVER if before.takeover is Takeover.REPLACE else before.if_usual_is_out


def _put_back(chosen: str) -> tuple[str, ...]:
    if chosen not in (IfUsualIsOut.REPLACE, _TAKEOVER):
        return ()
    return (
        _(
            "Only posts made in the strike, by that tool, about its articles. Afterwards occupier restore puts them"
            " back as they were. On other networks a person is asked."
        ),
    )


def _application(answers: Answers, before: Account | None) -> Question:
    named = (before and before.usual_application) or answers.text("usual.name").removeprefix("-")
    return Question(
        "usual.application",
        section(MEANWHILE),
        _("How does the network call the tool, under its posts?"),
        why=lambda: [
            _("Open one of them: Mastodon writes the application beside the date. The name must be the same.")
        ],
        default=named or None,
    )


def _within(before: Account | None) -> Question:
    known = int(before.usual_within.total_seconds()) // 60 if before else _USUAL_MINUTES
    why = _(
        "A tool that looks for articles every quarter of an hour posts later than occupier would. So each strike post"
        " waits that long after its article, to see the usual one first. With 0, nothing waits, and what the tool posts"
        " afterwards stands beside."
    )
    return Question(
        _WITHIN,
        section(MEANWHILE),
        _("How long after an article may the tool still post it, in minutes?"),
        why=lambda: [why],
        default=str(known),
        read=_read_within,
    )


def _read_within(typed: str) -> Answer:
    number = typed.strip().removesuffix("min").removesuffix("m").strip()
    if not (number.isascii() and number.isdigit() and int(number) <= _MOST_MINUTES):
        raise UsageError("Write a number of minutes, from 0 to {most}.", most=_MOST_MINUTES)
    return Answer(f"{int(number)}m" if int(number) else "")
