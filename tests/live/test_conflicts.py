"""A live board tells of conflicts as they are found, and no more than may be known."""

from tests import factories
from tests.live.conftest import Reader


def test_a_new_conflict_is_told_and_nothing_of_a_side_that_is_hidden(committed, lead, operation):
    factories.deployment(operation, name="Front door")
    reader = Reader(lead, operation)
    reader.read()
    before = reader.reply.json["conflicts"]
    elsewhere = factories.operation(organisation=factories.organisation("LANCS"), name="Zqtheirs")
    factories.deployment(elsewhere, name="Back door")

    reader.read()
    told = reader.reply
    reader.read()

    assert before == []
    [conflict] = told.json["conflicts"]
    assert conflict["said"] == f"Front door is in conflict, reference {conflict['reference']}"
    assert "Zqtheirs" not in told.text
    assert "Back door" not in told.text
    assert reader.reply.status_code == 304


def test_a_covert_side_changes_nothing_for_others(committed, lead, operation):
    factories.deployment(operation, name="Front door")
    reader = Reader(lead, operation)
    reader.read()
    reader.read()
    covert = factories.operation(
        organisation=factories.organisation("LANCS"), visibility="covert", name="Zqcovert"
    )
    factories.deployment(covert, name="Back door")

    reader.read()

    assert reader.reply.status_code == 304
