"""What is in conflict: near at about the same time, or the same site, line or address."""

import datetime as dt

import pyproj
import pytest
import shapely
import sqlalchemy as sa
from geoalchemy2.shape import from_shape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box
from sqlalchemy.dialects.postgresql import Range

from ops import db
from ops.deconfliction.models import Conflict, DeconflictionRule
from tests import factories
from tests.deconfliction.conftest import change, conflicts

METRES = pyproj.Transformer.from_crs(4326, 27700, always_xy=True)
LATER = dt.timedelta(days=2)


def at(east_m=0, north_m=0):
    """Give a point so far from here; near enough to the metre."""
    return from_shape(Point(-2.24 + east_m / 66_310, 53.485 + north_m / 111_290), 4326)


def in_metres(shape):
    """Give a shape on the National Grid."""
    return shapely.transform(shape, METRES.transform, interleaved=False)


def states():
    """List the states of all conflicts there are."""
    return db.session.scalars(sa.select(Conflict.state).order_by(Conflict.state)).all()


@pytest.mark.parametrize(
    ("east_m", "minutes", "is_found"),
    [(0, 0, True), (280, 0, True), (320, 0, False), (0, 179, True), (0, 181, False),
     (0, -179, True), (0, -181, False), (280, 170, True)],
)  # fmt: skip
def test_it_is_within_the_radius_and_the_window(lead, mine, theirs, east_m, minutes, is_found):
    first = factories.deployment(mine, point=at())
    start = factories.NOON + dt.timedelta(minutes=minutes)
    factories.deployment(theirs, start, point=at(east_m))

    assert bool(conflicts(lead, first)) is is_found


@pytest.mark.parametrize("same", ["site", "line", "number", "address"])
def test_the_same_target_is_one_days_apart(client_as, lead, mine, theirs, same):
    officer = client_as("officer")
    fields = [{"point": at()}, {"point": at(9000)}]
    if same == "site":
        site = factories.site()
        fields = [{"site_id": site.id}] * 2
    elif same == "address":
        fields[0] |= {"address": "Flat 2, 14 Moulton St.", "postcode": "M8 8AA"}
        fields[1] |= {"address": "2/14 moulton street", "postcode": "m88aa"}
    else:
        detail = {"name": "Ricky", "numbers": [{"number": "07700900123"}]}
        body = {"kind": "line", "occurred_at": factories.NOON.isoformat(), "detail": detail}
        path = f"/api/v1/operations/{factories.operation().id}/results"
        ids = [officer.post(path, json=body).json["id"] for _ in range(2)]
        for each, line in zip(fields, ids if same == "number" else ids[:1] * 2, strict=True):
            each["line_id"] = line

    first = factories.deployment(mine, **fields[0])
    other = factories.deployment(theirs, factories.NOON + LATER, **fields[1])

    assert len(conflicts(lead, first)) == 1
    found = db.session.scalars(sa.select(Conflict)).one()
    assert found.reasons == ["line" if same == "number" else same]
    start = factories.NOON + dt.timedelta(days=29)
    change(other, during=Range(start, start + dt.timedelta(hours=1)))
    assert conflicts(lead, first) == []


def test_an_area_counts_by_its_outline_and_moves_with_it(lead, mine, theirs):
    first = factories.deployment(mine, point=at())
    area = factories.area(theirs, shapely.MultiPolygon([box(-2.25, 53.48, -2.23, 53.4849)]))
    factories.deployment(theirs, area_id=area.id)
    assert len(conflicts(lead, first)) == 1

    far = from_shape(shapely.MultiPolygon([box(-2.35, 53.48, -2.33, 53.49)]), 4326)
    change(area, geom=far)

    assert conflicts(lead, first) == []
    assert len(conflicts(lead, first, state="gone")) == 1


def test_one_operation_is_in_no_conflict_with_itself(lead, mine):
    first, _ = factories.deployment(mine), factories.deployment(mine)

    assert conflicts(lead, first) == []


def test_moved_away_it_is_gone_and_moved_back_it_opens_again(lead, elsewhere, mine, theirs):
    first = factories.deployment(mine, point=at())
    other = factories.deployment(theirs, point=at(100))
    [before] = conflicts(lead, first)
    here = f"/api/v1/deployments/{other.id}"

    for east_m, expected in ((5000, []), (100, [before["reference"]])):
        lon = -2.24 + east_m / 66_310
        moved = {"point": {"type": "Point", "coordinates": [lon, 53.485]}}
        tag = {"If-Match": elsewhere.get(here).headers["ETag"]}
        assert elsewhere.patch(here, json=moved, headers=tag).status_code == 200
        assert [each["reference"] for each in conflicts(lead, first)] == expected
        if not expected:
            assert "no longer there" in lead.get("/alerts").text

    kinds = [each["kind"] for each in lead.get("/api/v1/alerts").json]
    assert sorted(kinds) == ["conflict", "conflict", "conflict_gone"]


@pytest.mark.parametrize(
    ("what", "values"),
    [("deployment", {"status": "cancelled"}), ("deployment", {"status": "finished"}),
     ("operation", {"status": "closed"})],
)  # fmt: skip
def test_what_is_over_is_in_nobodys_way(lead, mine, theirs, what, values):
    first = factories.deployment(mine)
    other = factories.deployment(theirs)
    assert len(conflicts(lead, first)) == 1

    change(other if what == "deployment" else theirs, **values)

    assert conflicts(lead, first) == []
    assert states() == ["gone"]


def test_what_was_resolved_opens_again_when_either_side_changes(lead, desk, mine, theirs):
    first = factories.deployment(mine, point=at())
    other = factories.deployment(theirs, point=at(100))
    [before] = conflicts(lead, first)
    here = f"/api/v1/deconfliction/conflicts/{before['reference']}"
    assert desk.post(f"{here}/resolution", json={"outcome": "both_go"}).status_code == 200

    change(other, note="Bring a ladder.")
    assert states() == ["resolved"]
    change(other, point=at(50))

    assert states() == ["open"]
    assert [each["reference"] for each in conflicts(lead, first)] == [before["reference"]]


def test_the_wider_rule_of_the_two_holds_and_a_new_one_holds_at_once(desk, lead, mine, theirs):
    first = factories.deployment(mine, point=at(), kind="patrol")
    factories.deployment(theirs, point=at(900), kind="visit")
    assert conflicts(lead, first) == []
    rule = {"kind": "visit", "radius_m": 1000, "minutes": 60, "same_days": 28}

    assert desk.put("/api/v1/deconfliction/rules", json=rule).status_code == 200
    assert len(conflicts(lead, first)) == 1
    desk.put("/api/v1/deconfliction/rules", json=rule | {"radius_m": 500})

    assert conflicts(lead, first) == []
    listed = desk.get("/api/v1/deconfliction/rules").json
    assert [(each["kind"], each["radius_m"]) for each in listed] == [(None, 300), ("visit", 500)]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(DeconflictionRule)) == 1


def test_a_place_beyond_the_grid_is_saved_and_found_by_its_address(lead, mine, theirs):
    fields = {"point": from_shape(Point(-92, 0), 4326), "address": "1 Far Road", "postcode": "X1"}
    first = factories.deployment(mine, **fields)
    factories.deployment(theirs, **fields)

    assert len(conflicts(lead, first)) == 1


PLANS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.integers(0, 1500),
        st.integers(0, 1500),
        st.integers(0, 400),
        st.sampled_from([0, 200, 500]),
    ),
    min_size=2,
    max_size=9,
)


def check_each_against_each(session, plans):
    operations = [factories.operation() for _ in range(3)]
    made = []
    for whose, east, north, minutes, side in plans:
        start = factories.NOON + dt.timedelta(minutes=minutes)
        centre = (-2.24 + east / 66_310, 53.485 + north / 111_290)
        if side:
            half = side / 2 / 111_290
            shape = box(*(each - half for each in centre), *(each + half for each in centre))
            outline = shapely.MultiPolygon([shape])
            place = {"area_id": factories.area(operations[whose], outline).id}
        else:
            shape = Point(centre)
            place = {"point": from_shape(shape, 4326)}
        sent = factories.deployment(operations[whose], start, hours=1, **place)
        made.append((sent.id, whose, in_metres(shape), minutes))

    found = {tuple(row) for row in session.execute(sa.select(Conflict.one_id, Conflict.other_id))}

    for number, (one, whose, shape, start) in enumerate(made):
        for other, whose_other, shape_other, start_other in made[number + 1 :]:
            apart = shape.distance(shape_other)
            if abs(apart - 300) < 1:
                continue
            is_conflict = whose != whose_other and apart < 300 and abs(start - start_other) <= 120
            assert (tuple(sorted((one, other))) in found) is is_conflict, (
                apart,
                start,
                start_other,
            )


@given(plans=PLANS)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_it_finds_what_measuring_each_against_each_finds(session, plans):
    undo = session.get_bind().begin_nested()
    try:
        check_each_against_each(session, plans)
    finally:
        session.remove()
        undo.rollback()
