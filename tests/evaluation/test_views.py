"""Monthly counts over the API: each file once, versions, what can be wrong, what comes of it."""

import datetime as dt

import click.testing
import pytest
import sqlalchemy as sa

from ops import db
from ops.evaluation import queries
from ops.evaluation.commands import import_counts
from ops.evaluation.models import CountFile, MonthlyCount
from tests import factories

HEAD = "area,category,month,count\n"
SAID = {"source": "Recorded crime", "publisher": "A force", "obtained_on": "2026-11-01"}


def months(first, count):
    """List months from one on."""
    year, month = map(int, first.split("-"))
    return [f"{year + (month - 1 + n) // 12}-{(month - 1 + n) % 12 + 1:02}" for n in range(count)]


def rows(area, first, counts, category="Theft"):
    """Write the rows of an area, a month each."""
    named = zip(months(first, len(counts)), counts, strict=True)
    return "".join(f"{area},{category},{month},{count}\n" for month, count in named)


@pytest.fixture
def analyst(client_as):
    return client_as("analyst")


@pytest.fixture
def operation(session):
    start = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    return factories.operation(
        kind="place_based", reference="DERKER", starts_at=start, ends_at=None
    )


@pytest.fixture
def send(analyst, operation):
    """Send a file of counts."""

    def send(text, **said):
        path = f"/api/v1/operations/{operation.id}/monthly-counts"
        return analyst.post(path, json={**SAID, "content": text} | said)

    return send


@pytest.fixture
def compare(analyst, operation):
    """Set up a comparison of 2024 with 2025, and give what came of it."""

    def compare(status=201, **said):
        body = {
            "name": "Theft in Derker",
            "source": "Recorded crime",
            "target_area": "Derker",
            "comparison_areas": ["Chadderton"],
            "baseline": {"from": "2024-01", "to": "2024-12"},
            "after": [{"label": "2025", "from": "2025-01", "to": "2025-12"}],
        } | said
        made = analyst.post(f"/api/v1/operations/{operation.id}/comparisons", json=body)
        assert made.status_code == status, made.text
        if status != 201:
            return made.json
        return analyst.get(f"/api/v1/comparisons/{made.json['id']}").json

    return compare


def standing():
    """List the counts that stand."""
    query = sa.select(MonthlyCount.month, MonthlyCount.count).where(
        MonthlyCount.replaced_by_id.is_(None)
    )
    return {f"{row.month:%Y-%m}": row[1] for row in db.session.execute(query)}


def test_a_file_is_kept_with_where_it_came_from(send, operation):
    text = HEAD + rows("Derker", "2024-01", [3, 0])

    reply = send(text, file_name="derker.csv")

    told = reply.json
    assert reply.status_code == 201
    assert (told["rows_read"], told["rows_added"], told["rows_refused"]) == (2, 2, 0)
    assert (told["version"], told["publisher"], told["file_name"]) == (1, "A force", "derker.csv")
    assert len(told["sha256"]) == 64
    assert standing() == {"2024-01": 3, "2024-02": 0}


def test_the_same_file_twice_adds_nothing(send):
    text = HEAD + rows("Derker", "2024-01", [3, 4])
    first = send(text)

    again = send(text)

    assert again.status_code == 200
    assert again.json["id"] == first.json["id"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(MonthlyCount)) == 2


def test_a_corrected_file_is_the_next_version_and_says_what_it_changed(send):
    send(HEAD + rows("Derker", "2024-01", [3, 4]))

    told = send(HEAD + rows("Derker", "2024-01", [3, 7, 9])).json

    assert (told["version"], told["rows_added"], told["rows_changed"], told["rows_there"]) == (
        2,
        1,
        1,
        1,
    )
    assert told["changes"] == [
        {"area": "Derker", "category": "Theft", "month": "2024-02", "before": 4, "after": 7}
    ]
    assert standing() == {"2024-01": 3, "2024-02": 7, "2024-03": 9}
    # What was replaced stays.
    assert db.session.scalar(sa.select(sa.func.count()).select_from(MonthlyCount)) == 4


@pytest.mark.parametrize(
    ("row", "where", "said"),
    [
        ("Derker,Theft,2024-13,3", "line 2, month", "Write a month"),
        ("Derker,Theft,2026-11,3", "line 2, month", "was not over"),
        ("Derker,Theft,2024-01,-3", "line 2, count", "whole number"),
        ("Derker,Theft,2024-01,1.5", "line 2, count", "whole number"),
        ("Derker,Theft,2024-01,", "line 2, count", "0 where there were none"),
        ("Derker,Theft,2024-01,99999999999", "line 2, count", "at most"),
        (",Theft,2024-01,3", "line 2, area", "Fill this in"),
        ("Derker,Theft,2024-01", "line 2", "fewer cells"),
        ("Derker,Theft,2024-01,3\nDerker,Theft,2024-01,3", "line 3, month", "Line 2 has"),
    ],
)
def test_a_bad_row_is_told_by_line_and_column_and_nothing_is_taken(send, row, where, said):
    reply = send(f"{HEAD}{row}\nDerker,Theft,2020-01,1\n")

    assert reply.status_code == 422
    assert said in reply.json["errors"][where][0]
    assert standing() == {}


def test_what_is_right_is_taken_on_request_and_the_rest_is_kept_as_refused(send):
    reply = send(f"{HEAD}Derker,Theft,2024-01,3\nDerker,Theft,soon,x\n", good_rows=True)

    assert reply.status_code == 201
    assert (reply.json["rows_read"], reply.json["rows_refused"]) == (2, 1)
    assert [each["column"] for each in reply.json["refused"]] == ["month", "count"]
    assert standing() == {"2024-01": 3}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("area,month,count\n", "no column 'category'"),
        ("area,category,month,count,more\n", "a column too many"),
        (HEAD, "no rows"),
        ('area,category,month,count\n"Derker,Theft', "no CSV file"),
        (HEAD + "Derker,Theft,soon,3\n", "Nothing was imported"),
    ],
)
def test_what_is_no_such_file_is_said_so(send, text, said):
    reply = send(text)

    assert reply.status_code == 422
    assert said in reply.json["detail"]


def test_a_fall_beside_a_place_that_stayed_the_same_is_told_from_chance(send, compare):
    send(HEAD + rows("Derker", "2024-01", [50] * 12 + [35] * 12)
         + rows("Chadderton", "2024-01", [50] * 24))  # fmt: skip

    [period] = compare()["periods"]

    assert period["target"]["change"]["text"] == "−30%"
    assert period["comparison"]["change"]["interval"] == "−11% to +12%"
    assert period["difference"]["is_told_from_chance"]
    assert period["sentence"].endswith("The difference can be told apart from chance.")
    assert period["cautions"] == []


def test_rates_are_by_the_length_of_the_period(send, compare):
    send(HEAD + rows("Derker", "2024-01", [50] * 24) + rows("Chadderton", "2024-01", [50] * 24))

    [period] = compare(after=[{"label": "Half", "from": "2025-01", "to": "2025-06"}])["periods"]

    # 2024 was a leap year: 366 days against 181.
    assert period["target"]["change"]["ratio"] == f"{(300 / 181) / (600 / 366):.4f}"
    assert "same months of the year" in period["cautions"][0]


def test_a_month_without_a_count_is_a_gap_and_is_left_out(send, compare):
    text = rows("Derker", "2024-01", [50] * 24).replace("Derker,Theft,2024-03,50\n", "")
    send(HEAD + text + rows("Chadderton", "2024-01", [50] * 24))

    found = compare()

    [derker, _] = found["series"]
    [period] = found["periods"]
    assert derker["months"][2] == {"month": "2024-03", "count": None}
    assert period["target"]["before"] == {"count": 550, "months": 11, "days": 335}
    assert "Derker has no full count for March 2024. Nothing is filled in." in period["cautions"]
    assert any("lack different months" in each for each in period["cautions"])


def test_displacement_is_watched_where_it_is_asked_for(send, compare):
    send(HEAD + rows("Derker", "2024-01", [50] * 12 + [35] * 12)
         + rows("Chadderton", "2024-01", [50] * 24)
         + rows("Royton", "2024-01", [20] * 12 + [40] * 12))  # fmt: skip

    [period] = compare(displacement_area="Royton")["periods"]

    assert period["displacement_sentence"].startswith("Royton rose by 1")
    assert period["displacement_sentence"].endswith("some may have moved there.")


def test_an_operation_that_had_begun_is_said_so(send, compare, operation):
    send(HEAD + rows("Derker", "2024-01", [50] * 24) + rows("Chadderton", "2024-01", [50] * 24))

    [period] = compare(
        baseline={"from": "2024-01", "to": "2025-03"},
        after=[{"label": "After", "from": "2025-04", "to": "2025-12"}],
    )["periods"]

    assert any("The operation began on 1 Jan 2025" in each for each in period["cautions"])


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"comparison_areas": ["Derker"]}, "comparison_areas"),
        ({"displacement_area": "Chadderton"}, "displacement_area"),
        ({"after": []}, "after"),
        ({"after": [{"label": "x", "from": "2024-06", "to": "2025-01"}]}, "after"),
        ({"after": [{"label": "x", "from": "2025-06", "to": "2025-01"}]}, "after"),
        ({"after": [{"label": "x", "from": "2025-6", "to": "2025-07"}]}, "after"),
        ({"baseline": {"from": "1990-01", "to": "2024-12"}}, "baseline"),
    ],
)
def test_a_comparison_that_makes_no_sense_is_refused(compare, said, field):
    assert field in compare(422, **said)["errors"]


def test_a_comparison_of_nothing_says_that_it_says_nothing(compare):
    [period] = compare()["periods"]

    assert period["sentence"] == "Nothing to say: no month before has a full count."


def test_a_comparison_is_changed_by_whoever_read_it_last(analyst, compare, operation):
    found = compare()
    path = f"/api/v1/comparisons/{found['id']}"
    tag = analyst.get(path).headers["ETag"]
    names = ("name", "source", "target_area", "baseline", "after")
    sent = {name: found[name] for name in names} | {"is_withdrawn": True}

    assert analyst.put(path, json=sent).status_code == 428
    assert analyst.put(path, json=sent, headers={"If-Match": tag}).status_code == 200
    assert analyst.put(path, json=sent, headers={"If-Match": tag}).status_code == 412
    shown = analyst.get(f"/api/v1/operations/{operation.id}/evaluation").json
    assert shown["comparisons"] == []


def test_what_a_survey_said_stands_side_by_side(analyst, operation):
    for side, value in (("before", "41"), ("after", "52")):
        said = {"measure": "feels_safe", "label": "Feels safe after dark", "value": value}
        said |= {"unit": "percent", "as_at": "2025-06-30", "source": "Ward survey"}
        said |= {"operation": str(operation.id), "facets": {"compared": side}}
        assert analyst.post("/api/v1/reported-figures", json=said).status_code == 201

    [told] = analyst.get(f"/api/v1/operations/{operation.id}/evaluation").json["said"]

    assert told["label"] == "Feels safe after dark"
    assert [told[side][0]["value"] for side in ("before", "after")] == ["41", "52"]


def test_counts_are_imported_on_the_command_line(session, operation, tmp_path):
    file = tmp_path / "counts.csv"
    file.write_text(HEAD + rows("Derker", "2024-01", [3, 4]) + "Derker,Theft,soon,1\n")
    words = [str(file), "--operation", "DERKER", "--source", "Crime", "--publisher", "A force",
             "--obtained-on", "2026-11-01"]  # fmt: skip
    run = click.testing.CliRunner().invoke

    refused = run(import_counts, words)
    taken = run(import_counts, [*words, "--good-rows"])
    again = run(import_counts, [*words, "--good-rows"])

    assert refused.exit_code == 1
    assert "Refused: line 4, month: Write a month" in refused.output
    assert "Read 3, added 2, changed 0, already there 0, refused 1." in taken.output
    assert "here already, as version 1" in again.output
    [file] = db.session.scalars(sa.select(CountFile))
    assert file.imported_by is None
    assert len(db.session.scalars(queries.current(operation.id, "Crime")).all()) == 2
