"""A connection goes where the name led when it was looked at, or nowhere."""

import socket

import pytest

from ops.subscriptions import rules, sending

HERE = rules.read_networks("127.0.0.0/8")


def answers(monkeypatch, *lists):
    """Let each look at a name give the next of these lists of addresses; count the looks."""
    looks = []

    def look(host, port, *_, **__):
        looks.append(host)
        addresses = lists[min(len(looks), len(lists)) - 1]
        families = {True: socket.AF_INET6, False: socket.AF_INET}
        return [
            (families[":" in each], socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses
        ]

    monkeypatch.setattr(sending.socket, "getaddrinfo", look)
    return looks


def connections(monkeypatch):
    """Note where a connection would have gone, and refuse it."""
    made = []

    def connect(address, **_):
        made.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(sending.socket, "create_connection", connect)
    return made


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["169.254.169.254"],
        ["::ffff:10.0.0.1"],
        ["8.8.8.8", "10.0.0.1"],
        ["fe80::1%eth0"],
    ],
)
def test_a_name_that_leads_inside_is_never_connected_to(monkeypatch, addresses):
    answers(monkeypatch, addresses)
    made = connections(monkeypatch)

    with pytest.raises(sending.Unsent, match=sending.NOWHERE):
        sending.post("https://hooks.example.org/", {}, b"", sending.Reach())

    assert made == []


def test_a_name_that_changes_after_it_was_looked_at_does_not_matter(monkeypatch):
    looks = answers(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    made = connections(monkeypatch)

    with pytest.raises(sending.Unsent, match="refused"):
        sending.post("https://hooks.example.org:8443/", {}, b"", sending.Reach())

    assert looks == ["hooks.example.org"]
    assert made == [("8.8.8.8", 8443)]


def test_nothing_is_sent_without_https_unless_that_is_allowed(monkeypatch):
    answers(monkeypatch, ["8.8.8.8"])
    made = connections(monkeypatch)

    with pytest.raises(sending.Unsent, match="https"):
        sending.post("http://hooks.example.org/", {}, b"", sending.Reach())

    assert made == []


def test_a_name_that_there_is_none_of_is_said(monkeypatch):
    def look(*_, **__):
        raise socket.gaierror

    monkeypatch.setattr(sending.socket, "getaddrinfo", look)

    with pytest.raises(sending.Unsent, match=sending.NOWHERE):
        sending.post("https://hooks.example.org/", {}, b"", sending.Reach())


def test_a_certificate_that_does_not_hold_is_refused(receiver, tmp_path):
    """The receiver of the tests speaks no TLS at all: it is told nothing in the clear."""
    address = receiver.address.replace("http:", "https:")

    with pytest.raises(sending.Unsent, match="broke"):
        sending.post(address, {"webhook-id": "x"}, b"secret", sending.Reach(HERE))

    assert receiver.deliveries == []


def test_the_body_of_an_answer_is_left_unread(receiver):
    receiver.answers = [(200, ("Retry-After", "60"), ("X-Long", "x" * 60_000))]

    reply = sending.post(receiver.address, {}, b"{}", sending.Reach(HERE, with_http=True))

    assert (reply.status, reply.put_off.total_seconds()) == (200, 60)


def test_an_answer_without_an_end_of_its_head_is_given_up(receiver):
    receiver.answers = [(200, ("X-Long", "x" * 70_000))]

    with pytest.raises(sending.Unsent, match="none of HTTP"):
        sending.post(receiver.address, {}, b"{}", sending.Reach(HERE, with_http=True))
