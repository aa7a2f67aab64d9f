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
ACROSS = {"type": "LineString", "coordinates": [[-2.26, 53.485], [-2.22, 53.485]]}
Build = Callable[[Ids], dict[str, Any]]


@dataclasses.dataclass(frozen=True)
class Ask:
    """One request to a route.

    `right` is a row of the policy table, `of` what it is asked of: an `operation`; a `part`,
    which a partner sees only where it is their organisation's own; what a partner does not see
    at all (`whole`); an `organisation`, so that the role there counts; `any` of both, so that
    one role is enough, or `both`, so that it takes each; `everybody`, `oneself` and `nobody` need
    no right. `shows` are the parts that stand in the reply as far as they are seen; `granted` the
    statuses of whoever may, where these are not simply a success.
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


def check(ids: Ids) -> dict[str, Any]:
    """Look at a place before anything is planned there."""
    window = {"starts_at": "2026-11-04T10:00:00Z", "ends_at": "2026-11-04T12:00:00Z"}
    return {"kind": "visit", "point": HERE, **window}


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


def report(ids: Ids) -> dict[str, Any]:
    """Begin a report for the panel."""
    days = {"starts_on": "2026-11-01", "ends_on": "2026-11-30"}
    return {"title": "Another", "operations": [str(ids.operation_id)], **days}


def case(ids: Ids) -> dict[str, Any]:
    """Tell a case in a report."""
    return {"operation": str(ids.operation_id), "title": "Another", "text": "It was open."}


def site(ids: Ids) -> dict[str, Any]:
    """Add a prison."""
    return {"kind": "prison", "name": "HMP Another", "position": HERE}


def said(**content: Any) -> Build:
    """Send this, whatever is named."""
    return lambda _ids: content


def named(**names: str) -> Build:
    """Send these of the ids, each under the name that the field has."""
    return lambda ids: {field: str(getattr(ids, name)) for field, name in names.items()}


MEASURE = {
    "four_p": "pursue",
    "definition": {"kind": "seizure", "where": {"category": ["cash"]}},
}
HANDED = {"to_whom": "The panel", "what_for": "Its meeting"}
COPIED = {"recipient": "The panel", "reason": "Its meeting"}
RETURN = {
    "code": "another",
    "name": "Another",
    "recipient": "A body",
    "columns": [{"name": "Arrests", "measure": "arrests"}],
}
LINE = {"measure": "arrests", "label": "Arrests", "four_p": "pursue"}
ENDED = said(reason="It was another.")


def counts(ids: Ids) -> dict[str, Any]:
    """Import a month."""
    said = {"source": "Counts", "publisher": "Us", "obtained_on": "2026-11-01"}
    return {**said, "content": "area,category,month,count\nHere,Theft,2026-01,3\n"}


def comparison(ids: Ids) -> dict[str, Any]:
    """Compare two quarters."""
    said = {"name": "Another", "source": "Counts", "target_area": "Here"}
    after = [{"label": "After", "from": "2026-04", "to": "2026-06"}]
    return {**said, "baseline": {"from": "2026-01", "to": "2026-03"}, "after": after}


def seizure(ids: Ids) -> dict[str, Any]:
    """Name a seizure of the operation."""
    return {"result_id": ids.results["seizure"]}


def custody_event(ids: Ids) -> dict[str, Any]:
    """Name a step of the custody of that seizure."""
    return seizure(ids) | {"event_id": ids.custody_event_id}


def criterion(ids: Ids) -> dict[str, Any]:
    """Say what must hold before the phase is left."""
    return {"phase": str(ids.phase_id), "text": "Nobody is afraid"}


WHEN = {"starts_on": "2027-03-01"}
WEEK = said(name="Another", starts_on="2027-03-01", ends_on="2027-03-07")
DECIDED = said(what="To go in", why="It was time.")
ACTION = said(four_p="protect", what="Visit homes", due_on="2026-12-01", review_on="2026-11-28")
READ = "see"
SUBSCRIPTION = {
    "label": "A board",
    "address": "https://hooks.example.org/",
    "events": ["area.created"],
    "all_operations": True,
}
TAK = {"is_on": True, "with_areas": True, "kinds": ["arrest"]}
ERASE = said(decision="erase", reason="Nobody needs it any more.")
RELEASE = {"title": "Another", "headlines": [{"measure": "arrests"}]}
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
    ("operations.Operations", "POST"): (Ask("plan", "organisation", json=plan),),
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
    # What must hold before it is left refers to it.
    ("operations.PhaseById", "DELETE"): (Ask("plan", granted=(409,)),),
    ("deployments.Deployments", "GET"): (Ask(READ, shows=DEEDS),),
    ("deployments.Deployments", "POST"): (Ask("plan", json=deployment),),
    ("deployments.DeploymentById", "GET"): (Ask(READ, "part", shows=("itself",)),),
    ("deployments.DeploymentById", "PATCH"): (
        Ask("plan", "part", json=said(note="Another"), etag="deployment"),
    ),
    ("deployments.Assignments", "GET"): (Ask(READ, "part", shows=("itself",)),),
    ("deployments.Assignments", "POST"): (Ask("plan", "part", json=named(person="person_id")),),
    ("deployments.AssignmentById", "DELETE"): (Ask("plan", "part"),),
    ("progress.Steps", "GET"): (Ask(READ, "part"),),
    ("progress.Steps", "POST"): (Ask("plan", "part", json=said(status="acknowledged")),),
    ("progress.Overdue", "GET"): (Ask(READ, "everybody"),),
    ("progress.AssignmentMove", "POST"): (Ask("plan", "part", json=named(person="person_id")),),
    ("many.DeploymentList", "POST"): (Ask("plan", json=said(text="Nowhere Street", dry_run=True)),),
    ("many.Repeat", "POST"): (
        Ask("plan", "part", json=said(frequency="weekly", count=2, dry_run=True)),
    ),
    ("assets.Assets", "GET"): (Ask("plan", "any"),),
    ("assets.Assets", "POST"): (
        Ask("plan", "organisation", json=said(kind="vehicle", name="Another")),
    ),
    # It is nobody's.
    ("assets.AssetById", "PATCH"): (
        Ask("plan", "organisation", json=said(note="Another"), granted=(404,)),
    ),
    ("assets.Reservations", "GET"): (Ask(READ, "part"),),
    ("assets.Reservations", "POST"): (
        # There is no such thing to reserve, which only those who could are told.
        Ask("plan", "part", json=named(asset="person_id"), granted=(422,)),
    ),
    ("assets.ReservationById", "DELETE"): (Ask("plan", "part"),),
    ("skills.Certificates", "GET"): (Ask("plan", "organisation", granted=(404,)),),
    ("skills.Certificates", "POST"): (
        Ask("plan", "organisation", json=said(skill="search"), granted=(404,)),
    ),
    ("skills.CertificateById", "DELETE"): (Ask("plan", "organisation", granted=(404,)),),
    ("skills.Readiness", "GET"): (Ask("plan", "part"),),
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
        Ask(
            "break_glass",
            "organisation",
            granted=(404,),
            json=said(reference="NOWHERE-1", reason="Officers are at the door now."),
        ),
    ),
    ("members.Alerts", "GET"): (Ask(READ, "oneself"),),
    ("members.AlertSeen", "POST"): (Ask("account", "oneself", granted=(404,)),),
    ("phone.Bundle", "GET"): (Ask(READ, "everybody"),),
    # A place that is none of ours is refused to everybody alike.
    ("phone.Changes", "GET"): (Ask(READ, "everybody", query={"after": "none"}, granted=(422,)),),
    ("subscriptions.Subscriptions", "GET"): (Ask("subscribe", "organisation"),),
    ("subscriptions.Subscriptions", "POST"): (
        Ask("subscribe", "organisation", json=said(**SUBSCRIPTION)),
    ),
    # It is nobody's, or somebody else's.
    ("subscriptions.SubscriptionById", "GET"): (Ask("subscribe", "organisation", granted=(404,)),),
    ("subscriptions.SubscriptionById", "PATCH"): (
        Ask(
            "subscribe",
            "organisation",
            json=said(label="Another"),
            etag="subscription",
            granted=(404,),
        ),
    ),
    ("subscriptions.SubscriptionById", "DELETE"): (
        Ask("subscribe", "organisation", granted=(404,)),
    ),
    ("subscriptions.SubscriptionPause", "POST"): (
        Ask("subscribe", "organisation", granted=(404,)),
    ),
    ("subscriptions.SubscriptionResume", "POST"): (
        Ask("subscribe", "organisation", granted=(404,)),
    ),
    ("subscriptions.SubscriptionNewSecret", "POST"): (
        Ask("subscribe", "organisation", granted=(404,)),
    ),
    ("subscriptions.SubscriptionTest", "POST"): (Ask("subscribe", "organisation", granted=(404,)),),
    ("subscriptions.Deliveries", "GET"): (Ask("subscribe", "organisation", granted=(404,)),),
    ("subscriptions.DeliveryAgain", "POST"): (Ask("subscribe", "organisation", granted=(404,)),),
    ("tak.OperationTak", "GET"): (Ask("share"),),
    # What is covert is never shown, which only those who lead it are told.
    ("tak.OperationTak", "PUT"): (Ask("share", json=said(**TAK), etag="tak", granted=(200, 409)),),
    ("live.Feed", "GET"): (Ask(READ, query={"limit": 200}, shows=DEEDS),),
    ("live.Geofence", "GET"): (Ask(READ),),
    # Nobody who asks is on it, which only those who could be are told.
    ("live.CheckIns", "POST"): (Ask("log", "part", json=said(position=HERE), granted=(409,)),),
    ("live.Assistance", "POST"): (Ask("log", "part", json=said(position=HERE), granted=(409,)),),
    ("welfare.WelfareTimers", "POST"): (
        Ask("log", "part", json=said(every_minutes=30), granted=(409,)),
    ),
    ("welfare.Watched", "GET"): (Ask(READ),),
    # Of somebody who was never to check in there is nothing to answer.
    ("welfare.WelfareAnswers", "POST"): (
        Ask(
            "plan",
            granted=(409,),
            json=lambda ids: {
                "person": str(ids.person_id),
                "due_at": "2026-11-04T10:00:00Z",
                "remark": "Safe and well.",
            },
        ),
    ),
    ("geo.Areas", "GET"): (Ask(READ, shows=DEEDS),),
    ("geo.Areas", "POST"): (Ask("plan", json=area),),
    ("geo.AreaById", "GET"): (Ask(READ, "part", shows=("itself",)),),
    ("geo.AreaById", "PUT"): (Ask("plan", "part", json=area, etag="area"),),
    ("geo.AreaById", "DELETE"): (Ask("plan", "part", etag="area"),),
    ("geo.Covering", "GET"): (
        Ask(
            READ,
            "everybody",
            shows=DEEDS,
            query={"lon": "-2.24", "lat": "53.485", "at": "2026-11-02T12:00:00Z"},
        ),
    ),
    ("geo.Sites", "GET"): (Ask(READ, "everybody"),),
    ("geo.SiteById", "GET"): (Ask(READ, "everybody", granted=(404,)),),
    ("geo.SiteById", "PATCH"): (
        Ask("plan", "organisation", json=said(name="Another"), etag="site", granted=(404,)),
    ),
    ("geo.Sites", "POST"): (Ask("plan", "organisation", json=site),),
    ("geo.Boundaries", "GET"): (Ask(READ, "everybody"),),
    ("places.Places", "GET"): (Ask(READ, "everybody", query={"q": "Manchester"}),),
    ("exports.AreasFile", "GET"): (Ask(READ, values=said(form="geojson"), shows=DEEDS),),
    ("shapes.Buffer", "POST"): (Ask(READ, "everybody", json=said(geometry=HERE, metres=400)),),
    ("shapes.Union", "POST"): (Ask(READ, "everybody", json=said(geometries=[SQUARE])),),
    ("shapes.Difference", "POST"): (
        Ask(READ, "everybody", json=said(geometry=SQUARE, without=SQUARE)),
    ),
    ("shapes.Split", "POST"): (Ask(READ, "everybody", json=said(geometry=SQUARE, line=ACROSS)),),
    ("shapes.Repair", "POST"): (Ask(READ, "everybody", json=said(geometry=SQUARE)),),
    ("shapes.Read", "POST"): (Ask(READ, "everybody", json=said(text="SJ 8398 9812")),),
    ("shapes.Measure", "POST"): (Ask(READ, "everybody", json=said(geometry=SQUARE)),),
    ("ledger.Log", "GET"): (Ask("audit", "everybody", special="log"),),
    ("results.OperationResults", "GET"): (Ask(READ, shows=DEEDS),),
    ("operation_map.OperationMap", "GET"): (Ask(READ, shows=DEEDS),),
    ("results.OperationResults", "POST"): (Ask("log", json=result),),
    ("results.Results", "GET"): (
        Ask(READ, "everybody", shows=DEEDS),
        Ask(READ, "everybody", query={"measure": "cash_seized"}, shows=DEEDS),
    ),
    ("result_exports.ResultsFile", "GET"): (
        Ask(READ, "everybody", values=said(form="csv"), query=HANDED, shows=DEEDS),
        Ask(READ, "everybody", values=said(form="geojson"), query=HANDED, shows=DEEDS),
    ),
    ("return_profiles.ReturnProfiles", "GET"): (Ask(READ, "everybody"),),
    ("return_profiles.ReturnProfiles", "POST"): (
        Ask("define", "organisation", json=said(**RETURN)),
    ),
    ("return_profiles.ReturnProfileByCode", "GET"): (
        Ask(READ, "everybody", values=said(code="county_lines_week")),
    ),
    ("return_profiles.OperationReturn", "GET"): (Ask(READ, values=said(code="county_lines_week")),),
    ("return_profiles.ReturnFile", "GET"): (
        Ask(
            "report",
            values=said(code="county_lines_week", form="csv"),
            query={"anyway": "true"},
        ),
    ),
    ("results.Batch", "POST"): (
        Ask(
            "log",
            special="batch",
            json=lambda ids: {"items": [result(ids) | named(operation="operation_id")(ids)]},
        ),
    ),
    ("results.ResultById", "GET"): (Ask(READ, "part", shows=("itself",)),),
    ("results.ResultById", "PATCH"): (
        Ask("correct", "part", json=said(note="Another", reason="It was another."), etag="result"),
    ),
    ("results.ResultStrike", "POST"): (
        Ask("correct", "part", json=said(reason="It was another.")),
    ),
    ("disposals.ResultDisposals", "POST"): (
        Ask("correct", "part", json=said(code="charged", at="2026-11-02T13:00:00Z")),
    ),
    ("attachments.Attachments", "GET"): (
        Ask(READ, "part", query=named(result="result_id"), shows=("itself",)),
    ),
    # Nothing is sent, which only those who could send a photo are told.
    ("attachments.Attachments", "POST"): (
        Ask(
            "log",
            "part",
            query=lambda ids: {"result": str(ids.result_id), "sha256": "0" * 64},
            granted=(422,),
        ),
    ),
    ("attachments.AttachmentByHash", "GET"): (
        Ask(READ, "part", values=named(sha256="photo"), shows=("itself",)),
    ),
    ("custody.Custody", "GET"): (Ask(READ, "part", values=seizure, shows=("itself",)),),
    ("custody.Custody", "POST"): (
        Ask(
            "log",
            "part",
            values=seizure,
            json=said(step="seized", at="2026-11-02T12:00:00Z", to_holder="PC 1234"),
        ),
    ),
    ("custody.CustodyStrike", "POST"): (
        Ask("correct", "part", values=custody_event, json=said(reason="It was another.")),
    ),
    ("exhibits.NextExhibit", "GET"): (Ask(READ, query={"producer": "AP"}),),
    # Some of it is less than £1,000, and has no clock.
    ("exhibits.CashDetentions", "GET"): (Ask(READ, "everybody"),),
    ("results.ResultConfirm", "POST"): (Ask("confirm", "part"),),
    ("results.ResultConfirmations", "GET"): (Ask(READ, "part"),),
    ("results.ResultCredits", "POST"): (Ask("confirm", "part", json=named(operation="hub_id")),),
    ("results.ResultCreditById", "DELETE"): (
        Ask("confirm", "part", values=named(operation_id="hub_id"), etag="result"),
    ),
    ("results.ResultHistory", "GET"): (Ask(READ, "part"),),
    ("doubles.Doubles", "GET"): (Ask(READ, "everybody"),),
    ("doubles.Doubles", "POST"): (
        Ask("log", "whole", json=lambda ids: {"records": [str(ids.result_id), str(ids.other_id)]}),
    ),
    ("doubles.DoubleById", "GET"): (Ask(READ, "whole"),),
    ("doubles.DoubleDecision", "POST"): (
        Ask("confirm", "whole", json=said(decision="different", reason="Two people.")),
    ),
    ("deconfliction.DeploymentConflicts", "GET"): (Ask(READ, "part"),),
    ("deconfliction.OperationConflicts", "GET"): (Ask(READ),),
    ("deconfliction.Conflicts", "GET"): (Ask(READ, "everybody"),),
    # There is none that they look after, or lead the covert side of.
    ("deconfliction.ConflictTold", "POST"): (Ask(READ, "everybody", json=said(), granted=(404,)),),
    ("deconfliction.Checks", "POST"): (Ask("plan", "any", json=check),),
    ("deconfliction.DeskConflicts", "GET"): (Ask("deconflict", "organisation"),),
    ("deconfliction.DeskConflictByReference", "GET"): (
        Ask("deconflict", "organisation", granted=(404,)),
    ),
    ("deconfliction.ConflictOwner", "POST"): (
        Ask("deconflict", "organisation", json=said(mine=True), granted=(404,)),
    ),
    ("deconfliction.ConflictResolution", "POST"): (
        Ask("deconflict", "organisation", json=said(outcome="moved"), granted=(404,)),
    ),
    ("deconfliction.Rules", "GET"): (Ask("deconflict", "organisation"),),
    ("deconfliction.Rules", "PUT"): (
        Ask(
            "deconflict",
            "organisation",
            json=said(kind="visit", radius_m=100, minutes=30, same_days=7),
        ),
    ),
    ("lines.Lines", "GET"): (
        Ask(READ, "everybody", shows=DEEDS),
        Ask(READ, "everybody", query={"q": "0123"}, shows=DEEDS),
    ),
    ("lines.LineById", "GET"): (
        Ask(READ, "part", values=lambda ids: {"line_id": ids.results["line"]}, shows=("itself",)),
    ),
    ("lines.CheckBacks", "GET"): (Ask(READ, "everybody"),),
    ("lines.UnnamedClosures", "GET"): (Ask(READ, "everybody", shows=DEEDS),),
    ("lines.ClosureLine", "POST"): (
        Ask(
            "correct",
            "part",
            json=said(),
            values=lambda ids: {"result_id": ids.results["line_closure"]},
        ),
    ),
    ("returns.WarrantReturns", "GET"): (Ask(READ, "everybody", shows=DEEDS),),
    ("returns.DisruptionReviews", "GET"): (Ask(READ, "everybody", shows=DEEDS),),
    ("returns.DeploymentNilReturn", "POST"): (
        # It has a nil return already, which only those who could give one are told.
        Ask("log", "part", json=said(reason="nobody_there"), granted=(409, 422)),
    ),
    ("returns.OperationNilReturns", "GET"): (Ask(READ, shows=DEEDS),),
    ("returns.NilReturnTakenBack", "POST"): (
        Ask("correct", "part", json=said(reason="It was another.")),
    ),
    ("returns.Unreported", "GET"): (Ask(READ, "everybody"),),
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
    ("snapshots.Snapshots", "GET"): (Ask(READ, "everybody", shows=("whole",)),),
    ("snapshots.Snapshots", "POST"): (
        Ask("report", json=lambda ids: {"operation": [str(ids.operation_id)]}),
    ),
    ("snapshots.SnapshotById", "GET"): (Ask(READ, "whole", shows=("whole",)),),
    ("snapshots.SnapshotChanges", "GET"): (Ask(READ, "whole"),),
    ("snapshots.SnapshotChangedRecords", "GET"): (Ask(READ, "whole"),),
    ("releases.Releases", "GET"): (Ask(READ, "everybody", shows=("whole",)),),
    ("releases.Releases", "POST"): (
        Ask("report", "whole", json=lambda ids: {"snapshot": str(ids.snapshot_id), **RELEASE}),
    ),
    ("releases.ReleaseById", "GET"): (Ask(READ, "whole", shows=("whole",)),),
    ("releases.ReleaseById", "PATCH"): (
        Ask("report", "whole", json=said(title="Another"), etag="release"),
    ),
    ("releases.ReleaseApprove", "POST"): (Ask("approve", "whole", json=said(), etag="release"),),
    # Nobody has approved it yet, and nothing of it is published.
    ("releases.ReleasePublish", "POST"): (
        Ask("report", "whole", json=said(), etag="release", granted=(409,)),
    ),
    ("releases.ReleaseRevisionWithdraw", "POST"): (
        Ask("report", "whole", json=said(), granted=(409,), etag="release"),
    ),
    ("releases.ReleaseRevisions", "POST"): (
        Ask(
            "report",
            "whole",
            granted=(409,),
            etag="release",
            json=lambda ids: {"figure": str(ids.release_id), "value": "3", "note": "Late."},
        ),
    ),
    ("reports.Reports", "GET"): (Ask(READ, "everybody", shows=("whole",)),),
    ("reports.Reports", "POST"): (Ask("report", json=report),),
    ("reports.ReportById", "GET"): (Ask(READ, "whole", shows=("whole",)),),
    ("reports.ReportById", "PATCH"): (
        Ask("report", "whole", json=said(title="Another"), etag="report"),
    ),
    ("reports.ReportDocument", "GET"): (Ask(READ, "whole", shows=("whole",)),),
    ("reports.ReportNotes", "POST"): (Ask("report", "whole", json=case),),
    ("reports.ReportNotesOrder", "POST"): (
        Ask(
            "report", "whole", json=lambda ids: {"notes": [str(ids.report_note_id)]}, etag="report"
        ),
    ),
    ("reports.ReportNoteById", "GET"): (Ask(READ, "whole", shows=("whole",)),),
    ("reports.ReportNoteById", "PATCH"): (
        Ask("report", "whole", json=said(title="Another"), etag="report_note"),
    ),
    ("reports.ReportNoteStrike", "POST"): (
        Ask("report", "whole", json=said(reason="It was another."), etag="report_note"),
    ),
    # A draft has no next issue, and nobody was given it: which only those who could are told.
    ("reports.ReportIssue", "POST"): (Ask("approve", "whole", json=said(), etag="report"),),
    ("reports.ReportWithdraw", "POST"): (
        Ask("approve", "whole", json=said(reason="Wrong."), etag="report", granted=(409,)),
    ),
    ("reports.ReportNext", "POST"): (Ask("report", "whole", granted=(409,)),),
    ("report_files.ReportPdf", "GET"): (Ask("report", "whole", query=COPIED),),
    ("report_files.ReportWord", "GET"): (Ask("report", "whole", query=COPIED),),
    ("report_files.ReportMarkdown", "GET"): (
        Ask("report", "whole", query=COPIED, shows=("whole",)),
    ),
    ("briefings.Briefings", "GET"): (Ask(READ, shows=("whole",)),),
    ("briefings.Briefings", "POST"): (Ask("plan"),),
    ("briefings.BriefingByVersion", "GET"): (
        Ask(READ, "whole", values=said(version=1), shows=("whole",)),
    ),
    # It is issued already, which only those who could change it are told.
    ("briefings.BriefingByVersion", "PATCH"): (
        Ask(
            "plan",
            "whole",
            values=said(version=1),
            json=said(method="x"),
            etag="briefing",
            granted=(409,),
        ),
    ),
    ("briefings.BriefingPlan", "GET"): (Ask("plan", "whole", values=said(version=1)),),
    ("briefings.BriefingPlan", "POST"): (
        Ask("plan", "whole", values=said(version=1), json=said(), granted=(409, 428)),
    ),
    ("briefings.BriefingIssue", "POST"): (
        Ask("approve", "whole", values=said(version=1), json=said(), granted=(409, 428)),
        Ask("share", "whole", values=said(version=1), json=said(shared=True), granted=(409, 428)),
    ),
    ("briefings.BriefingWithdraw", "POST"): (
        Ask("approve", "whole", values=said(version=1), json=said(reason="It was another.")),
    ),
    ("briefings.BriefingRead", "POST"): (
        Ask(READ, "whole", values=said(version=1), shows=("whole",)),
    ),
    ("briefings.BriefingChanges", "GET"): (Ask(READ, "whole", values=said(version=1)),),
    ("briefings.BriefingReaders", "GET"): (Ask("plan", "whole", values=said(version=1)),),
    ("briefing_copies.BriefingPdf", "GET"): (Ask(READ, "whole", values=said(version=1)),),
    ("briefing_copies.BriefingFile", "GET"): (
        Ask(READ, "whole", values=said(version=1), shows=("whole",)),
    ),
    ("outcomes.OperationOutcomes", "GET"): (Ask(READ, special="pounds"),),
    ("outcomes.Outcomes", "GET"): (
        Ask(READ, "everybody", special="pounds"),
        Ask(READ, "everybody", query={"by": "day"}, special="pounds"),
    ),
    ("measures.Measures", "GET"): (Ask(READ, "everybody"),),
    ("measures.Measures", "POST"): (
        Ask("define", "organisation", json=said(**MEASURE, label="Cash in lots")),
    ),
    ("measures.Preview", "POST"): (
        Ask(
            "define",
            "organisation",
            granted=(200,),
            shows=DEEDS,
            json=said(definition=MEASURE["definition"], limit=100),
        ),
    ),
    ("measures.MeasureWithdraw", "POST"): (
        Ask("define", "organisation", json=ENDED, values=said(code="arrests")),
    ),
    # It counts already, which only those who could restore it are told.
    ("measures.MeasureRestore", "POST"): (
        Ask("define", "organisation", json=ENDED, values=said(code="arrests"), granted=(409,)),
    ),
    ("measures.Framework", "GET"): (Ask(READ, "everybody"),),
    ("measures.Framework", "PUT"): (
        # It has to say which framework was read.
        Ask("define", "organisation", json=said(lines=[LINE]), granted=(428,)),
    ),
    ("operation_boards.OperationBoard", "GET"): (Ask(READ, special="pounds"),),
    ("operation_boards.BoardViews", "GET"): (Ask("account", "oneself"),),
    ("operation_boards.BoardViews", "POST"): (
        Ask("account", "oneself", json=said(name="Mine", address="/targets/board")),
    ),
    ("operation_boards.BoardViewById", "PATCH"): (
        Ask("account", "oneself", json=said(name="Mine"), granted=(404,)),
    ),
    ("operation_boards.BoardViewById", "DELETE"): (Ask("account", "oneself", granted=(404,)),),
    ("boards.TargetBoard", "GET"): (
        Ask(READ, "everybody", query={"organisation": "GMP", "year": "2026/27"}),
    ),
    ("outcomes.Targets", "GET"): (Ask(READ, "everybody", shows=("whole",)),),
    ("outcomes.Targets", "POST"): (Ask("report", json=target),),
    ("outcomes.TargetById", "GET"): (Ask(READ, "whole", shows=("whole",)),),
    ("outcomes.TargetById", "PATCH"): (
        Ask("report", "whole", json=said(value="8", reason="It was another."), etag="target"),
    ),
    ("copies.Copies", "POST"): (Ask("plan", "both", json=said(name="Another", **WHEN)),),
    ("copies.Copied", "GET"): (Ask(READ, "whole", shows=("whole",)),),
    ("outcomes.ReportedFigures", "GET"): (Ask(READ, "everybody", shows=("whole",)),),
    ("outcomes.ReportedFigures", "POST"): (Ask("report", json=figure),),
    ("outcomes.PublishedSets", "GET"): (Ask(READ, "everybody"),),
    ("outcomes.PublishedSetByCode", "GET"): (
        Ask(READ, "everybody", values=said(code="NONE"), granted=(404,)),
    ),
    ("reconciliation.Reconciliation", "GET"): (Ask(READ, "everybody", shows=("whole",)),),
    ("reconciliation.FigureReasons", "POST"): (
        Ask("report", "whole", json=said(code="late_entry")),
    ),
    ("reconciliation.FigureMappings", "GET"): (Ask(READ, "everybody", shows=("whole",)),),
    ("reconciliation.FigureMappings", "POST"): (
        Ask(
            "report",
            json=lambda ids: {
                "measure": "theirs",
                "code": "arrests",
                "operation": str(ids.operation_id),
            },
        ),
    ),
    ("reconciliation.SetScopes", "PUT"): (
        Ask("report", json=named(operation="operation_id"), values=said(code="set open")),
    ),
    ("evaluation.Evaluation", "GET"): (Ask(READ, shows=("whole",)),),
    ("evaluation.MonthlyCounts", "POST"): (Ask("report", json=counts),),
    ("evaluation.Comparisons", "POST"): (Ask("report", json=comparison),),
    ("evaluation.ComparisonById", "GET"): (Ask(READ, "whole", shows=("whole",)),),
    ("evaluation.ComparisonById", "PUT"): (
        Ask("report", "whole", json=comparison, etag="comparison"),
    ),
    ("decisions.Decisions", "GET"): (Ask(READ, shows=DEEDS),),
    ("decisions.Decisions", "POST"): (Ask("log", json=DECIDED),),
    ("actions.Actions", "GET"): (Ask(READ, shows=DEEDS),),
    ("actions.Actions", "POST"): (Ask("contribute", json=ACTION),),
    ("actions.ActionsDue", "GET"): (Ask(READ, "everybody", shows=DEEDS),),
    ("actions.ActionById", "GET"): (Ask(READ, "part", shows=("itself",)),),
    ("actions.ActionById", "PATCH"): (
        Ask("contribute", "part", json=said(what="Another"), etag="action"),
    ),
    ("plans.GuidedPlanOf", "GET"): (Ask(READ, shows=("whole",)),),
    ("plans.GuidedPlanOf", "PATCH"): (Ask("plan", json=said(meetings=[]), etag="guided_plan"),),
    ("plans.NationalWeeks", "GET"): (Ask(READ, "everybody"),),
    ("plans.NationalWeeks", "POST"): (Ask("administer", "organisation", json=WEEK),),
    ("plans.NationalWeekById", "PATCH"): (
        Ask("administer", "organisation", json=said(name="Another"), granted=(404,)),
    ),
    ("plans.ExitCriteria", "GET"): (Ask(READ, shows=("whole",)),),
    ("plans.ExitCriteria", "POST"): (Ask("plan", json=criterion),),
    ("plans.ExitCriterionById", "GET"): (Ask(READ, "whole", shows=("whole",)),),
    ("plans.ExitCriterionById", "PATCH"): (
        Ask("plan", "whole", json=said(is_met=True), etag="criterion"),
    ),
}
