"""Access that people gave to applications, in the course of connecting an account; each can be taken back."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Grant:
    """One token of an account; `scopes` are Mastodon's, `expires_at` (aware) None means never."""

    platform: str
    account_id: str
    app: str
    token: str = field(repr=False)
    secret: str = field(default="", repr=False)
    scopes: tuple[str, ...] = ()
    expires_at: datetime | None = None

    def allows(self, scope: str) -> bool:
        """Tell whether this covers a scope: by its name, or by the wider one that it is part of."""
        return scope in self.scopes or scope.partition(":")[0] in self.scopes


class Grants:
    """All of them, numbered as they come."""

    def __init__(self) -> None:
        self._all: dict[int, Grant] = {}
        self._next = 1

    def add(self, grant: Grant) -> Grant:
        """Keep one."""
        self._all[self._next] = grant
        self._next += 1
        return grant

    def find(self, platform: str, token: str | None, now: datetime) -> Grant | None:
        """Return the one whose token this is, unless it has expired."""
        for grant in self._all.values():
            if grant.platform == platform and grant.token == token:
                return grant if grant.expires_at is None or now < grant.expires_at else None
        return None

    def numbered(self) -> Iterator[tuple[int, Grant]]:
        """Yield them, oldest first."""
        yield from self._all.items()

    def revoke(self, number: int) -> None:
        """Take one back."""
        self._all.pop(number, None)

    def revoke_token(self, platform: str, token: str) -> None:
        """Take back the one whose token this is."""
        for number, grant in list(self._all.items()):
            if (grant.platform, grant.token) == (platform, token):
                self.revoke(number)
