"""The phone of a hundred lines in docs/, against a server as it runs."""

import importlib.util
import json
import os
import re
import secrets
import subprocess
import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa

from ops import db
from ops.results.models import Result
from tests import factories
from tests.browser.conftest import serving
from tests.conftest import ROOT
from tests.phone.conftest import NOW, V1
from tests.results.test_attachments import photo


@pytest.fixture
def server(committed, database_url, tmp_path):
    """The server, on this worker's database."""
    settings = {
        "OPS_DATABASE_URL": database_url,
        "OPS_DEMO": "no",
        "OPS_SECRET_KEY": secrets.token_hex(32),
        "OPS_ATTACHMENTS": str(tmp_path / "photos"),
    }
    with serving(os.environ | settings) as url:
        yield url


@pytest.fixture
def phone_of(server, tmp_path):
    """Take the client as it is written, and give somebody's phone."""
    spec = importlib.util.spec_from_file_location("phone_client", ROOT / "docs/phone_client.py")
    client = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(client)
    return lambda token: client.Phone(server, token, tmp_path / "outbox.json")


def test_a_shift_by_the_worked_example(officer, live, phone_of):
    token = officer.environ_base["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    operation, deployment = str(live.id), str(officer.deployment.id)
    factories.briefing(live, "Be kind.")
    phone = phone_of(token)
    assert phone.operations[operation]["briefing"]["sections"]["method"] == "Be kind."

    package = str(uuid.uuid4())
    inside = phone.log(operation, "seizure", {"category": "phones", "parent": package})
    phone.log(operation, "arrest", {"reason": "nonsense"})
    assert phone.send() == ["waiting", "refused"]
    # Killed and begun again, the phone has what it had; a reply that is lost is no matter.
    phone = phone_of(token)
    phone.log(operation, "seizure", {"category": "package"}, id=package)
    before = Path(phone.kept).read_text()
    assert sorted(phone.send()) == ["created", "created", "refused"]
    phone.items, phone.refused = json.loads(before), {}
    assert sorted(phone.send()) == ["refused", "replayed", "replayed"]
    assert [each["detail"]["reason"] for each in phone.items] == ["nonsense"]

    content = photo()
    assert phone.add_photo(inside, content) == phone.add_photo(inside, content)
    phone.say(deployment, "steps", status="started")
    phone.say(deployment, "assistance", note="Two men")
    phone.ask("POST", f"operations/{operation}/briefings/1/read")
    new = factories.deployment(live, NOW, name="Second door")
    phone.read()

    [first, second] = phone.operations[operation]["deployments"]
    assert (first["status"], second["id"]) == ("started", str(new.id))
    assert phone.operations[operation]["briefing"]["read_at"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Result)) == 2
    with db.transaction():
        db.session.execute(sa.text("update operation set visibility = 'covert'"))
    phone.read()
    phone.read()
    assert phone.operations == {}


def test_what_is_written_to_be_typed_works_as_it_stands(officer, live, server, tmp_path):
    block = re.search(r"By hand,.*?```sh\n(.*?)```", (ROOT / "docs/api.md").read_text(), re.S)[1]
    bundle = officer.get(f"{V1}/bundle").json
    named = {
        "OPERATION": str(live.id),
        "DEPLOYMENT": str(officer.deployment.id),
        "EDITION": bundle["forms"],
        "AFTER": bundle["after"],
    }
    for name, value in named.items():
        assert name in block
        block = block.replace(name, value)
    (tmp_path / "door.jpg").write_bytes(photo())
    told = 'curl() { command curl -sS -o /dev/stderr -w "%{http_code} " "$@"; }'
    token = f"Authorization: {officer.environ_base['HTTP_AUTHORIZATION']}"
    env = os.environ | {"T": token, "API": f"{server}{V1}"}

    ran = subprocess.run(
        ["bash", "-euc", f"{told}\n{block}"],
        cwd=tmp_path,
        env=env,
        check=True,
        capture_output=True,
        text=True,
    )

    assert ran.stdout.split() == ["200", "200", "200", "207", "201", "201", "201"], ran.stderr
    assert '"outcome":"created"' in ran.stderr.replace(" ", "")
