"""What somebody would send to find out whether there is something that they may not see."""

import itertools
import random
import uuid
from collections.abc import Iterator
from typing import Any

from ops.operations.models import KINDS, STATUSES, THEMES
from ops.results.grouping import COMMON, FINE, groupings
from ops.results.kinds import KINDS as RESULT_KINDS
from ops.results.measures import built_ins
from tests.access.matrix_requests import area, deployment, figure, plan, report, result, target
from tests.access.matrix_world import HERE, Ids

API = "/api/v1"
# As it is known now, so that two replies to it are of the same time.
AS_AT = "2026-11-21T00:00:00Z"
CODES = ("GMP", "LANCS", "SALFORD", "REGION", "GMP-BOLTON")
# On the National Grid, round what happened.
SQUARE_KM = "384000,398000,385000,399000"
BOX = "-2.26,53.47,-2.2,53.5"
NEW = "01890000-0000-7000-8000-{:012x}"
Probe = tuple[str, str, dict[str, Any]]


def reads(hidden: Ids) -> Iterator[Probe]:
    """Read lists, totals, suggestions and maps, by every filter that there is."""
    for path, filters in _filters(hidden).items():
        for name, values in filters.items():
            for value in values:
                yield "GET", path, {"query_string": {name: value} if name else {}}
    for by in groupings():
        query = {"by": by, "as_at": AS_AT, "measure": _one_a_scan(by)}
        query |= {"within": SQUARE_KM} if by in FINE else {}
        yield "GET", f"{API}/outcomes", {"query_string": query}
    for point in itertools.product(("-2.24", "-2.26"), ("53.485",), ("0", "5000")):
        names = ("lon", "lat", "accuracy_m")
        query = dict(zip(names, point, strict=True)) | {"at": "2026-11-02T12:00:00Z"}
        yield "GET", f"{API}/areas/covering", {"query_string": query}
    yield from mixed(hidden)


def _one_a_scan(by: str) -> list[str]:
    """Name a measure of each scan that is broken down so: a scan is, for all that it counts."""
    scans = {
        (kind.name, each.distinct): each.code
        for kind, each in built_ins()
        if by in COMMON or by in kind.facets
    }
    return sorted(scans.values())


def _filters(hidden: Ids) -> dict[str, dict[str, tuple[Any, ...]]]:
    """Give the values to try of each filter of each list; an empty name is no filter."""
    days = ("2026-10-01", "2026-11-02", "2026-12-01")
    its_id = (hidden.operation_id,)
    operations = {
        "limit": (1, 500),
        "kind": tuple(KINDS),
        "status": tuple(STATUSES),
        "theme": tuple(THEMES)[:2],
        "organisation": (*CODES, "NONE"),
        "from": days,
        "to": days,
        "bbox": (BOX, "-3,50,-2.5,51"),
        "q": (hidden.reference, "zqplancovert", "zqplancover", "Operation zq"),
    }
    results = {
        "limit": (1, 500),
        "kind": tuple(RESULT_KINDS),
        "measure": ("arrests", "cash_seized", "nonsense"),
        "deployment": (hidden.deployment_id,),
        "area": (hidden.area_id,),
        "organisation": CODES,
        "operation": its_id,
        "operation_kind": ("place_based",),
        "operation_organisation": ("GMP", "REGION"),
        "struck": ("true",),
        "category": ("cash",),
        "within": (SQUARE_KM,),
    }
    outcomes = {
        "operation": its_id,
        "kind": ("place_based",),
        "organisation": CODES,
        "four_p": ("pursue",),
        "from": days[:1],
        "to": days[:1],
        "within": (SQUARE_KM,),
    }
    own = {
        "limit": (1, 500),
        "operation": its_id,
        "measure": ("arrests",),
        "organisation": ("GMP",),
    }
    log = {"limit": (1, 500), "operation": its_id, "act": ("consultation",), "from": days}
    return {
        f"{API}/operations": operations,
        f"{API}/results": results,
        f"{API}/outcomes": outcomes,
        f"{API}/targets": own,
        f"{API}/reported-figures": own | {"from": days, "to": days},
        f"{API}/snapshots": {"limit": (1, 500), "operation": its_id},
        f"{API}/releases": {"limit": (1, 500), "snapshot": (hidden.snapshot_id,)},
        f"{API}/reports": {"limit": (1, 500), "operation": its_id},
        f"{API}/log": log,
        f"{API}/reviews/due": {"before": days, "operation": its_id, "group": ("3",)},
        f"{API}/retention-groups": {"": ("",)},
        f"{API}/alerts": {"limit": (1, 500)},
        f"{API}/people": {"q": ("zqpart", "Frankie", "Robin"), "organisation": CODES[:2]},
        f"{API}/organisations": {"limit": (1, 500)},
        f"{API}/sites": {"q": ("zqpart",), "bbox": (BOX,)},
        f"{API}/boundaries": {"q": ("zqpart",), "bbox": (BOX,)},
        f"{API}/measures": {"limit": (500,)},
        f"{API}/framework": {"operation": its_id, "organisation": ("GMP",)},
        f"{API}/published-sets": {"limit": (1,)},
        f"{API}/conflicts": {"state": ("open", "resolved", "gone")},
        f"{API}/deconfliction/conflicts": {"which": ("open", "mine")},
        f"{API}/me": {},
        "/ogc/collections": {"": ("",), "f": ("html",)},
        "/ogc/api": {"": ("",)},
        **{f"/ogc/collections/{name}{path}": filters
           for name in ("areas", "deployments", "results", "results_arrest", "sites")
           for path, filters in _features(hidden, name).items()},
        "/operations": {"": ("",), "q": ("zqplancovert",), "organisation": ("GMP",)},
        "/operations/new": {"": ("",)},
        "/map": {"over": ("true", "false")},
        "/log": {"": ("",)},
        "/results": {"measure": ("arrests",), "operation": its_id},
        "/outcomes": {"by": ("day", "organisation"), "organisation": ("GMP",)},
        "/targets": {"": ("",)},
        "/reported-figures": {"measure": ("arrests",)},
        "/snapshots": {"": ("",), "operation": its_id},
        "/snapshots/new": {"operation": its_id},
        "/reports": {"": ("",)},
        "/reports/new": {"starts_on": ("2026-11-01",), "ends_on": ("2026-12-31",)},
        "/access-log": {"": ("",), "operation": its_id},
        "/alerts": {"": ("",)},
        "/reviews": {"": ("",), "operation": its_id},
    }  # fmt: skip


def _features(hidden: Ids, collection: str) -> dict[str, dict[str, tuple[Any, ...]]]:
    """Give what to ask of a collection of features."""
    nothing: dict[str, tuple[Any, ...]] = {"": ("",)}
    here = f"{collection.split('_')[0].removesuffix('s')}_id"
    asked: dict[str, tuple[Any, ...]] = {
        "limit": (1, 1000),
        "bbox": (BOX, "-3,50,-2.5,51"),
        "crs": ("http://www.opengis.net/def/crs/EPSG/0/27700",),
        "datetime": ("2026-11-01T00:00:00Z/..",),
        "filter": (f"S_INTERSECTS(geometry, BBOX({BOX}))", "TRUE"),
        "f": ("html",),
    }
    if collection != "sites":
        asked["operation"] = (hidden.operation_id, uuid.UUID(int=0))
    return {
        "": nothing,
        "/queryables": nothing,
        "/items": asked,
        f"/items/{getattr(hidden, here)}": nothing,
        **{f"/tiles/WebMercatorQuad/{square}": nothing for square in ("0/0/0", "10/331/505")},
    }


def mixed(hidden: Ids) -> Iterator[Probe]:
    """Mix filters as nobody would think of them, always in the same way."""
    chance = random.Random(7)  # noqa: S311 - the same mixtures each time, and no secret
    for path in (f"{API}/operations", f"{API}/results", f"{API}/outcomes"):
        filters = {name: values for name, values in _filters(hidden)[path].items() if name}
        for _ in range(12):
            names = chance.sample(sorted(filters), 3)
            yield "GET", path, {"query_string": {n: chance.choice(filters[n]) for n in names}}


def writes(shown: Ids, hidden: Ids) -> Iterator[Probe]:
    """Send what refers to the hidden, or clashes with it, within an operation that is seen."""
    number = itertools.count(1)
    here = f"{API}/operations/{shown.operation_id}"
    own = {"id": NEW.format(next(number))}
    for link, other in itertools.product(("parent", "predecessor"), (hidden, Ids())):
        sent = own | plan(shown) | {link: str(other.operation_id)}
        yield "POST", f"{API}/operations", {"json": sent}
        yield "PATCH", here, {"json": {link: str(other.operation_id)}}
    yield "PATCH", here, {"json": {"parent": None, "predecessor": None}}
    yield "POST", f"{API}/operations", {"json": plan(shown) | {"reference": hidden.reference}}
    for other in (hidden, Ids()):
        yield from _of_results(f"{here}/results", shown, other)
        yield from _of_phones(other)
        yield "POST", f"{API}/targets", {"json": target(other)}
        yield "POST", f"{API}/reported-figures", {"json": figure(other)}
        yield "POST", f"{API}/snapshots", {"json": {"operation": [str(other.operation_id)]}}
        release = {"title": "Another", "headlines": [{"measure": "arrests"}]}
        sent = release | {"snapshot": str(other.snapshot_id)}
        yield "POST", f"{API}/releases", {"json": sent}
        yield "POST", f"{API}/reports", {"json": report(other)}
        sent = deployment(shown) | {"area": str(other.area_id), "point": None}
        yield "POST", f"{here}/deployments", {"json": sent}
        team = {"team": str(other.team_id)}
        yield "POST", f"{API}/deployments/{shown.deployment_id}/assignments", {"json": team}
        for result_id in other.results.values():
            credit = {"json": {"operation": str(shown.operation_id)}}
            yield "POST", f"{API}/results/{result_id}/credits", credit
        credit = {"json": {"operation": str(other.operation_id)}}
        yield "POST", f"{API}/results/{shown.result_id}/credits", credit
        yield "DELETE", f"{API}/results/{shown.result_id}/credits/{other.operation_id}", {}
    yield "POST", f"{here}/teams", {"json": {"name": "zqrestcovert"}}
    yield "POST", f"{here}/areas", {"json": area(shown)}
    drawn = area(shown)
    drawn["properties"]["operation"] = str(hidden.operation_id)
    yield "POST", f"{here}/areas", {"json": drawn}
    reason = {"reference": hidden.reference, "reason": "Officers are at the door now."}
    yield "POST", f"{API}/break-glass", {"json": reason}


def busy(shown: Ids, person: object) -> Iterator[Probe]:
    """Send somebody somewhere who is somewhere else at that time."""
    there = f"{API}/deployments/{shown.deployment_id}"
    yield "POST", f"{there}/assignments", {"json": {"person": str(person)}}
    window = {"starts_at": "2026-11-03T00:00:00Z", "ends_at": "2026-11-03T02:00:00Z"}
    yield "PATCH", there, {"json": window}
    sent = {"role": "officer", "person": str(person)}
    yield "POST", f"{API}/operations/{shown.operation_id}/members", {"json": sent}


def _of_phones(other: Ids) -> Iterator[Probe]:
    of = {"result": str(other.result_id)}
    yield "GET", f"{API}/attachments", {"query_string": of}
    yield "GET", f"{API}/attachments/{other.photo}", {}
    yield "POST", f"{API}/attachments", {"query_string": of | {"sha256": "0" * 64}, "data": b"x"}
    yield "POST", f"{API}/deployments/{other.deployment_id}/assistance", {"json": {}}
    timer = {"every_minutes": 30}
    yield "POST", f"{API}/deployments/{other.deployment_id}/welfare-timer", {"json": timer}
    yield "GET", f"{API}/operations/{other.operation_id}/welfare", {}


def _of_results(there: str, shown: Ids, other: Ids) -> Iterator[Probe]:
    named = {kind: str(each) for kind, each in other.results.items()}
    closure = {"type": "type_1", "closed_on": "2026-11-02"}
    details = {
        "parent exhibit": ("seizure", {"category": "phones", "parent": named["seizure"]}),
        "line": ("line_closure", closure | {"line": named["line"]}),
        "order": ("order_breach", {"order_type": "cbo", "order": named["court_order"]}),
        "arrest of a breach": ("order_breach", {"order_type": "cbo", "arrest": named["arrest"]}),
        "closed by": ("premises_closure", {"closure": "other", "order": named["court_order"]}),
        "arrest": ("line_closure", closure | {"line_name": "Ricky", "arrest": named["arrest"]}),
    }
    for kind, detail in details.values():
        sent = result(shown) | {"kind": kind, "detail": detail}
        yield "POST", there, {"json": sent}
        item = sent | {"operation": str(shown.operation_id)}
        yield "POST", f"{API}/results/batch", {"json": {"items": [item]}}
    for sent in (
        {"credits": [str(other.operation_id)]},
        {"deployment": str(other.deployment_id)},
        {"position": HERE},
    ):
        yield "POST", there, {"json": result(shown) | sent}
        item = result(shown) | sent | {"operation": str(shown.operation_id)}
        yield "POST", f"{API}/results/batch", {"json": {"items": [item]}}
