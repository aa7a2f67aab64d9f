"""A guided plan of each kind, the 4P plans and a log of decisions, all invented."""

import datetime as dt
from collections.abc import Iterator

from ops.db import Model
from ops.demo.identity import id_of
from ops.demo.people import COUNCIL, email_of
from ops.demo.places import DISTRICTS, PRISONS
from ops.demo.programme import GATEHOUSE, PRACTICE, VULCAN, day
from ops.fields import first_moment
from ops.operations.models import Phase
from ops.plans.models import Decision, ExitCriterion, GuidedPlan, NationalWeek, PlanAction

PRISON = PRISONS[1]
# What each operation does: which P, what, whose it is, with whom, in which phase.
ACTIONS = (
    (PRACTICE, "prepare", "Brief every team on exploitation and consent", "GMP", None, None),
    (PRACTICE, "prevent", "Sessions in the schools of the four districts", "GMP", COUNCIL, None),
    (PRACTICE, "pursue", "Execute the warrants of the week", "GMP", None, None),
    (PRACTICE, "protect", "Visit homes that may be cuckooed", COUNCIL, "GMP", None),
    (GATEHOUSE, "prepare", "Train staff to recognise exploitation", "GMP", "HMPPS", None),
    (GATEHOUSE, "pursue", "Search cells and the visits hall each month", "GMP", "HMPPS", None),
    (VULCAN, "prevent", "Let the empty shops to traders who were checked", COUNCIL, None, "build"),
    (VULCAN, "pursue", "Close shops that sell counterfeit goods", "GMP", COUNCIL, "clear"),
    (VULCAN, "protect", "A care plan for whoever sleeps in the gardens", COUNCIL, None, "hold"),
)
# The phases of Operation Vulcan, with the day each began.
BEGAN = {"clear": "2022-11-02", "hold": "2023-06-01", "build": "2024-01-01"}
CRITERIA = {
    "clear": ("No shop on the street sells counterfeit goods", True),
    "hold": ("Theft from the person has been a fifth lower for six months", True),
    "build": ("The council runs the place without extra patrols", None),
}


def everything(today: dt.date) -> Iterator[Model]:
    """Give the week, the plans, the actions, the criteria and the decisions."""
    monday = today - dt.timedelta(days=today.weekday())
    yield NationalWeek(
        id=id_of("national week", "demonstration"),
        name="Intensification fortnight (invented)",
        starts_on=monday,
        ends_on=monday + dt.timedelta(days=13),
        created_by=_person("admin"),
    )
    yield from _plans(today, monday)
    yield from _actions(today)
    yield from _criteria()
    yield from _decisions()


def _plans(today: dt.date, monday: dt.date) -> Iterator[Model]:
    lead, prison = _person("lead"), str(id_of("site", PRISON.code))
    yield GuidedPlan(
        operation_id=id_of("operation", PRACTICE),
        is_national=True,
        national_week_id=id_of("national week", "demonstration"),
        priorities=["Close the lines that use children", "Find and safeguard those they use"],
        districts=[district.code for district in DISTRICTS[:4]],
        sites_by_day=[
            {"on": str(monday + dt.timedelta(days=number)), "sites": 12} for number in range(14)
        ],
        contacts=[
            {"role": "communications_lead", "name": "Cody Example", "organisation": "GMP"},
            {"role": "partner_lead", "name": "Parker Example", "organisation": COUNCIL},
        ],
        changed_by=lead,
    )
    yield GuidedPlan(
        operation_id=id_of("operation", GATEHOUSE),
        establishments=[prison],
        contacts=[
            {"role": "prison_contact", "site": prison, "name": "Glen Example",
             "post": "Head of security"},
        ],
        search_areas=[
            {"site": prison, "where": "wing", "name": "C wing, two landings"},
            {"site": prison, "where": "visits_hall"},
        ],
        teams_asked=2,
        dogs_asked=1,
        lists=["a", "b"],
        intelligence_logs=["DEMO/1234/26"],
        changed_by=lead,
    )  # fmt: skip
    at = first_moment(today + dt.timedelta(days=10)) + dt.timedelta(hours=10)
    yield GuidedPlan(
        operation_id=id_of("operation", VULCAN),
        meetings=[{"at": at.astimezone(dt.UTC).isoformat(), "place": "Town hall, room 4"}],
        changed_by=lead,
    )


def _actions(today: dt.date) -> Iterator[Model]:
    for number, (reference, four_p, what, owner, partner, phase) in enumerate(ACTIONS):
        yield PlanAction(
            id=id_of("plan action", reference, what),
            operation_id=id_of("operation", reference),
            phase_id=phase and _phase(phase),
            four_p=four_p,
            what=what,
            organisation_id=id_of("organisation", owner),
            partner_id=partner and id_of("organisation", partner),
            due_on=today + dt.timedelta(days=7 * number),
            review_on=today + dt.timedelta(days=7 * number + 3),
            created_by=_person("lead"),
        )


def _criteria() -> Iterator[Model]:
    for phase, (text, is_met) in CRITERIA.items():
        yield ExitCriterion(
            id=id_of("exit criterion", VULCAN, phase),
            operation_id=id_of("operation", VULCAN),
            phase_id=_phase(phase),
            text=text,
            is_met=is_met,
            judged_at=is_met and day("2024-11-04"),
            judged_by=is_met and _person("lead"),
            created_by=_person("lead"),
        )


def _decisions() -> Iterator[Model]:
    first = id_of("decision", VULCAN, "first")
    said = (
        (first, None, "2023-09-01", "Move to Piccadilly Gardens on 1 September.",
         "Shops in Cheetham Hill have closed, and thefts in the gardens rise."),
        (id_of("decision", VULCAN, "second"), first, "2023-09-02",
         "Both areas go on: Cheetham Hill is held while the gardens are cleared.",
         "The entry before it read as if Cheetham Hill were left."),
    )  # fmt: skip
    for decision_id, corrects, on, what, why in said:
        yield Decision(
            id=decision_id,
            operation_id=id_of("operation", VULCAN),
            decided_at=day(on) + dt.timedelta(hours=9),
            decided_by=_person("lead"),
            what=what,
            why=why,
            corrects_id=corrects,
            recorded_by=_person("lead"),
        )


def _person(account: str) -> object:
    return id_of("person", email_of(account))


def _phase(kind: str) -> object:
    return id_of(Phase.__tablename__, VULCAN, kind, BEGAN[kind])
