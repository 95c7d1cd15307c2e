"""Opens accounts: an id, a handle and credentials that are good on this sandbox only."""

import secrets

from occupier.sandbox.model import Account
from occupier.sandbox.state import HANDLES, NEWSROOM, State

FIRST_IDS = {"mastodon": 109_000_000_000_000_001, "x": 1_450_000_001, "facebook": 61_550_000_000_001}
FOLLOWERS = {"mastodon": 18_240, "x": 96_512, "facebook": 212_047}


def opened(state: State, platform: str, name: str) -> Account:
    """Make an account; the caller stores it."""
    before = sum(1 for other, _ in state.accounts if other == platform)
    account_id = str(FIRST_IDS[platform] + before)
    handle = HANDLES[platform] if name == NEWSROOM else _handle(name)
    given = _secrets(state, platform, account_id)
    return Account(platform, account_id, handle, name, state.now(), given, FOLLOWERS[platform])


def _secrets(state: State, platform: str, account_id: str) -> dict[str, str]:
    token = secrets.token_urlsafe(32)
    match platform:
        case "x":
            return {
                "consumer_key": state.consumer_key,
                "consumer_secret": state.consumer_secret,
                "access_token": f"{account_id}-{token}",
                "access_token_secret": secrets.token_urlsafe(32),
            }
        case "facebook":
            return {"access_token": token, "page_id": account_id}
        case _:
            return {"access_token": token}


def _handle(name: str) -> str:
    plain = "".join(char for char in name.lower().replace(" ", "_") if char.isalnum() or char == "_")
    return plain or "compte"
