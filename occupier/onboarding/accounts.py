"""The accounts, one by one: on which network, and by which way the strike gets there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count

from occupier.domain.setup import NETWORKS
from occupier.onboarding.account import NewAccount, Place, Way, existing, key_of
from occupier.onboarding.answers import Answer, Answers
from occupier.onboarding.by_hand import (
    LAST_BY_HAND,
    LAST_OF_WORDS,
    by_hand_account,
    by_hand_questions,
    words_questions,
)
from occupier.onboarding.keyed import LAST as LAST_KEYED
from occupier.onboarding.keyed import keyed_account, keyed_questions
from occupier.onboarding.meanwhile import about_usual
from occupier.onboarding.question import Choice, Question
from occupier.onboarding.sections import ACCOUNTS, section
from occupier.onboarding.strike_feed import LAST as LAST_FEED
from occupier.onboarding.strike_feed import strike_feed_account, strike_feed_questions
from occupier.onboarding.world import World
from occupier.speech import gettext as _
from occupier.speech import network_name

DONE = "done"
_LAST: Mapping[Way, str] = {
    Way.KEYS: LAST_KEYED,
    Way.FEED: LAST_FEED,
    Way.WORDS: LAST_OF_WORDS,
    Way.HAND: LAST_BY_HAND,
}
"""The answer with which an account is whole."""
_MADE = {Way.KEYS: keyed_account, Way.FEED: strike_feed_account, Way.HAND: by_hand_account}


def account_questions(world: World, answers: Answers) -> Iterator[Question]:
    """Ask for accounts until there is none left."""
    for number in count(1):
        key = key_of(number)
        yield _platform(world, answers, number)
        if answers.text(f"{key}.platform") == DONE:
            return
        yield _way(answers, number)
        yield from _one_account(world, answers, _place(answers, number, world))


def new_accounts(answers: Answers) -> list[NewAccount]:
    """Return the accounts that were answered to the end, in order; those without a line in the settings are not."""
    made = [_MADE[place.way](answers, place) for place in _whole(answers) if place.way in _MADE]
    return [replace(one, settings={**one.settings, **about_usual(answers, one)}) for one in made]


def tools_with_words(answers: Answers) -> list[tuple[str, str]]:
    """Return each tool whose text is to be changed, with the network on which it posts."""
    return [
        (answers.text(f"{place.key}.{LAST_OF_WORDS}"), place.network)
        for place in _whole(answers)
        if place.way is Way.WORDS
    ]


def _whole(answers: Answers) -> Iterator[Place]:
    for number in count(1):
        key = key_of(number)
        if answers.text(f"{key}.platform", DONE) == DONE:
            return
        place = _place(answers, number)
        if f"{key}.{_LAST[place.way]}" in answers:
            yield place


def _place(answers: Answers, number: int, world: World | None = None) -> Place:
    key = key_of(number)
    way = Way(answers.text(f"{key}.by", Way.KEYS))
    return Place(number, answers.text(f"{key}.platform"), way, existing(world) if world else ())


def _one_account(world: World, answers: Answers, place: Place) -> Iterator[Question]:
    if place.way is Way.KEYS:
        yield from keyed_questions(world, answers, place)
    elif place.way is Way.FEED:
        yield from strike_feed_questions(world, answers, place)
    elif place.way is Way.WORDS:
        yield from words_questions(answers, place)
    else:
        yield from by_hand_questions(world, answers, place)


def _platform(world: World, answers: Answers, number: int) -> Question:
    names = [*(one.name for one in existing(world)), *(one.name for one in new_accounts(answers))]
    names += [
        _("{tool} on {network}").format(tool=tool, network=network_name(on)) for tool, on in tools_with_words(answers)
    ]
    names = list(dict.fromkeys(names))
    labels = {**NETWORKS, "facebook": _("a Facebook page")}
    done = _("none: that is all") if names else _("none for now")
    return Question(
        f"{key_of(number)}.platform",
        section(ACCOUNTS),
        _("Which network is the next account on?") if names else _("Which network is the first account on?"),
        why=lambda: [_("So far: {names}").format(names=", ".join(names))] if names else [],
        choices=(*(Choice(network, labels[network]) for network in NETWORKS), Choice(DONE, done)),
        default=DONE if names else "mastodon",
        read=lambda chosen: Answer(chosen, said=_without_any() if chosen == DONE and not names else ()),
    )


def _way(answers: Answers, number: int) -> Question:
    key = key_of(number)
    network = answers.text(f"{key}.platform")
    keys = {
        "mastodon": _("through keys of our own: occupier posts itself (two minutes)"),
        "x": _("through keys of our own: occupier posts itself (30 to 45 minutes the first time)"),
        "facebook": _(
            "through keys of our own: occupier posts itself (hours or days the first time: plan on not tonight)"
        ),
    }
    choices = (
        Choice(Way.KEYS, keys[network]),
        Choice(Way.FEED, _("through a tool or the site itself, which reads a feed whose address we can change")),
        Choice(Way.WORDS, _("through a tool whose text we can change, and nothing else")),
        Choice(Way.HAND, _("none of these: somebody posts by hand")),
    )
    return Question(
        f"{key}.by",
        section(ACCOUNTS, network),
        _("How do posts get onto this account, and how can the strike? Take the first that you have tonight."),
        why=lambda: [_("The higher in this list, the more occupier does by itself, and the more its log knows.")],
        choices=choices,
        default=Way.KEYS,
    )


def _without_any() -> tuple[str, ...]:
    return (
        _(
            "Without an account nothing is posted. Type occupier init again when you have decided by which way; until"
            " then, rehearse: that needs none."
        ),
    )
