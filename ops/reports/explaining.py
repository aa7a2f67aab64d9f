"""The end of a report: what its words mean, what its figures count, and what is left out."""

from collections.abc import Iterator

from ops import wording
from ops.reports import rules
from ops.reports.blocks import (
    PART,
    SECTION,
    Blocks,
    Row,
    Sources,
    days,
    heading,
    is_some,
    items,
    listed,
    span,
)
from ops.results.kinds.base import FOUR_PS

# The order in which strategies name them, and what each is for, in the programme's own words.
FOUR_P = {
    "pursue": "use all powers against those involved",
    "prevent": "stop people starting or returning",
    "protect": "shield communities and people",
    "prepare": "reduce the impact",
}


def how_to_read(report: Row, taken: Row, sources: Sources) -> Blocks:
    """Say how to read a report whose tables name these sources."""
    yield heading(SECTION, "How to read this report")
    yield heading(PART, "The four Ps")
    yield items([(FOUR_PS[code], f"{said[0].upper()}{said[1:]}.") for code, said in FOUR_P.items()])
    told = {each["code"] for group in taken["groups"] for each in group["figures"]}
    told |= {each["measure"] for each in taken["targets"]}
    told |= {each["measure"] for each in taken["reported"]}
    defined = sorted(
        (each["label"], each["says"]) for each in taken["definitions"] if each["code"] in told
    )
    if defined:
        yield heading(PART, "What the figures count")
        yield items(defined)
    yield heading(PART, "What is left out, and why")
    yield items([("", each) for each in _left_out(report, taken)])
    if sources.known:
        yield heading(PART, "Sources of reported figures")
        yield items([(f"Source {number}", f"{name}.") for name, number in sources.known.items()])


def _left_out(report: Row, taken: Row) -> Iterator[str]:
    if any(is_some(each["provisional"]) for each in taken["groups"][0]["figures"]):
        yield (
            "What waits to be confirmed is provisional. It stands in a column of its own, and is"
            " in no figure beside it."
        )
    yield "What was struck as wrong is in no figure."
    yield (
        "What others reported stands apart and is never added to what is recorded here; the two"
        " can differ."
    )
    yield from _not_compared(taken)
    yield from _not_on_the_map(taken["districts"])
    silent = [each["name"] for each in taken["operations"] if each["is_silent"]]
    if silent:
        yield f"Nothing is recorded in this period in: {listed(silent)}."
    for each in taken["other_periods"]:
        label = each["label"] or wording.words(each["measure"])
        told = span(each["starts_on"], each["ends_on"])
        if each["starts_on"] is None and each["as_at"]:
            told = f"as at {wording.short_day(each['as_at'])}"
        yield f"Reported of other days, so not told here: {label} ({told})."
    if taken["silent"]:
        yield f"Measures of which nothing is recorded in this period: {listed(taken['silent'])}."
    if not report["of_organisation"]:
        yield (
            f"Targets and reported figures of {report['publisher']} as a whole are no part of this"
            " report."
        )


def _not_compared(taken: Row) -> Iterator[str]:
    if taken["before"] and not taken["has_before"]:
        yield (
            "There is no comparison: nothing of these operations is recorded in"
            f" {days(*taken['before'])}."
        )
    elif taken["before"]:
        yield (
            "A change is given where both figures are exact, and as a percentage where the figure"
            f" before is {rules.LEAST_FOR_SHARE} or more."
        )


def _not_on_the_map(found: Row | None) -> Iterator[str]:
    if found is None:
        return
    if found["is_hidden"] and not any(is_some(each["value"]) for each in found["rows"]):
        yield f"There is no map of {found['label'].lower()}: too few are in each district."
        return
    if found["nowhere"] is None:
        yield "Some of what is counted has no district, and is not on the map."
    elif int(found["nowhere"]):
        number = wording.number(found["nowhere"])
        yield f"{number} of what is counted has no district, and is not on the map."
