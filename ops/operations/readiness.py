"""What a deployment still lacks, in words: skills that nobody on it has, cells that are short."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence

from ops.operations.skill_models import SKILLS
from ops.wording import LONDON, short_day

# What a kind of deployment, a method of entry and a thing that goes along ask for: somebody on
# it must have each. General knowledge: proposed, to be set to the force's own practice.
ASKED_BY_KIND = {"warrant": ("search",), "prison_search": ("search", "licensed_search_officer")}
ASKED_BY_ENTRY = {
    "manual": ("method_of_entry",),
    "hydraulic": ("method_of_entry",),
    "cutting": ("method_of_entry",),
    "specialist": ("specialist_entry",),
}
ASKED_BY_ASSET = {"dog": ("dog_handler",)}


@dataclasses.dataclass(frozen=True)
class Held:
    """A certificate of somebody on a deployment."""

    person: str
    skill: str
    from_on: dt.date
    expires_on: dt.date | None


@dataclasses.dataclass(frozen=True)
class Wanted:
    """Cells of a suite that one deployment plans for."""

    suite: str
    capacity: int
    cells: int
    starts_at: dt.datetime
    ends_at: dt.datetime


def asked(kind: str, entry: str | None, assets: Iterable[str]) -> list[str]:
    """List the skills that somebody on a deployment must have."""
    skills = [*ASKED_BY_KIND.get(kind, ()), *ASKED_BY_ENTRY.get(entry or "", ())]
    for each in assets:
        skills += ASKED_BY_ASSET.get(each, ())
    return list(dict.fromkeys(skills))


def skills_short(
    skills: Iterable[str], held: Sequence[Held], starts_at: dt.datetime, ends_at: dt.datetime
) -> list[str]:
    """Say which skills nobody has for the whole window, and whose certificate ends before."""
    first, last = (moment.astimezone(LONDON).date() for moment in (starts_at, ends_at))
    said = []
    for skill in skills:
        label = SKILLS[skill][0].lower() + SKILLS[skill][1:]
        having = [each for each in held if each.skill == skill]
        if any(
            each.from_on <= first and (each.expires_on is None or each.expires_on >= last)
            for each in having
        ):
            continue
        ended = [
            f"{each.person}’s certificate ends on {short_day(each.expires_on)}"
            for each in having
            if each.expires_on is not None and each.expires_on < last
        ]
        why = f": {'; '.join(ended)}, before the deployment does." if ended else "."
        said.append(f"Nobody on it has the skill “{label}” throughout{why}")
    return said


def cells_short(wanted: Sequence[Wanted]) -> list[str]:
    """Say where more cells are planned for at one time than a suite has."""
    said = []
    for suite in dict.fromkeys(each.suite for each in wanted):
        rows = [each for each in wanted if each.suite == suite]
        most, at = peak(rows)
        if most > rows[0].capacity:
            said.append(
                f"{suite} has {rows[0].capacity} cells, and {most} are planned for at "
                f"{at.astimezone(LONDON):%H:%M} on {short_day(at)}."
            )
    return said


def peak(wanted: Sequence[Wanted]) -> tuple[int, dt.datetime]:
    """Give the most cells wanted at one time, and when that first is."""
    return max(
        (
            (
                sum(each.cells for each in wanted if each.starts_at <= at < each.ends_at),
                at,
            )
            for at in sorted({each.starts_at for each in wanted})
        ),
        key=lambda found: found[0],
    )
