"""The history of a plan's records is on their pages, in words, and tells nothing that is hidden."""

from tests import factories


def words_of(client, address):
    """Give what the history of a page says."""
    page = client.get(address)
    assert page.status_code == 200
    return page.text.partition('id="history"')[2]


def test_an_operation_tells_who_changed_what_and_when(client_as):
    lead = client_as(name="Ruth Lead")
    operation = factories.operation(name="Before", status="draft")
    address = f"/api/v1/operations/{operation.id}"
    tag = lead.get(address).headers["ETag"]

    lead.patch(address, json={"name": "After"}, headers={"If-Match": tag})

    told = words_of(lead, f"/operations/{operation.id}")
    assert "Name: After, before: Before" in told
    assert "by Ruth Lead" in told
    assert "<time datetime=" in told
    assert told.index("Changed") < told.index("Planned")


def test_a_deployment_tells_of_its_window_and_its_status(client_as):
    lead = client_as()
    operation = factories.operation()
    deployment = factories.deployment(operation)
    address = f"/api/v1/deployments/{deployment.id}"
    tag = lead.get(address).headers["ETag"]

    lead.patch(
        address,
        json={"starts_at": "2026-11-02T13:00:00Z", "ends_at": "2026-11-02T15:00:00Z"},
        headers={"If-Match": tag},
    )

    told = words_of(lead, f"/operations/{operation.id}/deployments/{deployment.id}")
    assert "When: 2 Nov 2026, 13:00 to 15:00, before: 2 Nov 2026, 12:00 to 14:00" in told


def test_an_area_tells_that_it_was_drawn_anew(client_as):
    lead = client_as()
    operation = factories.operation()
    area = factories.area(operation)
    address = f"/api/v1/areas/{area.id}"
    found = lead.get(address)
    corners = [[-2.25, 53.48], [-2.24, 53.48], [-2.24, 53.49], [-2.25, 53.48]]
    shape = {"type": "Polygon", "coordinates": [corners]}

    lead.put(
        address,
        json={
            "type": "Feature",
            "geometry": shape,
            "properties": {"name": "Other", "purpose": "cordon"},
        },
        headers={"If-Match": found.headers["ETag"]},
    )

    told = words_of(lead, f"/operations/{operation.id}/map?edit={area.id}")
    assert "The shape was drawn anew." in told
    assert "Purpose: Cordon, before: Target" in told


def test_a_history_names_no_operation_that_its_reader_may_not_see(client_as, session):
    operation = factories.operation()
    covert = factories.operation(visibility="covert", name="Nobody Knows")
    operation.parent_id = covert.id
    session.commit()

    told = words_of(client_as("officer"), f"/operations/{operation.id}")

    assert "Nobody Knows" not in told
    assert str(covert.id) not in told
    assert "Part of" not in told
    assert "Changed" not in told


def test_an_operation_that_is_turned_open_shows_its_history(client_as, session):
    operation = factories.operation(visibility="covert", name="Before")
    operation.name = "After"
    session.commit()
    operation.visibility = "open"
    session.commit()

    told = words_of(client_as("officer"), f"/operations/{operation.id}")

    assert "Name: After, before: Before" in told
    assert "Who sees it: Open, before: Covert" in told
