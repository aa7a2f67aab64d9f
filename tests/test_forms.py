"""Forms over the schemas of the API."""

import json

import marshmallow as ma
import pytest
from werkzeug.datastructures import MultiDict

from ops.errors import Forbidden, Invalid, Refused
from ops.forms import Form


class EntrySchema(ma.Schema):
    at = ma.fields.AwareDateTime(required=True)


class RecordSchema(ma.Schema):
    name = ma.fields.String(required=True)
    entries = ma.fields.List(ma.fields.Nested(EntrySchema))


@pytest.fixture
def send(app):
    """Read a form as a page would."""

    def make(*pairs):
        with app.test_request_context(method="POST", data=MultiDict(pairs)):
            return Form.sent()

    return make


def test_dotted_names_become_the_json_of_the_api(send):
    form = send(
        ("csrf_token", "secret"),
        ("name", " Magpie "),
        ("occurred_at", "2023-10-10T05:42"),
        ("position.lon", "-2.2441"),
        ("position.lat", "53.4936"),
        ("detail.outcomes[]", "arrest"),
        ("detail.outcomes[]", "nil"),
        ("detail.entries.3.note", "second"),
        ("detail.entries.1.note", "first"),
        ("detail.entries.7.note", ""),
        ("note", ""),
    )

    assert form.payload() == {
        "name": "Magpie",
        "occurred_at": "2023-10-10T05:42:00+01:00",
        "position": {"type": "Point", "coordinates": [-2.2441, 53.4936]},
        "detail": {
            "outcomes": ["arrest", "nil"],
            "entries": [{"note": "first"}, {"note": "second"}],
        },
    }


def test_rows_left_blank_close_up_so_that_errors_meet_their_rows(send):
    form = send(("entries.0.at", ""), ("entries.4.at", "2023-10-10T05:42"))

    assert form.value("entries.0.at") == "2023-10-10T05:42"


def test_a_blank_field_clears_a_value_on_request(send):
    form = send(("name", ""), ("position.lon", ""), ("position.lat", ""), ("outcomes[]", ""))

    assert form.payload() == {}
    assert form.payload(blanks=True) == {"name": None, "position": None, "outcomes": []}


def test_a_coordinate_that_is_no_number_reaches_the_schema_as_it_is(send):
    form = send(("position.lon", "west"), ("position.lat", "53.4"))

    assert form.payload()["position"]["coordinates"] == ["west", 53.4]
    assert form.value("position.lon") == "west"


def test_what_was_dumped_fills_the_same_fields():
    form = Form.of(
        {
            "occurred_at": "2023-10-10T04:42:00+00:00",
            "position": {"type": "Point", "coordinates": [-2.2441, 53.4936]},
            "detail": {"outcomes": ["arrest"], "entries": [{"at": None}]},
            "provisional": True,
        }
    )

    assert form.value("occurred_at") == "2023-10-10T05:42"
    assert form.value("position.lon") == "-2.2441"
    assert form.chosen("detail.outcomes[]") == ["arrest"]
    assert form.value("detail.entries.0.at") == ""
    assert form.value("provisional") == "true"
    assert form.rows("detail.entries") == range(2)


def test_an_outline_is_shown_by_its_corners_unless_they_do_not_say_all_of_it():
    ring, hole = [[0, 0], [9, 0], [9, 9], [0, 0]], [[5, 1], [6, 1], [6, 2], [5, 1]]
    plain = {"type": "MultiPolygon", "coordinates": [[ring]]}
    holed = {"type": "Polygon", "coordinates": [ring, hole]}

    assert Form.of({"zone": plain}).value("zone") == "0, 0\n9, 0\n9, 9"
    assert json.loads(Form.of({"zone": holed}).value("zone")) == holed


def test_an_error_leads_to_its_field_and_names_it(send):
    form = send(("entries.0.at", "soon"))
    with form.catching():
        RecordSchema().load(form.payload())

    name = form.label("name", "Name of the record")
    entry = form.label("entries.0.at", "Time of entry")

    assert form.status == 422
    assert name == "Enter name of the record."
    assert entry == "Enter a day and a time."
    assert {"text": "Enter name of the record.", "href": "#name"} in form.summary()
    assert {"text": "Enter a day and a time.", "href": "#entries-0-at"} in form.summary()


def test_an_error_that_no_field_shows_is_in_the_summary_all_the_same(send):
    form = send(("colour", "red"))
    with form.catching():
        RecordSchema().load(form.payload())

    assert {"text": "Colour: Unknown field."} in form.summary()


def test_a_refusal_shows_its_sentence(send):
    form = send(("name", "Magpie"))
    with form.catching():
        raise Refused("Give it an area first.")

    assert form.status == 409
    assert form.summary() == [{"text": "Give it an area first."}]


def test_what_a_person_may_not_do_is_no_matter_of_the_form(send):
    form = send(("name", "Magpie"))

    with pytest.raises(Forbidden), form.catching():
        raise Forbidden("Not you.")


@pytest.mark.parametrize(
    "pairs",
    [
        [("detail.disposals.²", "x")],
        [("detail.reason", "other"), ("detail.reason.x", "y")],
        [("detail.disposals", "y"), ("detail.disposals.0.code", "charged")],
        [(".".join("a" * 3000), "x")],
        [("", "x")],
        [("__class__.__init__", "x"), ("a b", "y")],
    ],
)
def test_a_field_that_no_form_of_ours_has_is_refused(send, pairs):
    with pytest.raises(Invalid, match="none of ours"):
        send(*pairs)


def test_a_row_without_a_number_is_no_row(send):
    assert list(send(("detail.disposals.x.code", "charged")).rows("detail.disposals")) == [0]
