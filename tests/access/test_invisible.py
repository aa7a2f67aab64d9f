"""A covert operation does not exist: all replies are the same bytes with it and without it."""

import datetime as dt
import difflib
import itertools
import re
import uuid
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from ops import db
from ops.operations.models import Assignment, Operation
from ops.results.models import Credit
from tests import factories
from tests.access import matrix_probes
from tests.access.matrix_pages import PAGES
from tests.access.matrix_people import Asker, let_in
from tests.access.matrix_requests import SAMPLES, area, deployment, plan, result
from tests.access.matrix_world import NOW, PARTS, World, between, marks, new_id, word
from tests.conftest import undone

MARKS = [mark for part in PARTS for mark in marks("covert", part)]
STRANGERS = (
    ("lead own", "own", "lead", None),
    ("auditor own", "own", "auditor", None),
    ("admin above", "above", "admin", None),
    ("lead below", "below", "lead", None),
    ("lead other", "other", "lead", None),
    ("partner", "partner", "officer", "partner"),
    # Was a member of the covert operation, and is no more.
    ("former", "own", "lead", None),
)
# Who asks every second thing alone, so that the test stays short.
BRIEF = {"admin above", "lead below", "partner"}
VARYING = {"Date", "Content-Length", "X-Request-ID"}
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MOMENT = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:\+00:00|Z)")
AS_KNOWN = re.compile(r"As known on [^.<]*")
REFERENCE = re.compile(r"\b(WOA|PS|PB|DOA)-[0-9A-Z]{6}\b")
# Of the feed, which says where in the server's work it has read to.
PLACE = re.compile(r"\"cursor\":\"[^\"]*\"|'ETag': '[^']*'(?=.*\"cursor\":)|after=\"?[^\"&]*")
# Not of assets: what an organisation has is no secret, and the hidden operation brings a van.
# Parts of which every route is read, of the operation that is seen, by those who ask most.
WHOLE = (
    "deconfliction", "briefing", "live", "plan", "action", "decision", "progress",
    "skill", "many", "day", "operation_map", "operations_map", "map", "exports", "places", "site",
    "todo", "deployment", "ogc",
)  # fmt: skip
READERS = {"lead own", "lead other"}
# Documents take long to make, and are of what their pages show; a map to take along names its
# parts by chance each time.
SLOW = {
    "briefing_copies.BriefingPdf",
    "briefing_copies.BriefingFile",
    "decision_pages.as_pdf",
    "report_files.ReportPdf",
    "report_files.ReportWord",
    "map_pages.take_along",
}
# A list that goes on for longer than this goes round in circles.
LONGEST = 60


class Watch:
    """A world in which a covert operation comes and goes, and those who must not notice."""

    def __init__(self, app, session):
        self.connection = session.get_bind()
        self.adapter = app.url_map.bind("localhost")
        self.arguments = {rule.endpoint: rule.arguments for rule in app.url_map.iter_rules()}
        # Nothing is committed here, so conflicts are looked for at each statement.
        session.execute(sa.text("set constraints deconflict_added, deconflict_changed immediate"))
        self.world = World()
        self.world.fill("open")
        self.shown = self.world.ids["open", "rest"]
        # Whom the covert operation deploys, and nobody else.
        self.busy = factories.person("officer", name="Bo Busy").id
        self.askers = {
            name: let_in(
                app, self.world, Asker(name, relation, role, membership), during=between(-24, 24)
            )
            for name, relation, role, membership in (
                *STRANGERS, ("member", "other", "desk", None), ("its lead", "own", "desk", None),
            )
        }  # fmt: skip
        db.session.remove()

    def hide(self):
        """Make the covert operation, tied to what is seen wherever it can be; give its ids."""
        seen = self.shown.operation_id
        # Requests end the session that things belong to.
        db.session.remove()
        db.session.add_all(self.world.made() + [each.person for each in self.askers.values()])
        self.world.fill("covert", parent_id=seen, predecessor_id=seen)
        hidden = self.world.ids["covert", "rest"]
        with db.transaction():
            db.session.execute(
                sa.update(Operation)
                .where(Operation.id == seen)
                .values(parent_id=hidden.operation_id, predecessor_id=hidden.operation_id)
            )
            for result_id, other in (
                (self.shown.results["seizure"], hidden.operation_id),
                (hidden.results["seizure"], seen),
            ):
                db.session.add(Credit(result_id=result_id, operation_id=other))
        covert = db.session.get(Operation, hidden.operation_id)
        self._admit(covert)
        self._deploy(covert)
        assert db.session.scalar(sa.text("select settle_conflicts()")) > 0
        db.session.commit()
        db.session.remove()
        # What is made from now on, a request made.
        self.since = dt.datetime.now(dt.UTC)
        return hidden

    def _admit(self, covert):
        around = {"during": between(-24, 24)}
        factories.member(covert, self.askers["member"].person, "analyst", **around)
        factories.member(covert, self.askers["its lead"].person, "lead", **around)
        ended = around | {"revoked_at": sa.func.now()}
        factories.member(covert, self.askers["former"].person, "lead", **ended)

    def _deploy(self, covert):
        """Send a person of ours to it, at the times of all that is planned."""
        for start in (factories.NOON - dt.timedelta(days=1), NOW - dt.timedelta(hours=1)):
            sent = factories.deployment(
                covert, start, hours=72, id=new_id("covert", "rest"), name=word("covert", "rest")
            )
            assigned = {"deployment_id": sent.id, "during": sent.during, "person_id": self.busy}
            factories._save(Assignment(id=new_id("covert", "rest"), **assigned))

    def samples(self):
        """Read every route there is of the operation that is seen."""
        for (endpoint, method), asks in {**SAMPLES, **PAGES}.items():
            if method != "GET" or endpoint in SLOW or not endpoint.startswith(WHOLE):
                continue
            for each in asks:
                named = self.arguments[endpoint]
                values = {name: getattr(self.shown, name, uuid.UUID(int=0)) for name in named}
                values |= each.values(self.shown) if each.values else {}
                query = each.query(self.shown) if callable(each.query) else each.query
                yield "GET", self.adapter.build(endpoint, values), {"query_string": query or {}}

    def ask(self, probes, name):
        """Send requests, each to the end of its list, and undo them; give what each got."""
        return [self._to_the_end(probe, self.askers[name].client) for probe in probes]

    def _to_the_end(self, probe, client):
        method, path, sent = probe
        undo = self.connection.begin_nested()
        try:
            if method in {"PATCH", "PUT", "DELETE"}:
                thing = path.partition("/credits/")[0]
                tag = client.get(thing).headers.get("ETag", '"none"')
                sent = sent | {"headers": {"If-Match": tag}}
            reply = client.open(path, method=method, **sent)
            said = [self.plain(reply)]
            while "Link" in reply.headers and len(said) < LONGEST:
                there = urlsplit(reply.headers["Link"].partition("<")[2].partition(">")[0])
                reply = client.get(f"{there.path}?{there.query}")
                said.append(self.plain(reply))
        finally:
            undo.rollback()
        return "\n".join(said)

    def plain(self, reply):
        """Give a reply, but for the ids, references and times that its own request made."""
        headers = {k: v for k, v in reply.headers.items() if k not in VARYING}
        text = f"{reply.status_code} {headers} {reply.get_data().decode(errors='replace')}"
        text = UUID.sub(lambda found: self._id(found[0]), text)
        text = PLACE.sub("<place>", text)
        text = MOMENT.sub(lambda found: self._moment(found[0]), text)
        return AS_KNOWN.sub("As known then", REFERENCE.sub(r"\1-", text))

    def _id(self, text):
        found = uuid.UUID(text)
        # The first 48 bits of a version 7 are its time in milliseconds.
        is_later = found.version == 7 and (found.int >> 80) / 1000 >= self.since.timestamp()
        return "<new id>" if found.version == 4 or is_later else text

    def _moment(self, text):
        return "<then>" if dt.datetime.fromisoformat(text) >= self.since else text


@pytest.fixture(scope="module")
def watch(app):
    """The world without the covert operation, undone at the end of the module."""
    with undone(app) as session:
        yield Watch(app, session)


@pytest.fixture(scope="module")
def told(watch):
    """Give what each stranger was told, to which request, with the covert operation and without."""
    there = watch.connection.begin_nested()
    hidden = watch.hide()
    probes = list(
        itertools.chain(
            matrix_probes.reads(hidden),
            matrix_probes.writes(watch.shown, hidden),
            matrix_probes.busy(watch.shown, watch.busy),
        )
    )
    asked = {name: probes[:: 2 if name in BRIEF else 1] for name, *_ in STRANGERS}
    for name in READERS:
        asked[name] = [*watch.samples(), *asked[name]]
    with_it = {name: watch.ask(theirs, name) for name, theirs in asked.items()}
    its_own = watch.ask(probes[::2], "member")
    there.rollback()
    without = {name: watch.ask(theirs, name) for name, theirs in asked.items()}
    return asked, with_it, without, its_own


@pytest.mark.parametrize("name", [name for name, *_ in STRANGERS])
def test_no_reply_differs_by_an_operation_that_is_not_there(told, name):
    asked, with_it, without, _ = told
    differ = []
    for probe, there, not_there in zip(asked[name], with_it[name], without[name], strict=True):
        if there != not_there:
            lines = difflib.unified_diff(not_there.splitlines(), there.splitlines(), n=0)
            differ.append((*probe, list(lines)[3:8]))

    assert differ == []


def test_the_same_requests_find_it_for_who_belongs_to_it(told):
    *_, its_own = told

    found = sum(any(mark in text for mark in MARKS) for text in its_own)

    assert found > len(its_own) / 5


def test_no_reply_to_a_stranger_names_it_nor_is_an_error(told):
    asked, with_it, *_ = told

    wrong = [
        (name, probe)
        for name, theirs in asked.items()
        for probe, text in zip(theirs, with_it[name], strict=True)
        if text.startswith("5") or any(m in text for m in MARKS if m not in str(probe))
    ]

    assert wrong == []


def test_once_it_is_open_all_see_it_with_its_history(watch):
    there = watch.connection.begin_nested()
    hidden = watch.hide()
    lead, officer = watch.askers["its lead"].client, watch.askers["lead own"].client
    operation = f"/api/v1/operations/{hidden.operation_id}"
    record = f"/api/v1/results/{hidden.result_id}"
    change = {"note": "Corrected", "reason": "It was covert then."}
    tags = {where: lead.get(where).headers["ETag"] for where in (operation, record)}
    corrected = lead.patch(record, json=change, headers={"If-Match": tags[record]})
    addresses = [operation, record, f"{operation}/results", f"{operation}/transitions"]

    before = [officer.get(each).status_code for each in addresses]
    opened = lead.patch(
        operation, json={"visibility": "open"}, headers={"If-Match": tags[operation]}
    )
    after = [officer.get(each) for each in addresses]
    history = officer.get(f"{record}/history").text
    page = officer.get(f"/operations/{hidden.operation_id}").text
    listed = officer.get("/api/v1/operations").text
    there.rollback()

    assert (corrected.status_code, opened.status_code) == (200, 200), opened.text
    assert before == [404] * 4
    assert [reply.status_code for reply in after] == [200] * 4
    assert word("covert", "whole") in after[-1].text
    assert "It was covert then." in history
    assert word("covert", "plan") in page
    assert word("covert", "plan") in listed


def test_an_id_that_is_taken_by_what_is_hidden_is_refused_and_nothing_said(watch):
    there = watch.connection.begin_nested()
    hidden = watch.hide()
    client = watch.askers["lead own"].client
    here = f"/api/v1/operations/{watch.shown.operation_id}"
    sent = {
        "/api/v1/operations": plan(hidden) | {"id": str(hidden.operation_id)},
        f"{here}/deployments": deployment(hidden) | {"id": str(hidden.deployment_id)},
        f"{here}/areas": area(hidden) | {"id": str(hidden.area_id)},
        f"{here}/results": result(hidden) | {"id": str(hidden.result_id)},
    }

    replies = [client.post(address, json=body) for address, body in sent.items()]
    there.rollback()

    # Ids are made by clients and unique, so this much can't be hidden.
    assert [reply.status_code for reply in replies] == [409] * 4
    assert not [mark for mark in MARKS for reply in replies if mark in reply.text]
