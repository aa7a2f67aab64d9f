"""Import the places of a gazetteer, all or none; the same file again adds nothing."""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.errors import Invalid
from ops.geo import gazetteer_file
from ops.geo.gazetteer_file import BadRow, Row

_LAYER = re.compile(r"[a-z][a-z0-9_]{0,39}")
# A file with everything wrong says so; its other faults are of the same sort.
_MOST_REFUSED = 1000
_INCOMING = """
create temporary table incoming_place (
    number bigint, code text, name text, kind text, postcode text, lon float8, lat float8,
    west float8, south float8, east float8, north float8
) on commit drop
"""
_COPY = "copy incoming_place from stdin"
# Of two rows under one code the last stands.
_WRITE = """
insert into place (id, layer, code, name, kind, postcode, point, bbox, source)
select distinct on (code) gen_random_uuid(), :layer, code, name, kind, postcode,
    ST_SetSRID(ST_MakePoint(lon, lat), 4326),
    case when west < east and south < north
        then ST_MakeEnvelope(west, south, east, north, 4326) end,
    :source
from incoming_place order by code, number desc
on conflict (layer, code) do update set
    name = excluded.name, kind = excluded.kind, postcode = excluded.postcode,
    point = excluded.point, bbox = excluded.bbox, source = excluded.source, imported_at = now()
where (place.name, place.kind, place.postcode, place.point::bytea, place.bbox::bytea)
    is distinct from (excluded.name, excluded.kind, excluded.postcode, excluded.point::bytea,
        excluded.bbox::bytea)
returning xmax = 0
"""


@dataclasses.dataclass
class Report:
    """What an import did."""

    read: int = 0
    added: int = 0
    changed: int = 0
    there: int = 0
    bad_rows: int = 0
    refused: list[str] = dataclasses.field(default_factory=list)


def load(path: Path, layer: str, source: str, *, good_rows: bool = False) -> Report:
    """Import a file's places; with a bad row none of them, unless `good_rows` will do."""
    if not _LAYER.fullmatch(layer):
        raise Invalid("A layer's name is small letters, digits and underscores, such as os_names.")
    report = Report()
    with db.transaction():
        connection = db.session.connection()
        connection.exec_driver_sql(_INCOMING)
        cursor: Any = connection.connection.cursor()
        with cursor, cursor.copy(_COPY) as copy:
            for row in _good(gazetteer_file.read(path), report):
                copy.write_row(row)
        if is_refused := bool(report.bad_rows and not good_rows):
            raise db.Undone
        written = connection.execute(sa.text(_WRITE), {"layer": layer, "source": source})
        for (is_new,) in written:
            report.added += is_new
            report.changed += not is_new
        connection.exec_driver_sql("drop table incoming_place")
        report.there = report.read - report.bad_rows - report.added - report.changed
    if is_refused:
        return report
    with db.transaction():
        # So that the first searches are as fast as the later ones.
        db.session.connection().exec_driver_sql("select gin_clean_pending_list('ix_place_name')")
        db.session.connection().exec_driver_sql("analyze place")
    return report


def _good(rows: Iterator[Row | BadRow], report: Report) -> Iterator[tuple[object, ...]]:
    """Give the rows that will do; note what is wrong with the others."""
    for row in rows:
        report.read += 1
        if isinstance(row, BadRow):
            report.bad_rows += 1
            if len(report.refused) < _MOST_REFUSED:
                report.refused.append(row.said)
            continue
        box = row.bbox or (None,) * 4
        said = (row.code, row.name, row.kind, row.postcode, row.lon, row.lat)
        yield report.read, *said, *box
