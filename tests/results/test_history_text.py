"""A record's history in words."""

from ops.results.history_text import acts
from ops.results.kinds import KINDS

ANN, BOB = {"id": "1", "name": "Ann"}, {"id": "2", "name": "Bob"}
RECORD = {"recorded_at": "2026-11-20T08:00:00+00:00", "recorded_by": ANN}
CLOSURE = KINDS["line_closure"]


def change(
    part="result", at="2026-11-21T09:00:00+00:00", by=BOB, before=None, after=None, why=None
):
    return {"part": part, "at": at, "by": by, "before": before, "after": after, "reason": why}


def test_begins_with_whoever_logged_it():
    [logged] = acts(CLOSURE, RECORD, [])

    assert (logged["title"], logged["by"]) == ("Logged", "Ann")


def test_what_one_request_changed_is_one_act_with_its_reason():
    changes = [
        change(before={}, after={}, why="Told so."),
        change(
            "line_closure",
            at="2026-11-21T09:00:00.004+00:00",
            before={"deactivated_on": None},
            after={"deactivated_on": "2026-11-20"},
            why="Told so.",
        ),
    ]

    [_, corrected] = acts(CLOSURE, RECORD, changes)

    assert corrected["title"] == "Corrected"
    assert corrected["reason"] == "Told so."
    assert corrected["changes"] == [
        "Day the number was deactivated: Friday 20 November 2026, before: nothing"
    ]


def test_names_a_step_by_the_status_it_led_to():
    changes = [
        change(before={"status": "recorded"}, after={"status": "confirmed"}),
        change(
            at="2026-11-22T09:00:00Z", before={"status": "confirmed"}, after={"status": "struck"}
        ),
        change("credit", at="2026-11-23T09:00:00Z", after={"operation": "x"}),
    ]

    titles = [act["title"] for act in acts(CLOSURE, RECORD, changes)]

    assert titles == ["Logged", "Confirmed", "Struck", "Credited to another operation"]


def test_says_which_row_came():
    row = {"number": 0, "on": "2026-11-20", "out_of_use": True}

    [_, corrected] = acts(CLOSURE, RECORD, [change("check_back", after=row)])

    assert corrected["changes"] == [
        "Added: Day: Friday 20 November 2026; Was the line out of use?: Yes"
    ]


def test_a_position_reads_as_latitude_and_longitude():
    moved = change(
        before={"position": None},
        after={"position": {"type": "Point", "coordinates": [-2.24, 53.48]}},
    )

    [_, corrected] = acts(CLOSURE, RECORD, [moved])

    assert corrected["changes"] == ["Where: 53.48, -2.24, before: nothing"]
