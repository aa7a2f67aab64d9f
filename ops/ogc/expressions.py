"""What a CQL2 text says, as the database asks it: of declared properties, and of nothing else."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import shapely
import sqlalchemy as sa
from geoalchemy2.shape import from_shape

from ops.errors import OpsError
from ops.geo.shapes import SRID
from ops.ogc import crs, spans
from ops.ogc.collections import (
    BOOLEAN,
    DAY,
    ID,
    MOMENT,
    NUMBER,
    TEXT,
    Collection,
    Property,
    Question,
)
from ops.wording import first_moment

Condition = sa.ColumnElement[bool]
Node = Any

# A shape is asked for under this name, as the GeoJSON has it.
GEOMETRY = "geometry"
# Numbers of the database are exact; a float of a client is none of them beyond this.
_LARGEST = 1e15
# The finest moment that the database keeps.
_TICK = dt.timedelta(microseconds=1)

_COMPARED: Mapping[str, Callable[[Any, Any], Condition]] = {
    "=": lambda one, other: one == other,
    "<>": lambda one, other: one != other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}
# The same seen from the other side.
_TURNED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_SPATIAL = {
    "s_intersects": "ST_Intersects",
    "s_equals": "ST_Equals",
    "s_disjoint": "ST_Disjoint",
    "s_touches": "ST_Touches",
    "s_within": "ST_Within",
    "s_overlaps": "ST_Overlaps",
    "s_crosses": "ST_Crosses",
    "s_contains": "ST_Contains",
}
_OF_COLLECTIONS = {"s_intersects", "s_disjoint"}


class BadFilter(OpsError):
    """A filter can't be understood; the sentence says where and what to do."""

    def __init__(self, said: str, field: str = "filter") -> None:
        super().__init__(said, {field: [said]})


def condition(collection: Collection, node: Node, filter_crs: str) -> Condition:
    """Turn a CQL2 expression, as its JSON has it, to a condition on a collection."""
    return _Reader(collection, filter_crs).condition(node)


def equals(found: Property, text: str, field: str) -> Condition:
    """Compare a property with what an address asks for."""
    return found.value == read_value(found, text, field)


def read_value(found: Property | Question, text: str, field: str) -> Any:
    """Read what an address asks for."""
    try:
        return _from_text(found, text)
    except ValueError as error:
        raise BadFilter(f"{field}={text} {error}", field) from None


def from_moment(text: str) -> tuple[dt.datetime, dt.datetime]:
    """Read a moment, or a day in London, as the span from its first tick to its last."""
    if len(text) <= len("2026-01-01"):
        day = dt.date.fromisoformat(text)
        after = first_moment(day + dt.timedelta(days=1)).astimezone(dt.UTC)
        return first_moment(day).astimezone(dt.UTC), after - _TICK
    moment = dt.datetime.fromisoformat(text.upper())
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone, such as 2026-11-02T12:00:00Z.")
    moment = moment.astimezone(dt.UTC)
    return moment, moment


def as_moment(value: Any) -> Any:
    """Give a column's time as a moment; a day is the moment at which it begins in London."""
    if not isinstance(value.type, sa.Date):
        return value
    midnight = sa.cast(value, sa.DateTime)
    return sa.func.timezone("Europe/London", midnight, type_=sa.DateTime(timezone=True))


def _from_text(found: Property | Question, text: str) -> Any:
    """Read a value of a property's own type; a `ValueError` says what it should have been."""
    match found.type:
        case "id":
            try:
                return uuid.UUID(text)
            except ValueError:
                raise ValueError("is no id: give it whole.") from None
        case "number":
            try:
                number = float(text)
            except ValueError:
                raise ValueError("is no number.") from None
            return _number(number)
        case "moment" | "day":
            try:
                begins, _ = from_moment(text)
                return begins if found.type == MOMENT else dt.date.fromisoformat(text[:10])
            except (ValueError, OverflowError):
                said = "is no moment: write it as 2026-11-02T12:00:00Z, or a day as 2026-11-02."
                raise ValueError(said) from None
        case "boolean":
            if text not in ("true", "false"):
                raise ValueError("is neither true nor false.")
            return text == "true"
        case _:
            return text


def _number(number: float) -> float:
    if not abs(number) <= _LARGEST:
        raise ValueError("is no number that anything here has.")
    return number


class _Reader:
    """Reads one expression, of one collection."""

    def __init__(self, collection: Collection, filter_crs: str) -> None:
        self.collection, self.crs = collection, filter_crs

    def condition(self, node: Node) -> Condition:
        """Give an expression that is true or false."""
        if isinstance(node, bool):
            return sa.true() if node else sa.false()
        if not isinstance(node, dict):
            raise BadFilter("A filter compares properties, such as kind = 'arrest'.")
        if "property" in node:
            found = self.property(node)
            if found.type != BOOLEAN:
                raise BadFilter(f"Compare {node['property']} with something.")
            return sa.type_coerce(found.value, sa.Boolean)
        name, args = str(node.get("op", "")).lower(), list(node.get("args", []))
        if name in _SPATIAL.keys() | spans.COMPARED.keys() and len(args) != 2:
            raise BadFilter(f"{name.upper()} compares two.")
        return self._function(name, node)(name, args)

    def _function(self, name: str, node: Node) -> Callable[[str, list[Node]], Condition]:
        if name in ("and", "or", "not"):
            return self._joined
        if name in _COMPARED:
            return self._compared
        if name in _SPATIAL:
            return self._spatial
        if name in spans.COMPARED:
            return self._temporal
        others = {
            "between": self._between,
            "in": self._among,
            "like": self._like,
            "isnull": self._is_null,
        }
        if name not in others:
            raise BadFilter(f"{str(node.get('op'))[:40]!r} can't be asked here.")
        return others[name]

    def property(self, node: Node) -> Property:
        """Find a declared property, or refuse what is none."""
        name = node.get("property") if isinstance(node, dict) else None
        found = self.collection.properties.get(str(name))
        if found is None:
            what = f"{str(name)[:40]!r} is no property" if name else "This is no property"
            raise BadFilter(f"{what} of {self.collection.id}; see its queryables.")
        return found

    def _joined(self, name: str, args: list[Node]) -> Condition:
        parts = [self.condition(each) for each in args]
        if name == "not":
            return sa.not_(parts[0])
        return sa.and_(*parts) if name == "and" else sa.or_(*parts)

    def _compared(self, name: str, args: list[Node]) -> Condition:
        left, right = args
        if not _names_property(left):
            left, right, name = right, left, _TURNED[name]
        value, found = self._side(left)
        return _COMPARED[name](value, self._value(found, right))

    def _between(self, _name: str, args: list[Node]) -> Condition:
        value, found = self._side(args[0])
        low, high = (self._value(found, each) for each in args[1:])
        return sa.and_(value >= low, value <= high)

    def _among(self, _name: str, args: list[Node]) -> Condition:
        value, found = self._side(args[0])
        return value.in_([self._value(found, each) for each in args[1]])

    def _like(self, _name: str, args: list[Node]) -> Condition:
        value, found = self._side(args[0])
        if found.type != TEXT:
            raise BadFilter("LIKE is for text.")
        # Whatever is behind the last backslash is missing, and the database would refuse it.
        pattern = self._value(found, args[1])
        plain = args[1]["args"][0] if _is_casei(args[1]) else args[1]
        if not isinstance(plain, str):
            raise BadFilter("A pattern is text in single quotes.")
        if (len(plain) - len(plain.rstrip("\\"))) % 2:
            raise BadFilter("A pattern can't end in a single backslash.")
        return value.like(pattern)

    def _is_null(self, _name: str, args: list[Node]) -> Condition:
        node = args[0]
        if isinstance(node, dict) and node.get("property") == GEOMETRY:
            return self.collection.geometry.is_(None)
        return self.property(node).value.is_(None)

    def _side(self, node: Node) -> tuple[Any, Property]:
        """Give the side of a comparison that is a property, perhaps in small letters."""
        if _is_casei(node):
            found = self.property(node["args"][0])
            if found.type != TEXT:
                raise BadFilter("CASEI is for text.")
            return sa.func.lower(found.value), found
        found = self.property(node)
        return found.value, found

    def _value(self, found: Property, node: Node) -> Any:
        """Give the side of a comparison that is a value, of the property's own type."""
        if _is_casei(node):
            return sa.func.lower(self._value(found, node["args"][0]))
        if isinstance(node, dict):
            node = node.get("timestamp") or node.get("date") or node
        wrong = BadFilter(f"{found.title} is compared with {_NEEDS[found.type]}.")
        try:
            if found.type == NUMBER and _is_number(node):
                return _number(node)
            if found.type == BOOLEAN and isinstance(node, bool):
                return node
            if found.type not in (NUMBER, BOOLEAN) and isinstance(node, str):
                return _from_text(found, node)
        except ValueError:
            raise wrong from None
        raise wrong

    def _spatial(self, name: str, args: list[Node]) -> Condition:
        left, right = args
        is_turned = not _names_property(left)
        if is_turned:
            left, right = right, left
        if left.get("property") != GEOMETRY if isinstance(left, dict) else True:
            raise BadFilter(f"Places are compared by the property {GEOMETRY!r}.")
        shape = self._shape(right)
        if shape.geom_type == "GeometryCollection" and name not in _OF_COLLECTIONS:
            raise BadFilter("A collection of shapes can be intersected, and no more.")
        literal: Any = from_shape(shape, SRID)
        own = self.collection.geometry
        compare = getattr(sa.func, _SPATIAL[name])
        exact: Condition = compare(literal, own) if is_turned else compare(own, literal)
        # The boxes first: an index serves them, and before a policy nothing else is asked.
        return exact if name == "s_disjoint" else own.op("&&")(literal) & exact

    def _shape(self, node: Node) -> crs.Shape:
        if isinstance(node, dict) and "bbox" in node:
            sides = node["bbox"]
            if len(sides) not in (4, 6) or not all(map(_is_number, sides)):
                raise BadFilter("A BBOX has four numbers, or six with heights.")
            parts = crs.box(_flat(sides), self.crs)
            return parts[0] if len(parts) == 1 else shapely.union_all(parts)
        try:
            shape = shapely.force_2d(shapely.geometry.shape(node))
        except (ValueError, TypeError, KeyError, AttributeError, shapely.errors.ShapelyError):
            raise BadFilter("A place is written as WKT, such as POINT(-2.24 53.48).") from None
        if shape.is_empty or not shapely.is_valid(shape):
            raise BadFilter(f"This shape is not valid: {shapely.is_valid_reason(shape)[:80]}.")
        return crs.in_degrees(shape, self.crs)

    def _temporal(self, name: str, args: list[Node]) -> Condition:
        return spans.COMPARED[name](*(self._span(each) for each in args))

    def _span(self, node: Node) -> spans.Span:
        """Give a time as its beginning and its end."""
        if isinstance(node, dict) and "interval" in node:
            if len(node["interval"]) != 2:
                raise BadFilter("An INTERVAL has a beginning and an end, such as ('..', '..').")
            first, last = node["interval"]
            return spans.Span(self._bound(first, 0, "-infinity"), self._bound(last, 1, "infinity"))
        if isinstance(node, dict) and "property" in node:
            moment = self._moment(node)
            return spans.Span(moment, moment)
        text = (node.get("timestamp") or node.get("date")) if isinstance(node, dict) else None
        if not isinstance(text, str):
            raise BadFilter("Write a time as TIMESTAMP('2026-11-02T12:00:00Z'), or as an INTERVAL.")
        begins, ends = _read_moment(text)
        return spans.Span(sa.literal(begins, _MOMENT), sa.literal(ends, _MOMENT))

    def _bound(self, node: Node, which: int, endless: str) -> Any:
        """Give one end of an interval; a property that is empty there has no end."""
        if isinstance(node, dict) and "property" in node:
            return sa.func.coalesce(self._moment(node), _ever(endless))
        text = node.get("timestamp") or node.get("date") if isinstance(node, dict) else node
        if text in ("..", ""):
            return _ever(endless)
        return sa.literal(_read_moment(str(text))[which], _MOMENT)

    def _moment(self, node: Node) -> Any:
        found = self.property(node)
        if found.type not in (MOMENT, DAY):
            raise BadFilter(f"{found.title} is no time.")
        return as_moment(found.value)


_MOMENT = sa.DateTime(timezone=True)
_NEEDS = {
    TEXT: "text in single quotes",
    ID: "a whole id in single quotes",
    NUMBER: "a number",
    BOOLEAN: "TRUE or FALSE",
    MOMENT: "TIMESTAMP('2026-11-02T12:00:00Z')",
    DAY: "DATE('2026-11-02')",
}


def _names_property(node: Node) -> bool:
    """Tell whether a side of a comparison is a property, also within CASEI."""
    if _is_casei(node):
        return _names_property(node["args"][0])
    return isinstance(node, dict) and "property" in node


def _is_casei(node: Node) -> bool:
    """Tell whether this is CASEI, and refuse one that is not of one text."""
    if not isinstance(node, dict) or str(node.get("op")).lower() != "casei":
        return False
    if len(node["args"]) != 1:
        raise BadFilter("CASEI takes one text, such as CASEI(name).")
    return True


def _is_number(node: Node) -> bool:
    return isinstance(node, (int, float)) and not isinstance(node, bool)


def _flat(numbers: list[float]) -> list[float]:
    """Leave out the heights of a box, which nothing here has."""
    return [*numbers[:2], *numbers[3:5]] if len(numbers) == 6 else numbers


def _ever(text: str) -> Any:
    return sa.cast(sa.literal(text, sa.Text), _MOMENT)


def _read_moment(text: str) -> tuple[dt.datetime, dt.datetime]:
    try:
        return from_moment(text)
    except (ValueError, OverflowError):
        raise BadFilter(f"{text[:40]!r} is no time: write 2026-11-02T12:00:00Z.") from None
