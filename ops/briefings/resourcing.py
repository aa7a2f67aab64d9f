"""What goes with the people of a plan, and what they are trained for, in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ops import wording
from ops.operations import readiness
from ops.operations.asset_models import ASSET_KINDS, SHARED
from ops.operations.skill_models import SKILLS

Deployed = Mapping[str, Any]
Row = list[Any]


def reserved(each: Deployed, kind: str) -> str:
    """Name what of a kind goes to a deployment, or how many cells wait for it."""
    return ", ".join(
        f"{asset['name']}, {_cells(asset['cells'])}" if kind == SHARED else asset["name"]
        for asset in each["assets"]
        if asset["kind"] == kind
    )


def skills(each: Deployed) -> str:
    """Say who on a deployment is trained for what, and until when."""
    held: dict[str, dict[str, list[str]]] = {}
    for one in each["certificates"]:
        held.setdefault(one["skill"], {}).setdefault(_holds(one, each), []).append(one["name"])
    return "; ".join(
        f"{SKILLS[skill]}: "
        + ", ".join(f"{', '.join(names)} ({until})" for until, names in held[skill].items())
        for skill in SKILLS
        if skill in held
    )


def assets(going: Sequence[Deployed]) -> list[Row]:
    """List the vehicles, dogs and equipment, each with where it goes."""
    return [
        [ASSET_KINDS[asset["kind"]], f"{asset['name']} ({asset['organisation']})", asset["note"],
         _numbers(rows)]
        for asset, rows in _uses(going)
        if asset["kind"] != SHARED
    ]  # fmt: skip


def custody(going: Sequence[Deployed]) -> list[Row]:
    """List the custody suites: the cells each has, and the most planned for at one time."""
    rows = []
    for suite, uses in _uses(going):
        if suite["kind"] == SHARED:
            most, _at = readiness.peak(
                [
                    readiness.Wanted(
                        suite["name"],
                        suite["capacity"],
                        next(a["cells"] for a in each["assets"] if a["id"] == suite["id"]),
                        wording.local(each["starts_at"]),
                        wording.local(each["ends_at"]),
                    )
                    for each in uses
                ]
            )
            name = f"{suite['name']} ({suite['organisation']})"
            rows.append([name, suite["capacity"], most, _numbers(uses)])
    return rows


def certificates(going: Sequence[Deployed]) -> Iterator[Row]:
    """List who is trained for what, until when, and where they go."""
    people: dict[str, tuple[str, dict[str, str], list[Deployed]]] = {}
    for each in going:
        for one in each["certificates"]:
            _name, held, at = people.setdefault(one["person"], (one["name"], {}, []))
            held[one["skill"]] = f"{SKILLS[one['skill']]}, {_until(one)}"
            if each not in at:
                at.append(each)
    for name, held, at in sorted(people.values(), key=lambda found: found[0]):
        yield [name, "; ".join(held.values()), _numbers(at)]


def _uses(going: Sequence[Deployed]) -> list[tuple[Mapping[str, Any], list[Deployed]]]:
    found: dict[str, tuple[Mapping[str, Any], list[Deployed]]] = {}
    for each in going:
        for asset in each["assets"]:
            found.setdefault(asset["id"], (asset, []))[1].append(each)
    order = list(ASSET_KINDS)
    return sorted(found.values(), key=lambda use: (order.index(use[0]["kind"]), use[0]["name"]))


def _holds(one: Mapping[str, Any], each: Deployed) -> str:
    """Say until when a certificate holds, and whether it holds for all of a deployment."""
    first, last = (wording.local(each[end]).date().isoformat() for end in ("starts_at", "ends_at"))
    if one["from_on"] > first:
        return f"only from {wording.short_day(one['from_on'])}"
    is_over = one["expires_on"] is not None and one["expires_on"] < last
    return _until(one) + (", before this ends" if is_over else "")


def _until(one: Mapping[str, Any]) -> str:
    return f"until {wording.short_day(one['expires_on'])}" if one["expires_on"] else "no end"


def _cells(number: int) -> str:
    return f"{number} {'cell' if number == 1 else 'cells'}"


def _numbers(rows: Sequence[Deployed]) -> str:
    return ", ".join(str(each["number"]) for each in rows)
