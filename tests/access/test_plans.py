"""Under the policies, what is asked all day still goes by its indexes."""

import itertools
import re

import pytest
import sqlalchemy as sa

from ops import db
from ops.db import APPLICATION
from tests import factories
from tests.conftest import undone

OPERATIONS, RESULTS = 3_000, 20_000
# A hundred results in each of the first operations, of every second organisation.
FILL = (
    """
    insert into operation (id, reference, kind, name, organisation_id, starts_at, ends_at, status,
        visibility, version, created_by)
    select md5('operation' || n)::uuid, 'MANY-' || n, 'week_of_action', 'Operation ' || n,
        (array[cast(:force as uuid), cast(:other as uuid)])[1 + n % 2],
        starts_at, starts_at + interval '7 days', 'live',
        (array['open', 'open', 'restricted', 'covert'])[1 + n / 2 % 4], 1, :person
    from (select n, timestamptz '2025-01-01' + n % 360 * interval '1 day' as starts_at
        from generate_series(0, :operations - 1) n) each
    """,
    """
    insert into area (id, operation_id, name, purpose, geom, version, created_by)
    select md5('area' || n)::uuid, md5('operation' || n)::uuid, 'Area ' || n, 'target',
        st_multi(st_setsrid(st_expand(st_makepoint(-2.7 + n % 60 * 0.015, 53.3 + n / 60 * 0.01),
            0.004), 4326)), 1, :person
    from generate_series(0, :operations - 1) n
    """,
    """
    insert into result (id, operation_id, kind, occurred_at, point, recorded_by, content_hash)
    select md5('result' || n)::uuid, md5('operation' || n / 100)::uuid,
        (array['warrant', 'arrest', 'seizure', 'line_closure', 'line'])[1 + n % 5],
        timestamptz '2025-06-01' + n * interval '1 minute',
        st_setsrid(st_makepoint(-2.7 + n % 900 * 0.001, 53.5), 4326), :person, ''
    from generate_series(0, :results - 1) n
    """,
    """
    insert into warrant (result_id, power, premises, several_entries, executed, outcome_codes)
    select md5('result' || n)::uuid, 'pace_8', 'specific', false, true, '{}'
    from generate_series(0, :results - 1, 5) n
    """,
    """
    insert into arrest (result_id, reason, necessity, disposal_codes)
    select md5('result' || n)::uuid, 'supply_class_a', '{}', '{}'
    from generate_series(1, :results - 1, 5) n
    """,
    """
    insert into seizure (result_id, category, qualifier, value, basis_codes)
    select md5('result' || n)::uuid, 'cash', 'exact', 5, '{}'
    from generate_series(2, :results - 1, 5) n
    """,
    """
    insert into line_closure (result_id, type, line_name, closed_on)
    select md5('result' || n)::uuid, 'type_2', 'Line', '2025-06-01'
    from generate_series(3, :results - 1, 5) n
    """,
    """
    insert into deal_line (result_id, name, importer_areas)
    select md5('result' || n)::uuid, 'Line', '{}' from generate_series(4, :results - 1, 5) n
    """,
    """
    insert into warrant_entry (result_id, position, at, outcomes)
    select md5('result' || n)::uuid, 0, '2025-06-01', '{}'
    from generate_series(0, :results - 1, 5) n
    """,
    """
    insert into disposal (result_id, position, code, at)
    select md5('result' || n)::uuid, 0, 'charged', '2025-06-01'
    from generate_series(1, :results - 1, 5) n
    """,
    """
    insert into valuation (result_id, position, basis, value, qualifier, at, principal)
    select md5('result' || n)::uuid, 0, 'street', 5, 'exact', '2025-06-01', true
    from generate_series(2, :results - 1, 5) n
    """,
    """
    insert into check_back (result_id, position, "on", out_of_use)
    select md5('result' || n)::uuid, 0, '2025-06-01', true
    from generate_series(3, :results - 1, 5) n
    """,
    """
    insert into line_number (result_id, position, number)
    select md5('result' || n)::uuid, 0, '07700900' || n
    from generate_series(4, :results - 1, 5) n
    """,
    """
    insert into credit (result_id, operation_id)
    select md5('result' || n)::uuid, md5('operation' || (n / 100 + 2) % 200)::uuid
    from generate_series(0, :results - 1, 10) n
    """,
    "analyze",
)
# Reading one of these from end to end grows with the force, not with what is asked. Of a table
# that is empty, it is what the database should do.
LARGE = {name for text in FILL for name in re.findall(r"insert into (\w+)", text)}
HERE = "/api/v1/operations/{}"
ASKED = {
    "the results of an operation": HERE + "/results",
    "the records behind a figure": HERE + "/results?measure=arrests",
    "the summary of an operation": HERE + "/outcomes",
    "its areas": HERE + "/areas",
    "where somebody stands": "/api/v1/areas/covering?lon=-2.4&lat=53.45&at=2025-03-01T00:00:00Z",
    "the list of operations": "/api/v1/operations?limit=25",
}


@pytest.fixture(scope="module")
def many(app):
    """Thousands of operations and results of two forces, undone at the end of the module."""
    with undone(app) as session:
        force, other = factories.organisation("GMP"), factories.organisation("LANCS")
        values = {
            "force": force.id,
            "other": other.id,
            "person": factories.person(organisation=other).id,
            "operations": OPERATIONS,
            "results": RESULTS,
        }
        for statement in FILL:
            text = sa.text(statement)
            named = {name: values[name] for name in text._bindparams}
            session.execute(text, named)
        session.commit()
        operation = session.scalar(sa.text("select md5('operation0')::uuid"))
        people = {
            "of its organisation": factories.person("analyst", organisation=force),
            "a member": factories.person("analyst", organisation=other),
            "a partner": factories.person("analyst", organisation=other),
        }
        made = session.get(factories.Operation, operation)
        factories.member(made, people["a member"], "analyst")
        factories.member(made, people["a partner"], "partner")
        tokens = {who: factories.token(person) for who, person in people.items()}
        ids = {who: person.id for who, person in people.items()}
        connection = session.get_bind()
        db.session.remove()
        yield connection, operation, tokens, ids


def said_by(connection, app, address, token):
    """Send a request, and give the statements that it ran on tables of operations."""
    heard = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        if statement.lower().lstrip().startswith(("select", "with")):
            heard.append((statement, parameters))

    sa.event.listen(connection, "before_cursor_execute", note)
    try:
        reply = app.test_client().get(address, headers={"Authorization": f"Bearer {token}"})
    finally:
        sa.event.remove(connection, "before_cursor_execute", note)
    assert reply.status_code == 200, reply.text
    return [each for each in heard if "log_access" not in each[0]]


def plan_of(connection, statement, parameters, person):
    """Ask how the database would run a statement of this person's."""
    undo = connection.begin_nested()
    connection.execute(
        sa.select(
            sa.func.set_config("ops.actor", str(person), True),
            sa.func.set_config("role", APPLICATION, True),
        )
    )
    [[plan]] = connection.exec_driver_sql(f"explain (format json) {statement}", parameters).all()
    undo.rollback()
    return plan[0]["Plan"]


def nodes(plan):
    """List a plan and all below it."""
    return [plan, *itertools.chain.from_iterable(nodes(each) for each in plan.get("Plans", []))]


@pytest.mark.parametrize("who", ["of its organisation", "a member", "a partner"])
@pytest.mark.parametrize("what", ASKED)
def test_no_large_table_is_read_from_end_to_end(app, many, what, who):
    connection, operation, tokens, ids = many
    heard = said_by(connection, app, ASKED[what].format(operation), tokens[who])

    read = [
        (node["Relation Name"], statement[:300])
        for statement, parameters in heard
        for node in nodes(plan_of(connection, statement, parameters, ids[who]))
        if node["Node Type"] == "Seq Scan" and node.get("Relation Name") in LARGE
    ]

    assert len(heard) > 1
    assert read == []


def test_the_newest_results_of_an_operation_are_read_in_their_order(app, many):
    connection, operation, tokens, ids = many
    who = "of its organisation"
    address = ASKED["the results of an operation"].format(operation)
    heard = said_by(connection, app, address, tokens[who])

    indexes = {
        node.get("Index Name")
        for statement, parameters in heard
        for node in nodes(plan_of(connection, statement, parameters, ids[who]))
    }

    assert "ix_result_operation_id_occurred_at_id" in indexes


def test_a_plan_that_reads_a_table_from_end_to_end_is_seen_as_one(many):
    connection, _, _, ids = many

    plan = plan_of(connection, "select from result where note = 'x'", {}, ids["a member"])

    assert ("Seq Scan", "result") in {(n["Node Type"], n.get("Relation Name")) for n in nodes(plan)}
