"""What the address of a list asks for, checked: nothing that is unknown is left out in silence."""

import dataclasses
import math
import re
import uuid
from collections.abc import Mapping, Set
from typing import Any

import flask
import sqlalchemy as sa
from geoalchemy2.shape import from_shape

from ops.errors import OpsError
from ops.geo.shapes import SRID
from ops.ogc import cql, crs, expressions
from ops.ogc.collections import Collection

# How many features a page has where nothing is said, and at most.
USUAL, MOST = 100, 1_000
FORMATS = {"json": "application/geo+json", "html": "text/html"}
# What lists of features are asked by, beside their own properties.
PARAMETERS = frozenset(
    {
        "f", "limit", "cursor", "bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang",
        "filter-crs",
    }
)  # fmt: skip
# A tile says itself where; which of the properties it carries, its reader may choose.
_OF_TILE = frozenset({"f", "datetime", "filter", "filter-lang", "filter-crs", "properties"})
# How features are shown, whichever they are.
_HOW = frozenset({"f", "limit", "cursor", "crs"})
_NUMBER = re.compile(r"[+-]?\d{1,9}")
_LONGEST_VALUE = 500
_NUL = "\x00"


@dataclasses.dataclass(frozen=True)
class Ask:
    """One page of a collection: which features, from where on, how many, in which coordinates."""

    conditions: tuple[sa.ColumnElement[bool], ...]
    after: uuid.UUID | None
    limit: int
    crs: str
    # What tells these conditions from any other: the same text asks for the same features.
    text: str
    # Whether its address asks for no features in particular.
    is_usual: bool


@dataclasses.dataclass(frozen=True)
class OfTile:
    """What a tile is to have: which features, and which of their properties."""

    conditions: tuple[sa.ColumnElement[bool], ...]
    properties: tuple[str, ...]
    text: str
    # Whether its address asks for nothing.
    is_usual: bool = False


def of_items(collection: Collection) -> Ask:
    """Read what is asked of a collection's features."""
    args = only(PARAMETERS | queryable(collection))
    return Ask(
        conditions=tuple(_conditions(collection, args)),
        after=_after(args.get("cursor")),
        limit=_limit(args.get("limit")),
        crs=crs.checked("crs", args.get("crs", crs.CRS84)),
        text=_text(args, _HOW),
        is_usual=args.keys() <= _HOW,
    )


def of_tile(collection: Collection) -> OfTile:
    """Read what is asked of a tile."""
    args = only(_OF_TILE | queryable(collection))
    named = args["properties"].split(",") if "properties" in args else collection.drawn_with
    names = tuple(dict.fromkeys(named))
    if unknown := [name for name in names if name not in collection.properties]:
        said = f"{unknown[0][:40]!r} is no property of {collection.id}; see its queryables."
        raise OpsError(said, {"properties": [said]})
    conditions = tuple(_conditions(collection, args))
    return OfTile(conditions, names, _text(args, {"f"}), is_usual=args.keys() <= {"f"})


def queryable(collection: Collection) -> Set[str]:
    """Name what a collection can be asked by, beside what each can."""
    return collection.properties.keys() | collection.questions.keys()


def _text(args: Mapping[str, str], how: Set[str]) -> str:
    """Tell what was asked from anything else; `how` features are shown does not say which."""
    return repr(sorted((name, value) for name, value in args.items() if name not in how))


def only(known: Set[str]) -> Mapping[str, str]:
    """Give the address's parameters; refuse one that is unknown, or there twice."""
    args = flask.request.args
    if unknown := [name for name in args if name not in known]:
        said = (
            f"There is no parameter {unknown[0][:40]!r} here; there are {', '.join(sorted(known))}."
        )
        raise OpsError(said, {unknown[0][:40]: ["Unknown parameter."]})
    for name, values in args.lists():
        if len(values) > 1:
            raise OpsError(f"Give {name} once.", {name: ["Given more than once."]})
        if name != "filter" and (len(values[0]) > _LONGEST_VALUE or _NUL in values[0]):
            raise OpsError(f"This is no value of {name}.", {name: ["Not a value."]})
    return args.to_dict()


def _conditions(collection: Collection, args: Mapping[str, str]) -> Any:
    if "bbox" in args:
        yield _in_box(collection, args["bbox"], args.get("bbox-crs", crs.CRS84))
    elif "bbox-crs" in args:
        crs.checked("bbox-crs", args["bbox-crs"])
    if "datetime" in args:
        yield _at(collection, args["datetime"])
    yield from _filtered(collection, args)
    for name, question in collection.questions.items():
        if name in args:
            yield question.condition(expressions.read_value(question, args[name], name))
        elif question.usual is not None:
            yield question.condition(question.usual)
    for name, found in collection.properties.items():
        if name in args:
            yield expressions.equals(found, args[name], name)


def _filtered(collection: Collection, args: Mapping[str, str]) -> Any:
    if args.get("filter-lang", "cql2-text") != "cql2-text":
        said = "Filters are written in cql2-text."
        raise OpsError(said, {"filter-lang": [said]})
    filter_crs = crs.checked("filter-crs", args.get("filter-crs", crs.CRS84))
    if "filter" in args:
        yield expressions.condition(collection, cql.read(args["filter"]), filter_crs)


def _limit(text: str | None) -> int:
    """Read how many; more than there is on a page is as many as there is, as the standard says."""
    if text is None:
        return USUAL
    if not _NUMBER.fullmatch(text) or int(text) < 1:
        said = "A limit is a whole number from 1."
        raise OpsError(said, {"limit": [said]})
    return min(int(text), MOST)


def _after(text: str | None) -> uuid.UUID | None:
    if text is None:
        return None
    try:
        return uuid.UUID(text)
    except ValueError:
        said = "This cursor is not one of ours; follow the link to the next page."
        raise OpsError(said, {"cursor": [said]}) from None


def _in_box(collection: Collection, text: str, uri: str) -> sa.ColumnElement[bool]:
    parts = crs.box(_numbers(text), crs.checked("bbox-crs", uri))
    return sa.or_(*(_meets(collection.geometry, from_shape(part, SRID)) for part in parts))


def _meets(geometry: Any, shape: Any) -> sa.ColumnElement[bool]:
    # A point is in a box as soon as its own box is, which an index knows.
    return geometry.op("&&")(shape) & sa.func.ST_Intersects(geometry, shape)


def _numbers(text: str) -> list[float]:
    """Read the sides of a box; heights are left out, since nothing here has one."""
    try:
        numbers = [float(each) for each in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in (4, 6) or not all(map(math.isfinite, numbers)):
        said = "A bbox is four numbers, such as -2.3,53.4,-2.1,53.6, or six with heights."
        raise OpsError(said, {"bbox": [said]})
    return numbers if len(numbers) == 4 else [*numbers[:2], *numbers[3:5]]


def _at(collection: Collection, text: str) -> sa.ColumnElement[bool]:
    """Tell whether a feature's time meets a moment or a span; one without a time meets any."""
    first, slash, last = text.partition("/")
    begins, ends = _moment(first, 0), _moment(last if slash else first, 1)
    if (begins is None and ends is None) or (begins and ends and begins > ends):
        raise _no_time(text)
    if collection.begins is None or collection.ends is None:
        return sa.true()
    own_begin = expressions.as_moment(collection.begins)
    own_end = expressions.as_moment(collection.ends)
    meets: list[sa.ColumnElement[bool]] = [sa.true()]
    if ends is not None:
        meets.append(sa.func.coalesce(own_begin <= ends, True))
    if begins is not None:
        meets.append(sa.func.coalesce(own_end >= begins, True))
    return sa.and_(*meets)


def _moment(text: str, which: int) -> Any:
    if text in ("..", ""):
        return None
    try:
        # A plus that was not encoded has come as a blank.
        return expressions.from_moment(text.replace(" ", "+"))[which]
    except (ValueError, OverflowError):
        raise _no_time(text) from None


def _no_time(text: str) -> OpsError:
    said = (
        "A time is 2026-11-02T12:00:00Z, a day as 2026-11-02, or two of these with a slash"
        " between; .. is without an end."
    )
    return OpsError(f"{text[:60]!r} is no time. {said}", {"datetime": [said]})
