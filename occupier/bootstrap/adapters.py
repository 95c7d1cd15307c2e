"""The adapters: the only place that names them. Each is imported when it is first made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from occupier.domain.by_hand import is_by_hand
from occupier.domain.ports import Clock, Delivery, Network, Press
from occupier.domain.setup import FEED, Account
from occupier.settings import Connection, Settings


def make_network(
    settings: Settings,
    account_name: str,
    clock: Clock,
    on_date: Callable[[str, timedelta], None] | None = None,
    *,
    dry: bool = False,
) -> Network:
    """Build the adapter of one account; a dry one reads no secret. Raises SettingsError."""
    from occupier.platforms.dry import Dry
    from occupier.platforms.registry import build

    connection, account = settings.connections[account_name], settings.setup.account(account_name)
    if account is not None and account.is_written and not dry:
        return make_strike_feed(account, make_delivery(settings, account_name, clock))
    secrets = dict.fromkeys(connection.secrets, "-") if dry else settings.secrets(account_name)
    parameters = _parameters(connection, account)
    network = build(connection.platform, clock=clock, on_date=on_date, **parameters, **secrets)
    return Dry(network, account_name, account.remote_id if account else None) if dry else network


def make_strike_feed(
    account: Account, delivery: Delivery | None = None, write: Callable[[], None] | None = None
) -> Network:
    """Build the adapter of a strike feed; without `write`, whoever serves the feed reads the journal."""
    from occupier.platforms.registry import build

    return build(FEED, name=account.name, network=account.network, delivery=delivery, write=write)


def make_delivery(settings: Settings, account_name: str, clock: Clock) -> Delivery:
    """Return what puts a strike feed where its tool reads it. Raises SettingsError: a secret is missing."""
    from occupier.syndication.delivery import make

    delivery = settings.connections[account_name].delivery
    assert delivery is not None  # the account is written somewhere
    password = settings.secrets(account_name).get("password")
    return make(delivery.way, delivery.where, delivery.command, password, clock.now)


def _parameters(connection: Connection, account: Account | None) -> dict[str, Any]:
    if account is not None and (is_by_hand(account) or account.is_feed):
        return {"name": account.name, "network": account.network}
    if connection.platform == "mastodon":
        return {"server": connection.base_url}
    if connection.platform == "facebook":
        version, page = connection.api_version, connection.page_id
        return {"api_url": connection.base_url, "api_version": version, "page_id": page}
    return {"api_url": connection.base_url}


def make_steps(platform: str, clock: Clock, sandbox: str | None = None) -> Any:
    """Return the steps that connect an account of a network; `sandbox` is the address of one that stands in for it."""
    from occupier.platforms.registry import connecting

    roots = {"x": "/x", "facebook": "/graph"}
    elsewhere = {"api_url": sandbox + roots[platform]} if sandbox and platform in roots else {}
    return connecting(platform, clock=clock, **elsewhere)


def make_templates() -> Any:
    """Return the template language."""
    from occupier.templates import JinjaTemplates

    return JinjaTemplates()


def make_press() -> Press:
    """Return what cuts the newsroom's documents."""
    from occupier.syndication.press import Cutter

    return Cutter()


def make_feed_reader(clock: Clock) -> tuple[Any, Any]:
    """Return a fetcher and a parser."""
    from occupier.feeds.fetch import HttpFetcher
    from occupier.feeds.parse import FeedParser

    return HttpFetcher(clock), FeedParser(clock)
