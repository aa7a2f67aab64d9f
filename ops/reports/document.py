"""A report in words: one list of blocks, which each form of it writes in its own way."""

import datetime as dt
import decimal
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ops import wording
from ops.operations.models import THEMES
from ops.outcomes import suppression, years
from ops.reports import charts, rules
from ops.results.grouping import groupings
from ops.results.kinds.base import FOUR_PS

Row = Mapping[str, Any]
Block = dict[str, Any]
Blocks = Iterator[Block]
# The order in which strategies name them, and what each is for, in the programme's own words.
FOUR_P = {
    "pursue": "use all powers against those involved",
    "prevent": "stop people starting or returning",
    "protect": "shield communities and people",
    "prepare": "reduce the impact",
}
NOTHING = "–"
HIDDEN = (
    f"Counts below {suppression.THRESHOLD} are not shown, and with them as many others as it takes"
    " that nobody can work them out."
)
_SECTION, _PART, _UNIT = 2, 3, 4


def heading(level: int, text: str) -> Block:
    """Begin a section."""
    return {"is": "heading", "level": level, "text": text}


def text(*paragraphs: str) -> Block:
    """Say something."""
    return {"is": "text", "paragraphs": list(paragraphs)}


def items(rows: Sequence[tuple[str, str]]) -> Block:
    """List things, each with its name before it or none."""
    return {"is": "list", "items": [{"term": term, "text": said} for term, said in rows]}


def table(
    caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]], numeric: int
) -> Block:
    """Put rows beneath columns, the first of which names the row; so many after it are numbers."""
    return {
        "is": "table",
        "caption": caption,
        "columns": list(columns),
        "rows": [list(row) for row in rows],
        "numeric": numeric,
    }


def compose(
    report: Row, notes: Sequence[Row], taken: Row, was: Row | None, provenance: str = ""
) -> dict[str, Any]:
    """Put a report in words; `was` is what the issue before it said."""
    blocks = [*_blocks(report, notes, taken, was)]
    if provenance:
        blocks += [heading(_PART, "Where the figures come from"), text(provenance)]
    return {
        "title": report["title"],
        "marking": report["marking"],
        "about": list(_about(report, taken)),
        "blocks": blocks,
    }


def paragraphs(said: str | None) -> list[str]:
    """Part what somebody typed where a line is left empty."""
    parts = (said or "").replace("\r\n", "\n").split("\n\n")
    return [" ".join(each.split()) for each in parts if each.strip()]


def days(starts_on: dt.date, ends_on: dt.date) -> str:
    """Write a period: 1 April 2022 to 20 November 2023."""
    first, last = (wording.short_day(each, month="%B") for each in (starts_on, ends_on))
    return first if starts_on == ends_on else f"{first} to {last}"


def span(starts_on: dt.date | None, ends_on: dt.date | None) -> str:
    """Write the period of a figure for a table; a year by its name."""
    if starts_on is None or ends_on is None:
        return "Not given"
    if financial := years.year_of(starts_on, ends_on):
        return f"Financial year {financial}"
    year = starts_on.year
    if (starts_on, ends_on) == (dt.date(year, 1, 1), dt.date(year, 12, 31)):
        return f"Calendar year {year}"
    return f"{wording.short_day(starts_on)} to {wording.short_day(ends_on)}"


def _about(report: Row, taken: Row) -> Iterator[str]:
    yield report["publisher"]
    yield f"Period: {days(*taken['days'])}"
    if taken["has_before"]:
        yield f"Set against: {days(*taken['before'])}"
    yield f"As known on {wording.moment(taken['as_at'])}"
    if report["number"] > 1:
        yield f"Issue {report['number']}"


def _blocks(report: Row, notes: Sequence[Row], taken: Row, was: Row | None) -> Blocks:
    sources = _Sources()
    yield heading(_SECTION, "Summary")
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
    yield from _how_to_read(report, taken, sources)


class _Sources:
    """The sources of reported figures, each with the number that tables name it by."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def number(self, source: str) -> str:
        return str(self.known.setdefault(source, len(self.known) + 1))


def _since(report: Row, taken: Row, was: Row | None) -> Blocks:
    """Say what is different; no figure of what a reader of this issue may not see."""
    yield heading(_SECTION, "What changed since the issue before")
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
        [one["label"], _value(before.get(code)), _value(now.get(code))]
        for code, one in (before | now).items()
        if _value(before.get(code)) != _value(now.get(code))
    ]
    if not rows:
        yield text("No recorded figure is different.")
        return
    columns = ("Figure", f"Issue {was['number']}", f"Issue {report['number']}")
    yield table("Recorded figures that are different", columns, rows, 2)


def _targets(taken: Row, sources: _Sources) -> Blocks:
    if not taken["targets"]:
        return
    yield heading(_SECTION, "Progress against targets")
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
            here = _quantity(each["value"], unit, each["qualifier"])
            if each["attainment"] is not None:
                here += f" ({rules.whole_percent(each['attainment'])})"
        period = span(each["starts_on"], each["ends_on"])
        target = wording.quantity(each["target"], unit)
        said = "; ".join(
            f"{_quantity(one['value'], one['unit'], one['qualifier'])} of {target}"
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
                    "value": _quantity(of["value"], unit, of["qualifier"]),
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
        yield heading(_SECTION, f"{found['label']} over time")
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


def _themes(report: Row, notes: Sequence[Row], taken: Row, sources: _Sources) -> Blocks:
    whole, *themes = taken["groups"]
    common = [each for each in taken["reported"] if each["theme"] is None]
    if len(themes) > 1 or common:
        yield heading(_SECTION, "All themes")
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
        yield heading(_SECTION, name)
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
            yield heading(_PART, "Cases")
        for each in cases:
            marked = f" {each['marking']}." if each["marking"] != report["marking"] else ""
            yield heading(_UNIT, each["title"])
            yield text(*paragraphs(each["text"]), f"Case of: {each['operation_name']}.{marked}")


def _four_ps(
    theme: str, figures: Sequence[Row], told: Sequence[Row], taken: Row, sources: _Sources
) -> Blocks:
    empty = []
    for code in FOUR_P:
        mine = [each for each in figures if each["four_p"] == code]
        theirs = [each for each in told if each["four_p"] == code]
        if not (mine or theirs):
            empty.append(FOUR_PS[code])
            continue
        yield heading(_PART, FOUR_PS[code])
        name = f"{FOUR_PS[code]}, {theme}"
        if mine:
            yield _recorded(name, mine, taken)
        if theirs:
            yield from _reported(name, theirs, sources)
    others = [each for each in told if each["four_p"] not in FOUR_P]
    if others:
        yield heading(_PART, "Under none of the four Ps")
        yield from _reported(f"None of the four Ps, {theme}", others, sources)
    if empty:
        yield text(f"Nothing is recorded or reported here under {_listed(empty, 'or')}.")


def _recorded(name: str, figures: Sequence[Row], taken: Row) -> Block:
    """Set what is recorded against the period before, with what waits to be confirmed apart."""
    has_before = taken["has_before"]
    waits = any(_is_some(each["provisional"]) for each in figures)
    columns = ["Measure", "This period"]
    if has_before:
        columns += ["Period before", "Change"]
    if waits:
        columns.append("Provisional, not counted")
    rows = []
    for each in figures:
        row = [each["label"], _value(each)]
        if has_before:
            row += [_value(each["was"], each["unit"]), _change(each)]
        if waits:
            some = _is_some(each["provisional"])
            row.append(wording.quantity(each["provisional"], each["unit"]) if some else NOTHING)
        rows.append(row)
    return table(f"{name}: recorded here", columns, rows, len(columns) - 1)


def _reported(name: str, told: Sequence[Row], sources: _Sources) -> Blocks:
    """Tell what others reported, which is never added to what is recorded."""
    rows = []
    for each in told:
        said = _quantity(each["value"], each["unit"], each["qualifier"])
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
    yield heading(_SECTION, "Who was arrested")
    for each in taken["people"]:
        by = groupings()[each["by"]]
        # Where something is hidden, what is nothing is listed too, or it would say that it is not.
        is_hidden = any(row["value"] is None for row in each["rows"])
        rows = [
            [row["label"], _shown(row["value"])]
            for row in each["rows"]
            if is_hidden or _is_some(row["value"])
        ]
        yield table(f"{each['label']} by {by.lower()}", (by, each["label"]), rows, 1)
        if is_hidden:
            yield text(HIDDEN)


def _places(taken: Row) -> Blocks:
    found = taken["districts"]
    if not found or not any(_is_some(each["value"]) for each in found["rows"]):
        return
    drawn = charts.districts(found["label"], found["rows"])
    if drawn is None:
        return
    yield heading(_SECTION, f"{found['label']} by district")
    yield {"is": "picture", "picture": drawn}
    rows = [[row["name"], _shown(row["value"])] for row in found["rows"]]
    yield table(f"{found['label']} by district", ("District", found["label"]), rows, 1)
    if found["is_hidden"]:
        yield text(HIDDEN)


def _shown(value: str | None) -> str:
    return "Not shown" if value is None else wording.number(value)


def _how_to_read(report: Row, taken: Row, sources: _Sources) -> Blocks:
    yield heading(_SECTION, "How to read this report")
    yield heading(_PART, "The four Ps")
    yield items([(FOUR_PS[code], f"{said[0].upper()}{said[1:]}.") for code, said in FOUR_P.items()])
    shown = {each["code"] for group in taken["groups"] for each in group["figures"]}
    shown |= {each["measure"] for each in taken["targets"]}
    shown |= {each["measure"] for each in taken["reported"]}
    defined = sorted(
        (each["label"], each["says"]) for each in taken["definitions"] if each["code"] in shown
    )
    if defined:
        yield heading(_PART, "What the figures count")
        yield items(defined)
    yield heading(_PART, "What is left out, and why")
    yield items([("", each) for each in _left_out(report, taken)])
    if sources.known:
        yield heading(_PART, "Sources of reported figures")
        yield items([(f"Source {number}", f"{name}.") for name, number in sources.known.items()])


def _left_out(report: Row, taken: Row) -> Iterator[str]:
    if any(_is_some(each["provisional"]) for each in taken["groups"][0]["figures"]):
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
        yield f"Nothing is recorded in this period in: {_listed(silent)}."
    for each in taken["other_periods"]:
        label = each["label"] or wording.words(each["measure"])
        told = span(each["starts_on"], each["ends_on"])
        if each["starts_on"] is None and each["as_at"]:
            told = f"as at {wording.short_day(each['as_at'])}"
        yield f"Reported of other days, so not told here: {label} ({told})."
    if taken["silent"]:
        yield f"Measures of which nothing is recorded in this period: {_listed(taken['silent'])}."
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
    if found["is_hidden"] and not any(_is_some(each["value"]) for each in found["rows"]):
        yield f"There is no map of {found['label'].lower()}: too few are in each district."
        return
    if found["nowhere"] is None:
        yield "Some of what is counted has no district, and is not on the map."
    elif int(found["nowhere"]):
        number = wording.number(found["nowhere"])
        yield f"{number} of what is counted has no district, and is not on the map."


def _change(figure: Row) -> str:
    was = figure["was"]
    if was is None or figure["value"] is None:
        return NOTHING
    if {figure["qualifier"] or "exact", was["qualifier"] or "exact"} != {"exact"}:
        return NOTHING
    now, before = (decimal.Decimal(each["value"]) for each in (figure, was))
    return rules.change(now, before, figure["unit"])


def _value(figure: Row | None, unit: str | None = None) -> str:
    if figure is None or figure["value"] is None:
        return NOTHING
    return _quantity(figure["value"], unit or figure["unit"], figure["qualifier"])


def _quantity(value: Any, unit: str, qualifier: str | None) -> str:
    return wording.quantity(value, unit, qualifier)


def _is_some(value: Any) -> bool:
    return value is not None and decimal.Decimal(value) != 0


def _listed(names: Sequence[str], word: str = "and") -> str:
    """Write names in one line: a, b and c."""
    *first, last = names
    return f"{', '.join(first)} {word} {last}" if first else last
