"""The role of requests can't touch the ledger, whatever it is made to say."""

import pytest
import sqlalchemy as sa

from ops import db
from ops.errors import Conflict
from ops.ledger.models import Change
from tests import factories

# Each table of the ledger, with one of its columns.
TABLES = {"change": "at", "log_entry": "at", "seal": "at", "sealed": "hash"}

# Somebody's own rows, of no operation.
PRIVATE = [
    """
    insert into board_view (id, person_id, name, address)
    values (gen_random_uuid(), :me, 'Mine', '/targets/board')
    """,
    """
    insert into subscription (id, person_id, label, address, events, all_operations, version)
    values (gen_random_uuid(), :me, 'Mine', 'https://a.example/', '{area.created}', true, 1)
    """,
    """
    insert into subscription_secret (id, subscription_id, secret)
    select gen_random_uuid(), id, 'x' from subscription where person_id = :me
    """,
]


@pytest.fixture
def as_application(session):
    """The session with the rights of a request."""
    person = factories.person("admin")
    factories.site()
    session.execute(
        sa.select(
            sa.func.set_config("ops.actor", str(person.id), True),
            sa.func.set_config("role", db.APPLICATION, True),
        )
    )
    return session


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement",
    [
        "insert into {} default values",
        "update {} set {column} = null",
        "delete from {}",
        "truncate {}",
        "alter table {} disable trigger all",
        "alter table {} disable row level security",
        "drop table {}",
        "create policy mine on {} using (true)",
        "create trigger mine before insert on {} for each row execute function digest_change()",
        "lock table {} in exclusive mode",
    ],
)
def test_nothing_writes_the_ledger_but_its_triggers(as_application, table, statement):
    with pytest.raises(sa.exc.ProgrammingError, match=r"permission denied|must be owner"):
        as_application.execute(sa.text(statement.format(table, column=TABLES[table])))


@pytest.mark.parametrize("table", ["log_entry", "seal", "sealed"])
def test_what_is_not_for_requests_can_not_even_be_read(as_application, table):
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
        as_application.execute(sa.text(f"select * from {table}"))  # noqa: S608


@pytest.mark.parametrize(
    "statement",
    [
        "alter table site disable trigger record_change",
        "alter function record_change() security invoker",
        "create or replace function record_change() returns trigger language sql as ''",
        "set session_replication_role = replica",
        "update readable_log set act = 'erasure'",
        "delete from readable_log",
    ],
)
def test_nothing_turns_the_triggers_off(as_application, statement):
    with pytest.raises(sa.exc.SQLAlchemyError, match=r"denied|must be owner|cannot|not auto"):
        as_application.execute(sa.text(statement))


@pytest.mark.parametrize("role", ["admin", "auditor"])
def test_what_somebody_keeps_for_themselves_is_read_by_nobody_else(session, role):
    me, other = factories.person(role), factories.person("lead")
    named = sa.text("select set_config('ops.actor', :me, true)")
    for each in (me, other):
        session.execute(named, {"me": str(each.id)})
        for statement in PRIVATE:
            session.execute(sa.text(statement), {"me": each.id})
    session.execute(named, {"me": str(me.id)})
    session.execute(sa.text(f"set local role {db.APPLICATION}"))

    told = session.scalars(
        sa.select(Change.actor).where(
            Change.object.in_(["board_view", "subscription", "subscription_secret"])
        )
    )

    assert told.all() == [me.id] * 3


LOOKS = [
    "select log_access('{}', 'x', '[]', null)",
    "select log_packed('{}', 'x', 'area', '', '{{}}', null, null, null)",
]


@pytest.mark.parametrize("look", LOOKS)
def test_a_look_needs_somebody_who_looks(session, look):
    session.execute(sa.select(sa.func.set_config("ops.actor", "", True)))
    session.execute(sa.text(f"set local role {db.APPLICATION}"))

    with pytest.raises(sa.exc.ProgrammingError, match="nobody is named"):
        session.execute(sa.text(look.format("consultation")))


@pytest.mark.parametrize("look", LOOKS)
def test_an_act_that_there_is_none_of_is_refused(as_application, look):
    with pytest.raises((sa.exc.IntegrityError, Conflict), match="act_known"):
        as_application.execute(sa.text(look.format("gossip")))


def test_what_is_no_whole_number_of_ids_is_refused(as_application):
    look = "select log_packed('consultation', 'x', 'area', '\\x00', '{}', null, null, null)"
    with pytest.raises((sa.exc.IntegrityError, Conflict), match="packed_whole"):
        as_application.execute(sa.text(look))


def test_no_secret_is_in_the_ledger(session, client_as):
    client_as("lead")
    session.execute(sa.text("update person set name = 'Somebody Else'"))

    told = session.scalars(
        sa.text("select (to_jsonb(change) - 'content_digest')::text from change")
    ).all()

    assert told
    assert not [text for text in told if "hash" in text or "csrf" in text]
