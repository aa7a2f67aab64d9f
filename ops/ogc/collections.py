"""The collections: what each holds, and which properties of it can be asked for."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from ops.access.models import Organisation
from ops.geo.models import AREA_PURPOSES, OVER, SITE_KINDS, Area, Boundary, Site
from ops.operations.map_queries import drawn_at
from ops.operations.models import (
    DEPLOYMENT_KINDS,
    DEPLOYMENT_STATUSES,
    Deployment,
    Operation,
)
from ops.results.kinds import KINDS
from ops.results.kinds.base import Kind
from ops.results.map_queries import led_or_supported
from ops.results.models import STATUSES, Result

Expression = sa.SQLColumnExpression[Any]

TEXT, ID, NUMBER, BOOLEAN, MOMENT, DAY = "text", "id", "number", "boolean", "moment", "day"


@dataclasses.dataclass(frozen=True)
class Property:
    """One property of a feature: shown, and there to be asked for by its name."""

    title: str
    value: Expression
    type: str = TEXT
    codes: Mapping[str, str] | None = None


@dataclasses.dataclass(frozen=True)
class Question:
    """What an address can ask of features though they do not carry it.

    One that has a usual answer is asked with it, too, where the address says nothing.
    """

    title: str
    condition: Callable[[Any], sa.ColumnElement[bool]]
    type: str = TEXT
    codes: None = None
    usual: Any = None


@dataclasses.dataclass(frozen=True)
class Outline:
    """What is kept of outlines for tiles: in Web Mercator, clockwise.

    `clearance` is by how many metres a corner may be moved before one is no longer valid;
    null is unknown.
    """

    drawn: Expression
    clearance: Expression


@dataclasses.dataclass(frozen=True, eq=False)
class Collection:
    """Features of one sort.

    `record` is what the ledger calls one of them; of none, that they were looked at is kept
    without their ids. `begins` and `ends` are its time; null is without an end there.
    """

    id: str
    title: str
    description: str
    source: Any
    key: Expression
    geometry: Expression
    shape: str
    properties: Mapping[str, Property]
    record: str | None = None
    operation: Expression | None = None
    where: tuple[sa.ColumnElement[bool], ...] = ()
    begins: Expression | None = None
    ends: Expression | None = None
    questions: Mapping[str, Question] = dataclasses.field(default_factory=dict)
    # The collection that this one is a part of, if any: its extent will do for this one too.
    part_of: str | None = None
    # What tiles are drawn from, if not from the geometry.
    outline: Outline | None = None

    @property
    def usual(self) -> tuple[sa.ColumnElement[bool], ...]:
        """Give the conditions that hold where an address asks nothing."""
        asked = self.questions.values()
        return tuple(each.condition(each.usual) for each in asked if each.usual is not None)

    @property
    def drawn_with(self) -> dict[str, Property]:
        """Give the properties that a tile carries where an address names none.

        The ids of other records would be half of a tile, and a map shows none of them.
        """
        return {name: each for name, each in self.properties.items() if each.type != ID}

    @property
    def is_of_points(self) -> bool:
        """Tell whether its features have no outline."""
        return self.shape == "point"


# The property of what belongs to one.
OPERATION = "operation"
_OPERATION = "The operation it belongs to"


def _areas() -> Collection:
    return Collection(
        "areas",
        "Areas",
        "Shapes that operations work in: target areas, cordons, patrols.",
        source=Area.__table__,
        key=Area.id,
        geometry=Area.geom,
        shape="multipolygon",
        record="area",
        operation=Area.operation_id,
        begins=Area.valid_from,
        ends=Area.valid_to,
        properties={
            OPERATION: Property(_OPERATION, Area.operation_id, ID),
            "name": Property("Name", Area.name),
            "purpose": Property("Purpose", Area.purpose, codes=AREA_PURPOSES),
            "valid_from": Property("Valid from", Area.valid_from, MOMENT),
            "valid_to": Property("Valid to", Area.valid_to, MOMENT),
        },
        questions={"is_over": Question("Whether their operation is over", _is_over, BOOLEAN)},
        outline=Outline(Area.__table__.c.drawn, Area.__table__.c.clearance),
    )


def _is_over(wanted: bool) -> sa.ColumnElement[bool]:
    over = sa.select(Operation.id).where(Operation.status.in_(OVER))
    return Area.operation_id.in_(over) if wanted else Area.operation_id.not_in(over)


def _sites() -> Collection:
    return Collection(
        "sites",
        "Sites",
        "Named places that everybody shares: prisons, premises, schools.",
        source=sa.outerjoin(Site, Organisation, Organisation.id == Site.organisation_id),
        key=Site.id,
        geometry=Site.point,
        shape="point",
        record="site",
        properties={
            "kind": Property("Kind", Site.kind, codes=SITE_KINDS),
            "name": Property("Name", Site.name),
            "address": Property("Address", Site.address),
            "organisation": Property("Organisation", Organisation.code),
            "operator": Property("Run by", Site.operator),
            "category": Property("Category", Site.category),
        },
    )


def _deployments() -> Collection:
    moment = sa.DateTime(timezone=True)
    starts_at = sa.func.lower(Deployment.during, type_=moment)
    ends_at = sa.func.upper(Deployment.during, type_=moment)
    point = drawn_at()
    source = sa.outerjoin(Deployment, Site, Site.id == Deployment.site_id)
    return Collection(
        "deployments",
        "Deployments",
        "People sent to one place for one window; in an area, drawn at a point within it.",
        source=source.outerjoin(Area, Area.id == Deployment.area_id),
        key=Deployment.id,
        geometry=point,
        shape="point",
        record="deployment",
        operation=Deployment.operation_id,
        where=(point.is_not(None),),
        begins=starts_at,
        ends=ends_at,
        properties={
            OPERATION: Property(_OPERATION, Deployment.operation_id, ID),
            "name": Property("Name", Deployment.name),
            "kind": Property("Kind", Deployment.kind, codes=DEPLOYMENT_KINDS),
            "status": Property("Status", Deployment.status, codes=DEPLOYMENT_STATUSES),
            "starts_at": Property("Starts at", starts_at, MOMENT),
            "ends_at": Property("Ends at", ends_at, MOMENT),
        },
    )


def _shared() -> dict[str, Property]:
    """Give the properties that every result has."""
    kinds = {kind.name: kind.label for kind in KINDS.values()}
    return {
        OPERATION: Property("The operation that led it", Result.operation_id, ID),
        "deployment": Property("Deployment", Result.deployment_id, ID),
        "kind": Property("Kind", Result.kind, codes=kinds),
        "occurred_at": Property("Occurred at", Result.occurred_at, MOMENT),
        "status": Property("Status", Result.status, codes=STATUSES),
        "accuracy_m": Property("Accuracy of the position in metres", Result.accuracy_m, NUMBER),
        "district": Property("Code of the district that holds it", Result.district),
        "recorded_at": Property("Recorded at", Result.recorded_at, MOMENT),
    }


def _with_struck(wanted: bool) -> sa.ColumnElement[bool]:
    return sa.true() if wanted else Result.status != "struck"


def _results() -> Collection:
    return Collection(
        "results",
        "Results",
        "What happened, wherever it has a position; what was struck only if asked for.",
        source=Result.__table__,
        key=Result.id,
        geometry=Result.point,
        shape="point",
        record="result",
        operation=Result.operation_id,
        where=(Result.point.is_not(None),),
        begins=Result.occurred_at,
        ends=Result.occurred_at,
        properties=_shared(),
        questions={
            "in_operation": Question(
                "The operation that led or supported them", led_or_supported, ID
            ),
            "struck": Question(
                "Whether also those that were struck", _with_struck, BOOLEAN, usual=False
            ),
        },
    )


def _of_kind(kind: Kind) -> Collection:
    """Give the results of one kind, with what that kind alone has."""
    own = {
        name: Property(facet.label, facet.value, codes=facet.codes)
        for name, facet in kind.facets.items()
        if not facet.is_many
    }
    sums = {
        name: Property(f"{each.label} ({each.unit})", each.value, NUMBER)
        for name, each in kind.quantities.items()
    }
    table: Any = kind.model.__table__
    return dataclasses.replace(
        _results(),
        id=f"results_{kind.name}",
        title=f"Results: {kind.label}",
        description=f"Results of the kind {kind.label!r}, with what is asked of that kind.",
        source=sa.join(Result, table, table.c.result_id == Result.id),
        properties={**own, **sums, **_shared()},
        part_of="results",
    )


def _boundaries() -> Collection:
    return Collection(
        "boundaries",
        "Boundaries",
        "Administrative outlines: districts, wards and other layers; of the general public.",
        source=Boundary.__table__,
        key=Boundary.id,
        geometry=Boundary.geom,
        shape="multipolygon",
        begins=Boundary.valid_from,
        ends=Boundary.valid_to,
        properties={
            "layer": Property("Layer, such as district or ward", Boundary.layer),
            "code": Property("Code", Boundary.code),
            "name": Property("Name", Boundary.name),
            "valid_from": Property("Valid from", Boundary.valid_from, DAY),
            "valid_to": Property("Valid to", Boundary.valid_to, DAY),
        },
    )


COLLECTIONS: Mapping[str, Collection] = {
    each.id: each
    for each in (
        _areas(),
        _sites(),
        _deployments(),
        _results(),
        *(_of_kind(kind) for kind in KINDS.values()),
        _boundaries(),
    )
}
