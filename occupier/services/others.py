"""Others: posts on an account that announce an article of a strike and are not occupier's. Noted, never adopted."""

from __future__ import annotations

from collections.abc import Iterable

from occupier.domain.action import Action
from occupier.domain.article import Key, KeyKind, canonical_link
from occupier.domain.ports import Observation, Transaction
from occupier.domain.reconcile import RemotePost


def keys_of(post: RemotePost) -> list[Key]:
    """Return the keys of the articles that a post may lead to."""
    return [Key(KeyKind.LINK, 0, link) for link in sorted({link for link in map(canonical_link, post.links) if link})]


def about(tx: Transaction, article_id: int, posts: Iterable[RemotePost]) -> list[RemotePost]:
    """Return those of the posts that lead to an article, by any of the links that it is known by."""
    links = {post.id: keys_of(post) for post in posts}
    owners = tx.articles.owners([key for keys in links.values() for key in keys])
    return [post for post in posts if any(owners.get(key) == article_id for key in links[post.id])]


def note(tx: Transaction, action: Action, post: RemotePost) -> bool:
    """Write once that somebody else announces an action's article; return whether that was news."""
    known = tx.actions.observations(action.id, action.decided_at)
    if any(seen.found_remote_id == post.id and seen.verdict == "elsewhere" for seen in known):
        return False
    tx.actions.observe(Observation(action.id, tx.now, True, "elsewhere", post.id, post=post))
    return True


def is_first(tx: Transaction, action: Action) -> bool:
    """Say, once, whether nobody was told yet of others on this account in this strike."""
    key = f"elsewhere:{action.strike_id}:{action.target_id}"
    first = tx.runtime.get(key) is None
    tx.runtime.set(key, "yes")
    return first
