"""Searches: of prisons, of people and vehicles, what came of them, and what was found."""

import datetime as dt
import decimal

import marshmallow as ma
import sqlalchemy as sa

from ops.results.fields import Code, Codes, Text
from ops.results.kinds.arrests import AGE_BANDS, AGE_GROUPS, CHILDREN, ETHNICITIES, SEXES
from ops.results.kinds.base import QUALIFIERS, Detail, Facet, Key, Kind, Measure
from ops.results.kinds.search_tables import Search, SearchCount, SearchFind, SearchOutcome
from ops.results.kinds.tallies import Count, Row, add_up, filled, quantities, rows, too_many
from ops.results.search_codes import (
    CATEGORIES,
    DRY_REASONS,
    FINDS,
    METHODS,
    OBJECTS,
    OUTCOMES,
    PEOPLE,
    PLACES,
    POWERS,
    SEARCHED_BY,
    STOP_OUTCOMES,
    TARGETS,
    TYPES,
)
from ops.results.seizure_codes import CONVEYED, FOUND_IN, HELD_BY, LISTS

YES_NO = {"yes": "Yes", "no": "No"}
FOUND_SOMETHING = {"yes": "Something was found", "no": "Nothing was found", "unsaid": "Not said"}
# What is said of one person, and of nobody else.
OF_A_PERSON = ("ethnicity", "age_band", "sex")
# A swab for traces is published apart from a search.
BY_SEARCH = tuple(method for method in METHODS if method != "swab")
# Sums over several of the targets, for what was counted together.
SUMS = {
    "people": "People",
    "people_and_vehicles": "People and vehicles",
    "places": "Places",
    "everything": "All that was searched",
}


class SearchCountSchema(ma.Schema):
    """How many of what; several codes where they were counted together"""

    what = Codes(TARGETS, required=True, validate=ma.validate.Length(1))
    number = Count(required=True)
    qualifier = Code(QUALIFIERS)


class SearchOutcomeSchema(ma.Schema):
    """What became of somebody; without a number, of one"""

    outcome = Code(OUTCOMES, required=True)
    number = Count()
    qualifier = Code(QUALIFIERS)


class SearchFindSchema(ma.Schema):
    """A category of things found; the number of items only where it is known"""

    category = Code(FINDS, required=True)
    number = Count(allow_none=True)
    qualifier = Code(QUALIFIERS)


class SearchSchema(ma.Schema):
    """A search; one record for all that was searched in the same way"""

    type = Code(TYPES, required=True)
    site = ma.fields.UUID(allow_none=True)
    establishment = Text(allow_none=True)
    methods = Codes(METHODS)
    searched_by = Codes(SEARCHED_BY)
    searched = rows(SearchCountSchema)
    outcomes = rows(SearchOutcomeSchema)
    finds = rows(SearchFindSchema)
    dry_reason = Code(DRY_REASONS, allow_none=True)
    lists = Codes(LISTS)
    found_in = Codes(FOUND_IN)
    conveyed_by = Codes(CONVEYED)
    held_by = Codes(HELD_BY)
    power = Code(POWERS, allow_none=True)
    looked_for = Code(OBJECTS, allow_none=True)
    stop_outcome = Code(STOP_OUTCOMES, allow_none=True)
    is_linked = ma.fields.Boolean(allow_none=True)
    outer_clothing = ma.fields.Boolean(allow_none=True)
    ethnicity = Code(ETHNICITIES, allow_none=True)
    age_band = Code(AGE_BANDS, allow_none=True)
    sex = Code(SEXES, allow_none=True)

    @ma.validates_schema
    def _finds_agree(self, detail: Detail, **_kwargs: object) -> None:
        if detail.get("dry_reason") and detail.get("finds"):
            raise ma.ValidationError(
                "Something was found, so leave out why nothing was; or leave out the finds.",
                "dry_reason",
            )
        finds = [find["category"] for find in detail.get("finds") or []]
        if len(set(finds)) < len(finds):
            raise ma.ValidationError("Name each category of finds once.", "finds")

    @ma.validates_schema
    def _is_of_one_person(self, detail: Detail, **_kwargs: object) -> None:
        said = [name for name in OF_A_PERSON if detail.get(name)]
        searched = detail.get("searched") or []
        people = {code for row in searched for code in row["what"]} <= PEOPLE.keys()
        one = sum(row["number"] for row in searched) <= 1 and len(searched) <= 1
        if said and not (people and one):
            raise ma.ValidationError(
                "Ethnicity, age and sex are of one person; log each person apart.", said[0]
            )


def complete(detail: Detail, _occurred_at: dt.datetime) -> Detail:
    """Count the one person of a short log, and add up the rows."""
    searched = filled(detail.get("searched"))
    if not searched and detail["type"] in {"stop_search", "person"}:
        searched = filled([{"what": ["anybody"], "number": decimal.Decimal(1)}])
    outcomes = filled(detail.get("outcomes"), number=decimal.Decimal(1))
    finds = filled(detail.get("finds"))
    found = {find["category"] for find in finds}
    listed = {CATEGORIES[code][1] for code in found} - {None}
    added = [add_up(searched, _sums), add_up(outcomes, _outcome), add_up(finds, _items)]
    return {name: [] for name in ("searched_by", "found_in", "conveyed_by", "held_by")} | {
        **detail,
        "methods": detail.get("methods") or ["search"],
        "lists": detail.get("lists") or [code for code in LISTS if code in listed],
        "searched": searched,
        "outcomes": outcomes,
        "finds": finds,
        "target_codes": sorted({code for row in searched for code in row["what"]}),
        "outcome_codes": sorted({row["outcome"] for row in outcomes}),
        "find_codes": sorted(found),
        **{part: {k: v for each in added for k, v in each[part].items()} for part in added[0]},
    }


def _sums(row: Row) -> list[str]:
    """Name the sums that a count adds to: its own, and those of all that hold its targets."""
    what = set(row["what"])
    wider = {
        "people": PEOPLE.keys(),
        "people_and_vehicles": {*PEOPLE, "vehicles"},
        "places": PLACES.keys(),
        "everything": TARGETS.keys(),
    }
    own = list(what) if len(what) == 1 else []
    return own + [name for name, targets in wider.items() if what <= set(targets)]


def _outcome(row: Row) -> list[str]:
    return [row["outcome"]]


def _items(row: Row) -> list[str]:
    return ["items", f"items_{row['category']}"]


def remarks(detail: Detail) -> list[str]:
    """Say what a reader would ask: where, how many, and of a stop whom it met."""
    said = too_many(detail)
    if detail["type"] == "prison" and not (detail.get("site") or detail.get("establishment")):
        said.append("Name the prison, so that it is among those covered.")
    if not detail["searched"]:
        said.append("Say what was searched and how many, so that it counts.")
    if (
        detail["type"] == "stop_search"
        and detail["numbers"].get("people") == "1"
        and not detail.get("ethnicity")
    ):
        said.append("Give the ethnicity as the person defines it, or choose “Not stated”.")
    return said


_PRISON = sa.func.lower(
    sa.func.regexp_replace(
        Search.establishment, r"^((hmp?|yoi|prison|and)[ /&]+)+", "", "i", type_=sa.Text()
    )
)


def _searched(code: str, label: str, total: str, **where: tuple[str, ...]) -> Measure:
    """Define how many of something were searched, however but by a swab alone."""
    return Measure(code, label, "pursue", where={"search_method": BY_SEARCH} | where, sum=total)


def _swabbed(code: str, label: str, total: str) -> Measure:
    return Measure(code, label, "pursue", where={"search_method": ("swab",)}, sum=total)


def _became(code: str, label: str, outcome: str) -> Measure:
    return Measure(code, label, "pursue", sum=outcome)


def _found(code: str, label: str, *categories: str) -> Measure:
    """Define the find incidents in some categories: searches, not items."""
    return Measure(code, label, "pursue", "incident", where={"found": categories})


MEASURES = (
    _searched("cells_searched", "Cells searched", "cells"),
    _searched("visitors_searched", "Visitors searched", "visitors"),
    _searched("staff_searched", "Staff searched", "staff"),
    _searched("contractors_searched", "Contractors searched", "contractors"),
    _searched("prisoners_searched", "Prisoners searched", "prisoners"),
    _searched("people_searched", "People searched", "people"),
    _searched("vehicles_searched", "Vehicles searched", "vehicles"),
    _searched(
        "people_and_vehicles_searched", "People and vehicles searched", "people_and_vehicles"
    ),
    _swabbed("vehicles_swabbed", "Vehicles swabbed", "vehicles"),
    _swabbed("people_swabbed", "People swabbed", "people"),
    _searched("stop_searches", "Stop and searches", "people", search_type=("stop_search",)),
    _became("dog_indications", "Dog indications", "dog_indication"),
    _became("visitors_refused_entry", "Visitors refused entry", "refused_entry"),
    _became("closed_visits", "Closed visits", "closed_visit"),
    _became("visitors_banned", "Visitors banned", "ban"),
    _became("fixed_penalties", "Fixed penalty notices", "fixed_penalty"),
    _became("vehicles_refused_entry", "Vehicles refused entry", "vehicle_refused"),
    _became("vehicle_prohibitions", "Vehicle prohibitions", "prohibition"),
    _became("traffic_offences", "Traffic offences", "traffic_offence"),
    Measure("find_incidents", "Find incidents", "pursue", "incident", where={"find": ("yes",)}),
    _found("drug_find_incidents", "Drug find incidents", "drugs"),
    _found("phone_find_incidents", "Phone find incidents", "phones"),
    _found("alcohol_find_incidents", "Alcohol find incidents", "alcohol"),
    _found("weapon_find_incidents", "Weapon find incidents", "weapons"),
    Measure(
        "prisons_covered",
        "Prisons covered",
        "pursue",
        where={"at_prison": ("yes",)},
        distinct="establishment",
    ),
    Measure("dry_runs", "Searches that found nothing", "prevent", where={"find": ("no",)}),
)
KINDS = (
    Kind(
        name="search",
        label="Search",
        model=Search,
        schema=SearchSchema(),
        children={"searched": SearchCount, "outcomes": SearchOutcome, "finds": SearchFind},
        facets={
            "search_type": Facet("Type of search", Search.type, TYPES),
            "searched": Facet("Searched", Search.target_codes, TARGETS, is_many=True),
            "search_method": Facet("How searched", Search.methods, METHODS, is_many=True),
            "searched_by": Facet("Searched by", Search.searched_by, SEARCHED_BY, is_many=True),
            "establishment": Facet("Prison", Search.establishment),
            "at_prison": Facet(
                "At a named prison",
                sa.case((Search.establishment.is_(None), "no"), else_="yes"),
                YES_NO,
            ),
            "search_outcome": Facet(
                "Outcome of a search", Search.outcome_codes, OUTCOMES, is_many=True
            ),
            "find": Facet(
                "Found anything",
                sa.case(
                    (sa.func.cardinality(Search.find_codes) > 0, "yes"),
                    (Search.dry_reason.is_not(None), "no"),
                    else_="unsaid",
                ),
                FOUND_SOMETHING,
            ),
            "found": Facet("What was found", Search.find_codes, FINDS, is_many=True),
            "list": Facet("Prison Act list", Search.lists, LISTS, is_many=True),
            "found_in": Facet("Where it was found", Search.found_in, FOUND_IN, is_many=True),
            "conveyed_by": Facet("Conveyed by", Search.conveyed_by, CONVEYED, is_many=True),
            "held_by": Facet("Held by", Search.held_by, HELD_BY, is_many=True),
            "dry_reason": Facet("Why nothing was found", Search.dry_reason, DRY_REASONS),
            "search_power": Facet("Power to search", Search.power, POWERS),
            "looked_for": Facet("Looked for", Search.looked_for, OBJECTS),
            "stop_outcome": Facet("Outcome of a stop", Search.stop_outcome, STOP_OUTCOMES),
            "linked": Facet(
                "Outcome linked to what was looked for",
                sa.case((Search.is_linked.is_(True), "yes"), (Search.is_linked.is_(False), "no")),
                YES_NO,
            ),
            "age_band": Facet("Age band", Search.age_band, AGE_BANDS, is_personal=True),
            "age_group": Facet(
                "Adult or child",
                sa.case(
                    (Search.age_band.in_(CHILDREN), "child"),
                    (sa.func.coalesce(Search.age_band, "unknown") == "unknown", "unknown"),
                    else_="adult",
                ),
                AGE_GROUPS,
                is_personal=True,
            ),
            "sex": Facet("Sex", Search.sex, SEXES, is_personal=True),
            "ethnicity": Facet(
                "Self-defined ethnicity", Search.ethnicity, ETHNICITIES, is_personal=True
            ),
        },
        quantities=quantities(
            Search,
            TARGETS
            | SUMS
            | OUTCOMES
            | {"items": "Items found"}
            | {f"items_{code}": f"Items found: {label}" for code, label in FINDS.items()},
        ),
        keys={"establishment": Key("Prison", _PRISON)},
        measures=MEASURES,
        complete=complete,
        remarks=remarks,
    ),
)
