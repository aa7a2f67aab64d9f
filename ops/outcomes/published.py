"""Result sets as somebody published them: compared with what is here, and kept."""

import collections
import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.outcomes import rules
from ops.outcomes.checks import Figure, verdict
from ops.outcomes.models import PublishedSet, ReportedFigure
from ops.results.kinds.base import FOUR_PS


@dataclasses.dataclass
class Tally:
    """What loading a file did, in sets and in figures."""

    sets: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    figures: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    # What is told of one set each: which changed, and which checks do not hold.
    changed: list[str] = dataclasses.field(default_factory=list)
    doubts: list[str] = dataclasses.field(default_factory=list)


def load(sets: Sequence[dict[str, Any]]) -> Tally:
    """Keep what is new, change what changed, withdraw what is gone, and say so.

    The caller's transaction decides; the ledger keeps what each row was before.
    """
    tally = Tally()
    codes = [given["code"] for given in sets]
    known = {
        row.code: row
        for row in db.session.scalars(
            sa.select(PublishedSet)
            .where(PublishedSet.code.in_(codes))
            .order_by(PublishedSet.code)
            .with_for_update()
        )
    }
    held = collections.defaultdict(list)
    for figure in db.session.scalars(
        sa.select(ReportedFigure)
        .where(ReportedFigure.set_id.in_([row.id for row in known.values()]))
        .order_by(ReportedFigure.position, ReportedFigure.id)
    ):
        held[figure.set_id].append(figure)
    for given in sets:
        fields, figures = _rows(given)
        row = known.get(given["code"])
        if row is None:
            row = PublishedSet(id=db.new_id(), **fields)
            db.session.add(row)
            verb = "added"
        else:
            verb = "changed" if _changes(row, fields) else "already there"
        did = _reconcile(row, figures, held[row.id])
        if verb == "already there" and did.keys() - {verb}:
            verb = "changed"
        tally.sets[verb] += 1
        tally.figures += did
        if verb == "changed":
            tally.changed.append(f"{row.code}: {_counted(did) or 'its description'}")
        tally.doubts += _doubts(row, figures)
    return tally


def _rows(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Give the columns of a set and of each of its figures."""
    optional: dict[str, Any] = {
        "area": None,
        "starts_on": None,
        "ends_on": None,
        "source_url": None,
        "checks": [],
    }
    fields = optional | {n: v for n, v in given.items() if n not in {"measures", "as_at"}}
    source = given.get("source_url") or given["publisher"]
    common = {
        "source": source,
        "starts_on": given.get("starts_on"),
        "ends_on": given.get("ends_on"),
        "as_at": given.get("as_at") or rules.true_at(source, given.get("ends_on")),
        "label": None,
        "note": None,
        "heading": None,
    }
    figures = [common | figure for figure in given["measures"]]
    for position, figure in enumerate(figures):
        heading = figure["heading"]
        figure |= {"position": position, "four_p": heading if heading in FOUR_PS else None}
    return fields, figures


def _reconcile(
    row: PublishedSet, figures: Sequence[dict[str, Any]], held: Sequence[ReportedFigure]
) -> collections.Counter[str]:
    """Make the figures of a set those of the file: one a part of a measure."""
    did: collections.Counter[str] = collections.Counter()
    waiting = collections.defaultdict(list)
    for figure in held:
        waiting[_part(figure.measure, figure.facets)].append(figure)
    for fields in figures:
        same = waiting[_part(fields["measure"], fields["facets"])]
        if same:
            did["changed" if _changes(same.pop(0), fields) else "already there"] += 1
        else:
            db.session.add(ReportedFigure(set_id=row.id, **fields))
            did["added"] += 1
    for gone in (figure for left in waiting.values() for figure in left):
        db.session.delete(gone)
        did["withdrawn"] += 1
    return did


def _changes(row: db.Model, fields: Mapping[str, Any]) -> bool:
    """Give a row these values, and tell whether any of them is new."""
    new = {name: value for name, value in fields.items() if getattr(row, name) != value}
    for name, value in new.items():
        setattr(row, name, value)
    return bool(new)


def _part(measure: str, facets: Mapping[str, Any]) -> tuple[str, str]:
    return measure, json.dumps(facets, sort_keys=True)


def _doubts(row: PublishedSet, figures: Sequence[dict[str, Any]]) -> list[str]:
    """Say which checks of a set do not hold for its figures."""
    spoken = [Figure(f["measure"], f["facets"], f["value"]) for f in figures]
    found = [verdict(text, spoken) for text in row.checks]
    return [f'{row.code}: "{v.text}": {v.because}' for v in found if v.holds is False]


def _counted(did: Mapping[str, int]) -> str:
    news = {verb: count for verb, count in did.items() if verb != "already there"}
    return ", ".join(
        f"{count} figure{'s' * (count > 1)} {verb}" for verb, count in sorted(news.items())
    )
