"""Others: posts on an account that announce an article of a strike and are not occupier's. Noted, never adopted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from occupier.domain.action import Action, Purpose, State
from occupier.domain.article import Key, KeyKind, canonical_link
from occupier.domain.decision import BY_RULE, USUAL_MAY_COME
from occupier.domain.ports import Change, Observation, Transaction
from occupier.domain.reconcile import RemotePost, is_ours
from occupier.domain.setup import Account
from occupier.domain.strike import Strike
from occupier.services.lane import lateness

BORDER = timedelta(hours=2)
"""How long after a strike's end posts about its articles count, in the one that renews it."""


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
    lateness.note_heard(tx, action, post)
    return True


def note_overheard(tx: Transaction, action: Action, post: RemotePost) -> bool:
    """Write what was seen beside a post of ours, or before one that waits to see it; return whether it is the first."""
    note(tx, action, post)
    if action.state is State.PENDING and action.reason == USUAL_MAY_COME:  # what it waits for is there
        tx.actions.change(action, Change(action.state, action.reason, due_at=tx.now), "looking")
    return is_first(tx, action)


def beside_ours(
    tx: Transaction, account: Account, strike: Strike, posts: Iterable[RemotePost]
) -> Iterator[tuple[Action, RemotePost]]:
    """Yield the posts of others made in a strike beside a strike post of ours, with that one: those that are news."""
    for post in posts:
        if post.created_at < strike.acts_from:
            continue
        action = _announced(tx, account, strike, post)
        if action is None or _is_a_call_of_ours(action, post):
            continue
        if all(o.found_remote_id != post.id for o in tx.actions.observations(action.id, action.decided_at)):
            yield action, post


def _announced(tx: Transaction, account: Account, strike: Strike, post: RemotePost) -> Action | None:
    """Return what the account did under the strike about the article that a post leads to.

    What a rule left to the usual tool, that tool may well announce.
    """
    for article_id in tx.articles.owners(keys_of(post)).values():
        for record in tx.register.of_article(article_id):
            action = tx.actions.get(int(str(record["id"])))
            is_ours = action.purpose in (Purpose.STRIKE, Purpose.ORDINARY) and _is_under(tx, action, strike, post)
            is_left = action.state is State.LEFT and action.reason == BY_RULE
            if is_ours and not is_left and record["account"] == account.name:
                return action
    return None


def _is_under(tx: Transaction, action: Action, strike: Strike, post: RemotePost) -> bool:
    """Say whether an article came in a strike, or right before it was renewed: the usual tool takes a while."""
    if action.strike_id is None or action.strike_id == strike.id:
        return action.strike_id is not None
    return post.created_at < tx.strikes.by_id(action.strike_id).ended_at + BORDER


def _is_a_call_of_ours(action: Action, post: RemotePost) -> bool:
    """Say whether it may be the post itself, of whose receipt the journal does not know yet."""
    return action.payload is not None and is_ours(post, action.payload, post.created_at)


def is_first(tx: Transaction, action: Action) -> bool:
    """Say, once, whether nobody was told yet of others on this account in this strike."""
    key = f"elsewhere:{action.strike_id}:{action.target_id}"
    first = tx.runtime.get(key) is None
    tx.runtime.set(key, "yes")
    return first
