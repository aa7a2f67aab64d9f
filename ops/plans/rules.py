"""What each kind of operation asks for before it begins, and what is still missing of it."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from ops.operations.models import PHASES
from ops.results.kinds.base import FOUR_PS

WEEK, DAY, PRISON, PLACE = "week_of_action", "day_of_action", "prison_search", "place_based"
ACTION_DAYS = (WEEK, DAY)


@dataclasses.dataclass(frozen=True)
class Facts:
    """What the tasks look at, of one operation; `plan` holds what its guided plan says."""

    kind: str
    # The first and the last day; the last is none where there is no end.
    days: tuple[dt.date, dt.date | None]
    plan: Mapping[str, Any]
    national_week: tuple[dt.date, dt.date] | None
    is_whole_aimed: bool
    aimed_days: Collection[dt.date]
    trainings: int
    four_ps: Collection[str]
    phases: Sequence[Mapping[str, Any]]
    site_names: Mapping[str, str]
    comparisons: int
    now: dt.datetime


def days_of(facts: Facts) -> list[dt.date]:
    """List the days of an operation that has an end, a season at most."""
    first, last = facts.days
    count = min((last - first).days + 1, MOST_DAYS) if last else 0
    return [first + dt.timedelta(days=number) for number in range(count)]


# More days than these are no week of action; asking of each would help nobody.
MOST_DAYS = 31


def _national(facts: Facts) -> list[str]:
    if facts.plan["is_national"] is None:
        return ["Say whether it is part of a national week."]
    if facts.plan["is_national"] and facts.national_week is None:
        return ["Choose the national week."]
    if facts.national_week and facts.national_week != facts.days:
        return ["Its period is not that of the national week; choose the week again, or none."]
    return []


def _targets(facts: Facts) -> list[str]:
    said = []
    if not facts.is_whole_aimed:
        said.append("Set a target for all of it.")
    if len(days_of(facts)) > 1 and not facts.aimed_days:
        said.append("Set a target for a day.")
    return said


def _sites(facts: Facts) -> list[str]:
    planned = {row["on"] for row in facts.plan["sites_by_day"]}
    without = [day for day in days_of(facts) if day.isoformat() not in planned]
    if not without:
        return []
    many = len(without)
    return [f"Say how many sites are planned for {many} {'day' if many == 1 else 'days'}."]


def _leads(facts: Facts) -> list[str]:
    roles = {row["role"] for row in facts.plan["contacts"]}
    wanted = {
        "communications_lead": "Name the communications lead.",
        "partner_lead": "Name the lead of at least one partner.",
    }
    return [sentence for role, sentence in wanted.items() if role not in roles]


def _prison_contacts(facts: Facts) -> list[str]:
    known = {row.get("site") for row in facts.plan["contacts"] if row["role"] == "prison_contact"}
    return [
        f"Name a contact at {facts.site_names.get(site, 'each establishment')}."
        for site in facts.plan["establishments"]
        if site not in known
    ] or ([] if facts.plan["establishments"] else ["Choose the establishment first."])


def _searches(facts: Facts) -> list[str]:
    searched = {row["site"] for row in facts.plan["search_areas"]}
    return [
        f"Say where in {facts.site_names.get(site, 'each establishment')} to search."
        for site in facts.plan["establishments"]
        if site not in searched
    ] or ([] if facts.plan["establishments"] else ["Choose the establishment first."])


def _asked(facts: Facts) -> list[str]:
    said = []
    if facts.plan["teams_asked"] is None or facts.plan["dogs_asked"] is None:
        said.append("Say how many teams and dogs you ask for; none is an answer.")
    if not facts.plan["lists"]:
        said.append("Choose the lists that the search is about.")
    return said


def _four_ps(facts: Facts) -> list[str]:
    lacking = [label for code, label in FOUR_PS.items() if code not in facts.four_ps]
    return [f"Plan an action for {', '.join(lacking)}."] if lacking else []


def _phases(facts: Facts) -> list[str]:
    if not facts.phases:
        return ["Add its first phase."]
    said = []
    for phase in facts.phases:
        name = PHASES[phase["kind"]]
        if not phase["aim"]:
            said.append(f"{name}: say what it is to achieve.")
        if not phase["criteria"]:
            said.append(f"{name}: say what must hold before it is left.")
    return said


def _partners(facts: Facts) -> list[str]:
    if not facts.phases:
        return ["Add its first phase."]
    return [
        f"{PHASES[phase['kind']]}: plan what a partner does."
        for phase in facts.phases
        if not phase["actions"]
    ]


def _meetings(facts: Facts) -> list[str]:
    ahead = [
        row
        for row in facts.plan["meetings"]
        if dt.datetime.fromisoformat(row["at"]) > facts.now and not row.get("outcome")
    ]
    return [] if ahead else ["Plan the next review meeting."]


@dataclasses.dataclass(frozen=True)
class Task:
    """One thing that a kind of operation asks for: its page, and what is missing of it.

    `fields` are those of the guided plan that its page asks; what another part of the plan holds
    has none.
    """

    name: str
    title: str
    kinds: Collection[str]
    missing: Callable[[Facts], list[str]]
    fields: Sequence[str] = ()
    is_optional: bool = False


def _lacks(field: str, sentence: str) -> Callable[[Facts], list[str]]:
    return lambda facts: [] if facts.plan[field] else [sentence]


TASKS = (
    Task("week", "National week", (WEEK,), _national, ("is_national", "national_week")),
    Task(
        "priorities",
        "Priorities",
        ACTION_DAYS,
        _lacks("priorities", "Say what comes first."),
        ("priorities",),
    ),
    Task("targets", "Targets", ACTION_DAYS, _targets),
    Task(
        "districts",
        "Districts that take part",
        ACTION_DAYS,
        _lacks("districts", "Choose the districts."),
        ("districts",),
    ),
    Task("sites", "Sites each day", ACTION_DAYS, _sites, ("sites_by_day",)),
    Task("leads", "Communications and partners’ leads", ACTION_DAYS, _leads, ("contacts",)),
    Task(
        "establishments",
        "Establishments",
        (PRISON,),
        _lacks("establishments", "Choose the establishment."),
        ("establishments",),
    ),
    Task("contacts", "Contacts at the prison", (PRISON,), _prison_contacts, ("contacts",)),
    Task("areas", "Where to search", (PRISON,), _searches, ("search_areas",)),
    Task(
        "asked",
        "Teams, dogs and what is sought",
        (PRISON,),
        _asked,
        ("teams_asked", "dogs_asked", "lists"),
    ),
    Task(
        "training",
        "Training session",
        (PRISON,),
        lambda facts: [] if facts.trainings else ["Add a session on exploitation for staff."],
    ),
    Task(
        "intelligence",
        "Intelligence log numbers",
        (PRISON,),
        lambda _facts: [],
        ("intelligence_logs",),
        is_optional=True,
    ),
    Task("phases", "Aims and exit criteria", (PLACE,), _phases),
    Task("partners", "Partners’ actions by phase", (PLACE,), _partners),
    Task(
        "baseline",
        "Baseline",
        (PLACE,),
        lambda facts: [] if facts.comparisons else ["Nothing is compared with before yet."],
    ),
    Task("meetings", "Review meetings", (PLACE,), _meetings, ("meetings",)),
    Task("four-p", "4P plan", (WEEK, DAY, PRISON, PLACE), _four_ps),
)


def tasks_of(kind: str) -> list[Task]:
    """List what a kind of operation asks for, in order."""
    return [task for task in TASKS if kind in task.kinds]


def fields_of(kind: str) -> set[str]:
    """Name the fields of the guided plan that a kind asks."""
    return {field for task in tasks_of(kind) for field in task.fields}
