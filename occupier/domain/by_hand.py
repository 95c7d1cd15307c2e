"""By hand: accounts on which a person posts, with the text that was handed to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import quote

from occupier.domain.action import Payload
from occupier.domain.setup import Account

MANUAL = "manual"
"""The platform of an account on which a person posts."""
SITES: Mapping[str, str] = {"x": "x.com", "facebook": "www.facebook.com"}
"""Where a person posts; Mastodon's accounts have a server each."""
STILL_ASKED = timedelta(days=1)
"""For so long after it was handed, a person may be asked what became of a text that was given up."""
NOT_DONE, NOT_BY_HAND = "not_done", "not_by_hand"
"""The reasons of what nobody said to have posted before the end, and of what a person says to have left out."""


def is_by_hand(account: Account) -> bool:
    """Say whether a person posts on this account, and occupier only hands them the text."""
    return account.platform == MANUAL


def takes_text(account: Account) -> bool:
    """Say whether the network's own window takes the text along: Facebook's takes the link only."""
    return account.network != "facebook"


def posting_page(account: Account, payload: Payload) -> str | None:
    """Return the address of the network's own window in which the text stands ready; None where it has none.

    Sources: docs.x.com, "Web intents"; docs.joinmastodon.org (`/share`); developers.facebook.com, "Share dialog",
    which takes the link and no text.
    """
    if account.network == "x":
        return f"https://{account.host}/intent/post?text={quote(payload.shown, safe='')}"
    if account.network == "mastodon":
        return f"https://{account.host}/share?text={quote(payload.shown, safe='')}"
    if payload.link is None:
        return None
    return f"https://{account.host}/sharer/sharer.php?u={quote(payload.link, safe='')}"
