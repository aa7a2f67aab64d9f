"""Disruptions: claimed by who made them, assessed by somebody else, looked at again later.

The three levels, and what they say of impact and duration, are general knowledge, not checked
against the moderator's guide.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import marshmallow as ma
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ops.access.models import Person
from ops.db import Model
from ops.results.days import months_after
from ops.results.fields import Code, Day, Steps, Text, not_ahead
from ops.results.kinds.base import FOUR_PS, Detail, Facet, Key, Kind, Measure, Scoped
from ops.wording import LONDON, short_day, today

LEVELS = {"major": "Major", "moderate": "Moderate", "minor": "Minor"}
ASSESSED = LEVELS | {"none": "No disruption"}
TARGETS = {
    "group": "Organised crime group",
    "individual": "Priority individual",
    "vulnerability": "Vulnerability: a threat that enables others",
}
IMPACTS = {"significant": "Significant", "noticeable": "Noticeable", "minimal": "Minimal"}
DURATIONS = {"long": "Long", "medium": "Medium", "short": "Short"}
# What each level says of impact and duration.
READS_AS = {
    "major": ("significant", "long"),
    "moderate": ("noticeable", "medium"),
    "minor": ("minimal", "short"),
}
REVIEWS = {"3": "After 3 months", "6": "After 6 months", "12": "After 12 months"}
OUTCOMES = {
    "still_disrupted": "Still disrupted",
    "partly_recovered": "Partly recovered",
    "recovered": "Recovered",
}


class Disruption(Scoped, Model):
    """A disruption of a group, a person or a vulnerability, known by a log number.

    `level` is what counts: as it was assessed last, until then as it was claimed.
    `review_due` is the day of the next review that was not done.
    """

    __tablename__ = "disruption"
    __table_args__ = (
        sa.Index(None, "review_due", postgresql_where=sa.text("review_due is not null")),
    )

    result_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    four_p: Mapped[str]
    level_claimed: Mapped[str]
    target: Mapped[str]
    target_ref: Mapped[str | None] = mapped_column(index=True)
    what_was_done: Mapped[str | None]
    evidence: Mapped[str | None]
    impact: Mapped[str | None]
    duration: Mapped[str | None]
    disrupted_on: Mapped[dt.date]
    level: Mapped[str] = mapped_column(info={"wire": False})
    level_assessed: Mapped[str | None] = mapped_column(info={"wire": False})
    review_due: Mapped[dt.date | None]
    review_outcome: Mapped[str | None] = mapped_column(info={"wire": False})


class DisruptionAssessment(Scoped, Model):
    """One assessment; the database says whose: whoever wrote it, and never the claimant."""

    __tablename__ = "disruption_assessment"
    __table_args__ = (sa.CheckConstraint("assessed_by <> recorded_by", name="by_somebody_else"),)

    result_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("disruption.result_id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    on: Mapped[dt.date]
    level: Mapped[str]
    reasons: Mapped[str | None]
    assessed_by: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey(Person.id), server_default=sa.FetchedValue()
    )


class DisruptionReview(Scoped, Model):
    """A look, some months on, at whether the disruption lasted."""

    __tablename__ = "disruption_review"

    result_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("disruption.result_id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    after: Mapped[str]
    on: Mapped[dt.date]
    outcome: Mapped[str]
    note: Mapped[str | None]


class DisruptionAssessmentSchema(ma.Schema):
    """An assessment, by somebody other than who claimed the disruption"""

    on = Day(required=True, validate=not_ahead)
    level = Code(ASSESSED, required=True)
    reasons = Text(1000, allow_none=True)
    assessed_by = ma.fields.String(dump_only=True, metadata={"description": "Who assessed it"})

    @ma.pre_load
    def _take_back_what_was_read(self, given: Any, **_kwargs: object) -> Any:
        if not isinstance(given, Mapping):
            return given
        return {name: value for name, value in given.items() if name != "assessed_by"}


class DisruptionReviewSchema(ma.Schema):
    """A review of a disruption, three, six or twelve months on"""

    after = Code(REVIEWS, required=True)
    on = Day(required=True, validate=not_ahead)
    outcome = Code(OUTCOMES, required=True)
    note = Text(1000, allow_none=True)


class DisruptionSchema(ma.Schema):
    """A disruption as it is claimed; the target by a log number, never a name"""

    four_p = Code(FOUR_PS, required=True)
    level_claimed = Code(LEVELS, required=True)
    target = Code(TARGETS, required=True)
    target_ref = Text(50, allow_none=True)
    what_was_done = Text(2000, allow_none=True)
    evidence = Text(2000, allow_none=True)
    impact = Code(IMPACTS, allow_none=True)
    duration = Code(DURATIONS, allow_none=True)
    disrupted_on = Day(validate=not_ahead)
    assessments = Steps(ma.fields.Nested(DisruptionAssessmentSchema), most=20)
    reviews = Steps(ma.fields.Nested(DisruptionReviewSchema), most=len(REVIEWS))
    review_due = ma.fields.Date(dump_only=True)

    @ma.validates_schema(skip_on_field_errors=True)
    def _one_review_each(self, detail: Detail, **_kwargs: object) -> None:
        after = [review["after"] for review in detail.get("reviews") or []]
        if len(after) > len(set(after)):
            raise ma.ValidationError("Give one review for each of 3, 6 and 12 months.", "reviews")


def complete(detail: Detail, occurred_at: dt.datetime) -> Detail:
    """Find the level that counts and the next review, and date what has no day."""
    day = occurred_at.astimezone(LONDON).date()
    defaults: Detail = {"disrupted_on": day}
    detail = defaults | detail
    assessments = sorted(detail.get("assessments") or [], key=lambda each: each["on"])
    reviews = sorted(detail.get("reviews") or [], key=lambda review: int(review["after"]))
    assessed = assessments[-1]["level"] if assessments else None
    due = _due(detail["disrupted_on"], {review["after"] for review in reviews})
    return detail | {
        "assessments": assessments,
        "reviews": reviews,
        "level": assessed or detail["level_claimed"],
        "level_assessed": assessed,
        "review_due": due[0][1] if due else None,
        "review_outcome": reviews[-1]["outcome"] if reviews else None,
    }


def _due(disrupted_on: dt.date, done: set[str]) -> list[tuple[str, dt.date]]:
    """Give the reviews still to do, each with its day; a later one stands for those before."""
    last = max(map(int, done), default=0)
    return [
        (months, months_after(disrupted_on, int(months)))
        for months in REVIEWS
        if int(months) > last
    ]


def missing_to_confirm(detail: Detail) -> str | None:
    """Say what a disruption needs before its level counts."""
    if detail["assessments"]:
        return None
    return (
        "A disruption counts at the level that somebody other than its claimant assessed: "
        "add the assessment."
    )


def remarks(detail: Detail, on: dt.date | None = None) -> list[str]:
    """Say which review is overdue, and where days, level, impact and duration do not agree."""
    on = on or today()
    said = []
    overdue = [
        (months, due)
        for months, due in _due(detail["disrupted_on"], {r["after"] for r in detail["reviews"]})
        if due < on
    ]
    if overdue:
        months, due = overdue[-1]
        said.append(f"The review after {months} months was due on {short_day(due)}.")
    before = [
        each["on"]
        for each in (*detail["assessments"], *detail["reviews"])
        if each["on"] < detail["disrupted_on"]
    ]
    if before:
        said.append(
            f"The disruption was on {short_day(detail['disrupted_on'])}, after it was looked at on "
            f"{short_day(before[0])}; check both days."
        )
    impact, duration = READS_AS[detail["level_claimed"]]
    if detail.get("impact") not in {None, impact} or detail.get("duration") not in {None, duration}:
        said.append(
            f"A {detail['level_claimed']} disruption reads as {IMPACTS[impact].lower()} impact and "
            f"{DURATIONS[duration].lower()} duration; check the level."
        )
    level = detail["level_assessed"]
    if level not in {None, detail["level_claimed"]}:
        said.append(
            f"Claimed as {LEVELS[detail['level_claimed']].lower()}, assessed as "
            f"{ASSESSED[level].lower()}."
        )
    return said


def _assessed(level: str) -> Measure:
    """Count the disruptions of a level: as assessed, once that is confirmed."""
    return Measure(
        f"disruptions_{level}",
        f"Disruptions, {level}",
        "pursue",
        where={"level": (level,)},
        counts_when="confirmed",
    )


KINDS = (
    Kind(
        name="disruption",
        label="Disruption",
        model=Disruption,
        schema=DisruptionSchema(),
        children={"assessments": DisruptionAssessment, "reviews": DisruptionReview},
        facets={
            "level": Facet("Level of disruption", Disruption.level, ASSESSED),
            "level_claimed": Facet("Level claimed", Disruption.level_claimed, LEVELS),
            "level_assessed": Facet("Level assessed", Disruption.level_assessed, ASSESSED),
            "four_p": Facet("4P", Disruption.four_p, FOUR_PS),
            "target": Facet("Target", Disruption.target, TARGETS),
            "impact": Facet("Impact", Disruption.impact, IMPACTS),
            "duration": Facet("Duration", Disruption.duration, DURATIONS),
            "review_outcome": Facet("Latest review", Disruption.review_outcome, OUTCOMES),
        },
        keys={"target": Key("Target", Disruption.target_ref)},
        measures=(
            Measure("disruptions_claimed", "Disruptions claimed", "pursue"),
            Measure(
                "disruptions",
                "Disruptions",
                "pursue",
                where={"level": tuple(LEVELS)},
                counts_when="confirmed",
                parts=tuple(f"disruptions_{level}" for level in LEVELS),
            ),
            *(_assessed(level) for level in LEVELS),
        ),
        complete=complete,
        missing_to_confirm=missing_to_confirm,
        remarks=remarks,
        afterwards={"reviews"},
        by_others={"assessments"},
    ),
)
