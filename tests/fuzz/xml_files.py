"""KML and GPX, as map programs and receivers write them, and as those do who mean harm."""

import random

from ops.geo import drawings
from tests.fuzz import odd
from tests.fuzz.grammar import REFUSALS, Grammar
from tests.fuzz.shapes import position, ring

HEADS = (
    *("", '<?xml version="1.0"?>', '<?xml version="1.0" encoding="utf-16"?>', "\ufeff", " \n"),
    *('<?xml version="1.1"?>', '<?xml version="1.0" encoding="x"?>', "<!DOCTYPE kml>"),
    *('<!DOCTYPE kml [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>', "<!-- -->"),
    '<!DOCTYPE kml [<!ENTITY f SYSTEM "file:///etc/passwd">]>',
)
KML = '<kml xmlns="http://www.opengis.net/kml/2.2">{}</kml>'
GPX = '<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">{}</gpx>'
EXTRAS = (
    *("<NetworkLink><href>http://127.0.0.1/</href></NetworkLink>", "&b;", "&f;", "<![CDATA[<b>]]>"),
    *("<Style id='a'><LineStyle><width>x</width></LineStyle></Style>", "<styleUrl>#a</styleUrl>"),
    *("<TimeSpan><begin>x</begin></TimeSpan>", "<ExtendedData><Data name='a'/></ExtendedData>"),
    *(
        "<Schema name='s'><SimpleField name='a' type='int'/></Schema>",
        "<Region/>",
        "<altitudeMode/>",
    ),
    *(
        "<Model/>",
        "<gx:Track xmlns:gx='http://www.google.com/kml/ext/2.2'/>",
        "<address>M1</address>",
    ),
    *("<GroundOverlay><Icon><href>/vsicurl/http://127.0.0.1/</href></Icon></GroundOverlay>",),
)


def _corners(r: random.Random) -> str:
    between = r.choice((" ", "\n", "  "))
    rest = r.choice(("", ",0", ",x", ","))
    return between.join(",".join(str(each) for each in corner) + rest for corner in ring(r))


def _text(r: random.Random) -> str:
    text = r.choice(("Area", "Area", odd.text(r)))[:400]
    return text if r.random() < 0.1 else text.replace("&", "&amp;").replace("<", "&lt;")


def _outline(r: random.Random) -> str:
    line = f"<LinearRing><coordinates>{_corners(r)}</coordinates></LinearRing>"
    inner = f"<innerBoundaryIs>{line}</innerBoundaryIs>" if r.random() < 0.2 else ""
    return f"<Polygon><outerBoundaryIs>{line}</outerBoundaryIs>{inner}</Polygon>"


def _drawn(r: random.Random) -> str:
    one = _outline(r)
    return r.choice(
        (
            one,
            one,
            f"<LineString><coordinates>{_corners(r)}</coordinates></LineString>",
            f"<Point><coordinates>{','.join(map(str, position(r)))}</coordinates></Point>",
            f"<MultiGeometry>{one}{_outline(r)}</MultiGeometry>",
            "",
        )
    )


def _placemark(r: random.Random) -> str:
    extra = r.choice(EXTRAS) if r.random() < 0.15 else ""
    return f"<Placemark><name>{_text(r)}</name>{extra}{_drawn(r)}</Placemark>"


def kml(r: random.Random) -> str:
    """Draw a KML file."""
    inner = "".join(_placemark(r) for _ in range(r.choice((0, 1, 1, 2, 5))))
    deep = r.choice((0, 0, 0, 1, 3, 99, 100, 300)) if r.random() < 0.2 else 0
    return KML.format("<Folder>" * deep + inner + "</Folder>" * deep)


def _points(r: random.Random, tag: str) -> str:
    written = []
    for lon, lat, *_ in (each for each in ring(r) if len(each) > 1):
        extra = r.choice(
            ("", "", "<ele>1</ele>", "<time>2026-11-02T12:00:00Z</time>", "<ele>x</ele>")
        )
        written.append(f'<{tag} lat="{lat}" lon="{lon}">{extra}</{tag}>')
    return "".join(written)


def gpx(r: random.Random) -> str:
    """Draw a GPX file."""
    name = f"<name>{_text(r)}</name>"
    segments = "".join(
        f"<trkseg>{_points(r, 'trkpt')}</trkseg>" for _ in range(r.choice((0, 1, 2)))
    )
    return GPX.format(
        r.choice(("", _points(r, "wpt")))
        + r.choice(("", f"<rte>{name}{_points(r, 'rtept')}</rte>"))
        + f"<trk>{name}{segments}{r.choice(('', '<type>target</type>', r.choice(EXTRAS)))}</trk>"
    )


def make(r: random.Random) -> bytes:
    """Draw one of them, damaged in a third."""
    head = r.choice(HEADS) if r.random() < 0.3 else HEADS[1]
    written = head + r.choice((kml, gpx))(r)
    encoding = "utf-16" if r.random() < 0.02 else "utf-8"
    return odd.mutated(r, written.encode(encoding, "replace"), 0.35)


def take(content: bytes) -> bool:
    """Have it read as an upload is."""
    try:
        found = drawings.read(content)
    except REFUSALS:
        return False
    return bool(found.shapes)


GRAMMAR = Grammar(make, take)
