"""Who keeps the national weeks."""

import sqlalchemy as sa

from ops import db
from ops.access import guard
from ops.access.models import Organisation
from ops.errors import Forbidden

# Whose administrators name what holds for the whole country.
POLICE = {"force", "district"}


def require_may_name() -> None:
    """Refuse whoever may not name what holds for the whole country."""
    guard.require("administer")
    if not may_name():
        raise Forbidden(
            "Only police organisations keep national weeks; ask a force's administrator."
        )


def may_name() -> bool:
    """Tell whether whoever is asking keeps the national weeks."""
    organisation = Organisation.id == guard.actor().organisation_id
    kind = db.session.scalar(sa.select(Organisation.kind).where(organisation))
    return guard.may("administer") and kind in POLICE
