"""Feeds and accounts: what is watched, where it is posted, and what a network needs to be reached."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from occupier.domain.by_hand import MANUAL, SITES
from occupier.domain.errors import SettingsError
from occupier.domain.setup import (
    FEED,
    NETWORKS,
    Account,
    FeedSource,
    IfUsualIsOut,
    Outside,
    ReplaceBy,
    Takeover,
    WhenUncertain,
)
from occupier.settings.addresses import read_server, read_web_address
from occupier.settings.any_account import read_any_account
from occupier.settings.secrets import SecretRef, read_secret_ref
from occupier.settings.strike_feeds import Delivery, read_strike_feed
from occupier.settings.table import Table
from occupier.settings.value import Value

PLATFORMS = (*NETWORKS, MANUAL, FEED)
EDITING = ("mastodon", "facebook")
"""The networks on which posts can be edited where they stand."""
VISIBILITIES = ("public", "unlisted", "private", "direct")
_SECRETS = {
    "mastodon": ("access_token",),
    "x": ("consumer_key", "consumer_secret", "access_token", "access_token_secret"),
    "facebook": ("access_token",),
}
_API = {"x": "https://api.twitter.com", "facebook": "https://graph.facebook.com"}
_VERSION = re.compile(r"v\d{1,3}\.\d{1,2}", re.ASCII)
_PAGE = re.compile(r"\d{1,32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Connection:
    """What a network needs to be reached as one account. `secrets` says where they are, not what they are."""

    platform: str
    base_url: str
    secrets: Mapping[str, SecretRef] = field(default_factory=dict)
    api_version: str | None = None
    page_id: str | None = None
    delivery: Delivery | None = None


def read_feed(table: Table) -> FeedSource:
    """Read one of `[[feeds]]`."""
    feed = FeedSource(
        name=table.required("name", '"une"').name(),
        url=read_web_address(table.required("url", '"https://www.example.org/feed.xml"')),
        interval=table.get("interval", "60s").duration(),
    )
    table.done()
    return feed


def read_account(table: Table, feeds: Iterable[str]) -> tuple[Account, Connection, Table]:
    """Read one of `[[accounts]]`.

    Returns:
        The account, how to reach it, and its table of messages, not read yet.
    """
    name = table.required("name", '"x-une"').name()
    platform = table.required("platform", '"mastodon"').one_of(PLATFORMS)
    if platform == MANUAL:
        return _read_manual(table, name, feeds)
    if platform == FEED:
        account, delivery, messages = read_strike_feed(table, name, list(feeds))
        secrets = delivery.secrets if delivery else {}
        return account, Connection(FEED, "", secrets, delivery=delivery), messages
    connection, host = _connection(table, platform)
    scope, messages = table.optional("feeds"), table.table("messages")
    account = Account(
        name=name,
        platform=platform,
        host=host,
        remote_id=connection.page_id,
        feeds=scope.some_of(feeds) if scope else frozenset(),
        outside=Outside(table.get("outside_strikes", "silent").one_of(Outside)),
        when_uncertain=WhenUncertain(table.get("when_uncertain", "retry").one_of(WhenUncertain)),
        settle_after=table.get("settle_after", "120s").duration(),
        visibility=table.get("visibility", "public").one_of(VISIBILITIES) if platform == "mastodon" else None,
        test=table.get("test", False).boolean(),
        metrics=table.get("metrics", False).boolean(),
        **read_any_account(table),
        **_about_usual(table, platform),
        budget_microusd=_budget(table) if platform == "x" else None,
    )
    table.done()
    return account, connection, messages


def _read_manual(table: Table, name: str, feeds: Iterable[str]) -> tuple[Account, Connection, Table]:
    """Read an account on which a person posts: no secret, no address that anything is sent to."""
    network = table.required("for_platform", '"x"').one_of(NETWORKS)
    host = SITES.get(network) or read_server(table.required("server", '"https://mastodon.example"'), with_path=False)[1]
    scope, messages = table.optional("feeds"), table.table("messages")
    account = Account(
        name=name,
        platform=MANUAL,
        host=host,
        remote_id=name,
        feeds=scope.some_of(feeds) if scope else frozenset(),
        for_platform=network,
        **read_any_account(table),
    )
    table.done()
    return account, Connection(MANUAL, f"https://{host}"), messages


def _connection(table: Table, platform: str) -> tuple[Connection, str]:
    if platform == "mastodon":
        base_url, host = read_server(table.required("server", '"https://mastodon.example"'), with_path=False)
    else:
        base_url, host = read_server(table.get("api_url", _API[platform]))
    version = page = None
    if platform == "facebook":
        version = _version(table.get("api_version", "v26.0"))
        page = _page_id(table.required("page_id", '"1234567890"'))
    secrets = {key: read_secret_ref(table, key) for key in _SECRETS[platform]}
    return Connection(platform, base_url, secrets, version, page), host


def _about_usual(table: Table, platform: str) -> dict[str, Any]:
    """Read what becomes of the usual tool's posts; where none can be edited, deleting them must be said on purpose."""
    out, takeover = table.get("if_usual_is_out", "hold"), table.get("takeover", "none")
    read: dict[str, Any] = {
        "if_usual_is_out": IfUsualIsOut(out.one_of(IfUsualIsOut)),
        "takeover": Takeover(takeover.one_of(Takeover)),
    }
    replaces = [value for value in (out, takeover) if value.text() == "replace"]
    # X does not tell what a post was made with: to name it there changes nothing
    named = bool(replaces) and platform in EDITING
    application = table.required("usual_application", '"dlvr.it"') if named else table.optional("usual_application")
    replace_by = _replace_by(table.optional("replace_by"), replaces, platform)
    named_by = application.text() if application else None
    within = table.get("usual_within", "0s").duration(least=timedelta(0))
    return read | {"replace_by": replace_by, "usual_application": named_by, "usual_within": within}


def _replace_by(value: Value | None, replaces: Sequence[Value], platform: str) -> ReplaceBy:
    wanted = ReplaceBy(value.one_of(ReplaceBy)) if value else ReplaceBy.EDIT
    if value and wanted is ReplaceBy.DELETE and platform in EDITING:
        raise SettingsError(
            "{path}: on this network posts are edited where they stand, and nothing is lost; take the key out.",
            path=value.path,
        )
    if value and wanted is ReplaceBy.DELETE and not replaces:
        raise SettingsError(
            "{path}: this key goes with if_usual_is_out = “replace” or takeover = “replace”; write one of them too, or"
            " take it out.",
            path=value.path,
        )
    if replaces and wanted is ReplaceBy.EDIT and platform not in EDITING:
        raise SettingsError(
            "{path}: on this network no post can be edited. “replace” would delete the usual post, with its likes and"
            " answers, and post the strike message anew: if you mean that, write replace_by = “delete” beside it; else"
            " take the key out.",
            path=replaces[0].path,
        )
    return wanted


def _budget(table: Table) -> int:
    return round(table.get("budget_per_day", 10.0).number() * 1_000_000)


def _version(value: Value) -> str:
    version = value.text()
    if _VERSION.fullmatch(version):
        return version
    raise SettingsError("{path}: write the version of the Graph API, for example v26.0.", path=value.path)


def _page_id(value: Value) -> str:
    page = value.text()
    if _PAGE.fullmatch(page):
        return page
    raise SettingsError(
        "{path}: write the page's number between quotes, for example “1234567890”; not its name.", path=value.path
    )


def refuse_twins(named: Iterable[tuple[str, Table]]) -> None:
    """Refuse two feeds, accounts or strikes of one name.

    Raises:
        SettingsError: with both paths.
    """
    first: dict[str, Table] = {}
    for name, table in named:
        if name in first:
            raise SettingsError(
                "{path}: the name “{name}” is already that of {other}; choose another one.",
                path=table.path_of("name"),
                name=name,
                other=first[name].path,
            )
        first[name] = table
