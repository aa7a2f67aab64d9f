"""A sample request for every route of the API: what right it needs, and what it would show."""

import dataclasses
from collections.abc import Callable
from typing import Any

from tests.access.matrix_world import DEEDS, HERE, Ids

FAR = {"from": "2026-10-01", "to": "2027-01-01"}
SQUARE = {
    "type": "Polygon",
    "coordinates": [
        [[-2.25, 53.48], [-2.23, 53.48], [-2.23, 53.49], [-2.25, 53.49], [-2.25, 53.48]]
    ],
}
Build = Callable[[Ids], dict[str, Any]]


@dataclasses.dataclass(frozen=True)
class Ask:
    """One request to a route.

    `right` is a row of the policy table, `of` what it is asked of: an `operation`; a `part`,
    which a partner sees only where it is their organisation's own; what a partner does not see
    at all (`whole`); an `organisation`, so that the role there counts; `any` of both, so that
    one role is enough; `everybody`, `oneself` and `nobody` need no right. `shows` are the parts
    that stand in the reply as far as they are seen; `granted` the statuses of whoever may,
    where these are not simply a success.
    """

    right: str
    of: str = "operation"
    json: Build | None = None
    data: Build | None = None
    query: Build | dict[str, Any] | None = None
    values: Build | None = None
    etag: str | None = None
    shows: tuple[str, ...] = ()
    granted: tuple[int, ...] = (200, 201, 204, 207, 302, 303)
    # Reads what is listed in its own way; the test knows it by this name.
    special: str | None = None


def deployment(ids: Ids) -> dict[str, Any]:
    """Plan something in the period of every operation."""
    window = {"starts_at": "2026-11-04T10:00:00Z", "ends_at": "2026-11-04T12:00:00Z"}
    return {"kind": "visit", "name": "Another", "point": HERE, **window}


def area(ids: Ids) -> dict[str, Any]:
    """Draw a square."""
    properties = {"name": "Another", "purpose": "target"}
    return {"type": "Feature", "geometry": SQUARE, "properties": properties}


def result(ids: Ids) -> dict[str, Any]:
    """Log an arrest."""
    detail = {"reason": "supply_class_a"}
    return {"kind": "arrest", "occurred_at": "2026-11-02T12:00:00Z", "detail": detail}


def target(ids: Ids) -> dict[str, Any]:
    """Set a target for the operation."""
    scope = {"operation": str(ids.operation_id)}
    return {"measure": "lines_closed", "period": "2026/27", "value": "3", **scope}


def figure(ids: Ids) -> dict[str, Any]:
    """Report a figure of the operation."""
    said = {"value": "3", "unit": "count", "as_at": "2026-11-02", "source": "A letter"}
    return {"measure": "arrests", "operation": str(ids.operation_id), **said}


def plan(ids: Ids) -> dict[str, Any]:
    """Plan an operation."""
    times = {"starts_at": "2026-12-01T00:00:00Z", "ends_at": "2026-12-08T00:00:00Z"}
    return {"kind": "week_of_action", "name": "Another", **times}


def site(ids: Ids) -> dict[str, Any]:
    """Add a prison."""
    return {"kind": "prison", "name": "HMP Another", "position": HERE}


def said(**content: Any) -> Build:
    """Send this, whatever is named."""
    return lambda _ids: content


def named(**names: str) -> Build:
    """Send these of the ids, each under the name that the field has."""
    return lambda ids: {field: str(getattr(ids, name)) for field, name in names.items()}


READ = "see"
ERASE = said(decision="erase", reason="Nobody needs it any more.")
SAMPLES: dict[tuple[str, str], tuple[Ask, ...]] = {
    ("access.Me", "GET"): (Ask(READ, "everybody"),),
    ("access.Organisations", "GET"): (Ask(READ, "everybody"),),
    ("access.People", "GET"): (Ask("plan", "any"),),
    ("access.Tokens", "GET"): (Ask(READ, "oneself"),),
    ("access.Tokens", "POST"): (
        Ask("account", "oneself", json=said(label="Mine", scopes=["read"])),
    ),
    ("access.TokenById", "DELETE"): (Ask("account", "oneself", granted=(404,)),),
    ("operations.Operations", "GET"): (
        Ask(READ, "everybody", shows=("plan",)),
        Ask(READ, "everybody", query={"q": "zqplan"}, shows=("plan",)),
        Ask(READ, "everybody", query={"bbox": "-2.26,53.47,-2.2,53.5"}, shows=("plan",)),
    ),
    ("operations.Operations", "POST"): (
        Ask("plan", "organisation", json=plan),
    ),
    ("operations.OperationById", "GET"): (Ask(READ, shows=("plan",)),),
    ("operations.OperationById", "PATCH"): (
        Ask("plan", json=said(aim="Another"), etag="operation"),
        Ask("share", json=said(visibility="open"), etag="operation"),
    ),
    ("operations.Transitions", "GET"): (Ask(READ, shows=("whole",)),),
    ("operations.Transitions", "POST"): (
        Ask("plan", json=said(to="closed", reason="It is over now.")),
        # It is approved already, which only those who could do it are told.
        Ask("approve", json=said(to="approved"), granted=(409,)),
    ),
    ("operations.Phases", "GET"): (Ask(READ, shows=("plan",)),),
    ("operations.Phases", "POST"): (
        Ask("plan", json=said(kind="hold", starts_at="2026-11-03T00:00:00Z")),
    ),
    ("operations.PhaseById", "PATCH"): (Ask("plan", json=said(note="Another")),),
    ("operations.PhaseById", "DELETE"): (Ask("plan"),),
    ("deployments.Deployments", "GET"): (Ask(READ, shows=DEEDS),),
    ("deployments.Deployments", "POST"): (Ask("plan", json=deployment),),
    ("deployments.DeploymentById", "GET"): (Ask(READ, "part", shows=("itself",)),),
    ("deployments.DeploymentById", "PATCH"): (
        Ask("plan", "part", json=said(note="Another"), etag="deployment"),
    ),
    ("deployments.Assignments", "GET"): (Ask(READ, "part", shows=("itself",)),),
    ("deployments.Assignments", "POST"): (Ask("plan", "part", json=named(person="person_id")),),
    ("deployments.AssignmentById", "DELETE"): (Ask("plan", "part"),),
    ("deployments.Teams", "GET"): (Ask(READ, shows=DEEDS),),
    ("deployments.Teams", "POST"): (Ask("plan", json=said(name="Another")),),
    ("deployments.TeamById", "GET"): (Ask(READ, "part", shows=("itself",)),),
    ("deployments.TeamById", "PATCH"): (Ask("plan", "part", json=said(name="Another")),),
    ("members.Members", "GET"): (Ask(READ, shows=("whole",)),),
    ("members.Members", "POST"): (
        Ask("share", json=lambda ids: {"role": "officer", "person": str(ids.person_id)}),
    ),
    ("members.MemberById", "DELETE"): (Ask("share", "whole"),),
    # Nothing is opened that is not restricted: see tests/operations/test_members.py.
    ("members.BreakGlass", "POST"): (
        Ask("break_glass", "organisation", granted=(404,),
            json=said(reference="NOWHERE-1", reason="Officers are at the door now.")),
    ),
    ("members.Alerts", "GET"): (Ask(READ, "oneself"),),
    ("members.AlertSeen", "POST"): (Ask("account", "oneself", granted=(404,)),),
    ("geo.Areas", "GET"): (Ask(READ, shows=DEEDS),),
    ("geo.Areas", "POST"): (Ask("plan", json=area),),
    ("geo.AreaById", "GET"): (Ask(READ, "part", shows=("itself",)),),
    ("geo.AreaById", "PUT"): (Ask("plan", "part", json=area, etag="area"),),
    ("geo.AreaById", "DELETE"): (Ask("plan", "part", etag="area"),),
    ("geo.Covering", "GET"): (
        Ask(READ, "everybody", shows=DEEDS,
            query={"lon": "-2.24", "lat": "53.485", "at": "2026-11-02T12:00:00Z"}),
    ),
    ("geo.Sites", "GET"): (Ask(READ, "everybody"),),
    ("geo.Sites", "POST"): (Ask("plan", "organisation", json=site),),
    ("geo.Boundaries", "GET"): (Ask(READ, "everybody"),),
    ("ledger.Log", "GET"): (Ask("audit", "everybody", special="log"),),
    ("results.OperationResults", "GET"): (Ask(READ, shows=DEEDS),),
    ("results.OperationResults", "POST"): (Ask("log", json=result),),
    ("results.Results", "GET"): (
        Ask(READ, "everybody", shows=DEEDS),
        Ask(READ, "everybody", query={"measure": "cash_seized"}, shows=DEEDS),
    ),
    ("results.Batch", "POST"): (
        Ask("log", special="batch",
            json=lambda ids: {"items": [result(ids) | named(operation="operation_id")(ids)]}),
    ),
    ("results.ResultById", "GET"): (Ask(READ, "part", shows=("itself",)),),
    ("results.ResultById", "PATCH"): (
        Ask("correct", "part", json=said(note="Another", reason="It was another."), etag="result"),
    ),
    ("results.ResultStrike", "POST"): (
        Ask("correct", "part", json=said(reason="It was another.")),
    ),
    ("results.ResultConfirm", "POST"): (Ask("confirm", "part"),),
    ("results.ResultCredits", "POST"): (Ask("confirm", "part", json=named(operation="hub_id")),),
    ("results.ResultCreditById", "DELETE"): (
        Ask("confirm", "part", values=named(operation_id="hub_id"), etag="result"),
    ),
    ("results.ResultHistory", "GET"): (Ask(READ, "part"),),
    ("retention.Groups", "GET"): (Ask(READ, "everybody"),),
    ("retention.Due", "GET"): (Ask(READ, "everybody"),),
    ("retention.OperationRetention", "GET"): (Ask(READ, shows=("whole",)),),
    ("retention.ResultRetention", "GET"): (Ask(READ, "part"),),
    # While it runs, nothing of it is decided: which only those who could are told.
    ("retention.OperationReviews", "POST"): (Ask("erase", json=ERASE, granted=(201, 409)),),
    ("retention.ResultReviews", "POST"): (Ask("erase", "part", json=ERASE, granted=(201, 409)),),
    ("retention.OperationHolds", "POST"): (Ask("erase", json=said(reason="A court asks.")),),
    ("retention.ResultHolds", "POST"): (Ask("erase", "part", json=said(reason="A court asks.")),),
    ("retention.HoldById", "DELETE"): (Ask("erase", "whole"),),
    ("retention.OperationErase", "POST"): (
        Ask("erase", query={"dry_run": "true"}, json=said(), granted=(200, 409)),
    ),
    ("retention.ResultErase", "POST"): (
        Ask("erase", "part", query={"dry_run": "true"}, json=said(), granted=(200, 409)),
    ),
    ("outcomes.OperationOutcomes", "GET"): (Ask(READ, special="pounds"),),
    ("outcomes.Outcomes", "GET"): (
        Ask(READ, "everybody", special="pounds"),
        Ask(READ, "everybody", query={"by": "day"}, special="pounds"),
    ),
    ("outcomes.Measures", "GET"): (Ask(READ, "everybody"),),
    ("outcomes.Targets", "GET"): (Ask(READ, "everybody", shows=("whole",)),),
    ("outcomes.Targets", "POST"): (Ask("report", json=target),),
    ("outcomes.ReportedFigures", "GET"): (Ask(READ, "everybody", shows=("whole",)),),
    ("outcomes.ReportedFigures", "POST"): (Ask("report", json=figure),),
    ("outcomes.PublishedSets", "GET"): (Ask(READ, "everybody"),),
    ("outcomes.PublishedSetByCode", "GET"): (
        Ask(READ, "everybody", values=said(code="NONE"), granted=(404,)),
    ),
}  # fmt: skip
