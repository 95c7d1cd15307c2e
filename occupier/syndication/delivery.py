"""Where a strike feed is put: a file, a command; and, imported when they are asked for, SFTP and WebDAV."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from occupier.domain.errors import NetworkError
from occupier.domain.ports import Delivery

READABLE = 0o644
"""Whoever serves the file must be able to read it: it is made for the public."""


def make(way: str, where: str, command: Sequence[str], password: str | None, now: Callable[[], datetime]) -> Delivery:
    """Return what puts a feed there.

    Args:
        way: file, sftp, webdav or command.
        where: the file's path, or the address of the file.
        command: and its arguments.
        password: of the remote place, where it wants one.
        now: the clock, aware, in UTC.
    """
    if way == "file":
        return FileDelivery(Path(where))
    if way == "command":
        return CommandDelivery(command)
    if way == "sftp":
        from occupier.syndication.sftp import SftpDelivery

        return SftpDelivery(where, password)
    from occupier.syndication.webdav import WebDavDelivery

    return WebDavDelivery(where, password, now)


class FileDelivery:
    """A file of this machine, which a web server hands out."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def put(self, document: bytes, media_type: str, seconds: float) -> None:
        """Put the document there: whoever reads has the old one or the new one, also after a loss of power."""
        try:
            self._put(document)
        except OSError as error:
            raise self._failed(error) from error

    def _put(self, document: bytes) -> None:
        number, name = tempfile.mkstemp(prefix=f".{self._path.name}.", dir=self._path.parent)
        try:
            with os.fdopen(number, "wb") as half:
                half.write(document)
                half.flush()
                os.fchmod(half.fileno(), READABLE)
                os.fsync(half.fileno())
            Path(name).replace(self._path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
        self._keep_the_name()

    def _keep_the_name(self) -> None:
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def try_out(self) -> None:
        """Find out whether it could be put there."""
        folder = self._path.parent
        if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
            raise NetworkError(
                "The strike feed cannot be put in {folder}: make that folder, or let this user write in it.",
                folder=str(folder),
            )

    def _failed(self, error: OSError) -> NetworkError:
        detail = os.strerror(error.errno) if error.errno else type(error).__name__
        return NetworkError(
            "The strike feed could not be written to {path} ({detail}): what is there is the edition before.",
            path=str(self._path),
            detail=detail,
        )


class CommandDelivery:
    """A command that reads the feed from its standard input, and answers for the rest."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = list(command)

    def put(self, document: bytes, media_type: str, seconds: float) -> None:
        """Run the command; it has failed if it says so, or takes too long."""
        try:
            done = subprocess.run(self._command, input=document, capture_output=True, timeout=seconds, check=False)
        except subprocess.TimeoutExpired as error:
            raise self._failed("…") from error
        except OSError as error:
            raise self._failed(os.strerror(error.errno) if error.errno else type(error).__name__) from error
        if done.returncode != 0:
            raise self._failed(str(done.returncode))

    def try_out(self) -> None:
        """Find out whether the command is there."""
        if shutil.which(self._command[0]) is None:
            text = "The command {command}, which puts the strike feed where the tool reads it, is not there."
            raise NetworkError(text, command=self._command[0])

    def _failed(self, detail: str) -> NetworkError:
        return NetworkError(
            "The command {command}, which puts the strike feed where the tool reads it, failed ({detail}).",
            command=self._command[0],
            detail=detail,
        )
