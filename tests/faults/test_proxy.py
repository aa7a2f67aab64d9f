"""The network of these tests cuts where it is told to, however what passes comes in pieces."""

import contextlib
import socket
import types

from tests.faults.proxy import BATCH, _Pair


@contextlib.contextmanager
def _passing(proxy):
    # Each piece that is sent is read alone.
    phone, client = socket.socketpair(type=socket.SOCK_SEQPACKET)
    server, far = socket.socketpair(type=socket.SOCK_SEQPACKET)
    with phone, client, server, far:
        yield _Pair(proxy, client, server), phone, far


def test_a_head_that_comes_in_pieces_is_cut_within_its_body_all_the_same():
    proxy = types.SimpleNamespace(
        cut=None, cut_of=BATCH, cuts=0, batches=0, is_refusing_batches=False
    )
    with _passing(proxy) as (pair, phone, far):
        proxy.cut = ("request body", 2)
        for piece in (BATCH, b" HTTP/1.1\r\n", b"\r\n1234"):
            phone.send(piece)
        pair.forth()
        assert far.recv(100) == BATCH + b" HTTP/1.1\r\n\r\n12"

    with _passing(proxy) as (pair, phone, far):
        pair.into_body = 2
        for piece in (b"HTTP/1.1 207\r\n", b"\r\n1234"):
            far.send(piece)
        pair.back()
        assert phone.recv(100) == b"HTTP/1.1 207\r\n\r\n12"
    assert proxy.cuts == 2
