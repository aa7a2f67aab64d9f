"""Shapes drawn elsewhere: files known by their content, pasted text, and what is refused."""

import contextlib
import io
import json
import sqlite3
import zipfile

import numpy as np
import pyogrio
import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box, mapping, shape

from ops.geo.shapes import in_metres
from tests.geo.test_gdal import listening

READ = "/api/v1/shapes/read"
WEST, EAST = box(-2.26, 53.48, -2.24, 53.49), box(-2.24, 53.48, -2.22, 53.49)
BOW_TIE = Polygon([(-2.26, 53.48), (-2.24, 53.49), (-2.24, 53.48), (-2.26, 53.49)])
KML = (
    '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
)
GPX = '<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">{}</gpx>'


def corners(outline):
    return " ".join(f"{lon},{lat},0" for lon, lat in outline.exterior.coords)


def placemark(name, outline):
    ring = f"<LinearRing><coordinates>{corners(outline)}</coordinates></LinearRing>"
    drawn = f"<Polygon><outerBoundaryIs>{ring}</outerBoundaryIs></Polygon>"
    return f"<Placemark><name>{name}</name>{drawn}</Placemark>"


def segment(points):
    inner = "".join(f'<trkpt lat="{lat}" lon="{lon}"/>' for lon, lat in points)
    return f"<trkseg>{inner}</trkseg>"


def collection(*features, **members):
    rows = [
        {"type": "Feature", "geometry": geometry, "properties": {"name": name}}
        for name, geometry in features
    ]
    return json.dumps({"type": "FeatureCollection", "features": rows} | members)


def packed(name, content):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def damaged(name):
    """Pack a file, and make what is packed no compressed data."""
    archive = bytearray(packed(name, "x"))
    archive[30 + len(name)] = 0xFF
    return bytes(archive)


@pytest.fixture
def send(client_as):
    officer = client_as("officer")

    def post(content, name="map.bin"):
        content = content.encode() if isinstance(content, str) else content
        said = f'Content-Disposition: form-data; name="file"; filename="{name}"'
        body = f"--end\r\n{said}\r\n\r\n".encode() + content + b"\r\n--end--\r\n"
        return officer.post(READ, data=body, content_type="multipart/form-data; boundary=end")

    return post


@pytest.fixture
def paste(client_as):
    officer = client_as("officer")
    return lambda text: officer.post(READ, json={"text": text})


def write(path, **options):
    """Have the library write one outline, with a name."""
    names = np.array(["One"], dtype=object)
    pyogrio.raw.write(path, shapely.to_wkb([WEST]), [names], ["name"], geometry_type="Polygon",
                      crs="EPSG:4326", **options)  # fmt: skip


def named(reply):
    assert reply.status_code == 200, reply.json
    return {f["properties"]["name"]: shape(f["geometry"]) for f in reply.json["features"]}


def sentence(reply):
    assert reply.status_code == 422, reply.json
    return reply.json["detail"]


@pytest.mark.parametrize(
    "content",
    [
        collection(("Strangeways", mapping(WEST))),
        KML.format(placemark("Strangeways", WEST)),
        packed("doc.kml", KML.format(placemark("Strangeways", WEST))),
        GPX.format(f"<trk><name>Strangeways</name>{segment(WEST.exterior.coords)}</trk>"),
    ],
    ids=["GeoJSON", "KML", "KMZ", "GPX"],
)
def test_a_file_is_known_by_its_content_and_not_by_its_name(send, content):
    reply = send(content, "holiday.jpg")

    assert named(reply)["Strangeways"].equals(WEST)
    assert reply.json["said"] == "1 shape read."


@pytest.mark.parametrize(("driver", "ending"), [("GPKG", "gpkg"), ("ESRI Shapefile", "shp")])
def test_a_file_on_the_national_grid_is_put_in_degrees(send, tmp_path, driver, ending):
    pyogrio.raw.write(
        tmp_path / f"map.{ending}",
        geometry=np.array(shapely.to_wkb([in_metres(WEST)]), dtype=object),
        field_data=[np.array(["Strangeways"], dtype=object)],
        fields=["name"],
        geometry_type="Polygon",
        driver=driver,
        crs="EPSG:27700",
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for part in tmp_path.iterdir():
            archive.write(part, part.name)
    sent = content.getvalue() if ending == "shp" else (tmp_path / "map.gpkg").read_bytes()

    found = named(send(sent))["Strangeways"]

    assert in_metres(found).hausdorff_distance(in_metres(WEST)) < 0.01


def test_points_and_open_tracks_stay_what_they_are(send):
    walk = segment([(-2.25, 53.48), (-2.24, 53.485), (-2.23, 53.48)])
    place = '<wpt lat="53.48" lon="-2.24"><name>Door</name></wpt>'

    found = named(send(GPX.format(f"{place}<trk><name>Walk</name>{walk}</trk>")))

    assert found == {
        "Walk": LineString([(-2.25, 53.48), (-2.24, 53.485), (-2.23, 53.48)]),
        "Door": Point(-2.24, 53.48),
    }


def test_a_bad_shape_does_not_lose_the_others_and_is_offered_repaired(send):
    reply = send(
        collection(
            ("Good", mapping(WEST)),
            ("Crossed", mapping(BOW_TIE)),
            ("Paris", mapping(box(2.3, 48.8, 2.4, 48.9))),
            ("Nothing", None),
            ("Points", {"type": "MultiPoint", "coordinates": [[-2.2, 53.4]]}),
        )
    )

    assert list(named(reply)) == ["Good"]
    refused = {each["name"]: each for each in reply.json["refused"]}
    assert refused["Crossed"]["said"].startswith("The outline crosses itself near longitude")
    assert shape(refused["Crossed"]["repaired"]).is_valid
    assert "outside the United Kingdom" in refused["Paris"]["said"]
    assert refused["Paris"]["repaired"] is None
    assert refused["Nothing"]["said"] == "It has no shape."
    assert "Polygon" in refused["Points"]["said"]
    assert reply.json["said"] == "1 shape read, 4 refused."


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SJ 8398 9812", "Point"),
        ("383985, 398125", "Point"),
        ("53.48, -2.24; 53.49, -2.24", "LineString"),
        ("SJ 83 98\nSJ 84 98\nSJ 84 99", "MultiPolygon"),
        (json.dumps(mapping(WEST)), "MultiPolygon"),
        (KML.format(placemark("Strangeways", WEST)), "MultiPolygon"),
    ],
)
def test_what_is_pasted_is_read_as_positions_or_as_a_file(paste, text, kind):
    [found] = named(paste(text)).values()

    assert found.geom_type == kind


def test_a_grid_reference_is_the_middle_of_its_square(paste):
    [by_letters] = named(paste("SJ 8398 9812")).values()
    [by_metres] = named(paste("383985 398125")).values()

    assert by_letters.equals_exact(by_metres, 1e-8)
    assert in_metres(by_letters).distance(Point(383_985, 398_125)) < 0.01


def test_a_kml_that_links_elsewhere_is_refused_and_nobody_is_asked(send):
    with listening() as (address, asked):
        link = f"<NetworkLink><Link><href>{address}/more.kml</href></Link></NetworkLink>"

        said = sentence(send(KML.format(link + placemark("Strangeways", WEST))))

    assert said.startswith("This KML links to another place, which is never asked")
    assert asked == []


def test_a_geopackage_that_somebody_damaged_is_refused(send, tmp_path):
    write(tmp_path / "area.gpkg", driver="GPKG", layer="area")
    with contextlib.closing(sqlite3.connect(tmp_path / "area.gpkg")) as file, file:
        file.execute("pragma writable_schema = on")
        file.execute(
            "update sqlite_master set sql = cast(x'ffff' as text) where name = 'gpkg_contents'"
        )

    assert "can't be read; save it again" in sentence(send((tmp_path / "area.gpkg").read_bytes()))


@pytest.mark.parametrize("part", ["dbf", "prj"])
def test_a_shapefile_with_letters_that_are_none_is_refused(send, tmp_path, part):
    write(tmp_path / "area.shp", driver="ESRI Shapefile")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packing:
        for path in tmp_path.iterdir():
            content = path.read_bytes()
            if path.suffix == f".{part}":
                content = content.replace(b"One", b"\xffne").replace(b"WGS", b"\xff\xfe\xed")
            packing.writestr(path.name, content)

    assert "can't be read; save it again" in sentence(send(archive.getvalue()))


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "The file is empty"),
        (b"\xff\xd8\xff\xe0 a photograph", "This is no GeoJSON, KML"),
        ("<html><body/></html>", "This is no GeoJSON, KML"),
        ("<kml><Document>", "all of it is there"),
        ('{"type": "FeatureCollection", "features": [', "all of it is there"),
        ('{"type": "FeatureCollection", "features": 3}', "no list of features"),
        (collection(), "holds no shapes"),
        (collection(*[("A", None)] * 501), "more than 500 shapes"),
        (
            collection(("A", mapping(in_metres(WEST))),
                       crs={"type": "name", "properties": {"name": "EPSG:27700"}}),
            "This GeoJSON is in EPSG:27700; save it in longitude and latitude",
        ),
        (packed("readme.txt", "none"), "holds 0 Shapefiles"),
        (packed("doc.kml", b" " * (51 * 2**20)), "unpacks to more than 50 MB"),
        (packed("doc.shp", b" " * (51 * 2**20)), "unpacks to more than 50 MB"),
        (packed("doc.kml", "x")[:-9], "damaged"),
        (damaged("doc.kml"), "damaged"),
        (damaged("doc.shp"), "damaged"),
        (packed("doc.kml", "x")[:-6] + b"\xff\xff\xff\x7f\0\0", "damaged"),
        (b"SQLite format 3\0 and then nothing of it", "can't be read"),
        (
            GPX.format("<trk>" + segment([(-2.2, 53.4)]) * 200_001 + "</trk>"),
            "more than 200,000 points",
        ),
        ("<kml>" + "<Folder>" * 200_000, "nested too deeply"),
        (
            KML.format("<coordinates>" + "-2,53 " * 200_001 + "</coordinates>"),
            "more than 200,000 points",
        ),
    ],
    ids=range(20),
)  # fmt: skip
def test_what_can_not_be_read_is_refused_in_one_sentence(send, content, part):
    reply = send(content)

    assert part in sentence(reply)
    assert reply.json["errors"]["file"] == [reply.json["detail"]]


def test_entities_are_refused_before_they_multiply(send):
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY l0 "ha">{laughs}]><kml>&l9;</kml>'

    assert "declares entities" in sentence(send(bomb))


def test_a_million_points_are_too_much_at_once(send):
    walk = segment([(-2.2, 53.4)]) * 300_000

    reply = send(GPX.format(f"<trk>{walk}</trk>"))

    assert reply.status_code == 413
    assert reply.json["detail"] == "Send at most 10 MB at once."


def test_metres_in_geojson_that_does_not_say_so_are_named_for_what_they_are(send):
    reply = send(collection(("Metres", mapping(in_metres(WEST)))))

    [refused] = reply.json["refused"]
    assert refused["said"].startswith("These look like eastings and northings")


def test_a_geopackage_that_computes_what_it_shows_is_refused(send, tmp_path):
    path = tmp_path / "a.gpkg"
    pyogrio.raw.write(
        path,
        geometry=np.array(shapely.to_wkb([WEST]), dtype=object),
        field_data=[np.array(["A"], dtype=object)],
        fields=["name"],
        geometry_type="Polygon",
        driver="GPKG",
        crs="EPSG:4326",
    )
    file = sqlite3.connect(path)
    file.execute("create view forever as select * from a")
    file.commit()
    file.close()

    assert "holds a view" in sentence(send(path.read_bytes()))


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"name": "a"}, "name"),
        ({"map": (io.BytesIO(b"{}"), "map")}, "map"),
        ({"file": (io.BytesIO(b"{}"), "a"), "more": "x"}, "more"),
        ({"file": "no file"}, "file"),
    ],
)
def test_one_file_and_nothing_else_is_sent(client_as, sent, field):
    reply = client_as("officer").post(READ, data=sent, content_type="multipart/form-data")

    assert reply.status_code == 422
    assert field in reply.json["errors"]


@pytest.mark.parametrize("text", ["", "by the bridge", "91.0 200.0", "SJ 8398 981"])
def test_text_that_is_no_position_is_refused_by_field(paste, text):
    reply = paste(text)

    assert reply.status_code == 422
    assert reply.json["errors"]["text"]


def test_a_file_of_an_area_with_too_many_corners_says_how_many(send):
    round_one = Point(-2.24, 53.48).buffer(0.05, quad_segs=3_000)

    [refused] = send(KML.format(placemark("Round", round_one))).json["refused"]

    assert refused["said"] == "It has 12,001 corners; the most is 10,000. Simplify it."


def test_a_track_through_nowhere_does_not_lose_the_others(send):
    square = list(WEST.exterior.coords)
    nowhere = [*square[:2], ("nan", "nan"), *square[2:]]
    tracks = "".join(f"<trk>{segment(points)}</trk>" for points in (nowhere, square))

    reply = send(GPX.format(tracks))

    assert [each["geometry"]["type"] for each in reply.json["features"]] == ["MultiPolygon"]
    assert "outside the United Kingdom" in reply.json["refused"][0]["said"]


def test_parts_that_touch_and_holes_come_back_from_a_track(send):
    whole = MultiPolygon([WEST - box(-2.255, 53.483, -2.25, 53.486), box(-2.2, 53.4, -2.19, 53.41)])
    rings = [ring for part in whole.geoms for ring in (part.exterior, *part.interiors)]
    drawn = "".join(segment(ring.coords) for ring in rings)

    found = named(send(GPX.format(f"<trk><name>Two</name>{drawn}</trk>")))

    assert found["Two"].equals(whole)
