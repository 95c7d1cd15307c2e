"""Whose a connection on loopback is."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from occupier.web.peers import can_tell, is_foreign, user_of

TABLE = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F52 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1 1 0 100 0 0 10 0
   1: 0100007F:1F52 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 2 1 0 20 4 30 10 -1
   2: 0100007F:D431 0100007F:1F52 01 00000000:00000000 00:00000000 00000000  1001        0 3 1 0 20 4 30 10 -1
"""
TABLE6 = """\
  sl  local_address                         remote_address                        st tx rx tr tm->when retrnsmt uid
   0: 00000000000000000000000001000000:D431 00000000000000000000000001000000:1F52 01 0:0 00:0 0  1002        0 3
"""
SERVER, CLIENT = ("127.0.0.1", 0x1F52), ("127.0.0.1", 0xD431)
needs_proc = pytest.mark.skipif(not can_tell(), reason="the system does not tell whose a connection is")
little = pytest.mark.skipif(sys.byteorder != "little", reason="the table was written on a little-endian machine")


@little
def test_the_table_tells_the_user_at_the_other_end() -> None:
    assert user_of(CLIENT, SERVER, TABLE) == 1001
    assert user_of(("::1", 0xD431), ("::1", 0x1F52), TABLE6) == 1002
    assert user_of(("127.0.0.1", 1), SERVER, TABLE) is None


@needs_proc
def test_our_own_connection_is_not_foreign() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as ours:
        assert not is_foreign(ours.getsockname(), listener.getsockname())
        if os.geteuid() != 0:
            assert is_foreign(ours.getsockname(), listener.getsockname(), own=os.geteuid() + 1)


@needs_proc
@pytest.mark.skipif(os.geteuid() != 0, reason="only the administrator can connect as somebody else")
def test_another_users_connection_is_foreign() -> None:
    script = "import socket, sys; s = socket.create_connection(('127.0.0.1', int(sys.argv[1]))); sys.stdin.read()"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        other = subprocess.Popen(["/usr/bin/env", "python3", "-c", script, port], stdin=subprocess.PIPE, user=65534,
                                 cwd="/")  # fmt: skip
        try:
            listener.settimeout(30)
            taken, client = listener.accept()
            with taken:
                assert is_foreign(client, taken.getsockname())
        finally:
            other.communicate(timeout=30)


def test_a_connection_of_which_nothing_is_known_is_not_foreign() -> None:
    assert not is_foreign(None, SERVER)
    assert not is_foreign(("nowhere", 1), SERVER)
