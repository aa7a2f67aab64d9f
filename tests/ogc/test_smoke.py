import json
from tests import factories


def test_smoke(client_as):
    client = client_as("lead")
    of = factories.operation()
    a = factories.area(of)
    for path in ("", "/", "/conformance", "/api", "/collections", "/collections/areas", "/collections/areas/queryables",
        "/collections/areas/items", f"/collections/areas/items/{a.id}", "/collections/areas/tiles", "/collections/areas/tiles/WebMercatorQuad",
        "/collections/areas/tiles/WebMercatorQuad?f=tilejson", "/collections/areas/tiles/WebMercatorQuad/10/331/505",
        "/collections/areas/items?crs=http://www.opengis.net/def/crs/EPSG/0/27700",
        "/collections/areas/items?bbox=170,-10,-170,60", "/collections/areas/items?bbox=-3,50,0,-1,60,10",
        "/collections/areas/items?limit=-1", "/collections/areas/items?nonsense=1",
        "/collections/areas/items?filter=purpose='target' AND S_INTERSECTS(geometry,POINT(-2.24 53.485))",
        "/collections/areas/items?filter=T_AFTER(valid_from,TIMESTAMP('2026-01-01T00:00:00Z'))",
        "/collections/areas/items?purpose=target&datetime=2026-01-01T00:00:00Z/..",
        ):
        r = client.get("/ogc" + path)
        print(path, r.status_code, r.headers.get("Content-Type"), r.headers.get("Content-Crs"), len(r.data), r.text[:600] if r.status_code >= 400 or "items" in path else r.data[:100])
        if "tiles/W" not in path or "tilejson" in path:
            h = client.get("/ogc" + path, headers={"Accept": "text/html,*/*;q=0.8"})
            print("   html", h.status_code, h.headers.get("Content-Type"))
    from ops.ogc.collections import COLLECTIONS
    for c in COLLECTIONS:
        for p in ("", "/items", "/tiles/WebMercatorQuad/10/331/505", "/items?f=html"):
            r = client.get(f"/ogc/collections/{c}{p}")
            print(c, p, r.status_code, r.text[:200] if r.status_code >= 400 else "")
