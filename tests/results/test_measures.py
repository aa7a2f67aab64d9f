"""Definitions of measures: built in, versioned, checked."""

import datetime as dt

import pytest
import sqlalchemy as sa

from ops import wording
from ops.results import measures
from ops.results.models import Measure

# Codes that others rely on, of the kinds that are here.
RELIED_ON = {
    "warrants_executed",
    "arrests",
    "people_charged",
    "lines_closed",
    "lines_closed_type_1",
    "lines_closed_type_2",
    "cash_seized",
    "drugs_weight_seized",
    "drugs_value_seized",
    "wraps_seized",
    "cannabis_plants_seized",
    "weapons_seized",
    "firearms_seized",
    "phones_seized",
    "sim_cards_seized",
    "vehicles_seized",
    "counterfeit_weight_seized",
    "counterfeit_value_seized",
    "packages_intercepted",
    "cells_searched",
    "visitors_searched",
    "visitors_refused_entry",
    "find_incidents",
    "cuckooed_addresses_visited",
    "people_safeguarded",
    "adults_safeguarded",
    "children_safeguarded",
    "safeguarding_referrals",
    "nrm_referrals",
    "care_plans",
    "sessions_delivered",
    "people_reached",
    "people_trained",
    "officers_deployed",
    "officer_hours",
}


def numbers(session, code):
    rows = session.scalars(sa.select(Measure).where(Measure.code == code))
    return sorted(row.version for row in rows)


def test_the_codes_that_others_rely_on_are_there(session):
    assert {row.code for row in session.scalars(measures.current())} >= RELIED_ON


def test_publishing_again_changes_nothing(session):
    before = session.scalar(sa.select(sa.func.count()).select_from(Measure))

    measures.publish_built_ins(session.connection())

    assert session.scalar(sa.select(sa.func.count()).select_from(Measure)) == before


def test_a_definition_that_changed_is_a_new_version(session):
    session.execute(sa.update(Measure).where(Measure.code == "arrests").values(label="Detentions"))

    measures.publish_built_ins(session.connection())

    assert numbers(session, "arrests") == [1, 2]
    [arrests] = [row for row in session.scalars(measures.current()) if row.code == "arrests"]
    assert (arrests.version, arrests.label) == (2, "Arrests")


def test_a_version_made_here_stays_the_one_that_counts(session):
    [first] = session.scalars(sa.select(Measure).where(Measure.code == "arrests"))
    first.valid_to = wording.today() - dt.timedelta(days=1)
    session.flush()
    session.add(
        Measure(
            code="arrests",
            version=2,
            valid_from=wording.today(),
            label="Arrests of adults",
            four_p="pursue",
            unit="count",
            definition=first.definition | {"where": {"age_group": ["adult"]}},
        )
    )
    session.flush()

    measures.publish_built_ins(session.connection())

    assert numbers(session, "arrests") == [1, 2]


def test_a_definition_holds_in_its_days(session):
    session.execute(
        sa.update(Measure)
        .where(Measure.code == "arrests")
        .values(valid_to=sa.func.current_date() - 1)
    )

    assert "arrests" not in {row.code for row in session.scalars(measures.current())}


def test_every_built_in_definition_compiles(session):
    found = [measures.read(row) for row in session.scalars(measures.current())]

    assert all(found)
    assert len(found) == len(measures.built_ins())


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "rumour"}, "kind"),
        ({"where": {"shoe_size": ["9"]}}, "where.shoe_size"),
        ({"where": {"sex": ["seldom"]}}, "where.sex"),
        ({"sum": "weight"}, "sum"),
        ({"counts_when": "it suits"}, "counts_when"),
    ],
)
def test_says_what_a_definition_asks_for_in_vain(change, field):
    definition = {"kind": "arrest", "where": {}, "sum": None, "counts_when": "recorded"}

    assert measures.problems(definition) == {}
    assert field in measures.problems(definition | change)
