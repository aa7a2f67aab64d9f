"""What is an event, when a delivery is tried again, and which addresses can be told at all."""

import datetime as dt
import ipaddress
import re
import socket
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from ops.errors import Invalid
from ops.subscriptions.models import EVENTS

TEST = "test"
# How long after each failure it is tried again, as the specification of Standard Webhooks advises.
DELAYS = tuple(
    dt.timedelta(seconds=each)
    for each in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
# So that receivers that come back are not all called in the same moment.
JITTER = 0.2
# A receiver that is down over a long weekend misses nothing.
GIVE_UP = dt.timedelta(days=4)
# No receiver puts us off for longer.
LONGEST_PUT_OFF = dt.timedelta(days=1)
# How long a secret that was replaced still signs beside the new one.
SECRET_OVERLAP = dt.timedelta(hours=24)

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# What Python takes for global and is none, or answers the machines of a cloud about themselves.
_INSIDE = tuple(
    ipaddress.ip_network(each)
    for each in (
        "168.63.129.16/32",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "64:ff9b:1::/48",
        "3fff::/20",
        "5f00::/16",
        "fec0::/10",
    )
)
# IPv6 that carries an IPv4 address in its last four bytes: translated, and compatible.
_CARRIERS = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96"))
_LONGEST_ADDRESS = 2000
_ADDRESS = re.compile(r"[!-~]+")


def event_of(
    kind: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> str | None:
    """Name the event that a change of a record is; None where it is none."""
    if after is None:
        # Both are empty once it was erased.
        name = "removed" if before is not None else ""
    elif before is None:
        name = "created"
    elif kind == "briefing":
        name = after.get("state", "")
    elif kind == "result" and after.get("status") == "struck":
        name = "struck"
    else:
        # What belongs to it moved with something else, and the record itself is as it was.
        name = "changed" if "version" in after else ""
    event = f"{kind}.{name}"
    return event if event in EVENTS else None


def next_try(
    attempts: int, now: dt.datetime, jitter: float, put_off: dt.timedelta = dt.timedelta()
) -> dt.datetime:
    """Say when to try again after so many failures; `jitter` is a random number from -1 to 1.

    `put_off` is how long the receiver asked to be left alone.
    """
    delay = DELAYS[min(attempts, len(DELAYS)) - 1] * (1 + JITTER * jitter)
    return now + max(delay, min(put_off, LONGEST_PUT_OFF))


def is_over(created_at: dt.datetime, now: dt.datetime) -> bool:
    """Tell whether a delivery that failed is given up."""
    return now - created_at >= GIVE_UP


def read_networks(text: str) -> tuple[Network, ...]:
    """Read networks with commas between them."""
    return tuple(ipaddress.ip_network(each.strip()) for each in text.split(",") if each.strip())


def is_reachable(address: Address, networks: Sequence[Network]) -> bool:
    """Tell whether an address may be told anything: of the public network, or one that is allowed.

    An IPv6 address that carries an IPv4 address leads where that one does.
    """
    carried = _carried(address)
    if any(each in network for each in (address, *carried) for network in networks):
        return True
    return all(
        each.is_global
        and not (each.is_multicast or each.is_reserved or each.is_unspecified)
        and not any(each in network for network in _INSIDE)
        for each in carried or (address,)
    )


def _carried(address: Address) -> tuple[Address, ...]:
    if isinstance(address, ipaddress.IPv4Address):
        return ()
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address.teredo is not None:
        return address.teredo
    if any(address in network for network in _CARRIERS):
        return (ipaddress.IPv4Address(address.packed[-4:]),)
    return ()


def check_address(text: str, networks: Sequence[Network], *, with_http: bool) -> None:
    """Refuse an address that can't be told anything, as far as its letters show.

    Where its name leads is looked at each time something is sent.
    """
    if said := _fault(text, networks, with_http=with_http):
        raise Invalid(said, {"address": [said]})


def _fault(text: str, networks: Sequence[Network], *, with_http: bool) -> str | None:
    if len(text) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(text):
        return "Give an address such as https://hooks.example.org/ops, without spaces or accents."
    try:
        there = urlsplit(text)
        host, port = there.hostname, there.port
    except ValueError:
        return "Give an address such as https://hooks.example.org/ops."
    if there.scheme != "https" and not (with_http and there.scheme == "http"):
        return "The address must begin with https://, so that nobody listens in."
    if not host or port == 0:
        return "Give an address such as https://hooks.example.org/ops."
    if there.username is not None or there.password is not None:
        return "Leave out the user name and password: deliveries are known by their signature."
    if there.fragment:
        return "Leave out what follows the #; no server is sent that."
    literal = _literal(host)
    if host == "localhost" or host.endswith(".localhost"):
        literal = ipaddress.IPv4Address("127.0.0.1")
    if literal is not None and not is_reachable(literal, networks):
        return "This address lies inside a network that subscriptions may not reach."
    return None


def _literal(host: str) -> Address | None:
    """Read a host that is a number, however it is written; None where it is a name."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        # As the system reads it: 127.1, 0x7f000001, 2130706433.
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        return None
