"""The states of a line, and the sorts of thing that happen to it."""

STATES = {
    "identified": "Identified",
    "active": "In use",
    "dormant": "Gone quiet",
    "closed": "Closed",
    "reopened": "Reopened",
    "rebranded": "Under a new name",
}
# Of one moment: it was there before it was closed, and closed before somebody looked.
SORTS = ("identified", "closure", "check_back", "change")
