"""A strike feed put on a server by SFTP, on asyncssh (https://asyncssh.readthedocs.io)."""

from __future__ import annotations

import asyncio
import posixpath
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from occupier.domain.errors import NetworkError
from occupier.domain.outcome import RefusalKind

if TYPE_CHECKING:
    import asyncssh

_SECONDS = 25.0
_PORT = 22
_HALF = ".half"


class SftpDelivery:
    """A file on a server that `~/.ssh/known_hosts` knows; without a password, the keys of this user and its agent."""

    def __init__(self, address: str, password: str | None) -> None:
        parts = urlsplit(address)
        self._host, self._port = parts.hostname or "", parts.port or _PORT
        self._user = unquote(parts.username) if parts.username else None
        self._path = unquote(parts.path)
        self._password = password

    def put(self, document: bytes, media_type: str, seconds: float) -> None:
        """Put the document there: under another name, then over the one before in one step."""

        async def write(sftp: asyncssh.SFTPClient) -> None:
            half = self._path + _HALF
            async with sftp.open(half, "wb") as file:
                await file.write(document)
            await sftp.posix_rename(half, self._path)

        self._run(write, seconds)

    def try_out(self) -> None:
        """Find out whether the folder is there."""

        async def look(sftp: asyncssh.SFTPClient) -> None:
            await sftp.stat(posixpath.dirname(self._path))

        self._run(look, _SECONDS)

    def _run(self, work: Callable[[asyncssh.SFTPClient], Awaitable[None]], seconds: float) -> None:
        import asyncssh

        async def connected() -> None:
            options = {} if self._password is None else {"password": self._password, "client_keys": None}
            named = {} if self._user is None else {"username": self._user}
            async with (
                asyncssh.connect(self._host, self._port, **named, **options) as connection,
                connection.start_sftp_client() as sftp,
            ):
                await work(sftp)

        try:
            asyncio.run(asyncio.wait_for(connected(), seconds))
        except asyncssh.HostKeyNotVerifiable as error:
            text = "{host} is not known to this user: compare its key once, with ssh {host}, and say yes."
            raise self._error(text, RefusalKind.CREDENTIALS) from error
        except asyncssh.PermissionDenied as error:
            raise self._error("{host} does not let this user in to put the strike feed there.",
                              RefusalKind.CREDENTIALS) from error  # fmt: skip
        except (asyncssh.Error, OSError, TimeoutError) as error:
            text = "{host} did not take the strike feed ({detail}): see that the folder is there and can be written in."
            raise self._error(text, None, type(error).__name__) from error

    def _error(self, text: str, kind: RefusalKind | None, detail: str = "") -> NetworkError:
        error = NetworkError(text, host=self._host, detail=detail)
        error.kind = kind
        return error
