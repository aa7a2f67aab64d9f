"""One POST to an address that somebody chose, made so that it can be led nowhere else.

The name is resolved once, each answer is looked at, and the connection goes to the very address
that was looked at: what the name leads to a moment later does not matter. No redirect is
followed, no proxy asked, and of the reply the status alone is read.
"""

import contextlib
import dataclasses
import datetime as dt
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from ops.subscriptions import rules

CONNECT_S = 5.0
# For all that follows: what dribbles is cut off like what is silent.
DEADLINE_S = 15.0
AGENT = "ops-webhooks/1"
# The same where a name is known inside our network alone: nobody tries names to learn which are.
NOWHERE = "There is no such host that subscriptions may reach."
_PORTS = {"https": 443, "http": 80}


class Unsent(Exception):
    """It got no answer: in words for the owner of the subscription."""


@dataclasses.dataclass(frozen=True)
class Reply:
    """What the receiver answered, and how long it asked to be left alone."""

    status: int
    put_off: dt.timedelta


@dataclasses.dataclass(frozen=True)
class Reach:
    """Where deliveries may go beside the public network, and whether without https."""

    networks: Sequence[rules.Network] = ()
    with_http: bool = False
    deadline_s: float = DEADLINE_S


def post(address: str, headers: Mapping[str, str], body: bytes, reach: Reach) -> Reply:
    """Send a body to an address, and give the answer."""
    there = urlsplit(address)
    host, port = there.hostname or "", there.port or _PORTS.get(there.scheme, 0)
    if there.scheme != "https" and not (reach.with_http and there.scheme == "http"):
        raise Unsent("The address does not begin with https://.")
    target = (there.path or "/") + (f"?{there.query}" if there.query else "")
    try:
        with _connected(_resolved(host, port, reach), reach.deadline_s) as plain:
            secure: socket.socket = plain
            if there.scheme == "https":
                secure = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
            return _exchange(secure, target, {"Host": there.netloc, **headers}, body)
    except ssl.SSLCertVerificationError as error:
        raise Unsent("The certificate of the receiver does not hold for its name.") from error
    except TimeoutError as error:
        raise Unsent("The receiver did not answer in time.") from error
    except ConnectionRefusedError as error:
        raise Unsent("The receiver refused the connection.") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unsent("The connection broke, or the answer was none of HTTP.") from error


def _resolved(host: str, port: int, reach: Reach) -> tuple[str, int]:
    """Find the address behind a name; refuse them all where one of them is not allowed."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unsent(NOWHERE) from error
    addresses = [str(address[0]) for *_, address in found]
    for each in addresses:
        if not rules.is_reachable(ipaddress.ip_address(each.partition("%")[0]), reach.networks):
            raise Unsent(NOWHERE)
    return addresses[0], port


@contextlib.contextmanager
def _connected(address: tuple[str, int], deadline_s: float) -> Iterator[socket.socket]:
    """Have a connection for the block, and cut it off when its time is over."""
    # The second is the same connection, and stays ours when TLS takes over the first.
    with socket.create_connection(address, timeout=CONNECT_S) as plain, plain.dup() as ours:
        plain.settimeout(deadline_s)
        is_late = threading.Event()

        def cut_off() -> None:
            is_late.set()
            with contextlib.suppress(OSError):
                ours.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(deadline_s, cut_off)
        timer.daemon = True
        timer.start()
        try:
            yield plain
        except (OSError, http.client.HTTPException, ValueError) as error:
            if is_late.is_set():
                raise TimeoutError from error
            raise
        finally:
            timer.cancel()
        if is_late.is_set():
            # Half of a head reads like a whole one.
            raise TimeoutError


def _exchange(
    connection: socket.socket, target: str, headers: Mapping[str, str], body: bytes
) -> Reply:
    request = http.client.HTTPConnection("receiver")
    # Already connected, so that it opens none of its own.
    request.sock = connection
    try:
        said = {"User-Agent": AGENT, "Connection": "close", **headers}
        request.request("POST", target, body, said)
        reply = request.getresponse()
        return Reply(reply.status, _put_off(reply.getheader("Retry-After", "")))
    finally:
        request.close()


def _put_off(text: str) -> dt.timedelta:
    """Read after how many seconds to come back; a date is left unread."""
    seconds = int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0
    return dt.timedelta(seconds=seconds)
