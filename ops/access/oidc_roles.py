"""Which of a provider's groups come in, as what, and where."""

import dataclasses
import re
from collections.abc import Collection, Mapping

from ops.access.models import ROLES
from ops.errors import Invalid

# A group may hold anything but a comma; the last = is the one that counts.
_LINE = re.compile(r"(?P<group>[^,]+)=\s*(?P<role>[a-z]+)@(?P<organisation>[^@=,]+)")


@dataclasses.dataclass(frozen=True)
class Place:
    """What somebody is, and in which organisation, by its code."""

    role: str
    organisation: str


def read(text: str) -> dict[str, Place]:
    """Read the setting: groups in the order in which they count."""
    places: dict[str, Place] = {}
    for line in filter(None, (part.strip() for part in text.split(","))):
        found = _LINE.fullmatch(line)
        if found is None or found["role"] not in ROLES:
            raise Invalid(
                f"OPS_OIDC_ROLES can't have {line!r}: write group=role@ORGANISATION, "
                f"where the role is one of {', '.join(ROLES)}."
            )
        place = Place(found["role"], found["organisation"].strip())
        places.setdefault(found["group"].strip(), place)
    return places


def place_of(groups: Collection[str], places: Mapping[str, Place]) -> Place | None:
    """Give the place of somebody in these groups: that of the group named first."""
    return next((place for group, place in places.items() if group in groups), None)
