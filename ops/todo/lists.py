"""The lists that wait for somebody: what each counts, who may shorten it, and where it is."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence

from ops import db
from ops.briefings import queries as briefings
from ops.deconfliction import queries as deconfliction
from ops.doubles import queries as doubles
from ops.lines import closures
from ops.operations import progress_queries
from ops.operations.progress import Patience
from ops.plans import action_queries as actions
from ops.releases import queries as releases
from ops.reports import queries as reports
from ops.results import custody_queries, disruption_reviews, nil_returns, warrant_returns
from ops.retention import queries as retention
from ops.subscriptions import queries as subscriptions


@dataclasses.dataclass(frozen=True)
class Waiting:
    """A list that waits: its words, its page, and the query that the page itself asks."""

    title: str
    # What stands in it, for one and for several.
    words: tuple[str, str]
    href: str
    # Whoever may do this in the operations of an entry is who it waits for; what names nobody but
    # the asker waits for them, whatever they are there.
    action: str | None
    query: db.Query
    # The columns that name these operations, or the one that lists them; without any, the query
    # itself gives what waits for whoever asks.
    operations: tuple[str, ...] = ("operation",)
    # The column by which it stands in order, and what is said of the first.
    first: str = "due_on"
    said: str = "The first is due on"
    # What is earlier is overdue.
    overdue_before: dt.date | dt.datetime | None = None


def lists(
    now: dt.datetime,
    today: dt.date,
    person: uuid.UUID,
    check_back_days: Sequence[int],
    patience: Patience,
    *,
    is_desk: bool = False,
) -> dict[str, Waiting]:
    """Give the lists, the most pressing first."""
    of_desk = {
        "conflicts": Waiting(
            "Conflicts to resolve",
            ("conflict", "conflicts"),
            "/deconfliction",
            "deconflict",
            deconfliction.to_resolve(),
            operations=(),
            first="starts_at",
            said="The first begins on",
        )
    }
    return (of_desk if is_desk else {}) | {
        "briefings": Waiting(
            "Briefings to read",
            ("briefing", "briefings"),
            "/briefings",
            None,
            briefings.to_read(now, person),
            first="starts_at",
            said="You are deployed from",
        ),
        "unread": Waiting(
            "Deployed people who have not read their briefing",
            ("person", "people"),
            "/briefings#others",
            "plan",
            briefings.unread_by_others(now, person),
            first="starts_at",
            said="The first is deployed from",
        ),
        "in_conflict": Waiting(
            "Deployments in conflict",
            ("deployment", "deployments"),
            "/conflicts",
            "plan",
            deconfliction.in_conflict(),
            first="starts_at",
            said="The first begins on",
        ),
        "cash": Waiting(
            "Cash detained without a court’s order",
            ("sum of cash", "sums of cash"),
            "/cash-detentions",
            "log",
            custody_queries.clocks(now),
            first="due_at",
            overdue_before=now,
        ),
        "overdue": Waiting(
            "Deployments overdue",
            ("deployment", "deployments"),
            "/deployments/overdue",
            "plan",
            progress_queries.overdue(now, patience),
            first="due_at",
            said="The first was due on",
            overdue_before=now,
        ),
        "warrants": Waiting(
            "Warrants to return to court",
            ("warrant", "warrants"),
            "/warrants/returns",
            "log",
            warrant_returns.returns({}, today),
            first="return_due",
            overdue_before=today,
        ),
        "actions": Waiting(
            "Actions of 4P plans",
            ("action due or to review", "actions due or to review"),
            "/actions/due",
            "contribute",
            actions.due({}, today),
            first="next_on",
            overdue_before=today,
        ),
        "unreported": Waiting(
            "Deployments with nothing reported",
            ("deployment", "deployments"),
            "/nil-returns/missing",
            "log",
            nil_returns.missing({}, now),
            first="ended_at",
            said="The first ended on",
        ),
        "doubles": Waiting(
            "Likely doubles",
            ("pair of records", "pairs of records"),
            "/doubles",
            "confirm",
            doubles.pairs({}),
            operations=("operation_id", "other_operation_id"),
            first="found_at",
            said="The first was found on",
        ),
        "check_backs": Waiting(
            "Closed lines to look at again",
            ("line", "lines"),
            "/lines/check-backs",
            "log",
            closures.check_backs({}, check_back_days),
            overdue_before=today,
        ),
        "unnamed": Waiting(
            "Closures that name no line",
            ("closure", "closures"),
            "/lines#unnamed",
            "log",
            closures.unnamed({}),
            first="closed_on",
            said="The first was on",
        ),
        "disruptions": Waiting(
            "Disruptions to review",
            ("disruption", "disruptions"),
            "/disruptions/reviews",
            "log",
            disruption_reviews.reviews({}, today),
            overdue_before=today,
        ),
        "releases": Waiting(
            "Releases to approve",
            ("release", "releases"),
            "/releases?state=draft",
            "approve",
            releases.waiting(person),
            operations=("operations",),
            first="made_at",
            said="The first was written on",
        ),
        "revisions": Waiting(
            "Revisions to approve",
            ("revision", "revisions"),
            "/releases?state=revision",
            "approve",
            releases.revised(person),
            operations=("operations",),
            first="revision_at",
            said="The first was proposed on",
        ),
        "reports": Waiting(
            "Panel reports to issue",
            ("report", "reports"),
            "/reports?state=draft",
            "approve",
            reports.to_issue(person),
            operations=("operations",),
            first="made_at",
            said="The first was begun on",
        ),
        "retention": Waiting(
            "Records to review before they are erased",
            ("record or operation", "records and operations"),
            "/reviews",
            "erase",
            retention.due({"before": today}),
            operations=("operation_id",),
            first="review_on",
            said="The first was due on",
        ),
        "given_up": Waiting(
            "Deliveries given up",
            ("delivery of a subscription", "deliveries of subscriptions"),
            "/subscriptions",
            None,
            subscriptions.given_up(person),
            operations=(),
            first="created_at",
            said="The first is from",
        ),
    }
