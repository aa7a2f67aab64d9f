"""A line for each area, month by month; a gap breaks the line."""

from collections.abc import Mapping
from typing import Any

from ops.charts import Chart, Mark, Series, Span
from ops.wording import month, number


def drawn(comparison: Mapping[str, Any], position: int) -> Chart:
    """Give the counts of a comparison as a chart, its periods set apart."""
    series = comparison["series"]
    months = [each["month"] for each in series[0]["months"]]
    spans = [
        ("Baseline", comparison["baseline"]),
        *((e["label"], e) for e in comparison["periods"]),
    ]
    return Chart(
        id=f"comparison-{position}",
        title="Counts by month",
        description=f"{comparison['name']}: a line for each area. A gap in a line is a month"
        " without a full count.",
        of="Month",
        categories=[month(each) for each in months],
        short=[f"{month(each)[:3]} {each[2:4]}" for each in months],
        series=[
            Series(
                each["area"],
                [
                    Mark(None, "No count")
                    if m["count"] is None
                    else Mark(m["count"], number(m["count"]))
                    for m in each["months"]
                ],
                style=_style(comparison, each["area"]),
            )
            for each in series
        ],
        spans=[Span(label, months.index(e["from"]), months.index(e["to"])) for label, e in spans],
    )


def _style(comparison: Mapping[str, Any], area: str) -> str:
    if area == comparison["target_area"]:
        return "target"
    if area == comparison["displacement_area"]:
        return "displacement"
    return f"comparison-{comparison['comparison_areas'].index(area) % 3 + 1}"
