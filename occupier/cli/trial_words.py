"""What a rehearsal says of the feed that it found; on a test account, before it posts, and of what it posted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from occupier.domain.action import Action, Payload, Verb
from occupier.domain.errors import Sentence
from occupier.domain.ports import Identity, Network
from occupier.domain.setup import Account
from occupier.services.eve.trying import Standing
from occupier.speech import clean_line, network_name, ngettext, reason_words, say, state_words
from occupier.speech import gettext as _
from occupier.speech.figures import in_dollars

_VISIBILITIES = {
    "public": Sentence("Everybody will see them (public)."),
    "unlisted": Sentence("Everybody who looks at the account will see them, the public timelines will not (unlisted)."),
    "private": Sentence("Only the account's followers will see them (private)."),
    "direct": Sentence("Only the account itself will see them (direct)."),
}


def feed_found(url: str) -> str:
    """Say which feed was found where the address of a site was typed."""
    return _("Its feed was found: {url}").format(url=clean_line(url))


def announcement(
    account: Account, network: Network, identity: Identity, payloads: Sequence[Payload], *, interrupted: int
) -> Iterator[str]:
    """Say what is going to be posted, word for word, where, for whom, and at what price.

    Args:
        account: the test account.
        network: its adapter.
        identity: what it just told of itself.
        payloads: the posts, in their order.
        interrupted: how many of them, the first ones, are left of an earlier rehearsal.
    """
    if interrupted:
        text = ngettext(
            "{n} post is left of a rehearsal that was interrupted; it comes first.",
            "{n} posts are left of a rehearsal that was interrupted; they come first.",
            interrupted,
        )
        yield text.format(n=interrupted)
    for n, payload in enumerate(payloads, 1):
        yield f"{n}."
        yield from (f"    {clean_line(line)}" for line in payload.shown.splitlines())
    yield ""
    yield from _price(network, payloads)
    for note in identity.notes:
        yield say(Sentence(note))
    yield _visibility(account)
    yield _("The posts are those of a strike, word for word: they do not say that this is a rehearsal.")
    text = ngettext("{n} post will be published on {who}.", "{n} posts will be published on {who}.", len(payloads))
    yield text.format(n=len(payloads), who=_who(account, identity))


def _price(network: Network, payloads: Sequence[Payload]) -> Iterator[str]:
    posting = sum(network.cost(payload) for payload in payloads)
    deleting = sum(network.cost(p, Verb.DELETE) + network.capabilities.read_microusd for p in payloads)
    if posting:
        text = _("Posting them costs ${price}, deleting them ${more}.")
        yield text.format(price=in_dollars(posting, 3), more=in_dollars(deleting, 3))


def _visibility(account: Account) -> str:
    if account.platform == "mastodon":
        return _(_VISIBILITIES[account.visibility or "public"].text)
    text = _("On {network} nobody chooses who sees one post: whoever sees the account sees these.")
    return text.format(network=network_name(account.platform))


def _who(account: Account, identity: Identity) -> str:
    network = network_name(account.platform)
    known = {"account": account.name, "name": clean_line(identity.name), "network": network}
    if identity.followers is None:
        return _("{account} ({name}, {network})").format(**known)
    text = ngettext(
        "{account} ({name}, {network}, {n} follower)",
        "{account} ({name}, {network}, {n} followers)",
        identity.followers,
    )
    return text.format(**known, n=identity.followers)


def leftovers(standing: Standing) -> Iterator[str]:
    """Say what rehearsals before have left on the account."""
    n = len(standing.posted)
    text = ngettext(
        "{n} post of a rehearsal is still on the account:", "{n} posts of rehearsals are still on the account:", n
    )
    yield text.format(n=n)
    yield from addresses(standing.posted)


def on_the_account(posted: Sequence[Action]) -> Iterator[str]:
    """Say what is on the account now."""
    if not posted:
        yield _("Nothing of the rehearsal is on the account.")
        return
    text = ngettext("{n} post is on the account:", "{n} posts are on the account:", len(posted))
    yield text.format(n=len(posted))
    yield from addresses(posted)


def addresses(actions: Iterable[Action]) -> Iterator[str]:
    """Give the address of each post; of one of which nobody knows, the beginning of its text."""
    for action in actions:
        yield f"  {clean_line(action.remote_url or action.remote_id or _beginning(action))}"


def unsettled(account: Account, zone: ZoneInfo, actions: Iterable[Action], blocked: str | None) -> Iterator[str]:
    """Say what did not come to what it was to, and what stands in the way, if anything does."""
    for action in actions:
        words = state_words(
            action.state,
            zone=zone,
            due_at=action.due_at,
            attempts=action.attempts,
            platform=account.platform,
            reason=action.reason,
            verb=action.verb,
            purpose=action.purpose,
        )
        yield f"  ✗ {words}: {_beginning(action)}"
    if blocked is not None:
        yield _("The account is stopped: {reason}").format(reason=reason_words(blocked, account.platform))


def _beginning(action: Action) -> str:
    text = action.payload.shown if action.payload else action.before or ""
    return clean_line(next(iter(text.splitlines()), ""))
