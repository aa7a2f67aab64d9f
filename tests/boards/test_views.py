"""Views that people keep: under names of their own, for nobody else."""

import pytest
import sqlalchemy as sa

from ops import db
from ops.boards.models import BoardView
from ops.ledger.models import Change

ADDRESS = "/targets/board?organisation=GMP&year=2026/27"


@pytest.fixture
def lead(client_as):
    return client_as("lead")


def keep(client, name="My year", address=ADDRESS):
    return client.post("/api/v1/board-views", json={"name": name, "address": address})


def test_a_view_is_kept_renamed_and_removed_and_the_ledger_knows(lead):
    kept = keep(lead).json
    there = f"/api/v1/board-views/{kept['id']}"

    assert [each["name"] for each in lead.get("/api/v1/board-views").json] == ["My year"]
    assert lead.patch(there, json={"name": "The year"}).json["name"] == "The year"
    assert lead.delete(there).status_code == 204
    assert lead.get("/api/v1/board-views").json == []
    changes = db.session.scalars(sa.select(Change).where(Change.object == "board_view"))
    assert len(changes.all()) == 3


def test_nobody_else_sees_renames_or_removes_it(lead, client_as):
    there = f"/api/v1/board-views/{keep(lead).json['id']}"
    other = client_as("admin")

    assert other.get("/api/v1/board-views").json == []
    assert other.patch(there, json={"name": "Mine"}).status_code == 404
    assert other.delete(there).status_code == 404
    assert (
        other.get(there.removeprefix("/api/v1").replace("board-views", "boards/views")).status_code
        == 404
    )
    assert keep(other).status_code == 201
    assert len(lead.get("/api/v1/board-views").json) == 1


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"name": "My year"}, 409),
        ({"name": "  "}, 422),
        ({"name": "x" * 81}, 422),
        ({"name": "Other", "address": "https://elsewhere.example/targets/board"}, 422),
        ({"name": "Other", "address": "/targets/board?" + "x" * 2000}, 422),
    ],
)
def test_what_can_not_be_kept_is_refused(lead, sent, status):
    keep(lead)

    reply = keep(lead, **sent)

    assert reply.status_code == status
    assert db.session.scalar(sa.select(sa.func.count()).select_from(BoardView)) == 1
