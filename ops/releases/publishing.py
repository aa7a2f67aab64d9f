"""Write a release, stand for it, and publish its figures; whoever calls commits."""

import datetime as dt
import decimal
import uuid
from collections.abc import Mapping
from typing import Any

from ops import db, wording
from ops.access import guard
from ops.errors import Invalid
from ops.operations.models import MARKINGS
from ops.outcomes.models import PublishedSet, ReportedFigure
from ops.releases import queries, rules
from ops.releases.models import Release
from ops.releases.pack import group_name, part_of

Frozen = Mapping[str, Any]
_KEPT_AS_TEXT = ("rounded",)


def draft(sent: Mapping[str, Any], frozen: Frozen) -> Release:
    """Begin a release of a snapshot."""
    actor = guard.actor()
    headlines = checked(sent["headlines"], frozen)
    return Release(
        id=db.new_id(),
        snapshot_id=uuid.UUID(frozen["id"]),
        organisation_id=actor.organisation_id,
        title=sent["title"],
        introduction=sent.get("introduction"),
        notes=sent.get("notes"),
        headlines=headlines,
        marking=sent.get("marking") or _marking(frozen),
        state="draft",
        made_by=actor.id,
        changed_by=actor.id,
    )


def change(release: Release, sent: Mapping[str, Any], frozen: Frozen) -> None:
    """Change what is written; it has to be approved anew."""
    rules.check_written(release)
    written = dict(sent)
    if "headlines" in written:
        written["headlines"] = checked(written["headlines"], frozen)
    for name, value in written.items():
        setattr(release, name, value)
    release.changed_by = guard.actor().id
    release.state, release.approved_by, release.approved_at = "draft", None, None


def approve(release: Release, now: dt.datetime) -> None:
    """Stand for what somebody else wrote."""
    rules.approve(release, guard.actor().id)
    release.state, release.approved_by, release.approved_at = "approved", guard.actor().id, now


def publish(release: Release, frozen: Frozen, now: dt.datetime) -> None:
    """Publish: each headline becomes a figure as published, tied to the release."""
    rules.publish(release)
    release.state, release.published_by, release.published_at = "published", guard.actor().id, now
    scope = _scope(release, frozen)
    days = {
        f"{name}_on": frozen[key] and dt.date.fromisoformat(frozen[key])
        for name, key in (("starts", "from"), ("ends", "to"))
    }
    made = PublishedSet(
        id=db.new_id(),
        code=f"release-{release.id}",
        title=release.title,
        publisher=scope["publisher"],
        release_id=release.id,
        **days,
    )
    db.session.add(made)
    db.session.flush()
    measures = {each["code"]: each for each in frozen["measures"]}
    for position, headline in enumerate(release.headlines):
        measure = measures[headline["measure"]]
        figure = part_of(measure, headline["part"])
        if figure is None or figure["value"] is None:
            raise Invalid(f"{measure['label']} has no figure in this snapshot.")
        is_part = headline["part"] is not None
        name = f": {group_name(figure, frozen['by'])}" if is_part else ""
        db.session.add(
            ReportedFigure(
                measure=measure["code"],
                label=measure["label"] + name,
                value=decimal.Decimal(headline["rounded"] or figure["value"]),
                unit=measure["unit"],
                qualifier=headline["said_as"] or figure.get("qualifier") or "exact",
                four_p=measure["four_p"],
                facets={frozen["by"]: headline["part"]} if is_part else {},
                as_at=wording.local(frozen["as_at"]).date(),
                source=f"{release.title}, published on {wording.short_day(now)}",
                set_id=made.id,
                position=position,
                organisation_id=scope["organisation_id"],
                operation_id=scope["operation_id"],
                created_by=guard.actor().id,
                **days,
            )
        )


def checked(headlines: list[Any], frozen: Frozen) -> list[dict[str, Any]]:
    """Refuse headlines that the snapshot doesn't have, or that say more than it does."""
    measures = {each["code"]: each for each in frozen["measures"]}
    for place, headline in enumerate(headlines):
        measure = measures.get(headline["measure"])
        figure = part_of(measure, headline["part"]) if measure else None
        if measure is None or figure is None:
            name = "part" if measure else "measure"
            said = "This snapshot has no such figure."
            raise Invalid(said, {"headlines": {str(place): {name: [said]}}})
        label = measure["label"]
        rules.check_rounding(label, {**figure, "unit": measure["unit"]}, headline)
    return [
        each | {name: each[name] and format(each[name], "f") for name in _KEPT_AS_TEXT}
        for each in headlines
    ]


def _marking(frozen: Frozen) -> str:
    """Give the highest marking of the operations in a snapshot."""
    operations = [uuid.UUID(each) for each in frozen["operations"]]
    found = db.session.scalars(queries.markings(operations)).all()
    return max(found, key=MARKINGS.index, default=MARKINGS[-1])


def _scope(release: Release, frozen: Frozen) -> dict[str, Any]:
    """Give whose figures these are: of the one operation, or of a whole organisation."""
    filters = frozen["filters"]
    is_whole = filters["organisation"] and not (
        filters["operation"] or filters["kind"] or filters["theme"]
    )
    row = db.session.execute(
        queries.scope(release, filters["organisation"] if is_whole else None)
    ).one()
    return dict(row._mapping)
