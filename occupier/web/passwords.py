"""The secrets of the review page: only their scrypt hashes are kept, each in a file beside the database."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

from occupier.domain.errors import FailedError, UsageError

READ, WRITE = "read", "write"
RIGHTS = (READ, WRITE)
"""To read; and to pause, resume, end, resolve, release and drop, which includes reading."""
LEAST = 12
"""Characters of a secret that somebody chose."""
WORK = 2**15
_R, _P = 8, 1
"""scrypt's cost, with WORK as its N: 32 MiB and about 0.1 s a try (OWASP, Password Storage Cheat Sheet: N = 2^15 needs
p = 3, or a secret that is no word: ours are random unless somebody chose one, and tries are rationed)."""
_MEMORY = 64 * 2**20
_LONGEST = 1024


@dataclass(frozen=True)
class Passwords:
    """The two files beside this database. `work` is what a secret that is set now costs to try."""

    database: Path
    work: int = WORK

    def file(self, right: str) -> Path:
        """Return the file of a right's hash."""
        return self.database.with_name(f"{self.database.name}.{right}-secret")

    def is_set(self, right: str) -> bool:
        """Say whether a right needs a secret: a file that cannot be read counts, and opens nothing."""
        return os.path.lexists(self.file(right))

    def write(self, right: str, secret: str) -> None:
        """Keep the hash of a secret, in place of the one before; readable by this user only.

        Raises:
            UsageError: it is too short, or too long.
            FailedError: the file cannot be written.
        """
        if not LEAST <= len(secret) <= _LONGEST:
            raise UsageError("A secret has {least} characters or more: choose a longer one.", least=LEAST)
        file = self.file(right)
        try:
            _replace(file, hashed(secret, self.work) + "\n")
        except OSError as error:
            raise FailedError(
                "{file} cannot be written ({detail}).", file=str(file), detail=error.strerror or type(error).__name__
            ) from None

    def matching(self, secret: str) -> tuple[str, str] | None:
        """Return the right that a secret gives, and the mark of its hash; every try costs the same time."""
        lines = {right: self._line(right) for right in RIGHTS}
        found = {right: _matches(lines[right] or _NOBODYS, secret) and lines[right] is not None for right in RIGHTS}
        right = next((right for right in reversed(RIGHTS) if found[right]), None)
        return (right, _mark(lines[right] or "")) if right else None

    def is_current(self, right: str, mark: str) -> bool:
        """Say whether a secret that was typed is still the one that is set."""
        line = self._line(right)
        return line is not None and hmac.compare_digest(_mark(line), mark)

    def marks(self) -> tuple[str, ...]:
        """Return what differs as soon as a secret is set or taken away."""
        return tuple(_mark(self._line(right) or "") for right in RIGHTS)

    def _line(self, right: str) -> str | None:
        try:
            return self.file(right).read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            return None


def hashed(secret: str, work: int = WORK) -> str:
    """Return `scrypt:N:r:p:salt:hash`, the last two in hexadecimal."""
    salt = secrets.token_bytes(16)
    return f"scrypt:{work}:{_R}:{_P}:{salt.hex()}:{_scrypt(secret, salt, work, _R, _P).hex()}"


def new_secret() -> str:
    """Return a secret that nobody can guess, to be shown once."""
    return secrets.token_urlsafe(18)


def _matches(line: str, secret: str) -> bool:
    try:
        kind, n, r, p, salt, known = line.split(":")
        computed = _scrypt(secret[:_LONGEST], bytes.fromhex(salt), int(n), int(r), int(p))
        return kind == "scrypt" and hmac.compare_digest(computed, bytes.fromhex(known))
    except ValueError:  # the file is not one of ours
        return False


def _scrypt(secret: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(secret.encode(), salt=salt, n=n, r=r, p=p, maxmem=_MEMORY, dklen=32)


def _mark(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()


def _replace(file: Path, text: str) -> None:
    # mkstemp: 0600 from the first byte on
    number, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(number, "w", encoding="ascii") as written:
            written.write(text)
            written.flush()
            os.fsync(written.fileno())
        os.replace(name, file)
    except OSError:
        os.unlink(name)
        raise


_NOBODYS = f"scrypt:{WORK}:{_R}:{_P}:{'00' * 16}:{'00' * 32}"
"""Compared with where no secret is set, so that a try tells nothing of that by its time."""
