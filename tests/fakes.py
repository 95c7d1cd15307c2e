"""One recording fake per port."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from occupier.domain.access import Access
from occupier.domain.action import Payload, Verb
from occupier.domain.errors import FeedError, NetworkError
from occupier.domain.message import Ruler
from occupier.domain.metrics import Figures
from occupier.domain.outcome import Outcome, Receipt, RefusalKind, Refused, Retryable
from occupier.domain.ports import (
    Asked,
    Capabilities,
    Clock,
    Fetched,
    Fetcher,
    Identity,
    Network,
    Notice,
    Notices,
    Order,
    Parsed,
    Parser,
)
from occupier.domain.reconcile import LookUp, RemotePost, TimelineRead
from occupier.domain.snapshot import Medium, Snapshot, media_of
from occupier.platforms.lengths import MastodonRuler
from occupier.platforms.plain import written_links

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class FakeClock(Clock):
    """A clock that moves when it is told to."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._monotonic = 1000.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, by: timedelta | float) -> datetime:
        """Let time pass; return the instant."""
        step = by if isinstance(by, timedelta) else timedelta(seconds=by)
        self._now += step
        self._monotonic += step.total_seconds()
        return self._now

    def jump(self, to: datetime) -> None:
        """Set the wall clock alone, as a person or NTP does."""
        self._now = to


Script = Outcome | Exception | Callable[[Order], Outcome]


class FakeNetwork(Network):
    """A network that remembers its orders and keeps a timeline.

    `outcomes` are answered first, in order; after them every order is a Receipt, and its post is on `posts`. A
    callable may post by itself (`post`) and then answer what it likes: that is how an answer gets lost.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        name: str = "courrier",
        outcomes: Iterable[Script] = (),
        ruler: Ruler | None = None,
        price: int = 0,
        read_price: int = 0,
        limits: Mapping[str, int] | None = None,
        capabilities: Capabilities | None = None,
    ) -> None:
        self.clock = clock or FakeClock()
        self.identity = Identity("1", name, f"https://social.example/@{name}")
        self.outcomes: deque[Script] = deque(outcomes)
        self.orders: list[Order] = []
        self.posts: list[RemotePost] = []
        self.media: dict[str, tuple[Medium, ...]] = {}
        self.portraits: dict[str, Snapshot] = {}
        self.reads: list[datetime] = []
        self.looked_up: list[tuple[str, ...]] = []
        self.periods: list[tuple[datetime, datetime, int]] = []
        self.made = 0
        self.complete = True
        self.unreadable: NetworkError | None = None
        self.refuses_to_say: NetworkError | None = None
        self.price = price
        self.read_price = read_price
        self._ruler = ruler or MastodonRuler()
        self._limits = dict(limits or {})
        self._capabilities = capabilities or Capabilities(frozenset(Verb))

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    def apply(self, order: Order) -> Outcome:
        if not order.may_begin():
            return Retryable("late")
        self.orders.append(order)
        scripted = self.outcomes.popleft() if self.outcomes else None
        if isinstance(scripted, Exception):
            raise scripted
        if callable(scripted):
            return scripted(order)
        return scripted or self.post(order)

    def post(self, order: Order) -> Outcome:
        """Put the order's post on the timeline, or take it off."""
        if order.verb is Verb.DELETE:
            return self._delete(order)
        if order.verb is Verb.EDIT:
            return self._edit(order)
        self.made += 1
        remote_id = str(self.made)
        url = f"{self.identity.url}/{remote_id}"
        link = (order.payload.link,) if order.payload.link else ()
        self.posts.insert(0, RemotePost(remote_id, order.payload.text, link, self.clock.now(), url))
        return Receipt(remote_id, url)

    def _delete(self, order: Order) -> Receipt:
        self.posts = [post for post in self.posts if post.id != order.post_id]
        return Receipt(str(order.post_id))

    def _edit(self, order: Order) -> Outcome:
        post = next((p for p in self.posts if p.id == order.post_id), None)
        if post is None:
            return Refused(RefusalKind.GONE, 404)
        links = written_links(order.payload.text)
        self.posts[self.posts.index(post)] = replace(post, text=order.payload.text, links=links, edited=True)
        self.media[post.id] = media_of(order.payload)
        return Receipt(post.id, post.url)

    def snapshot(self, post_id: str) -> Snapshot | None:
        self.looked_up.append((post_id,))
        if self.unreadable:
            raise self.unreadable
        post = next((p for p in self.posts if p.id == post_id), None)
        if post is None or post_id in self.portraits:
            return self.portraits.get(post_id) if post else None
        return Snapshot(post.id, post.text, post.created_at, post.url, post.links, media=self.media.get(post.id, ()),
                        application=post.application, figures=post.figures or Figures())  # fmt: skip

    def look_up(self, post_ids: Sequence[str], *, figures: bool = False) -> LookUp:
        self.looked_up.append(tuple(post_ids))
        if self.unreadable:
            raise self.unreadable
        found = tuple(p if figures else replace(p, figures=None) for p in self.posts if p.id in post_ids)
        cost = self._capabilities.read_microusd * len(found)
        return LookUp(found, frozenset(post_ids) - {p.id for p in found}, cost)

    def own_posts(self, since: datetime, until: datetime, pages: int) -> TimelineRead:
        self.periods.append((since, until, pages))
        if self.unreadable:
            raise self.unreadable
        found = tuple(p for p in self.posts if since <= p.created_at < until)
        return TimelineRead(found, self.complete, self._capabilities.read_microusd * len(found))

    def recent(self, since: datetime) -> TimelineRead:
        self.reads.append(since)
        if self.unreadable:
            raise self.unreadable
        found = tuple(p for p in self.posts if p.created_at >= since)
        return TimelineRead(found, self.complete, self.read_price * len(found))

    def verify(self) -> Identity:
        if self.refuses_to_say:
            raise self.refuses_to_say
        return self.identity

    def examine(self, identity: Identity) -> Access:
        return identity.access

    def latest(self, count: int) -> TimelineRead:
        if self.unreadable:
            raise self.unreadable
        found = tuple(self.posts[:count])
        return TimelineRead(found, False, self._capabilities.read_microusd * len(found))

    def read_limits(self) -> Mapping[str, int]:
        return self._limits

    def ruler(self, limits: Mapping[str, int]) -> Ruler:
        return self._ruler

    def cost(self, payload: Payload, verb: Verb = Verb.PUBLISH) -> int:
        return self.price


class FakeFetcher(Fetcher):
    """Answers what `answers` holds for an address: once each, the last one for ever."""

    def __init__(self, answers: Mapping[str, Iterable[Fetched | FeedError]] | None = None) -> None:
        self.answers = {url: deque(given) for url, given in (answers or {}).items()}
        self.asked: list[Asked] = []

    def give(self, url: str, answer: Fetched | FeedError) -> None:
        """Add an answer for an address."""
        self.answers.setdefault(url, deque()).append(answer)

    def fetch(self, asked: Asked) -> Fetched:
        self.asked.append(asked)
        waiting = self.answers.get(asked.url)
        if not waiting:
            raise FeedError("The feed {feed} could not be read.", feed=asked.url)
        answer = waiting.popleft() if len(waiting) > 1 else waiting[0]
        if isinstance(answer, FeedError):
            raise answer
        return answer


class FakeParser(Parser):
    """Knows the bodies it was given."""

    def __init__(self, documents: Mapping[bytes, Parsed] | None = None) -> None:
        self.documents = dict(documents or {})
        self.parsed: list[bytes] = []

    def parse(self, body: bytes, content_type: str, url: str) -> Parsed:
        self.parsed.append(body)
        if body not in self.documents:
            raise FeedError("{url} is not a feed.", url=url)
        return self.documents[body]


class FakeNotices(Notices):
    """Remembers what was told."""

    def __init__(self) -> None:
        self.told: list[Notice] = []

    def tell(self, notice: Notice) -> None:
        str(notice.sentence)  # a sentence whose values are missing is found here
        self.told.append(notice)

    @property
    def kinds(self) -> list[str]:
        """The kinds of what was told, in order."""
        return [notice.kind for notice in self.told]
