"""Every route, asked by everybody, of every sort of operation: as docs/security.md says.

A new route fails until it has a line in the policy table and a sample request, in
`matrix_requests.SAMPLES` (API) or `matrix_pages.PAGES`.
"""

import collections
import logging
import re
import uuid

import pytest

from ops.access import rules
from tests.access import matrix_policy
from tests.access.matrix_pages import PAGES
from tests.access.matrix_people import everybody, seen_of
from tests.access.matrix_policy import RIGHTS, written
from tests.access.matrix_requests import SAMPLES
from tests.access.matrix_world import DEEDS, PARTS, POUNDS, VISIBILITIES, Ids, World, marks
from tests.conftest import undone

ROUTES = {**SAMPLES, **PAGES}
READS = {"GET", "HEAD"}
# Of these, an operation is named in the request.
FOR_READING = {"see", "audit", "account"}
OF_OPERATIONS = {"operation", "part", "whole", "both"}
# Differs between any two replies, or says how long the reply is that is compared anyway.
VARYING = {"Date", "Content-Length", "X-Request-ID"}
CASH = re.compile(r'"code":"cash_seized".*?"value":"([\d.]+)"|Cash seized.*?£([\d,.]+)', re.DOTALL)


@pytest.fixture(scope="module")
def house(app):
    """The world and everybody in it, undone at the end of the module."""
    with undone(app) as session:
        world = World()
        for visibility in VISIBILITIES:
            world.fill(visibility)
        house = House(app, world, everybody(app, world), session.get_bind())
        house.read_versions()
        yield house


class House:
    """Sends the sample requests and undoes what they did."""

    def __init__(self, app, world, askers, connection):
        self.app, self.world, self.askers, self.connection = app, world, askers, connection
        self.nowhere = Ids()
        self.nothing = {}
        self.etags = {}
        self.rules = {
            (rule.endpoint, method): rule
            for rule in app.url_map.iter_rules()
            for method in rule.methods - {"HEAD", "OPTIONS"}
        }
        self.adapter = app.url_map.bind("localhost")

    def read_versions(self):
        """Learn the versions of what will be changed."""
        [lead] = [each for each in self.askers if each.name == "member lead own"]
        undo = self.connection.begin_nested()
        for key, ids in self.world.ids.items():
            for name in (
                "operation",
                "deployment",
                "area",
                "result",
                "release",
                "report",
                "comparison",
                "action",
                "target",
                "site",
            ):
                thing = getattr(ids, f"{name}_id")
                reply = lead.client.get(f"/api/v1/{name}s/{thing}")
                self.etags[(*key, name)] = reply.headers["ETag"].strip('"')
            briefing = f"/api/v1/operations/{ids.operation_id}/briefings/1"
            reply = lead.client.get(briefing)
            self.etags[(*key, "briefing")] = reply.headers["ETag"].strip('"')
            for name, path in (
                ("guided_plan", f"operations/{ids.operation_id}/plan"),
                ("tak", f"operations/{ids.operation_id}/tak"),
                ("criterion", f"exit-criteria/{ids.criterion_id}"),
                ("report_note", f"reports/{ids.report_id}/notes/{ids.report_note_id}"),
            ):
                reply = lead.client.get(f"/api/v1/{path}")
                self.etags[(*key, name)] = reply.headers["ETag"].strip('"')
        undo.rollback()

    def send(self, route, ask, asker, ids, etag=None):
        """Send a request and undo what it did; give the reply."""
        endpoint, method = route
        values = {name: getattr(ids, name, uuid.uuid4()) for name in self.rules[route].arguments}
        values |= ask.values(ids) if ask.values else {}
        query = ask.query(ids) if callable(ask.query) else ask.query
        sent = {"method": method, "query_string": query or {}, "headers": {}}
        if ask.json:
            sent["json"] = ask.json(ids)
        if ask.data or (method == "POST" and not ask.json):
            sent["data"] = ask.data(ids) if ask.data else {}
        if etag is not None and "data" in sent:
            sent["data"] = {**sent["data"], "etag": f'"{etag}"'}
        elif etag is not None:
            sent["headers"]["If-Match"] = f'"{etag}"'
        client = self.app.test_client() if ask.of == "nobody" else asker.client
        undo = self.connection.begin_nested()
        try:
            return client.open(self.adapter.build(endpoint, values, method=method), **sent)
        finally:
            undo.rollback()

    def etag(self, ask, where):
        """Give the version to change: of what is there, or one that nothing has."""
        if ask.etag is None:
            return None
        return self.etags[(*where, ask.etag)] if where else "0" * 40

    def of_nothing(self, route, ask, asker):
        """Give what somebody is told of ids that nobody ever had."""
        key = (id(ask), asker.name)
        if key not in self.nothing:
            reply = self.send(route, ask, asker, self.nowhere, ask.etag and "0" * 40)
            self.nothing[key] = plain(reply, self.nowhere)
        return self.nothing[key]


def body_of(reply):
    """Read a reply, also one that is no text."""
    return reply.get_data().decode(errors="replace")


def plain(reply, ids):
    """Give what can be told apart of a reply, without the ids that were sent."""
    headers = {k: v for k, v in reply.headers.items() if k not in VARYING}
    text = f"{reply.status_code} {headers} {body_of(reply)}"
    for each in ids.all():
        text = text.replace(each, "-")
    return text


def cells(route, house):
    """List the cells of a route: a request, who sends it, and of what."""
    for ask in ROUTES[route]:
        askers = house.askers if route in SAMPLES else [a for a in house.askers if a.opens_pages]
        for asker in askers[:1] if ask.of == "nobody" else askers:
            if ask.of not in OF_OPERATIONS:
                yield ask, asker, None
                continue
            for visibility in VISIBILITIES:
                # A partner has a part of their own; to all others both are alike.
                is_partner = asker.roles(visibility) == {"partner"}
                for part in DEEDS if is_partner else DEEDS[:1]:
                    yield ask, asker, (visibility, part)


def expected(ask, asker, where, *, reads):
    """Say what the policy table has in this cell: granted, refused or nothing."""
    if ask.of == "nobody":
        return "granted"
    if asker.is_nobody:
        return "turned away"
    if asker.is_reader and not reads:
        return "refused"
    if where is None:
        return "granted" if may_anywhere(ask, asker) else "refused"
    visibility, part = where
    roles = asker.roles(visibility)
    theirs = {"part": part, "whole": "whole"}.get(ask.of, "plan")
    if theirs not in asker.parts(visibility):
        return "nothing"
    if asker.is_reader and ask.right not in FOR_READING:
        return "refused"
    may = matrix_policy.may(roles, ask.right)
    if ask.of == "both":
        may = may and matrix_policy.may({asker.role}, ask.right)
    return "granted" if may else "refused"


def may_anywhere(ask, asker):
    """Tell whether somebody may what is asked of no operation."""
    if ask.of in {"everybody", "oneself"}:
        return True
    roles = {asker.role}
    if ask.of == "any":
        roles |= set().union(*map(asker.roles, VISIBILITIES))
    right = not asker.is_reader or ask.right in FOR_READING
    return right and matrix_policy.may(roles, ask.right)


def got(reply, ask):
    """Say what a reply may mean."""
    status = reply.status_code
    if status == 302 and reply.location.startswith("/sign-in?"):
        return {"turned away"}
    if ask.special == "batch" and status == 207:
        [item] = reply.json["items"]
        status = item.get("problem", {}).get("status", 201)
    meanings = {401: "turned away", 403: "refused"}
    granted = {"granted"} if status in ask.granted else set()
    return granted | {meanings.get(status, str(status))}


def found_in(reply):
    """List what of which operation is in a reply, its headers too."""
    text = f"{reply.headers} {body_of(reply)}"
    return {
        (visibility, part)
        for visibility in VISIBILITIES
        for part in PARTS
        if any(mark in text for mark in marks(visibility, part))
    }


def should_show(ask, asker, where):
    """List what a reply must show, as far as it is seen."""
    sees = seen_of(asker)
    if ask.special == "log":
        return {(v, part) for v in VISIBILITIES if asker.reads_log(v) for part in ("plan", "rest")}
    if "itself" in ask.shows:
        return {where} & sees
    wheres = VISIBILITIES if where is None else where[:1]
    return {(visibility, part) for visibility in wheres for part in ask.shows} & sees


def wrong_with(reply, ask, asker, where):
    """Say what a granted reply shows too much or too little."""
    sees = seen_of(asker)
    shown = found_in(reply)
    if shown - sees:
        return f"shows {sorted(shown - sees)}"
    if ask.special == "log" and shown != should_show(ask, asker, where):
        return f"shows {sorted(shown)} of the log"
    if reply.status_code == 200 and should_show(ask, asker, where) - shown:
        return f"lacks {sorted(should_show(ask, asker, where) - shown)}"
    if ask.special == "pounds":
        return wrong_total(reply, sees if where is None else {s for s in sees if s[0] == where[0]})
    return None


def wrong_total(reply, sees):
    """Say so where a total is not of just what is seen."""
    found = CASH.search(reply.text)
    total = 0 if found is None else int(float((found[1] or found[2]).replace(",", "")))
    right = sum(pounds for key, pounds in POUNDS.items() if key in sees)
    return None if total == right else f"adds up to {total}, not to {right}"


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: " ".join(reversed(route)))
def test_every_cell_is_as_the_policy_says(house, route):
    if route not in house.rules:
        pytest.fail("There is no such route any more; take it out of its table of samples.")
    wrong = collections.defaultdict(list)

    for ask, asker, where in cells(route, house):
        ids = house.nowhere if where is None else house.world.ids[where]
        reply = house.send(route, ask, asker, ids, house.etag(ask, where))
        wanted = expected(ask, asker, where, reads=route[1] in READS)
        is_nothing = wanted == "nothing"
        if is_nothing and plain(reply, ids) != house.of_nothing(route, ask, asker):
            wrong[f"{reply.status_code} tells it from nothing"].append((asker.name, where))
        elif not is_nothing and wanted not in got(reply, ask):
            wrong[f"{got(reply, ask)}, not {wanted}"].append((asker.name, where))
        elif wanted == "granted" and (said := wrong_with(reply, ask, asker, where)):
            wrong[said].append((asker.name, where))
        elif wanted != "granted" and found_in(reply) - {(where or ("", ""))[:1]}:
            leaked = found_in(reply) - seen_of(asker)
            if leaked and not asker.is_nobody:
                wrong[f"{wanted}, and yet shows {leaked}"].append((asker.name, where))

    assert dict(wrong) == {}


def test_every_route_has_a_sample_and_a_line_in_the_policy_table(house):
    needed = {
        (method, written(house.rules[endpoint, method].rule)): {(ask.right, ask.of) for ask in asks}
        for (endpoint, method), asks in ROUTES.items()
        if (endpoint, method) in house.rules
    }

    without = sorted(house.rules.keys() - ROUTES.keys())
    assert not without, (
        f"{without}: add a sample request to tests/access/matrix_requests.py (API) or"
        " matrix_pages.py, and the address to the policy table of docs/security.md."
    )
    assert needed == matrix_policy.ADDRESSES


def test_the_policy_table_is_what_the_rules_allow():
    table = {
        right: {role for role, says in cells.items() if says == "yes"}
        for right, cells in RIGHTS.items()
    }

    assert {right: table[right] for right in rules.MAY} == rules.MAY


def test_the_matrix_has_so_many_cells(house, record_testsuite_property):
    count = sum(1 for route in ROUTES for _ in cells(route, house))

    record_testsuite_property("cells of the matrix", count)
    logging.getLogger(__name__).info("the matrix has %s cells", count)
    # Fewer would mean that a sort of asker, of operation or of route has dropped out.
    assert count > 10_000
