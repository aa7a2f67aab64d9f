"""Exhibit references: one exhibit each, the next free one, and what lies in what."""

import itertools
import threading
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ops import db
from ops.results import exhibits
from tests import factories
from tests.results.conftest import payload

TAKEN = "This exhibit reference is taken; give another, or say who the producer is."


@pytest.fixture
def send(lead, operation):
    """Try to log a seizure with an exhibit reference."""

    def send(reference, *, to=operation, client=lead, **detail):
        body = payload("seizure", {"exhibit_ref": reference} | detail)
        return client.post(f"/api/v1/operations/{to.id}/results", json=body)

    return send


@pytest.mark.parametrize("again", ["AP/1", "ap/1", " AP / 1", "AP-1", "AP.1"])
def test_a_reference_is_one_exhibit_however_it_is_written(send, again):
    send("AP/1")

    reply = send(again)

    assert reply.status_code == 409
    assert f"Another exhibit of this operation is {again.strip()} already." in reply.json["detail"]
    assert "The next free one is AP/2." in reply.json["detail"]
    assert "exhibit_ref" in reply.json["errors"]["detail"]


def test_two_people_with_the_same_initials_are_two_producers(send):
    send("AP/1")

    assert send("AP/1", producer="PC 1234").status_code == 201
    assert send("AP/1", producer="pc 1234 ").status_code == 409


def test_a_number_alone_is_of_whoever_recorded_it(send, client_as):
    send("7")

    assert send("7").status_code == 409
    assert send("7", client=client_as("lead")).status_code == 201


def test_each_operation_has_its_own_references(send):
    send("AP/1")

    assert send("AP/1", to=factories.operation()).status_code == 201


def test_a_struck_exhibit_gives_its_reference_back(lead, send):
    struck = send("AP/1").json
    lead.post(f"/api/v1/results/{struck['id']}/strike", json={"reason": "Logged twice."})

    assert send("AP/1").status_code == 201
    acts = lead.get(f"/api/v1/results/{struck['id']}/history").json
    assert [act["part"] for act in acts] == ["result"]


def test_a_correction_to_a_taken_reference_is_refused_and_says_why(lead, send):
    send("AP/1")
    other = send("AP/2").json
    path = f"/api/v1/results/{other['id']}"

    reply = lead.patch(
        path,
        json={"reason": "Read again.", "detail": {"exhibit_ref": "AP/1"}},
        headers={"If-Match": lead.get(path).headers["ETag"]},
    )

    assert reply.status_code == 409
    assert "is AP/1 already. The next free one is AP/3." in reply.json["detail"]


def test_of_a_batch_the_one_with_a_taken_reference_is_refused_alone(lead, operation):
    items = [
        payload("seizure", {"exhibit_ref": reference}) | {"operation": str(operation.id)}
        for reference in ("AP/1", "AP/2", "AP/1")
    ]

    outcomes = lead.post("/api/v1/results/batch", json={"items": items}).json["items"]

    assert sorted(each["outcome"] for each in outcomes) == ["created", "created", "refused"]
    [refused] = [each for each in outcomes if each["outcome"] == "refused"]
    assert "The next free one is AP/3." in refused["problem"]["detail"]


def test_a_reference_that_the_asker_does_not_see_is_not_named(committed):
    operation = factories.operation()
    partner = factories.person("officer", organisation=factories.organisation("SALFORD"))
    factories.member(operation, partner, role="partner")
    clients = []
    for person in (factories.person("officer"), partner):
        client = committed.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {factories.token(person)}"
        clients.append(client)
    body = payload("seizure", {"exhibit_ref": "AP/1"})
    path = f"/api/v1/operations/{operation.id}/results"
    assert clients[0].post(path, json=body).status_code == 201

    unseen, seen = clients[1].post(path, json=body), clients[0].post(path, json=body)
    # Whoever asked last is no longer the actor.
    db.session.remove()

    assert unseen.json["detail"] == TAKEN
    assert seen.json["detail"] == (
        "Another exhibit of this operation is AP/1 already. The next free one is AP/2."
    )


def test_of_many_at_once_one_gets_the_reference(committed):
    operation, person = factories.operation(), factories.person("lead")
    token = factories.token(person)
    path = f"/api/v1/operations/{operation.id}/results"
    gate, statuses = threading.Barrier(6), []

    def send():
        client = committed.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        gate.wait()
        statuses.append(client.post(path, json=payload("seizure", {"exhibit_ref": "AP/1"})))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(reply.status_code for reply in statuses) == [201, *[409] * 5]
    assert {reply.json["type"] for reply in statuses if reply.status_code == 409} == {
        "/problems/refused"
    }


def test_the_next_free_reference_is_suggested(lead, send, operation):
    first = send("AP/1", category="package").json
    send("AP/9")
    send("AP/1/1", parent=first["id"])
    path = f"/api/v1/operations/{operation.id}/exhibits/next"

    assert lead.get(path, query_string={"producer": "ap"}).json == {"exhibit_ref": "AP/10"}
    assert lead.get(path, query_string={"producer": "JS"}).json == {"exhibit_ref": "JS/1"}
    assert lead.get(path, query_string={"parent": first["id"]}).json == {"exhibit_ref": "AP/1/2"}


def test_a_suggestion_needs_a_producer_or_a_seizure_with_a_reference(lead, send, operation, log):
    path = f"/api/v1/operations/{operation.id}/exhibits/next"
    bare = log("seizure", {"category": "package"})

    assert lead.get(path).status_code == 422
    assert lead.get(path, query_string={"parent": str(uuid.uuid4())}).status_code == 404
    assert lead.get(path, query_string={"parent": bare["id"]}).status_code == 422


def test_a_sub_exhibit_follows_its_parent(lead, send):
    parcel = send("AP/1", category="package", opened=True).json
    other = send("AP/2", category="package", opened=True).json
    phone = send("AP/1/1", parent=parcel["id"]).json

    def remarks():
        return lead.get(f"/api/v1/results/{phone['id']}").json["remarks"]

    assert remarks() == []
    for parent, said in (
        (other["id"], "AP/1/1 reads as a part of AP/1, but lies in AP/2."),
        (None, "AP/1/1 reads as a part of AP/1; say what it was found inside of."),
    ):
        etag = lead.get(f"/api/v1/results/{phone['id']}").headers["ETag"]
        lead.patch(
            f"/api/v1/results/{phone['id']}",
            json={"reason": "It moved.", "detail": {"parent": parent}},
            headers={"If-Match": etag},
        )
        assert remarks() == [said]


@given(st.sets(st.integers(1, 50)), st.sampled_from(["AP", "AP/1", "JS 2"]))
def test_what_is_suggested_is_never_taken(numbers, stem):
    used = {exhibits.key(f"{stem}/{number}") for number in numbers} | {"XX/99", "AP/1/7/3"}

    free = exhibits.next_free(exhibits.key(stem), used)

    assert free not in used
    assert free.startswith(f"{exhibits.key(stem)}/")


WRITTEN = st.tuples(
    st.sampled_from(["AP/1", "ap/1", "AP-1", "AP/2", "JS/1", "1", "AP 1"]),
    st.sampled_from([None, "PC 1", "pc 1 ", "AP"]),
)


def identity(reference, producer):
    """Say in plain words whose a reference is, and how it reads."""
    initials = "".join(itertools.takewhile(str.isalpha, exhibits.key(reference)))
    return (producer or initials or "the recorder").strip().upper(), exhibits.key(reference)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(WRITTEN, max_size=8))
def test_the_database_takes_each_reference_of_a_producer_once(lead, given):
    operation, taken = factories.operation(), set()

    for reference, producer in given:
        body = payload("seizure", {"exhibit_ref": reference, "producer": producer})
        status = lead.post(f"/api/v1/operations/{operation.id}/results", json=body).status_code
        known = identity(reference, producer) in taken
        assert status == (409 if known else 201), (reference, producer)
        taken.add(identity(reference, producer))
