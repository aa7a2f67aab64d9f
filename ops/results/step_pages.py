"""What a record's page writes in one go: that a package was opened, an arrest's next step."""

import datetime as dt
import uuid

import flask

from ops.calls import call
from ops.forms import Form
from ops.results.pages import Page, shown, to_record

blp = flask.Blueprint("step_pages", __name__)


@blp.post("/results/<uuid:result_id>/opened")
def opened(result_id: uuid.UUID) -> Page:
    """Write that a package was opened"""
    form = Form.sent()
    with form.catching():
        at = (
            form.payload().get("detail", {}).get("opened_at") or dt.datetime.now(dt.UTC).isoformat()
        )
        sent = {"reason": "The package was opened.", "detail": {"opened_at": at}}
        call("PATCH", f"/results/{result_id}", sent, etag=form.value("etag"))
        return to_record(result_id, "package-opened")
    return shown(result_id, form), form.status


@blp.post("/results/<uuid:result_id>/disposals")
def take_further(result_id: uuid.UUID) -> Page:
    """Add the next step of what became of an arrest"""
    form = Form.sent()
    with form.catching():
        version = {"version": form.value("version") or None}
        sent = {name: part for name, part in form.payload().items() if name != "version"}
        call("POST", f"/results/{result_id}/disposals", sent, query=version)
        return to_record(result_id, "taken-further")
    # The step is a row of the record's; here it is the whole form.
    form.errors = {key.rpartition(".")[2]: said for key, said in form.errors.items()}
    return shown(result_id, form), form.status
