"""The pages of results, as the server writes them."""

import pytest

from ops import db
from tests import factories
from tests.wellformed import faults

FORM = {
    "kind": "arrest",
    "occurred_at": "2026-11-02T05:42",
    "position.lon": "-2.2441",
    "position.lat": "53.4850",
    "accuracy_m": "12",
    "detail.reason": "fraud",
}


@pytest.fixture
def logged(client_as):
    """An arrest that a lead logged by the form, and the lead's client."""
    operation = factories.operation()
    factories.area(operation, name="Cheetham Hill")
    client = client_as()
    form = FORM | {"id": str(db.new_id())}
    reply = client.post(f"/operations/{operation.id}/log", data=form)
    assert reply.status_code == 303
    return client, reply.location.partition("?")[0], operation, form


def test_a_form_sent_again_is_the_same_record(logged):
    client, record, operation, form = logged

    again = client.post(f"/operations/{operation.id}/log", data=form)

    assert again.location == f"{record}?done=logged-before"


def test_other_content_under_the_same_id_is_refused_and_kept_on_the_page(logged):
    client, _record, operation, form = logged

    other = client.post(f"/operations/{operation.id}/log", data=form | {"detail.reason": "theft"})

    assert other.status_code == 409
    assert "already a result with this id" in other.text
    assert '<option value="theft" selected>' in other.text


def test_each_form_to_log_has_an_id_of_its_own_in_its_address(client_as):
    operation = factories.operation()
    client = client_as("officer")
    address = f"/operations/{operation.id}/log?kind=arrest"

    first, second = (client.get(address).location for _ in range(2))

    assert "id=" in first
    assert first != second


def test_a_record_says_where_it_was_and_when_by_the_clock_of_london(logged):
    client, record, *_ = logged

    page = client.get(record).text

    assert "Monday 2 November 2026, 05:42" in page
    assert "53.485, -2.2441, to within 12 metres. Inside Cheetham Hill." in page
    assert faults(page) == []


def test_words_of_a_record_stay_words(client_as):
    operation = factories.operation()
    client = client_as()
    attack = "<script>alert(1)</script>"
    form = FORM | {"note": attack, "detail.custody_ref": attack}

    record = client.post(f"/operations/{operation.id}/log", data=form).location

    assert attack not in client.get(record).text
    assert attack not in client.get(f"/operations/{operation.id}/results").text
    assert attack not in client.get(f"/operations/{operation.id}/map").text


def test_a_correction_without_a_reason_is_refused_beside_its_field(logged):
    client, record, *_ = logged
    etag = client.get(f"/api/v1{record}").headers["ETag"]
    form = {"etag": etag, "detail.reason": "theft", "occurred_at": "2026-11-02T05:42"}

    reply = client.post(f"{record}/correct", data=form)

    assert reply.status_code == 422
    assert 'href="#reason"' in reply.text


def test_a_record_struck_stays_to_be_read_and_out_of_the_list(logged):
    client, record, operation, _form = logged

    struck = client.post(f"{record}/strike", data={"reason": "Twice.", "version": "1"})

    assert struck.status_code == 303
    assert "Twice." in client.get(record).text
    results = f"/operations/{operation.id}/results"
    assert record not in client.get(results).text
    assert record in client.get(f"{results}?status=struck").text


def test_whoever_may_not_log_is_told_so(client_as):
    operation = factories.operation()

    assert client_as("analyst").get(f"/operations/{operation.id}/log").status_code == 403


def test_an_operation_that_is_no_plan_yet_takes_no_result(client_as):
    operation = factories.operation(status="draft")
    client = client_as()

    page = client.get(f"/operations/{operation.id}").text
    reply = client.post(f"/operations/{operation.id}/log", data=FORM)

    assert "Log a result</a>" not in page.partition("<main")[2]
    assert reply.status_code == 409
    assert "it takes no results yet" in reply.text


def test_a_record_is_offered_for_confirmation_to_anybody_but_who_recorded_it(logged, client_as):
    client, record, _operation, _form = logged

    own = client.get(record).text
    theirs = client_as("lead").get(record).text

    assert "Confirm the record" not in own
    assert "somebody else must confirm it" in own
    assert "Confirm the record" in theirs


def test_where_one_operation_is_live_logging_goes_straight_to_it(client_as):
    operation = factories.operation()

    assert client_as("officer").get("/log").location == f"/operations/{operation.id}/log"


def test_a_filter_that_is_no_filter_is_said_and_nothing_breaks(client_as):
    operation = factories.operation()

    reply = client_as().get(f"/operations/{operation.id}/results?kind=nothing")

    assert reply.status_code == 422
    assert faults(reply.text) == []


def test_the_map_of_an_operation_is_a_download_that_shows_nothing_by_itself(logged):
    client, _record, operation, _form = logged

    reply = client.get(f"/operations/{operation.id}/map.html")

    assert reply.headers["Content-Disposition"].startswith("attachment;")
    assert "Arrest: Fraud" in reply.text


@pytest.mark.parametrize("text", ["", "by the bridge", '{"type": "Polygon"'])
def test_a_shape_typed_wrong_is_refused_beside_its_field(client_as, text):
    operation = factories.operation()

    reply = client_as().post(
        f"/operations/{operation.id}/map?edit=new",
        data={"name": "Typed", "purpose": "target", "geometry": text},
    )

    assert reply.status_code == 422
    assert 'href="#geometry"' in reply.text
    assert faults(reply.text) == []


def test_an_area_is_removed_by_its_page(client_as):
    operation = factories.operation()
    area = factories.area(operation)
    client = client_as()
    address = f"/operations/{operation.id}/map?edit={area.id}"
    etag = client.get(f"/api/v1/areas/{area.id}").headers["ETag"]

    reply = client.post(address, data={"act": "remove", "etag": etag})

    assert reply.location.endswith("done=area-removed")
    assert client.get(address).status_code == 404
