"""A new kind of result is one new file, and its table."""

import json
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

import alembic.command
import alembic.config
import pytest

ROOT = Path(__file__).parents[2]
KIND = '''
"""Searches of prison cells."""

import uuid

import marshmallow as ma
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model
from ops.results.fields import Code
from ops.results.kinds.base import Facet, Kind, Measure, Quantity, Scoped

WINGS = {"a": "A wing", "b": "B wing"}


class CellSearch(Scoped, Model):
    """A search of cells."""

    __tablename__ = "cell_search"

    result_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    wing: Mapped[str]
    cells: Mapped[int]


class CellSearchSchema(ma.Schema):
    """A search of cells"""

    wing = Code(WINGS, required=True)
    cells = ma.fields.Integer(required=True)


KINDS = (
    Kind(
        name="cell_search",
        label="Cell search",
        model=CellSearch,
        schema=CellSearchSchema(),
        facets={"wing": Facet("Wing", CellSearch.wing, WINGS)},
        quantities={"cells": Quantity("Cells", "count", CellSearch.cells)},
        measures=(Measure("cells_searched", "Cells searched", "pursue", sum="cells"),),
    ),
)
'''
PROGRAM = """
import json
import sys

import sqlalchemy as sa
from ops import create_app, db
from ops.config import Settings
from ops.results import measures, sheets
from ops.results.kinds import KINDS
from tests import factories

app = create_app(Settings(database_url=sys.argv[1]))
engine = app.extensions["engine"]
with engine.begin() as connection:
    KINDS["cell_search"].model.__table__.create(connection)
    measures.publish_built_ins(connection)
operation = factories.operation()
client = app.test_client()
headers = {"Authorization": f"Bearer {factories.token(factories.person())}"}
address = f"/api/v1/operations/{operation.id}"


def call(method, path, **sent):
    return client.open(path, method=method, headers=headers, **sent)


sent = {"kind": "cell_search", "occurred_at": "2026-11-02T12:00:00Z"}
logged = [
    call("POST", f"{address}/results", json=sent | {"detail": {"wing": wing, "cells": cells}})
    for wing, cells in (("a", 5), ("b", 7))
]
there = f"/api/v1/results/{logged[0].json['id']}"
etag = call("GET", there).headers["ETag"]
body = {"reason": "Miscounted", "detail": {"cells": 6}}
corrected = client.patch(there, json=body, headers=headers | {"If-Match": etag})
listed = call("GET", f"{address}/results?measure=cells_searched&wing=b")
outcomes = call("GET", f"{address}/outcomes?by=wing")
figures = {each["code"]: each for each in outcomes.json["measures"]}
print(json.dumps({
    "logged": [each.status_code for each in logged],
    "refused": call("POST", f"{address}/results", json=sent | {"detail": {}}).status_code,
    "corrected": corrected.json["detail"],
    "listed": [record["detail"] for record in listed.json],
    "figure": figures["cells_searched"]["value"],
    "template": sheets.csv_template(KINDS["cell_search"]),
    "documented": "CellSearchDetail" in call("GET", "/api/openapi.json").text,
}))
"""


@pytest.fixture
def database(cluster):
    name = f"test_kinds_{secrets.token_hex(4)}"
    cluster.create_database(name)
    configuration = alembic.config.Config(ROOT / "alembic.ini")
    configuration.attributes["url"] = cluster.url(name)
    alembic.command.upgrade(configuration, "head")
    yield cluster.url(name)
    cluster.drop_database(name)


def test_a_kind_is_one_file_beside_the_others_and_its_table(database, tmp_path):
    shutil.copytree(ROOT / "ops", tmp_path / "ops", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "static").symlink_to(ROOT / "static")
    (tmp_path / "ops" / "results" / "kinds" / "cell_searches.py").write_text(KIND)

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, database],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": f"{tmp_path}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["logged"] == [201, 201]
    assert said["refused"] == 422
    assert said["corrected"] == {"wing": "a", "cells": 6}
    assert said["listed"] == [{"wing": "b", "cells": 7}]
    assert said["figure"] == "13"
    assert "wing,cells" in said["template"]
    assert said["documented"]
