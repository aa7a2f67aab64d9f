"""A sample request for every page: what right it needs, and what it would show."""

from typing import Any

from tests.access.matrix_requests import READ, Ask, named, said
from tests.access.matrix_world import DEEDS, Ids

NEW = "01890000-0000-7000-8000-0000000000f1"
TIMES = {"starts_at": "2026-11-04T10:00", "ends_at": "2026-11-04T12:00"}
POINT = {"point.lon": "-2.24", "point.lat": "53.485"}
DEPLOYMENT = {"id": NEW, "kind": "visit", "name": "Another", **TIMES, **POINT}
PLAN = {
    "id": NEW,
    "kind": "week_of_action",
    "name": "Another",
    "starts_at": "2026-12-01T00:00",
    "ends_at": "2026-12-08T00:00",
}
ARREST = {
    "id": NEW,
    "kind": "arrest",
    "occurred_at": "2026-11-02T12:00",
    "detail.reason": "supply_class_a",
}
SQUARE = (
    '{"type":"Polygon","coordinates":[[[-2.25,53.48],[-2.23,53.48],[-2.23,53.49],[-2.25,53.49],'
    "[-2.25,53.48]]]}"
)
# A browser's own business: a program is turned away, whoever's it is.
BROWSER = Ask("account", "oneself", granted=(403,))
# Answers without a person.
DOOR = Ask("door", "nobody")


def arrest(_ids: Ids) -> dict[str, Any]:
    """Fill in the form of an arrest."""
    return ARREST


PAGES: dict[tuple[str, str], tuple[Ask, ...]] = {
    ("static", "GET"): (Ask("door", "nobody", values=said(filename="none.css"), granted=(404,)),),
    ("health.healthz", "GET"): (DOOR,),
    ("health.readyz", "GET"): (DOOR,),
    ("access_pages.sign_in", "GET"): (DOOR,),
    ("access_pages.sign_in", "POST"): (Ask("door", "nobody", granted=(401, 422)),),
    ("access_pages.sign_in_by_passkey", "POST"): (Ask("door", "nobody", granted=(400, 401)),),
    ("access_pages.ask_for_passkey", "POST"): (DOOR,),
    ("access_pages.second_factor", "GET"): (DOOR,),
    ("access_pages.second_factor", "POST"): (DOOR,),
    ("access_pages.ask_for_second_factor", "POST"): (Ask("door", "nobody", granted=(400, 401)),),
    ("access_pages.set_up", "GET"): (DOOR,),
    ("access_pages.set_up", "POST"): (DOOR,),
    ("access_pages.ask_to_set_up", "POST"): (Ask("door", "nobody", granted=(400, 401)),),
    # Without the force's own sign-in, there is none.
    ("oidc.begin", "GET"): (Ask("door", "nobody", granted=(303, 404)),),
    ("oidc.finish", "GET"): (Ask("door", "nobody", granted=(401, 404)),),
    ("oidc.log_out", "POST"): (Ask("door", "nobody", granted=(400, 404)),),
    ("oidc.signed_out", "GET"): (DOOR,),
    ("access_pages.sign_out", "POST"): (Ask("account", "oneself"),),
    ("docs.interactive", "GET"): (Ask(READ, "everybody"),),
    ("api-docs.openapi_json", "GET"): (Ask(READ, "everybody"),),
    ("account_pages.show", "GET"): (Ask("account", "oneself"),),
    ("account_pages.begin_app", "POST"): (BROWSER,),
    ("account_pages.add_app", "GET"): (BROWSER,),
    ("account_pages.add_app", "POST"): (BROWSER,),
    ("account_pages.confirm", "GET"): (BROWSER,),
    ("account_pages.confirm", "POST"): (BROWSER,),
    ("account_pages.sign_out_there", "POST"): (BROWSER,),
    ("account_pages.sign_out_others", "POST"): (BROWSER,),
    ("account_pages.change_factor", "GET"): (BROWSER,),
    ("account_pages.change_factor", "POST"): (BROWSER,),
    ("account_pages.add_passkey", "GET"): (BROWSER,),
    ("account_pages.add_passkey", "POST"): (BROWSER,),
    ("account_pages.ask_to_add_passkey", "POST"): (BROWSER,),
    ("account_pages.change_password", "GET"): (BROWSER,),
    ("account_pages.change_password", "POST"): (BROWSER,),
    ("account_pages.make_codes", "POST"): (BROWSER,),
    ("token_pages.make", "GET"): (BROWSER,),
    ("token_pages.make", "POST"): (BROWSER,),
    ("token_pages.revoke", "POST"): (Ask("account", "oneself", granted=(404,)),),
    ("member_pages.alerts", "GET"): (Ask(READ, "oneself"),),
    ("member_pages.alerts", "POST"): (
        Ask("account", "oneself", data=said(seen=NEW), granted=(404,)),
    ),
    ("operations_pages.home", "GET"): (Ask(READ, "everybody"),),
    ("operations_pages.index", "GET"): (Ask(READ, "everybody", shows=("plan",)),),
    ("operations_pages.plan", "GET"): (Ask("plan", "organisation", shows=("plan",)),),
    ("operations_pages.plan", "POST"): (Ask("plan", "organisation", data=said(**PLAN)),),
    ("operations_pages.show", "GET"): (Ask(READ, shows=("plan", *DEEDS)),),
    ("operations_pages.edit", "GET"): (Ask("plan", shows=("plan",)),),
    ("operations_pages.edit", "POST"): (
        Ask("plan", data=said(aim="Another"), etag="operation"),
        Ask("share", data=said(visibility="open"), etag="operation"),
    ),
    ("operations_pages.move", "POST"): (
        Ask("plan", data=said(to="closed", reason="It is over now.")),
        Ask("approve", data=said(to="approved"), granted=(409,)),
    ),
    ("operations_pages.add_phase", "POST"): (
        Ask("plan", data=said(kind="hold", starts_at="2026-11-03T00:00")),
    ),
    ("operations_map.show", "GET"): (Ask(READ, "everybody", shows=DEEDS),),
    ("deployment_pages.plan", "GET"): (Ask("plan", shows=("plan",)),),
    ("deployment_pages.plan", "POST"): (Ask("plan", data=said(**DEPLOYMENT)),),
    ("deployment_pages.edit", "GET"): (Ask("plan", shows=("itself",)),),
    ("deployment_pages.edit", "POST"): (Ask("plan", data=said(note="Another"), etag="deployment"),),
    ("deployment_pages.assign", "POST"): (
        Ask("plan", "part", data=named(person="person_id")),
        Ask("plan", "part", data=named(release="assignment_id")),
    ),
    ("deployment_pages.plan_team", "GET"): (Ask("plan", shows=("plan",)),),
    ("deployment_pages.plan_team", "POST"): (Ask("plan", data=said(name="Another")),),
    ("deployment_pages.edit_team", "GET"): (Ask("plan", shows=("itself",)),),
    ("deployment_pages.edit_team", "POST"): (Ask("plan", data=said(name="Another")),),
    ("member_pages.members", "GET"): (Ask(READ, shows=("plan", "whole")),),
    ("member_pages.members", "POST"): (
        Ask("share", data=lambda ids: {"role": "officer", "person": str(ids.person_id)}),
    ),
    ("member_pages.break_glass", "GET"): (Ask("break_glass", "organisation"),),
    ("member_pages.break_glass", "POST"): (
        Ask("break_glass", "organisation", granted=(404,),
            data=said(reference="NOWHERE-1", reason="Officers are at the door now.")),
    ),
    ("map_pages.show", "GET"): (
        Ask(READ, shows=DEEDS),
        Ask("plan", query=lambda ids: {"edit": str(ids.area_id)}, shows=("itself",)),
    ),
    ("map_pages.change", "POST"): (
        Ask("plan", data=said(name="Another", purpose="target", geometry=SQUARE)),
    ),
    ("map_pages.take_along", "GET"): (Ask(READ, shows=DEEDS),),
    ("results_pages.choose", "GET"): (Ask("log", "any", shows=("plan",)),),
    ("results_pages.log", "GET"): (
        Ask("log", query={"kind": "arrest", "id": NEW}, shows=("plan",)),
    ),
    ("results_pages.log", "POST"): (Ask("log", data=arrest),),
    ("results_pages.of_operation", "GET"): (Ask(READ, shows=DEEDS),),
    ("results_pages.index", "GET"): (Ask(READ, "everybody", shows=DEEDS),),
    ("results_pages.show", "GET"): (Ask(READ, "part", shows=("itself",)),),
    ("results_pages.confirm", "POST"): (Ask("confirm", "part", data=said(version="1")),),
    ("results_pages.correct", "GET"): (Ask("log", "part", shows=("itself",)),),
    ("results_pages.correct", "POST"): (
        Ask("correct", "part", data=said(note="Another", reason="It was another."), etag="result"),
    ),
    ("results_pages.strike", "POST"): (
        Ask("correct", "part", data=said(reason="It was another.", version="1")),
    ),
    ("retention_pages.index", "GET"): (Ask(READ, "everybody"),),
    ("retention_pages.operation", "GET"): (Ask("erase", shows=("plan", "whole")),),
    ("retention_pages.operation", "POST"): (
        Ask("erase", data=said(act="hold", hold_reason="A court asks.")),
    ),
    ("retention_pages.result", "GET"): (Ask("erase", "part", shows=("itself",)),),
    ("retention_pages.result", "POST"): (
        Ask("erase", "part", data=said(act="hold", hold_reason="A court asks.")),
    ),
    ("outcomes_pages.of_operation", "GET"): (Ask(READ, special="pounds"),),
    ("outcomes_pages.index", "GET"): (Ask(READ, "everybody", special="pounds"),),
    ("outcomes_pages.targets", "GET"): (Ask(READ, "everybody"),),
    ("outcomes_pages.targets", "POST"): (
        Ask("report", data=lambda ids: {"measure": "lines_closed", "period": "2026/27",
                                        "operation": str(ids.operation_id), "value": "3"}),
    ),
    ("outcomes_pages.reported", "GET"): (Ask(READ, "everybody", shows=("whole",)),),
    ("outcomes_pages.published", "GET"): (
        Ask(READ, "everybody", values=said(code="NONE"), granted=(404,)),
    ),
    ("ledger_pages.index", "GET"): (Ask("audit", "everybody"),),
}  # fmt: skip
