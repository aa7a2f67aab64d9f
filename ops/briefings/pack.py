"""What a briefing says, in words and drawings: the same for its page, its PDF and its one file."""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import flask
import pyproj
import shapely
from shapely.geometry import Point

from ops import db, pdf, wording
from ops.briefings import differences, drawing, queries, resourcing
from ops.briefings.composing import Plan, sent_out
from ops.briefings.drawing import Mark, Outline, View
from ops.briefings.models import SECTIONS
from ops.geo.layers import Layer, districts, feature, layer
from ops.geo.models import AREA_PURPOSES
from ops.operations.deployment_codes import DEPLOYMENT_KINDS, METHODS_OF_ENTRY, POWERS

Words = dict[str, Any]
# Half the width of a deployment's own drawing.
AROUND_M = 300
# The width of that drawing, so that two deployments go on a page.
SMALL = 1000
WITHDRAWN = "WITHDRAWN"
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_TO_DEGREES = pyproj.Transformer.from_crs(27700, 4326, always_xy=True)


def pack(told: Mapping[str, Any], copy: Mapping[str, Any] | None = None) -> Words:
    """Put a version in words; a copy of it says which one it is, and for whom."""
    plan = told["plan"]
    areas = drawing.outlines(plan["areas"])
    going = sent_out(plan)
    points = drawing.marks(going, areas)
    whole = drawing.view_of(areas, points)
    ground = _ground(whole) if whole else []
    operation = plan["operation"]
    return {
        "title": operation["name"],
        "reference": operation["reference"],
        "organisation": operation["organisation"],
        "period": wording.period(operation["starts_at"], operation["ends_at"]),
        "version": told["version"],
        "state": told["state"],
        "marking": told["marking"],
        "hash": told["hash"],
        "warning": _warning(told),
        "about": list(_about(told)),
        "for_whom": copy_line(copy, told["copies"]) if copy else "",
        "sections": [
            {
                "name": name,
                "number": number,
                "label": label,
                "blocks": blocks(told["sections"][name]),
            }
            for number, (name, label) in enumerate(SECTIONS.items(), 1)
        ],
        "map": whole and _picture(drawing.draw(whole, areas, points, ground)),
        "areas": [
            {"name": each["name"], "purpose": AREA_PURPOSES[each["purpose"]]}
            for each in plan["areas"]
        ],
        "deployments": [_deployment(each, areas, points, ground) for each in going],
        "days": list(_days(going)),
        "teams": [[each["name"], _names(each["members"])] for each in plan["teams"]],
        "assets": resourcing.assets(going),
        "custody": resourcing.custody(going),
        "certificates": list(resourcing.certificates(going)),
        "warrants": [_warrant(each, going) for each in plan["warrants"]],
    }


def copy_line(copy: Mapping[str, Any], planned: int) -> str:
    """Say which copy this is: more than were planned is said so."""
    number, recipient = copy["number"], copy["recipient"]
    of = f"of {planned}" if number <= planned else f"({planned} planned)"
    return f"Copy {number} {of}, for {recipient}"


def as_pdf(words: Words) -> bytes:
    """Make a PDF of a version."""
    return pdf.render(flask.render_template("briefings/pack.html", pack=words))


def as_file(words: Words, told: Mapping[str, Any], built: Path) -> str:
    """Make one HTML file of a version, with a map to move, that asks nobody for anything."""
    text = flask.render_template("briefings/file.html", pack=words)
    title = f"{words['title']}: briefing, version {words['version']}"
    # What draws maps to keep comes with the first one: it is a fifteenth of a worker's memory.
    from ops.geo.offline import offline_map

    return offline_map(title, words["marking"], _layers(told["plan"]), built, text)


def blocks(text: str) -> Iterator[dict[str, Any]]:
    """Read what was typed: a line is a paragraph, `-` begins an item, `#` a heading, ** is bold."""
    items: list[Any] = []
    for line in (each.strip() for each in text.split("\n")):
        if items and not line.startswith(("- ", "* ")):
            yield {"kind": "list", "items": items}
            items = []
        if line.startswith(("- ", "* ")):
            items.append(_bold(line[2:]))
        elif line.startswith("#"):
            yield {"kind": "heading", "words": _bold(line.lstrip("# "))}
        elif line:
            yield {"kind": "paragraph", "words": _bold(line)}
    if items:
        yield {"kind": "list", "items": items}


def _bold(line: str) -> list[tuple[bool, str]]:
    """Part a line into what is bold and what is not."""
    return [(bool(place % 2), part) for place, part in enumerate(_BOLD.split(line)) if part]


def _warning(told: Mapping[str, Any]) -> str:
    if told["state"] == "withdrawn":
        when = wording.moment(told["withdrawn_at"])
        return f"{WITHDRAWN} on {when}: {told['withdrawn_why']} Do not act on it."
    return "DRAFT: not issued. Nobody is briefed by it." if told["state"] == "draft" else ""


def _about(told: Mapping[str, Any]) -> Iterator[str]:
    if told["issued_at"]:
        yield f"Issued by {told['issued_by']} on {wording.moment(told['issued_at'])}"
    else:
        yield f"Written by {told['changed_by']}, {wording.moment(told['changed_at'])}"


def _deployment(
    each: Mapping[str, Any],
    areas: Sequence[Outline],
    points: Sequence[Mark],
    ground: Sequence[Outline],
) -> Words:
    point = each["place"]["point"]
    grid = drawing.grid_reference(*point["coordinates"]) if point else ""
    kind = DEPLOYMENT_KINDS[each["kind"]]
    when = wording.window(each["starts_at"], each["ends_at"])
    where = differences.where(each)
    entry = METHODS_OF_ENTRY.get(each["method_of_entry"], "")
    power = POWERS.get(each["power"], "")
    return {
        "id": each["id"],
        "number": each["number"],
        "name": each["name"],
        "row": [
            each["number"],
            f"{each['name']} ({kind.lower()})",
            when,
            ", ".join(dict.fromkeys(filter(None, (where, grid)))),
            ". ".join(filter(None, (entry, power))),
        ],
        "facts": [
            ("What", kind),
            ("When", when),
            ("Where", where if where != grid else None),
            ("Grid reference", grid),
            ("Teams", ", ".join(each["teams"])),
            ("People", _names(each["people"])),
            ("Skills", resourcing.skills(each)),
            *(
                (label, resourcing.reserved(each, kind))
                for kind, label in differences.RESERVED.items()
            ),
            ("Line", (each["line"] or {}).get("name")),
            ("Method of entry", entry),
            ("Power", power),
            ("Note", each["note"]),
        ],
        "map": _near(each, areas, points, ground),
    }


def _near(
    each: Mapping[str, Any],
    areas: Sequence[Outline],
    points: Sequence[Mark],
    ground: Sequence[Outline],
) -> str:
    """Draw where one deployment takes place: the streets' width around it, or its area."""
    own = [mark for mark in points if mark.number == each["number"]]
    if not own:
        return ""
    within = [area for area in areas if area.id == each["place"]["id"]]
    around = Point(own[0].x, own[0].y).buffer(AROUND_M)
    view = drawing.view_of(within or [Outline("", "", "", around)], own, SMALL)
    return _picture(drawing.draw(view, areas, points, ground)) if view else ""


def _days(going: Sequence[Mapping[str, Any]]) -> Iterator[Words]:
    """List the deployments of each day by the clock."""
    days: dict[str, list[list[Any]]] = {}
    for each in going:
        days.setdefault(wording.day(each["starts_at"]), []).append(
            [
                wording.clock(each["starts_at"]),
                wording.clock(each["ends_at"]),
                each["number"],
                each["name"],
                ", ".join(each["teams"]) or _names(each["people"]),
            ]
        )
    for day, rows in days.items():
        yield {"day": day, "rows": rows}


def _warrant(each: Mapping[str, Any], going: Sequence[Mapping[str, Any]]) -> list[Any]:
    numbers = [str(row["number"]) for row in going if row["id"] == each["deployment"]]
    return [
        POWERS[each["power"]],
        each["reference"],
        ", ".join(numbers),
        each["granted_on"] and wording.short_day(each["granted_on"]),
        each["expires_on"] and wording.short_day(each["expires_on"]),
        "several" if each["several_entries"] else "one",
    ]


def _names(people: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(each["name"] for each in people)


def _ground(view: View) -> list[Outline]:
    """Fetch the districts of a view, from our own boundaries."""
    corners = [(view.west, view.south), (view.east, view.north)]
    (west, south), (east, north) = (_TO_DEGREES.transform(*corner) for corner in corners)
    found = db.session.execute(queries.districts(west, south, east, north)).mappings()
    return drawing.outlines(dict(row) for row in found)


def _picture(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _layers(plan: Plan) -> list[Layer]:
    areas = [
        feature(each["id"], each["geometry"], each["name"], AREA_PURPOSES[each["purpose"]])
        for each in plan["areas"]
    ]
    middles = {
        each["id"]: shapely.geometry.mapping(
            shapely.geometry.shape(each["geometry"]).representative_point()
        )
        for each in plan["areas"]
    }
    places = [
        (each, each["place"]["point"] or middles.get(each["place"]["id"]))
        for each in sent_out(plan)
    ]
    deployments = [
        feature(
            each["id"],
            point,
            f"{each['number']}. {each['name']}",
            f"{DEPLOYMENT_KINDS[each['kind']]},"
            f" {wording.window(each['starts_at'], each['ends_at'])}",
        )
        for each, point in places
        if point
    ]
    return [
        districts(),
        layer("Areas", "area", areas),
        layer("Deployments", "deployment", deployments),
    ]
