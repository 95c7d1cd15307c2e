"""What the services ask of the world. Adapters implement these; fakes record them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from occupier.domain.access import UNTOLD, Access
from occupier.domain.action import ANNOUNCE, Action, Attempt, GoneBy, Payload, Proof, Purpose, State, Verb
from occupier.domain.agreement import History
from occupier.domain.article import Article, Entry, Key
from occupier.domain.browsing import Browsing, Page, PostCount
from occupier.domain.errors import Sentence
from occupier.domain.gaps import Gap
from occupier.domain.handing import Document, Placed, Reader, Treatment
from occupier.domain.ledger import Record
from occupier.domain.limits import Ceilings
from occupier.domain.message import Ruler
from occupier.domain.metrics import Age, Figures
from occupier.domain.outcome import Outcome
from occupier.domain.reconcile import LookUp, RemotePost, TimelineRead
from occupier.domain.recount import Doubts, Exemption, Findings, HourCount, LedgerHead, Tally, Unannounced, Watch
from occupier.domain.setup import FeedSource
from occupier.domain.snapshot import Snapshot
from occupier.domain.strike import Strike
from occupier.domain.voted import Seal


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """Return the instant, aware, in UTC."""

    def monotonic(self) -> float:
        """Return seconds that never jump."""


# --- the network in ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of a feed before asking for it again."""

    url: str
    etag: str | None = None
    modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: `body` None means unchanged. `skew` is their Date less our clock, where they gave one."""

    body: bytes | None
    etag: str | None = None
    modified: str | None = None
    content_type: str = ""
    url: str = ""
    host: str = ""
    skew: timedelta | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell whoever watches: a stable kind, a sentence, and whether a person is needed.

    `attached` is the path of a file that goes with it, where what tells can carry one.
    """

    kind: str
    sentence: Sentence
    serious: bool = False
    attached: str | None = None


class Notices(Protocol):
    """Where notices go: the daemon's log, and later a phone."""

    def tell(self, notice: Notice) -> None:
        """Tell it; never raises."""


class Fetcher(Protocol):
    """Asks for feeds."""

    def fetch(self, asked: Asked) -> Fetched:
        """Fetch one feed, conditionally; raises FeedError. Safe to call from several threads."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document understood: its entries in the feed's own order, and what could not be used, in sentences.

    `document` is what was parsed, mended; empty where it is no XML. `places` says the how-many-eth of its `listed`
    entries each one is.
    """

    entries: tuple[Entry, ...]
    title: str = ""
    skipped: tuple[Sentence, ...] = ()
    document: bytes = field(default=b"", repr=False)
    places: tuple[int, ...] = ()
    listed: int = 0


class Parser(Protocol):
    """Makes entries of bytes."""

    def parse(self, body: bytes, content_type: str, url: str) -> Parsed:
        """Understand a document; raises FeedError when it is no feed at all. One odd entry is skipped, not raised."""


class Press(Protocol):
    """Cuts the newsroom's documents, and puts them together again."""

    def cut(self, document: bytes) -> Plate:
        """Find the entries of a document; raises FeedError where it cannot be cut rightly."""


class Plate(Protocol):
    """A document that editions are made of."""

    @property
    def entries(self) -> int:
        """How many entries it has."""

    @property
    def media_type(self) -> str:
        """What a server says that it is."""

    def edition(self, treatments: Sequence[Treatment]) -> bytes:
        """Return the document in which each entry is as is said of it, in its order."""


# --- the networks out -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Order:
    """One call to make: `may_begin` is asked just before the first byte; the call ends by `seconds`."""

    verb: Verb
    payload: Payload
    idempotency_key: str
    seconds: float
    may_begin: Callable[[], bool]
    post_id: str | None = None
    """The post that the verb is done to; None where it makes one."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a token belongs to. `notes` are sentences for `check` (an app in development mode, a missing right…)."""

    remote_id: str
    name: str
    url: str | None = None
    notes: tuple[str, ...] = ()
    skew: timedelta | None = None
    access: Access = UNTOLD
    """What the same answer told of the token, without a further call."""
    followers: int | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a network can do.

    `idempotent`: it has a key of its own against doubles (honoured or not). `at_once`: how many posts one `look_up`
    may ask for. `read_microusd`: what reading one post costs, in millionths of a US dollar. `without_call`: nothing is
    called, and nothing can be read: what is claimed is handed to a person in the same transaction.
    """

    verbs: frozenset[Verb] = frozenset({Verb.PUBLISH})
    idempotent: bool = False
    at_once: int = 1
    read_microusd: int = 0
    without_call: bool = False


class Network(Protocol):
    """One account on one network: publisher, timeline, identity and limits."""

    @property
    def capabilities(self) -> Capabilities:
        """What can be asked of it."""

    def apply(self, order: Order) -> Outcome:
        """Make the one call; never raises for what a network does."""

    def recent(self, since: datetime) -> TimelineRead:
        """Read the account's own posts, newest first, down to one older than `since`; raises NetworkError."""

    def look_up(self, post_ids: Sequence[str], *, figures: bool = False) -> LookUp:
        """Read posts by their ids, `at_once` at most; `figures`: how they were answered, never by whom.

        Raises:
            NetworkError: they could not be read.
        """

    def own_posts(self, since: datetime, until: datetime, pages: int) -> TimelineRead:
        """Read the account's own posts of a period, replies and reposts left out, with figures; raises NetworkError."""

    def verify(self) -> Identity:
        """Ask who the token belongs to; raises NetworkError."""

    def examine(self, identity: Identity) -> Access:
        """Ask what the token of an account may do, and until when; raises NetworkError.

        What the network does not answer, or answers to others only, stays None.
        """

    def latest(self, count: int) -> TimelineRead:
        """Read the account's newest posts, whoever made them with whatever, in one call; raises NetworkError."""

    def read_limits(self) -> Mapping[str, int]:
        """Ask for the lengths that the server allows; raises NetworkError. Empty where they are fixed."""

    def ruler(self, limits: Mapping[str, int]) -> Ruler:
        """Return how texts are counted, given what `read_limits` brought (or its last known answer)."""

    def cost(self, payload: Payload, verb: Verb = Verb.PUBLISH) -> int:
        """Return what doing this costs, in millionths of a US dollar."""


@runtime_checkable
class Editor(Network, Protocol):
    """A network that edits posts where they stand."""

    def snapshot(self, post_id: str) -> Snapshot | None:
        """Read one post whole, as its author wrote it; None where it is not there any more. Raises NetworkError."""


class Delivery(Protocol):
    """Where a whole strike feed is put, so that whoever reads it there never has half of it."""

    def put(self, document: bytes, media_type: str, seconds: float) -> None:
        """Put the document there, in the place of the one before; raises NetworkError."""

    def try_out(self) -> None:
        """Find out whether it could be put there, and change nothing; raises NetworkError."""


# --- the journal ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FeedState:
    """What the journal knows of a feed."""

    id: int
    name: str
    url: str
    etag: str | None = None
    modified: str | None = None
    body_hash: str | None = None
    baseline_at: datetime | None = None
    last_ok_at: datetime | None = None
    next_at: datetime | None = None
    failures: int = 0
    document_hash: str | None = None
    """Of the document that was last taken for the strike feeds made of it; None while there is none."""


@dataclass(frozen=True, slots=True)
class NewArticle:
    """An article to write, with the keys that identify it; of a baseline, it is never announced."""

    entry: Entry
    keys: tuple[Key, ...]
    counted_from: datetime
    baseline: bool


@dataclass(frozen=True, slots=True)
class Target:
    """An account as its network knows it; `verified_at` None until it said who it is."""

    id: int
    name: str
    platform: str
    host: str
    remote_id: str | None
    limits: Mapping[str, int] = field(default_factory=dict)
    verified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """A stop: for all targets (`target_id` None) or one; by person, file, address, lane or clock."""

    target_id: int | None
    by: str
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class NewAction:
    """An action to write; nothing is written if its target, subject and slot have one."""

    target_id: int
    article_id: int
    purpose: Purpose
    state: State
    reason: str
    due_at: datetime
    decided_at: datetime
    strike_id: int | None = None
    ordinary_text: str | None = None
    verb: Verb = Verb.PUBLISH
    subject: str | None = None
    """None: the article's."""
    slot: str = ANNOUNCE
    before: str | None = None
    """The text that is there, where the action changes it or takes it away."""
    article_hash: str | None = None
    """Over what the log shows of the article: see `domain.agreement`."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a lane asks for: this action, these bytes, under this strike, within these ceilings."""

    action_id: int
    payload: Payload
    purpose: Purpose
    strike_id: int | None
    pool_index: int | None
    token: str
    guard: timedelta
    call: timedelta
    ceilings: Ceilings
    cost_microusd: int = 0
    budget_microusd: int | None = None
    budget_since: datetime | None = None
    plan: str | None = None
    """The fingerprint of what would run, on the accounts that were meant; None where another account would."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """The claim is committed: the call may be made, by `deadline`."""

    action: Action
    at: datetime
    deadline: datetime
    strike_ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Blocked:
    """The claim was not granted: a stable reason, and when to ask again where that is known.

    Reasons: paused, ceiling, spacing, throttled, budget, strike, plan (not the one that was voted), changed (somebody
    else was there first).
    """

    reason: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """How a settled or reviewed action stands from now on."""

    state: State
    reason: str
    due_at: datetime | None = None
    remote_id: str | None = None
    remote_url: str | None = None
    proof: Proof | None = None
    sent_at: datetime | None = None
    thaw: bool = False
    """Surely unsent so far: the payload may be rendered again."""
    payload: Payload | None = None
    """Frozen before any claim: what a person is asked about is what leaves, to the byte."""
    pool_index: int | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """One reading of a timeline about one action: present, absent, elsewhere, or edited by somebody since."""

    action_id: int
    at: datetime
    complete: bool
    verdict: str
    found_remote_id: str | None = None
    cost_microusd: int = 0
    post: RemotePost | None = None
    """That of others, for the record: when, where and with what it was made."""


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the chained record."""

    seq: int
    at: datetime
    kind: str
    data: Mapping[str, object]
    action_id: int | None = None
    strike_id: int | None = None
    target_id: int | None = None
    prev_hash: str = ""
    hash: str = ""


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Which records of the log to read; `since` inclusive, `until` exclusive, on `decided_at`."""

    strike: str | None = None
    account: str | None = None
    feed: str | None = None
    state: State | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int | None = None
    after: int | None = None
    everything: bool = False


class Feeds(Protocol):
    """Feeds in the journal."""

    def ensure(self, source: FeedSource) -> FeedState:
        """Return the feed of that name; a changed address makes it a new one, with a baseline to come."""

    def all(self) -> list[FeedState]:
        """Return every feed ever watched."""

    def names(self, ids: Collection[int]) -> list[str]:
        """Return the names of these feeds, oldest first."""

    def save(self, feed: FeedState) -> None:
        """Write a feed's state back."""

    def save_same(self, feeds: Sequence[FeedState]) -> None:
        """Write states back, of those only whose document is still the one of the state."""

    def gaps(self, since: datetime, until: datetime) -> list[Gap]:
        """Return the gaps in watching that are over and touch the period: a feed's time before it was first read too.

        `services.gaps` adds those that go on.
        """


class Articles(Protocol):
    """Articles and their keys."""

    def owners(self, keys: Sequence[Key]) -> Mapping[Key, int]:
        """Return the ids of the articles that have these keys; a key that is free is not in it."""

    def add(self, new: Sequence[NewArticle], feed_id: int, seen_at: datetime) -> list[Article]:
        """Write new articles, seen in one feed."""

    def add_keys(self, found: Iterable[tuple[int, Sequence[Key]]]) -> None:
        """Give articles, by their ids, those of the keys that are free."""

    def see(self, ids: Sequence[int], feed_id: int, at: datetime) -> list[int]:
        """Note that the feed has these articles; return those of which it was not known."""

    def get(self, article_id: int) -> Article:
        """Return one article; raises UnknownName."""

    def newest(self, feed_id: int | None, count: int) -> list[Article]:
        """Return the newest articles of a feed, or of all."""

    def appeared(self, feed_id: int, since: datetime) -> list[datetime]:
        """Return when the articles of a feed appeared since then, oldest first; of its baseline, when they were dated.

        What was known from another feed long before is left out.
        """

    def busiest_hour(self, since: datetime) -> int:
        """Return the most articles that were published within one clock hour since then."""


class Kiosk(Protocol):
    """What strike feeds are made of, and who reads them."""

    def keep(self, feed_id: int, document: Document) -> None:
        """Keep a feed's last document, in the place of the one before."""

    def document(self, feed_id: int) -> Document | None:
        """Return a feed's last document."""

    def placed(self, target_id: int, articles: Collection[int]) -> dict[int, Placed]:
        """Return what is decided about these articles on a strike feed, by article; nothing of those without."""

    def readers(self, target_id: int) -> list[Reader]:
        """Return who reads a strike feed, the first first."""

    def readings(self, target_id: int) -> dict[int, set[int]]:
        """Return which of the entries that are handed each reader has, by its id."""

    def note(self, target_id: int, agent: str, actions: Collection[int]) -> Reader:
        """Note that somebody reads, and which handed entries it has from now on; return it as it is known."""

    def note_again(self, reads: Mapping[int, tuple[datetime, int]]) -> None:
        """Note how often readers came again, and when last."""

    def unread(self) -> list[Action]:
        """Return the strike entries that were handed and that nobody was seen to read, oldest first."""


class Targets(Protocol):
    """Accounts as the networks know them."""

    def ensure(self, name: str, platform: str, host: str, remote_id: str | None) -> Target:
        """Return the target that the settings' account is, known by its identity or, before that, by its name."""

    def verified(self, target_id: int, remote_id: str, limits: Mapping[str, int], at: datetime) -> Target:
        """Note an account's identity; one that was known under another name takes over what waited for it."""

    def all(self) -> list[Target]:
        """Return every target."""


class Actions(Protocol):
    """The outbox: decide, claim, settle, review."""

    def add(self, new: NewAction) -> Action | None:
        """Write an action and its event; None if there is one already."""

    def get(self, action_id: int) -> Action:
        """Return one action; raises UnknownName."""

    def due(
        self, target_id: int, now: datetime, only: int | None = None, closed: Collection[int] = ()
    ) -> Action | None:
        """Return the oldest pending or retry action whose hour has come; `only` that one, where one is named.

        Strike posts under the strikes in `closed` are passed over.
        """

    def next_at(self, target_id: int) -> datetime | None:
        """Return the next hour at which this target has something to send or to look for."""

    def in_state(self, *states: State, target_id: int | None = None) -> list[Action]:
        """Return the actions in these states, oldest first."""

    def count_in_state(self, *states: State) -> int:
        """Return how many actions are in these states."""

    def held_for(self, reason: str, target_id: int | None = None) -> list[Action]:
        """Return the actions on hold for this reason, oldest first."""

    def has_begun(self, target_id: int, strike_id: int) -> bool:
        """Say whether a call was ever claimed for a strike post of this strike on the target."""

    def handed(self, target_id: int, since: datetime) -> list[Action]:
        """Return what a target was handed and nobody knows the end of, oldest first.

        What was given up meanwhile is among it, if it was handed since then: a person may still say what became of it.
        """

    def last_pool_index(self, target_id: int) -> int | None:
        """Return the place in its pool of the target's last claimed strike post."""

    def claim(self, claim: Claim) -> Claimed | Blocked:
        """Commit to one call: reads the clock itself, checks every condition, writes the attempt and the event."""

    def blocked(self, claim: Claim) -> Blocked | None:
        """Say what stands in the way of a claim, without making it; None if it would be granted."""

    def settle(self, action: Action, change: Change, outcome: Outcome) -> bool:
        """Write what became of the call, under the claim's own token; False if the claim is no longer ours."""

    def change(self, action: Action, change: Change, kind: str) -> bool:
        """Move an action that no call is about; False if it is no longer in the state that was read."""

    def attempts(self, action_id: int) -> list[Attempt]:
        """Return the attempts of one action, first to last."""

    def observe(self, observation: Observation) -> None:
        """Write what a reading of the timeline found."""

    def observations(self, action_id: int, since: datetime) -> list[Observation]:
        """Return the readings about one action since then, first to last."""

    def retractions(self, action_id: int) -> list[Action]:
        """Return the actions that were to take away what this one published, first to last."""

    def restorations(self, action_id: int) -> list[Action]:
        """Return the actions that were to put back the post that this one edited, first to last."""

    def edited(self, strike_id: int) -> list[Action]:
        """Return the announcements of a strike that edited a post that was there, or may have, oldest first."""

    def take_over(self, action: Action, post_id: str, before: Snapshot | None, payload: Payload | None) -> bool:
        """Have an announcement made by editing a post that is there; False if it no longer waits.

        Args:
            action: that waits.
            post_id: of the post.
            before: the post as it was read; None before that.
            payload: what stays frozen of its text, as it is to be sent to this post; None where nothing is.
        """

    def let_go(self, action: Action, payload: Payload | None) -> bool:
        """Have an announcement made by a post of its own again, with what stays frozen; False if it no longer waits."""

    def gone(self, action: Action, by: GoneBy, at: datetime) -> bool:
        """Note that an action's post is no longer there, and write the event; False if that is known."""

    def read(self, ids: Collection[int], by: str) -> list[Action]:
        """Note that a tool was seen to read what it was handed, for the first time; return what it had not read.

        `by` is what it calls itself (a user agent), never an address.
        """

    def remote_ids(self, target_id: int, besides: int) -> set[str]:
        """Return the ids of this target's posts that belong to other actions than `besides`."""

    def newest_post(self, target_id: int, since: datetime, until: datetime) -> str | None:
        """Return the id of the target's newest post of `[since, until)` that nobody is known to have taken away."""

    def last_outcomes(self, target_id: int, count: int) -> list[str]:
        """Return the outcomes of the target's last settled attempts, newest first."""

    def last_sent(self, target_id: int) -> Action | None:
        """Return the target's latest post."""

    def spent(self, target_id: int, since: datetime) -> int:
        """Return what writes, uncertain ones too, and reads cost since then, in millionths of a US dollar."""

    def spent_reading(self, target_id: int, since: datetime) -> int:
        """Return what reads alone cost since then, in millionths of a US dollar."""


class Strikes(Protocol):
    """The strike book."""

    def all(self) -> list[Strike]:
        """Return every strike ever declared, in order of start."""

    def open(self) -> list[Strike]:
        """Return those that are not closed."""

    def get(self, name: str) -> Strike:
        """Return one by name; raises UnknownName."""

    def by_id(self, strike_id: int) -> Strike:
        """Return one by id."""

    def add(self, strike: Strike) -> Strike:
        """Write a new one and its event; raises StrikeError if the name was ever used."""

    def change(self, strike: Strike) -> None:
        """Write changed dates and texts of one that is not over, and its event."""

    def close(self, strike_id: int, at: datetime, reason: str) -> None:
        """Close one for ever, and write its event; nothing happens if it is closed."""


class Seals(Protocol):
    """The plans that were voted, by strike."""

    def of(self, strike_id: int) -> Seal | None:
        """Return the seal of a strike; None if its plan was never sealed."""

    def all(self) -> dict[int, Seal]:
        """Return every seal, by the strike's id."""

    def put(self, strike_id: int, seal: Seal) -> None:
        """Seal a strike's plan, or seal it again, and write the event."""

    def know(self, strike_id: int, identities: Mapping[str, str]) -> None:
        """Note whose accounts are, that was not known when the plan was sealed, and write the event."""

    def hold(self, strike_id: int, at: datetime, found: str, what: Sequence[str]) -> None:
        """Note since when another plan would run, its fingerprint and what differs in it, and write the event."""

    def free(self, strike_id: int) -> None:
        """Note that what would run is what was voted again, and write the event."""


class Pauses(Protocol):
    """Stops, which every claim obeys."""

    def all(self) -> list[Pause]:
        """Return the pauses in force."""

    def add(self, pause: Pause) -> bool:
        """Pause, and write the event; False if the same stop by the same cause stands already."""

    def lift(self, target_id: int | None, by: Sequence[str]) -> int:
        """Lift the pauses of a target (or of all) made by these causes; return how many."""


class Events(Protocol):
    """The chained record, append-only."""

    def add(
        self,
        kind: str,
        data: Mapping[str, object],
        *,
        action_id: int | None = None,
        strike_id: int | None = None,
        target_id: int | None = None,
    ) -> None:
        """Append one event, chained to the one before."""

    def since(self, seq: int) -> list[Event]:
        """Return the events after that one."""


class Runtime(Protocol):
    """What a running daemon tells the commands, and they it."""

    def get(self, key: str) -> str | None:
        """Return a value."""

    def set(self, key: str, value: str | None) -> None:
        """Write a value; None removes it."""

    def all(self, prefix: str = "") -> dict[str, str]:
        """Return the values whose keys begin so."""


class Register(Protocol):
    """The log, as people and programs read it."""

    def records(self, query: LogQuery) -> Iterator[Mapping[str, object]]:
        """Yield records as interface documents them, oldest first, at constant memory."""

    def counts(self) -> Mapping[tuple[str, str], int]:
        """Return how many actions each account has in each state."""

    def page(self, asked: Browsing) -> Page:
        """Return one page of the log, newest first, and how many records there are."""

    def of_article(self, article_id: int) -> list[Mapping[str, object]]:
        """Return the records of one article, as `page` has them, first to last, retractions included."""

    def numbered(self, ids: Collection[int]) -> list[Mapping[str, object]]:
        """Return the records that have these ids, as `page` has them, first to last."""

    def over_time(self, strike_id: int, *, by_minute: bool) -> list[PostCount]:
        """Return how many posts under a strike went out when, on each target, by minute or by hour."""

    def history(self, action_id: int) -> list[Event]:
        """Return the events of one action, in order."""


class Recounts(Protocol):
    """What became of one strike, counted; a repeated line of one account counts once. Nothing here is slow."""

    def tallies(self, strike: Strike) -> list[Tally]:
        """Return how many actions of each target stand alike."""

    def unlisted(self, strike: Strike, target_id: int | None, feed_names: Collection[str]) -> int:
        """Return how many articles of the strike's period, on these feeds, the target has no line for."""

    def watch(self, strike: Strike, feed_names: Collection[str]) -> Watch:
        """Return how many articles were first seen in the strike on these feeds, and how many have no line at all."""

    def costs(self, strike: Strike) -> Mapping[int, int]:
        """Return what writes and reads cost each target, in millionths of a US dollar."""

    def elsewhere(self, strike: Strike) -> Mapping[int, int]:
        """Return how many posts of others, about the strike's articles, were seen on each target."""

    def exemptions(self, strike: Strike) -> list[Exemption]:
        """Return how many articles rules and guards took out, and what they came to."""

    def settled_doubts(self, strike: Strike) -> Doubts:
        """Return how the posts of unknown fate were settled; `open` is not counted."""

    def hours(self, strike: Strike) -> list[HourCount]:
        """Return how many posts under the strike went out in each hour that had any, oldest first."""

    def nobody(self, strike: Strike) -> int:
        """Return how many articles no account announced, and no rule left to the usual tool."""

    def unannounced(self, strike: Strike, *, replaced: bool = True) -> Iterator[Unannounced]:
        """Yield the articles that were not announced as usual, oldest first, at constant memory.

        `replaced`: those that a strike post announced, too.
        """

    def events(self, kinds: Sequence[str], until: datetime) -> Iterator[Event]:
        """Yield the events of these kinds before an instant, in order; kinds that every post brings have none."""

    def declarations(self, strike: Strike) -> list[Event]:
        """Return the events by which the strike was declared and changed, in order."""

    def mark(self) -> tuple[object, ...]:
        """Return what differs as soon as anything that is counted here may differ; found at once."""

    def head(self) -> LedgerHead | None:
        """Return the end of the chained record; None where nothing has happened yet."""


@dataclass(frozen=True, slots=True)
class StrikeTold:
    """What the strike book says of a strike, in the words of the event that would tell it."""

    id: int
    name: str
    data: str
    closed_at: str | None
    is_destroyed: bool
    seal: str | None = None
    """The fingerprint of its plan as it was sealed last."""


@dataclass(frozen=True, slots=True)
class Emptied:
    """How many rows of the log, and records of the chain, lost their words."""

    rows: int
    records: int


class Ledger(Protocol):
    """The chained record and what it speaks of, exactly as stored; and the one lawful way to take words out of it."""

    def records(self) -> Iterator[Record]:
        """Yield every record, in order, at constant memory."""

    def histories(self) -> Iterator[History]:
        """Yield every row of the log with all there is about it, oldest first, at constant memory.

        What speaks of a row that is not there is yielded too.
        """

    def accounts(self) -> Mapping[int, str]:
        """Return what is known of each target, by its id, in the words of the event that would tell it."""

    def strikes(self) -> list[StrikeTold]:
        """Return what the strike book says.

        Raises:
            ValueError: a cell of it is no hour, no rule or no list any more.
        """

    def empty(self, strike: Strike) -> Emptied:
        """Destroy a strike's register: its words, hours and posts, in every table, and write the event of it.

        Rows keep their ids, slots and targets, so that no article is announced twice; records keep their numbers and
        hashes. What the database's file still holds of the old bytes is another matter: see `storage.erasing`.
        """


@dataclass(frozen=True, slots=True)
class Reading:
    """Figures of one post to be read at one age; `action_id` is that of the strike post."""

    id: int
    strike_id: int
    target_id: int
    action_id: int | None
    remote_id: str
    age: Age
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class MetricRead:
    """One call that was made for figures: of strike posts or of ordinary ones, how many, at what price."""

    strike_id: int | None
    target_id: int
    purpose: Purpose
    posts: int
    cost_microusd: int = 0


class Metrics(Protocol):
    """What readers answered: numbers only."""

    def plan(self, target_id: int) -> int:
        """Write what is to be read of each strike post that is there; return how many readings were added."""

    def lapse(self, target_id: int) -> int:
        """Give up what it is too late to read, and what was taken away since; return how many."""

    def due(self, target_id: int, limit: int) -> list[Reading]:
        """Return what is to be read of the target now, oldest first."""

    def next_at(self, target_id: int) -> datetime | None:
        """Return when the next figures of the target are due; past hours too."""

    def answer(self, reading: Reading, figures: Figures) -> None:
        """Write what was read."""

    def gone(self, reading: Reading) -> None:
        """Write that the post is not there any more: nothing will be read of it."""

    def add_usual(self, strike_id: int, target_id: int, posts: Iterable[RemotePost]) -> int:
        """Write the figures of ordinary posts, each at the age that it has reached; return how many counted."""

    def note(self, read: MetricRead) -> None:
        """Write that a call was made, and what it cost."""

    def has_usual(self, strike_id: int, target_id: int) -> bool:
        """Say whether the ordinary posts before this strike were read already."""

    def figures(self, strike_id: int, target_id: int) -> Mapping[tuple[Purpose, Age], Sequence[Figures]]:
        """Return what was read under a strike on a target: of strike posts and of ordinary ones, by age."""

    def outcomes(self, strike_id: int, target_id: int) -> Mapping[str, int]:
        """Return how many readings of strike posts ended how: read, gone, late; those to come are `due`."""


class Reports(Protocol):
    """Where the account of a strike is put, for whoever asks for it later."""

    def keep(self, found: Findings) -> str:
        """Write it whole or not at all, and return where it is; raises FailedError."""


class Transaction(Protocol):
    """One transaction on the journal; `now` is one reading of the clock, made when it began."""

    now: datetime
    feeds: Feeds
    articles: Articles
    kiosk: Kiosk
    targets: Targets
    actions: Actions
    strikes: Strikes
    seals: Seals
    pauses: Pauses
    events: Events
    runtime: Runtime
    register: Register
    metrics: Metrics
    recounts: Recounts
    ledger: Ledger


class Store(Protocol):
    """The journal. Every method may raise DatabaseError."""

    def writing(self) -> AbstractContextManager[Transaction]:
        """Begin a transaction that nobody else writes beside; commit at the end, roll back on an exception."""

    def reading(self) -> AbstractContextManager[Transaction]:
        """Begin a snapshot to read from."""

    def noting(self) -> AbstractContextManager[Transaction]:
        """Begin a transaction as `writing` does, for what is no news to `changed`."""

    def pulse(self, values: Mapping[str, str]) -> None:
        """Write runtime values that are no news to `changed`."""

    def changed(self) -> bool:
        """Say, cheaply, whether anybody has written since the last time this was asked."""
