"""How a kind's fields are asked for: in which words, in which order, which of them first.

The kinds decide what there is to ask. A field without words in `ops.results.words` is asked
for by its own name, so that a new kind has a form from its first day.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

import marshmallow as ma

from ops import wording
from ops.results.fields import Code, Codes, Outline
from ops.results.kinds.base import Kind
from ops.results.words import QUESTIONS
from ops.results.words.base import Questions, Words

YES_NO = {"true": "Yes", "false": "No"}


@dataclasses.dataclass(frozen=True)
class Asked:
    """One field of a form: its name on the wire, its sort, its words."""

    name: str
    sort: str
    words: Words
    options: Mapping[str, str] = dataclasses.field(default_factory=dict)
    # The fields of one row, where this one is a list of rows.
    columns: Sequence["Asked"] = ()
    is_required: bool = False
    # Of which kind the record is that this one names.
    of: str = ""


_PLAIN = Questions()


def asked(
    kind: Kind,
    *,
    correcting: bool = False,
    records: Mapping[str, Mapping[str, str]] | None = None,
    named: bool = False,
) -> list[Asked]:
    """List what to ask about a record of this kind, what comes first first.

    `records` gives the records that a field can name, with what they are called; a field that
    could name none is left out, but for whoever finds them otherwise: `named`.
    """
    offered = records or {}
    questions = QUESTIONS.get(kind.name, _PLAIN)
    left_out = questions.short if correcting else questions.long
    fields = [
        dataclasses.replace(field, options=offered.get(field.name, field.options))
        for field in _asked(kind.schema, questions)
        if field.name not in left_out
        and (named or field.sort != "record" or offered.get(field.name))
    ]
    if not correcting:
        fields = [dataclasses.replace(field, columns=_short(questions, field)) for field in fields]
    return sorted(fields, key=lambda field: _place(questions.first, field.name))


def is_first(kind: Kind, field: Asked) -> bool:
    """Tell whether a phone asks this before anything else."""
    questions = QUESTIONS.get(kind.name, _PLAIN)
    stands_for_short = bool(questions.short) and field.name in questions.long
    return field.is_required or field.name in questions.first or stands_for_short


def labels(kind: Kind) -> dict[str, Asked]:
    """Give the words of every field a record of this kind may show."""
    questions = QUESTIONS.get(kind.name, _PLAIN)
    return {field.name: field for field in _asked(kind.schema, questions, dumped=True)}


def _place(first: Sequence[str], name: str) -> int:
    return first.index(name) if name in first else len(first)


def _short(questions: Questions, field: Asked) -> Sequence[Asked]:
    """Leave a row the columns that come first, where some do."""
    first = questions.first_of_rows.get(field.name)
    if first is None:
        return field.columns
    wanted = [column for column in field.columns if column.name in first]
    return sorted(wanted, key=lambda column: _place(first, column.name))


def _asked(
    schema: ma.Schema, questions: Questions, owner: str = "", *, dumped: bool = False
) -> Iterator[Asked]:
    """List the fields that a schema takes, or with `dumped` those that it gives."""
    fields = schema.dump_fields if dumped else schema.load_fields
    for name, field in fields.items():
        sort, options, columns = _sort(field, questions, owner + name, dumped=dumped)
        words = questions.words.get(owner + name) or Words(wording.words(name))
        of = getattr(field, "of", "")
        yield Asked(name, sort, words, options, columns, field.required, of)


def _sort(
    field: ma.fields.Field, questions: Questions, name: str, *, dumped: bool
) -> tuple[str, Mapping[str, str], Sequence[Asked]]:
    """Tell in which way a field is filled in."""
    match field:
        case Code() | Codes():
            return type(field).__name__.lower(), _options(field.codes), ()
        case ma.fields.List(inner=ma.fields.Nested() as rows):
            return "rows", {}, tuple(_asked(rows.schema, questions, f"{name}.", dumped=dumped))
        case ma.fields.List():
            return "texts", {}, ()
        case ma.fields.Boolean():
            return "code", YES_NO, ()
        case ma.fields.DateTime():
            return "moment", {}, ()
        case ma.fields.Date():
            return "day", {}, ()
        case ma.fields.Number():
            return "number", {}, ()
        case ma.fields.UUID():
            return "record", {}, ()
        case Outline():
            return "outline", {}, ()
        case _:
            longest = max((v.max or 0 for v in field.validators if hasattr(v, "max")), default=0)
            return "paragraph" if longest > 500 else "text", {}, ()


def _options(codes: Mapping[str, object]) -> dict[str, str]:
    return {code: str(getattr(entry, "label", entry)) for code, entry in codes.items()}
