"""The pools of messages: of the settings, and of one strike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from occupier.domain.setup import NETWORKS, Pools
from occupier.domain.strike import Messages
from occupier.settings.table import Table
from occupier.settings.value import Value


def read_pools(table: Table, by_account: Mapping[str, tuple[str, ...]]) -> Pools:
    """Read `[messages]`; the accounts' own pools were read with them."""
    strike, ordinary = _pool(table), table.optional("ordinary")
    platforms = {name: table.table(name) for name in NETWORKS}
    table.done()
    pools, ordinaries = {}, {}
    for name, inner in platforms.items():
        pools[name] = _pool(inner)
        ordinaries[name] = _text(inner.optional("ordinary"))
        inner.done()
    return Pools(
        strike=strike,
        strike_by_platform=_written(pools),
        strike_by_account=_written(by_account),
        ordinary=_text(ordinary),
        ordinary_by_platform={name: text for name, text in ordinaries.items() if text},
    )


def read_account_pool(table: Table) -> tuple[str, ...]:
    """Read a table that holds `strike` only: `[accounts.messages]`, `[strikes.messages.x]`."""
    pool = _pool(table)
    table.done()
    return pool


def read_strike_messages(table: Table, accounts: Iterable[str]) -> Messages:
    """Read `[strikes.messages]`, with its tables by platform and by account."""
    strike = _pool(table)
    platforms = {name: table.table(name) for name in NETWORKS}
    named = table.table("account")
    table.done()
    return Messages(
        strike=strike,
        by_platform=_written({name: read_account_pool(inner) for name, inner in platforms.items()}),
        by_account=_written(_by_account(named, list(accounts))),
    )


def _by_account(table: Table, accounts: list[str]) -> dict[str, tuple[str, ...]]:
    return {name.one_of(accounts): read_account_pool(inner) for name, inner in table.named()}


def _pool(table: Table) -> tuple[str, ...]:
    value = table.optional("strike")
    return value.texts() if value else ()


def _text(value: Value | None) -> str | None:
    return value.text() if value else None


def _written(pools: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {name: pool for name, pool in pools.items() if pool}
