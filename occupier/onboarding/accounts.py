"""The accounts, one by one: what they are called here, whose they are, and that it is the right one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from zoneinfo import ZoneInfo

from occupier.domain.connecting import Connected
from occupier.domain.errors import OccupierError, UsageError
from occupier.domain.setup import Account, Outside
from occupier.onboarding.answers import Answer, Answers
from occupier.onboarding.keys import keep_keys
from occupier.onboarding.networks import FIRST_STEP, connecting_questions
from occupier.onboarding.question import NO, Choice, GoBack, Question, no_goes_back, yes_or_no
from occupier.onboarding.sections import ACCOUNTS, section
from occupier.onboarding.world import World
from occupier.speech import clean_line, full_day, ngettext, say
from occupier.speech import gettext as _
from occupier.speech.figures import in_figures

DONE = "done"
_NAME = re.compile(r"[a-z0-9-]{1,32}")
_SHORT = {"mastodon": "mastodon", "x": "x", "facebook": "page"}
_SETTING = "settings."


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account that was connected: what the settings will say of it. `keys` are the names of its secrets."""

    name: str
    platform: str
    owner: str
    outside: str
    handle: str
    keys: tuple[str, ...]
    settings: Mapping[str, str]


def account_questions(world: World, answers: Answers) -> Iterator[Question]:
    """Ask for accounts until there is none left."""
    for number in count(1):
        key = key_of(number)
        yield _platform(world, answers, number)
        if answers.text(f"{key}.platform") == DONE:
            return
        yield from _one_account(world, answers, number)


def new_accounts(answers: Answers) -> list[NewAccount]:
    """Return the accounts that were connected, in order."""
    done = (key for key in answers if key.startswith("account.") and key.endswith(".right"))
    return [_connected(answers, key.removesuffix(".right")) for key in done]


def _connected(answers: Answers, key: str) -> NewAccount:
    facts = answers.facts(f"{key}.right")
    settings = {name.removeprefix(_SETTING): value for name, value in facts.items() if name.startswith(_SETTING)}
    return NewAccount(
        answers.text(f"{key}.name"),
        answers.text(f"{key}.platform"),
        answers.text(f"{key}.owner"),
        answers.text(f"{key}.outside"),
        facts["handle"],
        tuple(facts["keys"].split()),
        settings,
    )


def _existing(world: World) -> tuple[Account, ...]:
    return world.current.setup.accounts if world.current else ()


def _platform(world: World, answers: Answers, number: int) -> Question:
    names = [*(one.name for one in _existing(world)), *(one.name for one in new_accounts(answers))]
    choices = [
        Choice("mastodon", _("Mastodon: two minutes")),
        Choice("x", _("X: 30 to 45 minutes the first time")),
        Choice("facebook", _("a Facebook page: hours or days the first time, plan on not tonight")),
        Choice(DONE, _("none: that is all") if names else _("none for now")),
    ]
    return Question(
        f"account.{number}.platform",
        section(ACCOUNTS),
        _("Which network is the next account on?") if names else _("Which network is the first account on?"),
        why=lambda: [_("Connected: {names}").format(names=", ".join(names))] if names else [],
        choices=tuple(choices),
        default=DONE if names else "mastodon",
        read=lambda chosen: Answer(chosen, said=_without_any() if chosen == DONE and not names else ()),
    )


def _without_any() -> tuple[str, ...]:
    return (
        _(
            "Without an account nothing is posted. Type occupier init again when you have the keys; until then,"
            " rehearse: that needs none."
        ),
    )


def _one_account(world: World, answers: Answers, number: int) -> Iterator[Question]:
    key = key_of(number)
    platform = answers.text(f"{key}.platform")
    if platform != "mastodon":
        yield _ready(world, key, platform)
    yield _name(world, answers, number, platform)
    account = next((one for one in _existing(world) if one.name == answers.text(f"{key}.name")), None)
    if account:
        yield _renew(key, account)
    yield _owner(answers, number, platform, account)
    yield _outside(answers, number, platform, account)
    if f"{key}.right" not in answers:
        yield from connecting_questions(world, answers, key, platform)
    yield _right(world, answers, key, platform)


def _ready(world: World, key: str, platform: str) -> Question:
    return Question(
        f"{key}.ready",
        section(ACCOUNTS, platform),
        _("Do you have all that at hand?"),
        why=lambda: [f"  · {say(need)}" for need in world.steps(platform).needs],
        choices=yes_or_no(),
        default=NO if platform == "facebook" else "yes",  # whose first words are: not tonight
        read=no_goes_back(f"{key}.platform"),
    )


def _name(world: World, answers: Answers, number: int, platform: str) -> Question:
    others = [one for n in range(1, number) if (one := answers.text(f"account.{n}.name"))]
    known = {account.name: account.platform for account in _existing(world)}
    taken = {*others, *known}
    stem = f"{_SHORT[platform]}-une"
    free = next(one for one in (stem if n == 1 else f"{stem}-{n}" for n in count(1)) if one not in taken)

    def read(typed: str) -> Answer:
        # what was typed is not repeated: somebody may have pasted a key
        if not _NAME.fullmatch(typed) or typed == "all":
            raise UsageError("Write 1 to 32 of a-z, 0-9 and hyphens, for example {example}.", example=free)
        if typed.isdecimal():
            raise UsageError("A name, not a number: write for example {example}.", example=free)
        if typed in others or known.get(typed, platform) != platform:
            raise UsageError("Another account has this name already; write for example {example}.", example=free)
        return Answer(typed)

    return Question(
        f"{key_of(number)}.name",
        section(ACCOUNTS, platform),
        _("What is this account to be called here?"),
        why=lambda: [_("A short name, for the commands and the log: occupier pause {name}").format(name=free)],
        default=free,
        read=read,
    )


def key_of(number: int) -> str:
    """Return where the answers on an account stand."""
    return f"account.{number}"


def _renew(key: str, account: Account) -> Question:
    return Question(
        f"{key}.renew",
        section(ACCOUNTS, account.platform),
        _("{name} is in the settings already. Give it new keys?").format(name=account.name),
        why=lambda: [_("Its other settings stay as they are; a copy of its old keys is kept beside the new ones.")],
        choices=yes_or_no(),
        read=no_goes_back(f"{key}.platform"),
    )


def _owner(answers: Answers, number: int, platform: str, account: Account | None) -> Question:
    why = _(
        "A union's own account is the safest: nobody can hold against you that you used what is the employer's, and"
        " nobody can take it away from you that evening."
    )
    choices = Choice("employer", _("the newsroom's (the employer)")), Choice("union", _("a union's, or a collective's"))
    default = account.owner if account else answers.text(f"{key_of(number - 1)}.owner", "employer")
    text, key = _("Whose account is it?"), f"{key_of(number)}.owner"
    said = [why] if number == 1 else []
    return Question(key, section(ACCOUNTS, platform), text, lambda: said, choices, default)


def _outside(answers: Answers, number: int, platform: str, account: Account | None) -> Question:
    choices = (
        Choice(Outside.SILENT, _("nothing: the usual tool does its work as before")),
        Choice(Outside.PUBLISH, _("the articles: there is no usual tool any more")),
    )
    default = account.outside if account else answers.text(f"{key_of(number - 1)}.outside", Outside.SILENT)
    text = _("What does occupier post there when there is no strike?")
    return Question(f"{key_of(number)}.outside", section(ACCOUNTS, platform), text, tuple, choices, default)


def _right(world: World, answers: Answers, key: str, platform: str) -> Question:
    held = answers.held.get(key)

    def read(chosen: str) -> Answer:
        if chosen == NO or held is None:
            _discard(answers, key)
            raise GoBack(f"{key}.{FIRST_STEP[platform]}")
        keep_keys(answers.text("keys"), world.file.parent, answers.text(f"{key}.name"), held.secrets)
        return Answer("yes", _facts(held), (_("Connected. Its keys are put away."),))

    return Question(
        f"{key}.right",
        section(ACCOUNTS, platform),
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
