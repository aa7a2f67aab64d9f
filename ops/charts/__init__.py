"""Charts as numbers: where each bar, line and dot of an SVG lies; no markup, no request."""

from ops.charts.bars import columns, rows
from ops.charts.data import HIDDEN, NO_MARK, Chart, Mark, Series, Span
from ops.charts.lines import lines
from ops.charts.maps import Place, Ring, cells, dots

__all__ = [
    "HIDDEN",
    "NO_MARK",
    "Chart",
    "Mark",
    "Place",
    "Ring",
    "Series",
    "Span",
    "cells",
    "columns",
    "dots",
    "lines",
    "rows",
]
