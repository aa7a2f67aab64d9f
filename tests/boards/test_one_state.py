"""The figures of a page are of one state of the database, whatever is logged meanwhile."""

import re

import pytest
import sqlalchemy as sa

from ops import db
from ops.results import measures, rollup
from tests import factories

LOGGED = sa.text(
    "with logged as (insert into result (id, operation_id, kind, occurred_at, district, status,"
    " recorded_by, content_hash, version) values (gen_random_uuid(), :operation, 'arrest', :at,"
    " 'E08000003', 'recorded', :person, '', 1) returning id)"
    " insert into arrest (result_id, reason, necessity, disposal_codes)"
    " select id, 'theft', '{}', '{}' from logged"
)
FIGURE = re.compile(r'href="[^"]*?(?:by=(\w+)[^"]*)?" data-figure="(\d+)"')


@pytest.fixture
def busy(committed):
    """A lead's client; before each statement of a request another connection logs an arrest."""
    engine = committed.extensions["engine"]
    db.session.remove()
    with engine.begin() as connection:
        measures.publish_built_ins(connection)
    factories.boundary()
    lead = factories.person("lead")
    operation = factories.operation(created_by=lead.id, theme="drugs")
    client = committed.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {factories.token(lead)}"
    client.operation = operation.id
    said = {"operation": operation.id, "person": lead.id, "at": factories.NOON}
    db.session.remove()
    elsewhere = sa.create_engine(engine.url, poolclass=sa.NullPool)

    def log(*_):
        with elsewhere.begin() as connection:
            connection.execute(LOGGED, said)

    log()
    rollup.refresh(engine)
    sa.event.listen(engine, "before_cursor_execute", log)
    yield client
    sa.event.remove(engine, "before_cursor_execute", log)
    db.session.remove()


def test_the_parts_of_a_page_add_up_to_its_whole(busy):
    board = busy.get(f"/api/v1/operations/{busy.operation}/outcomes/board?measure=arrests").json
    programme = busy.get("/api/v1/targets/board?organisation=GMP&measure=arrests").json
    [of_operation], [of_programme] = board["measures"], programme["measures"]

    breakdowns = [(of_programme, of_programme["groups"])]
    breakdowns += [(of_operation, groups) for groups in of_operation["groups"].values()]
    for figure, groups in breakdowns:
        assert sum(int(each["value"]) for each in groups) == int(figure["value"])
    for place in ("district", "square"):
        whole, *parts = FIGURE.findall(busy.get(f"/boards/map?place={place}").text)
        added = {by: sum(int(n) for name, n in parts if name == by) for by, _ in parts}
        assert {*added} == {place, "month", "hour"}
        assert {*added.values()} == {int(whole[1])}, (place, whole, added)
