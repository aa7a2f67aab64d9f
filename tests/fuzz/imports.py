"""Files of results and of figures, whole: to the database and, where a row is bad, nothing."""

import random
import tempfile
from pathlib import Path

from ops import db
from ops.operations.models import Operation
from ops.outcomes import reported_file
from ops.results import importing
from tests.fuzz import odd, tables
from tests.fuzz.grammar import REFUSALS, Grammar
from tests.fuzz.house import house

REPORTED = ("measure", "value", "unit", "qualifier", "as_at", "source", "operation", "facets.drug")


def _reported(r: random.Random) -> bytes:
    head = [*REPORTED, *(["organisation"] if r.random() < 0.3 else [])]
    usual = ["arrests", "39", "count", "exact", "2026-11-01", "Force", "zqplanopen-1", "", "GMP"]
    lines = [
        [word if r.random() < 0.9 else tables.cell(r) for word in usual[: len(head)]]
        for _ in range(r.choice((1, 1, 2, 4)))
    ]
    return tables.csv_of(r, [head, *lines])


def make(r: random.Random) -> bytes:
    """Draw a file of either sort; half of them are not damaged."""
    what = r.choice(("results", "results", "good_rows", "reported"))
    body = _reported(r) if what == "reported" else tables.csv_of(r, tables.rows(r, "results"))
    return what.encode() + b"\n" + odd.mutated(r, body, 0.15)


def take(content: bytes) -> bool:
    """Import it, see that a refusal stored nothing, and undo it."""
    what, _, body = content.partition(b"\n")
    here = house()
    with here.app.app_context(), here.undoing():
        before = here.kept()
        try:
            is_taken = _import(what.decode(), body)
        except (*REFUSALS, UnicodeDecodeError):
            is_taken = False
        db.session.rollback()
        assert is_taken or here.kept() == before, "a refused file left something"
        return is_taken


def _import(what: str, body: bytes) -> bool:
    if what == "reported":
        figures = reported_file.read(body.decode("utf-8-sig"))
        with db.transaction():
            reported_file.load(figures)
        return True
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(body)
        file.flush()
        operation = db.session.get_one(Operation, house().operation)
        good_rows = what == "good_rows"
        report = importing.load(Path(file.name), operation, house().person, good_rows=good_rows)
    return bool(report.added) or not report.bad_rows


GRAMMAR = Grammar(make, take)
