"""Who connects from this very machine: on one that several people use, loopback alone is no wall."""

from __future__ import annotations

import os
import sys
from ipaddress import ip_address
from pathlib import Path

Address = tuple[str, int]

_TABLES = {4: Path("/proc/net/tcp"), 6: Path("/proc/net/tcp6")}


def can_tell() -> bool:
    """Say whether the system tells whose a connection is."""
    return os.access(_TABLES[4], os.R_OK)


def is_foreign(client: Address | None, server: Address | None, own: int | None = None) -> bool:
    """Say whether the other end of a loopback connection belongs to another user of this machine.

    Linux tells in /proc/net/tcp (proc_pid_net(5)). Where the system does not tell, nobody is taken for foreign: who
    shares such a machine sets a secret.

    Args:
        client: the address and port that the connection comes from.
        server: those that it came to.
        own: our user's number; that of the process by default. The administrator's is never foreign.
    """
    if client is None or server is None:
        return False
    try:
        table = _TABLES[ip_address(client[0]).version].read_text(encoding="ascii")
    except (OSError, ValueError):
        return False
    user = user_of(client, server, table)
    return user is not None and user not in (os.geteuid() if own is None else own, 0)


def user_of(client: Address, server: Address, table: str) -> int | None:
    """Return the number of the user whose connection it is, None if the table does not have it."""
    ours = [_as_in_table(*client), _as_in_table(*server)]
    for line in table.splitlines()[1:]:
        fields = line.split()
        if fields[1:3] == ours:
            return int(fields[7])
    return None


def _as_in_table(host: str, port: int) -> str:
    packed = ip_address(host).packed
    words = [packed[i : i + 4] for i in range(0, len(packed), 4)]
    # the kernel prints each 32-bit word of the network's order as a number of the machine's
    return "".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in words) + f":{port:04X}"
