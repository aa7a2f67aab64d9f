"""A report in words: one list of blocks, which each form of it writes in its own way."""

import datetime as dt
import decimal
from collections.abc import Iterator, Sequence
from typing import Any

from ops import wording
from ops.operations.models import THEMES
from ops.outcomes import suppression
from ops.reports import charts, rules
from ops.reports.blocks import (
    NOTHING,
    PART,
    SECTION,
    UNIT,
    Block,
    Blocks,
    Row,
    Sources,
    amount,
    days,
    heading,
    is_some,
    items,
    listed,
    paragraphs,
    shown,
    span,
    table,
    text,
)
from ops.reports.explaining import FOUR_P, how_to_read
from ops.results.grouping import groupings
from ops.results.kinds.base import FOUR_PS

HIDDEN = (
    f"Counts below {suppression.THRESHOLD} are not shown, and with them as many others as it takes"
    " that nobody can work them out."
)


def compose(
    report: Row, notes: Sequence[Row], taken: Row, was: Row | None, provenance: str = ""
) -> dict[str, Any]:
    """Put a report in words; `was` is what the issue before it said."""
    blocks = [*_blocks(report, notes, taken, was)]
    if provenance:
        blocks += [heading(PART, "Where the figures come from"), text(provenance)]
    return {
        "title": report["title"],
        "marking": report["marking"],
        "about": list(_about(report, taken)),
        "blocks": blocks,
    }


def _about(report: Row, taken: Row) -> Iterator[str]:
    yield report["publisher"]
    yield f"Period: {days(*taken['days'])}"
    if taken["has_before"]:
        yield f"Set against: {days(*taken['before'])}"
    yield f"As known on {wording.moment(taken['as_at'])}"
    if report["number"] > 1:
        yield f"Issue {report['number']}"


def _blocks(report: Row, notes: Sequence[Row], taken: Row, was: Row | None) -> Blocks:
    sources = Sources()
    yield heading(SECTION, "Summary")
    yield text(*(paragraphs(report["summary"]) or ["Nothing is written here yet."]))
    if all(each["is_silent"] for each in taken["operations"]):
        yield text("Nothing is recorded in these operations in this period.")
    if report["number"] > 1:
        yield from _since(report, taken, was)
    yield from _targets(taken, sources)
    yield from _over_time(taken)
    yield from _themes(report, notes, taken, sources)
    yield from _people(taken)
    yield from _places(taken)
    yield from how_to_read(report, taken, sources)


def _since(report: Row, taken: Row, was: Row | None) -> Blocks:
    """Say what is different; no figure of what a reader of this issue may not see."""
    yield heading(SECTION, "What changed since the issue before")
    yield text(*(paragraphs(report["changes"]) or ["Nothing is written here yet."]))
    if was is None:
        return
    if not set(was["operations"]) <= set(report["operations"]):
        # That it was of others too is not for who does not see these.
        return
    told = was["figures"]
    ids = [str(each["id"]) for each in taken["operations"]]
    days_now = [each.isoformat() for each in taken["days"]]
    is_alike = (told["days"], [each["id"] for each in told["operations"]]) == (days_now, ids)
    if not is_alike:
        yield text(
            f"Issue {was['number']} told of other days or other operations, so its figures are"
            " not set beside these."
        )
        return
    before = {each["code"]: each for each in told["groups"][0]["figures"]}
    now = {each["code"]: each for each in taken["groups"][0]["figures"]}
    rows = [
        [one["label"], amount(before.get(code)), amount(now.get(code))]
        for code, one in (before | now).items()
        if amount(before.get(code)) != amount(now.get(code))
    ]
    if not rows:
        yield text("No recorded figure is different.")
        return
    columns = ("Figure", f"Issue {was['number']}", f"Issue {report['number']}")
    yield table("Recorded figures that are different", columns, rows, 2)


def _targets(taken: Row, sources: Sources) -> Blocks:
    if not taken["targets"]:
        return
    yield heading(SECTION, "Progress against targets")
    rows, drawn = [], []
    for each in taken["targets"]:
        unit = each["unit"]
        label = each["label"] + (f", {each['operation']}" if each["operation"] else "")
        told = [
            one
            for one in taken["reported"]
            if one["target"] is not None
            and (one["measure"], one["starts_on"], one["ends_on"], one["operation_id"])
            == (each["measure"], each["starts_on"], each["ends_on"], each["operation_id"])
        ]
        here = NOTHING
        if each["value"] is not None:
            here = wording.quantity(each["value"], unit, each["qualifier"])
            if each["attainment"] is not None:
                here += f" ({rules.whole_percent(each['attainment'])})"
        period = span(each["starts_on"], each["ends_on"])
        target = wording.quantity(each["target"], unit)
        said = "; ".join(
            f"{wording.quantity(one['value'], one['unit'], one['qualifier'])} of {target}"
            f" ({rules.whole_percent(one['attainment'])}), source {sources.number(one['source'])}"
            for one in told
        )
        rows.append([label, period, target, said or NOTHING, here])
        best = max(
            (one for one in told if one["attainment"] is not None),
            key=lambda one: one["as_at"] or dt.date.min,
            default=None,
        )
        if best or each["attainment"] is not None:
            of = best or each
            drawn.append(
                {
                    "label": label + (" (reported)" if best else ""),
                    "period": period[0].lower() + period[1:],
                    "attainment": of["attainment"],
                    "value": wording.quantity(of["value"], unit, of["qualifier"]),
                    "target": target,
                }
            )
    columns = ("Measure", "Period", "Target", "As reported", "Recorded in these operations")
    yield table("Targets, and what was reached of each", columns, rows, 0)
    if any(not each["is_whole"] for each in taken["targets"]):
        yield text(
            "These operations are a part of the organisation’s work, so what is recorded in them"
            " is not given as a share of the organisation’s target."
        )
    if drawn:
        yield {"is": "picture", "picture": charts.against_targets(drawn)}


def _over_time(taken: Row) -> Blocks:
    found = taken["months"]
    if found and any(decimal.Decimal(each["value"]) for each in found["rows"]):
        yield heading(SECTION, f"{found['label']} over time")
        yield {
            "is": "picture",
            "picture": charts.months(found["label"], found["unit"], found["rows"]),
        }
        rows = [
            [wording.month(each["month"]), wording.quantity(each["value"], found["unit"])]
            for each in found["rows"]
            if decimal.Decimal(each["value"])
        ]
        yield table(f"{found['label']} by month", ("Month", found["label"]), rows, 1)
        if len(rows) < len(found["rows"]):
            yield text("Months in which nothing was recorded are left out of the table.")


def _themes(report: Row, notes: Sequence[Row], taken: Row, sources: Sources) -> Blocks:
    whole, *themes = taken["groups"]
    common = [each for each in taken["reported"] if each["theme"] is None]
    if len(themes) > 1 or common:
        yield heading(SECTION, "All themes")
        figures = whole["figures"] if len(themes) > 1 else []
        if figures:
            yield text(
                f"The {len(taken['operations'])} operations of this report together. A result"
                " that is credited to several of them counts once."
            )
        yield from _four_ps("all themes", figures, common, taken, sources)
    names = {each["id"]: each["name"] for each in taken["operations"]}
    of_theme = {each["id"]: each["theme"] for each in taken["operations"]}
    for group in themes:
        name = THEMES.get(group["theme"], "No theme")
        yield heading(SECTION, name)
        told = "; ".join(names[each] for each in group["operations"])
        several = "Operations" if len(group["operations"]) > 1 else "Operation"
        yield text(f"{several}: {told}.")
        mine = [
            each
            for each in taken["reported"]
            if each["operation_id"] is not None and each["theme"] == group["theme"]
        ]
        yield from _four_ps(name[0].lower() + name[1:], group["figures"], mine, taken, sources)
        cases = [
            each
            for each in notes
            if not each["struck_at"] and of_theme.get(each["operation"]) == group["theme"]
        ]
        if cases:
            yield heading(PART, "Cases")
        for each in cases:
            marked = f" {each['marking']}." if each["marking"] != report["marking"] else ""
            yield heading(UNIT, each["title"])
            yield text(*paragraphs(each["text"]), f"Case of: {each['operation_name']}.{marked}")


def _four_ps(
    theme: str, figures: Sequence[Row], told: Sequence[Row], taken: Row, sources: Sources
) -> Blocks:
    empty = []
    for code in FOUR_P:
        mine = [each for each in figures if each["four_p"] == code]
        theirs = [each for each in told if each["four_p"] == code]
        if not (mine or theirs):
            empty.append(FOUR_PS[code])
            continue
        yield heading(PART, FOUR_PS[code])
        name = f"{FOUR_PS[code]}, {theme}"
        if mine:
            yield _recorded(name, mine, taken)
        if theirs:
            yield from _reported(name, theirs, sources)
    others = [each for each in told if each["four_p"] not in FOUR_P]
    if others:
        yield heading(PART, "Under none of the four Ps")
        yield from _reported(f"None of the four Ps, {theme}", others, sources)
    if empty:
        yield text(f"Nothing is recorded or reported here under {listed(empty, 'or')}.")


def _recorded(name: str, figures: Sequence[Row], taken: Row) -> Block:
    """Set what is recorded against the period before, with what waits to be confirmed apart."""
    has_before = taken["has_before"]
    waits = any(is_some(each["provisional"]) for each in figures)
    columns = ["Measure", "This period"]
    if has_before:
        columns += ["Period before", "Change"]
    if waits:
        columns.append("Provisional, not counted")
    rows = []
    for each in figures:
        row = [each["label"], amount(each)]
        if has_before:
            row += [amount(each["was"], each["unit"]), _change(each)]
        if waits:
            some = is_some(each["provisional"])
            row.append(wording.quantity(each["provisional"], each["unit"]) if some else NOTHING)
        rows.append(row)
    return table(f"{name}: recorded here", columns, rows, len(columns) - 1)


def _reported(name: str, told: Sequence[Row], sources: Sources) -> Blocks:
    """Tell what others reported, which is never added to what is recorded."""
    rows = []
    for each in told:
        said = wording.quantity(each["value"], each["unit"], each["qualifier"])
        if each["target"] is not None:
            target = wording.quantity(each["target"], each["unit"])
            said += f" of a target of {target} ({rules.whole_percent(each['attainment'])})"
        rows.append(
            [
                each["label"] or wording.words(each["measure"]),
                said,
                span(each["starts_on"], each["ends_on"]),
                wording.short_day(each["as_at"]) if each["as_at"] else "Not given",
                sources.number(each["source"]),
            ]
        )
    columns = ("What", "Reported figure", "Period", "As at", "Source")
    yield table(f"{name}: reported by others, not from records here", columns, rows, 1)
    remarks = [
        (each["label"] or wording.words(each["measure"]), each["note"])
        for each in told
        if each["note"]
    ]
    if remarks:
        yield items(remarks)


def _people(taken: Row) -> Blocks:
    if not taken["people"]:
        return
    yield heading(SECTION, "Who was arrested")
    for each in taken["people"]:
        by = groupings()[each["by"]]
        # Where something is hidden, what is nothing is listed too, or it would say that it is not.
        is_hidden = any(row["value"] is None for row in each["rows"])
        rows = [
            [row["label"], shown(row["value"])]
            for row in each["rows"]
            if is_hidden or is_some(row["value"])
        ]
        yield table(f"{each['label']} by {by.lower()}", (by, each["label"]), rows, 1)
        if is_hidden:
            yield text(HIDDEN)


def _places(taken: Row) -> Blocks:
    found = taken["districts"]
    if not found or not any(is_some(each["value"]) for each in found["rows"]):
        return
    drawn = charts.districts(found["label"], found["rows"])
    if drawn is None:
        return
    yield heading(SECTION, f"{found['label']} by district")
    yield {"is": "picture", "picture": drawn}
    rows = [[row["name"], shown(row["value"])] for row in found["rows"]]
    yield table(f"{found['label']} by district", ("District", found["label"]), rows, 1)
    if found["is_hidden"]:
        yield text(HIDDEN)


def _change(figure: Row) -> str:
    was = figure["was"]
    if was is None or figure["value"] is None:
        return NOTHING
    if {figure["qualifier"] or "exact", was["qualifier"] or "exact"} != {"exact"}:
        return NOTHING
    now, before = (decimal.Decimal(each["value"]) for each in (figure, was))
    return rules.change(now, before, figure["unit"])
