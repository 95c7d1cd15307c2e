"""The stops: what holds everything now, and who can hold it, or be woken, tonight."""

from __future__ import annotations

from collections.abc import Iterator

from occupier.domain.errors import FeedError, Sentence
from occupier.domain.setup import Setup
from occupier.services.deeds.listening import says
from occupier.services.eve.checks.evidence import Keys, Remembered
from occupier.services.eve.checks.finding import EVERYTHING, Finding, amber, green, red


def check_pauses(remembered: Remembered) -> Iterator[Finding]:
    """Say what is paused: nothing leaves there before a person lets it."""
    for pause in remembered.pauses:
        since = {"since": pause.since}
        if pause.target_id is None:
            text = "Everything is paused since {since}: nothing is posted."
            yield amber("pause", EVERYTHING, Sentence(text, since), Sentence("To go on: occupier resume"))
        elif pause.target_id in remembered.names:
            account = remembered.names[pause.target_id]
            text = "This account is stopped since {since}: nothing is posted there."
            advice = Sentence("See why with occupier status; to go on: occupier resume {account}", {"account": account})
            yield amber("pause", account, Sentence(text, since), advice)


def check_address(setup: Setup, heard: bytes | FeedError | None) -> Iterator[Finding]:
    """Look whether the address that can stop everything can be read, and does not do so already."""
    if setup.pause_url is None or heard is None:
        return
    values = {"word": setup.pause_word, "address": setup.pause_url}
    if isinstance(heard, FeedError):
        advice = Sentence("Open the address in a browser, logged out: it must show its text.")
        yield red("pause_url", EVERYTHING, heard.sentence, advice)
    elif says(heard, setup.pause_word):
        text = "The word {word} stands at {address} already: nothing is posted while it does."
        yield amber("pause_url", EVERYTHING, Sentence(text, values), Sentence("Take it out."))
    else:
        text = "Writing {word} at {address} stops everything within half a minute."
        yield green("pause_url", EVERYTHING, Sentence(text, values))


def check_notify(keys: Keys) -> Iterator[Finding]:
    """Look whether anybody would be told; nothing is sent."""
    for error in keys.notify_problems:
        yield red("notify", EVERYTHING, error.sentence)
    if not keys.notify:
        text = "The settings name no address for notifications: nobody is woken when something goes wrong."
        advice = Sentence("Add one under notify in the settings, then type occupier notify test.")
        yield amber("notify", EVERYTHING, Sentence(text), advice)
    elif not keys.notify_problems:
        text = "Addresses for notifications: {n}; occupier notify test sends a message there."
        yield green("notify", EVERYTHING, Sentence(text, {"n": keys.notify}))
