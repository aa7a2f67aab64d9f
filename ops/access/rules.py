"""What each role may do, in an organisation or an operation; the database decides who sees what."""

# One row an action; whoever sees a thing may read it.
MAY: dict[str, frozenset[str]] = {
    "administer": frozenset({"admin"}),
    "approve": frozenset({"admin", "lead"}),
    "audit": frozenset({"auditor"}),
    "break_glass": frozenset({"lead", "desk"}),
    "confirm": frozenset({"admin", "lead"}),
    "contribute": frozenset({"admin", "lead", "partner"}),
    "deconflict": frozenset({"desk"}),
    "define": frozenset({"admin", "lead", "analyst"}),
    "erase": frozenset({"admin", "lead"}),
    "log": frozenset({"admin", "lead", "officer", "partner"}),
    "plan": frozenset({"admin", "lead"}),
    "report": frozenset({"admin", "lead", "analyst"}),
    "share": frozenset({"admin", "lead"}),
    "subscribe": frozenset({"admin", "lead", "analyst"}),
}


def may(role: str, action: str) -> bool:
    """Tell whether somebody with this role may do this."""
    return role in MAY[action]


def actions(role: str) -> list[str]:
    """List what somebody with this role may do."""
    return sorted(action for action in MAY if may(role, action))
