"""What may become of a briefing, and how a changed plan meets what somebody wrote."""

import difflib
from collections.abc import Mapping

from ops.briefings.models import SECTIONS, Briefing
from ops.errors import Invalid, Refused
from ops.operations.models import MARKINGS


def check_written(briefing: Briefing) -> None:
    """Refuse to change what was issued."""
    if briefing.state != "draft":
        raise Refused("This version is issued, so it stays as it is; begin a new version.")


def check_marking(marking: str, of_operation: str) -> None:
    """Refuse a marking below that of the operation: the highest of its contents holds."""
    if MARKINGS.index(marking) < MARKINGS.index(of_operation):
        said = f"The operation is {of_operation}, so its briefing can't be {marking}."
        raise Invalid(said, {"marking": [said]})


def check_issue(briefing: Briefing) -> None:
    """Refuse to issue twice, or with a section that says nothing."""
    if briefing.state != "draft":
        raise Refused("This version is issued already.")
    lacking = [label for name, label in SECTIONS.items() if not getattr(briefing, name).strip()]
    if lacking:
        raise Refused(
            f"Nothing is written yet in: {', '.join(lacking)}. Write it, or write that there is"
            " nothing to say.",
            {"missing": lacking},
        )


def check_withdrawal(briefing: Briefing) -> None:
    """Refuse to withdraw what nobody was given, or twice."""
    if briefing.state == "draft":
        raise Refused("A draft was never issued, so there is nothing to withdraw.")
    if briefing.state == "withdrawn":
        raise Refused("This version is withdrawn already.")


def check_reading(state: str) -> None:
    """Refuse to be briefed by what is not in force."""
    if state != "issued":
        what = "a draft" if state == "draft" else "withdrawn"
        raise Refused(f"This version is {what}, so nobody is briefed by it.")


def check_copy(state: str) -> None:
    """Refuse to hand out a draft."""
    if state == "draft":
        raise Refused("A draft is not handed out. Issue it first; its page shows how it reads.")


def merged(text: str, was: str, now: str) -> str:
    """Take what a plan says anew into a text that somebody may have written in.

    A line goes only where the plan's own line still stands as the plan had it; a new line comes
    in its place, or at the end. Whatever was written beside the plan's lines stays.
    """
    if text == was:
        return now
    lines = text.split("\n") if text else []
    old, new = was.split("\n"), now.split("\n")
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for act, first, last, begin, end in matcher.get_opcodes():
        if act == "equal":
            continue
        gone = [line for line in old[first:last] if line and line in lines]
        come = [line for line in new[begin:end] if line and line not in lines]
        place = lines.index(gone[0]) if gone else _after(lines, old[:first])
        for line in gone:
            lines.remove(line)
        lines[place:place] = come
    return "\n".join(lines)


def _after(lines: list[str], before: list[str]) -> int:
    """Find the place behind the nearest line that both have; without one, the end."""
    for line in reversed(before):
        if line and line in lines:
            return lines.index(line) + 1
    return len(lines)


def changed(filled: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Name the sections of which the plan says something else by now."""
    return [name for name in SECTIONS if filled.get(name, "") != now[name]]
