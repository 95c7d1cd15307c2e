"""Accounts with keys, on which occupier posts itself: connected step by step, down to the right one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from occupier.domain.connecting import Connected
from occupier.domain.errors import OccupierError
from occupier.domain.setup import Account, Outside
from occupier.onboarding.account import (
    NewAccount,
    Place,
    key_of,
    name_question,
    owner_question,
    renew_question,
)
from occupier.onboarding.answers import Answer, Answers
from occupier.onboarding.keys import keep_keys, keys_question
from occupier.onboarding.networks import FIRST_STEP, connecting_questions
from occupier.onboarding.question import NO, Choice, GoBack, Question, no_goes_back, yes_or_no
from occupier.onboarding.world import World
from occupier.speech import clean_line, full_day, ngettext, say
from occupier.speech import gettext as _
from occupier.speech.figures import in_figures

LAST = "right"
_SETTING = "settings."


def keyed_questions(world: World, answers: Answers, place: Place) -> Iterator[Question]:
    """Lead through one account, from what one must have at hand to its name on the network."""
    if place.network != "mastodon":
        yield _ready(world, place)
    yield name_question(place, answers)
    account = place.before(answers)
    if account:
        yield renew_question(place, account)
    yield owner_question(place, answers)
    yield _outside(answers, place, account)
    yield keys_question(place.section)
    if f"{place.key}.{LAST}" not in answers:
        yield from connecting_questions(world, answers, place.key, place.network)
    yield _right(world, answers, place)


def keyed_account(answers: Answers, place: Place) -> NewAccount:
    """Return the account that was connected."""
    key = place.key
    facts = answers.facts(f"{key}.{LAST}")
    own = {name.removeprefix(_SETTING): value for name, value in facts.items() if name.startswith(_SETTING)}
    shared = {"owner": answers.text(f"{key}.owner"), "outside_strikes": answers.text(f"{key}.outside")}
    return NewAccount(
        answers.text(f"{key}.name"),
        place.network,
        place.network,
        facts["handle"],
        shared | own,
        tuple(facts["keys"].split()),
        facts["handle"],
    )


def _ready(world: World, place: Place) -> Question:
    return Question(
        f"{place.key}.ready",
        place.section,
        _("Do you have all that at hand?"),
        why=lambda: [f"  · {say(need)}" for need in world.steps(place.network).needs],
        choices=yes_or_no(),
        default=NO if place.network == "facebook" else "yes",  # whose first words are: not tonight
        read=no_goes_back(f"{place.key}.by"),
    )


def _outside(answers: Answers, place: Place, account: Account | None) -> Question:
    choices = (
        Choice(Outside.SILENT, _("nothing: the usual tool does its work as before")),
        Choice(Outside.PUBLISH, _("the articles: there is no usual tool any more")),
    )
    default = account.outside if account else answers.text(f"{key_of(place.number - 1)}.outside", Outside.SILENT)
    text = _("What does occupier post there when there is no strike?")
    return Question(f"{place.key}.outside", place.section, text, tuple, choices, default)


def _right(world: World, answers: Answers, place: Place) -> Question:
    key, held = place.key, answers.held.get(place.key)

    def read(chosen: str) -> Answer:
        if chosen == NO or held is None:
            _discard(answers, key)
            raise GoBack(f"{key}.{FIRST_STEP[place.network]}")
        keep_keys(answers.text("keys"), world.file.parent, answers.text(f"{key}.name"), held.secrets)
        return Answer("yes", _facts(held), (_("Connected. Its keys are put away."),))

    return Question(
        f"{key}.{LAST}",
        place.section,
        _("Is that the account?"),
        why=lambda: _told(held, ZoneInfo(answers.text("zone"))) if held else [],
        choices=yes_or_no(),
        read=read,
    )


def _discard(answers: Answers, key: str) -> None:
    """Give the keys of the wrong account back, where the network lets us; that it fails changes nothing here."""
    discard = getattr(answers.held.get(f"{key}.steps"), "discard", None)
    try:
        if discard and answers.held.pop(key, None):
            discard()
    except OccupierError:
        return


def _facts(connected: Connected) -> Mapping[str, str]:
    settings = {f"{_SETTING}{name}": value for name, value in connected.settings.items()}
    return {"handle": clean_line(connected.handle), "keys": " ".join(connected.secrets), **settings}


def _told(connected: Connected, zone: ZoneInfo) -> list[str]:
    lines = [_account_line(connected)]
    # a network that warns of the end gives its hour too
    if connected.expires_at and not any("when" in warning.values for warning in connected.warnings):
        day = full_day(connected.expires_at.astimezone(zone).date())
        lines.append(_("Its keys are good until {day}; then: occupier init again.").format(day=day))
    return lines + [f"  ! {say(warning, zone)}" for warning in connected.warnings]


def _account_line(connected: Connected) -> str:
    name, handle, n = clean_line(connected.display_name), clean_line(connected.handle), connected.followers
    if n is None:
        return _("This is the account {name} ({handle}).").format(name=name, handle=handle)
    text = ngettext(
        "This is the account {name} ({handle}), {n} follower.",
        "This is the account {name} ({handle}), {n} followers.",
        n,
    )
    return text.format(name=name, handle=handle, n=in_figures(n))
