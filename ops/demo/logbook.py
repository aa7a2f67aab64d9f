"""The records of the demonstration: logged as any program would, and taken away again."""

import datetime as dt
import itertools
import uuid
from collections.abc import Iterator

import sqlalchemy as sa

from ops import db
from ops.db import Model
from ops.demo import enforcement, partnership, weeks
from ops.demo.entries import Entry, Payload
from ops.demo.identity import id_of
from ops.demo.people import email_of
from ops.demo.programme import VULCAN
from ops.results import batch, confirmations, logging, rules
from ops.results.kinds import KINDS
from ops.results.kinds.disruptions import Disruption, DisruptionAssessment
from ops.results.models import Confirmation, Credit, LikelyDouble, Result
from ops.results.schemas import ResultSchema


def load() -> None:
    """Log what is not there yet, then confirm and strike what is new."""
    for reference, entries in itertools.groupby(_entries(), lambda entry: entry.reference):
        _load(reference, list(entries))


def remove() -> None:
    """Take the records away again, with all that came with them."""
    ids = list(result_ids())
    vulcan = Credit.operation_id == id_of("operation", VULCAN)
    db.session.execute(sa.delete(Credit).where(Credit.result_id.in_(ids), vulcan))
    db.session.execute(sa.delete(Confirmation).where(Confirmation.result_id.in_(ids)))
    doubles = LikelyDouble.result_id.in_(ids) | LikelyDouble.other_id.in_(ids)
    db.session.execute(sa.delete(LikelyDouble).where(doubles))
    kinds = {
        model.__table__
        for kind in KINDS.values()
        for model in (kind.model, *kind.children.values())
    }
    # What names another record goes first.
    for table in reversed(Model.metadata.sorted_tables):
        if table in kinds:
            db.session.execute(sa.delete(table).where(table.c.result_id.in_(ids)))
    db.session.execute(sa.delete(Result).where(Result.id.in_(ids)))


def result_ids() -> Iterator[uuid.UUID]:
    """Give the id of each record."""
    for entry in _entries():
        yield uuid.UUID(entry.payload["id"])


def _entries() -> Iterator[Entry]:
    yield from weeks.entries()
    yield from partnership.entries()
    yield from enforcement.entries()


def _load(reference: str, entries: list[Entry]) -> None:
    officer, lead = (id_of("person", email_of(role)) for role in ("officer", "lead"))
    items = [
        logging.prepare(id_of("operation", reference), sent, recorded_at=sent["occurred_at"])
        for sent in (ResultSchema().load(entry.payload) for entry in entries)
    ]
    for entry, logged in zip(entries, batch.log_items(items, officer), strict=True):
        if logged.refusal is not None:
            raise logged.refusal
        if logged.outcome != "created":
            continue
        result = db.find(Result, uuid.UUID(entry.payload["id"]), "result")
        later = result.occurred_at + dt.timedelta(days=1)
        if entry.assessed:
            _assess(result.id, lead, entry.assessed)
        if entry.struck:
            rules.strike(result, entry.struck, lead, later)
        elif entry.is_confirmed:
            confirmations.confirm(result, None, lead, later)


def _assess(disruption_id: uuid.UUID, by: uuid.UUID, assessed: Payload) -> None:
    """Write an assessment in the name of somebody other than the claimant."""
    row = DisruptionAssessment(result_id=disruption_id, position=0, assessed_by=by, **assessed)
    disruption = db.find(Disruption, disruption_id, "result")
    disruption.level = disruption.level_assessed = assessed["level"]
    db.session.add(row)
    db.session.flush()
