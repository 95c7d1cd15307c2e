"""Which server is meant by what a person types."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from occupier.domain.connecting import is_this_machine
from occupier.domain.errors import UsageError

_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")


def server_address(typed: str) -> str:
    """Return the address of the server, without a slash at its end: https, but on this machine.

    Understood: `mastodon.social`, `https://mastodon.social/@courrier`, `@courrier@mastodon.social`, `127.0.0.1:8000`.

    Raises:
        UsageError: no server can be read out of it.
    """
    given = typed.strip()
    scheme, mark, rest = given.partition("://")
    authority = (rest if mark else given).split("/")[0].rpartition("@")[2]
    try:
        parts = urlsplit(f"//{authority}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if (mark and scheme.lower() not in ("http", "https")) or not _is_host(host):
        raise UsageError(
            "No server can be read out of “{typed}”: type what stands after the second @ of the account, "
            "for example mastodon.social.",
            typed=given[:80],
        )
    secure = scheme.lower() == "https" if mark and is_this_machine(host) else not is_this_machine(host)
    name = f"[{host}]" if ":" in host else host
    return f"{'https' if secure else 'http'}://{name}" + (f":{port}" if port else "")


def _is_host(host: str) -> bool:
    if is_this_machine(host):
        return True
    labels = host.rstrip(".").split(".")
    return len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels)
