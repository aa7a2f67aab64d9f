"""Faults in any order, drawn by a seed: 20 schedules here, and as many as OPS_FAULT_SCHEDULES says.

A run prints its seeds; OPS_FAULT_SEED begins with one of them again.
"""

import os
import random

import pytest

from tests.faults.conftest import opened
from tests.faults.phone import ONLINE, PATIENCE_MS, Phone
from tests.faults.test_in_hand import HERE, png

pytestmark = pytest.mark.browser

SCHEDULES = int(os.environ.get("OPS_FAULT_SCHEDULES", "20"))
FIRST_SEED = int(os.environ.get("OPS_FAULT_SEED", "1"))
PHOTO = {"name": "a.png", "mimeType": "image/png", "buffer": png(30, 20)}
# The check-in timer that is in force.
TIMER = "select every_minutes from welfare_timer where deployment_id = :id order by at desc limit 1"
# Bytes of what is sent and of its reply: the head of either, its body, its end, and beyond.
LONGEST = 3_000
STEPS = 8


class Schedule:
    """What befalls a phone, one step after another."""

    def __init__(self, seed, phone, network, server, world, database):
        self.seed, self.random = seed, random.Random(seed)  # noqa: S311 - it decides no secret
        self.phone, self.network, self.server, self.world = phone, network, server, world
        self.database = database
        self.other = None
        self.steps = []
        self.pictured = []
        self.every = None
        self.is_reported = False

    def run(self):
        self.begin()
        self.phone.log()
        for _ in range(STEPS):
            names = list(WEIGHTS)
            [name] = self.random.choices(names, WEIGHTS.values())
            self.steps.append(name)
            getattr(self, name)()
        self.heal()
        if self.other:
            self.other.page.close()
        self.phone.sends_all()
        self.phone.holds_true()
        self.holds_all()

    def begin(self):
        """Make the phone and its deployments as if nothing had been done on them."""
        for deployment in (self.world.deployment, self.world.other):
            self.world.begin_anew(deployment)
        self.phone.before = set(self.world.ids())
        self.phone.saved.clear()
        self.phone._go("")
        self.phone.page.evaluate(ONLINE)
        status = self.phone.page.locator(".here", has_text="Status: Planned")
        status.wait_for(timeout=PATIENCE_MS)

    def holds_all(self):
        """Hold the server to all of it, now that nothing is in its way."""
        assert sorted(set(self.phone.saved)) == sorted(self.phone.saved)
        assert set(self.phone.saved) <= set(self.world.ids())
        photos = "select count(*) from attachment where result_id = :id"
        for saved in self.pictured:
            assert self.world.run(photos, id=saved).scalar_one() == 1, "Photos."
        if self.every:
            assert self.world.run(TIMER, id=self.world.deployment).scalar_one() == self.every

    def heal(self):
        self.mend()
        self.sign_in()

    def mend(self):
        self.network.mend()
        self.database.start()
        if self.server.process.poll() is not None:
            self.server.start()

    def save(self):
        self.phone.log()

    def ask(self):
        self.phone.ask()

    def save_with_photo(self):
        self.pictured.append(self.phone.log(PHOTO))

    def step(self):
        self.phone.step()

    def check_in(self):
        self.phone.press("Check in")

    def check_in_every(self):
        self.every = self.random.choice([15, 30, 60])
        self.phone.check_in_every(self.every)

    def report_nothing(self):
        # It can be said once.
        if not self.is_reported:
            self.is_reported = True
            self.phone.report_nothing()

    def send(self):
        self.phone.send()

    def cut(self):
        self.network.cut = (
            self.random.choice(["request", "reply"]),
            self.random.randrange(LONGEST),
        )

    def lose_network(self):
        self.network.go_down()

    def find_network(self):
        self.network.come_up()

    def reload(self):
        self.phone.page = opened(self.phone.page)

    def close_stores(self):
        self.phone.close_stores()

    def save_in_another_tab(self):
        if self.other is None:
            page = opened(self.phone.page.context.new_page())
            self.other = Phone(page, self.world, self.phone)
        self.other.log()

    def close_and_open_again(self):
        context = self.phone.page.context
        page = opened(context.new_page())
        self.phone.page.close()
        self.phone.page = page

    def end_session(self):
        self.world.run("update session set expires_at = now()")

    def sign_in(self):
        context = self.phone.page.context
        context.add_cookies([self.world.cookie("first", self.network.url)])

    def kill_server(self):
        self.server.kill()
        self.server.start()

    def kill_database(self):
        self.database.kill()
        self.phone.send()
        self.database.start()


WEIGHTS = {
    "save": 6, "ask": 2, "save_with_photo": 2, "step": 2, "check_in": 2, "check_in_every": 2,
    "report_nothing": 1, "send": 8, "cut": 6, "lose_network": 2, "find_network": 4, "reload": 2,
    "close_stores": 2, "save_in_another_tab": 1, "close_and_open_again": 1, "end_session": 1,
    "sign_in": 2, "kill_server": 0.2, "kill_database": 0.2,
}  # fmt: skip


def test_whatever_happens_each_record_is_there_once(phone_of, network, server, world, database):
    place = {"geolocation": HERE, "permissions": ["geolocation"]}
    phone = Phone(phone_of(**place), world)
    failed = []
    for seed in range(FIRST_SEED, FIRST_SEED + SCHEDULES):
        schedule = Schedule(seed, phone, network, server, world, database)
        try:
            schedule.run()
        except Exception as error:
            seen = [tab.page.locator("body").inner_text() for tab in (phone, schedule.other) if tab]
            failed.append(f"OPS_FAULT_SEED={seed} after {schedule.steps}: {error}\n{seen}")
            # Nothing that comes after is blamed on it.
            schedule.mend()
            phone.page.context.close()
            phone = Phone(phone_of(**place), world)
        print(f"seed {seed}: {', '.join(schedule.steps)}")  # noqa: T201
    assert not failed, "\n".join(failed)
