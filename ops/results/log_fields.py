"""How a kind's fields are asked for: in which words, in which order, which of them first.

The kinds decide what there is to ask. A field without words here is asked for by its own name,
so that a new kind has a form from its first day.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

import marshmallow as ma

from ops import wording
from ops.results.fields import Code, Codes
from ops.results.kinds.base import Kind

YES_NO = {"true": "Yes", "false": "No"}


@dataclasses.dataclass(frozen=True)
class Words:
    """What a field is called, and what helps to fill it in."""

    label: str
    hint: str = ""
    # The field and the codes for which alone this one is asked.
    only: tuple[str, Sequence[str]] | None = None


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


# What a phone asks before anything else, in this order; what is missing here is folded away.
FIRST: dict[str, Sequence[str]] = {
    "warrant": ("power", "entry", "outcomes"),
    "arrest": ("reason", "age_band", "sex", "custody_ref"),
    "seizure": (
        "category",
        "drug",
        "weapon",
        "vehicle",
        "counterfeit",
        "quantity",
        "unit",
        "valuations",
    ),
    "line_closure": ("type", "line_name", "evidence"),
    "seizure.valuations": ("value", "basis"),
}
_DRUGS = ("category", ("drugs",))
_WEAPONS = ("category", ("weapons", "ammunition"))
WORDS: dict[str, Words] = {
    "warrant.power": Words("Power"),
    "warrant.entry": Words("How the premises were entered"),
    "warrant.outcomes": Words("What came of it"),
    "warrant.executed": Words(
        "Was the warrant executed?", "Leave it blank if the premises were entered."
    ),
    "warrant.granted_on": Words("Day it was granted"),
    "warrant.court": Words("Court"),
    "warrant.reference": Words("Reference of the warrant"),
    "warrant.premises": Words("Which premises it covers"),
    "warrant.several_entries": Words("Does it allow several entries?"),
    "warrant.nobody_present": Words("Was nobody present?"),
    "warrant.returned_on": Words("Day it went back to the court"),
    "warrant.entries": Words("Entries"),
    "warrant.entries.at": Words("Time of entry"),
    "warrant.entries.entry": Words("How entered"),
    "arrest.reason": Words("Reason for the arrest"),
    "arrest.age_band": Words("Age"),
    "arrest.custody_ref": Words("Custody reference", "No names. As in 06CD/1234/26."),
    "arrest.ethnicity": Words("Ethnicity, as the person defines it"),
    "arrest.necessity": Words("Why the arrest was necessary"),
    "arrest.disposals": Words("What became of it"),
    "arrest.disposals.code": Words("Disposal"),
    "arrest.disposals.at": Words("When"),
    "seizure.category": Words("What was seized"),
    "seizure.drug": Words("Drug", "As claimed or tested.", only=_DRUGS),
    "seizure.drug_class": Words("Class of the drug", "It follows from the drug.", only=_DRUGS),
    "seizure.weapon": Words("Weapon", only=_WEAPONS),
    "seizure.firearm_section": Words("Section of the Firearms Act", only=_WEAPONS),
    "seizure.vehicle": Words("Vehicle", only=("category", ("vehicles",))),
    "seizure.currency": Words("Currency", only=("category", ("cash",))),
    "seizure.counterfeit": Words("Goods", only=("category", ("counterfeit",))),
    "seizure.quantity": Words("How much", "A number. For cash, the amount counted."),
    "seizure.unit": Words("Unit", "Left blank, cash is in pounds and the rest in items."),
    "seizure.qualifier": Words("How sure the quantity is"),
    "seizure.weight_g": Words("Weight in grams", "Only beside a quantity that is no weight."),
    "seizure.valuations": Words("What it is worth"),
    "seizure.valuations.basis": Words("Basis"),
    "seizure.valuations.value": Words("Value in pounds"),
    "seizure.valuations.qualifier": Words("How sure"),
    "seizure.valuations.at": Words("When valued"),
    "seizure.valuations.principal": Words("Is it the value to count?"),
    "seizure.found_in": Words("Where it was found"),
    "seizure.conveyed_by": Words("How it got there"),
    "seizure.held_by": Words("Who held it"),
    "seizure.list": Words("Prison Act list"),
    "seizure.power": Words("Power of seizure"),
    "seizure.exhibit_ref": Words("Exhibit reference", "As in AP/1."),
    "seizure.seal": Words("Seal number"),
    "seizure.parent": Words("Found inside of"),
    "line_closure.type": Words("Type of closure"),
    "line_closure.line": Words("Record of the line"),
    "line_closure.line_name": Words("Name of the line"),
    "line_closure.closed_on": Words("Day it was closed", "Left blank, the day above."),
    "line_closure.evidence": Words("Evidence", "How you know that the line can’t supply."),
    "line_closure.arrest": Words("Arrest of the line holder"),
    "line_closure.custody_ref": Words("Custody reference of the line holder"),
    "line_closure.charged_on": Words("Day the line holder was charged"),
    "line_closure.deactivated_on": Words("Day the number was deactivated"),
    "line_closure.check_backs": Words("Checks afterwards"),
    "line_closure.check_backs.on": Words("Day"),
    "line_closure.check_backs.out_of_use": Words("Was the line out of use?"),
    "line.name": Words("Name of the line"),
    "line.numbers": Words("Numbers"),
    "line.numbers.from_on": Words("In use from"),
    "line.numbers.to_on": Words("In use until"),
    "line.exporter_area": Words("Run from"),
    "line.importer_areas": Words("Supplies"),
    "line.line_holder_ref": Words("Custody reference of the line holder"),
}  # fmt: skip
# The short log of a warrant stands for its first entry; a correction shows every entry.
SHORT = {"warrant": ("entry", "nobody_present", "outcomes")}
LONG = {"warrant": ("entries",)}


def asked(kind: Kind, *, correcting: bool = False) -> list[Asked]:
    """List what to ask about a record of this kind, what comes first first."""
    left_out = (SHORT if correcting else LONG).get(kind.name, ())
    fields = [
        field
        for field in _asked(kind.schema, kind.name)
        if field.name not in left_out and field.sort != "record"
    ]
    if not correcting:
        fields = [dataclasses.replace(field, columns=_short(kind, field)) for field in fields]
    return sorted(fields, key=lambda field: _place(kind.name, field.name))


def is_first(kind: Kind, field: Asked) -> bool:
    """Tell whether a phone asks this before anything else."""
    return field.is_required or field.name in FIRST.get(kind.name, ())


def labels(kind: Kind) -> dict[str, Asked]:
    """Give the words of every field a record of this kind may show."""
    return {field.name: field for field in _asked(kind.schema, kind.name, dumped=True)}


def _place(owner: str, name: str) -> int:
    first = FIRST.get(owner, ())
    return first.index(name) if name in first else len(first)


def _short(kind: Kind, field: Asked) -> Sequence[Asked]:
    """Leave a row the columns that come first, where some do."""
    owner = f"{kind.name}.{field.name}"
    if owner not in FIRST:
        return field.columns
    wanted = [column for column in field.columns if column.name in FIRST[owner]]
    return sorted(wanted, key=lambda column: _place(owner, column.name))


def _asked(schema: ma.Schema, owner: str, *, dumped: bool = False) -> Iterator[Asked]:
    """List the fields that a schema takes, or with `dumped` those that it gives."""
    fields = schema.dump_fields if dumped else schema.load_fields
    for name, field in fields.items():
        key = f"{owner}.{name}"
        sort, options, columns = _sort(field, key)
        words = WORDS.get(key) or Words(wording.words(name))
        yield Asked(name, sort, words, options, columns, field.required)


def _sort(field: ma.fields.Field, key: str) -> tuple[str, Mapping[str, str], Sequence[Asked]]:
    """Tell in which way a field is filled in."""
    match field:
        case Code() | Codes():
            return type(field).__name__.lower(), _options(field.codes), ()
        case ma.fields.List(inner=ma.fields.Nested() as rows):
            return "rows", {}, tuple(_asked(rows.schema, key))
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
        case _:
            longest = max((v.max or 0 for v in field.validators if hasattr(v, "max")), default=0)
            return "paragraph" if longest > 500 else "text", {}, ()


def _options(codes: Mapping[str, object]) -> dict[str, str]:
    return {code: str(getattr(entry, "label", entry)) for code, entry in codes.items()}
