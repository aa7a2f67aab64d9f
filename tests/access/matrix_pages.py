"""A sample request for every page: what right it needs, and what it would show."""

import datetime as dt
from typing import Any

from ops.wording import LONDON
from tests.access.matrix_requests import (
    ACTION,
    DECIDED,
    HANDED,
    READ,
    WEEK,
    WHEN,
    Ask,
    Build,
    case,
    criterion,
    custody_event,
    named,
    report,
    said,
    seizure,
)
from tests.access.matrix_world import DEEDS, NOW, Ids

NEW = "01890000-0000-7000-8000-0000000000f1"
TIMES = {"starts_at": "2026-11-04T10:00", "ends_at": "2026-11-04T12:00"}
# What the world deploys to is to come.
TOMORROW = str((NOW + dt.timedelta(days=1)).astimezone(LONDON).date())
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
COMPARISON = {
    "name": "Another",
    "source": "Counts",
    "target_area": "Here",
    "baseline.from": "2026-01",
    "baseline.to": "2026-03",
    "after.0.label": "After",
    "after.0.from": "2026-04",
    "after.0.to": "2026-06",
}
SQUARE = (
    '{"type":"Polygon","coordinates":[[[-2.25,53.48],[-2.23,53.48],[-2.23,53.49],[-2.25,53.49],'
    "[-2.25,53.48]]]}"
)
RELEASE = {"title": "Another", "marking": "OFFICIAL", "headlines.0.figure": "arrests"}


def written(ids: Ids) -> dict[str, Any]:
    """Begin a report as the form sends it."""
    sent = report(ids)
    return {name: value for name, value in sent.items() if name != "operations"} | {
        "operations[]": sent["operations"]
    }


# A browser's own business: a program is turned away, whoever's it is.
BROWSER = Ask("account", "oneself", granted=(403,))
# Answers without a person.
DOOR = Ask("door", "nobody")


def arrest(_ids: Ids) -> dict[str, Any]:
    """Fill in the form of an arrest."""
    return ARREST


# The tile of the web map that all of it lies in.
SQUARE_HERE = {"z": 10, "y": 331, "x": 505}


def feature(name: str) -> Build:
    """Name a feature of the operation."""
    return lambda ids: {
        "collection_id": f"{name}s",
        "feature_id": getattr(ids, f"{name}_id"),
    }


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
    ("phone_pages.show", "GET"): (DOOR,),
    ("phone_pages.worker", "GET"): (DOOR,),
    ("phone_pages.manifest", "GET"): (DOOR,),
    ("phone_pages.signed_out", "GET"): (DOOR,),
    ("phone_pages.session", "GET"): (BROWSER,),
    ("ogc.landing", "GET"): (Ask(READ, "everybody"),),
    ("ogc.conformance", "GET"): (Ask(READ, "everybody"),),
    ("ogc.show_definition", "GET"): (Ask(READ, "everybody"),),
    ("ogc.collections", "GET"): (Ask(READ, "everybody"),),
    ("ogc.collection", "GET"): (Ask(READ, "everybody", values=said(collection_id="areas")),),
    ("ogc.queryables", "GET"): (Ask(READ, "everybody", values=said(collection_id="areas")),),
    ("ogc.items", "GET"): tuple(
        Ask(READ, "everybody", values=said(collection_id=name), query=query, shows=DEEDS)
        for name, query in (
            ("areas", {}),
            ("areas", {"f": "html", "limit": 1000}),
            ("deployments", {"bbox": "-2.3,53.4,-2.2,53.5"}),
            ("results", {"limit": 1000}),
            ("results_arrest", {"filter": "kind = 'arrest'"}),
        )
    ),
    ("ogc.item", "GET"): tuple(
        Ask(READ, "part", values=feature(name), shows=("itself",))
        for name in ("area", "deployment", "result")
    ),
    ("ogc_tiles.tilesets", "GET"): (Ask(READ, "everybody", values=said(collection_id="areas")),),
    ("ogc_tiles.tileset", "GET"): (Ask(READ, "everybody", values=said(collection_id="areas")),),
    ("ogc_tiles.tile", "GET"): tuple(
        Ask(READ, "everybody", values=said(collection_id=name, **SQUARE_HERE), shows=DEEDS)
        for name in ("areas", "deployments", "results")
    ),
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
    ("site_pages.index", "GET"): (Ask(READ, "everybody"),),
    ("site_pages.show", "GET"): (Ask(READ, "everybody", granted=(404,)),),
    ("site_pages.edit", "GET"): (Ask("plan", "organisation", granted=(404,)),),
    ("site_pages.edit", "POST"): (Ask("plan", "organisation", data=said(), granted=(404,)),),
    ("site_pages.add", "GET"): (Ask("plan", "organisation"),),
    ("site_pages.add", "POST"): (
        Ask(
            "plan",
            "organisation",
            data=said(kind="prison", name="HMP Another", position="SJ 8364 9955"),
        ),
    ),
    # Without a basemap, there is none.
    ("basemap.file", "GET"): (Ask(READ, "everybody", granted=(404,)),),
    ("operations_map.show", "GET"): (Ask(READ, "everybody", shows=DEEDS),),
    ("deployment_pages.plan", "GET"): (Ask("plan", shows=("plan",)),),
    ("deployment_pages.plan", "POST"): (Ask("plan", data=said(**DEPLOYMENT)),),
    ("deployment_pages.edit", "GET"): (Ask("plan", shows=("itself",)),),
    ("deployment_pages.edit", "POST"): (Ask("plan", data=said(note="Another"), etag="deployment"),),
    ("deployment_pages.assign", "POST"): (
        Ask("plan", "part", data=named(person="person_id")),
        Ask("plan", "part", data=named(release="assignment_id")),
    ),
    ("progress_pages.overdue", "GET"): (Ask(READ, "everybody"),),
    ("progress_pages.show", "GET"): (Ask(READ, "part", shows=("itself",)),),
    ("progress_pages.show", "POST"): (
        Ask("plan", "part", data=said(id=NEW, status="acknowledged")),
    ),
    ("progress_pages.choose_move", "GET"): (
        Ask("plan", query=lambda ids: {"assignment": str(ids.assignment_id)}, shows=("itself",)),
    ),
    ("progress_pages.move", "POST"): (
        Ask(
            "plan",
            data=lambda ids: {"assignment": str(ids.assignment_id), "person": str(ids.person_id)},
        ),
    ),
    ("day_pages.show", "GET"): (Ask(READ, query={"day": TOMORROW}, shows=DEEDS),),
    ("calendar_pages.feed", "GET"): (
        Ask("door", "nobody", values=said(secret="none"), granted=(404,)),
    ),
    ("calendar_pages.make", "POST"): (BROWSER,),
    ("calendar_pages.revoke", "POST"): (BROWSER,),
    ("many_pages.paste", "GET"): (Ask("plan", shows=("plan",)),),
    ("many_pages.paste", "POST"): (Ask("plan", data=said(text="Nowhere Street")),),
    ("many_pages.repeat", "GET"): (Ask("plan", shows=("itself",)),),
    ("many_pages.repeat", "POST"): (Ask("plan", data=said(frequency="weekly", count="2")),),
    ("asset_pages.index", "GET"): (Ask("plan", "organisation"),),
    ("asset_pages.index", "POST"): (
        Ask("plan", "organisation", data=said(kind="vehicle", name="Another")),
    ),
    ("asset_pages.reserve", "GET"): (Ask("plan", shows=("itself",)),),
    ("asset_pages.reserve", "POST"): (Ask("plan", data=named(asset="person_id"), granted=(422,)),),
    ("skill_pages.index", "GET"): (Ask("plan", "organisation"),),
    ("skill_pages.index", "POST"): (
        Ask("plan", "organisation", data=said(person=NEW, skill="search"), granted=(404,)),
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
        Ask(
            "break_glass",
            "organisation",
            granted=(404,),
            data=said(reference="NOWHERE-1", reason="Officers are at the door now."),
        ),
    ),
    ("subscription_pages.index", "GET"): (Ask("subscribe", "organisation"),),
    ("subscription_pages.add", "GET"): (Ask("subscribe", "organisation", shows=("plan",)),),
    ("subscription_pages.add", "POST"): (
        Ask("subscribe", "organisation", data=said(label="A board"), granted=(422,)),
    ),
    ("subscription_pages.show", "GET"): (Ask("subscribe", "organisation", granted=(404,)),),
    ("subscription_pages.act", "POST"): (
        Ask("subscribe", "organisation", data=said(act="pause"), granted=(404,)),
    ),
    ("subscription_pages.edit", "GET"): (Ask("subscribe", "organisation", granted=(404,)),),
    ("subscription_pages.edit", "POST"): (
        Ask("subscribe", "organisation", data=said(label="A board"), granted=(404,)),
    ),
    ("tak_pages.show", "GET"): (Ask("share", shows=("plan",)),),
    ("tak_pages.show", "POST"): (
        Ask(
            "share",
            data=said(act="on", **{"shows[]": ["areas"]}),
            etag="tak",
            granted=(303, 409),
        ),
    ),
    ("live_pages.board", "GET"): (Ask(READ, shows=DEEDS),),
    ("live_pages.check_in", "GET"): (Ask("log", "part", shows=("itself",)),),
    # Nobody who asks is on it, which only those who could be are told.
    ("live_pages.check_in", "POST"): (
        Ask(
            "log",
            "part",
            granted=(409,),
            data=said(**{"position.lon": "-2.24", "position.lat": "53.485"}),
        ),
    ),
    # Nobody waits for a check-in of whoever is named.
    ("welfare_pages.answer", "GET"): (Ask("plan", granted=(404,)),),
    ("welfare_pages.answer", "POST"): (
        Ask("plan", granted=(404,), data=said(remark="Safe and well.")),
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
    # More than fit on one page of it.
    ("results_pages.index", "GET"): (Ask(READ, "everybody", query={"limit": 500}, shows=DEEDS),),
    ("dictionary_pages.show", "GET"): (Ask(READ, "everybody"),),
    ("help_pages.index", "GET"): (Ask(READ, "everybody"),),
    ("help_pages.show", "GET"): (Ask(READ, "everybody", values=said(role="lead")),),
    ("help_pages.picture", "GET"): (Ask(READ, "everybody", values=said(name="lead-area")),),
    ("result_export_pages.choose", "GET"): (Ask(READ, "everybody"),),
    ("result_export_pages.take", "POST"): (
        Ask(READ, "everybody", data=said(form="csv", **HANDED), shows=DEEDS),
    ),
    ("return_profile_pages.show", "GET"): (Ask(READ),),
    ("return_profile_pages.take", "POST"): (
        Ask(
            "report",
            query={"profile": "county_lines_week"},
            data=said(form="csv", anyway="true"),
        ),
    ),
    ("return_profile_pages.profile", "GET"): (
        Ask(READ, "everybody", values=said(code="county_lines_week")),
    ),
    ("return_profile_pages.profile", "POST"): (
        Ask(
            "define",
            "organisation",
            values=said(code="county_lines_week"),
            data=said(name="A", recipient="B", lines="Arrests = arrests", replaces="1", reason="C"),
        ),
    ),
    ("results_pages.show", "GET"): (Ask(READ, "part", shows=("itself",)),),
    ("results_pages.confirm", "POST"): (Ask("confirm", "part", data=said(version="1")),),
    ("results_pages.correct", "GET"): (Ask("log", "part", shows=("itself",)),),
    ("results_pages.correct", "POST"): (
        Ask("correct", "part", data=said(note="Another", reason="It was another."), etag="result"),
    ),
    ("step_pages.take_further", "POST"): (
        Ask("correct", "part", data=said(code="charged", at="2026-11-02T13:00")),
    ),
    ("step_pages.opened", "POST"): (
        # An arrest is no package, which only those who could open one are told.
        Ask(
            "correct",
            "part",
            etag="result",
            granted=(422,),
            data=said(**{"detail.opened_at": "2026-11-02T13:00"}),
        ),
    ),
    ("seizure_pages.custody", "GET"): (Ask(READ, "part", values=seizure, shows=("itself",)),),
    ("seizure_pages.write", "POST"): (
        Ask(
            "log",
            "part",
            values=seizure,
            data=said(id=NEW, step="seized", at="2026-11-02T12:00", to_holder="PC 1234"),
        ),
    ),
    ("seizure_pages.strike", "POST"): (
        Ask("correct", "part", values=custody_event, data=said(reason="It was another.")),
    ),
    ("seizure_pages.cash", "GET"): (Ask(READ, "everybody"),),
    ("results_pages.strike", "POST"): (
        Ask("correct", "part", data=said(reason="It was another.", version="1")),
    ),
    ("doubles_pages.index", "GET"): (Ask(READ, "everybody"),),
    ("doubles_pages.show", "GET"): (Ask(READ, "whole"),),
    ("doubles_pages.show", "POST"): (
        Ask("confirm", "whole", data=said(choice="different", reason="Two people.")),
    ),
    ("deconfliction_pages.index", "GET"): (Ask(READ, "everybody"),),
    ("deconfliction_pages.tell", "POST"): (
        Ask(READ, "everybody", data=said(reference="DC-0000-0000"), granted=(404,)),
    ),
    ("deconfliction_pages.check", "GET"): (Ask("plan", "any"),),
    ("deconfliction_pages.check", "POST"): (
        Ask(
            "plan",
            "any",
            data=said(
                **{
                    "kind": "visit",
                    "starts_at": "2026-11-04T10:00",
                    "ends_at": "2026-11-04T12:00",
                    "point.lon": "-2.24",
                    "point.lat": "53.485",
                }
            ),
        ),
    ),
    ("deconfliction_pages.desk", "GET"): (Ask("deconflict", "organisation"),),
    ("deconfliction_pages.show", "GET"): (Ask("deconflict", "organisation", granted=(404,)),),
    ("deconfliction_pages.show", "POST"): (
        Ask(
            "deconflict", "organisation", data=said(act="resolve", outcome="moved"), granted=(404,)
        ),
    ),
    ("deconfliction_pages.rules", "GET"): (Ask("deconflict", "organisation"),),
    ("deconfliction_pages.rules", "POST"): (
        Ask(
            "deconflict",
            "organisation",
            data=said(
                kind="visit", radius_m="100", minutes="30", same_days="7", tells_of_covert="false"
            ),
        ),
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
    ("lines_pages.index", "GET"): (Ask(READ, "everybody", shows=DEEDS),),
    ("lines_pages.index", "POST"): (
        Ask("correct", "part", data=lambda ids: {"closure": str(ids.results["line_closure"])}),
    ),
    ("lines_pages.show", "GET"): (
        Ask(READ, "part", values=lambda ids: {"line_id": ids.results["line"]}, shows=("itself",)),
    ),
    ("lines_pages.check_backs", "GET"): (Ask(READ, "everybody"),),
    ("lines_pages.check_backs", "POST"): (
        Ask(
            "correct",
            "part",
            data=lambda ids: {
                "closure": str(ids.results["line_closure"]),
                "on": "2026-11-04",
                "out_of_use": "true",
            },
        ),
    ),
    ("return_pages.warrants", "GET"): (Ask(READ, "everybody", shows=DEEDS),),
    ("return_pages.warrants", "POST"): (
        Ask(
            "correct",
            "part",
            data=lambda ids: {"warrant": str(ids.results["warrant"]), "returned_on": "2026-11-04"},
        ),
    ),
    ("return_pages.disruptions", "GET"): (Ask(READ, "everybody", shows=DEEDS),),
    ("return_pages.unreported", "GET"): (Ask(READ, "everybody"),),
    ("return_pages.unreported", "POST"): (
        Ask(
            "log",
            "part",
            granted=(409, 422),
            data=lambda ids: {"deployment": str(ids.deployment_id), "reason": "nobody_there"},
        ),
    ),
    ("return_pages.of_operation", "GET"): (Ask(READ, shows=DEEDS),),
    ("return_pages.of_operation", "POST"): (
        Ask(
            "correct",
            "part",
            data=lambda ids: {"nil_return": str(ids.nil_return_id), "reason": "Another."},
        ),
    ),
    ("board_pages.show", "GET"): (Ask(READ, "everybody"),),
    ("analysis_pages.show", "GET"): (Ask(READ, "everybody"),),
    ("view_pages.of_operation", "GET"): (Ask(READ),),
    ("view_pages.index", "GET"): (Ask("account", "oneself"),),
    ("view_pages.index", "POST"): (
        Ask("account", "oneself", data=said(name="Mine", address="/targets/board")),
    ),
    ("view_pages.view", "GET"): (Ask("account", "oneself", granted=(404,)),),
    ("view_pages.view", "POST"): (
        Ask("account", "oneself", data=said(name="Mine"), granted=(404,)),
    ),
    ("outcomes_pages.of_operation", "GET"): (Ask(READ, special="pounds"),),
    ("outcomes_pages.index", "GET"): (Ask(READ, "everybody", special="pounds"),),
    ("outcomes_pages.targets", "GET"): (Ask(READ, "everybody"),),
    ("outcomes_pages.targets", "POST"): (
        Ask(
            "report",
            data=lambda ids: {
                "measure": "lines_closed",
                "period": "2026/27",
                "operation": str(ids.operation_id),
                "value": "3",
            },
        ),
    ),
    ("outcomes_pages.target", "GET"): (Ask(READ, "whole", shows=("plan",)),),
    ("outcomes_pages.target", "POST"): (
        Ask("report", "whole", data=said(value="8", reason="It was another."), etag="target"),
    ),
    ("copy_pages.make", "GET"): (Ask("plan", "both", shows=("plan",)),),
    ("copy_pages.make", "POST"): (
        Ask("plan", "both", data=said(id=NEW, name="Another", act="copy", **WHEN)),
    ),
    ("copy_pages.show", "GET"): (Ask(READ, "whole", shows=("whole",)),),
    ("outcomes_pages.reported", "GET"): (Ask(READ, "everybody", shows=("whole",)),),
    ("outcomes_pages.published", "GET"): (
        Ask(READ, "everybody", values=said(code="NONE"), granted=(404,)),
    ),
    ("measure_pages.index", "GET"): (Ask(READ, "everybody"),),
    ("measure_pages.new", "GET"): (Ask("define", "organisation"),),
    ("measure_pages.new", "POST"): (
        Ask(
            "define",
            "organisation",
            query={"way": "seizure"},
            data=said(act="save", label="Another", four_p="pursue", aggregate="records"),
        ),
    ),
    ("measure_pages.show", "GET"): (Ask(READ, "everybody", values=said(code="arrests")),),
    ("measure_pages.show", "POST"): (
        Ask(
            "define",
            "organisation",
            values=said(code="arrests"),
            data=said(act="withdraw", end_reason="It was another."),
        ),
    ),
    ("reconciliation_pages.index", "GET"): (Ask(READ, "everybody", shows=("whole",)),),
    ("reconciliation_pages.figure", "GET"): (Ask("report", "whole", shows=("whole",)),),
    ("reconciliation_pages.figure", "POST"): (
        Ask("report", "whole", data=said(act="reason", code="late_entry")),
    ),
    ("evaluation_pages.show", "GET"): (Ask(READ, shows=("whole",)),),
    ("evaluation_pages.show", "POST"): (
        Ask(
            "report",
            data=said(
                label="Feels safe",
                compared="before",
                value="40",
                unit="percent",
                as_at="2026-01-31",
                source="A survey",
            ),
        ),
    ),
    ("evaluation_pages.counts", "GET"): (Ask("report", shows=("whole",)),),
    ("evaluation_pages.counts", "POST"): (
        # A program sends no file; whoever may is told to choose one.
        Ask("report", data=said(source="Counts"), granted=(422,)),
    ),
    ("evaluation_pages.plan", "GET"): (Ask("report", shows=("whole",)),),
    ("evaluation_pages.plan", "POST"): (Ask("report", data=said(**COMPARISON)),),
    ("evaluation_pages.edit", "GET"): (Ask("report", "whole", shows=("whole",)),),
    ("evaluation_pages.edit", "POST"): (
        Ask("report", "whole", data=said(**COMPARISON), etag="comparison"),
    ),
    ("snapshot_pages.index", "GET"): (Ask(READ, "everybody", shows=("whole",)),),
    ("snapshot_pages.new", "GET"): (
        Ask("report", query=lambda ids: {"operation": str(ids.operation_id)}, shows=("plan",)),
    ),
    ("snapshot_pages.new", "POST"): (
        Ask("report", data=lambda ids: {"operation": str(ids.operation_id)}),
    ),
    ("snapshot_pages.show", "GET"): (Ask(READ, "whole", shows=("whole",)),),
    ("snapshot_pages.records", "GET"): (Ask(READ, "whole", query={"figure": "arrests"}),),
    ("snapshot_pages.changes", "GET"): (Ask(READ, "whole", shows=("whole",)),),
    ("release_pages.index", "GET"): (Ask(READ, "everybody", shows=("whole",)),),
    ("release_pages.write", "GET"): (Ask("report", "whole", shows=("whole",)),),
    ("release_pages.write", "POST"): (Ask("report", "whole", data=said(**RELEASE)),),
    ("release_pages.edit", "GET"): (Ask("report", "whole", shows=("whole",)),),
    ("release_pages.edit", "POST"): (Ask("report", "whole", data=said(**RELEASE), etag="release"),),
    ("release_pages.show", "GET"): (Ask(READ, "whole", shows=("whole",)),),
    ("release_pages.act", "POST"): (
        Ask("approve", "whole", data=said(act="approve"), etag="release"),
        # Nobody has approved it yet.
        Ask("report", "whole", data=said(act="publish"), etag="release", granted=(409,)),
    ),
    ("release_pages.as_markdown", "GET"): (Ask("report", "whole", shows=("whole",)),),
    ("release_pages.as_pdf", "GET"): (Ask("report", "whole"),),
    ("report_pages.index", "GET"): (Ask(READ, "everybody", shows=("whole",)),),
    ("report_pages.new", "GET"): (Ask("report", "any"),),
    ("report_pages.new", "POST"): (Ask("report", data=written),),
    ("report_pages.show", "GET"): (Ask(READ, "whole", shows=("whole",)),),
    ("report_pages.act", "POST"): (
        Ask("approve", "whole", data=said(act="issue"), etag="report"),
        Ask("report", "whole", data=said(act="next"), granted=(409,)),
    ),
    ("report_pages.edit", "GET"): (Ask("report", "whole", shows=("whole",)),),
    ("report_pages.edit", "POST"): (Ask("report", "whole", data=written, etag="report"),),
    ("report_pages.tell", "GET"): (Ask("report", "whole"),),
    ("report_pages.tell", "POST"): (Ask("report", "whole", data=case),),
    ("report_pages.note", "GET"): (Ask("report", "whole", shows=("whole",)),),
    ("report_pages.note", "POST"): (
        Ask(
            "report",
            "whole",
            data=lambda ids: case(ids) | {"marking": "OFFICIAL"},
            etag="report_note",
        ),
    ),
    ("briefing_pages.waiting", "GET"): (Ask(READ, "everybody"),),
    # It names versions by their number alone.
    ("briefing_pages.index", "GET"): (Ask(READ, shows=("plan",)),),
    ("briefing_pages.begin", "POST"): (Ask("plan"),),
    ("briefing_pages.show", "GET"): (Ask(READ, "whole", values=said(version=1), shows=("whole",)),),
    ("briefing_pages.act", "POST"): (
        Ask(READ, "whole", values=said(version=1), data=said(act="read")),
        Ask(
            "approve",
            "whole",
            values=said(version=1),
            data=said(act="withdraw", reason="It was another."),
        ),
    ),
    ("briefing_pages.edit", "GET"): (Ask("plan", "whole", values=said(version=1)),),
    ("briefing_pages.edit", "POST"): (
        Ask("plan", "whole", values=said(version=1), data=said(method="x"), granted=(409, 428)),
    ),
    ("briefing_pages.readers", "GET"): (Ask("plan", "whole", values=said(version=1)),),
    ("todo_pages.index", "GET"): (Ask(READ, "everybody"),),
    ("ledger_pages.index", "GET"): (Ask("audit", "everybody"),),
    ("decision_pages.show", "GET"): (Ask(READ, shows=DEEDS),),
    ("decision_pages.show", "POST"): (Ask("log", data=DECIDED),),
    ("decision_pages.as_pdf", "GET"): (Ask(READ),),
    ("action_pages.index", "GET"): (Ask(READ, shows=DEEDS),),
    ("action_pages.index", "POST"): (Ask("contribute", data=ACTION),),
    ("action_pages.edit", "GET"): (Ask("contribute", "part", shows=("itself",)),),
    ("action_pages.edit", "POST"): (
        Ask("contribute", "part", data=said(what="Another"), etag="action"),
    ),
    ("action_pages.due", "GET"): (Ask(READ, "everybody", shows=DEEDS),),
    ("plan_pages.index", "GET"): (Ask(READ, shows=("plan",)),),
    ("plan_pages.show", "GET"): (
        Ask("plan", values=said(task="phases"), shows=("plan", "whole")),
        Ask("plan", values=said(task="meetings"), shows=("plan",)),
    ),
    ("plan_pages.show", "POST"): (Ask("plan", values=said(task="phases"), data=criterion),),
    ("plan_pages.weeks", "GET"): (Ask(READ, "everybody"),),
    ("plan_pages.weeks", "POST"): (Ask("administer", "organisation", data=WEEK),),
}
