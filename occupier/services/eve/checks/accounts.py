"""The accounts: whose they are, what their keys allow and until when, and what they say of themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from occupier.domain.access import Access
from occupier.domain.errors import OccupierError, Sentence
from occupier.domain.setup import Setup
from occupier.domain.strike import Strike
from occupier.services.eve.checks.evidence import AccountRead
from occupier.services.eve.checks.finding import EVERYTHING, Finding, amber, green, red

SOON = timedelta(days=7)
"""Keys that end within this time are worth a look, strike or no strike."""
SCARCE = 0.1
"""Below this share of the network's calls, a busy day may use up the rest."""


def check_accounts(
    reads: Sequence[AccountRead],
    missing: Mapping[str, Sequence[OccupierError]],
    strikes: Sequence[Strike],
    setup: Setup,
    now: datetime,
) -> Iterator[Finding]:
    """Look at each account of the settings; `missing` has the secrets that could not be read."""
    if not setup.accounts:
        text = "The settings name no account: there is nowhere to post."
        yield red("account", EVERYTHING, Sentence(text), Sentence("Add one under [[accounts]]."))
    for account in setup.accounts:
        for error in missing.get(account.name, ()):
            # a test account is for rehearsals: no strike needs it
            yield (amber if account.test else red)("secret", account.name, error.sentence)
    first: dict[tuple[str, str, str], str] = {}
    for read in reads:
        yield from _whose(read, first)
        if read.identity is not None and read.account.has_keys:
            yield from _allowed(read, strikes, now)


def _whose(read: AccountRead, first: dict[tuple[str, str, str], str]) -> Iterator[Finding]:
    account, identity = read.account, read.identity
    if identity is None:
        yield red("account", account.name, read.error or Sentence("It could not be read."))
        return
    other = first.setdefault((account.platform, account.host, identity.remote_id), account.name)
    if other != account.name:
        text = "This is the same account as {other}: nothing is posted on either."
        advice = Sentence("Take one of the two out of the settings.")
        yield red("account", account.name, Sentence(text, {"other": other}), advice)
        return
    if not account.has_keys:
        yield green("account", account.name, Sentence("No keys are needed there."))
        return
    yield green("account", account.name, Sentence("This is the account {name}.", {"name": identity.name}))
    for note in identity.notes:
        yield amber("account_note", account.name, Sentence(note))


def _allowed(read: AccountRead, strikes: Sequence[Strike], now: datetime) -> Iterator[Finding]:
    name, access = read.account.name, read.access
    yield _rights(name, access)
    if access.expires_at is not None:
        yield _expiry(name, access.expires_at, strikes, now)
    if read.account.platform == "facebook":
        yield _app_mode(name)
    yield from _label(read)
    if access.calls_left is not None and access.calls_of:
        yield _calls(name, access.calls_left, access.calls_of)


def _rights(name: str, access: Access) -> Finding:
    advice = Sentence("Give the app the right to write, then make new keys: old ones keep their old rights.")
    if access.lacking:
        text = "These keys may not post: they lack {rights}."
        return red("rights", name, Sentence(text, {"rights": list(access.lacking)}), advice)
    if access.may_post is False:
        return red("rights", name, Sentence("These keys may read but not post."), advice)
    if access.may_post is None:
        text = "The network does not tell whether these keys may post."
        advice = Sentence("Look at the app’s rights in the account’s settings.")
        return amber("rights", name, Sentence(text), advice)
    return green("rights", name, Sentence("These keys may post."))


def _expiry(name: str, expires_at: datetime, strikes: Sequence[Strike], now: datetime) -> Finding:
    advice = Sentence("Have them renewed before.")
    if expires_at <= now:
        return red("expiry", name, Sentence("These keys ended {at}.", {"at": expires_at}), Sentence("Make new keys."))
    mine = [s for s in strikes if not s.is_over(now) and (not s.accounts or name in s.accounts)]
    for strike in mine:
        if expires_at < strike.ends_at:
            text = "These keys end {at}, before the strike “{strike}” does."
            return red("expiry", name, Sentence(text, {"at": expires_at, "strike": strike.name}), advice)
    if expires_at - now < SOON:
        return amber("expiry", name, Sentence("These keys end {at}.", {"at": expires_at}), advice)
    return green("expiry", name, Sentence("These keys last until {at}.", {"at": expires_at}))


def _app_mode(name: str) -> Finding:
    text = "Facebook does not tell whether the app that posts here is live: if it is not, nobody sees what it posts."
    advice = Sentence("Open a post that it made in a private window; if it is not there, switch the app to Live mode.")
    return amber("app_mode", name, Sentence(text), advice)


def _label(read: AccountRead) -> Iterator[Finding]:
    name, labelled = read.account.name, read.access.labelled
    if labelled:
        yield green("label", name, Sentence("The account says of itself that it is automated."))
    elif labelled is False:
        text = "The account does not say of itself that it is automated; many servers ask for that."
        advice = Sentence("Tick it in the account’s profile, if the newsroom agrees.")
        yield amber("label", name, Sentence(text), advice)
    elif read.account.platform == "x":
        text = "X does not tell whether the account bears the automation label, which its rules ask for."
        yield amber("label", name, Sentence(text), Sentence("Look at its profile: Settings, Your account, Automation."))


def _calls(name: str, left: int, of: int) -> Finding:
    values = {"left": left, "of": of}
    if left > of * SCARCE:
        return green("calls", name, Sentence("The network takes {left} more calls of {of} for now.", values))
    text = "The network takes only {left} more calls of {of} for now: another tool may use the same keys."
    return amber("calls", name, Sentence(text, values), Sentence("Wait, or give occupier keys of its own."))
