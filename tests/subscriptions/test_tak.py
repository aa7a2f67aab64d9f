"""A TAK server shows what its lead switched on, and nothing that is not there any more."""

import dataclasses
import socket
import ssl
import threading

import pytest
import sqlalchemy as sa
from geoalchemy2.shape import from_shape
from shapely.geometry import Point

from ops import db
from ops.access.member_models import Membership
from ops.ledger.models import LogEntry
from ops.operations.models import Operation
from ops.results.models import Result
from ops.subscriptions import cot, tak
from ops.subscriptions.tak_models import TakFeed, TakObject
from tests import factories
from tests.subscriptions import certificates
from tests.subscriptions.test_cot import read


class Server:
    """A TAK server that keeps what it is sent, a connection at a time."""

    def __init__(self, context=None):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.context = context
        self.received = []
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    @property
    def port(self):
        return self.socket.getsockname()[1]

    def _serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            try:
                if self.context is not None:
                    connection = self.context.wrap_socket(connection, server_side=True)
                with connection:
                    # A server tells each of its clients what all the others say.
                    connection.sendall(b"<event/>" * 1000)
                    body = b""
                    while data := connection.recv(65_536):
                        body += data
                self.received.append(body)
            except OSError:
                connection.close()

    def close(self):
        # Wakes whoever waits for a connection.
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()


@pytest.fixture
def server():
    """A server without TLS."""
    running = Server()
    yield running
    running.close()


@pytest.fixture
def fed(house, server):
    """Settings with which it is fed."""
    return dataclasses.replace(house.settings, tak_url=f"tcp://127.0.0.1:{server.port}")


@pytest.fixture
def operation(house):
    """A live operation whose lead switched it on."""
    made = factories.operation(marking="OFFICIAL")
    switch(made)
    return made


def switch(operation, person_id=None, **said):
    """Switch the feed of an operation on."""
    said = {"is_on": True, "with_areas": True, "kinds": list(cot.TYPES)} | said
    by = person_id or operation.created_by
    factories._save(TakFeed(operation_id=operation.id, switched_by=by, **said))


def result(operation, kind="arrest", **fields):
    """Log a result at a point; what is of its kind does not matter here."""
    fields = {"point": from_shape(Point(-2.24, 53.485), 4326), "content_hash": b"x"} | fields
    return factories._save(
        Result(operation_id=operation.id, kind=kind, occurred_at=factories.NOON,
               recorded_by=operation.created_by, **fields)
    )  # fmt: skip


def change(model, key, **values):
    """Change a row."""
    with db.transaction():
        db.session.execute(sa.update(model).where(key).values(values))


def uids(server):
    """List what came by the last connection, each with its type."""
    events = read(server.received[-1])
    return [
        (each.get("type"), each.find("detail/link").get("uid"))
        if each.get("type") == "t-x-d-d"
        else (each.get("type"), each.get("uid"))
        for each in events
    ]


def test_what_was_switched_on_is_shown_in_the_order_of_commits_and_once(
    house, server, fed, operation
):
    arrest = result(operation)
    area = factories.area(operation)
    result(operation, "safeguarding")
    result(operation, point=None)

    assert tak.feed(house.engine, fed) == 2
    assert tak.feed(house.engine, fed) == 0

    assert uids(server) == [
        ("a-n-G", f"ops.result.{arrest.id}"),
        ("u-d-f", f"ops.area.{area.id}"),
    ]
    assert len(server.received) == 1
    entry = db.session.scalars(sa.select(LogEntry).where(LogEntry.act == "disclosure")).one()
    assert (entry.actor, entry.recipient) == (operation.created_by, "TAK server 127.0.0.1")
    assert {each["kind"]: each["ids"] for each in entry.seen} == {
        "area": [str(area.id)],
        "result": [str(arrest.id)],
    }


def test_what_is_struck_or_removed_is_taken_away(house, server, fed, operation):
    arrest, area = result(operation), factories.area(operation)
    tak.feed(house.engine, fed)
    change(Result, Result.id == arrest.id, status="struck", version=2)
    with db.transaction():
        db.session.delete(db.session.merge(area))

    tak.feed(house.engine, fed)

    assert uids(server) == [
        ("t-x-d-d", f"ops.result.{arrest.id}"),
        ("t-x-d-d", f"ops.area.{area.id}"),
    ]
    assert tak.feed(house.engine, fed) == 0


@pytest.mark.parametrize(
    "end",
    [
        lambda each: change(Operation, Operation.id == each.id, visibility="covert"),
        lambda each: change(Operation, Operation.id == each.id, status="closed"),
        lambda each: change(Operation, Operation.id == each.id, marking="OFFICIAL-SENSITIVE"),
        lambda each: change(TakFeed, TakFeed.operation_id == each.id, is_on=False),
    ],
    ids=["covert", "closed", "marked higher", "switched off"],
)
def test_what_may_not_be_shown_any_more_is_taken_away(house, server, fed, operation, end):
    area = factories.area(operation)
    tak.feed(house.engine, fed)
    end(operation)

    tak.feed(house.engine, fed)

    assert uids(server) == [("t-x-d-d", f"ops.area.{area.id}")]


def test_it_ends_with_the_right_of_whoever_switched_it_on(house, server, fed):
    operation = factories.operation(marking="OFFICIAL", visibility="restricted")
    lead = factories.person("lead", organisation=factories.organisation("LANCS"))
    member = factories.member(operation, lead, "lead")
    switch(operation, lead.id)
    factories.area(operation)
    assert tak.feed(house.engine, fed) == 1
    change(Membership, Membership.id == member.id, revoked_at=sa.func.now())

    assert tak.feed(house.engine, fed) == 1

    assert [kind for kind, _ in uids(server)] == ["t-x-d-d"]


@pytest.mark.parametrize(
    "fields",
    [
        {"visibility": "covert"},
        {"marking": "OFFICIAL-SENSITIVE"},
        {"status": "planned"},
    ],
)
def test_what_may_not_be_shown_is_never_sent(house, server, fed, fields):
    operation = factories.operation(**{"marking": "OFFICIAL"} | fields)
    switch(operation)
    factories.area(operation)

    assert tak.feed(house.engine, fed) == 0
    assert server.received == []


def test_without_its_lead_nothing_of_an_operation_is_sent(house, server, fed):
    factories.area(factories.operation(marking="OFFICIAL"))

    assert tak.feed(house.engine, fed) == 0


def test_a_marking_that_is_allowed_is_sent_with_what_it_is_of(house, server, fed):
    operation = factories.operation(marking="OFFICIAL-SENSITIVE")
    switch(operation)
    factories.area(operation)

    tak.feed(house.engine, dataclasses.replace(fed, tak_marking="OFFICIAL-SENSITIVE"))

    [event] = read(server.received[-1])
    assert event.get("access") == "OFFICIAL-SENSITIVE"


def test_what_would_go_stale_is_sent_again_and_nothing_else(house, server, fed, operation):
    old, new = factories.area(operation), factories.area(operation)
    tak.feed(house.engine, fed)
    change(TakObject, TakObject.object_id == old.id, stale_at=sa.func.now())

    assert tak.feed(house.engine, fed) == 1

    assert uids(server) == [("u-d-f", f"ops.area.{old.id}")]
    assert new.id != old.id


def test_a_server_that_is_away_gets_it_all_when_it_is_back(house, fed, operation):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        nowhere = probe.getsockname()[1]
    factories.area(operation)
    feeder = tak.Feeder(dataclasses.replace(fed, tak_url=f"tcp://127.0.0.1:{nowhere}"))

    assert feeder(house.engine) == 0
    assert feeder._not_before > 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(TakObject)) == 0
    db.session.rollback()
    assert tak.feed(house.engine, fed) == 1


def test_a_server_with_tls_is_known_by_its_certificate_and_knows_ours(
    house, fed, operation, tmp_path
):
    files = certificates.make(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=files["ca"])
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(files["server"], files["server_key"])
    area = factories.area(operation)
    server = Server(context)
    url = f"tls://localhost:{server.port}"
    ours = {"tak_certificate": files["client"], "tak_key": files["client_key"]}

    try:
        for lacking in ({"tak_ca": files["ca"]}, ours):
            with pytest.raises(OSError, match=r"(?i)certificate|reset|not connected|EOF"):
                tak.feed(house.engine, dataclasses.replace(fed, tak_url=url, **lacking))
        settings = dataclasses.replace(fed, tak_url=url, tak_ca=files["ca"], **ours)
        assert tak.feed(house.engine, settings) == 1
    finally:
        server.close()

    assert uids(server) == [("u-d-f", f"ops.area.{area.id}")]


def test_a_lead_switches_it_and_nobody_else(client_as, settings):
    operation_id = factories.operation(marking="OFFICIAL").id
    lead, officer = client_as("lead"), client_as("officer")
    here = f"/api/v1/operations/{operation_id}/tak"
    said = {"is_on": True, "with_areas": True, "kinds": ["arrest"]}

    assert officer.get(here).status_code == 403
    off = lead.get(here)
    assert (off.json["is_on"], off.json["has_server"]) == (False, False)
    etag = {"If-Match": off.headers["ETag"]}
    assert officer.put(here, json=said, headers=etag).status_code == 403
    assert lead.put(here, json=said).status_code == 428
    assert lead.put(here, json=said | {"kinds": ["safeguarding"]}, headers=etag).status_code == 422
    on = lead.put(here, json=said, headers=etag)
    assert (on.json["is_on"], on.json["kinds"]) == (True, ["arrest"])
    assert lead.put(here, json=said, headers=etag).status_code == 412
    page = f"/operations/{operation_id}/tak"
    assert "Switch it off" in lead.get(page).text
    form = {"act": "off", "shows[]": ["", "areas"], "etag": on.headers["ETag"]}
    assert lead.post(page, data=form).status_code == 303
    assert lead.get(here).json["is_on"] is False


def test_a_covert_operation_is_never_switched_on(client_as, settings):
    lead = client_as("lead")
    operation = factories.operation(visibility="covert")
    factories.member(operation, lead.person, "lead")
    operation_id = operation.id
    here = f"/api/v1/operations/{operation_id}/tak"
    etag = {"If-Match": lead.get(here).headers["ETag"]}
    said = {"is_on": True, "with_areas": True, "kinds": []}

    assert lead.put(here, json=said, headers=etag).status_code == 409
    assert "never shown" in lead.get(f"/operations/{operation_id}/tak").text
