"""Connecting an account: what a person is asked to do, step by step, and what comes out of it.

Each network has steps of its own (`MastodonSteps`, `XSteps`, `FacebookSteps`). One object leads one person through one
account; it may be begun again at any time. Every step raises NetworkError, with a sentence that says what to do, when
the network or the person's answer does not let it go on; UsageError when what was typed cannot be meant. No secret is
in an error, a `repr` or an address to open.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from occupier.domain.errors import Sentence


@dataclass(frozen=True, slots=True)
class Connected:
    """An account that answers: "this is the account *display_name* (*handle*), *followers* followers: right?".

    Attributes:
        platform: mastodon, x or facebook.
        secrets: by the keys of `[[accounts]]` (access_token, consumer_key…): all that the account needs.
        settings: the other keys of `[[accounts]]` that are not what they are by default (server, page_id, api_url…).
        handle: as people know it: @name@server, @name, or a page's address or number.
        display_name: the name that is shown above its posts.
        followers: None where the network does not tell.
        expires_at: when the keys stop working (aware); None where they do not, or where the network does not tell.
        warnings: what stands in the way of publishing, or may, and what to do.
    """

    platform: str
    secrets: Mapping[str, str] = field(repr=False)
    settings: Mapping[str, str]
    handle: str
    display_name: str
    followers: int | None = None
    expires_at: datetime | None = None
    warnings: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class PageChoice:
    """A Facebook page that the token leads to; `can_publish` is what the person may do there, as Facebook says."""

    id: str
    name: str
    link: str | None = None
    followers: int | None = None
    can_publish: bool = True
    access_token: str = field(default="", repr=False)


class Steps(Protocol):
    """What all networks' steps have in common."""

    @property
    def needs(self) -> tuple[Sentence, ...]:
        """What must be at hand before one begins, and how long it takes; to be read out first."""


class MastodonSteps(Steps, Protocol):
    """A server's name, then a code."""

    def begin(self, server: str) -> str:
        """Register the app on a server, and return the address to open in the browser, where a code is shown.

        Args:
            server: `mastodon.social`, `https://mastodon.social`, `@user@mastodon.social`, a profile's address…

        Raises:
            UsageError: no server can be read out of that.
            NetworkError: it does not answer, or is no Mastodon server.
        """

    def finish(self, code: str) -> Connected:
        """Exchange the code that the person pasted; raises NetworkError where the server does not take it."""

    def discard(self) -> None:
        """Give the keys of the last `finish` back to the server: it was the wrong account. Raises NetworkError."""


class XSteps(Steps, Protocol):
    """The newsroom's own app: its two keys and a PIN, or all four keys."""

    def begin(self, consumer_key: str, consumer_secret: str) -> str:
        """Return the address to open in the browser, logged in as the account, where a PIN is shown."""

    def finish(self, pin: str) -> Connected:
        """Exchange the PIN that the person typed; raises NetworkError where X does not take it."""

    def with_keys(
        self, consumer_key: str, consumer_secret: str, access_token: str, access_token_secret: str
    ) -> Connected:
        """Take the four keys as the developer console shows them; raises NetworkError where X does not."""


class FacebookSteps(Steps, Protocol):
    """A person's token, made in the Graph API Explorer, then one of the pages that it leads to."""

    def pages(self, user_token: str, app_id: str = "", app_secret: str = "") -> tuple[PageChoice, ...]:
        """Return the pages that the token leads to; never none.

        With the app's id and secret, the token is exchanged first for one that lasts: so do the pages' own then.

        Raises:
            NetworkError: a token that is not taken, lacks a right or leads to no page.
        """

    def choose(self, choice: PageChoice) -> Connected:
        """Take one of the pages, with its own token and until when that lasts; raises NetworkError."""


_REVOKING: Mapping[str, str] = {
    "mastodon": "https://{host}/oauth/authorized_applications",
    "x": "https://x.com/settings/connected_apps",
    "facebook": "https://www.facebook.com/settings/?tab=business_tools",
}
_ON_THIS_MACHINE = "http://{host}/oauth/authorized_applications"


def revoking(platform: str, host: str) -> str:
    """Return the address at which a person takes the access of occupier to an account away.

    Args:
        platform: mastodon, x or facebook; KeyError for any other.
        host: the account's `host[:port]`; on this machine it is the sandbox, which has one page for all networks.
    """
    address = _REVOKING[platform]
    name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
    return (_ON_THIS_MACHINE if is_this_machine(name.strip("[]")) else address).format(host=host)


def is_this_machine(name: str) -> bool:
    """Say whether a host's name or address, without a port, is this machine's own to itself."""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name.lower() == "localhost"
