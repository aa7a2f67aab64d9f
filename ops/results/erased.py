"""What was erased, and asks nothing of anybody any more."""

from typing import Any

import sqlalchemy as sa


def is_erased(results: Any) -> sa.ColumnElement[bool]:
    """Tell whether the content of a result is gone: the mark of what was sent goes with it."""
    return sa.func.length(results.content_hash) == 0
