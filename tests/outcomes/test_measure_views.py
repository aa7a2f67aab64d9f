"""Measures that people define: made, versioned, tried, withdrawn, restored."""

import datetime as dt

import pytest
import sqlalchemy as sa

from ops import db, wording
from ops.ledger.models import LogEntry
from ops.outcomes.models import ReportedFigure
from ops.results import measures
from ops.results.models import Measure
from tests import factories
from tests.factories import NOON
from tests.outcomes.records import arrest, cash

A_DAY = dt.timedelta(days=1)
MEN = {"kind": "arrest", "where": {"sex": ["male"]}}


@pytest.fixture
def analyst(client_as):
    return client_as("analyst")


@pytest.fixture
def operation(session):
    return factories.operation(name="Week of action")


def sent(**change):
    """Give the smallest measure."""
    return {"label": "Arrests of men", "four_p": "pursue", "definition": MEN} | change


def define(analyst, **change):
    reply = analyst.post("/api/v1/measures", json=sent(**change))
    assert reply.status_code == 201, reply.text
    return reply.json


def known(analyst, code):
    return analyst.get(f"/api/v1/measures?code={code}").json


def figure(analyst, operation, code, query=""):
    reply = analyst.get(f"/api/v1/operations/{operation.id}/outcomes?{query}")
    assert reply.status_code == 200, reply.text
    return {each["code"]: each for each in reply.json["measures"]}.get(code)


def preview(analyst, definition=MEN, **scope):
    return analyst.post("/api/v1/measures/preview", json={"definition": definition} | scope)


def test_a_measure_that_is_defined_counts_at_once(analyst, operation):
    arrest(operation)
    arrest(operation, sex="female")

    made = define(analyst)

    assert (made["code"], made["version"], made["unit"]) == ("arrests_of_men", 1, "count")
    assert made["words"] == "Counts arrest records with “sex: male”."
    assert made["made_by"] == analyst.person.name
    assert figure(analyst, operation, "arrests_of_men")["value"] == "1"


def test_the_unit_of_a_sum_is_that_of_its_quantity(analyst):
    definition = {"kind": "seizure", "where": {"category": ["cash"]}, "sum": "value"}

    assert define(analyst, label="Money", definition=definition)["unit"] == "GBP"


def test_a_new_version_ends_the_one_before(analyst, operation):
    arrest(operation, sex="female")
    first = known(analyst, "arrests")[0]

    made = define(
        analyst,
        code="arrests",
        definition=first["definition"] | MEN,
        reason="Men alone.",
        valid_from=str(wording.today()),
    )

    before, after = known(analyst, "arrests")
    assert before["valid_to"] == str(wording.today() - A_DAY)
    assert (after["version"], after["reason"]) == (made["version"], "Men alone.")
    assert figure(analyst, operation, "arrests")["value"] == "0"


def test_a_version_may_begin_later(analyst, operation):
    arrest(operation, sex="female")

    define(analyst, code="arrests", reason="From then on.", valid_from=str(wording.today() + A_DAY))

    assert figure(analyst, operation, "arrests")["value"] == "1"


def test_a_version_that_is_replaced_on_its_day_held_on_none(analyst):
    define(analyst)
    define(analyst, code="arrests_of_men", label="Men", reason="A better name.")

    first, second = known(analyst, "arrests_of_men")

    assert first["valid_to"] < first["valid_from"]
    assert (second["label"], second["valid_to"]) == ("Men", None)


def test_versions_of_one_code_never_overlap(analyst):
    later = str(wording.today() + 9 * A_DAY)
    define(analyst, code="arrests", reason="From then on.", valid_from=later)

    reply = analyst.post("/api/v1/measures", json=sent(code="arrests", reason="Before that."))

    assert reply.status_code == 422
    assert "Overlapping definition dates" in reply.json["errors"]["valid_from"][0]


def test_the_database_holds_versions_apart(session):
    said = {"label": "Men", "four_p": "pursue", "unit": "count", "definition": MEN}
    session.add(Measure(code="arrests", version=9, valid_from=wording.today(), **said))

    with pytest.raises(sa.exc.IntegrityError, match="ex_measure_one_version_at_a_time"):
        session.flush()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"label": ""}, "label"),
        ({"label": "££"}, "label"),
        ({"label": "Arrests"}, "label"),
        ({"four_p": "punish"}, "four_p"),
        ({"code": "Not a code"}, "code"),
        ({"code": "arrests"}, "reason"),
        ({"unit": "kg", "definition": {"kind": "seizure", "sum": "value"}}, "unit"),
        ({"valid_from": "2026-02-01", "valid_to": "2026-01-01"}, "valid_to"),
        ({"valid_from": "0001-01-01"}, "valid_from"),
        ({"definition": {}}, "definition.kind"),
        ({"definition": {"kind": "rumour"}}, "definition.kind"),
        ({"definition": {"kind": "arrest", "where": {"shoe": ["9"]}}}, "definition.where.shoe"),
        ({"definition": {"kind": "arrest", "where": {"sex": ["x"]}}}, "definition.where.sex"),
        ({"definition": {"kind": "arrest", "sum": "weight"}}, "definition.sum"),
        ({"definition": MEN | {"parts": ["arrests"]}}, "definition.parts"),
        ({"definition": MEN | {"parts": ["nothing"]}}, "definition.parts"),
        ({"definition": {"ratio": {"of": "arrests", "to": "nothing"}}}, "definition.ratio.to"),
        ({"definition": {"attainment": "nothing"}}, "definition.attainment"),
        ({"definition": MEN | {"attainment": "arrests"}}, "definition.attainment"),
    ],
)
def test_says_by_field_what_is_wrong(analyst, change, field):
    reply = analyst.post("/api/v1/measures", json=sent(**change))

    assert reply.status_code == 422, reply.text
    assert field in dotted(reply.json["errors"])


def dotted(errors, name=""):
    if not isinstance(errors, dict):
        return {name}
    inner = (dotted(part, f"{name}.{key}" if name else key) for key, part in errors.items())
    return set().union(*inner)


def test_a_circle_of_measures_is_refused(analyst):
    rate = {"ratio": {"of": "people_charged", "to": "arrests"}, "times": 100}
    define(analyst, label="Charge rate", definition=rate)

    reply = analyst.post(
        "/api/v1/measures",
        json=sent(
            code="arrests",
            reason="A joke.",
            label="Arrests",
            definition={"attainment": "charge_rate"},
        ),
    )

    assert reply.status_code == 422
    assert "worked out from this measure" in reply.text


def test_a_part_stays_narrower_than_its_whole(analyst):
    define(analyst)
    whole = {"kind": "arrest", "parts": ["arrests_of_men"]}
    define(analyst, label="Those arrested", definition=whole)

    reply = analyst.post(
        "/api/v1/measures",
        json=sent(code="arrests_of_men", reason="All.", definition={"kind": "arrest"}),
    )

    assert reply.status_code == 422
    assert "part of “Those arrested”" in reply.text


def test_a_version_that_was_not_seen_is_not_replaced(analyst):
    define(analyst)
    define(analyst, code="arrests_of_men", reason="Once more.", label="Men")

    reply = analyst.post(
        "/api/v1/measures", json=sent(code="arrests_of_men", reason="Mine.", replaces=1)
    )

    assert reply.status_code == 412


@pytest.mark.parametrize("role", ["officer", "desk", "auditor"])
def test_only_who_may_define_does(client_as, role):
    assert client_as(role).post("/api/v1/measures", json=sent()).status_code == 403
    assert preview(client_as(role)).status_code == 403


@pytest.mark.parametrize("kind", ["council", "prison", "partner"])
def test_partners_do_not_say_what_everybody_counts(client_as, kind):
    council = factories.organisation("ELSEWHERE", kind=kind)

    reply = client_as("analyst", organisation=council).post("/api/v1/measures", json=sent())

    assert reply.status_code == 403


def test_who_and_why_are_in_the_ledger(analyst, session):
    made = define(analyst, code="arrests", reason="Men alone.")

    changes = session.execute(
        sa.text(
            "select before, after ->> 'code', actor, reason from change where object = 'measure'"
            " and reason = 'Men alone.' order by id"
        )
    ).all()

    assert [(row.actor, row.reason) for row in changes] == [(analyst.person.id, "Men alone.")] * 2
    assert made["code"] == "arrests"


def test_a_withdrawn_measure_counts_no_more_and_stays(analyst, operation):
    define(analyst)

    reply = analyst.post("/api/v1/measures/arrests_of_men/withdraw", json={"reason": "Unused."})

    assert reply.status_code == 200, reply.text
    assert figure(analyst, operation, "arrests_of_men") is None
    [only] = known(analyst, "arrests_of_men")
    assert only["withdrawn_because"] == "Unused."


def test_what_others_rest_on_is_not_withdrawn(analyst):
    rate = {"ratio": {"of": "people_charged", "to": "arrests"}, "times": 100}
    define(analyst, label="Charge rate", definition=rate)

    reply = analyst.post("/api/v1/measures/arrests/withdraw", json={"reason": "Unused."})

    assert reply.status_code == 409
    assert "“Charge rate”" in reply.json["detail"]


@pytest.mark.parametrize("verb", ["withdraw", "restore"])
def test_a_measure_that_is_not_there_is_missing(analyst, verb):
    reply = analyst.post(f"/api/v1/measures/nothing/{verb}", json={"reason": "So."})

    assert reply.status_code == 404


def test_a_version_made_here_still_counts_after_a_restart(analyst, operation, session):
    arrest(operation, sex="female")
    define(analyst, code="arrests", reason="Men alone.")

    measures.publish_built_ins(session.connection())

    assert figure(analyst, operation, "arrests")["value"] == "0"


def test_a_release_does_not_take_over_what_was_made_here(analyst, operation, session):
    arrest(operation, sex="female")
    session.execute(sa.update(Measure).where(Measure.code == "arrests").values(label="Before"))
    session.commit()
    define(analyst, code="arrests", reason="Men alone.")

    measures.publish_built_ins(session.connection())

    assert len(known(analyst, "arrests")) == 3
    assert figure(analyst, operation, "arrests")["value"] == "0"


def test_the_built_in_definition_can_be_restored(analyst, operation):
    arrest(operation, sex="female")
    define(analyst, code="arrests", reason="Men alone.")

    reply = analyst.post("/api/v1/measures/arrests/restore", json={"reason": "All again."})

    assert reply.status_code == 201, reply.text
    assert (reply.json["version"], reply.json["is_built_in"]) == (3, True)
    assert figure(analyst, operation, "arrests")["value"] == "1"


@pytest.mark.parametrize(
    ("code", "says"),
    [("arrests", "counts already"), ("arrests_of_men", "not built in")],
)
def test_there_must_be_something_to_restore(analyst, code, says):
    define(analyst)

    reply = analyst.post(f"/api/v1/measures/{code}/restore", json={"reason": "Again."})

    assert reply.status_code == 409
    assert says in reply.json["detail"]


def test_a_definition_is_tried_before_it_is_kept(analyst, operation):
    mine = [arrest(operation), arrest(operation)]
    arrest(operation, sex="female")
    cash(operation, "500.00")

    reply = preview(analyst, operation=[str(operation.id)])

    assert reply.status_code == 200, reply.text
    assert reply.json["figure"]["value"] == "2"
    assert {each["id"] for each in reply.json["records"]} == {str(each) for each in mine}
    assert reply.json["words"] == "Counts arrest records with “sex: male”."
    assert known(analyst, "arrests_of_men") == []


def test_a_trial_gives_what_the_measure_gives_once_it_is_kept(analyst, operation):
    for day in range(4):
        arrest(operation, occurred_at=NOON + day * A_DAY, disposals=["charged"])
    scope = {"from": "2026-11-02", "to": "2026-11-04", "by": "day"}
    tried = preview(analyst, operation=[str(operation.id)], **scope).json["figure"]

    define(analyst)

    kept = figure(analyst, operation, "arrests_of_men", "from=2026-11-02&to=2026-11-04&by=day")
    assert tried["value"] == kept["value"] == "3"
    assert [each["value"] for each in tried["groups"]] == [each["value"] for each in kept["groups"]]


def test_a_trial_shows_the_newest_records_first(analyst, operation):
    for day in range(3):
        arrest(operation, occurred_at=NOON + day * A_DAY)

    found = preview(analyst, operation=[str(operation.id)], limit=2).json["records"]

    assert [each["occurred_at"][:10] for each in found] == ["2026-11-04", "2026-11-03"]


def test_a_trial_sees_what_its_reader_sees(analyst, session):
    theirs = factories.operation(visibility="covert")
    arrest(theirs)

    assert preview(analyst).json["figure"]["value"] == "0"
    assert preview(analyst, operation=[str(theirs.id)]).status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"definition": {"kind": "rumour"}}, "definition.kind"),
        ({"organisation": "NOWHERE"}, "organisation"),
        ({"from": "2026-11-03", "to": "2026-11-01"}, "to"),
        ({"by": "colour"}, "by"),
        ({"limit": 1000}, "limit"),
        ({"four_p": "pursue"}, "four_p"),
    ],
)
def test_a_trial_of_nonsense_says_so(analyst, change, field):
    reply = analyst.post("/api/v1/measures/preview", json={"definition": MEN} | change)

    assert reply.status_code == 422
    assert field in dotted(reply.json["errors"])


def test_a_trial_is_logged_as_a_look(analyst, operation, session):
    made = arrest(operation)

    preview(analyst, operation=[str(operation.id)])

    entry = session.scalars(
        sa.select(LogEntry).where(LogEntry.endpoint == "measures.Preview")
    ).one()
    assert entry.act == "consultation"
    assert str(made) in str(entry.seen)


def test_small_counts_of_people_are_hidden_with_their_way_in(analyst, operation):
    for sex in ["male"] * 9 + ["female"] * 2 + ["unknown"] * 6:
        arrest(operation, sex=sex)

    found = figure(analyst, operation, "arrests", "by=sex")

    assert found["value"] == "17"
    shown = {each["key"]: each["value"] for each in found["groups"]}
    assert shown == {"male": "9", "female": None, "unknown": None, None: "0"}
    hidden = next(each for each in found["groups"] if each["key"] == "female")
    assert (hidden["suppressed"], hidden["records"], hidden["provisional"]) == (True, None, None)


def test_the_framework_says_what_has_reported_figures_only(analyst, session):
    with db.transaction():
        db.session.add(
            ReportedFigure(
                measure="communities_funded",
                value=2,
                unit="count",
                qualifier="exact",
                source="Annual report",
                facets={},
                organisation_id=factories.organisation().id,
            )
        )

    lines = analyst.get("/api/v1/framework?organisation=GMP").json["lines"]

    assert {each["four_p"] for each in lines} == {"prepare", "prevent", "pursue", "protect"}
    [funded] = [each for each in lines if each["measure"] == "communities_funded"]
    assert funded["is_measured"] is False
    assert [each["value"] for each in funded["reported"]] == ["2"]


FRAMEWORK = "/api/v1/framework"
ARRESTED = {"measure": "arrests", "label": "People arrested", "four_p": "pursue"}


def tag(analyst):
    """Name the framework as it was read."""
    return {"If-Match": analyst.get(FRAMEWORK).headers["ETag"]}


def test_the_framework_is_changed_without_a_release(analyst):
    lines = [
        ARRESTED,
        {"measure": "communities_funded", "label": "Funded", "four_p": "protect"},
    ]

    sent = {"lines": lines, "reason": "A new strategy."}
    reply = analyst.put(FRAMEWORK, json=sent, headers=tag(analyst))

    assert reply.status_code == 200, reply.text
    found = analyst.get(FRAMEWORK).json["lines"]
    assert [(each["measure"], each["is_measured"]) for each in found] == [
        ("arrests", True),
        ("communities_funded", False),
    ]


def test_the_framework_has_each_measure_once(analyst):
    twice = {"lines": [ARRESTED, ARRESTED]}

    assert analyst.put(FRAMEWORK, json=twice, headers=tag(analyst)).status_code == 409


def test_a_framework_that_was_not_read_is_not_put_anew(analyst):
    read = tag(analyst)
    first = analyst.put(FRAMEWORK, json={"lines": [ARRESTED]}, headers=read)

    second = analyst.put(FRAMEWORK, json={"lines": []}, headers=read)

    assert second.status_code == 412
    assert analyst.put(FRAMEWORK, json={"lines": []}).status_code == 428
    assert first.headers["ETag"] == tag(analyst)["If-Match"]
