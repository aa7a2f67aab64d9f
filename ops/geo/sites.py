"""Keep the sites that everybody shares: prisons, premises, schools."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from ops import db
from ops.access import people
from ops.geo.models import Site


def add(content: Mapping[str, Any]) -> uuid.UUID:
    """Add a site."""
    with db.transaction():
        site = Site(id=db.new_id(), **_columns(content))
        db.session.add(site)
    return site.id


def change(
    site_id: uuid.UUID, content: Mapping[str, Any], check_version: Callable[[int], None]
) -> None:
    """Change a site; deployments there are compared with others where it lies now."""
    with db.transaction():
        site = db.find(Site, site_id, "site")
        check_version(site.version)
        for name, value in _columns(content).items():
            setattr(site, name, value)


def _columns(content: Mapping[str, Any]) -> dict[str, Any]:
    """Turn what was sent to columns: an organisation's code to its id."""
    values = dict(content)
    if "position" in values:
        values["point"] = values.pop("position")
    if "organisation" in values:
        code = values.pop("organisation")
        values["organisation_id"] = people.organisation_by_code(code).id if code else None
    return values
