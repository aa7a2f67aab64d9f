"""What the database itself holds of four eyes, whatever the application forgets."""

import pytest
import sqlalchemy as sa

from tests.outcomes.records import arrest
from tests.releases.conftest import act

API = "/api/v1"
REFUSED = (sa.exc.IntegrityError, sa.exc.ProgrammingError)


@pytest.fixture
def run(session):
    """Run a statement as the role of requests, in somebody's name."""

    def send(client, statement, **values):
        named = sa.text("select set_config('ops.actor', :me, true)")
        session.execute(sa.text("set local role ops_application"))
        session.execute(named, {"me": str(client.person.id)})
        values |= {"me": client.person.id}
        try:
            with session.begin_nested():
                return session.execute(sa.text(statement), values).rowcount
        finally:
            session.execute(sa.text("reset role"))

    return send


CHANGE = "update release set"
APPROVE = "update release set state = 'approved', approved_at = now(), approved_by = :by"
PUBLISH = "update release set state = 'published', published_at = now(), published_by = :by"


def test_one_approves_and_publishes_in_ones_own_name(write, run, lead, analyst):
    write()

    assert run(lead, APPROVE, by=lead.person.id) == 1
    assert run(analyst, PUBLISH, by=analyst.person.id) == 1


def test_nobody_approves_in_the_name_of_another(write, run, lead, analyst, client_as):
    write()

    for client, by in ((analyst, lead), (client_as("lead"), lead), (analyst, analyst)):
        with pytest.raises(REFUSED):
            run(client, APPROVE, by=by.person.id)


def test_nobody_publishes_in_the_name_of_another(write, run, lead, analyst):
    act(lead, write().json, "approve")

    with pytest.raises(REFUSED):
        run(analyst, PUBLISH, by=lead.person.id)


@pytest.mark.parametrize(
    ("actor", "change"),
    [
        # The author hands the text to somebody else, to approve it themselves.
        ("analyst", "made_by = :other"),
        ("analyst", "changed_by = :other"),
        ("analyst", "changed_by = :other, title = 'Another'"),
        # Somebody changes the text under the author's name, or while they approve it.
        ("lead", "title = 'Another'"),
        ("lead", "title = 'Another', state = 'approved', approved_at = now(), approved_by = :me"),
    ],
)
def test_what_is_written_stays_in_the_name_of_whoever_wrote_it(
    write, run, analyst, lead, client_as, actor, change
):
    write()
    client = {"analyst": analyst, "lead": lead}[actor]

    with pytest.raises(REFUSED):
        run(client, f"{CHANGE} {change}", other=client_as("lead").person.id)


@pytest.mark.parametrize(
    "change", ["title = 'Another'", "headlines = '[]'", "title = 'Another', changed_by = :me"]
)
def test_what_is_approved_is_changed_by_none_without_a_new_approval(
    write, run, lead, client_as, change
):
    act(lead, write().json, "approve")
    other = client_as("analyst")

    with pytest.raises(REFUSED):
        run(other, f"{CHANGE} {change}")


def test_a_release_begins_in_the_name_of_whoever_writes_it(write, run, analyst, lead):
    write()
    statement = """
        insert into release (id, made_by, changed_by, snapshot_id, organisation_id, title,
            headlines, marking, version)
        select gen_random_uuid(), :made, :changed, snapshot_id, organisation_id, title,
            headlines, marking, version
        from release
        limit 1
    """
    me, other = analyst.person.id, lead.person.id

    assert run(analyst, statement, made=me, changed=me) == 1
    for made, changed in ((me, other), (other, me)):
        with pytest.raises(REFUSED):
            run(analyst, statement, made=made, changed=changed)


FIGURE = """
insert into reported_figure (id, measure, label, value, unit, qualifier, source, set_id, position,
    operation_id, note, created_by, supersedes_id, proposed_by)
select gen_random_uuid(), measure, label, :value, unit, qualifier, source, set_id, position,
    operation_id, :note, :me, {supersedes}, :proposer
from reported_figure where measure = 'arrests' and supersedes_id is null
"""


@pytest.fixture
def proposed(published, analyst, operation):
    """A published release of which the analyst would make two arrests three."""
    arrest(operation)
    where = f"{API}/releases/{published['id']}"
    read = analyst.get(where)
    sent = {"figure": read.json["figures"][0]["id"], "value": "3", "note": "Late."}
    tag = {"If-Match": read.headers["ETag"]}
    assert analyst.post(f"{where}/revisions", json=sent, headers=tag).status_code == 201
    return published


def test_a_revision_is_published_as_it_was_proposed_and_by_somebody_else(
    proposed, run, analyst, lead
):
    revision = FIGURE.format(supersedes="id")
    theirs, mine = analyst.person.id, lead.person.id
    for client, value, note, proposer in (
        (analyst, 3, "Late.", theirs),
        (lead, 3, "Late.", None),
        (lead, 3, "Late.", mine),
        (lead, 400, "Late.", theirs),
        (lead, 3, "Another.", theirs),
    ):
        with pytest.raises(REFUSED):
            run(client, revision, value=value, note=note, proposer=proposer)

    assert run(lead, revision, value=3, note="Late.", proposer=theirs) == 1


def test_nobody_adds_a_figure_to_what_another_published(published, run, lead):
    added = FIGURE.format(supersedes="null")

    with pytest.raises(REFUSED):
        run(lead, added, value=400, note=None, proposer=None)


def test_nobody_proposes_a_revision_in_the_name_of_another(published, run, analyst, lead):
    sent = "update release set revision = '{}', revision_at = now(), revision_by = :by"

    with pytest.raises(REFUSED):
        run(analyst, sent, by=lead.person.id)
    assert run(analyst, sent, by=analyst.person.id) == 1


def test_a_proposal_is_taken_over_by_nobody(proposed, run, lead):
    for change in ("revision = '{}'", "revision_by = :me, title = 'Another'"):
        with pytest.raises(REFUSED):
            run(lead, f"{CHANGE} {change}")
