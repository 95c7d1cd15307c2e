"""How things stand, as Prometheus reads it: the text exposition format 0.0.4, made by its own library.

Names begin with `occupier_`; labels are names that the settings give, and stable ids: no person, no word of an article,
no secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE
from prometheus_client.registry import Collector

from occupier import __version__
from occupier.domain.action import FOR_A_PERSON, WAITING, State
from occupier.services.review.reviewing import AccountStatus, Status

__all__ = ["CONTENT_TYPE", "exposition"]

Samples = Iterable[tuple[tuple[str, ...], float]]
"""Values of labels, and the figure that they have."""
_ACCOUNT = ("account", "platform")
_SINCE = "since the strike in force began, or in the last day."


def exposition(status: Status, ailments: Iterable[str]) -> bytes:
    """Return one page of figures."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Once((*_of_house(status, tuple(ailments)), *_of_feeds(status), *_of_accounts(status))))
    return generate_latest(registry)


@dataclass(frozen=True, eq=False)
class _Once(Collector):
    families: tuple[GaugeMetricFamily, ...]

    def collect(self) -> Iterable[GaugeMetricFamily]:
        return self.families


def _of_house(status: Status, ailments: tuple[str, ...]) -> Iterator[GaugeMetricFamily]:
    now = status.now
    yield _gauge("info", "1, with the version that answers.", ("version",), [((__version__,), 1)])
    yield _gauge("healthy", "Whether the daemon works: what /healthz says.", (), [((), not ailments)])
    beats = [((), _seconds(now - status.heartbeat))] if status.heartbeat else []
    yield _gauge("heartbeat_age_seconds", "Since the daemon's last sign of life.", (), beats)
    stops = [((pause.by,), 1) for pause in status.pauses if pause.target_id is None]
    yield _gauge("paused", "1 for each stop of all accounts, by its cause.", ("by",), stops)
    strikes = [((s.name,), s.in_force(now)) for s in status.strikes if not s.is_over(now)]
    yield _gauge("strike_in_force", "1 while the strike is in force, 0 before it.", ("strike",), strikes)
    ends = [((s.name,), s.ends_at.timestamp()) for s in status.in_force]
    yield _gauge("strike_end_timestamp_seconds", "When the strike in force ends.", ("strike",), ends)


def _of_feeds(status: Status) -> Iterator[GaugeMetricFamily]:
    now, feeds, labels = status.now, status.feeds, ("feed",)
    reads = [((f.name,), _seconds(now - f.last_ok_at)) for f in feeds if f.last_ok_at]
    yield _gauge("feed_read_age_seconds", "Since the feed was last read.", labels, reads)
    failures = [((f.name,), f.failures) for f in feeds]
    yield _gauge("feed_failures", "Readings that failed in a row.", labels, failures)
    gaps = {f.name: [(gap.until or now) - gap.since for gap in status.gaps if gap.feed == f.name] for f in feeds}
    counts = [((name,), len(found)) for name, found in gaps.items()]
    yield _gauge("feed_gaps", f"Gaps in watching, {_SINCE}", labels, counts)
    lengths = [((name,), _seconds(sum(found, timedelta(0)))) for name, found in gaps.items()]
    yield _gauge("feed_gap_seconds", f"How long the feed went unwatched, {_SINCE}", labels, lengths)


def _of_accounts(status: Status) -> Iterator[GaugeMetricFamily]:
    named = {(a.account.name, a.account.platform): a for a in status.accounts}
    states = [((*who, state), a.counts.get(state, 0)) for who, a in named.items() for state in State]
    yield _gauge("posts", "Lines of the log, by their state.", (*_ACCOUNT, "state"), states)
    queues = [(who, _count(a, WAITING | {State.SENDING})) for who, a in named.items()]
    yield _gauge("queue", "Posts that wait for their turn or are under way.", _ACCOUNT, queues)
    asked = [(who, _count(a, FOR_A_PERSON)) for who, a in named.items()]
    yield _gauge("waiting_for_person", "Posts that wait for a person.", _ACCOUNT, asked)
    stops = [((*who, pause.by), 1) for who, a in named.items() for pause in a.pauses]
    yield _gauge("lane_paused", "1 for each stop of this account alone, by its cause.", (*_ACCOUNT, "by"), stops)
    spent = [(who, a.spent_microusd / 1_000_000) for who, a in named.items()]
    yield _gauge("spent_today_dollars", "What calls have cost since midnight.", _ACCOUNT, spent)
    posted = [(who, _posted_at(a)) for who, a in named.items()]
    ages = [(who, _seconds(status.now - at)) for who, at in posted if at]
    yield _gauge("last_post_age_seconds", "Since the account's last post.", _ACCOUNT, ages)


def _count(account: AccountStatus, states: Iterable[State]) -> int:
    return sum(account.counts.get(state, 0) for state in states)


def _posted_at(account: AccountStatus) -> datetime | None:
    return account.last_post.sent_at if account.last_post else None


def _seconds(span: timedelta) -> float:
    return span.total_seconds()


def _gauge(name: str, about: str, labels: tuple[str, ...], samples: Samples) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"occupier_{name}", about, labels=labels)
    for values, figure in samples:
        family.add_metric(values, float(figure))
    return family
