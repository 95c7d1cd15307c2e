"""Other hands on the accounts: the usual tool, a colleague with the network's own app."""

from datetime import datetime
from itertools import count

from occupier.sandbox.model import Account, SandboxPost
from occupier.sandbox.state import State
from occupier.sandbox.text import addresses

_EPOCHS = {"mastodon": (0, 16), "x": (1288834974657, 22), "facebook": (-122_000_000_000_000, 0)}
"""From when each network counts its ids, in milliseconds, and how far it shifts them."""


def announced(state: State, account: Account, text: str, application: str, at: datetime) -> SandboxPost:
    """Put a post on an account that another application made at that instant; the caller holds the lock."""
    epoch, shift = _EPOCHS[account.platform]
    number = next(n for n in count((int(at.timestamp() * 1000) - epoch) << shift) if not _is_taken(state, account, n))
    post = SandboxPost(
        id=_named(account, number),
        platform=account.platform,
        account=account.id,
        text=text,
        links=tuple(found.url for found in addresses(text)),
        created_at=at,
        visible_at=at,
        application=application,
    )
    state.posts.append(post)
    # timelines are read backwards: what is dated earlier stands earlier
    state.posts.sort(key=lambda known: known.created_at)
    state.changes += 1
    return post


def _is_taken(state: State, account: Account, number: int) -> bool:
    return state.find(account.platform, _named(account, number), lagging=True) is not None


def _named(account: Account, number: int) -> str:
    return f"{account.id}_{number}" if account.platform == "facebook" else str(number)
