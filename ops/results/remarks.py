"""What a reader of one record should know beyond what its own detail says."""

import uuid
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.results import exhibits
from ops.results.models import Confirmation


def further(record: dict[str, Any]) -> dict[str, Any]:
    """Add what is said of a seizure by what lies around and in it, and by who counted it."""
    if record["kind"] != "seizure":
        return record
    result_id, detail = uuid.UUID(record["id"]), record["detail"]
    said = [*record["remarks"], *exhibits.remarks(result_id, detail)]
    if (
        detail["category"] == "cash"
        and detail.get("quantity") is not None
        and not db.session.scalar(_is_counted(result_id))
    ):
        said.append(
            "Cash is counted by two people: somebody other than who recorded it has to confirm"
            " that they counted it too."
        )
    return record | {"remarks": said}


def _is_counted(result_id: uuid.UUID) -> sa.Select[bool]:
    return sa.select(
        sa.exists().where(
            Confirmation.result_id == result_id,
            Confirmation.how == "counted",
            Confirmation.withdrawn_at.is_(None),
        )
    )
