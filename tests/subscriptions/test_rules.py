import datetime as dt
import ipaddress

import pytest

from ops.errors import Invalid
from ops.subscriptions import rules

NOW = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
HIDDEN = [
    "127.0.0.1", "127.8.9.10", "0.0.0.1", "10.0.0.1", "172.16.0.1", "172.31.255.255",
    "192.168.1.1", "169.254.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200",
    "192.0.0.192", "168.63.129.16", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.88.99.1",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::7f00:1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1",
    "2001:0:7f00:1::", "2001:0:808:808:0:0:80ff:fffe", "fe80::1", "fec0::1", "fc00::1", "fd00::1",
    "fd00:ec2::254", "ff02::1", "2001:db8::1", "3fff::1", "5f00::1", "100::1",
]  # fmt: skip
PUBLIC = [
    "8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700:4700::1111", "::ffff:8.8.8.8",
    "64:ff9b::808:808", "2002:808:808::1",
]  # fmt: skip


@pytest.mark.parametrize("address", HIDDEN)
def test_what_is_inside_is_never_told(address):
    assert not rules.is_reachable(ipaddress.ip_address(address), ())


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_can_be_told(address):
    assert rules.is_reachable(ipaddress.ip_address(address), ())


@pytest.mark.parametrize(
    ("address", "may"),
    [("10.20.3.4", True), ("::ffff:10.20.3.4", True), ("10.21.0.1", False), ("127.0.0.1", False)],
)
def test_a_network_that_is_allowed_can_be_told_and_no_other(address, may):
    networks = rules.read_networks("10.20.0.0/16, fd00:20::/32")

    assert rules.is_reachable(ipaddress.ip_address(address), networks) is may


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.example.org/",
        "ftp://hooks.example.org/",
        "file:///etc/passwd",
        "gopher://hooks.example.org/",
        "//hooks.example.org/",
        "hooks.example.org",
        "https://",
        "https:///hook",
        "https://user:password@hooks.example.org/",
        "https://hooks.example.org@127.0.0.1/",
        "https://hooks.example.org/#x",
        "https://hooks.example.org:0/",
        "https://hooks.example.org:99999/",
        "https://hooks.example.org/a b",
        "https://hooks.example.org/\r\nX-Injected: 1",
        "https://hooks.exämple.org/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://[nonsense]/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://localhost/",
        "https://a.localhost/",
        "https://" + "x" * 2000,
    ],
)
def test_an_address_that_can_not_be_told_is_refused(address):
    with pytest.raises(Invalid) as refused:
        rules.check_address(address, (), with_http=False)

    assert list(refused.value.errors) == ["address"]


@pytest.mark.parametrize(
    "address",
    [
        "https://hooks.example.org/ops?token=1",
        "https://hooks.example.org:8443",
        "https://8.8.8.8/",
        "https://[2606:4700:4700::1111]/",
    ],
)
def test_an_address_on_the_public_network_is_taken(address):
    rules.check_address(address, (), with_http=False)


@pytest.mark.parametrize(
    ("kind", "before", "after", "event"),
    [
        ("result", None, {"version": 1}, "result.created"),
        ("result", {"version": 1}, {"version": 2}, "result.changed"),
        ("result", {"version": 1}, {"version": 2, "status": "struck"}, "result.struck"),
        ("result", {"district": "a"}, {"district": "b"}, None),
        ("result", None, None, None),
        ("area", {"version": 1}, None, "area.removed"),
        ("briefing", {"state": "draft"}, {"state": "issued"}, "briefing.issued"),
        ("briefing", {"state": "issued"}, {"state": "withdrawn"}, "briefing.withdrawn"),
        ("briefing", None, {"state": "draft"}, None),
        ("membership", None, {"role": "lead"}, None),
    ],
)
def test_a_change_is_an_event_where_it_is_news(kind, before, after, event):
    assert rules.event_of(kind, before, after) == event


def test_it_is_tried_again_less_and_less_often_for_days():
    waits = [rules.next_try(number, NOW, 0) - NOW for number in range(1, 12)]

    assert waits == sorted(waits)
    assert waits[0] == dt.timedelta(seconds=5)
    assert waits[-1] == dt.timedelta(days=1)
    assert sum(waits[:9], dt.timedelta()) > dt.timedelta(days=3)


def test_receivers_that_come_back_are_not_called_all_at_once():
    first, last = (rules.next_try(3, NOW, jitter) for jitter in (-1, 1))

    assert last - first == rules.DELAYS[2] * 0.4


def test_a_receiver_may_ask_to_be_left_alone_for_a_day_at_most():
    asked = [dt.timedelta(hours=1), dt.timedelta(days=30)]

    waits = [rules.next_try(1, NOW, 0, each) - NOW for each in asked]

    assert waits == [dt.timedelta(hours=1), dt.timedelta(days=1)]
