"""Addresses: where a feed may lead us, and how its address is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

_NAT64 = IPv6Network("64:ff9b::/96")


class PrivateAddress(Exception):
    """A public server sends us to an address of a private network."""


@dataclass
class Journey:
    """The connections made for one feed: once a public server was asked, private ones are out of reach."""

    private: Callable[[str], bool]
    met_public: bool = False

    def arrive(self, address: str) -> None:
        """Judge the address that is really connected, whatever its name said; raises PrivateAddress."""
        if not self.private(address):
            self.met_public = True
        elif self.met_public:
            raise PrivateAddress


_journey: ContextVar[Journey | None] = ContextVar("journey", default=None)


@contextmanager
def journey(private: Callable[[str], bool]) -> Iterator[Journey]:
    """Open a journey: every connection made, or used again, inside belongs to it."""
    opened = Journey(private)
    token = _journey.set(opened)
    try:
        yield opened
    finally:
        _journey.reset(token)


def arrive(address: str) -> None:
    """Judge a connection to an address by the journey that is under way, if any; raises PrivateAddress."""
    under_way = _journey.get()
    if under_way is not None:
        under_way.arrive(address)


@lru_cache(maxsize=1024)
def is_private(address: str) -> bool:
    """Say whether an IP address is no public one: RFC 1918, loopback, link-local, ULA, shared, reserved.

    An IPv6 address that carries an IPv4 one (mapped, 6to4, NAT64) is judged by that.
    """
    ip = ip_address(address.split("%")[0])
    if isinstance(ip, IPv6Address):
        carried = ip.ipv4_mapped or ip.sixtofour or (_last(ip) if ip in _NAT64 else None)
        if carried is not None:
            ip = carried
    return not ip.is_global or ip.is_multicast


def _last(ip: IPv6Address) -> IPv4Address:
    return IPv4Address(int(ip) & 0xFFFFFFFF)


def shown(url: str) -> str:
    """Return an address for people and logs: without credentials and query, where keys may be."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
