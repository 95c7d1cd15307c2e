"""The usual tool: what the settings know of it, and what the accounts' own posts show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from occupier.domain.errors import Sentence
from occupier.domain.reconcile import RemotePost
from occupier.domain.setup import Account, Poster, Usual
from occupier.domain.ways import Way, in_full, pauses_usual_tool, way_of
from occupier.services.eve.checks.evidence import AccountRead, FeedRead
from occupier.services.eve.checks.finding import EVERYTHING, Finding, amber, green

NEAR = timedelta(hours=48)
"""From this long before a strike on, the usual tool should be paused, or its pause be planned."""
ACTIVE = timedelta(hours=24)
"""What announced nothing for longer than this does not seem to post any more."""
JUST_NOW = timedelta(minutes=30)


def check_usual_tool(
    usual: Usual, accounts: Sequence[Account], begins_at: datetime | None, now: datetime
) -> Finding | None:
    """Look at what `[usual]` says of the accounts on which that tool is to be paused; None where there is none.

    `begins_at` is the start of the next strike, None where none is to come.
    """
    paused = [account.name for account in accounts if not account.test and pauses_usual_tool(account)]
    if not paused:
        return None
    if usual.paused is not None:
        return green("usual_tool", EVERYTHING, Sentence("The usual tool is paused: {how}", {"how": usual.paused}))
    if usual.by is Poster.HAND:
        return green("usual_tool", EVERYTHING, Sentence("The usual posts are made by hand: no tool to be paused."))
    if usual.by is Poster.UNKNOWN:
        text = "The settings do not say what usually posts on these accounts: it would go on beside the strike posts."
        advice = Sentence("Find out, pause it, and write it under [usual] in the settings.")
        return amber("usual_tool", EVERYTHING, Sentence(text), advice)
    if usual.access is False:
        return _goes_on([a for a in accounts if a.name in paused and not a.usual_within])
    if begins_at is None or begins_at - now > NEAR:
        return green("usual_tool", EVERYTHING, Sentence("The usual tool is not paused yet: no strike is near."))
    going_on = [account.name for account in accounts if not account.test and not pauses_usual_tool(account)]
    return amber("usual_tool", EVERYTHING, Sentence("The usual tool is not paused."), _to_pause(paused, going_on))


def _goes_on(unready: Sequence[Account]) -> Finding:
    """Judge a tool that nobody can pause; `unready` are the accounts on which strike posts do not wait for it."""
    if not unready:
        text = "Nobody can get into the usual tool: it goes on, and each strike post waits to see its post first."
        return green("usual_tool", EVERYTHING, Sentence(text))
    text = "Nobody can get into the usual tool: it goes on posting beside the strike posts of {accounts}."
    advice = Sentence(
        "Ask who can; or say how late it posts (usual_within), have its posts replaced (takeover), or leave those"
        " accounts out."
    )
    names = [account.name for account in unready]
    return amber("usual_tool", EVERYTHING, Sentence(text, {"accounts": names}), advice)


def _to_pause(paused: Sequence[str], going_on: Sequence[str]) -> Sentence:
    text = "Pause it before the strike begins, and write how under [usual] in the settings: paused = “…”."
    if going_on:
        text = (
            "Pause it on {paused} before the strike begins, and write how under [usual] in the settings: paused = “…”."
            " On {going_on} it must go on."
        )
    return Sentence(text, {"paused": paused, "going_on": going_on})


def newsroom_hosts(feeds: Sequence[FeedRead]) -> frozenset[str]:
    """Return the hosts of the newsroom's articles."""
    links = [e.link for r in feeds if r.parsed for e in r.parsed.entries if e.link]
    return frozenset(filter(None, (_host(link) for link in links)))


def check_usual_posts(
    read: AccountRead, hosts: Collection[str], ours: Collection[str], usual: Usual, now: datetime
) -> Iterator[Finding]:
    """Say what announces the newsroom's articles on an account, and how often; `ours` are ids of occupier's posts."""
    name = read.account.name
    if read.unread is not None:
        yield amber("usual_posts", name, read.unread, Sentence("Look yourself what posted there last."))
    if read.posts is None:
        return
    links = [p for p in read.posts.posts if any(_host(link) in hosts for link in p.links)]
    others = [p for p in links if p.id not in ours]
    if not links:
        yield green("usual_posts", name, Sentence("None of its latest posts announces an article."))
        return
    if not others:
        text = "None of its latest posts is another tool's and announces an article; posts looked at: {n}."
        yield green("usual_posts", name, Sentence(text, {"n": len(read.posts.posts)}))
        return
    (application, _count) = Counter(p.application for p in others).most_common(1)[0]
    theirs = [p for p in others if p.application == application]
    yield _told(read.account, theirs, len(links), usual, now)


def check_way(account: Account, unread: Sentence | None = None) -> Iterator[Finding]:
    """Say which way the articles of a strike go on an account; `unread` is why it cannot be read, if it cannot."""
    way = way_of(account)
    if way is Way.TEST:
        return
    if unread is not None and way in (Way.KEYS, Way.TAKEOVER):
        text = (
            "Its posts cannot be read, so nobody can tell whether the usual post is out already: each strike post would"
            " wait ten minutes, then for a person."
        )
        yield amber("usual_guard", account.name, Sentence(text), Sentence("Give its keys the right to read."))
        return
    for sentence in in_full(account):
        yield green("usual_guard", account.name, sentence)


def _told(account: Account, theirs: Sequence[RemotePost], total: int, usual: Usual, now: datetime) -> Finding:
    name, last = account.name, max(p.created_at for p in theirs)
    age = max(now - last, timedelta(0))
    sentence = _sentence(theirs, total, age)
    if not pauses_usual_tool(account):
        return green("usual_posts", name, sentence)
    if usual.paused is not None and age < JUST_NOW:
        advice = Sentence("The settings say that it is paused: look again.")
        return amber("usual_posts", name, sentence, advice)
    if usual.paused is not None or age > ACTIVE:
        return green("usual_posts", name, sentence)
    advice = Sentence("Pause it before the strike, or each article is announced twice.")
    return amber("usual_posts", name, sentence, advice)


def _sentence(theirs: Sequence[RemotePost], total: int, age: timedelta) -> Sentence:
    values = {
        "application": theirs[0].application or Sentence("Something that the network does not name"),
        "n": len(theirs),
        "total": total,
        "age": age,
        "a_day": _a_day(theirs),
    }
    if len(theirs) == 1:
        return Sentence("{application} announced {n} of the last {total} links, {age} ago.", values)
    text = "{application} announced {n} of the last {total} links, about {a_day} a day; the last one {age} ago."
    return Sentence(text, values)


def _a_day(posts: Sequence[RemotePost]) -> int:
    moments = [p.created_at for p in posts]
    spans = max(max(moments) - min(moments), timedelta(hours=1))
    return max(1, round((len(posts) - 1) * (timedelta(days=1) / spans)))


def _host(link: str) -> str | None:
    try:
        host = urlsplit(link).hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None
