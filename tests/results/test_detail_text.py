"""A record's detail in words."""

import pytest

from ops.results.detail_text import headline, lines
from ops.results.kinds import KINDS
from ops.results.log_fields import asked, is_first


def test_codes_read_as_their_labels():
    said = dict(lines(KINDS["arrest"], {"reason": "money_laundering", "sex": "female"}))

    assert said == {"Reason for the arrest": ["Money laundering"], "Sex": ["Female"]}


def test_a_quantity_reads_with_its_unit_and_how_sure_it_is():
    detail = {"category": "drugs", "quantity": "1.50", "unit": "kg", "qualifier": "approx"}

    said = dict(lines(KINDS["seizure"], detail))

    assert said["How much"] == ["about 1.5 kg"]
    assert "Unit" not in said


def test_each_row_is_a_line_of_its_own():
    detail = {
        "disposals": [
            {"code": "bailed", "at": "2023-10-10T09:00:00+00:00"},
            {"code": "charged", "at": "2023-11-01T09:00:00+00:00"},
        ]
    }

    said = dict(lines(KINDS["arrest"], detail))

    assert said["What became of it"] == [
        "Disposal: Bailed; When: Tuesday 10 October 2023, 10:00",
        "Disposal: Charged; When: Wednesday 1 November 2023, 09:00",
    ]


def test_a_count_reads_as_what_and_how_many():
    detail = {
        "searched": [
            {"what": ["cells"], "number": "5", "qualifier": "exact"},
            {"what": ["visitors", "vehicles"], "number": "70", "qualifier": "more_than"},
        ],
        "finds": [{"category": "drugs", "qualifier": "exact"}],
    }

    said = dict(lines(KINDS["search"], detail))

    assert said["What was searched"] == ["Cells: 5", "Visitors and Vehicles: more than 70"]
    assert said["What was found"] == ["Drugs"]


def test_a_number_reads_with_how_sure_it_is():
    detail = {"actions": ["care_plan"], "number": "100", "qualifier": "more_than"}

    said = dict(lines(KINDS["safeguarding"], detail))

    assert said["How many in all"] == ["more than 100"]
    assert "How sure is the number in all?" not in said


def test_a_headline_tells_records_apart():
    detail = {"category": "drugs", "drug": "heroin", "quantity": "12", "unit": "wrap"}

    assert headline(KINDS["seizure"], detail) == "Drugs, Heroin, 12 wraps"


@pytest.mark.parametrize("name", KINDS)
def test_a_phone_is_asked_first_for_whatever_a_kind_requires(name):
    kind = KINDS[name]

    first = {field.name for field in asked(kind) if is_first(kind, field)}

    assert {field for field, schema in kind.schema.load_fields.items() if schema.required} <= first


@pytest.mark.parametrize("name", KINDS)
def test_no_field_is_asked_for_under_the_words_of_another(name):
    labels = [field.words.label for field in asked(KINDS[name])]

    assert len(labels) == len(set(labels))
