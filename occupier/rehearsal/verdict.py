"""What came of a rehearsal: the networks' posts and the log, counted apart and held against each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from occupier.domain.action import Purpose, State
from occupier.domain.article import canonical_link
from occupier.domain.errors import Sentence
from occupier.domain.setup import Account
from occupier.domain.strike import LinkRule, Strike
from occupier.rehearsal.programme import Programme
from occupier.rehearsal.stories import Story
from occupier.sandbox import SandboxPost
from occupier.speech import network_name

Record = Mapping[str, object]
"""A line of the log."""
DECIDED_NOT_TO = {(State.HELD.value, "rule"), (State.LEFT.value, "rule"), (State.LEFT.value, "silence")}
"""Not posted, as a rule of minimum service or an account's silence wants it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is left when the curtain falls. `accounts` have the networks' own ids as `remote_id`.

    `alarms` are what the daemon called somebody for.
    """

    programme: Programme
    accounts: Sequence[Account]
    strike: Strike
    records: Sequence[Record]
    posts: Sequence[SandboxPost]
    alarms: Sequence[Sentence] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The counts, and what is wrong: nothing, if all went as it should. `with_link` None: none was to have one."""

    strike_posts: Mapping[str, int]
    ordinary_posts: int
    kept_back: int
    with_link: int | None
    after_end: int
    problems: tuple[Sentence, ...] = field(default=())

    @property
    def is_good(self) -> bool:
        """Whether the log and the networks agree, and nothing is missing."""
        return not self.problems


def judge(evidence: Evidence) -> Verdict:
    """Hold the networks' posts and the log against each other."""
    strike_posts = [post for record, post in _pairs(evidence) if record["kind"] == Purpose.STRIKE]
    with_link = sum(bool(post.links) for post in strike_posts)
    names = {(a.platform, a.remote_id): a.name for a in evidence.accounts}
    counted = Counter(names[post.platform, post.account] for post in strike_posts)
    return Verdict(
        strike_posts={account.name: counted[account.name] for account in evidence.accounts},
        ordinary_posts=len(evidence.posts) - len(strike_posts),
        kept_back=sum(_is_kept_back(record) for record in evidence.records),
        with_link=with_link if evidence.strike.link is LinkRule.KEEP else None,
        after_end=sum(post.created_at >= evidence.strike.ends_at for post in strike_posts),
        problems=tuple(_problems(evidence)),
    )


def expected(stories: Sequence[Story], accounts: Sequence[Account]) -> set[tuple[str | None, str]]:
    """Return what the log must tell about: every story (by its link) on every account that follows its feed."""
    return {
        (canonical_link(story.link), account.name)
        for story in stories
        for account in accounts
        if account.follows(frozenset({story.feed}))
    }


def told(records: Sequence[Record]) -> set[tuple[str | None, str]]:
    """Return what the log tells about, in the same terms."""
    return {_subject(record) for record in records}


def _subject(record: Record) -> tuple[str | None, str]:
    return canonical_link(str(record["article_url"])), str(record["account"])


def _pairs(evidence: Evidence) -> Iterator[tuple[Record, SandboxPost]]:
    posts = {(post.platform, post.id): post for post in evidence.posts}
    for record in evidence.records:
        post = posts.get((str(record["platform"]), str(record["post_id"])))
        if post is not None:
            yield record, post


def _problems(evidence: Evidence) -> Iterator[Sentence]:
    yield from evidence.alarms
    yield from _missing(evidence)
    yield from _disagreements(evidence)
    for record, post in _pairs(evidence):
        if record["kind"] == Purpose.STRIKE:
            yield from _faults(record, post, evidence.strike)


def _missing(evidence: Evidence) -> Iterator[Sentence]:
    wanted = expected(evidence.programme.stories, evidence.accounts)
    found = told(evidence.records)
    for link, account in sorted(wanted - found, key=str):
        yield Sentence("The log has nothing about {link} on {account}.", {"link": link, "account": account})
    for link, account in sorted(found - wanted, key=str):
        yield Sentence("{link} was not to be announced on {account}, and is in the log.",
                       {"link": link, "account": account})  # fmt: skip
    for record in evidence.records:
        if record["state"] != State.SENT and not _is_kept_back(record):
            text = "“{title}” was not posted on {account}: {state}."
            state = State(str(record["state"]))
            yield Sentence(text, {"title": record["article_title"], "account": record["account"], "state": state})


def _disagreements(evidence: Evidence) -> Iterator[Sentence]:
    posts = {(post.platform, post.id) for post in evidence.posts}
    sent = [(str(r["platform"]), str(r["post_id"])) for r in evidence.records if r["state"] == State.SENT]
    for platform, post_id in sorted(set(sent) - posts):
        yield Sentence("The post {id} is in the log, and {platform} does not have it.",
                       {"id": post_id, "platform": network_name(platform)})  # fmt: skip
    for platform, post_id in sorted(posts - set(sent)):
        yield Sentence(
            "{platform} has the post {id}, and the log does not.", {"id": post_id, "platform": network_name(platform)}
        )
    if len(evidence.posts) != len(sent):
        yield Sentence("The networks have {posts} posts, the log {records}.",
                       {"posts": len(evidence.posts), "records": len(sent)})  # fmt: skip


def _faults(record: Record, post: SandboxPost, strike: Strike) -> Iterator[Sentence]:
    values = {"title": record["article_title"], "account": record["account"]}
    links = {canonical_link(link) for link in post.links}
    if strike.link is LinkRule.KEEP and canonical_link(str(record["article_url"])) not in links:
        yield Sentence("The strike post for “{title}” on {account} has lost the article's link.", values)
    # Facebook keeps the link beside the text; the log shows it below, as readers see it
    if record["strike_text"] not in (post.text, f"{post.text}\n{record['article_url']}"):
        yield Sentence("The strike post for “{title}” on {account} is not what the log says.", values)
    if not strike.starts_at <= post.created_at < strike.ends_at:
        yield Sentence("The strike post for “{title}” on {account} left outside the strike.", values)


def _is_kept_back(record: Record) -> bool:
    return (record["state"], record["reason"]) in DECIDED_NOT_TO
