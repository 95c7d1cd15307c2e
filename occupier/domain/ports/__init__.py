"""What the services ask of the world. Adapters implement these; fakes record them."""

from occupier.domain.ports.book import Pause, Pauses, Seals, Strikes
from occupier.domain.ports.clock import Clock
from occupier.domain.ports.figures import MetricRead, Metrics, Reading
from occupier.domain.ports.journal import Runtime, Store, Transaction
from occupier.domain.ports.networks import Capabilities, Delivery, Identity, Network, Order, Portrayer
from occupier.domain.ports.outbox import (
    Actions,
    Blocked,
    Change,
    Claim,
    Claimed,
    NewAction,
    Observation,
    Target,
    Targets,
)
from occupier.domain.ports.reading import Asked, Fetched, Fetcher, Parsed, Parser, Plate, Press
from occupier.domain.ports.record import Emptied, Event, Events, Ledger, LogQuery, Recounts, Register, StrikeTold
from occupier.domain.ports.telling import Notice, Notices, Reports
from occupier.domain.ports.watched import Articles, Feeds, FeedState, Kiosk, NewArticle

__all__ = [
    "Actions",
    "Articles",
    "Asked",
    "Blocked",
    "Capabilities",
    "Change",
    "Claim",
    "Claimed",
    "Clock",
    "Delivery",
    "Emptied",
    "Event",
    "Events",
    "FeedState",
    "Feeds",
    "Fetched",
    "Fetcher",
    "Identity",
    "Kiosk",
    "Ledger",
    "LogQuery",
    "MetricRead",
    "Metrics",
    "Network",
    "NewAction",
    "NewArticle",
    "Notice",
    "Notices",
    "Observation",
    "Order",
    "Parsed",
    "Parser",
    "Pause",
    "Pauses",
    "Plate",
    "Portrayer",
    "Press",
    "Reading",
    "Recounts",
    "Register",
    "Reports",
    "Runtime",
    "Seals",
    "Store",
    "StrikeTold",
    "Strikes",
    "Target",
    "Targets",
    "Transaction",
]
