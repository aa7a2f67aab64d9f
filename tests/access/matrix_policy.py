"""Read the policy table of docs/security.md: what it says is what the tests expect."""

import re
from pathlib import Path

SECURITY = Path(__file__).parents[2] / "docs" / "security.md"
_SECTION = re.compile(r"<!-- policy table -->(.*)<!-- end of policy table -->", re.DOTALL)
_ADDRESS = re.compile(r"`([A-Z]+) (\S+)`")
ROLES = ("admin", "lead", "officer", "analyst", "desk", "auditor", "partner")
# How somebody stands to an operation, in the words of the table.
RELATIONS = {
    "own": "of its organisation, or of one above it",
    "above": "of its organisation, or of one above it",
    "below": "of a part of its organisation",
    "other": "of another organisation",
    "partner": "of another organisation",
}
MEMBER, FORMER = "a member", "whose membership is over, taken back or still to come"


def _tables() -> dict[str, list[list[str]]]:
    """Give the rows of each table by the first word of its head."""
    found: dict[str, list[list[str]]] = {}
    rows: list[list[str]] = []
    section = _SECTION.search(SECURITY.read_text())
    assert section, "docs/security.md has lost the marks around its policy table."
    for line in section[1].splitlines():
        if not line.startswith("|"):
            rows = []
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not rows:
            found[cells[0]] = rows
        rows.append(cells)
    return {name: [row for row in rows[1:] if set(row[0]) != {"-"}] for name, rows in found.items()}


_TABLES = _tables()
# What somebody is in an operation, by how they stand to it and its visibility.
STANDING = {
    row[0]: dict(zip(("open", "restricted", "covert"), row[1:], strict=True))
    for row in _TABLES["who"]
}
# What each role may do, by right.
RIGHTS = {row[0]: dict(zip(ROLES, row[1:8], strict=True)) for row in _TABLES["right"]}
# Which addresses need which right of what: pairs of both, by verb and address.
ADDRESSES: dict[tuple[str, str], set[tuple[str, str]]] = {}
for _right, _of, _addresses in _TABLES["needs"]:
    for _found in _ADDRESS.findall(_addresses):
        ADDRESSES.setdefault(_found, set()).add((_right, _of))


def roles_in(relation: str, role: str, membership: str | None, visibility: str) -> set[str]:
    """Say what somebody is in an operation; nothing where they don't see it."""
    says = {
        "nothing": set(),
        "their role": {role},
        "their role, not in charge": {"officer" if role in {"admin", "lead"} else role},
    }[STANDING[RELATIONS[relation]][visibility]]
    if membership is None:
        return set(says)
    if membership == "former":
        assert set(STANDING[FORMER].values()) == {"nothing beside that"}
        return set(says)
    assert set(STANDING[MEMBER].values()) == {"the membership's role beside that"}
    return says | {membership}


def may(roles: set[str], right: str) -> bool:
    """Tell whether one of these roles has the right, of what somebody else recorded."""
    return any(RIGHTS[right][role] in {"yes", "own part"} for role in roles)


def written(rule: str) -> str:
    """Write the address of a route as the table has it."""
    return re.sub(r"<[^>]+>", "{id}", rule)
