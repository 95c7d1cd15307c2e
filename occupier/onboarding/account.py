"""What every account is asked, whichever way its posts go: a name, and whose it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count

from occupier.domain.errors import UsageError
from occupier.domain.setup import Account
from occupier.onboarding.answers import Answer, Answers
from occupier.onboarding.question import Choice, Question, no_goes_back, yes_or_no
from occupier.onboarding.sections import ACCOUNTS, section
from occupier.onboarding.world import World
from occupier.speech import gettext as _

_NAME = re.compile(r"[a-z0-9-]{1,32}")
_SHORT = {"mastodon": "mastodon", "x": "x", "facebook": "page"}


class Way(StrEnum):
    """By what the strike gets onto an account, the surest first."""

    KEYS = "keys"
    FEED = "feed"
    WORDS = "words"
    HAND = "hand"


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account as the settings will have it.

    `platform` is what they call it there, `network` where its posts appear; `remark` stands above it. `keys` are the
    names of its secrets: where each is goes into the table, or into `deliver` where there is one.
    """

    name: str
    platform: str
    network: str
    remark: str
    settings: Mapping[str, object]
    keys: tuple[str, ...] = ()
    handle: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """The account that is asked about: its number, network and way, and what the settings know of it already."""

    number: int
    network: str
    way: Way
    known: tuple[Account, ...] = field(default=(), repr=False)

    @property
    def key(self) -> str:
        """Where its answers stand."""
        return key_of(self.number)

    @property
    def section(self) -> str:
        """Its heading."""
        return section(ACCOUNTS, self.network)

    def before(self, answers: Answers) -> Account | None:
        """Return the account of the settings that has this name, once it has one."""
        name = answers.text(f"{self.key}.name")
        return next((one for one in self.known if one.name == name), None)


def key_of(number: int) -> str:
    """Return where the answers on an account stand."""
    return f"account.{number}"


def existing(world: World) -> tuple[Account, ...]:
    """Return the accounts of the settings that are there."""
    return world.current.setup.accounts if world.current else ()


def way_of(account: Account) -> Way:
    """Return the way of an account of the settings."""
    if account.is_network:
        return Way.KEYS
    return Way.FEED if account.is_feed else Way.HAND


def name_question(place: Place, answers: Answers) -> Question:
    """Ask what it is to be called here; the name of one that is there already means that one."""
    others = [one for n in range(1, place.number) if (one := answers.text(f"{key_of(n)}.name"))]
    known = {account.name: (account.network, way_of(account)) for account in place.known}
    free = _free_name(place, {*others, *known})

    def read(typed: str) -> Answer:
        # what was typed is not repeated: somebody may have pasted a key
        if not _NAME.fullmatch(typed) or typed == "all":
            raise UsageError("Write 1 to 32 of a-z, 0-9 and hyphens, for example {example}.", example=free)
        if typed.isdecimal():
            raise UsageError("A name, not a number: write for example {example}.", example=free)
        if typed in others or known.get(typed, (place.network, place.way)) != (place.network, place.way):
            raise UsageError("Another account has this name already; write for example {example}.", example=free)
        return Answer(typed)

    return Question(
        f"{place.key}.name",
        place.section,
        _("What is this account to be called here?"),
        why=lambda: [_("A short name, for the commands and the log: occupier pause {name}").format(name=free)],
        default=free,
        read=read,
    )


def _free_name(place: Place, taken: set[str]) -> str:
    short = _SHORT[place.network]
    stems = {
        Way.FEED: _("tool-{network}").format(network=short),
        Way.HAND: _("{network}-by-hand").format(network=short),
    }
    stem = stems.get(place.way, f"{short}-une")
    return next(one for one in (stem if n == 1 else f"{stem}-{n}" for n in count(1)) if one not in taken)


def renew_question(place: Place, account: Account) -> Question:
    """Ask whether an account that is there is meant."""
    if place.way is Way.KEYS:
        text = _("{name} is in the settings already. Give it new keys?")
        why = _("Its other settings stay as they are; a copy of its old keys is kept beside the new ones.")
    else:
        text = _("{name} is in the settings already. Set it anew?")
        why = _("What is not asked here stays as it is.")
    return Question(
        f"{place.key}.renew",
        place.section,
        text.format(name=account.name),
        why=lambda: [why],
        choices=yes_or_no(),
        read=no_goes_back(f"{place.key}.platform"),
    )


def owner_question(place: Place, answers: Answers) -> Question:
    """Ask whose account it is."""
    why = _(
        "A union's own account is the safest: nobody can hold against you that you used what is the employer's, and"
        " nobody can take it away from you that evening."
    )
    choices = Choice("employer", _("the newsroom's (the employer)")), Choice("union", _("a union's, or a collective's"))
    account = place.before(answers)
    default = account.owner if account else answers.text(f"{key_of(place.number - 1)}.owner", "employer")
    said = [why] if place.number == 1 else []
    return Question(f"{place.key}.owner", place.section, _("Whose account is it?"), lambda: said, choices, default)
