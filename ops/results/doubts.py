"""What a page asks about before it saves a number that is hardly right."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import flask
import marshmallow as ma

from ops.forms import Form
from ops.results import logging
from ops.results.kinds.base import Doubt, Kind

Doubts = list[Doubt]


def answered(form: Form, kind: Kind, before: Mapping[str, Any] | None = None) -> Doubts:
    """Give what is hardly right in a form, unless whoever sent it was asked and has answered."""
    doubts = _doubts(form, kind)
    known = kind.doubts(logging.typed(kind, before)) if before else ()
    doubts = [doubt for doubt in doubts if doubt not in known]
    match flask.request.form.get("act"):
        case "sure":
            return []
        case "meant":
            for doubt in doubts:
                form.values |= {f"detail.{name}": [text] for name, text in doubt.meant.items()}
            return []
    return doubts


def _doubts(form: Form, kind: Kind) -> Doubts:
    """Ask about what was typed; where it can't be read, the API says so."""
    try:
        detail = kind.schema.load(form.payload().get("detail") or {})
    except ma.ValidationError:
        return []
    return list(kind.doubts(kind.complete(detail, dt.datetime.now(dt.UTC))))
