"""A client made from the OpenAPI document alone can log a result and read what it adds up to."""

import importlib
import json
import subprocess
import sys

import httpx
import pytest

from ops.reports.file_views import WORD
from tests import factories

PACKAGE = "made_client"


@pytest.fixture(scope="module")
def made(app, tmp_path_factory):
    """The client that openapi-python-client makes, ready to import."""
    folder = tmp_path_factory.mktemp("client")
    api = app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    (folder / "openapi.json").write_text(json.dumps(api.spec.to_dict()))
    # A PDF or a photo is bytes to it like any other file.
    files = ("application/pdf", WORD, "image/*", "image/jpeg", "image/png", "image/webp")
    overrides = ", ".join(f"{each!r}: application/octet-stream" for each in files)
    settings = f"post_hooks: []\ncontent_type_overrides: {{{overrides}}}"
    (folder / "settings.yml").write_text(settings)
    made = subprocess.run(
        [
            *(sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"),
            *("--path", folder / "openapi.json", "--config", folder / "settings.yml"),
            *("--output-path", folder / PACKAGE),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "WARNING" not in made.stdout + made.stderr
    sys.path.insert(0, str(folder))
    yield lambda name: importlib.import_module(f"{PACKAGE}.{name}")
    sys.path.remove(str(folder))


def test_logs_a_result_and_reads_the_summary(app, session, made):
    operation = factories.operation()
    client = made("client").AuthenticatedClient(
        base_url="http://127.0.0.1",
        token=factories.token(factories.person("officer")),
        httpx_args={"transport": httpx.WSGITransport(app=app)},
    )
    arrest = made("models").ArrestDetail.from_dict({"reason": "supply_class_a", "sex": "male"})
    result = made("models").Result(
        kind=made("models").ResultKind.ARREST, occurred_at=factories.NOON, detail=arrest
    )

    logged = made("api.results.post_api_v1_operations_operation_id_results").sync(
        operation.id, client=client, body=result
    )
    summary = made("api.outcomes.get_api_v1_operations_operation_id_outcomes").sync(
        operation.id, client=client
    )

    assert logged.kind == "arrest"
    assert [each.value for each in summary.measures if each.code == "arrests"] == ["1"]
