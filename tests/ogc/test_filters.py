"""CQL2 text: what it finds, and what it is refused for, quickly."""

import time

import pytest

from ops.ogc import cql, crs, expressions

ITEMS = "/ogc/collections/areas/items"
EAST = "POLYGON((-2.4 53.3, -2.27 53.3, -2.27 53.6, -2.4 53.6, -2.4 53.3))"
TWO = "GEOMETRYCOLLECTION(POINT(-2.27 53.45), POINT(-2.17 53.45))"
OWN = "INTERVAL(valid_from, valid_to)"
HERE = "POLYGON((-2.32 53.3, -2.15 53.3, -2.15 53.6, -2.32 53.6, -2.32 53.3))"
DAY_3, DAY_5 = "TIMESTAMP('2026-11-04T12:00:00Z')", "TIMESTAMP('2026-11-06T12:00:00Z')"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("name = 'Area A'", "A"),
        ("'Area A' = name", "A"),
        ("name <> 'Area A'", "BCDE"),
        ("name > 'Area C' AND purpose = 'target'", "E"),
        ("'Area C' > name", "AB"),
        ("name = 'Area A' OR name = 'Area B' AND purpose = 'target'", "A"),
        ("NOT (purpose = 'target')", "BD"),
        ("name LIKE '%B'", "B"),
        ("name NOT LIKE 'Area _'", ""),
        ("name LIKE 'Area \\%'", ""),
        ("CASEI(name) LIKE CASEI('AREA b')", "B"),
        ("CASEI(name) = CASEI('AREA b')", "B"),
        ("CASEI(name) IN (CASEI('area b'), CASEI('AREA c'))", "BC"),
        ("name IN ('Area A', 'Area D')", "AD"),
        ("name NOT IN ('Area A', 'Area D')", "BCE"),
        ("name BETWEEN 'Area B' AND 'Area D'", "BCD"),
        ("name NOT BETWEEN 'Area B' AND 'Area D'", "AE"),
        ("valid_to IS NULL", ""),
        ("valid_to IS NOT NULL", "ABCDE"),
        ("geometry IS NULL", ""),
        ("TRUE", "ABCDE"),
        ("FALSE OR name = 'Area A'", "A"),
        ('"name" = \'Area A\'', "A"),
        (f"S_INTERSECTS(geometry, {HERE})", "AB"),
        (f"S_INTERSECTS({HERE}, geometry)", "AB"),
        (f"S_WITHIN(geometry, {HERE})", "AB"),
        (f"S_CONTAINS({HERE}, geometry)", "AB"),
        (f"S_DISJOINT(geometry, {HERE})", "CDE"),
        ("S_INTERSECTS(geometry, BBOX(-2.32, 53.3, -2.15, 53.6))", "AB"),
        ("S_INTERSECTS(geometry, BBOX(-1.97, 53.3, -2.19, 53.6))", "ABDE"),
        ("S_CONTAINS(geometry, POINT(-2.27 53.45))", "A"),
        ("S_TOUCHES(geometry, LINESTRING(-2.3 53.4, -2.3 53.5))", "A"),
        ("S_CROSSES(geometry, LINESTRING(-2.4 53.45, -2.17 53.45))", "AB"),
        ("S_EQUALS(geometry, POLYGON((-2.3 53.4,-2.25 53.4,-2.25 53.5,-2.3 53.5,-2.3 53.4)))", "A"),
        (f"S_OVERLAPS(geometry, {EAST})", "A"),
        (f"S_INTERSECTS(geometry, {TWO})", "AB"),
        (f"valid_to = {DAY_3}", "B"),
        (f"valid_to > {DAY_3}", "CDE"),
        (f"T_AFTER(valid_to, {DAY_3})", "CDE"),
        (f"T_BEFORE(valid_to, {DAY_3})", "A"),
        ("T_DURING(valid_to, INTERVAL('2026-11-04', '2026-11-06'))", "BCD"),
        (f"T_EQUALS(valid_to, {DAY_5})", "D"),
        ("T_AFTER(valid_to, DATE('2026-11-04'))", "CDE"),
        (f"T_INTERSECTS({OWN}, INTERVAL('2026-11-06T13:00:00Z', '..'))", "E"),
        (f"T_DISJOINT({OWN}, INTERVAL('2026-11-05', '..'))", "AB"),
        (f"T_METBY(INTERVAL('2026-11-04T12:00:00Z', '..'), {OWN})", "B"),
        (f"T_MEETS({OWN}, INTERVAL('2026-11-04T12:00:00Z', '..'))", "B"),
        (f"T_STARTS({OWN}, INTERVAL('2026-11-02T12:00:00Z', '..'))", "ABCDE"),
        (f"T_FINISHES({OWN}, INTERVAL('..', '2026-11-04T12:00:00Z'))", "B"),
        (f"T_OVERLAPS({OWN}, INTERVAL('2026-11-05', '2026-12-01'))", "CDE"),
        (f"T_CONTAINS({OWN}, INTERVAL('2026-11-03', '2026-11-05'))", "DE"),
    ],
)  # fmt: skip
def test_finds_what_the_filter_says(names, text, found):
    assert names(filter=text) == found


@pytest.mark.parametrize(
    ("place", "system"),
    [
        ("POINT(53.45 -2.27)", crs.EPSG_4326),
        ("POINT(382000 395000)", crs.EPSG_27700),
        ("BBOX(53.41, -2.28, 53.42, -2.27)", crs.EPSG_4326),
    ],
)
def test_places_of_a_filter_are_in_the_system_that_is_said(names, place, system):
    assert names(**{"filter": f"S_INTERSECTS(geometry, {place})", "filter-crs": system}) == "A"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name =",
        "name",
        "5",
        "'text'",
        "name = 5",
        "name = name",
        "1 = 1",
        "nonsense = 'x'",
        "content_hash = 'x'",
        "name = 'x' AND",
        "name LIKE 'x\\'",
        "valid_to LIKE '2026%'",
        "name LIKE 5",
        "name LIKE purpose",
        "name LIKE DATE('2026-11-02')",
        "valid_to = 'nonsense'",
        "valid_to > 5",
        "operation = 'nonsense'",
        "name = TRUE",
        "name + 1 = 2",
        "lower(name) = 'x'",
        "pg_sleep(5) = 1",
        "ACCENTI(name) = 'x'",
        "CASEI(valid_to) = CASEI('x')",
        "name = CASEI(name)",
        "CASEI() = TRUE",
        "name = CASEI()",
        "name LIKE CASEI()",
        "T_AFTER(valid_to, INTERVAL('2026-11-02'))",
        "A_CONTAINS(name, ('x', 'y'))",
        "S_INTERSECTS(name, POINT(1 2))",
        "S_INTERSECTS(geometry, geometry)",
        "S_INTERSECTS(geometry, POINT(500 500))",
        "S_INTERSECTS(geometry, 'x')",
        "S_INTERSECTS(geometry, BBOX(5, 6, 4, 3))",
        "S_INTERSECTS(geometry, BBOX(1, 2, 3))",
        "S_INTERSECTS(geometry, BBOX(1, 2, 3, name))",
        "S_DISJOINT(geometry, POINT EMPTY)",
        "S_INTERSECTS(geometry, POLYGON((0 0, 1 1)))",
        "S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 0 1, 1 0, 0 0)))",
        "S_WITHIN(geometry, GEOMETRYCOLLECTION(POINT(1 2)))",
        "S_WITHIN(geometry)",
        "T_AFTER(name, TIMESTAMP('2026-11-02T12:00:00Z'))",
        "T_AFTER(valid_to, TIMESTAMP('2026-13-02T12:00:00Z'))",
        "T_AFTER(valid_to, 5)",
        "T_AFTER(valid_to)",
        "name = 'x'; drop table area",
        "name = 'x\x00'",
        "geometry = 'x'",
        "name IN ()",
        "name BETWEEN 1 AND 2",
        "((name = 'x')",
        "name = 'x')",
        ")(",
        "(" * 1_000 + "name = 'x'" + ")" * 1_000,
        "(" * 1_000,
        "NOT " * 1_000 + "name = 'x'",
        " OR ".join(["name = 'x'"] * 500),
        "CASEI(" * 300 + "name" + ")" * 300 + " = 'x'",
        "valid_to = " + "-" * 3_000 + "1",
        "name IN (" + "1," * 2_000 + "1)",
    ],
)
def test_refuses_what_it_does_not_understand(lead, text):
    reply = lead.get(ITEMS, query_string={"filter": text})

    assert reply.status_code == 400, reply.text
    assert reply.content_type == "application/problem+json"
    assert len(reply.json["detail"]) < 300


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1_000_000,
        "(" * 1_000_000,
        "(" * 500_000 + ")" * 500_000,
        "name = '" + "(" * 7_000 + "'x",
        # What the library tries in all ways, at the greatest depth that is let in.
        "(" * cql.DEEPEST + "name = 1 b" + ")" * cql.DEEPEST,
        "NOT(" * cql.DEEPEST + "name IN (1," + ")" * cql.DEEPEST,
        ("(" * cql.DEEPEST + "a=1" + ")" * cql.DEEPEST + " AND ") * 100 + "b =",
        # And at the greatest length as well.
        "(" * cql.DEEPEST + "a=1 AND " * 980 + ")" * cql.DEEPEST,
        "(" * cql.DEEPEST + "a^" * 3_980 + ")" * cql.DEEPEST,
    ],
)
def test_is_refused_before_it_takes_long(text):
    begun = time.process_time()

    with pytest.raises(expressions.BadFilter):
        cql.read(text)

    # By the processor's own time: seconds would mean that it was looked into.
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    "text",
    [
        "(" * cql.DEEPEST + "a = 1 AND b = 2" + ")" * cql.DEEPEST,
        f"S_INTERSECTS(geom, MULTIPOLYGON((({'0 0,' * 1_900}0 0))))",
    ],
)
def test_what_is_deep_or_long_alone_is_read(text):
    assert cql.read(text)["args"]


def test_a_filter_longer_than_any_address_is_refused_at_the_door(lead):
    reply = lead.get(ITEMS, query_string={"filter": "name = '" + "x" * 1_000_000 + "'"})

    assert reply.status_code == 414
    assert reply.content_type == "application/problem+json"
