"""A network between the phone and the server that can be cut at any byte."""

import contextlib
import socket
import struct
import threading

BATCH = b"POST /api/v1/results/batch"
# What an outbox sends.
SENT = b"POST /api/v1/"
END_OF_HEAD = b"\r\n\r\n"
_RESET = struct.pack("ii", 1, 0)


class Proxy:
    """Passes bytes on, until it is told what to do to what is sent next, or to everything.

    `cut` is where the next that is sent breaks off, of those that begin as `cut_of` says: so many
    bytes into the request or the reply, or into the body of either. It is used up by that one.
    `is_down` refuses every connection.
    """

    def __init__(self, target):
        self.target = target
        self.is_down = False
        self.cut, self.cut_of = None, SENT
        self.cuts = self.batches = 0
        self.is_refusing_batches = False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.open = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def go_down(self):
        """Lose the network: what is under way as well as what comes."""
        self.is_down = True
        for each in list(self.open):
            _reset(each)

    def come_up(self):
        self.is_down = False

    def mend(self):
        """Make it as good as new."""
        self.is_down = self.is_refusing_batches = False
        self.cut, self.cut_of = None, SENT
        self.cuts = self.batches = 0

    def close(self):
        self.go_down()
        self.listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _address = self.listener.accept()
                if self.is_down:
                    _reset(client)
                    continue
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        host, port = self.target.split(":")
        try:
            server = socket.create_connection((host, int(port)))
        except OSError:
            _reset(client)
            return
        pair = _Pair(self, client, server)
        self.open |= {client, server}
        back = threading.Thread(target=pair.back, daemon=True)
        back.start()
        pair.forth()
        back.join()
        self.open -= {client, server}


class _Pair:
    """One connection of the phone, and the one to the server that it is passed on to."""

    def __init__(self, proxy, client, server):
        self.proxy, self.client, self.server = proxy, client, server
        self.request_left = self.reply_left = self.into_body = None

    def forth(self):
        with contextlib.suppress(OSError):
            while chunk := self.client.recv(65536):
                if chunk.startswith(SENT):
                    chunk = _with_head(chunk, self.client)
                    self._meet(chunk)
                if self.request_left is not None and len(chunk) >= self.request_left:
                    self.server.sendall(chunk[: self.request_left])
                    self._break()
                    return
                if self.request_left is not None:
                    self.request_left -= len(chunk)
                self.server.sendall(chunk)
        self._close()

    def _meet(self, chunk):
        is_batch = chunk.startswith(BATCH)
        self.proxy.batches += is_batch
        cut = None
        if chunk.startswith(self.proxy.cut_of):
            cut, self.proxy.cut = self.proxy.cut, None
        if cut is None and is_batch and self.proxy.is_refusing_batches:
            cut = ("request", 0)
        match cut:
            case ("request", at):
                self.request_left = at
            case ("request body", at):
                self.request_left = _head(chunk) + at
            case ("reply", at):
                self.reply_left = at
            case ("reply body", at):
                self.into_body = at

    def back(self):
        with contextlib.suppress(OSError):
            while chunk := self.server.recv(65536):
                if self.into_body is not None:
                    chunk = _with_head(chunk, self.server)
                    self.reply_left, self.into_body = _head(chunk) + self.into_body, None
                if self.reply_left is not None and len(chunk) >= self.reply_left:
                    self.client.sendall(chunk[: self.reply_left])
                    self._break()
                    return
                if self.reply_left is not None:
                    self.reply_left -= len(chunk)
                self.client.sendall(chunk)
        self._close()

    def _break(self):
        self.proxy.cuts += 1
        _reset(self.client)
        _reset(self.server)

    def _close(self):
        for each in (self.client, self.server):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


def _with_head(chunk, end):
    """Read on until the head that this begins with is whole."""
    while END_OF_HEAD not in chunk:
        more = end.recv(65536)
        if not more:
            raise ConnectionResetError
        chunk += more
    return chunk


def _head(chunk):
    """Give the length of the head that this begins with."""
    return chunk.index(END_OF_HEAD) + len(END_OF_HEAD)


def _reset(end):
    """Break a connection off, as a phone does in a lift: no good-bye."""
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        end.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        end.close()
