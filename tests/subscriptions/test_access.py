"""A subscription tells what its owner sees at that moment, and not that there is anything else."""

import pytest
import sqlalchemy as sa
from psycopg.errors import CheckViolation, InsufficientPrivilege

from ops import db
from ops.access.member_models import Membership
from ops.access.models import Person
from ops.operations.models import Operation
from ops.subscriptions import queries
from ops.subscriptions.models import Delivery
from tests import factories


@pytest.fixture
def lead(house):
    """Somebody who leads."""
    return factories.person("lead")


def update(model, key, **values):
    """Change a row, as the owner of the tables."""
    with db.transaction():
        db.session.execute(sa.update(model).where(model.id == key).values(values))


def stored():
    """Count what is to be delivered."""
    count = db.session.scalar(sa.select(sa.func.count()).select_from(Delivery))
    db.session.rollback()
    return count


@pytest.mark.parametrize("visibility", ["restricted", "covert"])
def test_of_an_operation_that_its_owner_does_not_see_nothing_is_even_stored(
    house, receiver, lead, visibility
):
    house.subscribe(lead, receiver.address)
    factories.area(factories.operation(visibility=visibility))

    house.deliver()

    assert receiver.deliveries == []
    assert stored() == 0


@pytest.mark.parametrize("few", [queries.FEW, -1], ids=["each by itself", "at once"])
def test_what_is_covert_is_told_to_a_member_who_named_it_and_not_with_all_the_rest(
    house, receiver, lead, monkeypatch, few
):
    monkeypatch.setattr(queries, "FEW", few)
    operation, other = factories.operation(visibility="covert"), factories.operation()
    factories.member(operation, lead, "lead")
    house.subscribe(lead, receiver.address)
    factories.area(operation)

    house.deliver()
    assert receiver.deliveries == []

    factories.area(other)
    house.deliver()
    assert len(receiver.deliveries) == 1

    house.subscribe(lead, receiver.address, operations=[operation.id])
    factories.area(operation)
    house.deliver()
    assert len(receiver.deliveries) == 2


def test_who_is_taken_out_is_told_nothing_more_not_even_what_waits(house, receiver, lead):
    operation = factories.operation(visibility="restricted")
    member = factories.member(operation, lead, "analyst")
    house.subscribe(lead, receiver.address)
    factories.area(operation)
    receiver.answers = [(500,)]
    house.deliver()
    factories.area(operation)
    update(Membership, member.id, revoked_at=sa.func.now())

    house.be_due()
    house.deliver()

    assert len(receiver.deliveries) == 1
    assert house.states() == ["withheld"]


def test_what_becomes_covert_before_its_turn_is_not_told(house, receiver, lead):
    operation = factories.operation()
    factories.member(operation, lead, "lead")
    house.subscribe(lead, receiver.address)
    factories.area(operation)
    receiver.answers = [(500,)]
    house.deliver()
    update(Operation, operation.id, visibility="covert")

    house.be_due()
    house.deliver()

    assert len(receiver.deliveries) == 1


def test_what_turns_covert_is_told_only_once_it_is_named_anew(house, receiver, lead):
    operation, other = factories.operation(), factories.person("lead")
    for each in (lead, other):
        factories.member(operation, each, "lead")
    key, _ = house.subscribe(lead, receiver.address, operations=[operation.id])
    with house.as_person(other):
        update(Operation, operation.id, visibility="covert")
    factories.area(operation)

    house.deliver()

    assert receiver.deliveries == []
    client = house.app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {factories.token(lead)}"
    shown = client.get(f"/subscriptions/{key}").text
    db.session.remove()
    assert "None any more. One that turned covert" in shown
    house.subscribe(lead, receiver.address, operations=[operation.id])
    factories.area(operation)
    house.deliver()
    assert len(receiver.deliveries) == 1


@pytest.mark.parametrize("change", [{"disabled_at": sa.func.now()}, {"role": "officer"}])
def test_who_is_shut_out_or_may_not_subscribe_any_more_is_told_nothing(
    house, receiver, lead, change
):
    house.subscribe(lead, receiver.address)
    factories.operation()
    receiver.answers = [(500,)]
    house.deliver()
    update(Person, lead.id, **change)
    factories.operation()

    house.be_due()

    assert house.deliver() == 0
    assert len(receiver.deliveries) == 1
    assert stored() == 1


def test_who_may_not_share_any_more_tells_ids_alone(house, receiver, lead):
    _, secret = house.subscribe(
        lead, receiver.address, with_records=True, recipient="The council", reason="Its board"
    )
    factories.operation()
    update(Person, lead.id, role="analyst")

    house.deliver()

    [told] = receiver.told(secret)
    assert set(told["data"]) == {"id", "kind", "operation"}


@pytest.mark.parametrize(("role", "is_told"), [("analyst", False), ("lead", True)])
def test_records_are_told_only_where_their_owner_leads_that_operation(
    house, receiver, role, is_told
):
    elsewhere = factories.person("lead", organisation=factories.organisation("LANCS"))
    operation = factories.operation(visibility="covert")
    factories.member(operation, elsewhere, role)
    _, secret = house.subscribe(
        elsewhere,
        receiver.address,
        operations=[operation.id],
        with_records=True,
        recipient="The council",
        reason="Its board",
    )
    factories.area(operation)

    house.deliver()

    [told] = receiver.told(secret)
    assert ("record" in told["data"]) is is_told


def test_a_partner_is_told_of_their_own_part_alone(house, receiver):
    council = factories.organisation("SALFORD", kind="council")
    partner = factories.person("lead", organisation=council)
    operation = factories.operation()
    factories.member(operation, partner, "partner")
    _, secret = house.subscribe(partner, receiver.address, operations=[operation.id])
    factories.area(operation)
    own = factories.area(operation, created_by=partner.id)

    house.deliver()

    assert [each["data"]["id"] for each in receiver.told(secret)] == [str(own.id)]


@pytest.mark.parametrize(
    ("statement", "refused"),
    [
        ("update subscription set address = 'https://elsewhere.example.org/'", CheckViolation),
        ("update subscription set with_records = true, recipient = 'x', reason = 'x'",
         CheckViolation),
        ("update subscription set person_id = actor_id()", InsufficientPrivilege),
        ("delete from subscription", InsufficientPrivilege),
        ("select secret from subscription_secret", InsufficientPrivilege),
        ("update delivery set operation_id = null", InsufficientPrivilege),
        (("insert into delivery (id, subscription_id, event) select gen_random_uuid(), id,"
         " 'area.created' from subscription"), InsufficientPrivilege),
    ],
)  # fmt: skip
def test_the_database_lets_nobody_change_what_is_somebody_elses(
    house, receiver, lead, statement, refused
):
    house.subscribe(lead, receiver.address)
    admin = factories.person("admin")

    with house.engine.connect() as connection:
        connection.execute(
            sa.select(
                sa.func.set_config("ops.actor", str(admin.id), True),
                sa.func.set_config("role", db.APPLICATION, True),
            )
        )
        assert connection.scalar(sa.text("select count(*) from subscription")) == 1
        with pytest.raises(sa.exc.DBAPIError) as error:
            connection.execute(sa.text(statement))

    assert isinstance(error.value.orig, refused)
