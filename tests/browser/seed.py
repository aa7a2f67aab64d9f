"""Fills the database of the browser tests; run by their conftest in a process of its own."""

import datetime as dt
import hashlib
import json

import sqlalchemy as sa
from geoalchemy2.shape import from_shape
from shapely.geometry import MultiPolygon, Point, box

from ops import create_app, db
from ops.access import passwords
from ops.access.models import Credential
from ops.ledger.models import Change
from ops.live.models import CheckIn
from ops.live.welfare_models import WelfareTimer
from ops.operations.models import Assignment, Team
from ops.outcomes.models import PublishedSet, ReportedFigure
from ops.results import measures
from ops.subscriptions.models import (
    DELIVERY_STATES,
    Delivery,
    Subscription,
    SubscriptionOperation,
)
from ops.subscriptions.tak_models import TakFeed
from tests import factories
from tests.results.test_attachments import photo

NOW = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)
PASSWORD = "correct horse battery staple"
ROLES = ("admin", "lead", "officer", "analyst", "desk")
# Each adds a second factor, which nobody else's tests expect.
NEWCOMERS = ("first", "second", "third")
PLACE = {"type": "Point", "coordinates": [-2.241, 53.485]}
DETAILS = {
    "warrant": {"power": "mda_23", "entry": "forced", "outcomes": ["sought_found", "arrest"]},
    "arrest": {"reason": "supply_class_a", "age_band": "18-24", "sex": "male"},
    "seizure": {"category": "cash", "quantity": "1250.50"},
    "line_closure": {"type": "type_2", "line_name": "Test line"},
    "search": {
        "type": "prison",
        "establishment": "HMP Test",
        "searched": [
            {"what": ["cells"], "number": "5"},
            {"what": ["visitors", "vehicles"], "number": "70", "qualifier": "more_than"},
        ],
        "finds": [{"category": "phones", "number": "3"}, {"category": "drugs"}],
        "outcomes": [{"outcome": "refused_entry", "number": "2"}],
    },
    "court_order": {
        "order_type": "cbo",
        "subject_ref": "TEST/P1",
        "ends_on": "2029-11-02",
        "conditions": [{"text": "Not to enter", "zone": "-2.24 53.48\n-2.23 53.48\n-2.23 53.485"}],
    },
    "disruption": {
        "four_p": "pursue",
        "level_claimed": "major",
        "target": "group",
        "target_ref": "LOG/1",
        "reviews": [{"after": "3", "on": "2026-11-02", "outcome": "still_disrupted"}],
    },
    "premises_closure": {"closure": "landlord_action", "premises_name": "Test shop"},
    "safeguarding": {
        "actions": ["visited", "nrm"],
        "people": [{"age_group": "child", "sex": "male"}],
        "person_ref": "TEST/P1",
        "referrals": [{"to": "children_social_care", "outcome": "accepted"}],
    },
}


def ward(west):
    """Give half a square kilometre of Manchester; two of them side by side share an edge."""
    return MultiPolygon([box(west, 53.48, west + 0.01, 53.49)])


def account(role, name=None):
    """Make somebody who can sign in."""
    person = factories.person(role=role, name=f"{(name or role).capitalize()} Example")
    hashed = passwords.hash_password(PASSWORD)
    with db.transaction():
        db.session.add(Credential(person_id=person.id, password_hash=hashed))
    return person


def plan(lead):
    """Make a live operation with something of everything in it."""
    operation = factories.operation(
        name="Operation Lantern",
        kind="place_based",
        theme="drugs",
        aim="Take the drugs off the street.",
        created_by=lead.id,
        starts_at=NOW - dt.timedelta(days=1),
        ends_at=NOW + dt.timedelta(days=6),
    )
    area = factories.area(operation, name="Cheetham Hill")
    site = factories.site(name="HMP Test")
    visit = factories.deployment(operation, starts_at=NOW, name="Visit", site_id=site.id)
    with db.transaction():
        team = Team(operation_id=operation.id, name="Team North", members=[lead])
        db.session.add(team)
    assigned = factories._save(
        Assignment(deployment_id=visit.id, during=visit.during, person_id=lead.id, team_id=team.id)
    )
    watch(visit, lead)
    long_ago = NOW - dt.timedelta(hours=20)
    factories.deployment(operation, starts_at=long_ago, name="Patrol of the morning")
    quiet = factories.deployment(operation, starts_at=long_ago, name="Checkpoint")
    factories.nil_return(quiet, note="Rain all day.")
    return {
        "operation": operation.id,
        "area": area.id,
        "deployment": visit.id,
        "team": team.id,
        "assignment": assigned.id,
        "site": site.id,
        "watched": lead.id,
    }


def watch(deployment, person):
    """Let somebody be overdue to check in."""
    of = {
        "operation_id": deployment.operation_id,
        "deployment_id": deployment.id,
        "person_id": person.id,
        "content_hash": b"x",
    }
    begun, heard = (NOW - dt.timedelta(minutes=minutes) for minutes in (60, 30))
    factories._save(WelfareTimer(every_minutes=15, at=begun, **of))
    here = from_shape(Point(*PLACE["coordinates"]), 4326)
    factories._save(CheckIn(point=here, at=heard, accuracy_m=12, **of))


def log(app, operation_id, person):
    """Log one result of each kind, as a phone would."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {factories.token(person)}"
    logged = {}
    for kind, detail in DETAILS.items():
        body = {"kind": kind, "occurred_at": NOW.isoformat(), "position": PLACE, "detail": detail}
        reply = client.post(f"/api/v1/operations/{operation_id}/results", json=body)
        assert reply.status_code == 201, reply.text
        logged[kind] = reply.json["id"]
    for size in ((1600, 1200), (900, 1600)):
        content = photo(size=size)
        of = {"result": logged["seizure"], "sha256": hashlib.sha256(content).hexdigest()}
        added = client.post("/api/v1/attachments", query_string=of, data=content)
        assert added.status_code == 201, added.text
    logged |= follow(client, operation_id, logged)
    logged |= know_a_line(client, operation_id)
    target = {"measure": "arrests", "period": "2026/27", "organisation": "GMP", "value": "40"}
    aimed = client.post("/api/v1/targets", json=target)
    assert aimed.status_code == 201, aimed.text
    kept = {"name": "The year", "address": "/targets/board?organisation=GMP&year=2026/27"}
    view = client.post("/api/v1/board-views", json=kept)
    return logged | {"target": aimed.json["id"], "board_view": view.json["id"]}


def follow(client, operation_id, logged):
    """Open a package, follow its custody with a gap, and take the arrest further."""
    path = f"/api/v1/operations/{operation_id}/results"
    at = NOW.isoformat()
    whole = {"category": "package", "opened": True, "exhibit_ref": "AP/1"}
    inside = {"category": "phones", "exhibit_ref": "AP/1/1", "found_in": "inside_package"}
    made = {}
    for name, detail in (("package", whole), ("inside", inside)):
        body = {"kind": "seizure", "occurred_at": at, "detail": detail}
        if name == "inside":
            detail["parent"] = made["package"]
        made[name] = client.post(path, json=body).json["id"]
    steps = (
        {"step": "seized", "to_holder": "PC 1234"},
        {"step": "sealed", "seal": "B 7701"},
        {"step": "stored", "from_holder": "DC 99", "to_holder": "Store 3", "place": "Shelf 9"},
    )
    for step in steps:
        sent = {"at": at} | step
        reply = client.post(f"/api/v1/results/{logged['seizure']}/custody", json=sent)
        assert reply.status_code == 201, reply.text
    wrong = f"/api/v1/results/{logged['seizure']}/custody/{reply.json['events'][1]['id']}/strike"
    assert client.post(wrong, json={"reason": "The number was misread."}).status_code == 200
    charge = {"code": "charged", "offences": ["supply_class_a"]}
    disposals = f"/api/v1/results/{logged['arrest']}/disposals"
    assert client.post(disposals, json=charge).status_code == 200
    return made


def know_a_line(client, operation_id):
    """Log a line and what became of it."""
    there = f"/api/v1/operations/{operation_id}/results"

    def send(kind, detail, days_ago):
        at = (NOW - dt.timedelta(days=days_ago)).isoformat()
        reply = client.post(there, json={"kind": kind, "occurred_at": at, "detail": detail})
        assert reply.status_code == 201, reply.text
        return reply.json["id"]

    numbers = [{"number": "07700 900123", "from_on": "2026-01-05"}]
    areas = {"exporter_area": "Manchester", "importer_areas": ["Lancashire", "Cumbria"]}
    line = send("line", {"name": "Ricky", "numbers": numbers, **areas}, 100)
    closed_on = str((NOW - dt.timedelta(days=60)).date())
    detail = {"type": "type_2", "line": line, "closed_on": closed_on, "deactivated_on": closed_on}
    return {"line": line, "closed_line": send("line_closure", detail, 60)}


def confirm(app, result, admin):
    """Confirm what the lead recorded."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {factories.token(admin)}"
    assert client.post(f"/api/v1/results/{result}/confirm").status_code == 200


def end(app, lead, admin):
    """Close an operation with a result that is to be erased, and one that was."""
    operation = factories.operation(
        name="Operation Ember", status="closed", created_by=lead.id, theme="drugs"
    )
    clients = []
    for person in (lead, admin):
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {factories.token(person)}"
        clients.append(client)
    ids = []
    for number in range(3):
        detail = {"reason": "supply_class_a", "custody_ref": f"06CD/{number}/26"}
        body = {"kind": "arrest", "occurred_at": NOW.isoformat(), "detail": detail}
        logged = clients[0].post(f"/api/v1/operations/{operation.id}/results", json=body)
        ids.append(logged.json["id"])
        decided = {"decision": "erase", "reason": "Nobody was charged."}
        clients[1].post(f"/api/v1/results/{ids[-1]}/reviews", json=decided)
    path = f"/api/v1/results/{ids[1]}/erase"
    shown = clients[0].post(f"{path}?dry_run=true", json={}).json
    assert clients[0].post(path, json={"token": shown["token"]}).json["is_erased"]
    hold = {"reason": "The inquiry into prisons asked for it."}
    assert clients[0].post(f"/api/v1/results/{ids[2]}/holds", json=hold).status_code == 201
    kept = {"decision": "keep", "reason": "A case is open.", "next_review_on": "2030-01-01"}
    ended = f"/api/v1/operations/{operation.id}"
    assert clients[0].post(f"{ended}/reviews", json=kept).status_code == 201
    return {"ended": operation.id, "to_erase": ids[0], "erased": ids[1]}


def doubt(app, people, operation_id):
    """Log one line twice, as two people who don't know of each other."""
    for person in people:
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {factories.token(person)}"
        detail = {"name": "Ricky", "exporter_area": f"Found by {person.name}"}
        body = {"kind": "line", "occurred_at": NOW.isoformat(), "detail": detail}
        client.post(f"/api/v1/operations/{operation_id}/results", json=body)
    pair = client.get("/api/v1/doubles?kind=line").json[0]
    return {"double": pair["id"], "doubted": pair["records"][0]["id"]}


def freeze(app, operation_id, people):
    """Freeze a summary, write of it, publish, revise, and correct a record behind it."""
    clients = {}
    for role in ("admin", "lead", "analyst"):
        clients[role] = app.test_client()
        token = factories.token(people[role])
        clients[role].environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    lead, analyst = clients["lead"], clients["analyst"]
    body = {"operation": [str(operation_id)], "by": "day", "title": "First week"}
    made = analyst.post("/api/v1/snapshots", json=body)
    assert made.status_code == 201, made.text
    frozen = made.json
    rounded = {"measure": "cash_seized", "rounded": "1200", "said_as": "more_than"}
    release = {
        "snapshot": frozen["id"],
        "title": "Operation Lantern: the first week",
        "introduction": "Officers and partners took drugs off the street.",
        "headlines": [{"measure": "arrests"}, rounded],
    }
    draft, out = (analyst.post("/api/v1/releases", json=release) for _ in range(2))
    where = f"/api/v1/releases/{out.json['id']}"
    for client, act in ((lead, "approve"), (analyst, "publish")):
        tag = {"If-Match": client.get(where).headers["ETag"]}
        assert client.post(f"{where}/{act}", headers=tag).status_code == 200
    detail = {"reason": "supply_class_a", "age_band": "18-24", "sex": "female"}
    late = {"kind": "arrest", "occurred_at": NOW.isoformat(), "detail": detail}
    there = f"/api/v1/operations/{operation_id}/results"
    assert lead.post(there, json=late).status_code == 201
    changes = analyst.get(f"/api/v1/snapshots/{frozen['id']}/changes").json["figures"]
    [now] = [each["now"]["value"] for each in changes if each["code"] == "arrests"]
    arrests, cash = [each["id"] for each in analyst.get(where).json["figures"]]
    for figure, value, word in ((arrests, now, None), (cash, "1100", "at_least")):
        revised = {"figure": figure, "value": value, "said_as": word}
        revised["note"] = "One arrest was recorded late." if word is None else "Rounded anew."
        tag = {"If-Match": analyst.get(where).headers["ETag"]}
        assert analyst.post(f"{where}/revisions", json=revised, headers=tag).status_code == 201
        if word is None:
            tag = {"If-Match": lead.get(where).headers["ETag"]}
            assert lead.post(f"{where}/approve", headers=tag).status_code == 200
    return {"snapshot": frozen["id"], "draft": draft.json["id"], "release": out.json["id"]}


def report(app, operation_id, people):
    """Issue a report for the panel, and begin its next issue with two cases."""
    clients = {}
    for role in ("lead", "analyst"):
        clients[role] = app.test_client()
        token = factories.token(people[role])
        clients[role].environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    lead, analyst = clients["lead"], clients["analyst"]
    body = {
        "title": "Programme Challenger: autumn update",
        "summary": "One operation took drugs off the street.\n\nIts lines are closed.",
        "operations": [str(operation_id)],
        "starts_on": "2026-04-01",
        "ends_on": "2027-03-31",
    }
    made = analyst.post("/api/v1/reports", json=body)
    assert made.status_code == 201, made.text
    here = f"/api/v1/reports/{made.json['id']}"
    for title in ("A door that was shut", "A line that was closed"):
        case = {"operation": str(operation_id), "title": title, "text": "It was found so."}
        told = analyst.post(f"{here}/notes", json=case)
        assert told.status_code == 201, told.text
    tag = {"If-Match": lead.get(here).headers["ETag"]}
    issued = lead.post(f"{here}/issue", headers=tag)
    assert issued.status_code == 200, issued.text
    following = analyst.post(f"{here}/next").json
    return {
        "report": made.json["id"],
        "report_draft": following["id"],
        "report_note": following["notes"][0]["id"],
    }


def publish():
    """Keep a figure that somebody published."""
    found = PublishedSet(code="week", title="A published week", publisher="A force")
    with db.transaction():
        db.session.add(found)
        db.session.flush()
        figure = ReportedFigure(
            measure="arrests",
            value=43,
            unit="count",
            qualifier="exact",
            four_p="pursue",
            starts_on=dt.date(2023, 2, 27),
            ends_on=dt.date(2023, 3, 5),
            as_at=dt.date(2023, 3, 6),
            source="https://example.test/releases/43-arrests",
            set_id=found.id,
            position=1,
        )
        db.session.add(figure)
    return {"figure": figure.id}


def evaluate(app, operation_id, lead):
    """Import two years of counts, compare them, and report something beside what is recorded."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {factories.token(lead)}"
    here = f"/api/v1/operations/{operation_id}"
    months = [f"{2024 + n // 12}-{n % 12 + 1:02}" for n in range(24)]
    levels = {"Cheetham Hill": (60, 45), "A comparable place": (50, 48), "Next door": (20, 24)}
    rows = [
        f"{area},Theft from the person,{month},{level[n // 12] + n * 7 % 5}"
        for area, level in levels.items()
        for n, month in enumerate(months)
        if (area, month) != ("Next door", "2024-05")
    ]
    said = {"publisher": "A force", "obtained_on": "2026-01-10", "file_name": "counts.csv"}
    for bad, number in (("Next door,Theft from the person,soon,many", 3), ("", 4)):
        text = "\n".join(["area,category,month,count", *rows, bad])
        text = text.replace("2024-01,60", f"2024-01,6{number}")
        sent = {**said, "source": "Recorded crime", "content": text, "good_rows": True}
        assert client.post(f"{here}/monthly-counts", json=sent).status_code == 201
    compared = client.post(
        f"{here}/comparisons",
        json={
            "name": "Theft from the person",
            "source": "Recorded crime",
            "target_area": "Cheetham Hill",
            "comparison_areas": ["A comparable place"],
            "displacement_area": "Next door",
            "baseline": {"from": "2024-01", "to": "2024-12"},
            "after": [{"label": "First year", "from": "2025-01", "to": "2025-12"}],
        },
    )
    assert compared.status_code == 201, compared.text
    figures = (
        {"measure": "feels_safe", "label": "Feels safe after dark", "value": "41",
         "unit": "percent", "facets": {"compared": "before"}},
        {"measure": "arrests", "value": "7", "unit": "count"},
        {"measure": "arrests", "value": "9", "unit": "count", "qualifier": "approx"},
    )  # fmt: skip
    for figure in figures:
        told = {"as_at": "2026-11-01", "source": "A release", "operation": str(operation_id)}
        period = {"starts_on": "2026-10-01", "ends_on": "2026-10-31"}
        kept = client.post("/api/v1/reported-figures", json=figure | told | period)
        assert kept.status_code == 201, kept.text
    reason = {"code": "under_enquiry", "note": "Asked the press office."}
    path = f"/api/v1/reported-figures/{kept.json['id']}/reasons"
    assert client.post(path, json=reason).status_code == 201
    return {"comparison": compared.json["id"]}


def decide(app, operation_id, lead):
    """Write two decisions down, the second to correct the first."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {factories.token(lead)}"
    log = f"/api/v1/operations/{operation_id}/decisions"
    taken = {
        "what": "Search the second floor of the Lantern building as well.",
        "why": "A neighbour heard voices there after the door was opened.",
        "alternatives": "Wait for the dog team, which was forty minutes away.",
    }
    first = client.post(log, json=taken)
    assert first.status_code == 201, first.text
    correction = {
        "what": "It was the third floor.",
        "why": "Misheard.",
        "corrects": first.json["id"],
    }
    assert client.post(log, json=correction).status_code == 201


def copy(app, operation_id, lead):
    """Plan the operation again, two months on."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {factories.token(lead)}"
    later = str((NOW + dt.timedelta(days=60)).date())
    again = {"name": "Operation Lantern again", "starts_on": later}
    made = client.post(f"/api/v1/operations/{operation_id}/copies", json=again)
    assert made.status_code == 201, made.text
    return {"copy": made.json["operation"]}


def act(app, operation_id, lead):
    """Plan an action that is overdue, and one with a partner."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {factories.token(lead)}"
    factories.organisation("SALFORD", name="Salford City Council", kind="council")
    days = [str((NOW + dt.timedelta(days=number)).date()) for number in (-3, 30, 60)]
    late = {"four_p": "pursue", "what": "Apply for the closure order", "due_on": days[0],
            "review_on": days[1], "partner": "SALFORD"}  # fmt: skip
    theirs = {"four_p": "protect", "what": "Visit cuckooed homes", "due_on": days[1],
              "review_on": days[2], "organisation": "SALFORD"}  # fmt: skip
    for action in (theirs, late):
        made = client.post(f"/api/v1/operations/{operation_id}/actions", json=action)
        assert made.status_code == 201, made.text
    return {"action": made.json["id"]}


def brief(app, operation_id, deployment_id, people):
    """Issue a briefing that was read, withdraw it, issue another, and begin a third."""
    clients = {}
    for role in ("lead", "officer"):
        clients[role] = app.test_client()
        token = factories.token(people[role])
        clients[role].environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    lead, here = clients["lead"], f"/api/v1/operations/{operation_id}/briefings"
    deployed = {"person": str(people["third"].id)}
    to = f"/api/v1/deployments/{deployment_id}/assignments"
    assert lead.post(to, json=deployed).status_code == 201
    said = ("Meet at the yard at 05:00.", "Meet at the yard at 06:00, in plain clothes.")
    for version, method in enumerate(said, 1):
        made = lead.post(here)
        assert made.status_code == 201, made.text
        text = {"method": f"{made.json['sections']['method']}\n{method}"}
        tag = {"If-Match": made.headers["ETag"]}
        tag = {"If-Match": lead.patch(f"{here}/{version}", json=text, headers=tag).headers["ETag"]}
        assert lead.post(f"{here}/{version}/issue", headers=tag).status_code == 200
        if version == 1:
            assert lead.post(f"{here}/1/read").status_code == 200
            why = {"reason": "The yard is not free at that time."}
            assert lead.post(f"{here}/1/withdraw", json=why).status_code == 200
    assert clients["officer"].get(f"{here}/2.pdf").status_code == 200
    assert lead.post(here).status_code == 201
    aim = {"aim": "Take the drugs off the street, and those who sell them."}
    there = f"/api/v1/operations/{operation_id}"
    tag = {"If-Match": lead.get(there).headers["ETag"]}
    assert lead.patch(there, json=aim, headers=tag).status_code == 200


def clash(app, site_id, desk):
    """Let two others plan at the prison of the visit: one whom the lead sees, and one whom not."""
    # Whoever asked last is no longer the actor.
    db.session.remove()
    far = factories.organisation("LANCS")
    hidden = factories.operation(
        name="Operation Beacon",
        visibility="restricted",
        organisation=far,
        created_by=factories.person(organisation=far, name="Far Example").id,
    )
    seen = factories.operation(name="Operation Tinder", created_by=desk.id)
    factories.deployment(hidden, NOW, name="Search of the workshop", site_id=site_id)
    factories.deployment(seen, NOW, hours=1, name="Talk with the governor", site_id=site_id)
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {factories.token(desk)}"
    there = "/api/v1/deconfliction/conflicts"
    found = [each["reference"] for each in client.get(there).json]
    settled = {"outcome": "joint", "told": "Both go in together at nine.", "note": "By phone."}
    assert client.post(f"{there}/{found[-1]}/resolution", json=settled).status_code == 200
    return {"conflict": found[0], "resolved": found[-1]}


def guide(app, operation_id, people):
    """Begin a guided plan of each kind."""
    clients = {}
    for role in ("admin", "lead"):
        clients[role] = app.test_client()
        token = factories.token(people[role])
        clients[role].environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    lead, prison = clients["lead"], factories.site(name="HMP Example")
    made = {}
    for kind, theme in (("week_of_action", "county_lines"), ("prison_search", "drugs")):
        operation = factories.operation(
            kind=kind, name=f"A planned {kind.replace('_', ' ')}", status="draft", theme=theme,
            created_by=people["lead"].id, starts_at=NOW, ends_at=NOW + dt.timedelta(days=3),
        )  # fmt: skip
        made["week" if kind == "week_of_action" else kind] = operation.id
    days = {name: str((NOW + dt.timedelta(days=n)).date()) for name, n in
            (("starts_on", 30), ("ends_on", 36))}  # fmt: skip
    named = {"name": "County lines intensification week", **days}
    week = clients["admin"].post("/api/v1/national-weeks", json=named)
    assert week.status_code == 201, week.text
    contact = {"name": "Custodial Manager on call", "phone": "0161 496 0000"}
    for which, said in (
        (made["week"], {"national_week": week.json["id"]}),
        (made["week"], {"priorities": ["Close the lines that use children"],
                        "sites_by_day": [{"on": days["starts_on"], "sites": 12}]}),
        (made["prison_search"], {"establishments": [str(prison.id)], "teams_asked": 2}),
        (made["prison_search"], {
            "search_areas": [{"site": str(prison.id), "where": "wing", "name": "C wing"}],
            "contacts": [{"role": "prison_contact", "site": str(prison.id), **contact}]}),
        (operation_id, {"meetings": [{"at": (NOW + dt.timedelta(days=2)).isoformat()}]}),
    ):  # fmt: skip
        path = f"/api/v1/operations/{which}/plan"
        tag = {"If-Match": lead.get(path).headers["ETag"]}
        reply = lead.patch(path, json=said, headers=tag)
        assert reply.status_code == 200, reply.text
    here = f"/api/v1/operations/{operation_id}"
    phase = {"kind": "clear", "starts_at": NOW.isoformat(), "aim": "Take the dealers away"}
    phase = lead.post(f"{here}/phases", json=phase).json["id"]
    for text in ("No dealing is seen for a month.", "Robberies have halved."):
        kept = lead.post(f"{here}/exit-criteria", json={"phase": phase, "text": text})
        assert kept.status_code == 201, kept.text
    judged = lead.patch(
        f"/api/v1/exit-criteria/{kept.json['id']}",
        json={"is_met": True},
        headers={"If-Match": kept.headers["ETag"]},
    )
    assert judged.status_code == 200, judged.text
    return made


def subscribe(operation_id, lead):
    """Tell another system, which takes some of it, and have the operation shown on a TAK server."""
    told = factories._save(
        Subscription(person_id=lead.id, label="Duty board", address="https://hooks.example.org/ops",
                     events=["result.created", "area.changed"], all_operations=False,
                     with_records=True, recipient="Example Council", reason="Its duty board")
    )  # fmt: skip
    factories._save(SubscriptionOperation(subscription_id=told.id, operation_id=operation_id))
    changes = db.session.scalars(
        sa.select(Change.id).where(Change.operation_id == operation_id, Change.object == "result")
    ).all()
    for state, change_id in zip(DELIVERY_STATES, changes, strict=False):
        tried = {} if state == "withheld" else {"attempts": 3, "tried_at": NOW}
        error = "The receiver answered 500." if state in {"waiting", "dead"} else None
        factories._save(
            Delivery(subscription_id=told.id, operation_id=operation_id, change_id=change_id,
                     event="result.created", state=state, error=error, **tried)
        )  # fmt: skip
    factories._save(
        TakFeed(operation_id=operation_id, is_on=True, with_areas=True, kinds=["arrest", "warrant"],
                switched_by=lead.id)
    )  # fmt: skip
    return {"subscription": told.id}


def main():
    """Make what the tests look at, and print its ids."""
    app = create_app()
    with app.app_context():
        with app.extensions["engine"].begin() as connection:
            measures.publish_built_ins(connection)
        factories.boundary()
        factories.boundary("E05000650", layer="ward", name="Test Ward West", shape=ward(-2.25))
        factories.boundary("E05000651", layer="ward", name="Test Ward East", shape=ward(-2.24))
        # Before any request, whose actor would stay: this belongs to nobody here.
        published = publish()
        people = {role: account(role) for role in ROLES}
        people |= {name: account("officer", name) for name in NEWCOMERS}
        planned = plan(people["lead"])
        logged = log(app, planned["operation"], people["lead"])
        ended = end(app, people["lead"], people["admin"])
        confirm(app, logged["closed_line"], people["admin"])
        doubted = doubt(app, (people["lead"], people["admin"]), planned["operation"])
        published |= evaluate(app, planned["operation"], people["lead"])
        emails = {role: person.email for role, person in people.items()}
        decide(app, planned["operation"], people["lead"])
        planned |= act(app, planned["operation"], people["lead"])
        planned |= guide(app, planned["operation"], people)
        frozen = freeze(app, planned["operation"], people)
        frozen |= report(app, planned["operation"], people)
        brief(app, planned["operation"], planned["deployment"], people)
        published |= clash(app, planned["site"], people["desk"])
        planned |= copy(app, planned["operation"], people["lead"])
        db.session.remove()
        planned |= subscribe(planned["operation"], people["lead"])
        made = planned | logged | ended | doubted | published | frozen
        print(json.dumps({"people": emails, **made}, default=str))  # noqa: T201


if __name__ == "__main__":
    main()
