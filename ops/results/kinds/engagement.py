"""Engagement: sessions, training, campaigns, visits; whom they reached, and how many."""

import datetime as dt
import decimal
import uuid

import marshmallow as ma
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model
from ops.results.engagement_codes import ACTIVITIES, AUDIENCES, COUNTED, PARTNERS, TOPICS, YEARS
from ops.results.fields import Code, Codes, Text
from ops.results.kinds.base import QUALIFIERS, Detail, Facet, Key, Kind, Measure, Scoped
from ops.results.kinds.tallies import (
    Count,
    Row,
    Tallied,
    add_up,
    filled,
    quantities,
    rows,
    too_many,
)

# One of these is one session, where nothing else is said.
SESSIONS = ("school_session", "training", "awareness_session", "surgery", "mentoring")
TRAINING = ("training", "awareness_session")
VISITED = ("homes_visited", "businesses_visited", "places_visited")


class Engagement(Tallied, Scoped, Model):
    """Work with people who are no suspects: whom it was for, and how many it reached."""

    __tablename__ = "engagement"

    result_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    activity: Mapped[str]
    audience: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    topics: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    school_years: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    partners: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    provider: Mapped[str | None]
    venue: Mapped[str | None]
    site_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("site.id"))


class EngagementCount(Scoped, Model):
    """How many sessions, people, homes and so on."""

    __tablename__ = "engagement_count"

    result_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("engagement.result_id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str]
    number: Mapped[decimal.Decimal]
    qualifier: Mapped[str]


class EngagementCountSchema(ma.Schema):
    """How many of what"""

    what = Code(COUNTED, required=True)
    number = Count(required=True)
    qualifier = Code(QUALIFIERS)


class EngagementSchema(ma.Schema):
    """Engagement; one record for each audience that is counted apart"""

    activity = Code(ACTIVITIES, required=True)
    audience = Codes(AUDIENCES)
    counts = rows(EngagementCountSchema)
    topics = Codes(TOPICS)
    school_years = Codes(YEARS)
    provider = Text(allow_none=True)
    partners = Codes(PARTNERS)
    site = ma.fields.UUID(allow_none=True)
    venue = Text(allow_none=True)

    @ma.validates_schema
    def _each_once(self, detail: Detail, **_kwargs: object) -> None:
        counted = [row["what"] for row in detail.get("counts") or []]
        if len(set(counted)) < len(counted):
            raise ma.ValidationError(
                "Count each thing once; log another record for another audience.", "counts"
            )


def complete(detail: Detail, _occurred_at: dt.datetime) -> Detail:
    """Count the one session, day or campaign that a short log is about."""
    counts = filled(detail.get("counts"))
    implied = {"partner_day": "days", "campaign": "campaigns"} | dict.fromkeys(SESSIONS, "sessions")
    what = implied.get(detail["activity"])
    if what and what not in {row["what"] for row in counts}:
        counts = [*counts, *filled([{"what": what, "number": decimal.Decimal(1)}])]
    lists: Detail = {name: [] for name in ("audience", "topics", "school_years", "partners")}
    return lists | detail | {"counts": counts} | add_up(counts, _sums)


def _sums(row: Row) -> list[str]:
    return [row["what"], "visits"] if row["what"] in VISITED else [row["what"]]


def remarks(detail: Detail) -> list[str]:
    """Say where nobody was counted, so that a session reaches nobody."""
    said = too_many(detail)
    if detail["activity"] in SESSIONS and "people" not in detail["numbers"]:
        said.append("Say how many people were there, so that they count as reached.")
    return said


def _counted(
    code: str, label: str, total: str, four_p: str = "prevent", **where: tuple[str, ...]
) -> Measure:
    return Measure(code, label, four_p, where=where, sum=total)


MEASURES = (
    _counted("sessions_delivered", "Sessions delivered", "sessions"),
    _counted(
        "school_sessions_delivered",
        "School sessions delivered",
        "sessions",
        activity=("school_session",),
    ),
    _counted(
        "training_sessions_delivered",
        "Training and awareness sessions delivered",
        "sessions",
        "prepare",
        activity=TRAINING,
    ),
    _counted("people_reached", "People reached", "people"),
    _counted("pupils_reached", "Pupils reached", "people", audience=("pupils",)),
    _counted("people_trained", "People trained", "people", "prepare", activity=TRAINING),
    _counted(
        "gps_trained", "GPs trained", "people", "prepare", activity=TRAINING, audience=("gps",)
    ),
    _counted("people_at_risk_engaged", "People at risk engaged", "people", audience=("at_risk",)),
    _counted("homes_leafleted", "Homes leafleted", "homes"),
    _counted("homes_visited", "Homes visited", "homes_visited"),
    _counted("businesses_visited", "Businesses visited", "businesses_visited"),
    _counted(
        "partner_days_of_action", "Days of action with partners", "days", activity=("partner_day",)
    ),
    _counted("campaigns_launched", "Campaigns launched", "campaigns"),
    _counted("intelligence_gathered", "Pieces of information gathered", "intelligence", "prepare"),
)
KINDS = (
    Kind(
        name="engagement",
        label="Engagement",
        model=Engagement,
        schema=EngagementSchema(),
        children={"counts": EngagementCount},
        facets={
            "activity": Facet("Activity", Engagement.activity, ACTIVITIES),
            "audience": Facet("Audience", Engagement.audience, AUDIENCES, is_many=True),
            "topic": Facet("Topic", Engagement.topics, TOPICS, is_many=True),
            "school_year": Facet("School year", Engagement.school_years, YEARS, is_many=True),
            "partner": Facet("Partner", Engagement.partners, PARTNERS, is_many=True),
            "provider": Facet("Provider", Engagement.provider),
        },
        quantities=quantities(Engagement, COUNTED | {"visits": "All visits"}),
        keys={
            "venue": Key("School or place", sa.func.lower(Engagement.venue)),
            "provider": Key("Provider", sa.func.lower(Engagement.provider)),
        },
        measures=MEASURES,
        complete=complete,
        remarks=remarks,
    ),
)
