"""How long a browser takes to draw an operation's map, on a processor slowed to a quarter."""

import itertools
import secrets
import shutil
import statistics
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg

from ops.access import passwords

AREAS, DEPLOYMENTS, RESULTS, MANY = 200, 100, 5_000, 20_000
SLOWER = 4
RUNS = 5
MOST_S = 2.5
# More of the same in one operation, so that it has as many as are asked for. Each area has a
# hundred corners, as a drawn one or a simplified ward has.
MORE_AREAS = """
insert into area (id, operation_id, name, purpose, geom, version, created_by)
select gen_random_uuid(), operation_id, 'More ' || n, 'patrol', st_multi(st_buffer(st_setsrid(
    st_makepoint(-2.7 + 0.9 * random(), 53.35 + 0.35 * random()), 4326), 0.005, 'quad_segs=25')),
    1, created_by
from (select * from area where operation_id = %(operation)s limit 1) one,
    generate_series(1, %(areas)s - (select count(*) from area
        where operation_id = %(operation)s)) n
"""
MORE_DEPLOYMENTS = """
insert into deployment (id, operation_id, kind, name, during, area_id, version, created_by)
select gen_random_uuid(), operation_id, 'patrol', 'Patrol of ' || name,
    tstzrange(now(), now() + interval '2 hours'), id, 1, created_by
from (select * from area where operation_id = %(operation)s order by id
    limit greatest(0, %(deployments)s - (select count(*) from deployment
        where operation_id = %(operation)s))) of_it
"""
MORE_RESULTS = """
with made as (
insert into result (id, operation_id, kind, occurred_at, point, recorded_by, content_hash)
select gen_random_uuid(), %(operation)s, 'arrest', now(), st_setsrid(st_makepoint(
    -2.7 + 0.9 * random(), 53.35 + 0.35 * random()), 4326), recorded_by, '\\x00'
from (select recorded_by from result limit 1) one,
    generate_series(1, %(results)s - (select count(*) from result
        where operation_id = %(operation)s)) n
returning id)
insert into arrest (result_id, reason, age_band, sex, necessity, disposal_codes)
select id, 'supply_class_a', '18-24', 'male', '{}', '{}' from made
"""
# How long the page and the map's data were waited for: the server, and what it shares cores with.
WAITS = """() => [...performance.getEntriesByType('navigation'), ...performance
    .getEntriesByType('resource').filter(({ name }) => /api.*map/.test(name))]
    .map(({ requestStart, responseEnd }) => responseEnd - requestStart)"""
# Times of the frames that a browser shows while a map is dragged.
FRAMES = """() => { window.frames_ = []; const note = (at) => { window.frames_.push(at);
    requestAnimationFrame(note); }; requestAnimationFrame(note); }"""


def measure(url: str, address: str) -> None:
    """Print what is sent, when the first picture is there, and how smoothly many points move."""
    # Of all that is measured, only this needs a browser.
    from playwright.sync_api import sync_playwright

    with psycopg.connect(url.replace("+psycopg", "", 1)) as connection:
        operation = _prepared(connection, RESULTS)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            state = _signed_in(connection, browser, address)
            runs = [_opened(browser, address, state, operation) for _ in range(RUNS)]
            times = sorted(run["drawn_s"] for run in runs)
            print(f"{AREAS} areas, {DEPLOYMENTS} deployments, {RESULTS:,} results,", end=" ")
            print(f"processor {SLOWER} times slower:")
            print(f"first draw {statistics.median(times):.2f} s (of {times}), most {MOST_S} s")
            for name, told in (
                ("worked_s", "the browser's main thread worked"),
                ("page_s", "the page was waited for"),
                ("map_s", "its map was waited for"),
            ):
                print(f"  {statistics.median(run[name] for run in runs):.2f} s {told}")
            for name, size in runs[0]["bytes"].items():
                print(f"  {size / 1000:,.0f} kB {name}")
            _prepared(connection, MANY)
            for slower in (1, SLOWER):
                run = _opened(browser, address, state, operation, slower=slower)
                told = f"{MANY:,} points, processor {slower} times slower"
                print(f"{told}: first draw {run['drawn_s']:.2f} s")
                print(f"  a frame each {run['frame_ms']:.0f} ms while dragged", end="")
                print(f", {run['worst_ms']:.0f} ms at worst")
            browser.close()


def _prepared(connection: "psycopg.Connection[Any]", results: int) -> uuid.UUID:
    found = connection.execute("select operation_id from result order by id limit 1").fetchone()
    operation: uuid.UUID = (found or ())[0]
    names = {
        "operation": operation,
        "areas": AREAS,
        "deployments": DEPLOYMENTS,
        "results": results,
    }
    for statement in (MORE_AREAS, MORE_DEPLOYMENTS, MORE_RESULTS):
        connection.execute(statement, names)
    connection.commit()
    return operation


def _signed_in(connection: "psycopg.Connection[Any]", browser: Any, address: str) -> Any:
    """Sign somebody in through the page, and give their cookies."""
    password = secrets.token_urlsafe(16)
    connection.execute(
        "insert into credential (person_id, password_hash)"
        " select id, %s from person where email = 'lead@example.test'"
        " on conflict (person_id) do update set password_hash = excluded.password_hash",
        [passwords.hash_password(password)],
    )
    connection.commit()
    page = browser.new_page()
    page.goto(f"{address}/sign-in")
    page.get_by_label("E-mail address").fill("lead@example.test")
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/operations")
    return page.context.storage_state()


def _opened(
    browser: Any, address: str, state: Any, operation: uuid.UUID, *, slower: int = SLOWER
) -> dict[str, Any]:
    """Open the map with nothing cached, and drag it."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800},
        storage_state=state,
    )
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    # By what the thread itself took, whatever else the machine does.
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    addresses: dict[str, str] = {}
    sizes: dict[str, int] = {}

    def answered(event: dict[str, Any]) -> None:
        addresses[event["requestId"]] = event["response"]["url"].removeprefix(address)

    def finished(event: dict[str, Any]) -> None:
        name = addresses.get(event["requestId"], "?").partition("?")[0]
        sizes[name] = sizes.get(name, 0) + event["encodedDataLength"]

    session.on("Network.responseReceived", answered)
    session.on("Network.loadingFinished", finished)
    page.goto(f"{address}/operations/{operation}/map", wait_until="commit")
    page.locator("[data-map-part=status]:not(:empty)").wait_for(state="attached", timeout=60_000)
    marks = "() => performance.getEntriesByName('map-drawn').map(({ startTime }) => startTime)"
    while not (drawn := page.evaluate(marks)):
        page.wait_for_timeout(20)
    told = session.send("Performance.getMetrics")["metrics"]
    worked = next(each["value"] for each in told if each["name"] == "TaskDuration")
    page_ms, map_ms = page.evaluate(WAITS)
    gaps = list(_dragged(page))
    context.close()
    return {
        "drawn_s": round(drawn[0] / 1000, 2),
        "worked_s": worked,
        "page_s": page_ms / 1000,
        "map_s": map_ms / 1000,
        "bytes": sizes,
        "frame_ms": statistics.median(gaps),
        "worst_ms": max(gaps),
    }


def _dragged(page: Any) -> Iterator[float]:
    box = page.locator(".app-map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.evaluate(FRAMES)
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(40):
        page.mouse.move(x + 4 * step, y + 2 * step)
    page.mouse.up()
    times = page.evaluate("() => window.frames_")
    for before, after in itertools.pairwise(times):
        yield after - before
