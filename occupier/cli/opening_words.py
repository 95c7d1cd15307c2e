"""What `run` says first: what is watched, for whom, under which strikes, and how to stop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from occupier.bootstrap import House
from occupier.cli.session import Session
from occupier.cli.strikes import concerned
from occupier.domain.errors import Sentence
from occupier.domain.setup import Account
from occupier.domain.ways import NAMES, way_of
from occupier.speech import end_moment, moment


def opening_words(house: House, session: Session) -> Iterator[Sentence]:
    """Say what is watched, for whom, under which strikes, and how to stop."""
    setup, now = house.live.setup(), session.now()
    house.striking.take_over()
    if house.dry:
        yield Sentence("A dry run: nothing is posted anywhere, and no secret is read.")
    feeds, accounts = [f.name for f in setup.feeds], [a.name for a in setup.accounts if not a.test]
    yield Sentence("Watching {feeds}; accounts: {accounts}.", {"feeds": feeds, "accounts": accounts})
    strikes = [s for s in house.striking.all() if not s.is_over(now)]
    for strike in strikes:
        text = (
            "Strike “{name}”, in force: ends {end}. Accounts: {accounts}."
            if strike.in_force(now)
            else "Strike “{name}”: begins {start}, ends {end}. Accounts: {accounts}."
        )
        values = {
            "name": strike.name,
            "start": moment(strike.starts_at, setup.zone, now),
            "end": end_moment(strike.ends_at, setup.zone, now),
            "accounts": [a.name for a in concerned(strike, setup)],
        }
        yield Sentence(text, values)
    if strikes:
        yield from _ways([account for account in setup.accounts if not account.test])
    else:
        yield Sentence("No strike is declared: no strike post leaves before occupier strike declare.")
    if setup.pause_url:
        text = "To hold everything from elsewhere: write {word} at {address}"
        yield Sentence(text, {"word": setup.pause_word, "address": setup.pause_url})
    if house.dry:
        yield Sentence("To stop: Ctrl-C.")
    else:
        yield Sentence("To stop: Ctrl-C. To hold everything at once: occupier pause.")


def _ways(accounts: Sequence[Account]) -> Iterator[Sentence]:
    """Say which way the accounts go, those of the same way together."""
    alike: dict[str, list[Account]] = {}
    for account in accounts:
        alike.setdefault(NAMES[way_of(account)].text, []).append(account)
    for same in alike.values():
        values = {"accounts": [account.name for account in same], "way": NAMES[way_of(same[0])]}
        yield Sentence("{accounts}: {way}", values)
