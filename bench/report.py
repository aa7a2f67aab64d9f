"""The table of a run, on the screen and in docs/benchmarks.md."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.cases import Case
from bench.fill import Size
from bench.limit import Limit
from bench.wire import Speed

DOCUMENT = Path(__file__).parents[1] / "docs/benchmarks.md"
BEGIN, END = "<!-- measured: `python -m bench --write` -->\n", "<!-- end of what was measured -->\n"
HEAD = ("what", "req/s", "p50 ms", "p99 ms", "statements", "pgbench tps", "fraction")


@dataclasses.dataclass(frozen=True)
class Measured:
    """What one case came to."""

    case: Case
    speed: Speed
    limit: Limit

    @property
    def fraction(self) -> float:
        """Give the part of the raw limit that is left over HTTP."""
        return self.speed.per_second / self.limit.per_second


def table(size: Size, measured: Sequence[Measured]) -> str:
    """Write the figures as a Markdown table, which reads on a screen as well."""
    rows = [
        (
            each.case.label.format(areas=f"{size.areas:,}", results=f"{size.results:,}"),
            _number(each.speed.per_second),
            f"{each.speed.p50_ms:,.1f}",
            f"{each.speed.p99_ms:,.1f}",
            str(each.limit.statements),
            _number(each.limit.per_second),
            f"{each.fraction:.0%}",
        )
        for each in measured
    ]
    widths = [max(map(len, column)) for column in zip(HEAD, *rows, strict=True)]
    lines = [_row(HEAD, widths), _row(["-" * width for width in widths], widths, "-")]
    return "\n".join([*lines, *(_row(row, widths) for row in rows)]) + "\n"


def write(
    size: Size, measured: Sequence[Measured], conditions: Mapping[str, str], seconds: float
) -> None:
    """Put the figures and their conditions into the document, and leave its other words alone."""
    text = DOCUMENT.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    on = dt.datetime.now(dt.UTC).date()
    told = "\n".join(f"- **{name}**: {value}" for name, value in conditions.items())
    counts = (
        f"{size.operations:,} operations, {size.areas:,} areas, {size.results:,} results; "
        f"{seconds:.0f} s each over HTTP and in pgbench, after a warm-up; measured on {on}."
    )
    DOCUMENT.write_text(
        f"{before}{BEGIN}\n{table(size, measured)}\n{counts}\n\n{told}\n\n{END}{after}"
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}"


def _row(cells: Sequence[str], widths: Sequence[int], gap: str = " ") -> str:
    first, *rest = (
        cell.ljust(width) if number == 0 else cell.rjust(width)
        for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return f"|{gap}" + f"{gap}|{gap}".join([first, *rest]) + f"{gap}|"
