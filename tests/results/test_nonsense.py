"""No request makes a 500: whatever is sent is kept, or refused in a sentence."""

import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ops.results.kinds import KINDS
from ops.results.schemas import FACETS
from tests.results.conftest import SMALLEST, payload

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(
        ["", "1e400", "-0", "NaN", "\x00", "0001-01-01", "9999-12-31T23:59:59Z", "A" * 3000]
    ),
    st.uuids().map(str),
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
FIELDS = ("id", "kind", "occurred_at", "position", "accuracy_m", "deployment", "note", "credits")


@st.composite
def bodies(draw):
    """Draw a body that is right but for a field or two."""
    kind = draw(st.sampled_from(sorted(SMALLEST)))
    fields = sorted(KINDS[kind].schema.load_fields)
    detail = draw(st.dictionaries(st.sampled_from(fields), ANYTHING, max_size=2))
    return payload(kind, detail) | draw(
        st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=1)
    )


CAREFUL = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@CAREFUL
@given(body=st.one_of(bodies(), ANYTHING))
def test_any_body_is_logged_or_refused(lead, operation, body):
    reply = lead.post(f"/api/v1/operations/{operation.id}/results", json=body)

    assert reply.status_code in {200, 201, 404, 409, 422}
    if reply.status_code >= 400:
        assert reply.json["detail"]


@CAREFUL
@given(items=st.lists(st.one_of(bodies(), ANYTHING), min_size=1, max_size=4))
def test_any_batch_is_judged_item_by_item(lead, operation, items):
    items = [
        each | {"operation": str(operation.id)} if isinstance(each, dict) else each
        for each in items
    ]

    reply = lead.post("/api/v1/results/batch", json={"items": items})

    assert reply.status_code == 207
    assert len(reply.json["items"]) == len(items)


@CAREFUL
@given(
    change=st.dictionaries(st.sampled_from(FIELDS), ANYTHING, min_size=1, max_size=2),
    data=st.data(),
)
def test_any_correction_is_made_or_refused(lead, log, change, data):
    kind = data.draw(st.sampled_from(sorted(SMALLEST)))
    fields = st.sampled_from(sorted(KINDS[kind].schema.load_fields))
    detail = data.draw(st.dictionaries(fields, ANYTHING, max_size=2))
    record = log(kind)
    there = f"/api/v1/results/{record['id']}"
    etag = lead.get(there).headers["ETag"]
    body = {"reason": "Misread", "detail": detail} | change

    reply = lead.patch(there, json=body, headers={"If-Match": etag})

    assert reply.status_code in {200, 409, 422}


@CAREFUL
@given(
    query=st.dictionaries(
        st.sampled_from(
            ["kind", "status", "from", "to", "as_at", "measure", "area", "cursor", "limit", *FACETS]
        ),
        st.one_of(st.text(max_size=10), st.sampled_from(["arrests", "2026-11-02", "heroin", "1"])),
        max_size=2,
    )
)
def test_any_question_is_answered_or_refused(lead, operation, query):
    reply = lead.get(f"/api/v1/operations/{operation.id}/results", query_string=query)

    assert reply.status_code in {200, 422}


@pytest.mark.parametrize("verb", ["strike", "confirm", "credits", "history"])
def test_no_result_is_not_found(lead, session, verb):
    nowhere = f"/api/v1/results/{uuid.uuid4()}/{verb}"

    found = lead.get(nowhere) if verb == "history" else lead.post(nowhere, json={"reason": "x"})

    assert found.status_code in {404, 422}
