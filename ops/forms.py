"""HTML forms over the schemas of the API: one name a field, in both."""

import datetime as dt
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import flask
import marshmallow as ma

from ops import db, wording
from ops.errors import Forbidden, Invalid, Missing, OpsError, Unauthenticated

# Names that steer the form, and are no part of what it says.
_STEERING = {"csrf_token", "act"}
# Names that our own forms have; anything else was not sent by one of them.
_NAME = re.compile(r"[A-Za-z_]+(?:\.(?:[A-Za-z_]+|[0-9]{1,3})){0,5}(?:\[\])?")
_NOT_OURS = "This form has a field that is none of ours; open the page again."
_REQUIRED = ma.fields.Field.default_error_messages["required"]
_NULL = ma.fields.Field.default_error_messages["null"]
# The schemas' own words are for programmers; these are for whoever fills the form in.
_PLAIN = {
    "Not a valid date.": "Enter a day, such as 10/10/2023.",
    "Not a valid datetime.": "Enter a day and a time.",
    "Not a valid integer.": "Enter a whole number.",
    "Not a valid number.": "Enter a number.",
    "Not a valid UUID.": "Choose one from the list.",
}


class Form:
    """What a person typed, the sentence for each field that is wrong, and the label of each.

    A field of a nested object has a dotted name, `detail.reason`; a row of a
    list has its number in it, `detail.entries.0.entered_at`.
    """

    def __init__(self, values: Mapping[str, Sequence[str]] | None = None) -> None:
        self.values = dict(values or {})
        self.errors: dict[str, str] = {}
        self.labels: dict[str, str] = {}
        self.status = HTTPStatus.OK

    @classmethod
    def sent(cls) -> "Form":
        """Read the form of this request; rows left blank close up."""
        typed = {
            name: [value.strip() for value in values]
            for name, values in flask.request.form.lists()
            if name not in _STEERING
        }
        return cls(_flat(_nested(typed, blanks=True)))

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "Form":
        """Fill a form in from what a schema dumped."""
        return cls(_flat(record))

    def payload(self, *, blanks: bool = False) -> dict[str, Any]:
        """Give the same as the JSON the API takes; with `blanks`, a blank field clears a value."""
        nested: dict[str, Any] = _nested(self.values, blanks=blanks)
        return nested

    def value(self, name: str) -> str:
        """Give what a field holds."""
        return next(iter(self.values.get(name, [])), "")

    def chosen(self, name: str) -> Sequence[str]:
        """Give what is ticked, of several."""
        return self.values.get(name, [])

    def rows(self, name: str, spare: int = 1) -> range:
        """Number the rows of a list, with some to spare."""
        depth = name.count(".") + 1
        numbers = [n.split(".")[depth] for n in self.values if n.startswith(f"{name}.")]
        used = [int(number) for number in numbers if number.isdecimal()]
        return range(max(used, default=-1) + 1 + spare)

    def label(self, name: str, label: str, verb: str = "Enter") -> str | None:
        """Learn what a field is called; give what is wrong with it."""
        self.labels[name] = label
        found = {key: text for key, text in self.errors.items() if _belongs(key, name)}
        for key, text in found.items():
            if text in {_REQUIRED, _NULL}:
                self.errors[key] = f"{verb} {label[0].lower()}{label[1:]}."
        return next((self.errors[key] for key in found), None)

    def summary(self) -> list[dict[str, str]]:
        """List what is wrong, each with the way to its field where the page shows that field."""
        lines = []
        for key, text in self.errors.items():
            owner = next((name for name in self.labels if _belongs(key, name)), None)
            if owner:
                lines.append({"text": text, "href": f"#{field_id(owner)}"})
            else:
                lines.append({"text": f"{wording.words(key)}: {text}" if key else text})
        return lines

    @contextmanager
    def catching(self) -> Iterator[None]:
        """Keep a refusal of what was typed, so that the page can show it beside its field."""
        try:
            yield
        except ma.ValidationError as error:
            self.refuse(HTTPStatus.UNPROCESSABLE_ENTITY, _sentences(error.normalized_messages()))
        except (Unauthenticated, Forbidden, Missing):
            raise
        except OpsError as error:
            self.refuse(error.status, _sentences(error.errors) or {"": error.sentence})

    def refuse(self, status: HTTPStatus, errors: Mapping[str, str]) -> None:
        """Say what is wrong; nothing of the form was stored."""
        db.session.rollback()
        self.status = status
        self.errors.update(errors)


def field_id(name: str) -> str:
    """Give the id of a field's element."""
    return name.replace(".", "-")


def _belongs(key: str, name: str) -> bool:
    return key == name or key.startswith(f"{name}.")


def _nested(values: Mapping[str, Sequence[str]], *, blanks: bool = False) -> Any:
    """Build objects and lists from dotted names."""
    tree: dict[str, Any] = {}
    for name, texts in values.items():
        kept = [wording.aware(text) for text in texts if text]
        if not kept and not blanks:
            continue
        # A broken part of a form has no name at all.
        if not name or not _NAME.fullmatch(name):
            raise Invalid(_NOT_OURS)
        branch = tree
        *path, leaf = name.removesuffix("[]").split(".")
        for part in path:
            branch = branch.setdefault(part, {})
            if not isinstance(branch, dict):
                raise Invalid(_NOT_OURS)
        if leaf in branch:
            raise Invalid(_NOT_OURS)
        branch[leaf] = kept if name.endswith("[]") else next(iter(kept), None)
    return _shaped(tree)


def _shaped(tree: Any) -> Any:
    """Turn numbered rows to a list, and a pair of coordinates to a GeoJSON point."""
    if not isinstance(tree, dict):
        return tree
    tree = {key: _shaped(branch) for key, branch in tree.items()}
    if tree and all(key.isdecimal() for key in tree):
        rows = [tree[key] for key in sorted(tree, key=int)]
        return [row for row in rows if _says_something(row)]
    if tree and tree.keys() <= {"lon", "lat"}:
        if not _says_something(tree):
            return None
        coordinates = [_coordinate(tree.get("lon")), _coordinate(tree.get("lat"))]
        return {"type": "Point", "coordinates": coordinates}
    return tree


def _says_something(tree: Any) -> bool:
    if isinstance(tree, dict):
        return any(_says_something(branch) for branch in tree.values())
    return tree not in (None, [])


def _coordinate(text: str | None) -> float | str | None:
    try:
        return float(text or "")
    except ValueError:
        return text


def _flat(record: Any, name: str = "") -> dict[str, list[str]]:
    """Write objects and lists as dotted names and the text a field shows."""
    if isinstance(record, Mapping):
        if record.get("type") == "Point":
            pair = record["coordinates"]
            record = {"lon": pair[0], "lat": pair[1]}
        elif record.get("type") in {"Polygon", "MultiPolygon"}:
            return {name: [_outline(record)]}
        items = [(f"{name}.{key}" if name else str(key), part) for key, part in record.items()]
        return {k: v for key, part in items for k, v in _flat(part, key).items()}
    if isinstance(record, Sequence) and not isinstance(record, str):
        if all(isinstance(part, str) for part in record):
            return {f"{name}[]": list(record)}
        rows = [_flat(part, f"{name}.{number}") for number, part in enumerate(record)]
        return {k: v for row in rows for k, v in row.items()}
    return {name: [_typed(record)]}


def _outline(shape: Mapping[str, Any]) -> str:
    """Write a shape as one types it, one corner a line, where that says all of it."""
    several = shape["type"] == "MultiPolygon"
    polygons = shape["coordinates"] if several else [shape["coordinates"]]
    if len(polygons) > 1 or len(polygons[0]) > 1:
        return flask.json.dumps(shape)
    # The first corner again says only that it is closed.
    return "\n".join(f"{lon}, {lat}" for lon, lat in polygons[0][0][:-1])


def _typed(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, str) and "T" in value:
        try:
            moment = dt.datetime.fromisoformat(value)
        except ValueError:
            return value
        # What was typed and never comes has no zone, and is shown as it was typed.
        return value if moment.tzinfo is None else wording.typed(moment)
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return wording.typed(value)
    return str(value)


def _sentences(errors: Any, name: str = "") -> dict[str, str]:
    """Give one sentence a field from a schema's errors, however deep."""
    if isinstance(errors, Mapping):
        found: dict[str, str] = {}
        for key, part in errors.items():
            inner = name if key == "_schema" else f"{name}.{key}" if name else str(key)
            found |= _sentences(part, inner)
        return found
    if isinstance(errors, Sequence) and not isinstance(errors, str):
        return {name: " ".join(_plain(text) for text in errors)}
    return {name: _plain(errors)}


def _plain(text: object) -> str:
    if str(text).startswith("Must be one of:"):
        return "Choose one from the list."
    return _PLAIN.get(str(text), str(text))


def sent_id(text: str) -> uuid.UUID:
    """Read an id that a form of ours sent; anything else is no form of ours."""
    try:
        return uuid.UUID(text)
    except ValueError:
        flask.abort(HTTPStatus.BAD_REQUEST)
