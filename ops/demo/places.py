"""Where the demonstration takes place: outlines of its own, and real prisons as points."""

import dataclasses
from collections.abc import Iterator

import pyproj
import shapely
from geoalchemy2.shape import from_shape
from shapely.geometry import MultiPoint, MultiPolygon, Point, Polygon

from ops.demo.identity import id_of
from ops.geo.models import Boundary, Site

_TO_METRES = pyproj.Transformer.from_crs(4326, 27700, always_xy=True).transform
_TO_DEGREES = pyproj.Transformer.from_crs(27700, 4326, always_xy=True).transform
# How far the outermost outlines reach beyond their centre points.
_REACH_M = 5_000


@dataclasses.dataclass(frozen=True)
class District:
    """One of the ten districts: its ONS code, and a point near its middle."""

    code: str
    name: str
    council: str
    longitude: float
    latitude: float


@dataclasses.dataclass(frozen=True)
class Prison:
    """A prison as a point, which is no perimeter (Ministry of Justice location list)."""

    code: str
    name: str
    operator: str
    category: str
    longitude: float
    latitude: float


DISTRICTS = (
    District("E08000001", "Bolton", "Bolton Council", -2.429, 53.578),
    District("E08000002", "Bury", "Bury Council", -2.298, 53.593),
    District("E08000003", "Manchester", "Manchester City Council", -2.235, 53.475),
    District("E08000004", "Oldham", "Oldham Council", -2.100, 53.545),
    District("E08000005", "Rochdale", "Rochdale Borough Council", -2.156, 53.620),
    District("E08000006", "Salford", "Salford City Council", -2.330, 53.500),
    District("E08000007", "Stockport", "Stockport Council", -2.150, 53.400),
    District("E08000008", "Tameside", "Tameside Council", -2.080, 53.480),
    District("E08000009", "Trafford", "Trafford Council", -2.340, 53.430),
    District("E08000010", "Wigan", "Wigan Council", -2.600, 53.540),
)
PRISONS = (
    Prison("HMP-MANCHESTER", "HMP Manchester", "HMPPS", "High security", -2.24579, 53.49195),
    Prison("HMP-FOREST-BANK", "HMP Forest Bank", "Sodexo", "B local", -2.30185, 53.51413),
    Prison("HMP-HINDLEY", "HMP Hindley", "HMPPS", "C", -2.57691, 53.51786),
    Prison("HMP-BUCKLEY-HALL", "HMP Buckley Hall", "HMPPS", "C", -2.14397, 53.63373),
    Prison("HMP-STYAL", "HMP Styal", "HMPPS", "Women", -2.23928, 53.34063),
    Prison("HMP-RISLEY", "HMP Risley", "HMPPS", "C", -2.52377, 53.43815),
    Prison("HMP-THORN-CROSS", "HMP Thorn Cross", "HMPPS", "D open", -2.54202, 53.34909),
    Prison("HMP-GARTH", "HMP Garth", "HMPPS", "B", -2.75616, 53.67960),
    Prison("HMP-WYMOTT", "HMP Wymott", "HMPPS", "C", -2.75223, 53.67850),
    Prison("HMP-PRESTON", "HMP Preston", "HMPPS", "B local", -2.68868, 53.76184),
    Prison("HMP-LIVERPOOL", "HMP Liverpool", "HMPPS", "B local", -2.97135, 53.45658),
    Prison("HMP-ALTCOURSE", "HMP Altcourse", "Sodexo", "B local", -2.93598, 53.46093),
)
# Plausible, not official: streets that the force's releases name lie inside them.
CHEETHAM_HILL = MultiPolygon(
    [
        Polygon(
            [
                (-2.2495, 53.4893),
                (-2.2425, 53.4883),
                (-2.2385, 53.4915),
                (-2.2362, 53.4985),
                (-2.2395, 53.5010),
                (-2.2470, 53.5005),
                (-2.2525, 53.4965),
                (-2.2515, 53.4925),
            ]
        )
    ]
)
PICCADILLY_GARDENS = MultiPolygon(
    [
        Polygon(
            [
                (-2.2392, 53.4812),
                (-2.2378, 53.4798),
                (-2.2352, 53.4795),
                (-2.2340, 53.4808),
                (-2.2370, 53.4822),
            ]
        )
    ]
)
DERKER = MultiPolygon(
    [
        Polygon(
            [
                (-2.1080, 53.5475),
                (-2.0990, 53.5460),
                (-2.0945, 53.5500),
                (-2.0965, 53.5555),
                (-2.1035, 53.5570),
                (-2.1085, 53.5530),
            ]
        )
    ]
)


def outlines() -> dict[str, MultiPolygon]:
    """Give an outline for each district's code: the ground nearest to its middle.

    They are drawn by us, share their edges, and are nobody's real boundary.
    """
    middles = {each.code: _in_metres(each.longitude, each.latitude) for each in DISTRICTS}
    points = MultiPoint(list(middles.values()))
    ground = points.convex_hull.buffer(_REACH_M)
    cells = shapely.voronoi_polygons(points, extend_to=ground).geoms
    drawn = {}
    for code, middle in middles.items():
        cell = next(cell for cell in cells if cell.contains(middle)).intersection(ground)
        ring = shapely.get_coordinates(shapely.segmentize(cell, 1_000))
        drawn[code] = MultiPolygon([Polygon([_to_degrees(x, y) for x, y in ring])])
    return drawn


def _in_metres(longitude: float, latitude: float) -> Point:
    return Point(_TO_METRES(longitude, latitude))


def _to_degrees(x: float, y: float) -> tuple[float, float]:
    longitude, latitude = _TO_DEGREES(x, y)
    return round(longitude, 5), round(latitude, 5)


def boundaries() -> Iterator[Boundary]:
    """Give the ten districts as boundaries of layer `district`."""
    drawn = outlines()
    for district in DISTRICTS:
        yield Boundary(
            id=id_of("boundary", district.code),
            layer="district",
            code=district.code,
            name=district.name,
            geom=from_shape(drawn[district.code], 4326),
        )


def sites() -> Iterator[Site]:
    """Give the prisons."""
    for prison in PRISONS:
        yield Site(
            id=id_of("site", prison.code),
            kind="prison",
            name=prison.name,
            organisation_id=id_of("organisation", prison.code),
            operator=prison.operator,
            category=prison.category,
            point=from_shape(Point(prison.longitude, prison.latitude), 4326),
        )
