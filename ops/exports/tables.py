"""What a kind of result is as a table: one row a record, one column a field, codes with labels.

The same columns make the files that are taken away and the views that analysts read.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import JSONB

from ops.access.models import Organisation, Person
from ops.db import Model, Query
from ops.geo.fields import DIGITS
from ops.operations.models import Operation
from ops.results.kinds import KINDS
from ops.results.kinds.base import Kind
from ops.results.log_fields import YES_NO, Asked, labels
from ops.results.models import STATUSES, Result
from ops.results.records import columns_of, names_a_person

KIND_LABELS = {name: kind.label for name, kind in KINDS.items()}
# What a spreadsheet program takes for the beginning of a formula, also in the wide letters
# that it narrows as it reads.
FORMULA = "=+-@\t\r\n＝＋－＠"
# Between several codes of one cell, as an import reads them.
BETWEEN = "; "
# What the name of a column says of its unit.
_UNITS = {"_m": "metres", "_g": "grams", "_gbp": "GBP", "_minutes": "minutes", "_hours": "hours"}
OPERATION = orm.aliased(Operation, name="led_by")
_PERSON = orm.aliased(Person, name="recorder")
_ORGANISATION = orm.aliased(Organisation, name="recorder_of")


@dataclasses.dataclass(frozen=True)
class Column:
    """One column: its name, what it is called, of which sort it is, and how it is read.

    A sort is `text`, `whole`, `number`, `degrees`, `moment`, `day` or `yes_no`.
    """

    name: str
    label: str
    sort: str
    value: Any
    unit: str = ""
    says: str = ""
    codes: Mapping[str, str] = dataclasses.field(default_factory=dict)
    # Whether it is of a list of ours, and nothing that somebody typed.
    is_ours: bool = False


@dataclasses.dataclass(frozen=True)
class Table:
    """Records of one kind, or of any; or the rows of a list inside the records of a kind."""

    name: str
    label: str
    columns: Sequence[Column]
    # The kind's table and, of a list, the table of its rows.
    model: type[Model] | None = None
    kind: str | None = None
    rows: str | None = None

    @property
    def is_list(self) -> bool:
        """Tell whether a record can have many rows here, or none."""
        return self.rows is not None

    def select(
        self, query: Query, found: sa.FromClause, write: Callable[[Column], Any] | None = None
    ) -> Query:
        """Read these columns of the records that a list finds, in the order in which they happened.

        Two more come first: the id of the operation, and that of the record. `write` says how
        else a column is written than as it is.
        """
        read = (
            query.with_only_columns(
                sa.cast(found.c.operation_id, sa.Text).label("_operation"),
                sa.cast(found.c.id, sa.Text).label("_id"),
                *(
                    (write(column) if write else column.value).label(column.name)
                    for column in self.columns
                ),
            )
            .outerjoin(OPERATION, OPERATION.id == found.c.operation_id)
            .outerjoin(_PERSON, _PERSON.id == found.c.recorded_by)
            .outerjoin(_ORGANISATION, _ORGANISATION.id == _PERSON.organisation_id)
        )
        order: list[Any] = [found.c.occurred_at, found.c.id]
        if self.model is not None:
            own = self.model.__table__
            # A record whose content was erased is a record still.
            read = read.join(own, own.c.result_id == found.c.id, isouter=not self.is_list)
            read = read.where(found.c.kind == self.kind)
            order += [own.c.position] if self.is_list else []
        return read.order_by(None).order_by(*order)


def common(found: sa.FromClause) -> Table:
    """Give the table of what records of any kind have."""
    return Table("result", "Results", list(_common(found)))


def of_kind(kind: Kind, found: sa.FromClause) -> Table:
    """Give the table of a kind's records."""
    own = list(_own(kind.name, kind.model, labels(kind).values(), _units(kind)))
    return Table(kind.name, kind.label, [*_common(found), *own], kind.model, kind.name)


def of_list(kind: Kind, name: str, found: sa.FromClause) -> Table:
    """Give the table of the rows of a list inside a kind's records."""
    model, field = kind.children[name], labels(kind)[name]
    columns = [
        *(each for each in _common(found) if each.name in _OF_ROWS),
        Column(
            "row_number", "Which row of the record, from 0", "whole", model.__table__.c.position
        ),
        *_own(kind.name, model, field.columns, {}),
    ]
    title = f"{kind.label}: {field.words.label.lower()}"
    return Table(f"{kind.name}_{name}", title, columns, model, kind.name, name)


def every(found: sa.FromClause) -> Iterator[Table]:
    """Give the table of each kind, and behind it those of its lists."""
    for kind in KINDS.values():
        yield of_kind(kind, found)
        for name in lists(kind):
            yield of_list(kind, name, found)


def lists(kind: Kind) -> Sequence[str]:
    """Name the lists inside a kind's records that have columns to show."""
    shown = labels(kind)
    return [name for name in kind.children if name in shown and shown[name].columns]


# Of the record around a row, what tells which one it is.
_OF_ROWS = {"id", "operation", "marking", "occurred_at", "status"}


def _common(found: sa.FromClause) -> Iterator[Column]:
    at = found.c
    text = sa.Text
    yield Column(
        "id", "Record", "text", sa.cast(at.id, text), says="Its id, for ever the same", is_ours=True
    )
    yield Column("operation", "Operation", "text", OPERATION.reference, says="Its reference")
    yield Column("operation_name", "Name of the operation", "text", OPERATION.name)
    yield Column("marking", "Marking", "text", OPERATION.marking, says="Of the operation")
    yield from coded(Column("kind", "Kind", "text", at.kind, codes=KIND_LABELS))
    yield Column("occurred_at", "When it happened", "moment", at.occurred_at)
    yield from coded(Column("status", "Status", "text", at.status, codes=STATUSES))
    yield Column("district", "District", "text", at.district, says="The ONS code of its boundary")
    for name, label, read in (
        ("longitude", "Longitude", sa.func.ST_X),
        ("latitude", "Latitude", sa.func.ST_Y),
    ):
        degrees = sa.cast(read(at.point), sa.Double)
        yield Column(name, label, "degrees", degrees, "degrees", "WGS 84 (EPSG:4326)")
    yield Column("accuracy_m", "Accuracy of the position", "number", at.accuracy_m, "metres")
    yield Column("deployment", "Deployment", "text", sa.cast(at.deployment_id, text), says="Its id")
    yield Column("note", "Note", "text", at.note)
    yield Column("recorded_at", "When it was recorded", "moment", at.recorded_at)
    yield Column("recorded_by", "Recorded by", "text", _PERSON.name)
    yield Column("organisation", "Organisation of who recorded it", "text", _ORGANISATION.code)
    yield Column("confirmed_at", "When it was confirmed", "moment", at.confirmed_at)
    yield Column("struck_at", "When it was struck", "moment", at.struck_at)
    yield Column("struck_reason", "Why it was struck", "text", at.struck_reason)
    yield Column("version", "Version", "whole", at.version, says="1 as it was first recorded")


def _own(kind: str, model: type[Model], fields: Any, units: Mapping[str, str]) -> Iterator[Column]:
    """Give the columns of a kind's own table: of each field that has one."""
    known = columns_of(model)
    for field in fields:
        if (stored := known.get(field.name)) is None:
            continue  # The rows of a list, which have a table of their own.
        name = f"{kind}_{field.name}" if field.name in TAKEN else field.name
        sort, value = _read(field, stored)
        unit = units.get(stored.name) or next(
            (unit for end, unit in _UNITS.items() if name.endswith(end)), ""
        )
        says = field.words.hint
        codes = field.options if sort == "text" else {}
        column = Column(name, field.words.label, sort, value, unit, says, codes)
        yield from coded(column, is_many=field.sort == "codes", stored=stored)


def _read(field: Asked, stored: sa.Column[Any]) -> tuple[str, sa.ColumnElement[Any]]:
    """Tell of which sort a field's column is, and how it is written."""
    value: sa.ColumnElement[Any] = stored
    if names_a_person(stored):
        person = orm.aliased(Person)
        return "text", sa.select(person.name).where(person.id == stored).scalar_subquery()
    match field.sort:
        case "moment" | "day":
            return field.sort, value
        case "number":
            return ("number" if isinstance(stored.type, sa.Numeric) else "whole"), value
        case "code" if field.options == YES_NO:
            return "yes_no", value
        case "codes" | "texts":
            return "text", sa.func.array_to_string(stored, BETWEEN)
        case "record":
            return "text", sa.cast(stored, sa.Text)
        case "outline":
            return "text", sa.func.ST_AsText(stored, DIGITS)
        case _:
            return "text", value


def coded(
    column: Column, *, is_many: bool = False, stored: sa.ColumnElement[Any] | None = None
) -> Iterator[Column]:
    """Give a column, and behind it the labels of its codes."""
    yield column
    if not column.codes:
        return
    known: sa.ColumnElement[Any] = sa.cast(
        sa.literal(orjson.dumps(dict(column.codes)).decode(), sa.Text()), JSONB
    )
    code: Any = column.value
    if is_many:
        each = sa.func.unnest(stored).table_valued("code", name="each_code").render_derived()
        code = each.c.code
    label: Any = sa.func.coalesce(known.op("->>", return_type=sa.Text())(code), code)
    if is_many:
        label = sa.func.array_to_string(
            sa.func.array(sa.select(label).select_from(each).scalar_subquery()), BETWEEN
        )
    yield Column(f"{column.name}_label", f"{column.label}, in words", "text", label, is_ours=True)


def _units(kind: Kind) -> Mapping[str, str]:
    """Give the unit of each column of a kind that a measure adds up, where it has but one."""
    return {
        quantity.value.name: quantity.unit
        for quantity in kind.quantities.values()
        if isinstance(quantity.value, orm.InstrumentedAttribute)
    }


# The names that every record has, which a kind's own fields must not take.
TAKEN = frozenset(each.name for each in _common(Result.__table__))
