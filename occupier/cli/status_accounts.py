"""The accounts in `status`, in lines for people: which way each goes, what is on it, and what it cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from occupier.cli.control import pause_lines
from occupier.cli.session import Session
from occupier.domain.action import State
from occupier.domain.ways import NAMES, in_full, way_of
from occupier.services.review.reviewing import AccountStatus
from occupier.speech import (
    GROUPS,
    Group,
    clean_line,
    countdown,
    duration,
    group_words,
    handed_words,
    moment,
    network_name,
    ngettext,
    say,
)
from occupier.speech import gettext as _
from occupier.speech.figures import in_dollars


def account_lines(session: Session, found: AccountStatus, *, is_near: bool) -> Iterator[str]:
    """Yield one account: its way in full while a strike is near (`is_near`), what is on it, and what it cost."""
    account = found.account
    known = _("its network has confirmed it") if found.verified else _("not confirmed by its network yet")
    known = known if account.has_keys else say(NAMES[way_of(account)])
    text = _("{account} ({network}): {known}")
    yield "  " + text.format(account=account.name, network=network_name(account.network), known=known)
    yield "    " + " · ".join(f"{words} {n}" for words, n in counted(found))
    if is_near:
        yield from (f"    {say(sentence, session.setup.zone)}" for sentence in in_full(account))
    yield from (f"    {line}" for line in reader_lines(found, session.now()))
    yield from (f"    {line}" for line in _beside(session, found))
    if found.last_post is not None and found.last_post.sent_at is not None:
        when = moment(found.last_post.sent_at, session.setup.zone, session.now())
        address = clean_line(found.last_post.remote_url or found.last_post.remote_id or "")
        text = _("last post {when}: {address}") if address else _("last post {when}")
        yield "    " + text.format(when=when, address=address)
    if found.account.budget_microusd is not None:
        spent, budget = in_dollars(found.spent_microusd), in_dollars(found.account.budget_microusd)
        yield "    " + _("spent today: ${spent} of ${budget}").format(spent=spent, budget=budget)
    elif found.spent_microusd:
        spent = in_dollars(found.spent_microusd)
        yield "    " + _("spent today: ${spent}, without a budget (budget_per_day)").format(spent=spent)
    for line in pause_lines(session, session.house(), found.pauses):
        yield f"    {line}"


def counted(found: AccountStatus) -> Iterator[tuple[str, int]]:
    """Yield each group of a screen with its figure; what was handed to a tool or a person apart from what is posted."""
    for group in Group:
        n = sum(found.counts.get(state, 0) for state in GROUPS[group] if state is not State.HANDED)
        yield group_words(group), n
        if group is Group.POSTED and not found.account.has_keys:
            yield handed_words(found.account), found.counts.get(State.HANDED, 0)


def _beside(session: Session, found: AccountStatus) -> Iterator[str]:
    if not found.elsewhere:
        return
    one = "{n} usual post went out in spite of the strike"
    many = "{n} usual posts went out in spite of the strike"
    text = ngettext(one, many, found.elsewhere).format(n=found.elsewhere)
    last = found.slipped
    if last is None:
        yield text
        return
    said = _("{text}; the last one {when}, with {application}: {address}") if last.application else ""
    said = said or _("{text}; the last one {when}: {address}")
    when = moment(last.at, session.setup.zone, session.now())
    address, application = clean_line(last.url or "–"), clean_line(last.application or "")
    yield said.format(text=text, when=when, application=application, address=address)


def reader_lines(found: AccountStatus, now: datetime) -> Iterator[str]:
    """Say who reads a strike feed, and how often."""
    account = found.account
    if not account.is_feed or account.is_written:
        return
    if not found.readers:
        yield _("no tool has read it yet: until one has, nothing is handed to it")
    for reader in found.readers:
        last = countdown(reader.last_at, now)
        if reader.every is None:
            yield _("read once by {agent}, {when}").format(agent=clean_line(reader.agent), when=last)
        else:
            text = _("read by {agent} every {every}, last {when}")
            yield text.format(agent=clean_line(reader.agent), every=duration(reader.every), when=last)
