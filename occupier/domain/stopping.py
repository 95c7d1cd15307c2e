"""How anybody of the newsroom stops everything, on the machine and from elsewhere: said wherever people are told."""

from __future__ import annotations

from occupier.domain.errors import Sentence
from occupier.domain.setup import Setup


def how_to_stop(setup: Setup) -> Sentence:
    """Return every way to stop, the ones without this machine first; no way needs occupier to answer but the first."""
    has_keys = any(account.has_keys for account in setup.accounts)
    if setup.pause_url is None:
        return Sentence(
            "To stop everything: type occupier pause, or put a file named PAUSE beside the database, or remove the app"
            " in the account's settings on the network itself."
            if has_keys
            else "To stop everything: type occupier pause, or put a file named PAUSE beside the database."
        )
    return Sentence(
        "To stop everything: write {word} at {address} (from any phone), or type occupier pause, or put a file named"
        " PAUSE beside the database, or remove the app in the account's settings on the network itself."
        if has_keys
        else "To stop everything: write {word} at {address} (from any phone), or type occupier pause, or put a file"
        " named PAUSE beside the database.",
        {"word": setup.pause_word, "address": setup.pause_url},
    )
