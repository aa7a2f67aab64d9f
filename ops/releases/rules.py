"""What may be said of a figure, and how a release comes to be published."""

import decimal
import uuid
from collections.abc import Mapping
from typing import Any

from ops import wording
from ops.errors import Invalid, Refused
from ops.releases.models import SAID_AS, Release

# How sure records must be of a figure for it to be said so.
_FROM_BELOW = {"exact", "more_than", "at_least"}
_NEAR = {"exact", "approx"}
# As far as that, a figure is about another.
NEAR = decimal.Decimal("0.05")


def check_rounding(
    label: str, figure: Mapping[str, Any], headline: Mapping[str, Any], field: str = "headlines"
) -> None:
    """Refuse to say more than the records do."""
    rounded, word = headline["rounded"], headline["said_as"]
    if figure["value"] is None:
        raise Invalid(f"{label} has no figure in this snapshot, so it can't be a headline.")
    if rounded is None:
        return
    value, sure = decimal.Decimal(figure["value"]), figure["qualifier"] or "exact"
    said = wording.quantity(figure["value"], figure.get("unit", "count"), sure)
    if word == "approx":
        is_fair = sure in _NEAR and abs(rounded - value) <= abs(value) * NEAR
    elif word == "more_than":
        is_fair = sure in _FROM_BELOW and (rounded < value or (rounded, sure) == (value, word))
    else:
        is_fair = sure in _FROM_BELOW and rounded <= value
    if not is_fair:
        sentence = (
            f"{label}: the records say {said}, and {SAID_AS[word].lower()} {rounded:,f} would say"
            " more. Round it down, and keep “about” within five in a hundred."
        )
        raise Invalid(sentence, {field: [sentence]})


def revise(
    label: str, figure: Mapping[str, Any], value: decimal.Decimal, said_as: str | None
) -> str:
    """Give the qualifier of a revised figure; refuse to say more than the records do by now."""
    if figure["value"] is None:
        raise Invalid(f"{label} is not shown any more, so there is nothing to put in its place.")
    if said_as is not None:
        rounded = {"rounded": value, "said_as": said_as}
        check_rounding(label, figure, rounded, "value")
        return said_as
    sure: str = figure["qualifier"] or "exact"
    if value != decimal.Decimal(figure["value"]):
        recorded = wording.quantity(figure["value"], figure["unit"], sure)
        sentence = (
            f"{label}: the records now say {recorded}. Give that, say how it is rounded, or"
            " correct the records first."
        )
        raise Invalid(sentence, {"value": [sentence]})
    return sure


def approve_revision(release: Release, by: uuid.UUID) -> Mapping[str, Any]:
    """Let somebody stand for the revision that somebody else proposed; give it."""
    revision = proposed(release)
    if by == release.revision_by:
        raise Refused("Whoever proposed a revision can't approve it; somebody else must.")
    return revision


def proposed(release: Release) -> Mapping[str, Any]:
    """Give the revision that waits; refuse where there is none."""
    if release.revision is None:
        raise Refused("Nobody has proposed a revision of this release.")
    return release.revision


def check_written(release: Release) -> None:
    """Refuse to change what is published."""
    if release.state == "published":
        raise Refused("This is published, so it stays as it is; revise a figure of it instead.")


def approve(release: Release, by: uuid.UUID) -> None:
    """Let somebody stand for what somebody else wrote."""
    check_written(release)
    if release.state == "approved":
        raise Refused("This is approved already.")
    if by in {release.made_by, release.changed_by}:
        raise Refused("Whoever wrote a release can't approve it; somebody else must.")


def publish(release: Release) -> None:
    """Refuse to publish what nobody stands for, or twice."""
    if release.state == "published":
        raise Refused("This is published already.")
    if release.state != "approved":
        raise Refused("Somebody else must approve this before it is published.")
