"""What each role may do; who may see what is not decided here."""

# One row an action; reading needs a person, and no more.
MAY: dict[str, frozenset[str]] = {
    "administer": frozenset({"admin"}),
    "plan": frozenset({"admin", "lead"}),
    "log": frozenset({"admin", "lead", "officer"}),
    "confirm": frozenset({"admin", "lead"}),
    "report": frozenset({"admin", "lead", "analyst"}),
}


def may(role: str, action: str) -> bool:
    """Tell whether somebody with this role may do this."""
    return role in MAY[action]


def actions(role: str) -> list[str]:
    """List what somebody with this role may do."""
    return sorted(action for action in MAY if may(role, action))
