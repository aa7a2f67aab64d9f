"""Whatever the OpenAPI document lets anybody send, the reply is one that it describes.

Each call is made up by schemathesis, rightly and wrongly, of real things and of none, and sent by
everybody in turn; then each goes on from reply to reply, by the ids and tags in them.
`OPS_SCHEMA_EXAMPLES` says how many of each are made up, for a deeper run.
"""

import json
import os
import re

import hypothesis
import pytest
import schemathesis
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from tests.access.matrix_people import everybody
from tests.access.matrix_requests import SAMPLES
from tests.access.matrix_world import DEEDS, VISIBILITIES, World
from tests.access.test_matrix import OF_OPERATIONS, House
from tests.conftest import undone

HELD = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]
# One of each role, members, one of another organisation, and those whom no token lets in.
ASKERS = {
    *(f"{role} own" for role in ("admin", "lead", "officer", "analyst", "desk", "auditor")),
    *("member partner partner", "member lead own", "lead other", "reader", "without a token"),
}
WHERE = [(visibility, part) for visibility in VISIBILITIES for part in DEEDS]
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
WHOLE_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What is wrong in itself is sent by the walk; a chain goes further with what is right.
STEPS = 20
# Without reruns of a failure to make it smaller: those would be sent by everybody as well.
SETTINGS = hypothesis.settings(
    max_examples=int(os.environ.get("OPS_SCHEMA_EXAMPLES", "2")),
    derandomize=True,
    database=None,
    deadline=None,
    phases=[hypothesis.Phase.generate],
    suppress_health_check=list(hypothesis.HealthCheck),
)


@pytest.fixture(scope="module")
def walk(app):
    """The world and those who walk it, undone at the end of the module."""
    with undone(app) as session:
        world = World()
        for visibility in VISIBILITIES:
            world.fill(visibility)
        house = Walk(app, world, everybody(app, world), session.get_bind())
        house.read_versions()
        yield house


class Walk(House):
    """Sends what was made up in the name of each, and says what the document does not describe."""

    def __init__(self, app, world, askers, connection):
        super().__init__(app, world, askers, connection)
        [api] = [each["ext_obj"] for each in app.extensions["flask-smorest"]["apis"].values()]
        # As text and back: as those have it who read it.
        described, self.linked = (
            schemathesis.openapi.from_dict(json.loads(json.dumps(api.spec.to_dict())))
            for _ in range(2)
        )
        described.app = self.linked.app = app
        self.linked.config.generation.update(modes=[GenerationMode.POSITIVE])
        self.calls = {each.ok().label: each.ok() for each in described.get_all_operations()}
        self.walkers = [each for each in askers if each.name in ASKERS]

    def call(self, route):
        """Give what the document says of a route."""
        return self.calls[label(self.rules[route].rule, route[1])]

    def make_up(self, route, mode):
        """Make up requests for a route, of real things most of the time."""
        call = self.call(route)
        things = call.path.split("/")[3].removesuffix("s")

        @st.composite
        def requests(draw):
            case = draw(call.as_strategy(generation_mode=mode))
            if where := draw(st.sampled_from([*WHERE, None])):
                ids = self.world.ids[where]
                case.path_parameters = real(case.path_parameters, "", ids)
                case.query = real(case.query, "", ids)
                case.body = real(case.body, "", ids)
                etag = self.etags.get((*where, things))
                if etag and "If-Match" in case.headers and draw(st.booleans()):
                    case.headers["If-Match"] = f'"{etag}"'
            return case

        return requests()

    def all_send(self, case):
        """Send it in the name of each; list what is not as the document says."""
        wrong = {}
        for asker in self.walkers:
            # Nobody's goes with the token that was made up, if any.
            headers = {} if asker.is_nobody else {"Authorization": f"Bearer {asker.token}"}
            # The checks read a reply as it comes.
            headers["Accept-Encoding"] = "identity"
            undo = self.connection.begin_nested()
            try:
                reply = case.call(headers=headers)
            finally:
                undo.rollback()
            wrong |= dict.fromkeys(faults(case, reply), asker.name)
        return wrong


def chain(walk, asker):
    """Make a machine that goes on from reply to reply in somebody's name."""

    class Chain(walk.linked.as_state_machine()):
        def setup(self):
            self.undo, self.seen, self.tags = walk.connection.begin_nested(), set(), {}
            self.ids = walk.world.ids[WHERE[0]]

        def before_call(self, case):
            # What no reply has named is of the world, so that there is something to go on from.
            named = {**vars(self.ids), **self.ids.results}
            for name, value in case.path_parameters.items():
                if str(value) not in self.seen and name in named:
                    case.path_parameters[name] = str(named[name])
            if tag := self.tags.get(case.formatted_path):
                case.headers["If-Match"] = tag

        def get_call_kwargs(self, _case):
            headers = {} if asker.is_nobody else {"Authorization": f"Bearer {asker.token}"}
            return {"headers": headers | {"Accept-Encoding": "identity"}}

        def validate_response(self, response, case, **_rest):
            walk.chained.append((case.operation.label, response.status_code))
            # A PDF is no text.
            self.seen |= set(WHOLE_UUID.findall(response.content.decode(errors="replace")))
            for tag in response.headers.get("etag", ()):
                self.tags[case.formatted_path] = tag
            case.validate_response(response, checks=HELD)

        def teardown(self):
            self.undo.rollback()

    return Chain


def label(rule, method):
    """Name a route as the document does."""
    return f"{method} " + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)


def real(value, name, ids):
    """Put things that are there in the place of made-up ids; what is to be made keeps its own."""
    if isinstance(value, dict):
        return {key: real(each, key, ids) for key, each in value.items()}
    if isinstance(value, list):
        return [real(each, name, ids) for each in value]
    if name == "id" or not (isinstance(value, str) and UUID.fullmatch(value)):
        return value
    known = {**vars(ids), **ids.results}
    return str(known.get(name, known.get(f"{name}_id", value)))


def faults(case, reply):
    """List what of a reply is not as the document says."""
    try:
        case.validate_response(reply, checks=HELD)
    except schemathesis.errors.FailureGroup as group:
        return [f"{type(each).__name__}: {each}" for each in group.exceptions]
    return []


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.name.lower())
@pytest.mark.parametrize("route", SAMPLES, ids=lambda route: " ".join(reversed(route)))
def test_what_is_made_up_is_answered_as_described(walk, route, mode):
    wrong = {}

    @SETTINGS
    @hypothesis.given(walk.make_up(route, mode))
    def send(case):
        wrong.update(walk.all_send(case))

    send()

    assert wrong == {}


@pytest.mark.parametrize("route", SAMPLES, ids=lambda route: " ".join(reversed(route)))
def test_what_is_right_is_answered_as_described(walk, route):
    anything = dict.fromkeys(walk.rules[route].arguments, "0")
    case, wrong = walk.call(route).Case(path_parameters=anything), {}

    for ask in SAMPLES[route]:
        for where in (WHERE[0], WHERE[3], WHERE[4]) if ask.of in OF_OPERATIONS else [None]:
            ids = walk.world.ids[where] if where else walk.nowhere
            for asker in walk.walkers:
                reply = walk.send(route, ask, asker, ids, walk.etag(ask, where))
                wrong |= dict.fromkeys(faults(case, reply), asker.name)

    assert wrong == {}


@pytest.mark.parametrize("name", sorted(ASKERS))
def test_what_follows_from_a_reply_is_answered_as_described(walk, name):
    [asker] = [each for each in walk.walkers if each.name == name]
    walk.chained = []

    settings = hypothesis.settings(SETTINGS, stateful_step_count=STEPS)
    run_state_machine_as_test(chain(walk, asker), settings=settings)

    assert len(walk.chained) >= STEPS
    assert asker.is_nobody or any(status < 400 for _call, status in walk.chained)


def test_every_call_that_is_described_is_walked(walk):
    walked = {label(walk.rules[route].rule, route[1]) for route in SAMPLES}

    assert walked == walk.calls.keys()
    assert {each.name for each in walk.walkers} == ASKERS
