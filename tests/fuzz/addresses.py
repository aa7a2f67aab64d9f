"""Addresses that a subscription may be sent to, and all the ways to spell one inside a network."""

import ipaddress
import random
from urllib.parse import urlsplit

from ops.subscriptions import rules
from tests.fuzz import odd
from tests.fuzz.grammar import REFUSALS, Grammar

INSIDE = (
    *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
    *("100.64.0.1", "168.63.129.16", "224.0.0.1", "255.255.255.255", "192.0.0.192"),
    *("::1", "::", "fe80::1", "fc00::1", "ff02::1", "fd00:ec2::254"),
)
NETWORKS = rules.read_networks("")


def _spelt(r: random.Random, address: str) -> str:
    """Spell an address as one of the many who will read it."""
    if ":" in address:
        return f"[{address}{r.choice(('', '%25eth0', '%eth0'))}]"
    number = int(ipaddress.IPv4Address(address))
    parts = address.split(".")
    v6 = r.choice(("::ffff:", "64:ff9b::", "::", "::ffff:0:")) + address
    return r.choice(
        (
            address,
            str(number),
            hex(number),
            oct(number).replace("o", ""),
            f"0x{number:08X}",
            ".".join(hex(int(part)) for part in parts),
            ".".join(f"0{int(part):o}" for part in parts),
            f"{parts[0]}.{number & 0xFFFFFF}",
            address.replace(".", "。"),
            f"{address}.",
            f"[{v6}]",
            f"[2002:{number >> 16:x}:{number & 0xFFFF:x}::]",
        )
    )


def make(r: random.Random) -> bytes:
    """Draw an address from its parts."""
    hosts = ("hooks.example.org", "localhost", "a.localhost", "LOCALHOST", "8.8.8.8", "[2a00::1]")
    host = _spelt(r, r.choice(INSIDE)) if r.random() < 0.5 else r.choice(hosts)
    scheme = r.choice((*("https",) * 12, "HTTPS", "http", "gopher", "file", "", "https:"))
    user = r.choice((*("",) * 12, "a@", "a:b@", "@", "127.0.0.1@"))
    port = r.choice((*("",) * 9, ":443", ":0", ":65536", ":-1", ":x", ":"))
    path = r.choice(("", "/", "/ops", "/a#b", "?x=1", "#", "\\@evil.example", "/" + "a" * 2100))
    written = f"{scheme}://{user}{host}{port}{path}"
    if r.random() < 0.05:
        written = odd.text(r)
    return odd.mutated(r, written.encode("utf-8", "replace"), 0.25)


def take(content: bytes) -> bool:
    """Check it; what is taken must lead to no address inside, however it is read."""
    sent = content.decode("utf-8", "replace")
    try:
        rules.check_address(sent, NETWORKS, with_http=False)
    except REFUSALS:
        return False
    host = urlsplit(sent).hostname or ""
    assert sent.lower().startswith("https://"), "something but https was taken"
    assert host not in INSIDE, "an address inside was taken"
    return True


GRAMMAR = Grammar(make, take)
