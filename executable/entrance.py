"""Where the single-file executable begins: what differs from `python -m occupier`, and then the same."""

from __future__ import annotations

import fcntl
import os
import signal
import ssl
import sys
import time
from contextlib import suppress
from types import FrameType

APART = ["-m", "occupier.feeds.isolated"]
"""How a parse asks for a process of its own, as it would of an interpreter: the only module that can be asked for."""
ONE_STROKE = 0.5
"""Seconds within which two Ctrl-C are one: the terminal gives it to the launching half too, which hands it on."""


def main() -> int:
    """Run the command line, or one parse; return the exit status."""
    _forget_own_libraries()
    _keep_from_sweeping()
    _find_authorities()
    signal.signal(signal.SIGINT, _interrupt_once())
    if sys.argv[1:] == APART:
        from occupier.feeds.isolated import work

        return work()
    from occupier.cli import main as occupier

    return occupier()


def _forget_own_libraries() -> None:
    """Let the programs that we start (systemctl, a browser) load the system's libraries and not ours."""
    for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
        before = os.environ.pop(f"{name}_ORIG", None)
        os.environ.pop(name, None)
        if before is not None:
            os.environ[name] = before


def _keep_from_sweeping() -> None:
    """Hold a lock on the folder that we were unpacked to: systemd-tmpfiles(8) then leaves it alone, however old."""
    with suppress(OSError):  # some file systems have no locks
        fcntl.flock(os.open(sys._MEIPASS, os.O_RDONLY), fcntl.LOCK_SH | fcntl.LOCK_NB)  # type: ignore[attr-defined]


def _find_authorities() -> None:
    """Trust whom this machine trusts: the library looks for that where it stood on the machine of the build."""
    usual = ssl.get_default_verify_paths()
    if usual.cafile or "SSL_CERT_FILE" in os.environ:
        return
    places = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
              "/etc/ssl/cert.pem")  # fmt: skip
    found = next((place for place in places if os.path.exists(place)), None)
    if found is None:
        import certifi

        found = certifi.where()
    os.environ["SSL_CERT_FILE"] = found


def _interrupt_once() -> signal.Handlers:
    last = 0.0

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        nonlocal last
        before, last = last, time.monotonic()
        if last - before > ONE_STROKE:
            raise KeyboardInterrupt

    return interrupt  # type: ignore[return-value]


if __name__ == "__main__":
    sys.exit(main())
