"""How fast an officer's phone is: `python -m bench.phone`.

In Chromium, against a server and a database of its own on this machine: what is loaded, when the
page can be used over a slow network on a slow processor, when it can be without a network, how
long a save takes, and a hundred waiting records sent, and sent again after a reply was lost.
"""

import gzip
import json
import os
import secrets
import shutil
import statistics
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from typing import Any

import alembic.command
import alembic.config

from ops.cluster import Cluster
from tests.conftest import ROOT
from tests.faults.conftest import OPTIONS, Server, World, opened
from tests.faults.phone import Phone
from tests.faults.proxy import Proxy

RUNS = 5
WAITING = 100
SLOWER = 4
# What Chromium's tools call slow 3G: 400 kbit/s each way, 400 ms there and back.
SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 50e3, "uploadThroughput": 50e3}
MOST = {
    "first load, kB": 150,
    "usable, slow 3G and processor 4 times slower, s": 3,
    "start without a network, s": 1,
    "save, ms": 100,
    f"{WAITING} waiting sent, s": 1.5,
    f"{WAITING} sent again after a lost reply, s": 1.5,
}
READY = "document.documentElement.dataset.ready"
# Saves the open form, and gives the milliseconds until the page says that it is saved.
SAVE = """() => new Promise(done => {
  const said = document.querySelector('#said');
  said.replaceChildren();
  const began = performance.now();
  new MutationObserver((_, watch) => {
    if (!said.querySelector('[data-saved]')) return;
    watch.disconnect();
    done(performance.now() - began);
  }).observe(said, {childList: true});
  document.querySelector('.form').requestSubmit();
})"""
# Sends at once, and gives the milliseconds until nothing waits.
SEND = """() => new Promise(done => {
  const count = document.querySelector('#count');
  const began = performance.now();
  const look = () => count.textContent.startsWith('Nothing is waiting')
    ? done(performance.now() - began) : setTimeout(look, 5);
  [...document.querySelectorAll('button')].find(b => b.textContent === 'Try to send now').click();
  look();
})"""


def main() -> None:
    """Serve a shift, hold a phone, and print each figure beside what it may be at most."""
    from playwright.sync_api import sync_playwright

    with Cluster(ROOT / ".local" / "postgres").lease() as cluster:
        name = f"bench_{secrets.token_hex(4)}"
        cluster.create_database(name)
        try:
            server, world = _served(cluster.url(name))
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=shutil.which("chromium"), args=["--no-sandbox"]
                )
                try:
                    for what, figure, runs in _figures(browser, server, world):
                        print(f"{what}: {figure:.3g} (most {MOST[what]}; {runs})")
                finally:
                    browser.close()
                    server.kill()
                    world.engine.dispose()
        finally:
            cluster.drop_database(name)


def _served(url: str) -> tuple[Any, Any]:
    configuration = alembic.config.Config(ROOT / "alembic.ini")
    configuration.attributes["url"] = url
    alembic.command.upgrade(configuration, "head")
    settings = {"OPS_DEMO": "no", "OPS_SECRET_KEY": secrets.token_hex(32), "OPS_RATE_LIMIT": "off"}
    env = os.environ | settings | {"OPS_DATABASE_URL": url}
    seed = [sys.executable, "-m", "tests.faults.seed"]
    output = subprocess.run(seed, cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    server = Server(env)
    server.start()
    return server, World(json.loads(output.stdout), url)


def _figures(browser: Any, server: Any, world: Any) -> Any:
    network = Proxy(server.bind)

    def context() -> Any:
        made = browser.new_context(base_url=network.url, **OPTIONS)
        made.add_cookies([world.cookie("first", network.url)])
        return made

    names = list(MOST)
    size, parts = _first_load(server, world)
    yield names[0], size, parts
    yield names[1], *_several(lambda: _slowly(context()))
    here = context()
    page = opened(here.new_page())
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone = Phone(page, world)
    network.go_down()
    yield names[2], *_several(lambda: _started(page))
    saves = [_saved(phone) for _ in range(WAITING)]
    worst = f"worst of {WAITING} {max(saves):.0f}"
    yield names[3], statistics.median(saves), f"median of {WAITING}, {worst}"
    network.come_up()
    phone._go("kept")
    yield names[4], page.evaluate(SEND) / 1000, "one run"
    network.is_refusing_batches = True
    for _ in range(WAITING):
        _saved(phone)
    before = len(world.ids())
    # Within the body: where no header came, the browser itself may send again.
    network.cut = ("reply body", 60)
    network.is_refusing_batches = False
    phone.send()
    while len(world.ids()) < before + WAITING:
        page.wait_for_timeout(5)
    # The lost reply is not in the figure: what follows is the second way there.
    yield names[5], page.evaluate(SEND) / 1000, f"one run, {len(world.ids()) - before} new records"
    network.close()


def _first_load(server: Any, world: Any) -> tuple[float, str]:
    """Add up all that a phone takes the first time, packed."""
    cookie = world.cookie("first", server.url)
    sizes = {}
    worker = _got(server.url, "/sw.js", cookie).decode()
    files = {path for path in worker.split('"') if path.startswith("/static/build/")}
    for path in ("/phone", "/sw.js", "/phone.webmanifest", "/phone/session", "/api/v1/bundle"):
        sizes[path] = _got(server.url, path, cookie)
    sizes |= {path: _got(server.url, path, cookie) for path in files}
    packed = {path: len(gzip.compress(content)) for path, content in sizes.items()}
    largest = sorted(packed.items(), key=lambda each: -each[1])[:4]
    said = ", ".join(f"{path.split('/')[-1]} {size / 1000:.1f}" for path, size in largest)
    return sum(packed.values()) / 1000, said


def _got(url: str, path: str, cookie: Any) -> bytes:
    headers = {"Cookie": f"{cookie['name']}={cookie['value']}"}
    request = urllib.request.Request(url + path, headers=headers)  # noqa: S310 - our own server
    with urllib.request.urlopen(request) as reply:  # noqa: S310 - our own server
        content: bytes = reply.read()
    return content


def _slowly(context: Any) -> float:
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", SLOW_3G)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    opened(page)
    took: float = float(page.evaluate(READY)) / 1000
    context.close()
    return took


def _started(page: Any) -> float:
    opened(page)
    page.locator("html[data-ready]").wait_for()
    took: float = float(page.evaluate(READY)) / 1000
    return took


def _saved(phone: Any) -> float:
    phone._go("")
    phone.page.get_by_role("link", name="Arrest", exact=True).click()
    phone.page.locator(".chip").first.click()
    took: float = phone.page.evaluate(SAVE)
    phone.came_back()
    return took


def _several(measure: Callable[[], float]) -> tuple[float, str]:
    runs = sorted(measure() for _ in range(RUNS))
    return runs[len(runs) // 2], f"median of {RUNS}, worst {runs[-1]:.2f}"


if __name__ == "__main__":
    main()
