"""What a plan says of each of the seven sections, before anybody writes in them.

The wording of the law is general: a lead keeps what fits and asks a lawyer where it matters.
Deployments, teams and warrants are tables of the pack, so they are not told again in the texts.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ops import wording
from ops.briefings.composing import Plan, sent_out
from ops.geo.models import AREA_PURPOSES
from ops.operations.deployment_codes import DEPLOYMENT_KINDS, POWERS
from ops.operations.models import KINDS, PHASES, THEMES

# Ways in that break something, and may break somebody's peace.
FORCED = ("manual", "hydraulic", "cutting", "specialist")
# Themes in which those who are met may be victims.
_VICTIMS = ("county_lines", "modern_slavery")
# What a plan does not know, for whoever writes the section.
HINTS = {
    "information": "What is known, and why now. Give intelligence by its log number only.",
    "intention": "What is to be achieved, and what is not.",
    "method": "How it is done, step by step: routes, order of work, what happens if it goes wrong.",
    "administration": "Reporting times, vehicles, exhibits, custody, meals, overtime.",
    "risk_assessment": "Risks to the public, officers and the operation, and what limits each.",
    "communications": "Radio channel and call signs, telephone numbers, who tells the press what.",
    "legal": "Powers, and why their use is lawful, necessary and proportionate here.",
}


def filled(plan: Plan) -> dict[str, str]:
    """Write the seven sections from a plan."""
    operation = plan["operation"]
    sections = {
        "information": _information(operation, plan),
        "intention": _intention(operation),
        "method": _method(plan),
        "administration": _administration(plan),
        "risk_assessment": _risks(plan),
        "communications": _communications(),
        "legal": _legal(operation, plan),
    }
    return {name: "\n".join(lines) for name, lines in sections.items()}


def _information(operation: Mapping[str, Any], plan: Plan) -> Iterator[str]:
    kind = KINDS[operation["kind"]].lower()
    yield f"{operation['name']} ({operation['reference']}) is a {kind}."
    yield f"Led by {operation['organisation']}."
    if operation["parent"]:
        yield f"It is part of {operation['parent']}."
    if operation["theme"]:
        yield f"Theme: {THEMES[operation['theme']]}."
    yield f"Period: {wording.period(operation['starts_at'], operation['ends_at'])}."
    if plan["areas"]:
        yield ""
        yield "Areas:"
        for area in plan["areas"]:
            yield f"- {area['name']} ({AREA_PURPOSES[area['purpose']].lower()})"


def _intention(operation: Mapping[str, Any]) -> Iterator[str]:
    yield operation["aim"] or "The aim of the operation is still to be written."


def _method(plan: Plan) -> Iterator[str]:
    for phase in plan["phases"]:
        note = f": {phase['note']}" if phase["note"] else ""
        when = wording.period(phase["starts_at"], phase["ends_at"])
        yield f"- {PHASES[phase['kind']]} phase. {when}{note}"
    if plan["phases"]:
        yield ""
    going = sent_out(plan)
    if not going:
        yield "No deployment is planned yet."
        return
    kinds: dict[str, int] = {}
    for each in going:
        kinds[each["kind"]] = kinds.get(each["kind"], 0) + 1
    told = ", ".join(f"{DEPLOYMENT_KINDS[kind].lower()} {number}" for kind, number in kinds.items())
    yield f"{_count(len(going), 'deployment')} by kind: {told}."
    yield "Each has its number, its place, its time and its people in the table and on the map."


def _administration(plan: Plan) -> Iterator[str]:
    going = sent_out(plan)
    people = {person["id"] for each in going for person in each["people"]}
    teams = {team for each in going for team in each["teams"]}
    in_teams = f" in {_count(len(teams), 'team')}" if teams else ""
    yield f"Deployed: {_count(len(people), 'person', 'people')}{in_teams}."
    if going:
        yield f"The first deployment starts on {wording.moment(going[0]['starts_at'])}."
        yield f"The last ends on {wording.moment(max(each['ends_at'] for each in going))}."
    nobody = [str(each["number"]) for each in going if not each["people"]]
    if nobody:
        yield f"Nobody is on these yet: {', '.join(nobody)}."


def _risks(plan: Plan) -> Iterator[str]:
    yield (
        "Use the National Decision Model: gather information, assess threat and risk, consider"
        " powers and policy, choose among options, act and review."
    )
    yield "Tell the lead of any risk that is new, or that has changed, before going on."
    forced = [str(each["number"]) for each in sent_out(plan) if each["method_of_entry"] in FORCED]
    if forced:
        yield f"- Forced entry is planned at these deployments: {', '.join(forced)}."
    if any(each["kind"] == "prison_search" for each in sent_out(plan)):
        yield "- In a prison, its own rules for visitors, keys and radios apply."


def _communications() -> Iterator[str]:
    yield "Log each result here when it happens, and say in it what is not confirmed yet."
    yield "Tell the lead at once of an arrest, an injury, a child at risk, or a change of plan."
    yield "This briefing goes to nobody but those it is marked for. Hand paper copies back."


def _legal(operation: Mapping[str, Any], plan: Plan) -> Iterator[str]:
    going = sent_out(plan)
    powers = dict.fromkeys(each["power"] for each in [*going, *plan["warrants"]] if each["power"])
    if powers:
        yield "Powers relied on:"
        for code in powers:
            yield f"- {POWERS[code]}"
        yield ""
    yield (
        "**Human Rights Act 1998.** Entry, search and arrest interfere with liberty (Article 5) and"
        " with private life, family and home (Article 8). Each use of a power must be lawful,"
        " necessary and proportionate."
    )
    yield (
        "**Necessity.** Use a power only where the aim can't be reached in a way that intrudes"
        " less. An arrest must be necessary for a reason in PACE 1984 s.24(5)."
    )
    yield (
        "**Proportionality.** What is done is no more than the aim needs: in time, in force, in"
        " the number of officers, and for others at the address."
    )
    if plan["warrants"] or any(each["kind"] == "warrant" for each in going):
        yield (
            "**Search (PACE Code B).** Show the warrant and leave a copy and the notice of powers."
            " Keep a search record. Stay within what the warrant allows, and within its time."
        )
    yield "**Equality.** Nobody is treated less favourably for who they are (PACE Code B, 1.3A)."
    if operation["theme"] in _VICTIMS:
        yield (
            "**Children and victims.** Who is exploited is a victim first: Children Act 2004 s.11,"
            " and the duty to notify in Modern Slavery Act 2015 s.52."
        )
    yield (
        "**CPIA 1996.** Record, retain and reveal whatever may be relevant to an investigation:"
        " notes, decisions, and this briefing."
    )


def _count(number: int, one: str, several: str = "") -> str:
    return f"{wording.number(number)} {one if number == 1 else several or one + 's'}"
