"""CQL2 text: of the standard's grammar, of each collection's properties, and of neither."""

import random

from sqlalchemy.dialects import postgresql

from ops.ogc import cql, crs, expressions
from ops.ogc.collections import COLLECTIONS, Collection
from tests.fuzz import odd
from tests.fuzz.grammar import REFUSALS, Grammar

DIALECT = postgresql.dialect()
MOMENTS = (
    *("2026-11-02T12:00:00Z", "2026-11-02", "9999-12-31T23:59:59Z", "0001-01-01", "..", "x", ""),
)
SPATIAL = ("S_INTERSECTS", "S_WITHIN", "S_CROSSES", "S_DISJOINT", "s_equals", "S_NEAR")
TEMPORAL = ("T_AFTER", "T_DURING", "T_INTERSECTS", "T_MEETS", "T_OVERLAPS", "T_NEVER")


def _number(r: random.Random) -> str:
    return str(odd.number(r)) if r.random() < 0.1 else str(round(r.uniform(-9, 60), 3))


def _point(r: random.Random) -> str:
    return f"{_number(r)} {_number(r)}"


def wkt(r: random.Random) -> str:
    """Draw a shape as well-known text."""
    points = ", ".join(_point(r) for _ in range(r.choice((0, 1, 2, 3, 4, 9))))
    ring = f"{points}, {points.split(',')[0]}"
    return r.choice(
        (
            f"POINT({_point(r)})",
            f"POINT Z({_point(r)} 1)",
            f"LINESTRING({points})",
            f"POLYGON(({ring}))",
            f"POLYGON(({ring}),({ring}))",
            f"MULTIPOINT({points})",
            f"MULTIPOLYGON((({ring})))",
            f"GEOMETRYCOLLECTION(POINT({_point(r)}),LINESTRING({points}))",
            "POINT EMPTY",
            "POLYGON((-2.3 53.4,-2.2 53.4,-2.2 53.5,-2.3 53.4))",
            f"BBOX({', '.join(_number(r) for _ in range(r.choice((4, 4, 6, 3))))})",
        )
    )


def scalar(r: random.Random) -> str:
    """Draw a value."""
    text = odd.text(r).replace("'", "''")[:60]
    moment = r.choice(MOMENTS)
    return r.choice(
        (
            f"'{text}'", "'arrest'", _number(r), "TRUE", "false", "NULL", "kind", "1 + 2", "-3",
            f"TIMESTAMP('{moment}')", f"DATE('{moment}')", f"CASEI('{text}')",
        )
    )  # fmt: skip


def _time(r: random.Random, name: str) -> str:
    one, other = r.choice(MOMENTS), r.choice(MOMENTS)
    return r.choice((name, f"INTERVAL('{one}','{other}')", f"TIMESTAMP('{one}')", f"DATE('{one}')"))


def condition(r: random.Random, collection: Collection, depth: int) -> str:
    """Draw a condition, of properties that are there for the most part."""
    known = list(collection.properties)
    name = r.choice((*known, *known, "geometry", "nothing", '"a b"'))
    if depth and r.random() < 0.35:
        parts = [condition(r, collection, depth - 1) for _ in range(2)]
        join = r.choice((" AND ", " or ", ") AND (", " "))
        return r.choice(("({})", "NOT ({})", "{}", "NOT {}")).format(join.join(parts))
    scalars = [scalar(r) for _ in range(3)]
    return r.choice(
        (
            f"{name} {r.choice(('=', '<>', '<', '>=', '=='))} {scalars[0]}",
            f"{scalars[0]} = {name}",
            f"CASEI({name}) = {scalars[0]}",
            f"{name} BETWEEN {scalars[0]} AND {scalars[1]}",
            f"{name} IN ({', '.join(scalars[: r.randint(0, 3)])})",
            f"{name} LIKE {scalars[0]}",
            f"{name} IS {r.choice(('', 'NOT '))}NULL",
            f"{r.choice(SPATIAL)}({name}, {wkt(r)})",
            f"{r.choice(SPATIAL)}(geometry, {wkt(r)})",
            f"{r.choice(TEMPORAL)}({_time(r, name)}, {_time(r, name)})",
            f"{odd.text(r)[:30]}({name})",
            name,
            scalars[0],
        )
    )


def make(r: random.Random) -> bytes:
    """Draw a collection, a coordinate system and a filter."""
    collection = r.choice(list(COLLECTIONS.values()))
    text = condition(r, collection, r.choice((0, 1, 2, 4, 9)))
    if r.random() < 0.02:
        text = "(" * r.choice((9, 10, 11, 400)) + text + ")" * r.choice((9, 10, 11, 400))
    body = odd.mutated(r, text.encode("utf-8", "replace"), 0.2)
    return f"{collection.id}\n{r.choice(crs.ALL)}\n".encode() + body


def take(content: bytes) -> bool:
    """Have it turned to SQL; `requests` asks the database too."""
    name, uri, text = content.decode("utf-8", "replace").split("\n", 2)
    try:
        found = expressions.condition(COLLECTIONS[name], cql.read(text), uri)
    except REFUSALS:
        return False
    str(found.compile(dialect=DIALECT))
    return True


GRAMMAR = Grammar(make, take)
