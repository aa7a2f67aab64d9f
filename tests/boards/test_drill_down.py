"""Every figure on every board opens exactly its records, whoever reads it."""

import collections
import datetime as dt
import random
import re
from decimal import Decimal
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from ops import db
from ops.outcomes.models import Target
from ops.results import measures
from ops.results.kinds import KINDS
from tests import factories
from tests.factories import NOON

DISTRICTS = ("E08000003", "E08000006")
# The second is outside every district.
PLACES = ([-2.241, 53.485], [-2.3, 53.5])
FIGURE = re.compile(r'<a [^>]*href="([^"]+)" data-figure="([^"]+)"')
HISTORY = re.compile(r'id="history"')
# Records, sums, each once, only what is confirmed, and what has parts.
SORTS = ("arrests", "cash_seized", "people_arrested", "lines_closed", "cells_searched",
         "prisons_covered", "find_incidents", "warrants_executed")  # fmt: skip
DETAILS = (
    ("arrest", {"reason": "supply_class_a", "sex": "male", "age_band": "18-24"}),
    ("arrest", {"reason": "supply_class_b", "sex": "female", "age_band": "10-17"}),
    ("warrant", {"power": "mda_23", "entry": "forced", "outcomes": ["sought_found"]}),
    ("seizure", {"category": "cash", "quantity": "1240.50", "unit": "GBP"}),
    ("line_closure", {"type": "type_2", "line_name": "Line", "deactivated_on": "2026-11-01"}),
    ("safeguarding", {"actions": ["visited"], "people": [{"age_group": "child"}]}),
    ("search", {"type": "prison", "establishment": "HMP Example", "finds": [{"category": "phones"}],
                "searched": [{"what": ["cells"], "number": "5"}], "found_in": ["cell"]}),
)  # fmt: skip


class House:
    """Three operations of three kinds whose results, made up by a seed, are shared among them."""

    def __init__(self, client_as):
        self.lead = client_as("lead")
        for code in DISTRICTS:
            factories.boundary(code)
        factories.boundary("E05000650", layer="ward", name="Test Ward")
        self.operations = [
            factories.operation(kind="week_of_action", theme="county_lines"),
            factories.operation(kind="place_based", theme="drugs"),
            factories.operation(kind="prison_search"),
        ]
        partner = client_as("officer", organisation=factories.organisation("LANCS"))
        guest = client_as("analyst", organisation=factories.organisation("MERSEY"))
        for operation in self.operations:
            factories.member(operation, partner.person, "partner")
        factories.member(self.operations[0], guest.person, "analyst")
        self.readers = {"lead": self.lead, "partner": partner, "guest": guest}
        for measure in ("arrests", "cash_seized"):
            year = {"starts_on": dt.date(2026, 4, 1), "ends_on": dt.date(2027, 3, 31)}
            factories._save(
                Target(
                    measure=measure, value=20, organisation_id=factories.organisation().id, **year
                )
            )
            factories._save(
                Target(measure=measure, value=20, operation_id=self.operations[0].id, **year)
            )
        self.ids = [operation.id for operation in self.operations]
        self._fill(random.Random(7))  # noqa: S311  (nothing secret)

    def _fill(self, chance):
        for number in range(28):
            kind, detail = DETAILS[number % len(DETAILS)]
            operation = chance.choice(self.operations)
            others = [str(each.id) for each in self.operations if each is not operation]
            body = {
                "kind": kind,
                "occurred_at": (
                    NOON + dt.timedelta(days=chance.randrange(3), hours=number % 4)
                ).isoformat(),
                "position": {"type": "Point", "coordinates": chance.choice(PLACES)},
                "credits": others[: chance.randrange(3)],
                "detail": detail,
            }
            if "line_name" in detail:
                body["detail"] = detail | {"line_name": f"Line {number}"}
            logger = self.readers["partner"] if number % 6 == 0 else self.lead
            if logger is not self.lead:
                body["credits"] = []
            reply = logger.post(f"/api/v1/operations/{operation.id}/results", json=body)
            assert reply.status_code == 201, reply.text
            if number % 9 == 4:
                struck = {"reason": "Logged twice."}
                path = f"/api/v1/results/{reply.json['id']}/strike"
                etag = {"If-Match": reply.headers["ETag"]}
                assert logger.post(path, json=struck, headers=etag).status_code == 200


@pytest.fixture
def house(client_as):
    return House(client_as)


def pages(house, name):
    """Give the boards; of all measures once, and else of some of each sort: less to plan."""
    some = "&".join(f"measure={code}" for code in SORTS)
    week, place, prison = house.ids
    yield f"/operations/{week}/outcomes/board?" + ("by=sex" if name == "lead" else some)
    yield f"/operations/{place}/outcomes/board?{some}&by=age_band"
    yield f"/operations/{prison}/outcomes/board?{some}"
    yield f"/operations/{week}/outcomes/board?against={place}&from=2026-10-01&{some}"
    yield f"/targets/board?organisation=GMP&year=2026/27&{some}"
    yield "/boards/map?place=square&shown=dots"
    yield "/boards/map?measure=cash_seized&shown=density&from=2026-11-01&to=2026-11-30"
    marked = "west=384&south=398&east=384.5&north=399&from=2026-11-02&to=2026-11-03"
    yield f"/boards/map?place=square_100m&shown=density&{marked}"
    yield f"/boards/map?measure=people_arrested&place=district&{marked}"
    yield f"/boards/map?measure=arrests&place=ward&{marked}"
    yield "/boards/map?measure=arrests&place=ward&from=2026-11-02"
    yield "/boards/map?measure=cash_seized&place=square_5km&kind=week_of_action"


def listed(reader, href):
    """Give all of the list that a figure leads to, page by page."""
    found, path = [], f"/api/v1{href}&limit=500"
    while path:
        reply = reader.get(path)
        assert reply.status_code == 200, (path, reply.text)
        found += reply.json
        path = reply.headers["Link"].split(">")[0][1:] if "Link" in reply.headers else None
    return found


# The measures in force, by their codes.
DEFINITIONS = {}


def total(href, records):
    """Add up a list as its measure does; without one, its entries are counted."""
    code = next(iter(parse_qs(urlsplit(href).query).get("measure", [])), None)
    if code is None:
        return Decimal(len(records))
    definition = DEFINITIONS[code]
    kind = KINDS[definition.kind]
    mine = kind.model.__table__.c.result_id.in_([each["id"] for each in records])
    if definition.distinct:
        key = kind.keys[definition.distinct].value
        count = sa.func.count(sa.distinct(key)) + sa.func.count().filter(key.is_(None))
        return Decimal(db.session.scalar(sa.select(count).select_from(kind.model).where(mine)))
    if definition.sum is None:
        return Decimal(len(records))
    value = sa.func.coalesce(sa.func.sum(kind.quantities[definition.sum].value), 0)
    return Decimal(db.session.scalar(sa.select(value).select_from(kind.model).where(mine)))


def test_every_figure_on_every_board_opens_what_it_counts(house):
    seen, mapped = collections.Counter(), set()
    DEFINITIONS.update(
        {row.code: measures.read(row) for row in db.session.scalars(measures.current())}
    )

    for name, reader in house.readers.items():
        walked = set()
        for path in pages(house, name):
            reply = reader.get(path)
            if reply.status_code == 404 or (name == "guest" and "against" in path):
                continue
            assert reply.status_code == 200, (name, path, reply.text)
            for href, figure in FIGURE.findall(reply.text):
                if (there := (unescape(href), figure)) in walked:
                    continue
                walked.add(there)
                assert total(there[0], listed(reader, there[0])) == Decimal(figure), (name, there)
                seen[name] += 1
                asked = parse_qs(urlsplit(there[0]).query)
                mapped.add((*asked.get("by", ()), "within" in asked, "from" in asked))

    assert seen["lead"] > seen["partner"] > 10
    assert seen["guest"] > 10
    # Of the map of analysis: with an area and days marked, with days alone, with neither.
    both = {"district", "ward", "square_100m", "day", "hour"}
    assert mapped >= {(by, True, True) for by in both}
    assert mapped >= {(by, False, True) for by in ("ward", "hour")}
    assert mapped >= {(by, False, False) for by in ("square", "square_5km", "hour")}


def test_a_record_behind_a_figure_shows_its_history(house):
    page = house.lead.get(f"/operations/{house.ids[0]}/outcomes/board").text
    href = next(unescape(href) for href, _ in FIGURE.findall(page) if "measure=" in href)

    [first, *_] = listed(house.lead, href)
    listing = house.lead.get(href).text

    assert f'/results/{first["id"]}"' in listing
    assert HISTORY.search(house.lead.get(f"/results/{first['id']}").text)


def test_whoever_does_not_see_the_operation_gets_no_board(house, client_as):
    stranger = client_as("lead", organisation=factories.organisation("CUMBRIA"))

    for each in house.ids:
        assert stranger.get(f"/operations/{each}/outcomes/board").status_code == 404
        there = f"/api/v1/operations/{house.ids[0]}/outcomes/board?against={each}"
        assert stranger.get(there).status_code == 404
