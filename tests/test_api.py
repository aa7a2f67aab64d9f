"""The wire: one shape for every refusal, pages in a total order."""

import pytest
import sqlalchemy as sa

from ops import api
from ops.errors import Invalid
from ops.operations.models import Operation
from tests import factories


def test_health_needs_nobody(client):
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json["status"] == "ready"


def test_a_refusal_is_problem_details(client):
    response = client.get("/api/v1/me")

    assert response.status_code == 401
    assert response.mimetype == "application/problem+json"
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert response.json["type"] == "/problems/unauthenticated"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"x", "text/plain"),
        (b"", None),
    ],
)
def test_a_body_that_is_no_json_is_refused_in_a_sentence(client_as, body, kind):
    response = client_as().post("/api/v1/operations", data=body, content_type=kind)

    assert response.status_code in {400, 415, 422}
    assert response.json["detail"]


def test_pages_of_a_list_hold_every_row_once(app, session):
    for _ in range(7):
        factories.operation()
    query = sa.select(Operation.id)
    keys = [Operation.starts_at, Operation.id]

    with app.test_request_context("/api/v1/operations"):
        seen, cursor = [], None
        while True:
            rows, headers = api.page(query, keys, limit=3, cursor=cursor)
            seen += [row.id for row in rows]
            if "Link" not in headers:
                break
            cursor = headers["Link"].split("cursor=")[1].split(">")[0]

    assert len(seen) == 7
    assert seen == sorted(seen)


@pytest.mark.parametrize("cursor", ["x", "é", "W10", "WzEsMl0", "bnVsbA"])
def test_a_made_up_cursor_is_refused(app, session, cursor):
    with app.test_request_context("/"), pytest.raises(Invalid, match="cursor"):
        api.page(sa.select(Operation.id), [Operation.id], limit=3, cursor=cursor)


@pytest.mark.parametrize("part", ["", "/phases", "/transitions", "/areas"])
def test_a_query_where_none_is_read_is_refused(client_as, part):
    operation = factories.operation()

    response = client_as().get(f"/api/v1/operations/{operation.id}{part}?colour=red")

    assert response.status_code == 422
    assert "colour" in response.json["errors"]
